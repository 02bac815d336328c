"""One door for every JSON: what a text is, told by what is in it and not by its name.

A `.wan` file never begins with a bracket. JSON is a prompt or a workflow, by itself or within what ComfyUI
and its clients wrap it in: the body of a `POST /prompt`, an entry of the history, or what an output file
carries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source

#: A table of TOML or INI, which JSON is not: its words are in quotes, but for these three.
_TABLE = r"\s*\[\[?(?!(?:true|false|null)\b)[A-Za-z_][\w.-]*\]\]?[ \t]*(?:[#;\n\r]|$)"

#: How deep wrappers may be nested.
_MOST_WRAPS = 4


class _Found(NamedTuple):
    """A value, and where in the text it starts."""

    value: Any
    start: int


def is_json(source: Source) -> bool:
    """Whether a text is meant to be JSON. An empty one goes by its name."""
    text = source.text
    first = text.lstrip()[:1] if text[:1].isspace() else text[:1]
    if first in {"{", "["}:
        return re.match(_TABLE, text) is None
    return not text.strip() and source.path.lower().endswith(".json")


def read(source: Source, catalogue: Catalogue) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of a JSON of any of these forms; None when its form is not right, which is then told."""
    from wan22dsl.formats.json_text import BrokenJsonError, document
    from wan22dsl.formats.prompt_read import broken, read_at

    try:
        value, start, _ = document(source.text)
    except BrokenJsonError as error:
        return None, [broken(source, error)]
    inner = _unwrapped(source.text, _Found(value, start))
    if is_workflow(inner.value):
        from wan22dsl.formats import workflow_read

        return workflow_read.read_at(source, catalogue, *inner)
    return read_at(source, catalogue, *inner)


def is_workflow(value: Any) -> bool:
    """Whether a JSON value is a workflow: prompt JSON has no list of nodes."""
    if not isinstance(value, dict) or "nodes" not in value:
        return False
    return isinstance(value["nodes"], list) or "links" in value


def _unwrapped(text: str, found: _Found) -> _Found:
    for _ in range(_MOST_WRAPS):
        inner = _within(text, found)
        if inner is None:
            break
        found = inner
    return found


def _within(text: str, found: _Found) -> _Found | None:
    """What a wrapper holds; None where it is none. The prompt is what would run, so it comes first."""
    value = found.value
    if not isinstance(value, dict) or is_workflow(value):
        return None
    for key in ("prompt", "output", "extra_data", "extra_pnginfo", "workflow"):
        inner = value.get(key)
        if isinstance(inner, dict) and "class_type" not in inner:
            return _member(text, found, key)
        if key == "prompt" and isinstance(inner, list) and len(inner) > 2:
            if isinstance(inner[2], dict):  # [number, id, prompt, …], as the history has it
                from wan22dsl.formats.json_text import elements

                within = _member(text, found, key)
                return _Found(inner[2], elements(text, within.start)[2].start)
    if len(value) == 1:  # {id: {"prompt": […], …}}, an answer of /history
        key, inner = next(iter(value.items()))
        if isinstance(inner, dict) and isinstance(inner.get("prompt"), list):
            return _member(text, found, key)
    return None


def _member(text: str, found: _Found, key: str) -> _Found:
    """A member of an object; of those with the same key the last one counts."""
    from wan22dsl.formats.json_text import members

    member = next(member for member in reversed(members(text, found.start)) if member.key == key)
    return _Found(member.value, member.start)
