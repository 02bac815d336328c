"""The text of a configuration: read as TOML, and where in it a key is."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FAULT_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")

#: A key, a number or a word; a text in one line; a comment. Each alternative takes all that it can, at once.
_TOKEN = re.compile(
    r"""(?P<bare>[A-Za-z0-9_+-]+)|(?P<text>"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')|#[^\n]*"""
    r"""|(?P<blank>[^\S\n]+)|(?P<end>\n)|[^\n]"""
)
_LONG_TEXTS = ('"""', "'''")

#: A key with more parts, or a longer number, has no place in a configuration, and takes Python's reader of
#: TOML time by the square of it.
_MOST_PARTS, _LONGEST = 32, 1_000

#: Of a key so many parts count for places; no setting has more.
_PARTS_COMPARED = 8

#: The keys and numbers that lead to a value, such as `("per-file", 0, "files")`.
Path = tuple["str | int", ...]


def read(data: bytes, shown: str) -> dict[str, Any]:
    """What the text says. Raises UnreadableFile, with line and column where they are known."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        _refuse_monsters(text, shown)
        found: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"{shown}:{line}", "is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        place = _FAULT_PLACE.search(str(error))
        at = f":{place[1]}:{place[2]}" if place and place[1] else ""
        reason = _FAULT_PLACE.sub("", str(error)).strip()
        raise UnreadableFile(f"{shown}{at}", f"is not TOML: {reason}") from error
    except RecursionError as error:
        raise UnreadableFile(shown, "nests brackets too deeply") from error
    return found


def _refuse_monsters(text: str, shown: str) -> None:
    """Raises UnreadableFile for a key of very many parts and for a very long number."""
    line, parts, dotted = 1, 0, False
    for kind, word in _tokens(text):
        if kind == "blank":
            continue
        if word == ".":
            dotted = True
            continue
        is_part = kind in ("bare", "text")
        parts = parts + 1 if is_part and dotted else int(is_part)
        dotted = False
        if parts > _MOST_PARTS:
            raise UnreadableFile(f"{shown}:{line}", f"has a key of more than {_MOST_PARTS} parts")
        if kind == "bare" and len(word) > _LONGEST:
            reason = f"has a number or a key of more than {_LONGEST:,} characters"
            raise UnreadableFile(f"{shown}:{line}", reason)
        line += word.count("\n")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """The words of TOML, as far as they matter here: (`bare`, `text`, `blank`, `end` or ``, the word)."""
    at = 0
    while at < len(text):
        opening = text[at : at + 3]
        if opening in _LONG_TEXTS:
            end = _end_of_text(text, at + 3, opening)
            if end < 0:
                return  # the reader says that it is not closed
            yield "", text[at:end]
            at = end
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            return
        yield match.lastgroup or "", match[0]
        at = match.end()


def _end_of_text(text: str, at: int, quotes: str) -> int:
    """Where a text over several lines ends; -1 where it does not."""
    while True:
        end = text.find(quotes, at)
        if end < 0:
            return -1
        slashes = 0
        while quotes[0] == '"' and text[end - slashes - 1] == "\\":
            slashes += 1
        if slashes % 2 == 0:
            return end + 3
        at = end + 1


def place(data: bytes, path: Sequence[str | int]) -> tuple[int, int]:
    """The line and column of a key, counted from 1, or of the nearest table around it."""
    best, depth = (1, 1), 0
    for line, column, found in _keys(data):
        common = _common(found, path)
        if common == len(found) and common > depth:
            best, depth = (line, column), common
    return _within(data, best, path, depth)


def _within(
    data: bytes, best: tuple[int, int], path: Sequence[str | int], depth: int
) -> tuple[int, int]:
    """The place of a key of an inline table: its name behind the key that holds the table."""
    names = [item for item in path[depth:] if isinstance(item, str)]
    if not names or not depth:
        return best
    wanted = names[-1]
    lines = data.decode("utf-8-sig", "replace").split("\n")
    for number in range(best[0], len(lines) + 1):
        line = lines[number - 1]
        if number > best[0] and line.lstrip().startswith("["):
            break
        start = best[1] if number == best[0] else 0
        found = re.compile(rf"""(?<![\w-])["']?{re.escape(wanted)}["']?[ \t]*=""").search(
            line, start
        )
        if found:
            return number, found.start() + 1
    return best


@lru_cache(maxsize=1)  # every mistake of a file is looked for in the same keys
def _keys(data: bytes) -> list[tuple[int, int, Path]]:
    """Each header and each key at the start of a line, with the whole path to it."""
    return list(_keys_of(data.decode("utf-8-sig", "replace")))


def _keys_of(text: str) -> Iterator[tuple[int, int, Path]]:
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.lstrip()
        column = len(line) - len(bare) + 1
        if bare.startswith("["):
            table = _parts(bare.lstrip("["), "]")
            if bare.startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            else:
                table = _inside(table, counts)
            yield number, column, table
        elif "=" in bare:
            yield number, column, (*table, *_parts(bare, "="))


def _inside(table: Path, counts: dict[Path, int]) -> Path:
    """`[per-file.severity]` below the second `[[per-file]]` belongs to that."""
    for length in range(len(table), 0, -1):
        if table[:length] in counts:
            return (*table[:length], counts[table[:length]], *table[length:])
    return table


def _parts(text: str, end: str) -> tuple[str, ...]:
    """The parts of a dotted key that goes up to a sign; only the first few."""
    found: list[str] = []
    for kind, word in _tokens(text):
        if word == end or len(found) == _PARTS_COMPARED:
            break
        if kind in ("bare", "text"):
            found.append(word.strip("\"'"))
    return tuple(found)


def _common(value: Sequence[str | int], other: Sequence[str | int]) -> int:
    count = 0
    for left, right in zip(value, other):
        if left != right:
            break
        count += 1
    return count
