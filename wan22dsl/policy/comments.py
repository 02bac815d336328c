"""Comments in a `.wan` text that speak to the linter, and which lines each of them is about.

The text is read lexically, so that this works in a file with mistakes too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.source import Source

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|"(?:[^"\\\n]|\\[^\n])*"?|`[^`\n]*`?|(?P<comment>#[^\n]*)'
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<line>\n)|(?P<space>[ \t\r]+)|[^\s\"`#()\[\]{}]+",
    re.DOTALL,
)
_SPEAKS = re.compile(r"#+\s*wan:\s*")


class Comment(NamedTuple):
    """What stands behind `# wan:`, where the comment stands, and the lines that it is about."""

    text: str
    span: Span
    first: int
    last: int


def comments(source: Source) -> Iterator[Comment]:
    """The comments that speak to the linter, in order."""
    if "wan:" not in source.text:
        return
    tokens = list(_TOKEN.finditer(source.text))
    for number, token in enumerate(tokens):
        said = _SPEAKS.match(token[0]) if token.lastgroup == "comment" else None
        if said is None:
            continue
        span = Span(source, token.start(), token.start() + len(token[0].rstrip()))
        line = span.first.line
        first, last = line, line
        if _is_alone(source, token.start()):
            first, last = _statement(source, tokens[number + 1 :]) or (line, line)
        yield Comment(token[0][said.end() :].strip(), span, first, last)


def _is_alone(source: Source, start: int) -> bool:
    """Whether nothing stands before the comment on its line."""
    return not source.text[source.text.rfind("\n", 0, start) + 1 : start].strip()


def _statement(source: Source, tokens: list[re.Match[str]]) -> tuple[int, int] | None:
    """The lines of the statement that begins with the tokens; None at the end of a block."""
    depth = 0
    start: int | None = None
    before = ""
    for number, token in enumerate(tokens):
        if token.lastgroup in ("comment", "space"):
            continue
        if token.lastgroup == "line":
            if start is not None and depth == 0 and not _goes_on(before, tokens[number:]):
                break
            continue
        if token.lastgroup == "close" and depth == 0:
            break
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        start = token.start() if start is None else start
        before, end = token[0], token.end()
    if start is None:
        return None
    return source.position(start).line, source.position(end).line


def _goes_on(before: str, behind: list[re.Match[str]]) -> bool:
    """Whether a line end does not end the statement: an arrow stands before or behind it."""
    if before.endswith(("->", "=")):
        return True
    rest = (one[0] for one in behind if one.lastgroup not in ("comment", "space", "line"))
    return next(rest, "").startswith("->")
