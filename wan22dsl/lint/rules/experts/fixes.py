"""Fixes of passes: values that change places, and steps that are counted anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.graph.passes.model_chain import LoadedLora, LoadedModel
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.source import Span

_STEPS = r"([0-9]+)\.\.([0-9]+)( of [0-9]+)?"


def exchange(
    title: str, spans: Iterable[tuple[Span | None, Span | None]], *, safe: bool
) -> Fix | None:
    """What is in two places changes places, for each of these pairs; None where one cannot."""
    edits = []
    for span, other in spans:
        if span is None or other is None or span.source is not other.source:
            return None
        if span.start < other.end and other.start < span.end:
            return None
        edits += [Edit(span, other.text), Edit(other, span.text)]
    return Fix(title, tuple(edits), safe) if edits else None


def replace(span: Span | None, old: str, new: str, title: str, *, safe: bool = False) -> Fix | None:
    """`new` for `old`, where the text has exactly that."""
    return Fix(title, (Edit(span, new),), safe) if span is not None and span.text == old else None


def file_span(loaded: LoadedModel | LoadedLora) -> Span | None:
    """Where the name of a file is, as a text of its own; None where it comes from elsewhere."""
    span = loaded.node.spans.get(loaded.input)
    return span if span is not None and span.text == f'"{loaded.file}"' else None


def written(pass_: Pass, name: str) -> Span | None:
    """Where a setting of a pass is written; None where it is not, or comes from elsewhere."""
    place = pass_.settings.places.get(name)
    return None if place is None else place.node.spans.get(place.input)


def model_span(pass_: Pass) -> Span | None:
    """Where the model of a pass is named, by a link or by its declaration."""
    span = written(pass_, "model")
    if span is None or pass_.model is None:
        return None
    asset = pass_.model.node.asset
    named = asset is not None and span.text.rpartition(".")[2] == asset.name
    return span if named or span.text.startswith("[") else None


def other_half(file: str) -> str | None:
    """The name of the file for the other expert; None where the name does not say."""
    found = re.findall(r"high|low", file, flags=re.IGNORECASE)
    if len(found) != 1:
        return None
    word = found[0]
    other = "low" if word.lower() == "high" else "high"
    if word.isupper():
        other = other.upper()
    elif word[0].isupper():
        other = other.capitalize()
    return file.replace(word, other)


def other_file(loaded: LoadedModel | LoadedLora) -> Fix | None:
    """The file of the other expert. That there is such a file is a guess, so it is not a safe fix."""
    other = other_half(loaded.file)
    if other is None:
        return None
    return replace(file_span(loaded), f'"{loaded.file}"', f'"{other}"', f'Write "{other}"')


def steps(pass_: Pass, *, start: int | None = None, end: int | None = None) -> tuple[Edit, ...]:
    """The edits that give a pass other steps; none where they are not written as numbers."""
    edits: dict[Span, str] = {}
    for name, at, value in (("start", 1, start), ("end", 2, end)):
        place = pass_.settings.places.get(name)
        if value is None:
            continue
        span = None if place is None else place.node.spans.get(place.input)
        if span is None or place is None or place.node is not pass_.node:
            return ()  # one node that splits a schedule holds the end of a pass and the start of the next
        text = edits.get(span, span.text)
        written = re.fullmatch(_STEPS, text)
        if written is not None:
            numbers = [written[1], written[2]]
            numbers[at - 1] = str(value)
            edits[span] = f"{numbers[0]}..{numbers[1]}{written[3] or ''}"
        elif re.fullmatch(r"[0-9]+", text):
            edits[span] = str(value)
        else:
            return ()
    return tuple(Edit(span, text) for span, text in edits.items())


def fix_of(title: str, edits: tuple[Edit, ...], *, safe: bool = False) -> Fix | None:
    """A fix of these edits; None where there are none."""
    return Fix(title, edits, safe) if edits else None
