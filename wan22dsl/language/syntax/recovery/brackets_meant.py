"""Fixes of brackets that were not opened, or that should not have been."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label
from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.describe import unexpected, where
from wan22dsl.language.syntax.recovery.outline import (
    CLOSING,
    OPENING,
    SIGNS,
    looks_like_declaration,
)
from wan22dsl.language.syntax.recovery.signs import KEYS
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_LOOK_AHEAD = 1000  # tokens


def missing_bracket(reader: Recovery, token: Token) -> bool:
    """`save"x")`: a bracket that closes nothing was meant to be opened here."""
    at = bisect_left(reader.surplus, reader.at)
    if at == len(reader.surplus) or reader.surplus[at] - reader.at > _LOOK_AHEAD:
        return False
    place = reader.surplus[at]
    closing = reader.tokens[place]
    if closing.kind != "SURPLUS" or not reader.can(OPENING[closing.text], token.kind):
        return False
    opening = OPENING[closing.text]
    if any(
        looks_like_declaration(reader.tokens, between)
        for between in range(reader.at, place)
        if reader.tokens[between].indent == 0
    ):
        return False
    sign = SIGNS[opening]
    space = " " if opening == "LBRACE" or reader.token(-1).kind == "EQUAL" else ""
    fix = reader.fix(f"Write `{sign}`", (reader.last, reader.last, space + sign))
    bracket = reader.source.text[closing.start : closing.end]
    last = reader.token(-1)
    label = Label(Span(reader.source, closing.start, closing.end), "what closes it")
    fields = {"opening": sign, "bracket": bracket}
    reader.say(messages.MISSING_BRACKET, last.start, last.end, fix, [label], **fields)
    reader.feed(opening, sign, reader.last, reader.last)
    reader.tokens[place] = closing._replace(kind=closing.text, text=bracket, slip=None)
    return True


def missing_at_line_end(reader: Recovery, token: Token) -> bool:
    """`pass high` without its `{`, or `house.high` without its `(`: a line that is complete without it."""
    if bisect_left(reader.surplus, reader.at) == len(reader.surplus):
        return False
    if reader.token(-1).kind not in KEYS | {"RPAR", "RSQB"}:
        return False
    offset = -1
    while reader.token(offset).indent < 0 and reader.at + offset > 0:
        offset -= 1
    return reader.token(1).indent > reader.token(offset).indent and missing_bracket(reader, token)


def stray_bracket(reader: Recovery, token: Token) -> bool:
    """A bracket that is never closed, and cannot be opened here either: that is one mistake."""
    said = reader.unclosed.get(token.start)
    if said is None or token.kind not in CLOSING:
        return False
    span = Span(reader.source, token.start, token.end)
    reader.diagnostics[said] = messages.UNREADABLE.at(
        span,
        fix=Fix("Remove it", (Edit(span, ""),), safe=False),
        found=unexpected(token),
        where=where(reader),
        help="Remove it.",
    )
    reader.stray.add(token.start)
    reader.at += 1
    return True
