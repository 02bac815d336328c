"""Where the model files of a ComfyUI are: its models folder, and what `extra_model_paths.yaml` adds.

As ComfyUI does it: folder_paths.py, utils/extra_config.py. A folder may be that of ComfyUI, or its models
folder alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.model_files import extra_paths
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Folders that ComfyUI looks into for a kind of model, where it is not only the one of that name. A download
#: goes into the last one.
_PLACES = {
    "diffusion_models": ("unet", "diffusion_models"),
    "text_encoders": ("clip", "text_encoders"),
    "controlnet": ("t2i_adapter", "controlnet"),
}

#: Other names of the same kinds: older ones of ComfyUI, and those of ComfyUI-GGUF.
_ALIASES = {
    "unet": "diffusion_models",
    "clip": "text_encoders",
    "unet_gguf": "diffusion_models",
    "clip_gguf": "text_encoders",
}

#: Folders by which a models folder is recognised.
_KNOWN = ("diffusion_models", "unet", "loras", "vae", "text_encoders", "clip", "checkpoints")

#: The arguments of ComfyUI that say where models are.
_BASE, _EXTRA = "--base-directory", "--extra-model-paths-config"


class Folders(NamedTuple):
    """Where files are looked for: `models` and, by kind, folders that come before (`first`) or after it.

    `shown` is how messages name it. `notes` are lines of configuration that could not be read.
    """

    shown: str
    models: str
    first: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()

    def places(self, folder: str) -> tuple[str, ...]:
        """The folders of a kind of model, in the order in which ComfyUI looks into them."""
        kind = _ALIASES.get(folder, folder)
        own = [os.path.join(self.models, name) for name in _PLACES.get(kind, (kind,))]
        return (*self.first.get(kind, ()), *own, *self.after.get(kind, ()))

    def target(self, folder: str) -> str:
        """The folder into which a new file of a kind goes."""
        kind = _ALIASES.get(folder, folder)
        first = self.first.get(kind)
        return first[0] if first else os.path.join(self.models, _PLACES.get(kind, (kind,))[-1])

    def find(self, folder: str, file: str) -> str | None:
        """The path of a file as a node names it; None where there is none."""
        parts = [part for part in file.replace("\\", "/").split("/") if part]
        if not parts or not is_name(file):
            return None
        for place in self.places(folder):
            path = os.path.join(place, *parts)
            if os.path.lexists(path):
                return path
        return None

    def near(self, folder: str, file: str) -> list[str]:
        """The names in the folders of a kind that have the same last part in another subfolder."""
        last = file.replace("\\", "/").rpartition("/")[2].lower()
        return [name for name in self.names(folder) if name.rpartition("/")[2].lower() == last]

    def names(self, folder: str, most: int = 5_000) -> list[str]:
        """The names of all files of a kind, as nodes name them, with `/`."""
        found: list[str] = []
        for place in self.places(folder):
            seen: set[str] = (
                set()
            )  # ComfyUI follows links too; a link that leads back is followed once
            for at, folders, files in os.walk(place, followlinks=True):
                real = os.path.realpath(at)
                if real in seen:
                    folders.clear()
                    continue
                seen.add(real)
                folders.sort()
                for name in sorted(files):
                    path = os.path.relpath(os.path.join(at, name), place)
                    found.append(path.replace(os.sep, "/"))
                    if len(found) >= most:
                        return found
        return found


def is_name(file: str) -> bool:
    """Whether a file of a folder can be called so: no path that leads out of it."""
    parts = file.replace("\\", "/").split("/")
    drive = len(parts[0]) == 2 and parts[0].endswith(":")
    return bool(file) and "\0" not in file and ".." not in parts and parts[0] != "" and not drive


def of(folder: str, arguments: Sequence[str] = ()) -> Folders:
    """The folders of a ComfyUI, or of a models folder; `arguments` are those that ComfyUI is started with.

    Raises CommandError where there is no such folder.
    """
    path = os.path.abspath(os.path.expanduser(folder))
    shown = folder.replace(os.sep, "/")
    if not os.path.isdir(path):
        raise CommandError(f"{shown}: there is no such folder")
    inner = os.path.join(path, "ComfyUI")
    if not _is_code(path) and _is_code(inner):  # the portable build has it there
        path = inner
    base = _value(arguments, _BASE)
    is_comfyui = _is_code(path)
    within = [name for name in _KNOWN if os.path.isdir(os.path.join(path, name))]
    has_models = os.path.isdir(os.path.join(path, "models"))
    root = os.path.abspath(base) if base else path
    if is_comfyui or base or (has_models and not within):
        models = os.path.join(root, "models")
    else:
        models = path
    files = [os.path.join(path, "extra_model_paths.yaml")]
    if (
        not is_comfyui and models == path
    ):  # the folder that the models folder is in may be ComfyUI's
        files = [os.path.join(os.path.dirname(path), "extra_model_paths.yaml")]
    named = _values(arguments, _EXTRA)
    first: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    notes: list[str] = []
    for file in [*(each for each in files if os.path.isfile(each)), *named]:
        _add(file, first, after, notes)
    return Folders(shown, models, _frozen(first), _frozen(after), tuple(notes))


def _is_code(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "main.py"))


def _frozen(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(dict.fromkeys(places)) for kind, places in found.items()}


def _add(
    file: str, first: dict[str, list[str]], after: dict[str, list[str]], notes: list[str]
) -> None:
    """Adds what a file with extra paths has."""
    try:
        data = disk.read(file, most_bytes=extra_paths.MOST_BYTES)
        entries, problems = extra_paths.parse(data.decode("utf-8-sig"))
    except UnreadableFile as error:
        notes.append(str(error))
        return
    except UnicodeDecodeError:
        notes.append(f"{file}: is not UTF-8")
        return
    notes += [f"{file}: {problem}" for problem in problems]
    here = os.path.dirname(os.path.abspath(file))
    for entry in entries:
        base = os.path.expandvars(os.path.expanduser(entry.base_path)) if entry.base_path else ""
        root = os.path.join(here, base) if base else here
        for kind, paths in entry.paths.items():
            into = first if entry.is_default else after
            places = [os.path.normpath(os.path.join(root, path)) for path in paths]
            known = into.setdefault(_ALIASES.get(kind, kind), [])
            if entry.is_default:
                known[:0] = places[::-1]  # ComfyUI puts each before the others
            else:
                known += places


def _value(arguments: Sequence[str], name: str) -> str | None:
    found = _values(arguments, name)
    return found[-1] if found else None


def _values(arguments: Sequence[str], name: str) -> list[str]:
    """The values of an argument that is given as `--name VALUE…` or `--name=VALUE`."""
    found: list[str] = []
    taking = False
    for word in arguments:
        if word.startswith("--"):
            taking = word == name
            if word.startswith(f"{name}="):
                found.append(word[len(name) + 1 :])
        elif taking:
            found.append(word)
    return found
