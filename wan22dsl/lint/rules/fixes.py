"""Fixes: values put in place of others, where what is in the text is the value and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix

if TYPE_CHECKING:
    from wan22dsl.source import Span

#: Numbers as they are written in JSON and in the language.
_UNITS = ("", "f", "fps")


def in_place(span: Span | None, old: str, new: str, *, safe: bool = False) -> Fix | None:
    """`new` for `old`, with the unit that `old` has there; None where the text has something else."""
    if span is None:
        return None
    for unit in _UNITS:
        if span.text == old + unit:
            return Fix(f"Write {new}{unit}", (Edit(span, new + unit),), safe)
    return None


def same_letters(text: str, other: str) -> bool:
    """Whether two words differ only in capitals, blanks and signs: then one surely means the other."""
    return _letters(text) == _letters(other)


def _letters(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())
