"""Files of sorted lines, in which one line is found without reading the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import disk

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

    Data = bytes | mmap.mmap


def mapped(path: str) -> Data:
    """The bytes of a file of the package; only the parts that are looked at are read from the disk."""
    import mmap

    with disk.opened(path) as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):  # a file system without it
            return file.read()


class SortedLines:
    """Lines of bytes, each with its line end, sorted by how they begin, from the place `first` on."""

    def __init__(self, data: Data, first: int = 0) -> None:
        self.data = data
        self._first = first

    def find(self, key: bytes) -> tuple[int, int] | None:
        """Where the line that begins with `key` starts and ends; found by halving."""
        data, low, high = self.data, self._first, len(self.data)
        while low < high:
            start = data.rfind(b"\n", max(self._first - 1, 0), (low + high) // 2) + 1
            start = max(start, self._first)
            end = data.find(b"\n", start) + 1 or len(data)
            found = data[start : start + len(key)]
            if found == key:
                return start, end
            if found < key:
                low = end
            else:
                high = start
        return None

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Where each line starts and ends."""
        start = self._first
        while start < len(self.data):
            end = self.data.find(b"\n", start) + 1 or len(self.data)
            yield start, end
            start = end
