"""What was probably meant by a class name that a catalogue does not know."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import Catalogue

#: Letters that a name may be away from the class that is meant.
_MOST_APART = 2


def meant_class(name: str, catalogue: Catalogue) -> tuple[str | None, str]:
    """The class that was probably meant, and the bundled version that has the class as it is."""
    elsewhere = _elsewhere(name, catalogue)
    if elsewhere:
        return None, elsewhere
    return _nearly(name, catalogue.names()), ""


def _elsewhere(name: str, catalogue: Catalogue) -> str:
    from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue

    for version in BUNDLED:
        other = open_catalogue(version)
        if other.target != catalogue.target and other.get(name) is not None:
            return other.target
    return ""


def _nearly(name: str, known: Iterable[str]) -> str | None:
    """The class with the same letters, without what is in parentheses, or two letters away."""
    squeezed = _squeezed_names(tuple(known))
    for form in (_squeezed(name), _squeezed(name.partition("(")[0])):
        if form in squeezed:
            return squeezed[form]
    from difflib import get_close_matches

    wanted = _squeezed(name)
    alike = [item for item in squeezed if abs(len(item) - len(wanted)) <= _MOST_APART]
    for close in get_close_matches(wanted, alike, n=3, cutoff=0.8):
        if _distance(wanted, close) <= (_MOST_APART if len(close) >= 12 else 1):
            return squeezed[close]
    return None


@lru_cache(maxsize=8)
def _squeezed_names(known: tuple[str, ...]) -> dict[str, str]:
    """The classes by what is left of their names. A file may have thousands of nodes of unknown classes."""
    return {_squeezed(item): item for item in sorted(known, reverse=True)}


def _squeezed(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _distance(text: str, other: str) -> int:
    """How many letters must be changed, added or taken away."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(text, 1):
        before, row[0] = row[0], number
        for at, each in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != each))
    return row[-1]
