"""Where sources come from: the disk, and the unsaved text of an editor.

Loading a program and building it ask a workspace for every file; nothing else of them looks at the disk for
sources. What is inside of pictures, videos and latents is read by `comfyui.nodes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.disk import TOPS
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Stamp(NamedTuple):
    """What tells one content of a file from another without reading it."""

    size_bytes: int
    changed_ns: int
    inode: int


class Workspace:
    """The files of a project. A text that is open takes the place of what is on disk.

    A file that is open need not be on disk. Files are the same by their real path, however they are named.
    """

    def __init__(self) -> None:
        self._open: dict[Path, str] = {}

    def open(self, file: Path, text: str) -> None:
        """From now on this is the text of a file."""
        self._open[file.resolve()] = text

    def close(self, file: Path) -> None:
        """From now on the text of a file is what is on disk."""
        self._open.pop(file.resolve(), None)

    def read(self, file: Path, shown: str | None = None) -> Source:
        """The source of a file, shown as `shown`. Raises UnreadableFile."""
        text = self._open.get(file.resolve()) if self._open else None
        if text is None:
            return Source.read(file, shown)
        return Source(text, shown if shown is not None else file.as_posix(), file)

    def is_folder(self, path: Path) -> bool:
        """Whether a path is that of a folder."""
        return path.is_dir()

    def exists(self, path: Path) -> bool:
        """Whether anything is at a path."""
        return path.exists() or (bool(self._open) and path.resolve() in self._open)

    def project_of(self, file: Path) -> Path:
        """The folder outside which nothing is read: the nearest one upwards that looks like a project."""
        folder = file.resolve().parent
        for candidate in (folder, *folder.parents):
            if any((candidate / top).exists() for top in TOPS):
                return candidate
        return folder

    def input_file(self, folder: Path, written: str) -> Path | None:
        """The file that is named beside a `.wan` file, or below it; nothing outside is looked at."""
        if not written or written.replace("\\", "/").startswith("//"):  # a network share
            return None
        try:
            path = folder / written
            if path.is_file():
                file = path.resolve()
                if file.is_relative_to(folder.resolve()):
                    return file
        except (OSError, ValueError):  # no name that this system could have
            pass
        return None

    def stamp(self, file: Path) -> Stamp | None:
        """The stamp of a file on disk; None where there is none."""
        try:
            status = file.stat()
        except (OSError, ValueError):
            return None
        return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
