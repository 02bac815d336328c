"""What was probably meant by a class name that a catalogue does not know."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass

#: Letters that a name may be away from the class that is meant.
_MOST_APART = 2


def meant_class(name: str, catalogue: Catalogue) -> tuple[str | None, str]:
    """The class that was probably meant, and the bundled version that has the class as it is.

    Nothing else was meant by a class that a pack has.
    """
    elsewhere = version_with(name, catalogue)
    if elsewhere:
        return None, elsewhere
    from wan22dsl.comfyui.catalogue.packs import pack_of

    if pack_of(name) is not None:
        return None, ""
    return _nearly(name, catalogue.names()), ""


def version_with(name: str, catalogue: Catalogue) -> str:
    """The bundled version of ComfyUI that has a class of its own of that name, such as `ComfyUI 0.39`."""
    from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue

    for version in BUNDLED:
        other = open_catalogue(version)
        found = other.get(name) if other.target != catalogue.target else None
        if found is not None and found.pack is None:
            return other.target
    return ""


def version_with_input(node_class: NodeClass, name: str, catalogue: Catalogue) -> str:
    """The newer bundled version whose class of that name has an input that this one lacks."""
    from wan22dsl.comfyui.catalogue.inputs import inputs_of
    from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue

    targets = [f"ComfyUI {version}" for version in BUNDLED]
    if node_class.pack is not None or catalogue.target not in targets:
        return ""
    for version, target in zip(BUNDLED, targets[: targets.index(catalogue.target)]):
        found = open_catalogue(version).get(node_class.name)
        if found is not None and name in inputs_of(found, {name: 0}):
            return target
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
