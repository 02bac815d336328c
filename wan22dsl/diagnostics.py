"""What we have to say about a text, as plain data.

A `Message` says what one code means, once for all: its name, its severity, the wording, why it matters,
what to do, and an example of each kind. A `Diagnostic` is one finding: a message, a place and the
fields of its wording. How it is shown is the business of `report/`.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan22dsl.escapes import one_line
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.source import Span


class Severity(str, Enum):
    """How bad it is: it cannot be right, it runs badly, it is a matter of taste or of information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Label(NamedTuple):
    """Another place that belongs to a finding, and what it has to do with it."""

    span: Span
    text: str


class Edit(NamedTuple):
    """A change of text: what is in `span` becomes `text`."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A fix. A safe one means what was meant; one that is not safe may change the video."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


class Location(NamedTuple):
    """Where a finding on ComfyUI JSON is, besides its place in the text.

    `pointer` is the JSON pointer of the value (RFC 6901). `node` is the id of the node, with the ids of the
    subgraphs that it is in (`57:12`); with its class, its title and the input. What does not apply is empty.
    """

    pointer: str
    node: str = ""
    class_name: str = ""
    title: str = ""
    input: str = ""


class Message(NamedTuple):
    """What one code means. `text`, `why` and `help` are wordings with `{fields}`.

    `summary` is what is wrong in every finding of this code: a sentence of at most 15 words, without
    fields and without a period, for lists of codes and for the rules of a report.
    """

    code: str
    name: str
    severity: Severity
    text: str
    why: str
    help: str = ""
    bad: str = ""
    good: str = ""
    source: str = ""
    summary: str = ""

    def at(
        self,
        span: Span | None,
        *,
        related: Iterable[Label] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
        **fields: Any,
    ) -> Diagnostic:
        """A finding of this kind, at a place (None: it concerns the whole run)."""
        return Diagnostic(self, span, fields, tuple(related), fix, severity or self.severity)


class Diagnostic(NamedTuple):
    """One finding. Two findings of one code at one place are the same finding.

    `location` is set for findings on ComfyUI JSON.
    """

    kind: Message
    span: Span | None
    fields: Mapping[str, Any] = MappingProxyType({})
    related: tuple[Label, ...] = ()
    fix: Fix | None = None
    severity: Severity = Severity.ERROR
    location: Location | None = None

    @property
    def code(self) -> str:
        """The code, such as `WAN201`."""
        return self.kind.code

    @property
    def name(self) -> str:
        """The name, such as `unknown-name`."""
        return self.kind.name

    @property
    def message(self) -> str:
        """What is wrong, in a sentence."""
        return self.kind.text.format(**_in_one_line(self.fields))

    @property
    def why(self) -> str:
        """Why it matters."""
        return self.kind.why.format(**_in_one_line(self.fields))

    @property
    def help(self) -> str:
        """What to do about it; empty where nothing can be said."""
        return self.kind.help.format(**_in_one_line(self.fields))

    @property
    def is_error(self) -> bool:
        """Whether nothing may be compiled or run because of it."""
        return self.severity is Severity.ERROR


def _in_one_line(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What files and servers call things, so that no name forges a line of a message."""
    return {
        name: one_line(value) if isinstance(value, str) else value for name, value in fields.items()
    }


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them is an error."""
    return any(finding.is_error for finding in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each finding once, by file and place, those without a place first."""
    seen: dict[tuple[Any, ...], Diagnostic] = {}
    for finding in diagnostics:
        if finding.span is None:
            key: tuple[Any, ...] = ("", -1, -1, finding.code, finding.message)
        else:
            key = (
                finding.span.source.path,
                finding.span.start,
                finding.span.end,
                finding.code,
                finding.message,
            )
        seen.setdefault(key, finding)
    return [seen[key] for key in sorted(seen)]


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or None when none is close."""
    from difflib import get_close_matches  # only where something is wrong

    names = sorted(set(candidates))
    lowered = {name.lower(): name for name in reversed(names)}
    if word.lower() in lowered:
        return lowered[word.lower()]
    found = get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[found[0]] if found else None
