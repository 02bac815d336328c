"""What a launcher comes to: the lines that start ComfyUI, with the environment of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.launchers.words import commands
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.starting.launchers.words import Dialect, Word


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
    "CLI_ARGS COMMANDLINE_ARGS COMFYUI_ARGS COMFY_ARGS COMFYUI_FLAGS COMFY_CMDLINE_EXTRA "
    "COMFYUI_EXTRA_ARGS COMFYUI_COMMANDLINE_ARGS".split()
)

_MAIN = re.compile(r"(?i)(?:.*[/\\])?main\.py")
_MAIN_OF_COMFYUI = re.compile(r"(?i).*comfy.*[/\\]main\.py")


#: Commands that say or look for a line and do not run it.
_NOT_RUN = frozenset(
    "echo @echo rem write-host write-output printf grep pgrep pkill find findstr sed awk cat if [ [[ test "
    "chmod cp rm ls git".split()
)


def behind_main(words: list[Word], dialect: Dialect, *, inner: bool = False) -> list[Word] | None:
    """The words that ComfyUI gets from a command; None where the command does not start it.

    `comfy launch -- …` starts it too, and so does `cmd /c "python main.py …"`: `inner` are such words.
    """
    texts = [word.text for word in words]
    if not texts or texts[0].lower().lstrip("@") in _NOT_RUN:
        return None
    for at, text in enumerate(texts):
        if _MAIN.fullmatch(text) and (at > 0 or inner or _MAIN_OF_COMFYUI.fullmatch(text)):
            if {"--help", "-h"} & set(texts[at:]):
                continue
            if _is_command(texts[at + 1 :]) if inner else _starts_python(texts[:at]):
                return words[at + 1 :]
        if words[at].is_quoted and "main.py" in text and not inner and at > 0:
            found = _within(words[at], dialect)
            if found is not None:
                return found
    if "launch" in texts[1:] and re.search(r"(?i)(?:^|[/\\])comfy(?:\.exe)?$", texts[0]):
        return words[texts.index("--") + 1 :] if "--" in texts else []
    return None


def _within(word: Word, dialect: Dialect) -> list[Word] | None:
    """The same for a command in quotes, whose words are where they would be without them."""
    shift = word.start + 1
    is_plain = word.end - word.start == len(word.text) + 2  # nothing in it is escaped or replaced
    for command in commands(word.text, dialect):
        moved = [
            each._replace(start=each.start + shift, end=each.end + shift)
            if is_plain
            else each._replace(start=word.start, end=word.end)
            for each in command
        ]
        found = behind_main(moved, dialect, inner=True)
        if found is not None:
            return found
    return None


def _is_command(behind: list[str]) -> bool:
    """Whether words in quotes are a command, and not prose: `main.py not found`."""
    return not behind or behind[0].startswith(("-", "$", "%"))


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
