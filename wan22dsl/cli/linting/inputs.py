"""Which files are meant: named ones, those below folders, those of a pattern, standard input."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.lint.policy.config import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.lint.policy.config import Configs

STANDARD = "-"

#: Folders that hold the work of others.
_NOT_OURS = frozenset({"node_modules", "venv", "__pycache__"})


class Input(NamedTuple):
    """A file with its bytes. `path` is its name to show; `sure` says that it was named, and not found."""

    path: str
    data: bytes
    sure: bool
    is_standard: bool = False


class Inputs(NamedTuple):
    """The files; those that are left out, each with the reason; and what could not be read."""

    files: list[Input]
    left_out: list[str]
    unreadable: list[str]


def gather(paths: Iterable[str], configs: Configs, standard: str | None) -> Inputs:
    """The files that are meant, each once, in order; `standard` is the name of standard input.

    Raises CommandError for a folder or a pattern with no such file.
    """
    found = Inputs([], [], [])
    seen: set[str] = set()
    for name in paths:
        if name == STANDARD:
            from wan22dsl.cli import streams

            if name not in seen:
                found.files.append(Input(standard or "<stdin>", streams.read(), True, True))
            seen.add(name)
            continue
        for path, sure in _meant(name, configs):
            identity = os.path.normcase(os.path.abspath(path))
            if identity not in seen:
                seen.add(identity)
                _take(path, sure, configs, found)
    return found


def _take(path: str, sure: bool, configs: Configs, found: Inputs) -> None:
    if sure and configs.of_file(path).leaves_out(path):
        found.left_out.append(f"{path} (`exclude` in the configuration)")
        return
    if not sure and os.path.islink(path) and disk.leads_out(path):
        found.left_out.append(f"{path} (a link out of the project)")
        return
    try:
        data = read_bytes(path)
    except UnreadableFile as error:
        from wan22dsl.cli.files import with_hint

        found.unreadable.append(str(with_hint(error)))
        return
    if sure or not path.endswith(".json") or is_comfyui(data):
        found.files.append(Input(path, data, sure))


def is_comfyui(data: bytes) -> bool:
    """Whether JSON is that of ComfyUI: a prompt has nodes with classes, a workflow nodes with types.

    Broken JSON counts as ComfyUI's where it has words that only that has.
    """
    if b'"class_type"' not in data and b'"nodes"' not in data:
        return False
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return b'"class_type"' in data or b'"widgets_values"' in data
    if not isinstance(value, dict):
        return False
    nodes = value.get("nodes")
    if isinstance(nodes, list):
        return "links" in value and all(isinstance(node, dict) and "type" in node for node in nodes)
    return any(isinstance(item, dict) and "class_type" in item for item in value.values())


def _meant(name: str, configs: Configs) -> Iterator[tuple[str, bool]]:
    if os.path.isdir(name):
        found = sorted(_below(name, configs))
        if not found:
            raise CommandError(f"{name}: there is no .wan file in it, and no JSON of ComfyUI")
        yield from ((path, False) for path in found)
    elif _is_pattern(name):
        matching = sorted(_matching(name))
        if not matching:
            raise CommandError(f"{name}: no file matches it")
        for path in matching:
            if os.path.isdir(path):
                yield from ((item, False) for item in sorted(_below(path, configs)))
            else:
                yield _posix(path), False
    else:
        yield _posix(os.path.normpath(name)), True


def _matching(pattern: str) -> Iterator[str]:
    """The files and folders of a pattern.

    Python's own `glob` follows links to folders for `**`: two that lead to `.` would never come to an end.
    """
    if "**" not in pattern:
        from glob import glob

        yield from glob(pattern)
        return
    from fnmatch import fnmatch

    from wan22dsl.lint.policy.config import fits

    parts = _posix(pattern).split("/")
    first = next(number for number, part in enumerate(parts) if any(sign in part for sign in "*?["))
    top = "/".join(parts[:first]) or ("/" if first else "")
    for place, folders, files in os.walk(top or "."):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for item in (*folders, *(file for file in files if not file.startswith("."))):
            path = os.path.join(place, item) if top else os.path.normpath(os.path.join(place, item))
            below = _posix(os.path.relpath(path, top or ".")).split("/")
            if fits(parts[first:], below, lambda part, name: fnmatch(name, part)):
                yield path


def _is_pattern(name: str) -> bool:
    return any(sign in name for sign in "*?[") and not os.path.exists(name)


def _below(folder: str, configs: Configs) -> Iterator[str]:
    """The files below a folder that may be ours. Links to folders are not followed."""
    config = configs.of(folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            path = os.path.normpath(entry.path)
            if entry.name.startswith(".") or config.leaves_out(path):
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NOT_OURS:
                    yield from _below(path, configs)
            elif entry.name.endswith((".wan", ".json")):
                yield _posix(path)


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")
