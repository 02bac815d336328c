"""The server's folders: input, output and temp. What a client names never leads out of them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("input", "output", "temp")

_ANNOTATED = re.compile(r"(.*) \[(input|output|temp)\]$", re.DOTALL)

#: What Windows takes for a device, with whatever ending, in every folder.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{kind}{number}" for kind in ("com", "lpt") for number in "0123456789¹²³"}
)


def is_safe(path: str, *, windows: bool = os.name == "nt") -> bool:
    """Whether a path names a file on this system: no device, no stream, no name that is cut off."""
    if "\0" in path:
        return False
    if not windows:
        return True
    return not any(
        ":" in name or name != name.rstrip(". ") or name.partition(".")[0].strip() in _DEVICES
        for name in path.lower().split("/")
        if name not in ("", ".", "..")
    )


class Folders:
    """The three folders below one place."""

    def __init__(self, place: Path) -> None:
        self.place = place
        for name in FOLDERS:
            (place / name).mkdir(parents=True, exist_ok=True)

    def inside(self, folder: str, *parts: str) -> Path | None:
        """A path below a folder; None when it would lead out of it or is no name for a file."""
        root = (self.place / folder).resolve()
        plain = [part.replace("\\", "/") for part in parts]
        if not all(map(is_safe, plain)):
            return None
        try:
            path = root.joinpath(*plain).resolve()
        except (ValueError, OSError):
            return None
        return path if path == root or root in path.parents else None

    def find(self, name: str, folder: str = "input") -> Path | None:
        """The file that a node's input names: `a.png`, `sub/a.png` or `a.png [output]`."""
        if found := _ANNOTATED.fullmatch(name):
            name, folder = found[1], found[2]
        path = self.inside(folder, name)
        return path if path is not None and path.is_file() else None

    def next_file(self, folder: str, prefix: str, ending: str) -> tuple[Path, str]:
        """The next free file for a prefix such as `video/clip`, and its folder below the root.

        `ending` follows the counter: `_.mp4` makes `clip_00001_.mp4`. Raises ValueError when the
        prefix leads out of the folder.
        """
        head, _, name = prefix.replace("\\", "/").rpartition("/")
        place = self.inside(folder, head)
        if place is None or not is_safe(f"{name}_"):
            raise ValueError(prefix)
        place.mkdir(parents=True, exist_ok=True)
        numbered = re.compile(rf"{re.escape(name)}_(\d+)", re.IGNORECASE)
        taken = [int(found[1]) for path in place.iterdir() if (found := numbered.match(path.name))]
        number = max(taken, default=0) + 1
        below = place.relative_to((self.place / folder).resolve()).as_posix()
        return place / f"{name}_{number:05}{ending}", "" if below == "." else below

    def upload(self, name: str, data: bytes, folder: str, sub: str, overwrite: bool) -> str | None:
        """Stores an upload and gives the name that it got; None when the place is not allowed.

        The same bytes keep their name; others get ` (1)` behind it, unless they may overwrite.
        """
        wanted = self.inside(folder, sub, name)
        root = self.inside(folder, sub)
        if wanted is None or root is None or wanted == root or not name:
            return None
        wanted.parent.mkdir(parents=True, exist_ok=True)
        path, number = wanted, 0
        while path.exists() and not overwrite:
            if path.is_file() and path.read_bytes() == data:
                return self._named(path, root)
            number += 1
            path = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        path.write_bytes(data)
        return self._named(path, root)

    def _named(self, path: Path, root: Path) -> str:
        return path.relative_to(root).as_posix()
