"""Values on one line, and what of their spelling changes nothing and is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.printing import words
from wan22dsl.language.syntax.tree import (
    BINDING,
    Attribute,
    Call,
    Chain,
    Group,
    Index,
    Let,
    List,
    Member,
    Name,
    NodeInput,
    NodeOutput,
    Output,
    Parameter,
    Record,
    TypeName,
    walk,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.language.syntax.printing.gaps import Gaps
    from wan22dsl.language.syntax.tree import Item

WIDTH = 100
_TIGHTNESS = {**BINDING, "->": 0}


class Operands(NamedTuple):
    """A chain without the parentheses, and the `()`, that change nothing."""

    operands: list[Any]
    operators: list[str]


class Flat:
    """The values of a file on one line, as far as they fit there."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._known: dict[int, str | None] = {}

    def of(self, node: Any) -> str | None:
        """The node on one line; None where its length, a comment or a text of several lines forbids it."""
        if id(node) not in self._known:
            for item in reversed(list(walk(node))):
                if id(item) not in self._known:
                    self._known[id(item)] = self._make(item)
        return self._known[id(node)]

    def bare(self, node: Any) -> Any:
        """A value without the parentheses around it, where no comment needs them."""
        while node.__class__ is Group and not self._comment_at_edge(node):
            node = node.inner
        return node

    def operands(self, chain: Chain) -> Operands:
        """The chain as it is written."""
        found = Operands([], [])
        waiting = _in_reverse(chain)
        while waiting:
            written = waiting.pop()
            operand = self.bare(written)
            before = found.operators[-1] if found.operators else None
            behind = waiting[-1] if waiting else None
            if operand.__class__ is Chain:
                loosest = min(_TIGHTNESS[sign] for sign in operand.operators)
                if _stays(loosest, before, behind):
                    waiting += _in_reverse(operand)
                    continue
                operand = written
            elif before == "->" and behind in ("->", None):
                operand = self._without_call(operand)
            found.operands.append(operand)
            if waiting:
                found.operators.append(waiting.pop())
        return found

    def _without_call(self, element: Any) -> Any:
        """The name alone, of a stage that is called with nothing."""
        if element.__class__ is not Call or element.arguments or element.about is not None:
            return element
        if element.callee.__class__ is not Name or self._gaps.hold_comment(*element[-2:]):
            return element
        return element.callee

    def _comment_at_edge(self, group: Group) -> bool:
        hold = self._gaps.hold_comment
        return hold(group.start, group.inner.start) or hold(group.inner.end, group.end)

    def _make(self, node: Any) -> str | None:
        make = _MAKERS.get(node.__class__)
        if make is None:
            return words.word(node)
        if self._gaps.hold_comment(node.start, node.end):
            return None
        line: str | None = make(self, node)
        return None if line is None or len(line) > WIDTH else line

    def all(self, nodes: Iterable[Any]) -> str | None:
        """Items on one line, with commas between them."""
        lines = []
        for node in nodes:
            line = self.of(self.bare(node))
            if line is None:
                return None
            lines.append(line)
        return ", ".join(lines)

    def braces(self, items: tuple[Item, ...]) -> str | None:
        """Items in braces."""
        if not items:
            return "{}"
        inside = self.all(items)
        return None if inside is None else f"{{ {inside} }}"

    def _chain(self, node: Chain) -> str | None:
        operands, operators = self.operands(node)
        line = ""
        for operand, sign in zip(operands, ["", *operators]):
            flat = self._known[id(operand)]
            if flat is None or len(line) > WIDTH:
                return None
            line += spaced(sign) + flat
        return line

    def _call(self, node: Call) -> str | None:
        inside = self.all(node.arguments)
        about = "" if node.about is None else self.braces(node.about)
        if inside is None or about is None:
            return None
        return f"{words.word(node.callee)}({inside})" + (about and f" {about}")

    def _around(self, left: str, node: Any, right: str = "") -> str | None:
        inside = self._known[id(self.bare(node))]
        return None if inside is None else f"{left}{inside}{right}"

    def _list(self, node: List) -> str | None:
        inside = self.all(node.items)
        return None if inside is None else f"[{inside}]"

    def _parameter(self, node: Parameter | NodeInput) -> str | None:
        line = parameter_head(node)
        for sign, value in ((" = ", node.default), (" in ", node.accepts)):
            if value is not None:
                flat = self._known[id(self.bare(value))]
                if flat is None:
                    return None
                line += sign + flat
        return line


def spaced(sign: str) -> str:
    """An operator with its spaces."""
    return sign if sign in ("", "..") else f" {sign} "


def item_head(node: Attribute | Let) -> str:
    """What is before the value."""
    return (
        f"let {words.name(node.name)} = " if isinstance(node, Let) else f"{words.key(node.key)} = "
    )


def parameter_head(node: Parameter | NodeInput) -> str:
    """A parameter without its default and what it accepts."""
    if isinstance(node, NodeInput):
        return f"{words.key(node.name)}: {words.type_name(node.type)}"
    mark = "in " if node.brought else ""
    return f"{mark}{words.name(node.name)}: {words.type_name(node.type)}"


def output(node: Output | NodeOutput) -> str:
    """An output of a stage or of a node class."""
    return f"{words.key(node.name)}: {words.type_name(node.type)}"


def suffix(node: Member | Index) -> str:
    """What asks for an output."""
    if isinstance(node, Index):
        return f"[{node.number.text}]"
    return "." + spelling.member(spelling.plain(node.name))


def _in_reverse(chain: Chain) -> list[Any]:
    """Operands and operators in turn, the last operand first."""
    parts: list[Any] = [chain.operands[0]]
    for sign, operand in zip(chain.operators, chain.operands[1:]):
        parts += (sign, operand)
    return parts[::-1]


def _stays(loosest: int, before: str | None, behind: str | None) -> bool:
    """Whether operators keep their order without the parentheses around them."""
    return (before is None or loosest > _TIGHTNESS[before]) and (
        behind is None or loosest >= _TIGHTNESS[behind]
    )


_MAKERS: dict[type, Any] = {
    Attribute: lambda flat, node: flat._around(item_head(node), node.value),
    Call: Flat._call,
    Chain: Flat._chain,
    Group: lambda flat, node: flat._around("(", node.inner, ")"),
    Index: lambda flat, node: flat._around("", node.target, suffix(node)),
    Let: lambda flat, node: flat._around(item_head(node), node.value),
    List: Flat._list,
    Member: lambda flat, node: flat._around("", node.target, suffix(node)),
    NodeInput: Flat._parameter,
    NodeOutput: lambda flat, node: output(node),
    Output: lambda flat, node: output(node),
    Parameter: Flat._parameter,
    Record: lambda flat, node: flat.braces(node.items),
    TypeName: lambda flat, node: words.type_name(node),
}
