"""Codes and names of rules in comments that speak to the linter."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from wan22dsl.editor.hovers.markdown import Hover, code, paragraphs, prose

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Message
    from wan22dsl.editor.view import View

_DIRECTIVE = re.compile(r"#+\s*(wan:|lint:)")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def at(view: View, start: int, end: int, offset: int) -> Hover | None:
    """The rule that a comment names at an offset."""
    text = view.source.text
    if _DIRECTIVE.match(text, start, end) is None:
        return None
    for word in _WORD.finditer(text, start, end):
        if word.start() <= offset <= word.end():
            message = _rules().get(word[0])
            return None if message is None else Hover(told(message), word.start(), word.end())
    return None


@cache
def _rules() -> dict[str, Message]:
    """Every rule by its code and by its name."""
    from wan22dsl.api.codes import all_messages

    found = all_messages()
    return {**found, **{message.name: message for message in found.values()}}


def told(message: Message) -> str:
    """A rule: its code and name, what is wrong, why it matters."""
    why = "" if "{" in message.why else message.why
    return paragraphs(
        f"**{message.code}** {code(message.name)}: {message.severity.value}",
        prose(message.summary + "." if message.summary else ""),
        prose(why),
    )
