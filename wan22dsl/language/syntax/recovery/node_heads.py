"""Fixes of the heads of `node` declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax import messages, spelling
from wan22dsl.language.syntax.tree import ClassName, Name, Text

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Fix
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token


def marked_input(reader: Recovery, token: Token) -> bool:
    """`node Foo(in images: IMAGE)`: no input is marked, since nothing is brought by an arrow."""
    last = reader.values[-1] if reader.values else None
    if not isinstance(last, Name) or last.text != "in" or last.end != reader.last:
        return False
    if not reader.is_inside or not reader.can_instead(token.kind, "COLON"):
        return False
    fix = reader.fix("Remove `in`", (last.start, token.start, ""))
    where = "in the inputs of a node class"
    help = "Remove it: `_` says in a call where the value of an arrow goes."
    found = "unexpected `in`"
    reader.say(messages.UNREADABLE, last.start, last.end, fix, found=found, where=where, help=help)
    reader.take_back()
    return True


def node_head(reader: Recovery, token: Token) -> bool:
    """`node Foo {` without inputs, `node Foo = …`, and `node "My VFI"(…)`."""
    if reader.is_inside or reader.words_of_declaration() != 2:
        return False
    word, name = reader.values[-2:]
    if not isinstance(word, Name) or word.text != "node":
        return False
    if isinstance(name, ClassName) and token.kind in ("LBRACE", "EQUAL"):
        return _without_inputs(reader, token, name)
    return isinstance(name, Text) and token.kind == "LPAR" and _in_quotes(reader, word, name)


def _without_inputs(reader: Recovery, token: Token, name: ClassName) -> bool:
    help = f"Write its inputs after the name: `node {name.text}(images: IMAGE) -> IMAGE {{ … }}`."
    found, where = f"the node class `{name.text}`", "has no inputs in parentheses"
    fix: Fix | None = None
    if token.kind == "LBRACE":
        fix = reader.fix("Write `()` for none", (name.end, name.end, "()"))._replace(safe=False)
    place = name.start, name.end
    reader.say(messages.UNREADABLE, *place, fix, found=found, where=where, help=help)
    if token.kind == "LBRACE":
        reader.feed("LPAR", "(", name.end, name.end)
        reader.feed("RPAR", ")", name.end, name.end)
    else:
        reader.leave_out()
    return True


def _in_quotes(reader: Recovery, word: Name, name: Text) -> bool:
    parts = spelling.text_parts(name.text)
    plain = "".join(part for part in parts if isinstance(part, str))
    written = spelling.backticks(plain)
    if not plain or "\n" in name.text:
        return False
    fix = reader.fix("Write it in backticks", (name.start, name.end, written))
    reader.say(messages.NAME_WITH_SPACE, name.start, name.end, fix, name=plain)
    reader.take_back()
    reader.take_back()
    reader.feed("NODE", "node", word.start, word.end)
    reader.feed("QUOTED", written, name.start, name.end)
    return True
