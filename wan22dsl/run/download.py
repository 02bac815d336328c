"""Output files: fetched whole, verified, put in place under a name that is free, never over another file.

The server's names are not trusted: only the ending is taken over, and only where it is one of pictures,
videos, sound or tensors, which no system starts as a program. The name is that under which the prompt saves,
else the pipeline's.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import sha256
from itertools import count
from time import sleep
from typing import TYPE_CHECKING
from uuid import uuid4

from wan22dsl.errors import ServerAnswered, ServerSilent, ServerTooLarge
from wan22dsl.network import limits
from wan22dsl.run.verify import damage
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from typing import Any

    from wan22dsl.run.client import Client, RemoteFile

_ENDINGS = frozenset(
    """
    .apng .avi .avif .bmp .exr .flac .gif .glb .gltf .hdr .jpeg .jpg .json .jxl .latent .m4a .m4v .mkv
    .mov .mp3 .mp4 .npy .npz .ogg .opus .ply .png .safetensors .tif .tiff .txt .wav .webm .webp
    """.split()
)
_TRIES = 4


class Fetched(NamedTuple):
    """A file that is here. `remote` is the server's name for it, for people."""

    path: Path
    size_bytes: int
    sha256: str
    remote: str
    node: str


class Failed(NamedTuple):
    """A file that could not be had whole; `kept` is the partial file, or None.

    `is_local`: it is not the server's doing, but that of the disk here.
    """

    remote: str
    reason: str
    kept: Path | None
    is_local: bool = False


def fetch(
    client: Client,
    file: RemoteFile,
    node: str,
    folder: Path,
    stem: str,
    most_bytes: int = limits.OUTPUTS_BYTES,
) -> Fetched | Failed:
    """Fetches a file into a folder as `stem-0001.mp4`, or with the next free number."""
    remote = file.path
    # Other threads and processes write into this folder too.
    draft = folder / f".{plain(stem)}.{uuid4().int}.part{suffix_of(file.filename)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reason, kept = "", False
        for attempt in range(_TRIES):
            if attempt:
                sleep(0.3 * 2**attempt)
            try:
                digest, size = _write(client, file, draft, most_bytes)
            except ServerAnswered as error:
                reason, kept = error.reason, False
                if error.status in {400, 401, 403, 404}:
                    break
                continue
            except ServerTooLarge as error:
                reason, kept = f"{error.reason}; `--max-download` allows more", False
                break
            except ServerSilent as error:
                reason, kept = error.reason, True
                continue
            wrong = damage(draft)
            if wrong is None:
                place = _place(draft, folder, plain(stem), suffix_of(file.filename))
                return Fetched(place, size, digest, remote, node)
            reason, kept = wrong, True
        return Failed(remote, reason, _keep(draft, folder, plain(stem), file) if kept else None)
    except OSError as error:
        reason = f"it cannot be written to {folder.as_posix()} ({error.strerror or error})"
        return Failed(remote, reason, None, is_local=True)
    finally:
        _remove(draft)


def stem_of(prompt: Mapping[str, Any], node: str, nodes: Collection[str], pipeline: str) -> str:
    """The name of a node's files, without number and ending: `base_3.5` for `save("video/base_{cfg}")`.

    The name of the pipeline where the prompt names none; with the node, where several save alike.
    """
    stems = {name: _saved_as(prompt, name) or pipeline for name in nodes}
    own = stems.get(node) or _saved_as(prompt, node) or pipeline
    alike = sum(stem == own for stem in stems.values())
    return f"{own}-{node}" if alike > 1 else own


def of_run(stem: str, *, job: str = "", simulated: bool = False) -> str:
    """The stem in a run: with the job of a batch that it is made for, and whether it is only simulated."""
    return (f"{job}-" if job else "") + stem + ("-simulated" if simulated else "")


def _saved_as(prompt: Mapping[str, Any], node: str) -> str:
    """The last part of `filename_prefix`, as part of a file name; empty where there is none."""
    prefix = prompt.get(node, {}).get("inputs", {}).get("filename_prefix")
    if not isinstance(prefix, str):
        return ""
    name = prefix.replace("\\", "/").rpartition("/")[2]
    return plain(name) if re.search("[A-Za-z0-9]", name) else ""


def _write(client: Client, file: RemoteFile, draft: Path, most_bytes: int) -> tuple[str, int]:
    digest, size = sha256(), 0
    with draft.open("wb") as out:
        for chunk in client.download(file, most_bytes):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), size


def _place(draft: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Gives a file its name, all at once; what has that name already stays."""
    taken = {path.name for path in folder.iterdir()}
    for number in count(1):
        name = f"{stem}-{number:04}{suffix}"
        if name in taken:
            continue
        place = folder / name
        try:
            os.link(draft, place)
        except FileExistsError:
            continue
        except OSError:  # a file system without links
            try:
                place.open("xb").close()
            except FileExistsError:
                continue
            try:
                draft.replace(place)
            except BaseException:
                place.unlink(missing_ok=True)
                raise
        return place
    raise AssertionError("there are numbers without end")


def _keep(draft: Path, folder: Path, stem: str, file: RemoteFile) -> Path | None:
    if not draft.exists() or not draft.stat().st_size:
        return None
    return _place(draft, folder, f"{stem}.damaged", suffix_of(file.filename))


def _remove(draft: Path) -> None:
    with suppress(OSError):
        draft.unlink(missing_ok=True)


def suffix_of(filename: str) -> str:
    """The ending of a server's file name, where it is one that we know: `.mp4`; else `.bin`."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    return ending if ending in _ENDINGS else ".bin"


def plain(text: str) -> str:
    """A text as part of a file name on every system."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("._-")[:80]
    return name or "output"
