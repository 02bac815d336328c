"""What the findings of a file depend on, as one digest: its text, the files that it uses, and which of the
files that it names are there.

The digest is made anew in every run from what is on disk, and results are kept under it, so that none can be
stale. Of pictures and videos the size and the time of the last change count, of all other files the bytes.
Too much rather than too little goes into it: everything in quotes counts as the name of a file; where a name
is put together (`"{who}.png"`), so do all files below the folder that end alike.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wan22dsl.disk import TOPS
from wan22dsl.errors import UnreadableFile
from wan22dsl.lint.policy.config import read_bytes
from wan22dsl.lint.policy.digest import Digest, of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: No file has a longer name, and a folder with more files is not looked through.
_LONGEST_NAME, _MOST_FILES = 1_000, 5_000

#: In a text these make something else of what is written.
_PUT_TOGETHER = ("{", "\\")


class Surroundings:
    """Digests of files. `given` are values from outside, which may name files too."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._given = tuple(given)
        self._names: dict[str, frozenset[str]] = {}
        self._below: dict[str, list[str] | None] = {}
        self._uses: dict[str, frozenset[str]] = {}

    def uses(self, file: str) -> frozenset[str]:
        """The real paths of the files that a file uses, when its digest has been made."""
        return self._uses.get(os.path.abspath(file), frozenset())

    def digest(self, file: str, data: bytes) -> str | None:
        """The digest of a file with these bytes; None when too much would have to be looked at."""
        if file.endswith(".json"):
            return of(data)
        try:
            return self._digest(os.path.abspath(file), data)
        except (OSError, ValueError, UnreadableFile):
            return None

    def _digest(self, file: str, data: bytes) -> str | None:
        found = Digest(data)
        folder = os.path.dirname(file)
        texts = [data.decode("utf-8", "replace")]
        seen = {file}
        for said, inner in self._used(texts[0], file, seen):
            if not said:
                return None
            found.add(said, inner)
            texts.append(inner)
        self._uses[file] = frozenset(map(os.path.realpath, seen))
        names = {name for text in texts for name in quoted(text)}.union(self._given)
        ends = {_end(name) for name in names if any(sign in name for sign in _PUT_TOGETHER)}
        if ends:
            below = self._all_below(folder)
            if below is None:
                return None
            alike = [item for item in below if item.lower().endswith(tuple(ends))]
            found.add(*alike, *(part for item in alike for part in _content(item)))
        for name in sorted(names):
            if self._is_there(folder, name):
                found.add(name, os.path.realpath(os.path.join(folder, name)))
                found.add(*_content(os.path.join(folder, name)))
        return str(found)

    def _used(self, text: str, file: str, seen: set[str]) -> Iterator[tuple[str, str]]:
        """What a text uses and what that uses: the state of each, and its source.

        Nothing is said of a path that cannot be told from the text alone.
        """
        lines = (line for line in text.split("\n") if line.lstrip().startswith("use"))
        for name in (name for line in lines for name in quoted(line)):
            if any(sign in name for sign in _PUT_TOGETHER):
                yield "", ""
                return
            if _is_share(name):
                continue
            used = os.path.normpath(os.path.join(os.path.dirname(file), name))
            yield f"{os.path.realpath(used)} {os.path.isdir(used)} {_top(file)}", ""
            if used not in seen and os.path.isfile(used):
                seen.add(used)
                inner = read_bytes(used).decode("utf-8", "replace")
                yield "text", inner
                yield from self._used(inner, os.path.realpath(used), seen)

    def _is_there(self, folder: str, name: str) -> bool:
        """Whether a name is that of a file in the folder or below it."""
        if not name or len(name) > _LONGEST_NAME or "\0" in name or _is_share(name):
            return False
        if os.name == "posix" and name.isascii():  # elsewhere a file may have several names
            first = name.partition("/")[0].lower()
            if first not in ("", ".", "..") and first not in self._in(folder):
                return False
        return os.path.isfile(os.path.join(folder, name))

    def _in(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            self._names[folder] = frozenset(item.lower() for item in os.listdir(folder))
        return self._names[folder]

    def _all_below(self, folder: str) -> list[str] | None:
        """All files below a folder, but for hidden folders; None when there are too many."""
        if folder not in self._below:
            names: list[str] = []
            for place, folders, files in os.walk(folder):
                folders[:] = [name for name in folders if not name.startswith(".")]
                names += (os.path.join(place, file) for file in files)
                if len(names) > _MOST_FILES:
                    break
            self._below[folder] = sorted(names) if len(names) <= _MOST_FILES else None
        return self._below[folder]


def _is_share(name: str) -> bool:
    """Whether a name is that of a network share, to which Windows would log in."""
    return name.replace("\\", "/").startswith("//")


#: Pictures and videos, whose size, frames and rate count in what is found (`graph.known.loaded`).
_MEDIA = (
    ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff",
    ".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".latent",
)  # fmt: skip


def _content(file: str) -> Iterator[str]:
    """What stands for the content of a picture or a video; whether videos can be read here counts too.

    Reading them through would take longer than linting, so their size and the time of their last change do.
    """
    if file.lower().endswith(_MEDIA):
        from importlib.util import find_spec

        status = os.stat(file)
        yield f"{status.st_size} {status.st_mtime_ns} {find_spec('av') is not None}"


def _end(name: str) -> str:
    """What a name that is put together ends with, whatever is put into it."""
    end = name.rpartition("}")[2].rpartition("/")[2].lower()
    return end if os.name == "posix" and end.isascii() and "\\" not in name else ""


def quoted(text: str) -> Iterator[str]:
    """Everything in a text that may be in quotes; a little more, where only a parser could tell."""
    for line in text.split("\n"):
        if '"' in line:
            parts = line.split('"')
            is_plain = not any(sign in line for sign in ("\\", "`", "'"))
            yield from parts[1::2] if is_plain else parts[1:]
    for block in text.split('"""')[1::2]:
        yield "\n".join(line.strip() for line in block.strip().split("\n"))


def _top(file: str) -> str:
    """The top of the project of a file."""
    folder = os.path.dirname(os.path.realpath(file))
    while not any(os.path.exists(os.path.join(folder, top)) for top in TOPS):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return ""
    return folder
