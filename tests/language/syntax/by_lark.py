"""The tree of a text as lark's own parser reads it: what the machine of tables is held against."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Token, Tree

from wan22dsl.language.syntax import tree as t
from wan22dsl.resources import grammar

LEAVES = {
    "NUMBER": t.Number,
    "STRING": t.Text,
    "NAME": t.Name,
    "NODE": t.Name,
    "SAMPLER": t.Sampler,
    "CLASS": t.ClassName,
    "QUOTED": t.ClassName,
}


_MAKERS = {"node": "_node_"}


@lru_cache(maxsize=1)
def lark() -> Lark:
    """lark with the grammar of the language."""
    return Lark(
        grammar(),
        parser="lalr",
        lexer="contextual",
        start=["start", "value"],
        maybe_placeholders=False,
        propagate_positions=True,
    )


def read(text: str, symbol: str) -> list[Any]:
    """The declarations of a file, or the one value. Raises lark's UnexpectedInput."""
    return [_node(child) for child in lark().parse(text, start=symbol).children]


def _node(node: Tree[Token] | Token) -> Any:
    if isinstance(node, Token):
        return LEAVES[node.type](str(node), node.start_pos, node.end_pos)
    place = (node.meta.start_pos, node.meta.end_pos)
    return globals()[_MAKERS.get(node.data, f"_{node.data}")](node.children, *place)


def _all(nodes: list[Any]) -> tuple[Any, ...]:
    return tuple(map(_node, nodes))


def _header(nodes: list[Any], *place: int) -> t.Header:
    word, value, *alias = _all(nodes)
    return t.Header(word, value, alias[0] if alias else None, *place)


def _param(nodes: list[Any], *place: int) -> t.Param:
    return t.Param(*_all(nodes[:3]), *_values(nodes[3:]), *place)


def _values(nodes: list[Any]) -> tuple[Any, Any]:
    """A default, and what is accepted; None for what is not there."""
    limit = next((at for at, one in enumerate(nodes) if getattr(one, "type", "") == "WITHIN"), None)
    default = _all(nodes[:limit])
    accepts = _node(nodes[-1]) if limit is not None else None
    return default[0] if default else None, accepts


def _block(nodes: list[Any], *place: int) -> t.Block:
    return t.Block(*_all(nodes[:2]), _all(nodes[2:]), *place)


def _derived(nodes: list[Any], *place: int) -> t.Derived:
    return t.Derived(*_all(nodes), *place)


def _stage(nodes: list[Any], *place: int) -> t.Stage:
    parameters = [one for one in nodes if getattr(one, "data", "") == "parameter"]
    rest = nodes[2 + len(parameters) :]
    named, outputs = False, ()
    if rest and getattr(rest[0], "data", "") == "outputs":
        named, outputs = _node(rest.pop(0))
    return t.Stage(*_all(nodes[:2]), _all(parameters), outputs, named, _all(rest), *place)


def _parameter(nodes: list[Any], *place: int) -> t.Parameter:
    brought = nodes[0].type == "IN"
    name, kind = _all(nodes[brought : brought + 2])
    return t.Parameter(brought, name, kind, *_values(nodes[brought + 2 :]), *place)


def _node_(nodes: list[Any], *place: int) -> t.NodeDeclaration:
    inputs = [one for one in nodes if getattr(one, "data", "") == "input"]
    rest = nodes[2 + len(inputs) :]
    named, outputs = False, ()
    if rest and getattr(rest[0], "data", "") == "gives":
        named, outputs = _node(rest.pop(0))
    return t.NodeDeclaration(*_all(nodes[:2]), _all(inputs), outputs, named, _all(rest), *place)


def _input(nodes: list[Any], *place: int) -> t.NodeInput:
    return t.NodeInput(*_all(nodes[:2]), *_values(nodes[2:]), *place)


def _gives(nodes: list[Any], *place: int) -> tuple[bool, tuple[t.NodeOutput, ...]]:
    outputs = _all(nodes[1:])  # behind the arrow
    if isinstance(outputs[0], t.NodeOutput):
        return True, outputs
    kind = outputs[0]
    name = t.ClassName(kind.text, kind.start, kind.end)
    return False, (t.NodeOutput(name, kind, kind.start, kind.end),)


def _given(nodes: list[Any], *place: int) -> t.NodeOutput:
    return t.NodeOutput(*_all(nodes), *place)


def _outputs(nodes: list[Any], *place: int) -> tuple[bool, tuple[t.Output, ...]]:
    outputs = _all(nodes[1:])  # behind the arrow
    if isinstance(outputs[0], t.Output):
        return True, outputs
    kind = outputs[0]
    return False, (t.Output(t.Name("out", kind.start, kind.start), kind, kind.start, kind.end),)


def _output(nodes: list[Any], *place: int) -> t.Output:
    return t.Output(*_all(nodes), *place)


def _type(nodes: list[Any], *place: int) -> t.TypeName:
    inner = _node(nodes[0])
    if isinstance(inner, t.TypeName):
        return t.TypeName(f"[{inner.text}]", inner, *place)
    return t.TypeName(inner.text, None, *place)


def _let(nodes: list[Any], *place: int) -> t.Let:
    return t.Let(*_all(nodes), *place)


def _attr(nodes: list[Any], *place: int) -> t.Attribute:
    return t.Attribute(*_all(nodes), *place)


def _chain(nodes: list[Any], *place: int) -> t.Chain:
    signs = tuple("->" if one.type == "ARROW" else str(one) for one in nodes[1::2])
    return t.Chain(_all(nodes[::2]), signs, *place)


def _call(nodes: list[Any], *place: int) -> t.Call:
    about = None
    if getattr(nodes[-1], "data", "") == "about":
        about = _all(nodes.pop().children)
    return t.Call(_node(nodes[0]), _all(nodes[1:]), about, *place)


def _member(nodes: list[Any], *place: int) -> t.Member:
    return t.Member(_node(nodes[0]), str(nodes[1])[1:], *place)


def _index(nodes: list[Any], *place: int) -> t.Index:
    return t.Index(*_all(nodes), *place)


def _group(nodes: list[Any], *place: int) -> t.Group:
    return t.Group(*_all(nodes), *place)


def _list(nodes: list[Any], *place: int) -> t.List:
    return t.List(_all(nodes), *place)


def _record(nodes: list[Any], *place: int) -> t.Record:
    return t.Record(_all(nodes), *place)
