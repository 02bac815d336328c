"""Results on disk. What is damaged, in the way, or cannot be written is as if it were not there."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wan22dsl.policy.digest import Digest, of

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = ".wan_cache"

#: So many results of each kind are kept, the newest.
_MOST_KEPT = 20

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Cache:
    """A folder of results; without a folder nothing is kept."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder

    def read(self, name: str) -> Any:
        """What was kept under a name; None when there is nothing whole."""
        if self.folder is None:
            return None
        try:
            with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                digest, _, text = file.read().partition("\n")
            return json.loads(text) if digest == of(text) else None
        except (OSError, ValueError, RecursionError):
            return None

    def write(self, name: str, data: Any) -> None:
        """Keeps data under a name: another process finds the old or the new, never half of it."""
        if self.folder is None:
            return
        target = os.path.join(self.folder, name)
        draft = f"{target}.{os.getpid()}.part"
        try:
            self._make_folder(self.folder)
            text = json.dumps(data)
            with open(draft, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"{of(text)}\n{text}")
            os.replace(draft, target)
            self._forget(name.partition("-")[0], self.folder)
        except (OSError, ValueError):
            with suppress(OSError):
                os.unlink(draft)

    @staticmethod
    def _make_folder(folder: str) -> None:
        """The folder tells git that nothing in it is to be kept."""
        os.makedirs(folder, exist_ok=True)
        ignore = os.path.join(folder, ".gitignore")
        if not os.path.exists(ignore):
            with open(ignore, "w", encoding="utf-8", newline="\n") as file:
                file.write("*\n")

    @staticmethod
    def _forget(kind: str, folder: str) -> None:
        """Removes the oldest of a kind when there are too many."""
        with os.scandir(folder) as entries:
            aged = [
                (e.stat().st_mtime_ns, e.path) for e in entries if e.name.startswith(f"{kind}-")
            ]
        for _, path in sorted(aged, reverse=True)[_MOST_KEPT:]:
            os.unlink(path)


def of_this_machine() -> str:
    """A digest of this installation that is quick to make: names, sizes and times of its files."""
    found = Digest(sys.version, sys.platform, _PACKAGE)
    for path, entry in _files(_PACKAGE):
        stat = entry.stat()
        found.add(f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}")
    return str(found)


def of_this_version() -> str:
    """A digest of what this installation does: the same on every machine that has the same files."""
    found = Digest(repr(sys.version_info[:2]), sys.platform)
    for path, entry in _files(_PACKAGE):
        with open(entry.path, "rb") as file:
            found.add(path, file.read())
    return str(found)


def _files(folder: str, above: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path, f"{above}{entry.name}/")
            else:
                yield above + entry.name, entry
