"""Fixes of profiles: entries of `flags` and `env` removed, packages added."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.comfyui.starting.profile import Flag, Profile, Variable

_COMMA_AFTER = re.compile(r"[ \t]*,[ \t]*")
_COMMA_BEFORE = re.compile(r",[ \t]*\Z")
_BLANKS = " \t"


def without(entry: Flag | Variable, *, safe: bool = True) -> Fix | None:
    """The entry removed, with its comma or its line; None where it is not written by itself."""
    if entry.name_span is None or entry.span is None:
        return None
    source = entry.name_span.source
    if entry.span.source is not source:
        return None
    start, end = entry.name_span.start, max(entry.name_span.end, entry.span.end)
    if _is_in_launcher(entry):
        return None
    return Fix(
        f"remove `{entry.name_span.text}`",
        (Edit(_entry(source.text, start, end, entry.name_span), ""),),
        safe,
    )


def _is_in_launcher(entry: Flag | Variable) -> bool:
    """Whether an entry is one of a command line or of a script."""
    assert entry.name_span is not None
    return not entry.name_span.source.path.endswith((".wan", ">"))


def _entry(text: str, start: int, end: int, span: Span) -> Span:
    """An entry with what separates it from the others."""
    after = _COMMA_AFTER.match(text, end)
    if after is not None:
        return Span(span.source, start, after.end())
    before = _COMMA_BEFORE.search(text, 0, start)
    if before is not None:
        return Span(span.source, before.start(), end)
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    if not text[first:start].strip(_BLANKS) and not text[end:last].strip(_BLANKS):
        return Span(span.source, first, min(last + 1, len(text)))
    if text[:start].rstrip(_BLANKS).endswith("{") and text[end:].lstrip(_BLANKS).startswith("}"):
        start, end = (
            len(text[:start].rstrip(_BLANKS)),
            end + len(text[end:]) - len(text[end:].lstrip(_BLANKS)),
        )
    return Span(span.source, start, end)


def with_package(profile: Profile, name: str) -> Fix | None:
    """The package added to the profile's own list, or in a list behind its flags."""
    title = f'add "{name}" to `packages`'
    written = profile.packages_span
    if written is not None and profile.packages:
        if not written.text.endswith("]"):
            return None
        end = Span(written.source, written.end - 1, written.end - 1)
        return Fix(title, (Edit(end, f', "{name}"'),))
    flags = profile.flags_span
    if written is not None or flags is None or profile.span is None:
        return None
    if flags.source is not profile.span.source:
        return None
    text = flags.source.text
    first = text.rfind("\n", 0, flags.start) + 1
    indent = text[first : flags.start]
    joined = f"\n{indent}" if not indent.strip(_BLANKS) else ", "
    end = Span(flags.source, flags.end, flags.end)
    return Fix(title, (Edit(end, f'{joined}packages = ["{name}"]'),))


def in_words(span: Span | None, written: str, new: str, *, safe: bool) -> Fix | None:
    """`new` in place of what is written, where it is written just so."""
    if span is None or span.text != written:
        return None
    return Fix(f"write `{new}`", (Edit(span, new),), safe)
