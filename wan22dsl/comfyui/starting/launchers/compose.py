"""Compose files that start ComfyUI: what each service runs, with its environment.

The file is read as YAML, with anchors, merges and a service that another extends. What other files add
(`env_file`, `include`, a second compose file) is not seen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.starting.launchers.lines import (
    ARGUMENTS,
    Line,
    Setting,
    behind_main,
    variables_of,
)
from wan22dsl.comfyui.starting.launchers.words import SHELL, Word, commands, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: A longer file is no compose file that people write.
_MOST_CHARACTERS = 256 * 1024

#: So many services are followed that extend one another.
_FAR = 20

_MERGE = "tag:yaml.org,2002:merge"


def compose(text: str) -> Iterator[Line]:
    """What the services start: `entrypoint` and `command` with their `environment`.

    Several services that share what they start, by an anchor, are one line.
    """
    services = _entries(_entries(_root(text)).get("services"))
    seen = set()
    for service in services.values():
        for line in _service(text, _inherited(service, services)):
            key = (line.words, line.variables)
            if key not in seen:
                seen.add(key)
                yield line


def _root(text: str) -> Any:
    import yaml

    if len(text) > _MOST_CHARACTERS:
        return None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None


def _records(node: Any) -> dict[str, tuple[Any, Any]]:
    """The entries of a record by name, each with its key; what `<<` brings in counts where it has none.

    A record that anchors bring in again and again is looked into once: it adds nothing a second time.
    """
    found: dict[str, tuple[Any, Any]] = {}
    waiting, seen = [node], set()
    while waiting:
        record = waiting.pop()
        if getattr(record, "id", "") != "mapping" or record in seen:
            continue
        seen.add(record)
        own: dict[str, tuple[Any, Any]] = {}
        merged: list[Any] = []
        for key, value in record.value:
            if key.tag == _MERGE:
                merged += value.value if value.id == "sequence" else [value]
            elif key.id == "scalar":
                own[key.value] = key, value
        found = {**own, **found}
        waiting += merged[::-1]  # the first one counts most
    return found


def _entries(node: Any) -> dict[str, Any]:
    """The values of a record by name."""
    return {name: value for name, (_, value) in _records(node).items()}


def _inherited(service: Any, services: Mapping[str, Any], far: int = 0) -> dict[str, Any]:
    """The settings of a service, with those of the service of this file that it extends."""
    own = _entries(service)
    extends = own.get("extends")
    entries = _entries(extends)
    name = extends if not entries else entries.get("service")
    base = services.get(getattr(name, "value", "")) if "file" not in entries else None
    if base is None or far > _FAR:
        return own
    above = _inherited(base, services, far + 1)
    pairs = [*_pairs(above.get("environment")), *_pairs(own.get("environment"))]
    return {**above, **own, "environment": pairs}


def _service(text: str, service: Mapping[str, Any]) -> Iterator[Line]:
    settings = [
        setting
        for pair in _pairs(service.get("environment"))
        if (setting := _setting(text, *pair)) is not None
    ]
    entry, command = (_command(text, service.get(key)) for key in ("entrypoint", "command"))
    words = [*entry, *command]
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


# --- places in the text ---


def _pairs(environment: Any) -> list[tuple[Any, Any]]:
    """The variables as nodes: name and value, or `NAME=value` and None."""
    if isinstance(environment, list):  # with those of a service that it extends
        return environment
    if getattr(environment, "id", "") == "sequence":
        return [(each, None) for each in environment.value if each.id == "scalar"]
    return [pair for pair in _records(environment).values() if pair[1].id == "scalar"]


def _setting(text: str, key: Any, value: Any) -> Setting | None:
    name = _scalar(text, key)
    if value is not None:
        at = _scalar(text, value)
        plain = "" if value.tag.endswith(":null") else at.text
        return Setting(name.text, plain, (name.start, name.end), (at.start, at.end))
    variable, sign, plain = name.text.partition("=")
    if not sign:
        return None  # it is handed on from where the file is used
    start = name.start + len(variable)
    return Setting(variable, plain, (name.start, start), (start + 1, max(name.end, start + 1)))


def _scalar(text: str, node: Any) -> Word:
    """A text with the place that has it: without quotes, and behind the `|` or `>` of a block."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("'", '"'):
        start, end = start + 1, end - 1
    elif node.style in ("|", ">"):
        start = min(text.find("\n", start) + 1 or end, end)
    return Word(node.value, start, end)


def _command(text: str, node: Any) -> list[Word]:
    """The words of a command; of a shell's script those of the line that starts ComfyUI."""
    if getattr(node, "id", "") == "scalar":
        return _words(text, node, is_script=False)
    if getattr(node, "id", "") != "sequence":
        return []
    items = [item for item in node.value if item.id == "scalar"]
    for item in items:
        if "main.py" in item.value and re.search(r"\s", item.value):
            return _words(text, item, is_script=True)  # `["sh", "-c", "python main.py …"]`
    return [_scalar(text, item) for item in items]


def _words(text: str, node: Any, *, is_script: bool) -> list[Word]:
    """The words where they are written. Line ends are blanks, but in a script that keeps them."""
    place = _scalar(text, node)
    body = text[place.start : place.end]
    if not (is_script and node.style == "|"):
        body = body.replace("\\\n", "  ").replace("\n", " ")
    if node.style == '"':
        body = body.replace('\\"', ' "')
    lines = list(commands(body, SHELL))
    found = next((line for line in lines if behind_main(line, SHELL) is not None), None)
    words = found if found is not None else [word for line in lines for word in line]
    return [
        word._replace(start=word.start + place.start, end=word.end + place.start) for word in words
    ]


def _default(value: Word) -> Word:
    """What `${NAME:-value}` comes to where the variable is not set; any other value as it is."""
    match = re.fullmatch(r"\$\{\w+:?-(.*)\}", value.text)
    if match is None or value.end - value.start != len(value.text):
        return value
    return Word(match[1], value.start + match.start(1), value.start + match.end(1))
