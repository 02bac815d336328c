"""What the text of a pipeline has no words for: notes, and nodes that are muted or bypassed. As comments."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from wan22dsl.importing.loosely import value_of
from wan22dsl.importing.spelled import json_value
from wan22dsl.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.model import Node

_NOTES = ("Note", "MarkdownNote")
_WIDTH = 96

#: Longer notes are cut off: nobody reads a page of links above a pipeline.
_MOST_LINES = 12

_MODES = {"mute": "Muted", "bypass": "Bypassed"}


def left_out(nodes: list[Node]) -> list[str]:
    """A line for each of the nodes that is muted or bypassed: title, class and settings."""
    found = [_line(_MODES[node.mode], node) for node in nodes if node.mode in _MODES]
    return ["", *found] if found else []


def unneeded(nodes: list[Node], simplify: bool = False) -> list[str]:
    """A line for each node that leads to no output, and so never runs; or that was put in where it leads."""
    how = "Not needed" if simplify else "Leads to no output"
    found = [_line(how, node) for node in nodes if node.mode not in _MODES]
    return ["", *found] if found else []


def _line(how: str, node: Node) -> str:
    constants = ", ".join(
        f"{spelling.key(name)} = {json_value(value)}"
        for name, value in node.inputs.items()
        if not hasattr(value, "slot")
    )
    title = f" ({_one_line(node.title)})" if node.title and node.title != node.class_name else ""
    line = f"{how}: {spelling.class_name(node.class_name)}({constants}){title}"
    return _one_line(line) if len(line) <= 300 else f"{_one_line(line)[:299]}…"


def notes(text: str) -> list[str]:
    """The notes of a workflow JSON, one behind the other."""
    if '"Note"' not in text and '"MarkdownNote"' not in text:
        return []
    try:
        found = list(_notes(value_of(text)))
    except RecursionError:
        return []
    lines: list[str] = []
    for one in dict.fromkeys(found):
        lines += ["", *_wrapped(one)]
    return lines


def _notes(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for key in ("workflow", "extra_pnginfo", "extra_data"):
        yield from _notes(value.get(key))
    nodes = value.get("nodes")
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, dict) and node.get("type") in _NOTES and not _is_ours(node):
            values = node.get("widgets_values")
            said = values[0] if isinstance(values, list) and values else ""
            if isinstance(said, str) and said.strip():
                yield said
    definitions = value.get("definitions")
    inner = definitions.get("subgraphs") if isinstance(definitions, dict) else None
    for one in inner if isinstance(inner, list) else ():
        yield from _notes(one)


def _is_ours(note: dict[str, Any]) -> bool:
    """Whether it is the note that shows the text of which the workflow was made."""
    about = note.get("properties")
    return isinstance(about, dict) and about.get("wan note") is True


def groups(text: str) -> list[str]:
    """The titles of the groups of a workflow JSON, which the passes and stages of the text stand for."""
    if '"groups"' not in text:
        return []
    value = value_of(text)
    listed = value.get("groups") if isinstance(value, dict) else None
    about = value.get("extra") if isinstance(value, dict) else None
    if not isinstance(listed, list) or (isinstance(about, dict) and "wan" in about):
        return []  # ours are made anew
    titles = [one.get("title") for one in listed if isinstance(one, dict)]
    said = [_one_line(one) for one in titles if isinstance(one, str) and one not in ("", "Group")]
    line = f"Groups: {', '.join(dict.fromkeys(said))}"
    return ["", *textwrap.wrap(line, _WIDTH, break_long_words=False)] if said else []


def _wrapped(note: str) -> list[str]:
    lines: list[str] = []
    for line in note.strip().splitlines():
        said = "".join(sign for sign in line if sign.isprintable()).rstrip()
        lines += textwrap.wrap(said, _WIDTH, break_long_words=False) or [""]
    if len(lines) > _MOST_LINES:
        rest = len(lines) - _MOST_LINES + 1
        lines = [*lines[: _MOST_LINES - 1], f"… ({rest} more lines in the original)"]
    return [f"Note: {line}" if number == 0 else line for number, line in enumerate(lines)]


def _one_line(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()
