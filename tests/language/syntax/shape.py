"""What a text says, however it is laid out: trees without positions and without what changes nothing."""

from __future__ import annotations

from typing import Any

from wan22dsl.language.syntax import parse, spelling, tree
from wan22dsl.language.syntax import tree as t
from wan22dsl.source import Source


def said(text: str) -> list[Any]:
    """What a file says. It has to be without mistakes."""
    file, diagnostics = parse(Source(text))
    assert not diagnostics, [(one.code, one.message, one.span) for one in diagnostics]
    return [shape(one) for one in file.declarations]


def comments(text: str) -> list[str]:
    """The comments of a file, in order."""
    file, _ = parse(Source(text))
    return [file.source.text[start:end].rstrip(" \t") for start, end in file.comments]


def shape(node: Any) -> Any:
    """A node without positions, parentheses and backticks that change nothing."""
    if isinstance(node, t.Group):
        return shape(node.inner)
    if isinstance(node, t.Chain):
        return shape(tree.nest(node))
    if isinstance(node, tree.Arrow):
        first, *others = map(shape, node.elements)
        before = first[1:] if first[0] == "Arrow" else (first,)
        return ("Arrow", *before, *map(_without_call, others))
    if isinstance(node, t.Text):
        return ("Text", *(one if isinstance(one, str) else (one.name,) for one in _parts(node)))
    if isinstance(node, t.Sampler):
        return ("Sampler", *spelling.sampler_parts(node.text))
    if isinstance(node, t.Attribute):
        return ("Attribute", spelling.plain(node.key.text), shape(node.value))
    if isinstance(node, (t.NodeInput, t.NodeOutput)):
        name = ("Key", spelling.plain(node.name.text))
        return (type(node).__name__, name, *_every_field(node)[2:])
    if isinstance(node, t.ClassName):
        return ("ClassName", spelling.plain(node.text))
    if isinstance(node, t.Name):
        return ("Name", *spelling.name_parts(node.text))
    if isinstance(node, t.TypeName) and node.item is None:
        is_ours = node.text[:1].islower()
        return ("TypeName", is_ours, spelling.plain(node.text))
    if isinstance(node, t.Member):
        return ("Member", shape(node.target), spelling.plain(node.name))
    return _every_field(node)


def _every_field(node: Any) -> Any:
    fields = [one for name, one in zip(node._fields, node) if name not in ("start", "end", "text")]
    found: list[Any] = [type(node).__name__]
    for field in fields if len(node) > 3 or not hasattr(node, "text") else [node.text]:
        if type(field) is tuple:
            found.append(tuple(one if isinstance(one, str) else shape(one) for one in field))
        else:
            found.append(shape(field) if isinstance(field, tuple) else field)
    return tuple(found)


def _parts(node: t.Text) -> list[str | spelling.NamePart]:
    return spelling.text_parts(node.text)


def _without_call(element: Any) -> Any:
    """A stage that is called with nothing, as an element of a flow, is its name."""
    if element[0] == "Call" and element[1][0] == "Name" and element[2:] == ((), None):
        return element[1]
    return element
