"""What a launcher comes to: the lines that start ComfyUI, with the environment of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.starting.launchers.words import Word


class Setting(NamedTuple):
    """A variable that a launcher sets, with the places of its name and its value."""

    name: str
    value: str
    name_at: tuple[int, int]
    at: tuple[int, int]


class Line(NamedTuple):
    """A command that starts ComfyUI: the words behind `main.py`, and the variables that it gets."""

    words: tuple[Word, ...]
    variables: tuple[Setting, ...]
    start: int
    end: int


#: Variables of images and launchers whose value is put behind `main.py`.
ARGUMENTS = frozenset(
    ("CLI_ARGS", "COMMANDLINE_ARGS", "COMFYUI_ARGS", "COMFY_ARGS", "COMFYUI_FLAGS")
    + ("COMFY_CMDLINE_EXTRA", "COMFYUI_EXTRA_ARGS", "COMFYUI_COMMANDLINE_ARGS")
)

_MAIN = re.compile(r"(?i)(?:.*[/\\])?main\.py")
_MAIN_OF_COMFYUI = re.compile(r"(?i).*comfy.*[/\\]main\.py")


def behind_main(words: list[Word]) -> list[Word] | None:
    """The words that ComfyUI gets from a command; None where the command does not start it.

    `comfy launch -- …` starts it too.
    """
    texts = [word.text for word in words]
    for at, text in enumerate(texts):
        if _MAIN.fullmatch(text) and (at > 0 or _MAIN_OF_COMFYUI.fullmatch(text)):
            if _starts_python(texts[:at]):
                return words[at + 1 :]
    if "launch" in texts[1:] and re.search(r"(?i)(?:^|[/\\])comfy(?:\.exe)?$", texts[0]):
        return words[texts.index("--") + 1 :] if "--" in texts else []
    return None


def _starts_python(before: list[str]) -> bool:
    """Whether `main.py` is what Python runs, and not what another program gets: `git add main.py`."""
    return not before or any(
        re.search(r"(?i)python|^py(\.exe)?$|[$%]|accelerate|^(exec|uv|call|start|&)$", text)
        for text in before
    )


def variables_of(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """The variables in their order; of two with one name the later counts."""
    found: dict[str, Setting] = {}
    for setting in settings:
        found.pop(setting.name, None)
        found[setting.name] = setting
    return tuple(found.values())
