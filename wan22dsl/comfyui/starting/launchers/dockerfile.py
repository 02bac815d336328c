"""Dockerfiles that start ComfyUI."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.launchers.lines import (
    ARGUMENTS,
    Line,
    Setting,
    behind_main,
    variables_of,
)
from wan22dsl.comfyui.starting.launchers.words import SHELL, Word, commands, expanded, split

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTRUCTION = re.compile(r"(?im)^[ \t]*(ENV|CMD|ENTRYPOINT|FROM)[ \t]+((?:[^\\\n]|\\\n|\\.)*)")
_STRING = re.compile(r'"((?:[^"\\\n]|\\[\s\S])*)"')


def dockerfile(text: str) -> Iterator[Line]:
    """What the image starts: its entry point with its command, and the variables of the last stage."""
    settings: dict[str, Setting] = {}
    entry: list[Word] = []
    command: list[Word] = []
    for match in _INSTRUCTION.finditer(text):
        word, start, end = match[1].upper(), match.start(2), match.end(2)
        if word == "FROM":
            settings, entry, command = {}, [], []
        elif word == "ENV":
            settings.update((each.name, each) for each in _variables(text, start, end))
        elif word == "ENTRYPOINT":
            entry, command = _words(text, start, end), []
        else:
            command = _words(text, start, end)
    values = {name: split(Word(each.value, *each.at), text) for name, each in settings.items()}
    words = list(expanded([*entry, *command], SHELL, values))
    line = behind_main(words, SHELL) if words else None
    if line is None:
        line = [word for name in values if name in ARGUMENTS for word in values[name]]
        if not line:
            return
        words = line
    variables = variables_of(each for each in settings.values() if each.name not in ARGUMENTS)
    yield Line(tuple(line), variables, words[0].start, words[-1].end)


def _words(text: str, start: int, end: int) -> list[Word]:
    """The words of `["python", "main.py"]`, or of a shell command; of several those that start ComfyUI."""
    body = text[start:end]
    if body.lstrip().startswith("["):
        found = [
            Word(_unescaped(item[0]), start + item.start(1), start + item.end(1))
            for item in _STRING.finditer(body)
        ]
        script = next((word for word in found if "main.py" in word.text and " " in word.text), None)
        if script is None:
            return found
        start, end = script.start, script.end  # `["bash", "-c", "python main.py …"]`
    blank = re.sub(r"[^\n]", " ", text[:start]) + text[start:end]
    lines = list(commands(blank, SHELL))
    return next((line for line in lines if behind_main(line, SHELL) is not None), lines[0])


def _unescaped(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted.strip('"')


def _variables(text: str, start: int, end: int) -> Iterator[Setting]:
    """`ENV A=1 B="two"` and the old `ENV A 1`."""
    blank = re.sub(r"[^\n]", " ", text[:start]) + text[start:end]
    words = [word for line in commands(blank, SHELL) for word in line]
    if words and "=" not in words[0].text and len(words) > 1:
        value = Word(text[words[1].start : words[-1].end], words[1].start, words[-1].end)
        key = words[0]
        yield Setting(key.text, value.text, (key.start, key.end), (value.start, value.end))
        return
    for word in words:
        name, sign, value_text = word.text.partition("=")
        if sign:
            first = text.find("=", word.start) + 1
            last = word.end
            if text[first : first + 1] in ("'", '"'):
                first, last = first + 1, last - 1
            yield Setting(name, value_text, (word.start, word.start + len(name)), (first, last))
