"""Allowances: `# wan: allow(name) reason` in a `.wan` text, and the same words in a note of a workflow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.policy import messages, selectors
from wan22dsl.policy.comments import comments
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source

_CALL = re.compile(r"(?P<word>[A-Za-z_-]+)\s*\((?P<names>[^()]*)\)\s*(?P<reason>.*)", re.DOTALL)
_IN_JSON = re.compile(
    r'wan:\s*(?P<word>allow(?:-file)?)\s*\((?P<names>[^()"\\]*)\)\s*(?P<reason>[^"\\]*)'
)

LINE, FILE = "allow", "allow-file"

#: A text that cannot be read is judged in part only, so there is nothing to allow.
_SYNTAX = "WAN1"


class Allowance(NamedTuple):
    """One name that is allowed, in some lines of a source; `last` is None for the whole of it."""

    name: str
    word: str
    span: Span
    first: int
    last: int | None

    def covers(self, one: Diagnostic) -> bool:
        """Whether it allows a finding, which stands in its source."""
        if one.code.startswith(_SYNTAX) or not selectors.matches((self.name,), one.code, one.name):
            return False
        if self.last is None:
            return True
        return one.span is not None and self.first <= one.span.first.line <= self.last


def read(
    source: Source, known_names: Callable[[], Mapping[str, str]]
) -> tuple[list[Allowance], list[Diagnostic]]:
    """The allowances of a source, and what is wrong with them; `known_names` gives all names by code."""
    found: list[Allowance] = []
    told: list[Diagnostic] = []
    for said, span, lines in _said(source):
        call = _CALL.fullmatch(said)
        if call is None or call["word"] not in (LINE, FILE):
            told.append(messages.UNREADABLE_ALLOWANCE.at(span, hint=_hint(call)))
            continue
        names = selectors.split([call["names"]])
        if not names:
            told.append(messages.UNREADABLE_ALLOWANCE.at(span, hint="Name what is allowed."))
        known = known_names()
        for name in names:
            if selectors.is_known(name, known):
                last = None if call["word"] == FILE else lines[1]
                found.append(Allowance(name, call["word"], span, lines[0], last))
            else:
                hint = selectors.hint(name, known)
                told.append(messages.UNKNOWN_ALLOWANCE.at(_name(span, name), name=name, hint=hint))
        known_all = all(selectors.is_known(name, known) for name in names)
        if names and known_all and not call["reason"].strip(" \t-–—:#"):
            listed = ", ".join(names)
            told.append(messages.ALLOWANCE_WITHOUT_REASON.at(span, word=call["word"], names=listed))
    return found, told


def unused(one: Allowance) -> Diagnostic:
    """What to say of an allowance that allows nothing."""
    place = _name(one.span, one.name)
    return messages.UNUSED_ALLOWANCE.at(place, word=one.word, name=one.name, fix=_removed(one))


def _removed(one: Allowance) -> Fix | None:
    """The comment taken away; only where it names nothing else."""
    source, start, end = one.span
    call = _CALL.search(one.span.text)
    if call is None or len(selectors.split([call["names"]])) > 1 or source.text[start] != "#":
        return None
    line = source.text.rfind("\n", 0, start) + 1
    if not source.text[line:start].strip():
        start, end = line, min(end + 1, len(source.text))
    else:
        start = line + len(source.text[line:start].rstrip())
    return Fix("Remove the comment", (Edit(Span(source, start, end), ""),))


def _said(source: Source) -> Iterator[tuple[str, Span, tuple[int, int]]]:
    """What is said to the linter, where, and of which lines."""
    if source.text.lstrip().startswith("{"):
        for span in _in_notes(source):
            said = span.text.partition(":")[2].strip()
            yield f"{FILE}{said[said.index('(') :]}", span, (1, 1)
        return
    for one in comments(source):
        yield one.text, one.span, (one.first, one.last)


def _in_notes(source: Source) -> Iterator[Span]:
    """Where a note of a workflow allows something; the note speaks of the whole file."""
    if "allow" not in source.text:
        return
    import json

    try:
        notes = "\n".join(_notes(json.loads(source.text)))
    except (ValueError, RecursionError):
        return  # whoever reads the file tells what is wrong with it
    for one in _IN_JSON.finditer(source.text):
        if one[0].rstrip() in notes:
            yield Span(source, one.start(), one.start() + len(one[0].rstrip()))


def _notes(value: object) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if one.get("type") in ("Note", "MarkdownNote"):
                texts = one.get("widgets_values")
                if isinstance(texts, list):
                    yield from (text for text in texts if isinstance(text, str))
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _name(span: Span, name: str) -> Span:
    """Where a name stands in the comment."""
    at = span.text.find(name, span.text.find("("))
    return span if at < 0 else Span(span.source, span.start + at, span.start + at + len(name))


def _hint(call: re.Match[str] | None) -> str:
    from wan22dsl.diagnostics import nearest

    if call is not None and (close := nearest(call["word"], (LINE, FILE))):
        return f"Did you mean `{close}({call['names']})`?"
    return (
        "Write `# wan: allow(name) reason`, or `# wan: allow-file(name) reason` for the whole file."
    )
