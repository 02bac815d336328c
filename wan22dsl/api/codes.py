"""All codes, gathered from the packages that own them, and the findings in the examples of messages."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from wan22dsl.api import compiler
from wan22dsl.diagnostics import Message
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic


@cache
def all_messages() -> dict[str, Message]:
    """Every message by its code, sorted. They live in the modules `messages` and in the rules."""
    return {
        message.code: message
        for message in sorted(each_message(), key=lambda message: message.code)
    }


def each_message() -> Iterator[Message]:
    """Every message once, also where two should have the same code."""
    seen: set[int] = set()
    for name in _modules():
        for value in vars(import_module(name)).values():
            if isinstance(value, Message) and id(value) not in seen:
                seen.add(id(value))
                yield value


@cache
def names() -> dict[str, str]:
    """The names of all messages by their codes."""
    return {code: message.name for code, message in all_messages().items()}


def find(word: str) -> Message | None:
    """The message with that code or name, however it is capitalised."""
    for message in all_messages().values():
        if word.lower() in (message.code.lower(), message.name.lower()):
            return message
    return None


def _modules() -> Iterator[str]:
    import wan22dsl

    for module in walk_packages(wan22dsl.__path__, "wan22dsl."):
        if ".messages" in module.name or module.name.startswith("wan22dsl.lint.rules."):
            yield module.name


def answer(message: Message) -> Diagnostic | None:
    """The finding of its own code in the wrong example of a message."""
    found = findings_in(message, message.bad) if message.bad else []
    return next((finding for finding in found if finding.code == message.code), None)


def findings_in(message: Message, text: str) -> list[Diagnostic]:
    """The findings in an example: a file, a part of one with a syntax error, or ComfyUI JSON."""
    is_json = message.good.lstrip().startswith("{")
    ending = "json" if is_json else "bat" if message.good.startswith("@echo") else "wan"
    source = Source(text, f"example.{ending}")
    if message.code.startswith("WAN1"):
        from wan22dsl.language.syntax.parser import parse

        return parse(source)[1]
    from wan22dsl.lint.rules.cost import EXAMPLES_ON
    from wan22dsl.lint.rules.files import EXAMPLES_WITH

    card, models = EXAMPLES_ON.get(message.code), EXAMPLES_WITH.get(message.code)
    found = compiler.check(source, card=card, models=models).diagnostics
    return _allowed(source, found) if message.code.startswith("WAN0") else found


def _allowed(source: Source, found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings that the comments of an example leave, and those about the comments."""
    from wan22dsl.lint.policy.verdict import allowed

    names = {message.code: message.name for message in all_messages().values()}
    return allowed(found, [source], lambda: names).found
