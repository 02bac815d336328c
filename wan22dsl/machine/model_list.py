"""The model files that a snapshot has: names, sizes and what their headers come to. Weights are not read."""

from __future__ import annotations

from hashlib import sha256 as hash_of
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import UnreadableFile
from wan22dsl.model_files.looking import Looker
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.model_files.folders import Folders

#: The folders whose files a Wan pipeline loads, by ComfyUI's names for them.
FOLDERS = ("diffusion_models", "loras", "text_encoders", "vae")

_KINDS = (".safetensors", ".sft", ".gguf", ".ckpt", ".pt", ".pth", ".bin")

#: No header is larger: the largest that is known has 2 MB.
_MOST_HEADER_BYTES = 16 * 1024**2
_MOST_FILES, _MOST_FOLDERS = 2000, 2000
_LENGTH_BYTES = 8


class ModelFile(NamedTuple):
    """A model file.

    `header_sha256` is that of its safetensors header, which names its tensors and their types. Over HTTP only
    the metadata in it can be had. `sha256` is that of the whole file, where `wan models check` has kept it.
    """

    folder: str
    name: str
    size_bytes: int | None = None
    header_sha256: str = ""
    metadata_sha256: str = ""
    sha256: str = ""


def read(places: Iterable[tuple[str, Path]]) -> tuple[ModelFile, ...]:
    """The model files below folders of this disk, by ComfyUI's name and the place of each folder."""
    found: dict[tuple[str, str], ModelFile] = {}
    looker = Looker()
    for folder, place in places:
        for path in _files(place):
            name = path.relative_to(place).as_posix()
            if (folder, name) not in found and len(found) < _MOST_FILES:
                try:
                    size = path.stat().st_size
                except OSError:
                    continue
                sha256 = looker.look(str(path), "none").sha256 or ""
                found[folder, name] = ModelFile(folder, name, size, _header(path, size), "", sha256)
    return tuple(found[key] for key in sorted(found))


def places_of(folders: Folders) -> list[tuple[str, Path]]:
    """Where the folders of a ComfyUI are, also those that its `extra_model_paths.yaml` names."""
    return [(kind, Path(place)) for kind in FOLDERS for place in folders.places(kind)]


def _files(place: Path) -> list[Path]:
    """The model files below a folder. Links are followed, as ComfyUI does, and no folder is read twice."""
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    folders = [place]
    while folders and len(seen) < _MOST_FOLDERS:
        folder = folders.pop()
        try:
            status = folder.stat()
            entries = sorted(folder.iterdir())
        except OSError:
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            if entry.name.lower().endswith(_KINDS):
                found.append(entry)
            elif entry.is_dir():
                folders.append(entry)
    return sorted(found)


def _header(path: Path, size: int) -> str:
    if path.suffix.lower() not in (".safetensors", ".sft"):
        return ""
    try:
        with disk.opened(str(path)) as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if not 0 < length <= min(_MOST_HEADER_BYTES, size - _LENGTH_BYTES):
                return ""
            return hash_of(file.read(length)).hexdigest()
    except UnreadableFile:
        return ""
