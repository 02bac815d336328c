"""All codes that there are, gathered from the rooms that own them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message

if TYPE_CHECKING:
    from collections.abc import Iterator


def all_messages() -> dict[str, Message]:
    """Every message by its code, sorted. They live in the modules `messages` and in the rules."""
    return {one.code: one for one in sorted(each_message(), key=lambda one: one.code)}


def each_message() -> Iterator[Message]:
    """Every message once, also where two should have the same code."""
    seen: set[int] = set()
    for name in _modules():
        for value in vars(import_module(name)).values():
            if isinstance(value, Message) and id(value) not in seen:
                seen.add(id(value))
                yield value


def find(word: str) -> Message | None:
    """The message with that code or name, however it is capitalised."""
    for message in all_messages().values():
        if word.lower() in (message.code.lower(), message.name.lower()):
            return message
    return None


def _modules() -> Iterator[str]:
    import wan22dsl

    for module in walk_packages(wan22dsl.__path__, "wan22dsl."):
        if module.name.endswith(".messages") or module.name.startswith("wan22dsl.rules."):
            yield module.name
