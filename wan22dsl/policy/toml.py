"""The text of a configuration: read as TOML, and where in it a key stands."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'|\s*\.\s*)+?)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_FAULT_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")

#: The keys and numbers that lead to a value, such as `("per-file", 0, "files")`.
Path = tuple["str | int", ...]


def read(data: bytes, shown: str) -> dict[str, Any]:
    """What the text says. Raises CommandError, with line and column where they are known."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        found: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CommandError(f"{shown}:{line}: this is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        place = _FAULT_PLACE.search(str(error))
        at = f":{place[1]}:{place[2]}" if place and place[1] else ""
        reason = _FAULT_PLACE.sub("", str(error)).strip()
        raise CommandError(f"{shown}{at}: this is not TOML: {reason}") from error
    except RecursionError as error:
        raise CommandError(f"{shown}: brackets stand too deep in each other") from error
    return found


def place(data: bytes, path: Sequence[str | int]) -> tuple[int, int]:
    """The line and column of a key, counted from 1, or of the nearest table around it."""
    best, depth = (1, 1), 0
    for line, column, found in _keys(data.decode("utf-8-sig", "replace")):
        common = _common(found, path)
        if common == len(found) and common > depth:
            best, depth = (line, column), common
    return _within(data, best, path, depth)


def _within(
    data: bytes, best: tuple[int, int], path: Sequence[str | int], depth: int
) -> tuple[int, int]:
    """The place of a key of an inline table: its name behind the key that holds the table."""
    names = [one for one in path[depth:] if isinstance(one, str)]
    if not names or not depth:
        return best
    lines = data.decode("utf-8-sig", "replace").split("\n")
    for number in range(best[0], len(lines) + 1):
        line = lines[number - 1]
        if number > best[0] and _HEADER.match(line):
            break
        start = best[1] if number == best[0] else 0
        found = re.compile(rf"""(?<![\w-])["']?{re.escape(names[-1])}["']?\s*=""").search(
            line, start
        )
        if found:
            return number, found.start() + 1
    return best


def _keys(text: str) -> Iterator[tuple[int, int, Path]]:
    """Each header and each key at the start of a line, with the whole path to it."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            table = _parts(header[1])
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            else:
                table = _inside(table, counts)
            yield number, len(line) - len(line.lstrip()) + 1, table
            continue
        key = _KEY.match(line)
        if key:
            yield number, key.start(1) + 1, (*table, *_parts(key[1]))


def _inside(table: Path, counts: dict[Path, int]) -> Path:
    """`[per-file.severity]` below the second `[[per-file]]` belongs to that."""
    for length in range(len(table), 0, -1):
        if table[:length] in counts:
            return (*table[:length], counts[table[:length]], *table[length:])
    return table


def _parts(text: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _common(one: Sequence[str | int], other: Sequence[str | int]) -> int:
    count = 0
    for left, right in zip(one, other):
        if left != right:
            break
        count += 1
    return count
