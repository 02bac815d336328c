"""What can be folded: blocks, lists, strings of several lines, runs of comments and of `use`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.editor import scanning
from wan22dsl.language.syntax.tree import Attribute, Derived, Header, Let, walk
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.view import View
    from wan22dsl.source import Source

REGION, COMMENT, IMPORTS = "region", "comment", "imports"


class Fold(NamedTuple):
    """Lines, counted from 1, that fold into the first of them. That of a closing bracket stays."""

    first: int
    last: int
    kind: str = REGION


def of(view: View) -> tuple[Fold, ...]:
    """The folds of a file, at most one for each first line: the longest that begins there."""
    source = view.source
    found = scanning.tokens(source.text)
    longest: dict[int, Fold] = {}
    for fold in (*_brackets(source, found), *_comments(source, found), *_of_tree(view)):
        before = longest.get(fold.first)
        if fold.last > fold.first and (before is None or before.last < fold.last):
            longest[fold.first] = fold
    return tuple(longest[first] for first in sorted(longest))


def _brackets(source: Source, found: list[scanning.Token]) -> Iterator[Fold]:
    """Brackets and strings over several lines."""
    for pair in scanning.pairs(source.text, found):
        yield Fold(source.position(pair.start).line, _last(source, pair))
    for token in found:
        if token.kind == "text":
            yield Fold(source.position(token.start).line, source.position(token.end).line)


def _last(source: Source, pair: scanning.Pair) -> int:
    line, column = source.position(pair.end)
    if not pair.is_closed:  # the lines that are empty at the end belong to nothing
        text = source.text[pair.start : pair.end].rstrip()
        return source.position(pair.start + len(text)).line
    alone = not source.line(line)[: column - 2].strip()
    return line - 1 if alone else line


def _comments(source: Source, found: list[scanning.Token]) -> Iterator[Fold]:
    """Lines of nothing but comments, one below the other."""
    first = last = -1
    for token in found:
        if token.kind != "comment":
            continue
        line, column = source.position(token.start)
        if source.line(line)[: column - 1].strip():
            continue
        if line != last + 1:
            yield Fold(first, last, COMMENT)
            first = line
        last = line
    yield Fold(first, last, COMMENT)


def _of_tree(view: View) -> Iterator[Fold]:
    """Runs of `use`, and values over several lines that have no bracket around them."""
    if view.tree is None:
        return
    line_of = view.source.position
    uses: list[Any] = []
    for declaration in view.tree.declarations:
        if isinstance(declaration, Header):
            if declaration.word.text == "use":
                uses.append(declaration)
            continue
        for node in walk(declaration):
            if isinstance(node, (Attribute, Derived, Let)):
                yield Fold(line_of(node.start).line, _without_bracket(view.source, node.end))
    if uses:
        yield Fold(line_of(uses[0].start).line, line_of(uses[-1].end).line, IMPORTS)


def _without_bracket(source: Source, end: int) -> int:
    """The last line of a value, or the one above where only closing brackets are in it."""
    line, column = source.position(end)
    return line if source.line(line)[: column - 1].strip(" \t)]}") else line - 1
