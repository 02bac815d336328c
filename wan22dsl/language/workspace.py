"""Where sources come from: the disk, and the unsaved text of an editor.

Loading a program and building it ask a workspace for every file; nothing else of them looks at the disk for
sources. What is inside of pictures, videos and latents is read by `comfyui.nodes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.digest import of
from wan22dsl.errors import UnreadableFile
from wan22dsl.language import asked as asking
from wan22dsl.language.asked import Question
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.language.asked import Asked


class Stamp(NamedTuple):
    """What tells one content of a file from another without reading it."""

    size_bytes: int
    changed_ns: int
    inode: int


class Workspace:
    """The files of a project. A text that is open takes the place of what is on disk.

    A file that is open need not be on disk. Files are the same by their real path, however they are named.
    """

    def __init__(self, *, keeps_asked: bool = False) -> None:
        """With `keeps_asked`, `asked` has all that was asked of the disk, and the answers."""
        self._open: dict[Path, str] = {}
        self.asked: Asked | None = {} if keeps_asked else None

    def _ask(self, kind: str, path: Path, name: str = "") -> str:
        question = Question(kind, str(path), name)
        answer = asking.answer(question)
        if self.asked is not None:
            self.asked[question] = answer
        return answer

    def open(self, file: Path, text: str) -> None:
        """From now on this is the text of a file."""
        self._open[disk.real_path(file)] = text

    def hold(self, texts: Mapping[Path, str]) -> None:
        """From now on these are the texts of files, whatever is on disk."""
        self._open |= {disk.real_path(file): text for file, text in texts.items()}

    def with_texts(self, texts: Mapping[Path, str]) -> Workspace:
        """The same files, of which some have these texts."""
        made = Workspace()
        made._open = self._open | {disk.real_path(file): text for file, text in texts.items()}
        return made

    def close(self, file: Path) -> None:
        """From now on the text of a file is what is on disk."""
        self._open.pop(disk.real_path(file), None)

    def read(self, file: Path, shown: str | None = None) -> Source:
        """The source of a file, shown as `shown`. Raises UnreadableFile."""
        text = self._open.get(disk.real_path(file)) if self._open else None
        shown = shown if shown is not None else file.as_posix()
        if text is not None:
            return Source(text, shown, file)
        if self.asked is None:
            return Source.read(file, shown)
        question = Question(asking.TEXT, str(file))
        try:
            data = disk.read(str(file), shown)
        except UnreadableFile as error:
            self.asked[question] = error.reason
            raise
        self.asked[question] = of(data)
        return Source.decode(data, shown, file)

    def real_path(self, path: Path) -> Path:
        """A path without links. Raises OSError, ValueError and RuntimeError where it leads nowhere."""
        self._ask(asking.REAL_PATH, path)
        return path.resolve()

    def is_folder(self, path: Path) -> bool:
        """Whether a path is that of a folder."""
        return bool(self._ask(asking.FOLDER, path))

    def exists(self, path: Path) -> bool:
        """Whether anything is at a path."""
        return bool(self._ask(asking.EXISTS, path)) or (
            bool(self._open) and disk.real_path(path) in self._open
        )

    def project_of(self, file: Path) -> Path:
        """The folder outside which nothing is read: the nearest one upwards that looks like a project."""
        from pathlib import Path

        return Path(self._ask(asking.PROJECT, file))

    def input_file(self, folder: Path, written: str) -> Path | None:
        """The file that is named beside a `.wan` file, or below it; nothing outside is looked at."""
        from pathlib import Path

        found = self._ask(asking.INPUT_FILE, folder, written)
        return Path(found) if found else None

    def stamp(self, file: Path) -> Stamp | None:
        """The stamp of a file on disk; None where there is none."""
        if self.asked is not None:
            self._ask(asking.STAMP, file)
        try:
            status = file.stat()
        except (OSError, ValueError):
            return None
        return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
