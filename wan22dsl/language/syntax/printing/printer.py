"""A tree in the canonical layout, with every comment of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax.printing import words
from wan22dsl.language.syntax.printing.gaps import Gap, Gaps
from wan22dsl.language.syntax.printing.layout import STEP, Layout
from wan22dsl.language.syntax.tree import (
    Block,
    Derived,
    Header,
    NodeDeclaration,
    Param,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.language.syntax.tree import Declaration, File

    Steps = Iterator[Any]

# Declarations of a file in the model folders: their braces are on one line where they fit.
_ASSETS = frozenset(
    "model lora vae text_encoder clip_vision audio_encoder upscaler interpolator".split()
)


def print_file(file: File) -> str:
    """The file in its canonical layout. It must have been read without mistakes."""
    gaps = Gaps(file)
    printer = _Printer(gaps)
    lines: list[str] = []
    last, was_long = 0, False
    for declaration in file.declarations:
        written = printer.run(printer.declaration(declaration))
        gap = _gap(gaps, last, declaration.start)
        is_long = len(written) > 1
        _between(lines, gap, was_long, is_long)
        lines += written
        last, was_long = declaration.end, is_long
    gap = _gap(gaps, last, len(file.source.text))
    _between(lines, gap._replace(blank=False), was_long, False, ends=True)
    return "\n".join(lines) + "\n" if lines else ""


def _gap(gaps: Gaps, start: int, end: int) -> Gap:
    """The gap before a declaration. At the start of a file a comment is behind nothing."""
    gap = gaps.between(start, end)
    if start == 0 and gap.behind is not None:
        return Gap(None, [(False, gap.behind), *gap.lines], gap.blank)
    return gap


def _between(
    lines: list[str], gap: Gap, after_long: bool, before_long: bool, ends: bool = False
) -> None:
    """Comments and blank lines between two declarations; a long one has a blank line on each side."""
    if gap.behind is not None:
        lines[-1] += f" {gap.behind}"
    blanks = [blank for blank, _ in gap.lines] + [gap.blank]
    if before_long:
        # Above the comments that belong to the declaration.
        blanks[max(at for at, blank in enumerate(blanks) if blank or at == 0)] = True
    blanks[0] = bool(lines) and (blanks[0] or after_long)
    for blank, comment in zip(blanks, [comment for _, comment in gap.lines]):
        lines += ["", comment] if blank else [comment]
    if blanks[-1] and not ends:
        lines.append("")


class _Printer(Layout):
    """Declarations."""

    def declaration(self, node: Declaration) -> Steps:
        """One declaration, without the comments around it."""
        yield _WRITERS[type(node)](self, node)

    def _header(self, node: Header) -> Steps:
        self.line = f"{words.name(node.word)} "
        yield self.value(node.value, 0)
        if node.alias is not None:
            self.line += f" as {words.name(node.alias)}"

    def _param(self, node: Param) -> Steps:
        self.line = f"{words.name(node.word)} {words.name(node.name)}: {words.type_name(node.type)}"
        yield self.default(node, 0)

    def _derived(self, node: Derived) -> Steps:
        self.line = f"{words.name(node.word)} {words.name(node.name)} = "
        yield self.value(node.value, 0)

    def _block(self, node: Block) -> Steps:
        self.line = f"{words.name(node.word)} {words.name(node.name)} "
        place = (self.gaps.find("{", node.name.end), node.end)
        if node.word.text in _ASSETS:
            yield self.braces(node.items, place, 0)
        else:
            yield self.bracket("{}", node.items, place, 0)

    def _stage(self, node: Stage | NodeDeclaration) -> Steps:
        self.line = f"{words.name(node.word)} {words.word(node.name)}"
        find = self.gaps.find
        parameters = _parameters(node)
        start = find("(", node.name.end)
        end = find(")", parameters[-1].end if parameters else start) + 1
        first = last = end
        if node.named:
            first, last = find("(", end), find(")", node.outputs[-1].end) + 1
        elif node.outputs:
            first, last = node.outputs[0][-2:]
        head = None if self.gaps.hold_comment(start, last) else self._head(node)
        if head is not None and self.fits(head, len(" {")):
            self.line += head
        else:
            yield self.bracket("()", parameters, (start, end), 0)
            if node.outputs:
                yield self._outputs(node, end, (first, last))
        self.line += " "
        yield self.bracket("{}", node.items, (find("{", last), node.end), 0)

    def _head(self, node: Stage | NodeDeclaration) -> str | None:
        """The parameters and outputs of a stage on one line."""
        parameters = self.flat.all(_parameters(node))
        outputs = self._flat_outputs(node) if node.outputs else ""
        if parameters is None or outputs is None:
            return None
        return f"({parameters})" + (outputs and f" -> {outputs}")

    def _flat_outputs(self, node: Stage | NodeDeclaration) -> str | None:
        if node.named:
            outputs = self.flat.all(node.outputs)
            return None if outputs is None else f"({outputs})"
        return words.type_name(node.outputs[0].type)

    def _outputs(self, node: Stage | NodeDeclaration, arrow: int, place: tuple[int, int]) -> Steps:
        indent = 0
        if self.gaps.hold_comment(arrow, place[0]):
            indent = STEP
            self.arrow_gap(arrow, place[0], indent)
        else:
            self.line += " "
        self.line += "-> "
        line = None if self.gaps.hold_comment(*place) else self._flat_outputs(node)
        if line is not None and (not node.named or self.fits(line, len(" {"))):
            self.line += line
        else:
            yield self.bracket("()", node.outputs, place, indent)


def _parameters(node: Stage | NodeDeclaration) -> tuple[Any, ...]:
    return node.parameters if isinstance(node, Stage) else node.inputs


_WRITERS: dict[type, Any] = {
    Block: _Printer._block,
    Derived: _Printer._derived,
    Header: _Printer._header,
    NodeDeclaration: _Printer._stage,
    Param: _Printer._param,
    Stage: _Printer._stage,
}
