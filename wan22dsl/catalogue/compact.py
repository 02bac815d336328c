"""Our own form of a catalogue: a text file in which one class is one line.

The first line says what the file is and of which target; every other is a JSON object, and those
are sorted, so that a change of one class is a change of one line, and one class is found and read
without the others. How a class is written, see `records`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.catalogue.records import class_of, record_of
from wan22dsl.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.catalogue.schema import NodeClass

#: The version of this form; a file says in its first line which one it has.
VERSION = 2

_HEADER = b'{"catalogue":'
_KEY = b'{"class":"'


def is_compact(data: bytes) -> bool:
    """Whether the bytes of a file are in this form, of whatever version."""
    return data.startswith(_HEADER)


def write(target: str, classes: Iterable[NodeClass]) -> str:
    """The text of a file. The same classes give the same text, in whatever order they come."""
    header = _json({"catalogue": VERSION, "target": target})
    lines = {_key(one.name): line_of(one) for one in classes}
    return "".join(line + "\n" for line in [header, *(lines[key] for key in sorted(lines))])


def line_of(one: NodeClass) -> str:
    """The line of a class, without its line end."""
    return _json(record_of(one))


def _key(name: str) -> bytes:
    """How the line of a class begins; the lines are sorted by it."""
    return b'{"class":%s,' % _json(name).encode("utf-8", "surrogatepass")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class CompactFile:
    """A catalogue in this form, of which only the classes that are asked for are decoded."""

    def __init__(self, data: bytes, path: str) -> None:
        """Takes the bytes of a file; `path` is its name for people.

        Raises CatalogueError when it is in another form or a later version of this one.
        """
        self._data = data
        self._path = path
        end = data.find(b"\n") + 1 or len(data)
        try:
            header = json.loads(data[:end])
            version, self.target = int(header["catalogue"]), str(header["target"])
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogueError(f"{path}: is not a catalogue of node classes") from error
        if version != VERSION:
            raise CatalogueError(
                f"{path}: is a catalogue in form {version}, and this wan22dsl reads form "
                f"{VERSION}; make it anew with `wan nodes pull`"
            )
        self._first = end

    def get(self, name: str) -> NodeClass | None:
        """The class of that name, found by halving, since the lines are sorted."""
        key = _key(name)
        data, low, high = self._data, self._first, len(self._data)
        while low < high:
            start = data.rfind(b"\n", self._first - 1, (low + high) // 2) + 1
            end = data.find(b"\n", start) + 1 or len(data)
            found = data[start : start + len(key)]
            if found == key:
                return self._class(start, end)
            if found < key:
                low = end
            else:
                high = start
        return None

    def names(self) -> Iterator[str]:
        """The names of all classes, in the order of the lines."""
        start = self._first
        while start < len(self._data):
            end = self._data.find(b"\n", start) + 1 or len(self._data)
            yield self._name(start, end)
            start = end

    def _name(self, start: int, end: int) -> str:
        """The name of the class in that line; the whole line is read only where it must be."""
        name, found, _ = self._data[start + len(_KEY) : end].partition(b'",')
        if not found or b"\\" in name:
            return self._class(start, end).name
        return name.decode("utf-8", "replace")

    def _class(self, start: int, end: int) -> NodeClass:
        try:
            return class_of(json.loads(self._data[start:end]))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise self._damaged(start) from error

    def _damaged(self, start: int) -> CatalogueError:
        line = self._data.count(b"\n", 0, start) + 1
        return CatalogueError(
            f"{self._path}: line {line} does not describe a class; "
            "make the file anew with `wan nodes pull`"
        )
