"""The rows of a batch: CSV as spreadsheets write it, and JSON Lines.

rows, wrong = read("prompts.csv")

A row is what one job differs by. Nothing here knows what a column means.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Most rows of a file; each becomes at least one job.
MOST_ROWS = 100_000

#: The longest cell: a prompt has some hundred words, and no node takes more.
_MOST_CELL = 100_000

#: What a spreadsheet puts between cells, by the settings of the country.
_DELIMITERS = ",;\t|"

#: Deepest tables in a row of JSON: `{"high": {"cfg": 1}}` is `high.cfg`.
_DEEPEST = 8


class Row(NamedTuple):
    """A row that is not empty. `place` is how people find it: `row 3`, counted with the heading, or `line 3`.

    `cells` has no cell that is empty. Those of CSV are strings, those of JSON what is written there.
    """

    place: str
    cells: dict[str, Any]


class Wrong(NamedTuple):
    """What is wrong in a file of rows. `column` is empty for a whole row, `place` for the whole file."""

    file: str
    place: str
    column: str
    text: str

    def __str__(self) -> str:
        column = f"column `{self.column}`" if self.column else ""
        at = ", ".join(filter(None, (self.place, column)))
        return ": ".join(filter(None, (self.file, at, self.text)))


def read(file: str, data: bytes | None = None) -> tuple[list[Row], list[Wrong]]:
    """The rows of a file, and what of it is wrong. `data` are its bytes where they are not on the disk.

    Raises UnreadableFile, and CommandError where nothing of it can be read.
    """
    shown = file if data is not None else Path(file).as_posix()
    data = disk.read(file, shown) if data is None else data
    text = _text(data, shown)
    rows = _of_json if _is_json(shown, text) else _of_csv
    found, wrong = rows(text, shown)
    if not found and not wrong:
        raise CommandError(f"{shown}: has no rows, so there are no jobs")
    return found, wrong


def _text(data: bytes, shown: str) -> str:
    """UTF-8, UTF-16 with its mark, or what Excel on Windows writes as `CSV` in the west: Windows-1252."""
    is_marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_marked else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise CommandError(
        f"{shown}: is not text",
        "Save it as CSV UTF-8, or write JSON Lines: one object on each line.",
    )


def _is_json(shown: str, text: str) -> bool:
    """By its name; by its first character where the name does not say it."""
    kind = Path(shown).suffix.lower()
    if kind in (".jsonl", ".ndjson", ".json"):
        return True
    return kind not in (".csv", ".tsv") and text.lstrip()[:1] in ("{", "[")


# --- CSV ---


def _of_csv(text: str, shown: str) -> tuple[list[Row], list[Wrong]]:
    text, delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    wrong: list[Wrong] = []
    head: list[str] | None = None
    number = 0
    before = csv.field_size_limit(_MOST_CELL)
    try:
        for cells in reader:
            number += 1
            if not any(cell.strip() for cell in cells):
                continue
            if head is None:
                head = [cell.strip() for cell in cells]
                wrong += _of_head(head, shown, f"row {number}")
                continue
            row, problems = _csv_row(head, cells, shown, f"row {number}")
            wrong += problems
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise CommandError(f"{shown}: has more than {MOST_ROWS:,} rows: split it")
    except csv.Error as error:
        wrong.append(Wrong(shown, f"row {number + 1}", "", _why(error)))
    finally:
        csv.field_size_limit(before)
    return rows, wrong


def _delimiter(text: str) -> tuple[str, str]:
    """The text without the line `sep=;` that Excel writes, and what is between its cells."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first.strip()[-1]
    # The heading has names, and no comma or semicolon is part of one.
    head = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(head.split('"')[::2])
    counts = {each: outside.count(each) for each in _DELIMITERS}
    return text, max(_DELIMITERS, key=lambda each: counts[each])


def _of_head(head: list[str], shown: str, place: str) -> Iterator[Wrong]:
    for name in dict.fromkeys(name for name in head if name and head.count(name) > 1):
        yield Wrong(shown, place, name, f"{head.count(name)} columns have this name")
    if not any(head):
        yield Wrong(shown, place, "", "the heading has no name; the first row names the columns")


def _csv_row(head: list[str], cells: list[str], shown: str, place: str) -> tuple[Row, list[Wrong]]:
    wrong = []
    if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
        text = (
            f"has {len(cells)} cells, the heading has {len(head)}: "
            'quote a value in which the separator is, as in "a cat, asleep"'
        )
        wrong.append(Wrong(shown, place, "", text))
    found = {}
    for number, (name, cell) in enumerate(zip(head, cells), start=1):
        if not cell.strip():
            continue
        if not name:
            wrong.append(
                Wrong(shown, place, "", f"cell {number} has a value, and its column no name")
            )
        else:
            # Spreadsheets on Windows end lines in a cell with \r\n.
            found[name] = cell.replace("\r\n", "\n").strip()
    return Row(place, found), wrong


def _why(error: csv.Error) -> str:
    said = str(error)
    if "field larger" in said:
        return f"a cell has more than {_MOST_CELL:,} characters: a quote may be open"
    if "unexpected end" in said:
        return 'a quote `"` is not closed, here or before'
    return f'is no CSV: {said}; double a quote within quotes: "a ""red"" cat"'


# --- JSON Lines ---


class _Twice(ValueError):
    """A key that an object has twice."""


def _of_json(text: str, shown: str) -> tuple[list[Row], list[Wrong]]:
    rows: list[Row] = []
    wrong: list[Wrong] = []
    for place, line in _objects(text):
        found, problem = _parsed(line)
        if problem:
            wrong.append(Wrong(shown, place, "", problem))
            continue
        cells: dict[str, Any] = {}
        for name, value in _flat(found):
            if value is None:
                continue
            cells[name.strip()] = value
        if cells:
            rows.append(Row(place, cells))
        if len(rows) > MOST_ROWS:
            raise CommandError(f"{shown}: has more than {MOST_ROWS:,} rows: split it")
    return rows, wrong


def _objects(text: str) -> Iterable[tuple[str, str]]:
    """The lines with what they are called. One list of objects is read too."""
    if text.lstrip()[:1] == "[":
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(each, dict) for each in found):
            return [(f"item {at}", json.dumps(each)) for at, each in enumerate(found, start=1)]
    # Only \n ends a line: a string may hold the other line ends of Unicode.
    lines = enumerate(text.split("\n"), start=1)
    return [(f"line {number}", line) for number, line in lines if line.strip()]


def _parsed(line: str) -> tuple[dict[str, Any], str]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            raise _Twice(next(name for name in names if names.count(name) > 1))
        return found

    def no_number(word: str) -> None:
        raise ValueError(f"{word} is not a number")

    try:
        found = json.loads(line, object_pairs_hook=once, parse_constant=no_number)
    except _Twice as error:
        return {}, f"has `{error}` twice"
    except json.JSONDecodeError as error:
        return {}, f"is not JSON: {error.msg} (column {error.colno})"
    except (ValueError, RecursionError) as error:
        return {}, f"is not JSON that can be read: {str(error)[:200]}"
    if not isinstance(found, dict):
        return (
            {},
            'is not an object; write one on each line, such as {"prompt": "a cat", "seed": 7}',
        )
    return found, ""


def _flat(values: dict[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """Names with their values; a reference to another job, `{"of": …}`, is a value."""
    for name, value in values.items():
        if isinstance(value, dict) and "of" not in value and depth < _DEEPEST:
            yield from _flat(value, f"{before}{name}.", depth + 1)
        else:
            yield before + name, value
