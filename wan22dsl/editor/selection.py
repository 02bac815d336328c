"""What a selection grows to: a name, its value, the setting, the block, the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.editor import scanning
from wan22dsl.language.program import occurrences
from wan22dsl.language.syntax import tree
from wan22dsl.language.syntax.tree import Header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.view import View

#: More steps than this are taken by nobody, and the protocol puts each into the one before it.
_MOST_STEPS = 100

#: A place in a text, `end` exclusive.
Stretch = tuple[int, int]


def at(view: View, offset: int) -> tuple[Stretch, ...]:
    """The stretches around an offset, each larger than the one before it; the last is the file."""
    text = view.source.text
    offset = max(0, min(offset, len(text)))
    found = {(start, end) for start, end in _all(view, offset) if start <= offset <= end}
    found.add((0, len(text)))
    # Of two that are as long, the one behind the offset comes first; what does not contain it is left out.
    chain: list[Stretch] = []
    for start, end in sorted(found, key=lambda each: (each[1] - each[0], -each[0])):
        if start == end and len(found) > 1:
            continue
        if not chain or (start <= chain[-1][0] and chain[-1][1] <= end):
            chain.append((start, end))
    return (*chain[: _MOST_STEPS - 1], chain[-1]) if len(chain) > _MOST_STEPS else tuple(chain)


def _all(view: View, offset: int) -> Iterator[Stretch]:
    text = view.source.text
    for word in re.finditer(r"\w+", _line(text, offset)):
        start = text.rfind("\n", 0, offset) + 1
        yield start + word.start(), start + word.end()
    tokens = scanning.tokens(text)
    token = scanning.token_at(tokens, offset)
    if token is not None:
        yield token.start, token.end
        if token.kind in ("text", "quoted"):
            signs = 3 if text.startswith('"""', token.start) else 1
            yield token.start + signs, max(token.end - signs, token.start + signs)
        if token.kind == "comment":
            yield from _comment_lines(text, token)
    for pair in scanning.pairs(text, tokens):
        if pair.start <= offset <= pair.end:
            yield pair.start, pair.end
            yield _inside(text, pair)
    if view.module is None or view.tree is None:
        return
    name = occurrences.at(view.module, offset)
    if name is not None:
        yield name.start, name.end
    for node in tree.at(view.tree, offset)[1:]:
        yield node.start, node.end
    for declaration in view.tree.declarations:
        if declaration.start <= offset <= declaration.end and not isinstance(declaration, Header):
            yield _first_comment(text, declaration.start), declaration.end


def _line(text: str, offset: int) -> str:
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1 : end if end >= 0 else len(text)]


def _inside(text: str, pair: scanning.Pair) -> Stretch:
    """What is between two brackets, without the blanks around it."""
    start, end = pair.start + 1, pair.end - pair.is_closed
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    return start, max(start, start + len(inner.strip()))


def _comment_lines(text: str, token: scanning.Token) -> Iterator[Stretch]:
    """The run of comment lines that a comment is one of."""
    if text[text.rfind("\n", 0, token.start) + 1 : token.start].strip(" \t"):
        return
    end = token.end
    while following := re.compile(r"\n[ \t]*#[^\n]*").match(text, end):
        end = following.end()
    yield _first_comment(text, token.start), end


def _first_comment(text: str, start: int) -> int:
    """Where the comment lines directly above a place begin; the place itself where there are none."""
    line = text.rfind("\n", 0, start) + 1
    while line > 0:
        above = text.rfind("\n", 0, line - 1) + 1
        if not text[above:line].lstrip(" \t").startswith("#"):
            break
        line = above
        start = text.index("#", line)
    return start
