"""Values over several lines, and where neighbouring settings have an aligned `=`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax.printing import words
from wan22dsl.language.syntax.printing.flat import (
    WIDTH,
    Flat,
    item_head,
    output,
    parameter_head,
    spaced,
    suffix,
)
from wan22dsl.language.syntax.tree import (
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
    Number,
    Output,
    Param,
    Parameter,
    Record,
    Sampler,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.language.syntax.printing.gaps import Gaps

    Steps = Iterator[Any]


_UNBREAKABLE = (Name, Number, Sampler, Text)


def pads(items: Sequence[Any], indent: int, flat: Flat, gaps: Gaps) -> dict[int, int | None]:
    """How many spaces an item has before its `=` beyond the usual one.

    None says that it would fit on one line, but not aligned with its neighbours: then it is no
    neighbour, and breaks over lines.
    """
    found: dict[int, int | None] = {}
    groups = _neighbours(items, indent, flat, gaps)
    while groups:
        group = groups.pop()
        width = max(len(words.key(items[at].key)) for at in group)
        for place, at in enumerate(group):
            if _too_long(items[at], indent + width + 3, flat):
                found[at] = None
                groups += [part for part in (group[:place], group[place + 1 :]) if part]
                break
        else:
            found.update((at, width - len(words.key(items[at].key))) for at in group)
    return found


def _neighbours(items: Sequence[Any], indent: int, flat: Flat, gaps: Gaps) -> list[list[int]]:
    """Runs of settings of one line, with no blank line between them."""
    groups: list[list[int]] = []
    last = -2
    for at, item in enumerate(items):
        if not isinstance(item, Attribute) or flat.of(item.value) is None:
            continue
        if _too_long(item, indent + len(words.key(item.key)) + 3, flat):
            continue
        if last == at - 1 and not _blank_between(gaps, items[last].end, item.start):
            groups[-1].append(at)
        else:
            groups.append([at])
        last = at
    return groups


def _blank_between(gaps: Gaps, start: int, end: int) -> bool:
    gap = gaps.between(start, end)
    return gap.blank or any(blank for blank, _ in gap.lines)


def _too_long(item: Attribute, column: int, flat: Flat) -> bool:
    """Whether the value would have to be broken, if it began in this column."""
    value = flat.bare(item.value)
    return not isinstance(value, _UNBREAKABLE) and column + len(flat.of(value) or "") > WIDTH


STEP = 4


class Layout:
    """Lines as they are written.

    `indent` is always the indentation of the line on which something begins, `tail` the number of
    characters that are to follow it on its last line.
    """

    def __init__(self, gaps: Gaps) -> None:
        self.gaps = gaps
        self.flat = Flat(gaps)
        self.lines: list[str] = []
        self.line = ""

    def run(self, steps: Steps) -> list[str]:
        """Runs a method that writes, and those that it yields. Gives the lines that were written."""
        running = [steps]
        while running:
            step = next(running[-1], None)
            if step is None:
                running.pop()
            else:
                running.append(step)
        self._end_line()
        lines, self.lines = self.lines, []
        return lines

    def fits(self, line: str, tail: int = 0) -> bool:
        """Whether this fits on the current line."""
        return len(self.line) + len(line) + tail <= WIDTH

    def new_line(self, indent: int) -> None:
        """Ends the current line and begins another."""
        self._end_line()
        self.line = " " * indent

    def _end_line(self) -> None:
        self.lines.append(self.line)
        self.line = ""

    # --- items between brackets ---

    def bracket(
        self,
        signs: str,
        items: Sequence[Any],
        place: tuple[int, int],
        indent: int,
    ) -> Steps:
        """Items one a line, between brackets; `place` is from the one bracket to behind the other."""
        self.line += signs[0]
        inner = indent + STEP
        aligned = pads(items, inner, self.flat, self.gaps) if signs == "{}" else {}
        last = place[0] + 1
        for at, item in enumerate(items):
            self._gap(last, item.start, inner, first=at == 0)
            self.new_line(inner)
            yield self.item(item, inner, aligned.get(at, 0))
            last = item.end
        self._gap(last, place[1] - 1, inner, first=not items, ends=True)
        if items or self.gaps.hold_comment(*place):
            self.new_line(indent)
        self.line += signs[1]

    def _gap(self, start: int, end: int, indent: int, *, first: bool, ends: bool = False) -> None:
        """The comments and blank lines of a gap; a blank line is neither first nor last."""
        gap = self.gaps.between(start, end)
        if gap.behind is not None:
            self.line += f" {gap.behind}"
        for blank, comment in gap.lines:
            if blank and not first:
                self._end_line()
            first = False
            self.new_line(indent)
            self.line += comment
        if gap.blank and not first and not ends:
            self._end_line()

    def item(self, item: Any, indent: int, pad: int | None = 0) -> Steps:
        """An item of a bracket. A pad of None says: over several lines, although it would fit on one."""
        if isinstance(item, (Attribute, Let)):
            head = item_head(item)
            self.line += head[:-2] + " " * (pad or 0) + head[-2:]
            item = item.value
        elif isinstance(item, (Parameter, NodeInput)):
            self.line += parameter_head(item)
            yield self.default(item, indent)
            return
        elif isinstance(item, (Output, NodeOutput)):
            self.line += output(item)
            return
        if pad is None:
            node = self.flat.bare(item)
            yield _WRITERS[node.__class__](self, node, indent, 0)
        else:
            yield self.value(item, indent)

    def default(self, node: Param | Parameter | NodeInput, indent: int) -> Steps:
        """The default of a parameter, and what it accepts."""
        accepts = None if node.accepts is None else self.flat.of(self.flat.bare(node.accepts))
        if node.default is not None:
            self.line += " = "
            yield self.value(node.default, indent, len(f" in {accepts}") if accepts else 0)
        if node.accepts is not None:
            self.line += " in "
            yield self.value(node.accepts, indent)

    # --- values ---

    def value(self, node: Any, indent: int, tail: int = 0) -> Steps:
        """A value, on the current line if it fits there."""
        node = self.flat.bare(node)
        line = self.flat.of(node)
        write = _WRITERS.get(node.__class__)
        if write is not None and (line is None or not self.fits(line, tail)):
            yield write(self, node, indent, tail)
        elif line is not None:
            self.line += line
        else:
            self._text(node, indent)

    def _text(self, node: Text, indent: int) -> None:
        self.line += '"""'
        for line in words.text_lines(node):
            self.new_line(indent + STEP if line else 0)
            self.line += line
        self.new_line(indent + STEP)
        self.line += '"""'

    def _chain(self, node: Chain, indent: int, tail: int) -> Steps:
        operands, operators = self.flat.operands(node)
        arrows = [at for at, sign in enumerate(operators, 1) if sign == "->"]
        starts, ends = [0, *arrows], [*arrows, len(operands)]
        if arrows and self._only_last_breaks(node, operands, operators):
            yield self._list(operands[-1], indent, tail)
            return
        for start, end in zip(starts, ends):
            if start:
                indent_of_it = indent + STEP
                self.arrow_gap(operands[start - 1].end, operands[start].start, indent_of_it)
                self.line += "-> "
            else:
                indent_of_it = indent
            behind = tail if end == len(operands) else 0
            yield self._sum(operands[start:end], operators[start : end - 1], indent_of_it, behind)

    def _only_last_breaks(self, node: Chain, operands: list[Any], operators: list[str]) -> bool:
        """Writes a flow up to the list that ends it, if all of that fits on the line."""
        last = operands[-1]
        if last.__class__ is not List or not last.items or operators[-1] != "->":
            return False
        head = ""
        for operand, sign in zip(operands[:-1], operators):
            line = self.flat.of(operand)
            if line is None:
                return False
            head += line + spaced(sign)
        comments = any(
            self.gaps.hold_comment(item.end, other.start) for item, other in pairwise(operands)
        )
        if comments or not self.fits(head + "["):
            return False
        self.line += head
        return True

    def arrow_gap(self, start: int, end: int, indent: int) -> None:
        """The comments around an arrow, and the line that the arrow begins."""
        gap = self.gaps.between(start, end)
        if gap.behind is not None:
            self.line += f" {gap.behind}"
        for _, comment in gap.lines:
            self.new_line(indent)
            self.line += comment
        self.new_line(indent)

    def _sum(self, operands: list[Any], operators: list[str], indent: int, tail: int) -> Steps:
        """What is between two arrows. If it does not fit, its last bracket is broken."""
        lines = [self.flat.of(operand) for operand in operands]
        signs = ["", *map(spaced, operators)]
        breakable = [at for at, item in enumerate(operands) if item.__class__ in _WRITERS]
        rest = sum(len(sign) + len(line or "") for sign, line in zip(signs, lines)) + tail
        for at, (sign, operand, line) in enumerate(zip(signs, operands, lines)):
            rest -= len(sign) + len(line or "")
            self.line += sign
            if line is not None and at not in breakable[-1:]:
                self.line += line
            else:
                yield self.value(operand, indent, rest)

    def _call(self, node: Call, indent: int, tail: int) -> Steps:
        start = self.gaps.find("(", node.callee.end)
        last = node.arguments[-1].end if node.arguments else start
        end = node.end if node.about is None else self.gaps.find(")", last) + 1
        head = words.word(node.callee) or ""
        inside = None if self.gaps.hold_comment(start, end) else self.flat.all(node.arguments)
        if node.about is not None and inside is not None and self.fits(f"{head}({inside}) {{"):
            self.line += f"{head}({inside}) "
            yield self.bracket("{}", node.about, (self.gaps.find("{", end), node.end), indent)
            return
        self.line += head
        yield self.bracket("()", node.arguments, (start, end), indent)
        if node.about is not None:
            self.line += " "
            yield self.braces(node.about, (self.gaps.find("{", end), node.end), indent, tail)

    def braces(
        self, items: tuple[Any, ...], place: tuple[int, int], indent: int, tail: int = 0
    ) -> Steps:
        """Items in braces, on the current line if they fit there."""
        line = None if self.gaps.hold_comment(*place) else self.flat.braces(items)
        if line is not None and self.fits(line, tail):
            self.line += line
        else:
            yield self.bracket("{}", items, place, indent)

    def _around(self, node: Member | Index, indent: int, tail: int) -> Steps:
        asked = suffix(node)
        yield self.value(node.target, indent, tail + len(asked))
        self.line += asked

    def _group(self, node: Group, indent: int, tail: int) -> Steps:
        yield self.bracket("()", [node.inner], (node.start, node.end), indent)

    def _list(self, node: List, indent: int, tail: int) -> Steps:
        yield self.bracket("[]", node.items, (node.start, node.end), indent)

    def _record(self, node: Record, indent: int, tail: int) -> Steps:
        yield self.bracket("{}", node.items, (node.start, node.end), indent)


_WRITERS: dict[type, Any] = {
    Call: Layout._call,
    Chain: Layout._chain,
    Group: Layout._group,
    Index: Layout._around,
    List: Layout._list,
    Member: Layout._around,
    Record: Layout._record,
}
