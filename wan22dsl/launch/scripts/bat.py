"""A launcher for Windows' command interpreter.

The interpreter reads a line twice: `%` begins a variable everywhere, quoted or not, and is doubled. In quotes
nothing else counts, as delayed expansion is off. A quote inside of quotes would end them, so then every quote
and every special character gets a `^`, and there are no quotes for the interpreter at all. Python sees the
line afterwards, by the rules of Microsoft's C runtime.
"""

from __future__ import annotations

import re
from subprocess import list2cmdline
from typing import TYPE_CHECKING

from wan22dsl.launch.scripts.parts import about, command_of

if TYPE_CHECKING:
    from wan22dsl.launch.scripts import Recipe

_SPECIAL = re.compile(r'[\^&|<>()"!]')

#: A word that needs no quotes, for the interpreter and for Python.
_PLAIN = re.compile(r"[\w./\\:+@-]+", re.ASCII)


def write(recipe: Recipe) -> bytes:
    """The file, in UTF-8: `chcp` comes before the first character that is not ASCII."""
    command = command_of(recipe, "bat", line_ends=False)
    lines = [
        "@echo off",
        "chcp 65001 >nul",
        "setlocal EnableExtensions DisableDelayedExpansion",
        *(f"rem {_comment(line)}" for line in about(recipe)),
        "",
        # A folder that can be entered leaves ERRORLEVEL as it is, so only `||` tells.
        f"cd /d {_quoted(command.folder)} || exit /b 1",
        *(f"set {_quoted(f'{name}={value}')}" for name, value in command.variables),
        f"{' '.join(map(_argument, command.argv))} %*",
        'set "code=%ERRORLEVEL%"',
        'if not "%code%"=="0" pause',
        "exit /b %code%",
    ]
    return "\r\n".join([*lines, ""]).encode()


def _comment(line: str) -> str:
    """A line of a comment, in which `%` still begins a variable, and `^` at the end goes on."""
    return re.sub(r"[%^&|<>]", " ", line)


def _quoted(text: str) -> str:
    """A text in quotes for the interpreter itself."""
    return _for_interpreter(f'"{text}"')


def _argument(word: str) -> str:
    """A word as Python shall get it."""
    if _PLAIN.fullmatch(word):
        return word
    line = list2cmdline([word])
    return _for_interpreter(line if line.startswith('"') else _in_quotes(line))


def _in_quotes(line: str) -> str:
    """A word without blanks in quotes: backslashes before the last one would take it away."""
    behind = len(line) - len(line.rstrip("\\"))
    return '"' + line + "\\" * behind + '"'


def _for_interpreter(line: str) -> str:
    if '"' in line[1:-1]:
        line = _SPECIAL.sub(r"^\g<0>", line)
    return line.replace("%", "%%")
