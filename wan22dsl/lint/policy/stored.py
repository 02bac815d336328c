"""Findings as plain data and back: for results that are kept, and for those from other processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Diagnostic, Edit, Fix, Label, Location, Message, Severity
from wan22dsl.digest import of
from wan22dsl.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    #: A source by its path to show and its place on disk.
    Opened = Callable[[str, str], Source]

#: The parts of a message, see `_message_data`.
_PARTS = 9

_PLAIN = (str, int, float, bool, type(None))


def as_data(found: Iterable[Diagnostic], kinds: dict[str, Any]) -> list[Any]:
    """The findings as data that JSON takes. Their messages are put into `kinds`, each once."""
    return [_finding(finding, kinds) for finding in found]


def from_data(data: Iterable[Any], kinds: Mapping[str, Any], opened: Opened) -> list[Diagnostic]:
    """The findings that the data stand for.

    Raises KeyError, TypeError, ValueError, IndexError, AttributeError for data that nobody could have made
    of findings.
    """
    messages = {code: _message(code, item) for code, item in kinds.items()}
    return [_diagnostic(item, messages, opened) for item in data]


def are_messages(kinds: Any) -> bool:
    """Whether messages that were kept have the shape of messages."""
    return isinstance(kinds, dict) and all(
        isinstance(kind, list)
        and len(kind) == _PARTS
        and all(isinstance(part, str) for part in kind)
        for kind in kinds.values()
    )


def _finding(finding: Diagnostic, kinds: dict[str, Any]) -> list[Any]:
    kind, fields = finding.kind, dict(finding.fields)
    said = _message_data(kind, kind.text, kind.why, kind.help)
    if any(type(value) not in _PLAIN for value in fields.values()):
        # What JSON cannot hold is put into the wording now.
        said, fields = (
            _message_data(kind, *map(_literal, (finding.message, finding.why, finding.help))),
            {},
        )
    key = kind.code
    if kinds.setdefault(key, said) != said:
        key = f"{key} {of(repr(said))}"
        kinds[key] = said
    return [
        key,
        finding.severity.value,
        fields,
        _place(finding.span),
        [[_place(label.span), label.text] for label in finding.related],
        finding.fix
        and [
            finding.fix.title,
            finding.fix.safe,
            [[_place(e.span), e.text] for e in finding.fix.edits],
        ],
        finding.location and list(finding.location),
    ]


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _message_data(kind: Message, text: str, why: str, help: str) -> list[str]:
    examples = [kind.bad, kind.good, kind.source]
    return [kind.name, kind.severity.value, text, why, help, *examples, kind.summary]


def _message(key: str, data: Any) -> Message:
    name, severity, *words = data
    code = key.partition(" ")[0]
    return Message(code, name, Severity(severity), *words)


def _diagnostic(data: Any, messages: Mapping[str, Message], opened: Opened) -> Diagnostic:
    key, severity, fields, place, related, fix, location = data
    labels = tuple(Label(_span(at, opened), _text(text)) for at, text in related)
    help = None
    if fix is not None:
        title, safe, edits = fix
        changes = tuple(Edit(_span(at, opened), _text(text)) for at, text in edits)
        help = Fix(_text(title), changes, safe is True)
    span = None if place is None else _span(place, opened)
    where = None if location is None else Location(*map(_text, location))
    found = Diagnostic(messages[key], span, dict(fields), labels, help, Severity(severity), where)
    _text(
        found.message + found.why + found.help
    )  # raises where the wording does not fit the fields
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _place(span: Span | None) -> list[Any] | None:
    if span is None:
        return None
    source = span.source
    if source.file is None:  # what was on the command line, such as a `--set`
        return [source.path, None, span.start, span.end, source.text]
    return [source.path, os.fspath(source.file), span.start, span.end]


def _span(place: Any, opened: Opened) -> Span:
    path, file, start, end, *text = place
    source = Source(_text(text[0]), _text(path)) if text else opened(_text(path), _text(file))
    if not (type(start) is type(end) is int and 0 <= start <= end <= len(source.text)):
        raise ValueError(place)
    return Span(source, start, end)
