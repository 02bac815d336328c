"""How a rule of the grammar becomes a node of the tree.

Every symbol on the parser's stack has a value. A terminal that leaves something in the tree has a node
or a text as its value, every other one the offset where it starts, an `int`. A symbol that stands for
several others (`_body`, and what lark makes of a repetition) has a list. All other symbols have a node.

A builder takes the values of one rule and the offset where the last of them ends. It makes nodes with
`new`, without the `__new__` of their class: that one is Python code and takes twice as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    Values = list[Any]
    Builder = Callable[[Values, int], Any]

new = tuple.__new__
_LONGEST_TYPE = 200

# What a terminal leaves in the tree: a node of its own, or its text.
LEAVES: dict[str, Any] = {
    "NUMBER": tree.Number,
    "STRING": tree.Text,
    "NAME": tree.Name,
    "NODE": tree.Name,
    "SAMPLER": tree.Sampler,
    "CLASS": tree.ClassName,
    "QUOTED": tree.ClassName,
    "MEMBER": str,
    "OP": str,
    "ARROW": str,
}


def builder(left: str, right: list[str]) -> Builder:
    """The builder of the rule `left: right`."""
    make = _WITH_VALUES.get(left)
    if make is not None:
        return make("EQUAL" in right, "WITHIN" in right)
    if right[:1] == [left]:
        return _more
    return _NAMED.get(left, _several)


def _several(values: Values, end: int = 0) -> list[Any]:
    """A list of everything that leaves something in the tree."""
    found: list[Any] = []
    for value in values:
        if value.__class__ is list:
            found += value
        elif value.__class__ is not int:
            found.append(value)
    return found


def _more(values: Values, end: int) -> list[Any]:
    """A list, and what follows it."""
    found: list[Any] = values[0]
    for value in values[1:]:
        if value.__class__ is not int:
            found.append(value)
    return found


def _header(values: Values, end: int) -> tree.Header:
    alias = values[3] if len(values) > 2 else None
    return new(tree.Header, (values[0], values[1], alias, values[0][1], end))


def _param_of_shape(has_default: bool, has_accepts: bool) -> Builder:
    def build(values: Values, end: int) -> tree.Param:
        word, name, _, kind = values[:4]
        default = values[5] if has_default else None
        accepts = values[-1] if has_accepts else None
        return new(tree.Param, (word, name, kind, default, accepts, word[1], end))

    return build


def _block(values: Values, end: int) -> tree.Block:
    return new(tree.Block, (values[0], values[1], tuple(values[3]), values[0][1], end))


def _derived(values: Values, end: int) -> tree.Derived:
    return new(tree.Derived, (values[0], values[1], values[3], values[0][1], end))


def _stage(values: Values, end: int) -> tree.Stage:
    word, name, _, parameters = values[:4]
    named, outputs = values[5] if len(values) > 8 else (False, ())
    items = tuple(values[-2])
    return new(tree.Stage, (word, name, tuple(parameters), outputs, named, items, word[1], end))


def _node(values: Values, end: int) -> tree.NodeDeclaration:
    word, name, _, inputs = values[:4]
    named, outputs = values[5] if len(values) > 8 else (False, ())
    items = tuple(values[-2])
    start = word[1]
    return new(tree.NodeDeclaration, (word, name, tuple(inputs), outputs, named, items, start, end))


def _parameter_of_shape(has_default: bool, has_accepts: bool) -> Builder:
    def build(values: Values, end: int) -> tree.Parameter:
        brought = values[0].__class__ is int
        start = values[0] if brought else values[0][1]
        name, _, kind = values[1:4] if brought else values[:3]
        accepts = values[-1] if has_accepts else None
        default = values[-3 if has_accepts else -1] if has_default else None
        return new(tree.Parameter, (brought, name, kind, default, accepts, start, end))

    return build


def _input_of_shape(has_default: bool, has_accepts: bool) -> Builder:
    def build(values: Values, end: int) -> tree.NodeInput:
        name, _, kind = values[:3]
        accepts = values[-1] if has_accepts else None
        default = values[4] if has_default else None
        return new(tree.NodeInput, (name, kind, default, accepts, name[1], end))

    return build


def _gives(values: Values, end: int) -> tuple[bool, tuple[tree.NodeOutput, ...]]:
    """Whether the outputs have names, and the outputs. One without a name is called like its type."""
    if len(values) > 2:
        return True, tuple(_several(values[1:]))
    kind = values[1]
    name = new(tree.ClassName, (kind.text, kind.start, kind.end))
    return False, (new(tree.NodeOutput, (name, kind, kind.start, kind.end)),)


def _given(values: Values, end: int) -> tree.NodeOutput:
    return new(tree.NodeOutput, (values[0], values[2], values[0][1], end))


def _outputs(values: Values, end: int) -> tuple[bool, tuple[tree.Output, ...]]:
    """Whether the outputs have names, and the outputs. One without a name is called `out`."""
    if len(values) > 2:
        return True, tuple(_several(values[1:]))
    kind = values[1]
    name = new(tree.Name, ("out", kind.start, kind.start))
    return False, (new(tree.Output, (name, kind, kind.start, kind.end)),)


def _output(values: Values, end: int) -> tree.Output:
    return new(tree.Output, (values[0], values[2], values[0][1], end))


def _type(values: Values, end: int) -> tree.TypeName:
    if len(values) == 1:
        return new(tree.TypeName, (values[0][0], None, values[0][1], end))
    inner = values[1].text
    if len(inner) > _LONGEST_TYPE:
        inner = (
            "…"  # of a list in a list in a list: else the text of each would hold all the others
        )
    return new(tree.TypeName, (f"[{inner}]", values[1], values[0], end))


def _let(values: Values, end: int) -> tree.Let:
    return new(tree.Let, (values[1], values[3], values[0], end))


def _attr(values: Values, end: int) -> tree.Attribute:
    return new(tree.Attribute, (values[0], values[2], values[0][1], end))


def _chain(values: Values, end: int) -> tree.Chain:
    first, rest = values
    operators = tuple(["->" if ">" in sign else sign for sign in rest[::2]])
    return new(tree.Chain, ((first, *rest[1::2]), operators, first[-2], end))


def _call(values: Values, end: int) -> tree.Call:
    about = values[4] if len(values) > 4 else None
    return new(tree.Call, (values[0], tuple(values[2]), about, values[0][1], end))


def _about(values: Values, end: int) -> tuple[tree.Item, ...]:
    return tuple(values[1])


def _member(values: Values, end: int) -> tree.Member:
    return new(tree.Member, (values[0], values[1][1:], values[0][-2], end))


def _index(values: Values, end: int) -> tree.Index:
    return new(tree.Index, (values[0], values[2], values[0][-2], end))


def _group(values: Values, end: int) -> tree.Group:
    return new(tree.Group, (_several(values)[0], values[0], end))


def _list(values: Values, end: int) -> tree.List:
    return new(tree.List, (tuple(_several(values)), values[0], end))


def _record(values: Values, end: int) -> tree.Record:
    return new(tree.Record, (tuple(values[1]), values[0], end))


def _value(values: Values, end: int) -> tree.Expression:
    found: tree.Expression = _several(values)[0]
    return found


# Rules that may end with a default and with what is accepted.
_WITH_VALUES: dict[str, Callable[[bool, bool], Builder]] = {
    "param": _param_of_shape,
    "parameter": _parameter_of_shape,
    "input": _input_of_shape,
}

_NAMED: dict[str, Builder] = {
    "header": _header,
    "block": _block,
    "derived": _derived,
    "stage": _stage,
    "node": _node,
    "gives": _gives,
    "given": _given,
    "outputs": _outputs,
    "output": _output,
    "type": _type,
    "let": _let,
    "attr": _attr,
    "chain": _chain,
    "call": _call,
    "about": _about,
    "member": _member,
    "index": _index,
    "group": _group,
    "list": _list,
    "record": _record,
    "value": _value,
}
