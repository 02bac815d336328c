"""What the linter says of the examples that messages give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import compiler
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic, Message


def answer(message: Message) -> Diagnostic | None:
    """The finding of its own code that the wrong example of a message is answered with."""
    found = said(message, message.bad) if message.bad else []
    return next((one for one in found if one.code == message.code), None)


def said(message: Message, text: str) -> list[Diagnostic]:
    """What is said of an example: a file, a part of one with a mistake of syntax, or JSON of ComfyUI."""
    is_json = message.good.lstrip().startswith("{")
    source = Source(text, "example.json" if is_json else "example.wan")
    if message.code.startswith("WAN1"):
        from wan22dsl.syntax.parser import parse

        return parse(source)[1]
    from wan22dsl.rules.cost import EXAMPLES_ON

    found = compiler.check(source, card=EXAMPLES_ON.get(message.code)).diagnostics
    return _allowed(source, found) if message.code.startswith("WAN0") else found


def _allowed(source: Source, found: list[Diagnostic]) -> list[Diagnostic]:
    """What is left when the comments of an example have been heard, and what is said of them."""
    from wan22dsl.cli.codes import all_messages
    from wan22dsl.policy.verdict import allowed

    names = {one.code: one.name for one in all_messages().values()}
    return allowed(found, [source], lambda: names).found
