"""A launcher for a POSIX shell. ComfyUI takes the place of the shell, so signals reach it."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from wan22dsl.launch.scripts.parts import about, command_of

if TYPE_CHECKING:
    from wan22dsl.launch.scripts import Recipe


def write(recipe: Recipe) -> bytes:
    """The file. Further arguments of the script go to ComfyUI."""
    command = command_of(recipe, "sh")
    lines = ["#!/bin/sh", *(f"# {line}" for line in about(recipe)), ""]
    lines.append(f"cd -- {quote(command.folder)} || exit 1")
    lines += [f"export {name}={quote(value)}" for name, value in command.variables]
    lines.append(f'exec {" ".join(map(quote, command.argv))} "$@"')
    return "\n".join([*lines, ""]).encode()
