"""Tokens in words, for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.reader import Reader
    from wan22dsl.language.syntax.recovery.tokens import Token

_LONGEST = 24
_NUMBER, _TEXT = "the number `{}`", "the string `{}`"
_SHOWN = {"NUMBER": _NUMBER, "STRING": _TEXT}

# What could stand in a place, in the order of telling.
_EXPECTED = {
    "EQUAL": "`=`",
    "COLON": "`:`",
    "LPAR": "`(`",
    "LBRACE": "`{`",
    "NUMBER": "a value",
    "CLASS": "a type",
    "NAME": "a name",
    "ARROW": "`->`",
    "_COMMA": "a comma",
    "_NL": "a line break",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
}


def found(token: Token) -> str:
    """What stands in the file."""
    if token.kind == "$END":
        return "the end of the file"
    if token.kind == "_NL":
        return "the end of the line"
    text = token.text.split("\n")[0]
    if token.kind == "SURPLUS" and token.slip is not None:
        text = str(token.slip.fields["bracket"])
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return _SHOWN.get(token.kind, "`{}`").format(text)


def unexpected(token: Token) -> str:
    """A token that has no meaning in its place: `unexpected number `2``."""
    return "unexpected " + found(token).removeprefix("the ")


def where(reader: Reader) -> str:
    """The place of the token that is to be read next."""
    last = reader.token(-1)
    if reader.at == 0 or last.kind == "_NL":
        return "at the start of a line" if reader.token().indent >= 0 else "here"
    return f"after {found(last)}"


def expected(reader: Reader) -> str:
    """What could stand there."""
    could = [words for kind, words in _EXPECTED.items() if reader.can(kind)]
    for more, less in (("a value", "a type"), ("a value", "a name"), ("a type", "a name")):
        if more in could and less in could:
            could.remove(less)
    help = ""
    if could:
        several = ", ".join(could[:-1])
        help = f"Expected {several} or {could[-1]}." if several else f"Expected {could[0]}."
    words = ("NAME", "CLASS", "OTHER", "MEMBER", "SAMPLER")
    if reader.is_inside and reader.token().kind in words:
        help += " Strings use double quotes."
    return help.strip()
