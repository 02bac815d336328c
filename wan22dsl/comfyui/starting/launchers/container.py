"""Dockerfiles and compose files that start ComfyUI."""

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
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTRUCTION = re.compile(r"(?im)^[ \t]*(ENV|CMD|ENTRYPOINT|FROM)[ \t]+((?:[^\\\n]|\\\n|\\.)*)")
_STRING = re.compile(r'"((?:[^"\\\n]|\\[\s\S])*)"')


# --- Dockerfile ---


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


# --- compose ---


class _Service(NamedTuple):
    """A service of a compose file, while its lines are read."""

    settings: list[Setting]
    entry: list[Word]
    command: list[Word]


_KEY = re.compile(r"([ \t]*)(-[ \t]+)?(?:\"?([\w.-]+)\"?[ \t]*:(?:[ \t]+|$))?(.*)")
_PAIR = re.compile(r"\"?'?([A-Za-z_]\w*)[ \t]*=(.*)", re.DOTALL)


def compose(text: str) -> Iterator[Line]:
    """What the services of a compose file start: `entrypoint` and `command` with their `environment`.

    The lines are read one by one, as people write such files; anchors and nested flow style are not followed.
    """
    service: _Service | None = None
    path: list[tuple[int, str]] = []
    for start, end in _lines(text):
        match = _KEY.match(text, start, end)
        if match is None or not text[start:end].strip() or match[4].startswith("#"):
            continue
        indent = len(match[1]) + len(match[2] or "")
        while path and path[-1][0] >= (indent if match[2] is None else len(match[1]) + 1):
            path.pop()
        names = [name for _, name in path]
        if match[3] and match[2] is None:
            path.append((indent, match[3]))
        if len(names) == 1 and names[0] == "services" and match[3]:
            if service is not None:
                yield from _service(text, service)
            service = _Service([], [], [])
        if service is None:
            continue
        inner = [*names[2:], match[3] or ""]
        value = _value(text, match.start(4), end)
        if inner[0] == "environment" and len(inner) == 2:
            setting = _of_environment(text, match, value)
            if setting is not None:
                service.settings.append(setting)
        elif inner[0] in ("entrypoint", "command") and value is not None:
            words = service.entry if inner[0] == "entrypoint" else service.command
            words.extend(_of_command(text, value))
    if service is not None:
        yield from _service(text, service)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _value(text: str, start: int, end: int) -> Word | None:
    """The value at the end of a line, without quotes and a comment."""
    value = text[start:end]
    plain = value.rstrip()
    if plain[:1] in ("'", '"') and plain.find(plain[0], 1) > 0:
        last = plain.rfind(plain[0])
        return Word(plain[1:last], start + 1, start + last) if last else None
    plain = re.split(r"[ \t]#", plain)[0].rstrip()
    return (
        Word(plain, start, start + len(plain))
        if plain and plain not in ("|", ">", ">-", "|-")
        else None
    )


def _of_environment(text: str, match: re.Match[str], value: Word | None) -> Setting | None:
    if value is None:
        return None
    if match[3] and match[2] is None:
        return Setting(match[3], value.text, match.span(3), (value.start, value.end))
    pair = _PAIR.fullmatch(value.text)
    if pair is None:
        return None
    start = value.start + pair.start(1)
    at = (value.start + pair.start(2), value.end)
    return Setting(pair[1], pair[2], (start, start + len(pair[1])), at)


def _default(value: Word) -> Word:
    """What `${NAME:-value}` comes to where the variable is not set; any other value as it is."""
    match = re.fullmatch(r"\$\{\w+:?-(.*)\}", value.text)
    if match is None or value.end - value.start != len(value.text):
        return value
    return Word(match[1], value.start + match.start(1), value.start + match.end(1))


def _of_command(text: str, value: Word) -> list[Word]:
    start, end = value.start, value.end
    if value.text.startswith("["):
        found = []
        for item in re.finditer(r"\"([^\"]*)\"|'([^']*)'", value.text):
            group = 1 if item[1] is not None else 2
            found.append(Word(item[group], start + item.start(group), start + item.end(group)))
        script = next((word for word in found if "main.py" in word.text and " " in word.text), None)
        if script is None:
            return found
        start, end = script.start, script.end  # `["sh", "-c", "python main.py …"]`
    blank = re.sub(r"[^\n]", " ", text[:start]) + text[start:end]
    return [word for line in commands(blank, SHELL) for word in line]


def _service(text: str, service: _Service) -> Iterator[Line]:
    settings, words = service.settings, [*service.entry, *service.command]
    line = behind_main(words, SHELL) if words else None
    extra = [
        word
        for each in settings
        if each.name in ARGUMENTS
        for word in split(_default(Word(each.value, *each.at)), text)
    ]
    if line is None and words and words[0].text.startswith("--"):
        line, words = words, words  # the words go to the image's own entry point
    if line is None and not extra:
        return
    line = [*(line or []), *extra]
    known = [word for word in line if not SHELL.variable.fullmatch(word.text)]
    every = [*words, *extra]
    variables = variables_of(each for each in settings if each.name not in ARGUMENTS)
    first, last = min(word.start for word in every), max(word.end for word in every)
    yield Line(tuple(known), variables, first, last)
