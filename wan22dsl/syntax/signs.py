"""Mends of signs that are wrong, or missing, or too many."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label
from wan22dsl.source import Span
from wan22dsl.syntax import messages
from wan22dsl.syntax.brackets import looks_like_declaration
from wan22dsl.syntax.describe import found, where

if TYPE_CHECKING:
    from wan22dsl.syntax.recovery import Recovery
    from wan22dsl.syntax.tokens import Token

OPENING = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}
_OPENED = {"LPAR": "(", "LSQB": "[", "LBRACE": "{"}
QUOTES = (messages.UNCLOSED_TEXT, messages.UNCLOSED_BACKTICK, messages.WRONG_QUOTES)
_LOOK_AHEAD = 1000  # tokens
VALUES = frozenset("NUMBER STRING NAME SAMPLER CLASS QUOTED LSQB LBRACE LPAR".split())
KEYS = frozenset("NAME CLASS QUOTED".split())
_ENDS = frozenset("_NL _COMMA RPAR RSQB RBRACE $END".split())
_SIGNS = frozenset("EQUAL ARROW OP IN".split())
_STARTS = frozenset("LPAR LSQB LBRACE _NL _COMMA".split())


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
    sign = _OPENED[opening]
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


def looks_ahead(reader: Recovery, token: Token) -> bool:
    """Mends a line end, or an arrow, that would fit, but not with what stands behind it."""
    if token.kind == "ARROW":
        return _ends_above(reader, token)
    return _missing_at_line_end(reader, token) or _goes_on_below(reader, token)


def _missing_at_line_end(reader: Recovery, token: Token) -> bool:
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
    if token.opened in reader.stray:
        reader.at += 1
        return True
    said = reader.unclosed.get(token.start)
    if said is None or token.kind not in _OPENED:
        return False
    fields = {"found": found(token), "where": where(reader), "mend": "Take it out."}
    fix = Fix("Take it out", (Edit(Span(reader.source, token.start, token.end), ""),))
    span = Span(reader.source, token.start, token.end)
    reader.diagnostics[said] = messages.UNREADABLE.at(span, fix=fix, **fields)
    reader.stray.add(token.start)
    reader.at += 1
    return True


def wrong_equals(reader: Recovery, token: Token) -> bool:
    """`cfg: 1.0`, `cfg => 1.0` and `cfg = = 1.0`."""
    last = reader.token(-1)
    if token.kind == "EQUAL" and last.kind == "EQUAL" and reader.can("NUMBER"):
        fix = reader.fix("Write `=`", (last.start, token.end, "="))
        reader.say(messages.WRONG_EQUALS, last.start, token.end, fix, sign="= =")
        reader.at += 1
        return True
    is_arrow = token.kind == "ARROW" and token.slip is not None
    if not (token.kind == "COLON" or is_arrow) or not reader.can("EQUAL"):
        return False
    if reader.token(-2).kind == "COLON":
        return False  # the last word is a type
    follows = reader.token(1)
    behind = token.end if follows.indent >= 0 or follows.kind in _ENDS else follows.start
    fix = reader.fix("Write `=`", (reader.last, behind, " = "))
    sign = token.slip.fields["sign"] if is_arrow and token.slip else ":"
    reader.say(messages.WRONG_EQUALS, token.start, token.end, fix, sign=sign)
    reader.feed("EQUAL", "=", token.start, token.end)
    reader.at += 1
    return True


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
    _say_missing_value(reader, token, f"behind {found(token)}")
    return True


def _take_line_end(reader: Recovery, token: Token) -> None:
    follows = reader.token(1)
    last = reader.token(-1)
    mend = None
    if "#" not in reader.source.text[token.start : follows.start]:
        mend = reader.fix(f"Write {found(follows)} on the line above", (token.start, follows.start, " "))
    reader.say(
        messages.LINE_END,
        last.start,
        last.end,
        mend,
        where=f"behind {found(last)}",
        behind=follows.text.split("\n")[0],
    )
    reader.at += 1


def missing_value(reader: Recovery, token: Token) -> bool:
    """`cfg =`, `high ->`, `-> high`, `a + * b`."""
    last = reader.token(-1)
    is_behind = last.kind in _SIGNS and reader.at > 0
    if not reader.can("NUMBER") or not (
        token.kind in ("ARROW", "OP") or (token.kind in _ENDS | _SIGNS and is_behind)
    ):
        return False
    if is_behind:
        _say_missing_value(reader, last, f"behind {found(last)}")
    else:
        _say_missing_value(reader, token, f"before {found(token)}")
    return True


def _say_missing_value(reader: Recovery, sign: Token, place: str) -> None:
    mend = f"Write a value, or take out {found(sign)}."
    reader.say(messages.MISSING_VALUE, sign.start, sign.end, where=place, mend=mend)
    reader.feed_bad(reader.last, reader.last)


def needless_sign(reader: Recovery, token: Token) -> bool:
    """`,,`, and a comma behind a declaration."""
    if token.kind != "_COMMA":
        return False
    last, follows = reader.token(-1), reader.token(1)
    if reader.is_inside:
        is_needless = last.kind in _STARTS
    else:
        is_needless = follows.kind == "$END" or follows.indent >= 0
        if not is_needless and looks_like_declaration(reader.tokens, reader.at + 1):
            fix = reader.fix("Begin a new line", (token.start, follows.start, "\n"))
            first = f"{follows.text} {reader.token(2).text}"
            reader.say(messages.MISSING_LINE_END, token.start, token.end, fix, found=first)
            reader.put(token._replace(kind="_NL", slip=None))
            return reader.can("_NL")
    if not is_needless:
        return False
    sign = reader.source.text[token.start : token.end]
    fix = reader.fix("Take it out", (token.start, token.end, ""))
    reader.say(
        messages.NEEDLESS_SIGN, token.start, token.end, fix, sign=sign, mend="Take it out."
    )
    if not reader.is_inside and reader.can("_NL") and follows.kind != "$END":
        reader.put(token._replace(kind="_NL", slip=None))
    else:
        reader.at += 1
    return True


def missing_equals(reader: Recovery, token: Token) -> bool:
    """`cfg 1.0`, `loras [a, b]`."""
    name = reader.token(-1)
    if name.kind == "LSQB" and reader.token(-2).kind == "NAME" and reader.can_instead("EQUAL"):
        name = reader.token(-2)
        _say_missing_equals(reader, name)
        bracket = reader.take_back()
        reader.feed("EQUAL", "=", name.end, name.end)
        reader.feed("LSQB", "[", bracket.start, bracket.end)
        return True
    if token.kind not in VALUES or token.indent >= 0 or name.kind not in KEYS:
        return False
    if not reader.can("EQUAL") or not (reader.is_inside or _may_be_value(reader, token)):
        return False
    follows = reader.token(1).kind
    if (token.kind in KEYS and follows == "EQUAL") or (
        token.kind in ("CLASS", "QUOTED") and follows != "LPAR"
    ):
        return False
    if token.slip is None or token.slip.message not in QUOTES:
        _say_missing_equals(reader, name)
    reader.feed("EQUAL", "=", name.end, name.end)
    return True


def _may_be_value(reader: Recovery, token: Token) -> bool:
    """Whether a word behind the name of a declaration is its value: it is called, or an arrow follows."""
    if reader.token(-2).text in ("wan", "use"):
        return False
    return token.kind not in KEYS | {"LBRACE"} or reader.token(1).kind in ("LPAR", "ARROW")


def _say_missing_equals(reader: Recovery, name: Token) -> None:
    fix = reader.fix("Write `=`", (name.end, name.end, " ="))
    reader.say(messages.MISSING_EQUALS, name.start, name.end, fix, name=name.text)


def missing_comma(reader: Recovery, token: Token) -> bool:
    """`cfg = 1.0 shift = 5.0`, `[a b]`."""
    if token.indent >= 0 or not reader.is_inside or not reader.can("_COMMA"):
        return False
    is_setting = token.kind in KEYS and reader.token(1).kind in ("EQUAL", "COLON")
    is_item = token.kind in VALUES and reader.bracket == "LSQB"
    if not (is_setting or is_item or token.kind == "_LET") or not reader.can("_COMMA", token.kind):
        return False
    fix = reader.fix("Write a comma", (reader.last, reader.last, ","))
    reader.say(messages.MISSING_COMMA, token.start, token.end, fix, found=found(token))
    reader.feed("_COMMA", ",", reader.last, reader.last)
    return True


def missing_line_end(reader: Recovery, token: Token) -> bool:
    """Two declarations on one line."""
    if reader.is_inside or not reader.can("_NL"):
        return False
    if not looks_like_declaration(reader.tokens, reader.at):
        return False
    first = f"{token.text} {reader.token(1).text}"
    fix = reader.fix("Begin a new line", (reader.last, token.start, "\n"))
    reader.say(messages.MISSING_LINE_END, token.start, token.end, fix, found=first)
    reader.feed("_NL", "", reader.last, reader.last)
    return True


def division(reader: Recovery, token: Token) -> bool:
    """`7 / 2`."""
    if token.kind != "OTHER" or token.text != "/" or not reader.can("OP"):
        return False
    last, follows = reader.token(-1), reader.token(1)
    is_path = last.end == token.start and token.end == follows.start
    if last.kind == "SAMPLER" or (is_path and follows.kind != "NUMBER"):
        return False
    reader.say(messages.NO_DIVISION, token.start, token.end)
    reader.leave_out()
    return True
