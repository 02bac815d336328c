"""Comments that speak to the linter: `# wan: allow(name)`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from wan22dsl.editor.completion.suggestion import About, Suggestion, Suggestions

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Message
    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.view import View

_DIRECTIVE = re.compile(r"#+\s*(w|wa|wan|wan:\s*(?P<word>[a-z-]*))\Z")
_NAMES = re.compile(r"#+\s*wan:\s*allow(?:-file)?\s*\((?:[^()]*,)?\s*(?P<name>[\w-]*)\Z")

#: What a text with mistakes of syntax has cannot be allowed.
_SYNTAX = "WAN1"

#: What is found in suppressions themselves, also in the one that is being written.
_OF_LINTER = "WAN0"


def suggest(view: View, place: Place) -> Suggestions:
    """What can be written in a comment. In one for people: nothing."""
    names = _NAMES.search(place.written)
    if names is not None:
        end = place.offset + len(re.match(r"[\w-]*", place.text[place.offset :])[0])  # type: ignore[index]
        return Suggestions(_rules(view, place), place.offset - len(names["name"]), end)
    directive = _DIRECTIVE.match(place.written)
    if directive is None or place.behind:
        return Suggestions((), place.offset, place.offset)
    found = tuple(
        Suggestion(
            f"# wan: {word}(…)",
            "word",
            insert=f"# wan: {word}($1) $0",
            detail=detail,
            is_snippet=True,
            again=True,
        )
        for word, detail in (
            ("allow", "suppresses a finding of the statement below, or of this line"),
            ("allow-file", "suppresses a finding of the whole file"),
        )
    )
    return Suggestions(found, place.word.start, place.word.end)


def _rules(view: View, place: Place) -> tuple[Suggestion, ...]:
    """The rules by name: first those that have found something near the place, then those of the file."""
    line = view.source.position(place.offset).line
    near: dict[str, int] = {}
    for finding in view.findings:
        at = finding.span.first.line if finding.span is not None else 0
        distance = abs(at - line)
        near[finding.code] = min(distance, near.get(finding.code, distance))
    far = len(view.source.text)

    def rank(message: Message) -> tuple[bool, int, str]:
        of_linter = message.code.startswith(_OF_LINTER)
        return of_linter, near.get(message.code, far), message.code

    messages = sorted(_allowed(), key=rank)
    return tuple(
        Suggestion(
            message.name,
            "rule",
            detail=f"{message.code}: {message.summary}" if message.summary else message.code,
            about=About("rule", message.code),
        )
        for message in messages
    )


@cache
def _allowed() -> tuple[Message, ...]:
    """What can be suppressed, by its code."""
    from wan22dsl.api.codes import all_messages

    return tuple(
        message for code, message in all_messages().items() if not code.startswith(_SYNTAX)
    )
