"""Launchers: files that start ComfyUI as a profile says, without wan22dsl. One kind, one file.

A kind is a line in `KINDS`. Its module has `write(recipe) -> bytes`, which gives the same bytes for the same
recipe on every platform.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.packs import Pack
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.launch.command import CommandLine
    from wan22dsl.launch.installs import Install


class Recipe(NamedTuple):
    """What a launcher is written from.

    `command` is that of the first profile for the install; both are None for a kind that needs no install.
    `pipelines` are the files whose node packs and models have to be there: `packs`, `unknown_classes` whose
    pack is not known, and `models` by folder and name. `version` is that of wan22dsl, `folder` the one that
    the file is written into, by default this one.
    """

    profiles: tuple[Profile, ...]
    install: Install | None = None
    command: CommandLine | None = None
    pipelines: tuple[Path, ...] = ()
    packs: tuple[Pack, ...] = ()
    unknown_classes: tuple[str, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    version: str = ""
    folder: Path | None = None


class Kind(NamedTuple):
    """A kind of launcher: its module, and what it takes."""

    module: str
    has_install: bool = True
    takes_many: bool = False


KINDS = {
    "bat": Kind("wan22dsl.launch.scripts.bat"),
    "compose": Kind("wan22dsl.launch.scripts.compose", has_install=False, takes_many=True),
    "dockerfile": Kind("wan22dsl.launch.scripts.dockerfile", has_install=False, takes_many=True),
    "ps1": Kind("wan22dsl.launch.scripts.ps1"),
    "sh": Kind("wan22dsl.launch.scripts.sh"),
    "systemd": Kind("wan22dsl.launch.scripts.systemd"),
}


def write(kind: str, recipe: Recipe) -> bytes:
    """The bytes of a launcher. Raises CommandError for what such a file cannot hold."""
    made: bytes = import_module(KINDS[kind].module).write(recipe)
    return made
