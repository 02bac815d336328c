"""Where the graph is in what ComfyUI and its clients wrap it in.

The body of a `POST /prompt`, items of the queue and entries of the history, the request of a serverless
worker (`{"input": {"workflow": …}}`), what an output file carries, and lists of such. Some clients keep
the graph as a string of JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple["str | int", ...]

#: How deep a graph may be in what is around it.
_MOST_DEEP = 8

#: Where a graph is known to be. The prompt is what would run, so it comes first.
_KEYS = ("prompt", "output", "input", "workflow", "extra_data", "extra_pnginfo")

#: Which element of an item of the queue is the prompt: `[number, id, prompt, extra_data, outputs]`.
_PROMPT_OF_ITEM = 2


class Found(NamedTuple):
    """A value, and where in the text it starts. `others` counts the graphs beside it."""

    value: Any
    start: int
    others: int = 0


def opened(text: str, value: Any, start: int) -> Found:
    """The graph in the JSON `value`, which is at `start` in `text`; the value itself where there is none.

    A graph that is kept as a string is that string. Of several the first counts.
    """
    paths = list(_graphs(value, _MOST_DEEP))
    if not paths:
        return _unwrapped(text, Found(value, start))
    found = Found(value, start)
    for key in paths[0]:
        found = _part(text, found, key)
    return found._replace(others=len(paths) - 1)


def all_opened(text: str, value: Any, start: int, most: int) -> list[Found]:
    """The first graphs in a JSON value; none where there is none. Equal ones are one, and count as one."""
    parts: list[tuple[Path, Any]] = []
    for path in _graphs(value, _MOST_DEEP):
        part = value
        for key in path:
            part = part[key]
        if all(part != other for _, other in parts):
            parts.append((path, part))
    found = []
    for path, _ in parts[:most]:
        made = Found(value, start)
        for key in path:
            made = _part(text, made, key)
        found.append(made._replace(others=len(parts) - 1))
    return found


def graph_in(value: Any) -> Any:
    """The first graph in a JSON value, a string where it is kept as one; None where there is none."""
    path = next(_graphs(value, _MOST_DEEP), None)
    for key in path or ():
        value = value[key]
    return None if path is None else value


def is_workflow(value: Any) -> bool:
    """Whether a JSON value is a workflow: prompt JSON has no list of nodes."""
    if not isinstance(value, dict) or "nodes" not in value:
        return False
    return isinstance(value["nodes"], list) or "links" in value


def _is_prompt(value: Any) -> bool:
    return isinstance(value, dict) and any(
        isinstance(node, dict) and "class_type" in node for node in value.values()
    )


def _is_item(value: list[Any]) -> bool:
    """Whether a list is an item of the queue, as the history has it too."""
    return (
        len(value) > _PROMPT_OF_ITEM
        and isinstance(value[0], (int, float))
        and isinstance(value[1], str)
        and isinstance(value[_PROMPT_OF_ITEM], dict)
    )


def _graphs(value: Any, depth: int) -> Iterator[Path]:
    """The ways to all graphs in a value."""
    if is_workflow(value) or _is_prompt(value):
        yield ()
        return
    if isinstance(value, str):
        if _is_graph_in_string(value):
            yield ()
        return
    if not depth or not isinstance(value, (dict, list)):
        return
    keys: list[Any]
    if isinstance(value, list):
        keys = [_PROMPT_OF_ITEM] if _is_item(value) else list(range(len(value)))
    else:
        for key in _KEYS:
            found = [(key, *path) for path in _graphs(value.get(key), depth - 1)]
            if found:
                yield from found
                return
        keys = [key for key in value if key not in _KEYS]
    parts: Any = value
    for key in keys:
        for path in _graphs(parts[key], depth - 1):
            yield (key, *path)


def _is_graph_in_string(text: str) -> bool:
    if text.lstrip()[:1] not in {"{", "["} or ("class_type" not in text and '"nodes"' not in text):
        return False
    from wan22dsl.formats.json_text import BrokenJsonError, document

    try:
        return next(_graphs(document(text)[0], _MOST_DEEP), None) is not None
    except BrokenJsonError:
        return False


def _unwrapped(text: str, found: Found) -> Found:
    """What is where a graph should be, though it is none."""
    for _ in range(_MOST_DEEP):
        inner = _within(text, found)
        if inner is None:
            break
        found = inner
    return found


def _within(text: str, found: Found) -> Found | None:
    value = found.value
    if not isinstance(value, dict):
        return None
    for key in _KEYS:
        inner = value.get(key)
        if isinstance(inner, dict):
            return _part(text, found, key)
        if key == "prompt" and isinstance(inner, list) and len(inner) > _PROMPT_OF_ITEM:
            if isinstance(inner[_PROMPT_OF_ITEM], dict):
                return _part(text, _part(text, found, key), _PROMPT_OF_ITEM)
    if len(value) == 1:  # {id: {"prompt": […], …}}, an answer of /history
        key, inner = next(iter(value.items()))
        if isinstance(inner, dict) and isinstance(inner.get("prompt"), list):
            return _part(text, found, key)
    return None


def _part(text: str, found: Found, key: str | int) -> Found:
    """A part of a value; of the members of an object with the same key the last one counts."""
    from wan22dsl.formats.json_text import elements, members

    if isinstance(key, int):
        part = elements(text, found.start)[key]
    else:
        part = next(each for each in reversed(members(text, found.start)) if each.key == key)
    return Found(part.value, part.start)
