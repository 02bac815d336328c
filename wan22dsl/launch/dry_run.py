"""A command line as people type it: what `wan launch --dry-run` shows."""

from __future__ import annotations

import os
from shlex import quote
from subprocess import list2cmdline
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.launch.command import CommandLine


def text(command: CommandLine, *, is_windows: bool = os.name == "nt") -> str:
    """The lines to type: into a POSIX shell or, on Windows, into its command interpreter.

    A launcher (`--script`) also holds for values that its quotes could not.
    """
    if is_windows:
        lines = [
            f'cd /d "{command.folder}"',
            *(f'set "{name}={value}"' for name, value in command.variables),
            list2cmdline(command.argv),
        ]
    else:
        variables = "".join(f"{name}={quote(value)} " for name, value in command.variables)
        lines = [
            f"cd {quote(command.folder)}",
            variables + " ".join(map(quote, command.argv)),
        ]
    return "".join(f"{line}\n" for line in lines)
