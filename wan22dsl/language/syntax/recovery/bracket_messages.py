"""What is said of brackets that do not fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label
from wan22dsl.language.syntax.messages import UNCLOSED_BRACKET, WRONG_BRACKET
from wan22dsl.language.syntax.recovery.outline import CLOSING, SIGNS
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.syntax.recovery.outline import Open
    from wan22dsl.language.syntax.recovery.tokens import Token
    from wan22dsl.source import Source


def unclosed(source: Source, closed: list[Open], last: Token, last_line: int) -> Diagnostic:
    """Brackets that end, without being closed, behind a token, which stands on a line of this number."""
    signs = [f"`{open_.token.text}`" for open_ in closed]
    brackets = f"this {signs[0]} is"
    if len(signs) > 1:
        brackets = f"the brackets {', '.join(signs[:-1])} and {signs[-1]} are"
    closing, on_line, below = "", "", ""
    for open_ in reversed(closed):
        sign = SIGNS[CLOSING[open_.token.kind]]
        closing += sign
        if open_.line == last_line:
            on_line += sign
        else:
            below += "\n" + " " * open_.indent + sign
    line_end = source.text.find("\n", last.end)
    line_end = len(source.text) if line_end < 0 else line_end
    edits = [Edit(Span(source, last.end, last.end), on_line)] if on_line else []
    edits += [Edit(Span(source, line_end, line_end), below)] if below else []
    places = [Span(source, open_.token.start, open_.token.end) for open_ in closed]
    return UNCLOSED_BRACKET.at(
        places[-1],
        related=[Label(place, "also this one") for place in places[:-1]],
        fix=Fix(f"Write `{closing}`", tuple(edits), safe=False),  # where it ends is a guess
        brackets=brackets,
        closing=closing,
    )


def wrong(source: Source, token: Token, opening: Token) -> Diagnostic:
    """A bracket that closes one of another kind."""
    span = Span(source, token.start, token.end)
    closing = SIGNS[CLOSING[opening.kind]]
    opened = Span(source, opening.start, opening.end)
    return WRONG_BRACKET.at(
        span,
        related=[Label(opened, "the bracket that it closes")],
        fix=Fix(f"Write `{closing}`", (Edit(span, closing),), safe=False),
        opening=opening.text,
        bracket=token.text,
        closing=closing,
    )
