"""The model files that the rules may ask about: those in a folder, or those that an example states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wan22dsl.model_files import folders as of_folders
from wan22dsl.model_files.looking import Looked, Looker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.model_files.folders import Folders
    from wan22dsl.model_files.kinds import Identity


class ModelFiles(Protocol):
    """What is known of the files of one ComfyUI."""

    def of(self, folder: str, file: str) -> Looked | None:
        """A file by its folder below `models` and its name there; None where there is none."""
        ...

    def where(self, folder: str) -> str:
        """How a message names the folder."""
        ...

    def near(self, folder: str, file: str) -> str | None:
        """A file of the same name in another subfolder."""
        ...


class FilesOfFolders:
    """The files of a ComfyUI on this machine. A file is looked at once."""

    def __init__(
        self, folders: Folders, progress: Callable[[str, int, int], None] | None = None
    ) -> None:
        self.folders = folders
        self._looker = Looker(progress)

    def of(self, folder: str, file: str) -> Looked | None:
        """A file by its folder and its name."""
        path = self.folders.find(folder, file)
        return None if path is None else self._looker.look(path)

    def where(self, folder: str) -> str:
        """The folder into which such a file belongs."""
        return self.folders.target(folder).replace("\\", "/")

    def near(self, folder: str, file: str) -> str | None:
        """A file of the same name in another subfolder."""
        return next(iter(self.folders.near(folder, file)), None)

    def save(self) -> None:
        """Keeps what took long for the next run."""
        self._looker.save()


def of_folder(folder: str) -> FilesOfFolders:
    """The files of a ComfyUI, or of its models folder. Raises CommandError where there is no such folder."""
    return FilesOfFolders(of_folders.of(folder))


class StatedFiles:
    """Files that an example states: by name, what each is, or why it cannot be read.

    Of other names nothing is known, as of a pickle, but for those in `missing`.
    """

    def __init__(self, stated: Mapping[str, Identity | str], missing: tuple[str, ...] = ()) -> None:
        self._stated, self._missing = stated, missing

    def of(self, folder: str, file: str) -> Looked | None:
        """A file by its name."""
        if file in self._missing:
            return None
        found = self._stated.get(file)
        if isinstance(found, str):
            return Looked(file, 0, None, found, is_broken=True)
        return Looked(file, 0, found, None if found is not None else "is not known")

    def where(self, folder: str) -> str:
        """The folder into which such a file belongs."""
        return f"ComfyUI/models/{folder}"

    def near(self, folder: str, file: str) -> str | None:
        """None: what is stated has no subfolders."""
        return None
