"""Fixes of lines that end too early, or not at all, and of values that are missing at their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.brackets_meant import missing_at_line_end
from wan22dsl.language.syntax.recovery.describe import found
from wan22dsl.language.syntax.recovery.outline import looks_like_declaration
from wan22dsl.language.syntax.recovery.signs import ENDS, KEYS, arrow_for_equals

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

_SIGNS = frozenset("EQUAL ARROW OP WITHIN".split())


def line_end(reader: Recovery, token: Token) -> bool:
    """A line that ends where it cannot, and goes on below: a brace on the line after the name."""
    follows = reader.token(1)
    if token.kind != "_NL" or not reader.can(follows.kind):
        return False
    is_setting = follows.kind in KEYS and reader.token(2).kind in ("EQUAL", "COLON")
    if is_setting or looks_like_declaration(reader.tokens, reader.at + 1):
        return False
    _take_line_end(reader, token)
    return True


def looks_ahead(reader: Recovery, token: Token) -> bool:
    """Fixes a line end, or an arrow, that would fit, but not with what stands behind it."""
    if token.kind == "ARROW":
        return arrow_for_equals(reader, token) or _ends_above(reader, token)
    return (
        _bullet(reader, token)
        or missing_at_line_end(reader, token)
        or _goes_on_below(reader, token)
    )


def _bullet(reader: Recovery, token: Token) -> bool:
    """`- seed: 42` on a line of its own, as in YAML."""
    sign, key = reader.token(1), reader.token(2)
    if sign.text not in ("-", "*") or sign.kind != "OP" or reader.bracket != "LBRACE":
        return False
    if key.kind not in KEYS or key.indent >= 0 or reader.token(3).kind not in ("COLON", "EQUAL"):
        return False
    reader.feed(token.kind, token.text, token.start, token.end)
    fix = reader.fix("Remove it", (sign.start, key.start, ""))
    reason = "Settings are not the items of a list."
    reader.say(
        messages.NEEDLESS_MARK, sign.start, sign.end, fix,
        sign=sign.text, where="before a setting", reason=reason,
    )  # fmt: skip
    reader.at += 2
    return True


def _goes_on_below(reader: Recovery, token: Token) -> bool:
    """A line end before a sign that begins no line: `{` below the name of a block, `=` or `+`."""
    follows = reader.token(1)
    if follows.kind in ("LBRACE", "LPAR"):
        begins_no_line = not reader.is_inside
    else:
        begins_no_line = follows.kind in ("EQUAL", "COLON", "OP", "MEMBER")
    if not begins_no_line or not reader.can(follows.kind):
        return False
    _take_line_end(reader, token)
    return True


def _ends_above(reader: Recovery, token: Token) -> bool:
    """An arrow with nothing behind it, before a line that begins something else."""
    follows = reader.token(1)
    if follows.indent < 0 or not reader.can("ARROW", "NUMBER"):
        return False
    is_setting = follows.kind in KEYS and reader.token(2).kind == "EQUAL"
    if not is_setting and not (
        follows.indent == 0 and looks_like_declaration(reader.tokens, reader.at + 1)
    ):
        return False
    reader.feed(token.kind, token.text, token.start, token.end)
    reader.put(token._replace(kind="_NL", start=token.end, slip=None))
    _say_missing_value(reader, token, f"after {found(token)}")
    return True


def _take_line_end(reader: Recovery, token: Token) -> None:
    follows = reader.token(1)
    last = reader.token(-1)
    help = None
    if "#" not in reader.source.text[token.start : follows.start]:
        help = reader.fix(
            f"Write {found(follows)} on the line above", (token.start, follows.start, " ")
        )
    reader.say(
        messages.LINE_END,
        last.start,
        last.end,
        help,
        where=f"after {found(last)}",
        behind=follows.text.split("\n")[0],
    )
    reader.at += 1


def missing_value(reader: Recovery, token: Token) -> bool:
    """`cfg =`, `high ->`, `-> high`, `a + * b`."""
    last = reader.token(-1)
    is_behind = last.kind in _SIGNS and reader.at > 0
    is_before = token.kind in ("ARROW", "OP") or (token.kind == "$END" and not reader.values)
    if not reader.can("NUMBER"):
        return False
    if not is_before and not (is_behind and token.kind in ENDS | _SIGNS):
        return False
    if is_behind:
        _say_missing_value(reader, last, f"after {found(last)}")
    else:
        _say_missing_value(reader, token, f"before {found(token)}")
    return True


def _say_missing_value(reader: Recovery, sign: Token, place: str) -> None:
    said = reader.diagnostics[-1] if reader.diagnostics else None
    is_said = said is not None and said.span is not None and said.span.start == sign.start
    if not is_said:  # a sign between two lines may lack both
        help = f"Write a value, or remove {found(sign)}."
        reader.say(messages.MISSING_VALUE, sign.start, sign.end, where=place, help=help)
    reader.feed_bad(reader.last, reader.last)


def missing_line_end(reader: Recovery, token: Token) -> bool:
    """Two declarations on one line."""
    if reader.is_inside or not reader.can("_NL"):
        return False
    if not looks_like_declaration(reader.tokens, reader.at):
        return False
    first = f"{token.text} {reader.token(1).text}"
    fix = reader.fix("Start a new line", (reader.last, token.start, "\n"))
    reader.say(messages.MISSING_LINE_END, token.start, token.end, fix, found=first)
    reader.feed("_NL", "", reader.last, reader.last)
    return True
