"""From a launcher to profiles: its commands, its variables, and the lines that start ComfyUI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import arguments, versions_with
from wan22dsl.comfyui.starting.launchers import scripts
from wan22dsl.comfyui.starting.launchers.compose import compose
from wan22dsl.comfyui.starting.launchers.dockerfile import dockerfile
from wan22dsl.comfyui.starting.launchers.kinds import kind_of
from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.starting.launchers.lines import Line
    from wan22dsl.comfyui.starting.launchers.words import Word
    from wan22dsl.source import Source

_READERS = {
    "batch": scripts.batch,
    "shell": scripts.shell,
    "powershell": scripts.powershell,
    "dockerfile": dockerfile,
    "compose": compose,
}

#: What a script fills in.
_OPEN = re.compile(r"[$%!{}]")


#: A word that belongs to no flag, with which ComfyUI does not start.
_STRAY = re.compile(r"(?!.*\.py\Z)[A-Za-z0-9][\w.,:/\\-]*")


def read(source: Source, comfyui: str = "", card: str = "") -> tuple[Profile, ...]:
    """A profile for every line of a launcher that starts ComfyUI, in order; of a file of no such kind none.

    A launcher states neither the version nor the card: what is known of them is given.
    """
    reader = _READERS.get(kind_of(source.path))
    lines = list(reader(source.text)) if reader is not None else []
    stem = re.split(r"[/\\]", source.path)[-1].partition(".")[0] or "launcher"
    lines = [line for line in lines if _is_of_comfyui(source.text, line, comfyui)]
    found = []
    for number, line in enumerate(lines, start=1):
        name = stem if len(lines) == 1 else f"{stem} {number}"
        found.append(_profile(source, name, line, comfyui, card))
    return tuple(found)


def _is_of_comfyui(text: str, line: Line, comfyui: str) -> bool:
    """Whether `main.py` is ComfyUI's: other programs have one too, and other images a `CLI_ARGS`."""
    if "comfy" in text.lower():
        return True
    words = [word.text for word in line.words]
    named = {argument.name for argument in arguments(words, comfyui) if argument.info is not None}
    return bool(named) or any(versions_with(word.partition("=")[0]) for word in words)


def _profile(source: Source, name: str, line: Line, comfyui: str, card: str) -> Profile:
    return Profile(
        name,
        card,
        comfyui,
        _flags(source, line.words, comfyui),
        tuple(
            Variable(each.name, each.value, Span(source, *each.at), Span(source, *each.name_at))
            for each in line.variables
        ),
        span=Span(source, line.start, line.end),
        is_launcher=True,
    )


def _flags(source: Source, words: Iterable[Word], comfyui: str) -> tuple[Flag, ...]:
    """The flags of a command line. One that is there twice counts where it is last, as ComfyUI takes it."""
    listed = list(words)
    found: dict[str, Flag] = {}
    for argument in arguments([word.text for word in listed], comfyui):
        word = listed[argument.at]
        if _OPEN.search(argument.written):
            continue  # the script makes the name up
        if not argument.written.startswith("-") and not _STRAY.fullmatch(argument.written):
            continue  # a bracket, or what else a script has there
        behind = [listed[index] for index in argument.words]
        start, end = word.start, word.end
        value = Span(source, start, end)
        if behind:
            value = Span(source, behind[0].start, behind[-1].end)
            if value.end < value.start:  # put together from several places
                value = Span(source, behind[0].start, behind[0].end)
        elif "=" in word.text and end - start == len(word.text):
            value = Span(source, start + word.text.index("=") + 1, end)
            end = value.start - 1
        before = found.pop(argument.name, None)
        read = argument.value
        if before is not None and argument.info is not None and argument.info.repeats:
            read = (*_listed(before.value), *_listed(read))
        found[argument.name] = Flag(argument.name, read, value, Span(source, start, end))
    return tuple(found.values())


def _listed(value: object) -> tuple[str | int | float, ...]:
    if isinstance(value, tuple):
        return value
    return () if isinstance(value, bool) else (value,)  # type: ignore[return-value]
