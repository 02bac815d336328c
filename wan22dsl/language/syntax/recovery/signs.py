"""Fixes of signs that are wrong, or missing, or too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.recovery.describe import found
from wan22dsl.language.syntax.recovery.outline import looks_like_declaration

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token

VALUES = frozenset("NUMBER STRING NAME SAMPLER CLASS QUOTED LSQB LBRACE LPAR".split())
KEYS = frozenset("NAME CLASS QUOTED".split())
ENDS = frozenset("_NL _COMMA RPAR RSQB RBRACE $END".split())
_STARTS = frozenset("LPAR LSQB LBRACE _NL _COMMA".split())


def wrong_equals(reader: Recovery, token: Token) -> bool:
    """`cfg: 1.0` and `cfg = = 1.0`."""
    last = reader.token(-1)
    if token.kind == "EQUAL" and last.kind == "EQUAL" and reader.can("NUMBER"):
        fix = reader.fix("Write `=`", (last.start, token.end, "="))
        reader.say(messages.WRONG_EQUALS, last.start, token.end, fix, sign="= =")
        reader.at += 1
        return True
    follows = reader.token(1)
    if token.text == "<" and follows.text.startswith("-") and follows.start == token.end:
        if token.indent < 0 and follows.kind == "OP" and reader.can("EQUAL"):
            fix = reader.fix("Write `=`", (token.start, follows.end, "="))
            reader.say(messages.WRONG_EQUALS, token.start, follows.end, fix, sign="<-")
            reader.feed("EQUAL", "=", token.start, follows.end)
            reader.at += 2
            return True
    if token.kind != "COLON" or reader.token(-2).kind == "COLON" or not reader.can("EQUAL"):
        return False
    _feed_equals(reader, token, ":")
    return True


def arrow_for_equals(reader: Recovery, token: Token) -> bool:
    """`cfg => 1.0`, `cfg → 1.0`: what follows can only be a value of a setting."""
    if token.slip is None or token.indent >= 0 or not reader.can("EQUAL"):
        return False
    if reader.token(1).kind not in ("NUMBER", "STRING", "SAMPLER"):
        return False
    _feed_equals(reader, token, token.slip.fields["sign"])
    return True


def _feed_equals(reader: Recovery, token: Token, sign: str) -> None:
    follows, below = reader.token(1), reader.token(2)
    if follows.kind == "_NL" and below.indent > 0 and reader.token(3).kind == "ARROW":
        fix = reader.fix("Write `=`", (reader.last, below.start, " = "))  # `flow:`, and it below
        reader.say(messages.WRONG_EQUALS, token.start, token.start + len(sign), fix, sign=sign)
        reader.feed("EQUAL", "=", token.start, token.end)
        reader.at += 2
        return
    behind = token.end if follows.indent >= 0 or follows.kind in ENDS else follows.start
    fix = reader.fix("Write `=`", (reader.last, behind, " = "))
    reader.say(messages.WRONG_EQUALS, token.start, token.start + len(sign), fix, sign=sign)
    reader.feed("EQUAL", "=", token.start, token.end)
    reader.at += 1


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
            fix = reader.fix("Start a new line", (token.start, follows.start, "\n"))
            first = f"{follows.text} {reader.token(2).text}"
            reader.say(messages.MISSING_LINE_END, token.start, token.end, fix, found=first)
            reader.put(token._replace(kind="_NL", slip=None))
            return reader.can("_NL")
    if not is_needless:
        return False
    sign = reader.source.text[token.start : token.end]
    fix = reader.fix("Remove it", (token.start, token.end, ""))
    reader.say(messages.NEEDLESS_SIGN, token.start, token.end, fix, sign=sign, help="Remove it.")
    if not reader.is_inside and reader.can("_NL") and follows.kind != "$END":
        reader.put(token._replace(kind="_NL", slip=None))
    else:
        reader.at += 1
    return True


def missing_equals(reader: Recovery, token: Token) -> bool:
    """`cfg 1.0`, `loras [a, b]`."""
    name = reader.token(-1)
    if name.kind == reader.last_kind == "LSQB" and reader.can_instead("EQUAL"):
        bracket, name = name, reader.token(-2)
        _say_missing_equals(reader, name)
        reader.take_back()
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
    _say_missing_equals(reader, name)
    reader.feed("EQUAL", "=", name.end, name.end)
    return True


def _may_be_value(reader: Recovery, token: Token) -> bool:
    """Whether a word behind the name of a declaration is its value: it is called, or an arrow follows."""
    if reader.token(-2).text in ("wan", "use", "stage"):
        return False
    if token.kind == "NAME" and "." in token.text:
        return True
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


def division(reader: Recovery, token: Token) -> bool:
    """`7/2`: without spaces only a sampler has a slash."""
    if token.kind != "OTHER" or token.text != "/" or not reader.can("OP"):
        return False
    last, follows = reader.token(-1), reader.token(1)
    is_path = last.end == token.start and token.end == follows.start
    if last.kind == "SAMPLER" or (is_path and follows.kind != "NUMBER"):
        return False
    fix = reader.fix("Write spaces around `/`", (token.start, token.end, " / "))
    meant = f"{last.text} / {follows.text}"
    reader.say(messages.SLASH_WITHOUT_SPACES, token.start, token.end, fix, meant=meant)
    reader.feed("OP", "/", token.start, token.end)
    reader.at += 1
    return True
