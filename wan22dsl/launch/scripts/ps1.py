"""A launcher for PowerShell, the one of Windows (5.1) and the newer ones.

In single quotes only quotes count, also the typographic ones. What a program gets of words with quotes in
them, of empty words and of backslashes at the end differs by version (Microsoft: about_Parsing, "Passing
arguments that contain quote characters"). With such words, the command line is written as a whole, by the
rules of Microsoft's C runtime, and PowerShell does not take it apart.
"""

from __future__ import annotations

import re
from subprocess import list2cmdline
from typing import TYPE_CHECKING

from wan22dsl.launch.scripts.parts import about, command_of

if TYPE_CHECKING:
    from wan22dsl.launch.scripts import Recipe

#: What PowerShell takes for a single quote.
_QUOTES = re.compile("['\u2018\u2019\u201a\u201b]")

_PLAIN = re.compile(r"--?[A-Za-z][\w-]*|[A-Za-z_][\w.]*|\d+", re.ASCII)


def write(recipe: Recipe) -> bytes:
    """The file, in UTF-8 with a mark at its start: without it, 5.1 would read another encoding."""
    command = command_of(recipe, "ps1")
    python, *words = command.argv
    lines = [
        *(f"# {line}" for line in about(recipe)),
        "",
        "$ErrorActionPreference = 'Stop'",
        f"Set-Location -LiteralPath {_quoted(command.folder)}",
        *(f"${{env:{name}}} = {_quoted(value)}" for name, value in command.variables),
        *(_called if all(map(_is_easy, words)) else _started)(python, words),
    ]
    return b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode()


def _called(python: str, words: list[str]) -> list[str]:
    """By the call operator. Further arguments of the script go to ComfyUI."""
    shown = " ".join(word if _PLAIN.fullmatch(word) else _quoted(word) for word in words)
    return [f"& {_quoted(python)} {shown} @args", "exit $LASTEXITCODE"]


def _started(python: str, words: list[str]) -> list[str]:
    """With a command line that PowerShell does not take apart."""
    return [
        "$start = New-Object System.Diagnostics.ProcessStartInfo",
        f"$start.FileName = {_quoted(python)}",
        f"$start.Arguments = {_quoted(list2cmdline(words))}",
        "$start.WorkingDirectory = (Get-Location).ProviderPath",
        "$start.UseShellExecute = $false",
        "$process = [System.Diagnostics.Process]::Start($start)",
        "$process.WaitForExit()",
        "exit $process.ExitCode",
    ]


def _is_easy(word: str) -> bool:
    return bool(word) and '"' not in word and not word.endswith("\\")


def _quoted(text: str) -> str:
    return "'" + _QUOTES.sub(r"\g<0>\g<0>", text) + "'"
