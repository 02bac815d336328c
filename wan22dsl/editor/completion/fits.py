"""Whether a value of one type can stand where another is wanted, and how well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.program import kinds

if TYPE_CHECKING:
    from wan22dsl.editor.completion.typed import Meaning

#: How well something fits: as it is, after a conversion that happens by itself, perhaps, not at all.
EXACT, CONVERTED, PERHAPS, NOT = range(4)

#: The types that are taken for a type besides it.
_TAKEN: dict[str, frozenset[str]] = {
    "float": frozenset(("int", "FLOAT", "INT")),
    "int": frozenset(("INT",)),
    "frames": frozenset(("seconds", "INT")),
    "fps": frozenset(("FLOAT", "INT")),
    "text": frozenset(("STRING", "COMBO")),
    "bool": frozenset(("BOOLEAN",)),
    "IMAGE": frozenset(("LATENT", "VIDEO", "image", "video")),
    "LATENT": frozenset(("IMAGE",)),
    "AUDIO": frozenset(("audio",)),
    "VIDEO": frozenset(("video", "IMAGE")),
    "INT": frozenset(("int", "frames")),
    "FLOAT": frozenset(("float", "int", "fps", "seconds", "INT")),
    "STRING": frozenset(("text", "COMBO")),
    "COMBO": frozenset(("text", "STRING")),
    "BOOLEAN": frozenset(("bool",)),
    "image": frozenset(("text",)),
    "video": frozenset(("text",)),
    "audio": frozenset(("text",)),
    "steps": frozenset(("int",)),
    "seconds": frozenset(),
}

_FLOWS = frozenset(("pass", "pipeline", "stage"))


def fit(meaning: Meaning, want: str) -> int:
    """How well a value fits a type; the lower, the better."""
    if not want or want == "*":
        return PERHAPS
    if want == "flow":
        return _in_flow(meaning)
    if meaning.kind == "stage" and meaning.takes:
        return NOT  # it waits for a value
    if meaning.kind in ("module", "target", "profile", "bench", "graph", "node"):
        return NOT if meaning.type != want else EXACT
    have = meaning.type
    if not have or have == "*":
        return PERHAPS
    if "," in want:
        return min(fit(meaning, part.strip()) for part in want.split(","))
    if have == want:
        return EXACT
    asset = kinds.ASSETS.get(have)
    if asset is not None:
        return EXACT if asset.socket == want else NOT
    if have.startswith("[") or want.startswith("["):
        return CONVERTED if "list" in (have, want) else NOT
    return CONVERTED if have in _TAKEN.get(want, ()) else NOT


def _in_flow(meaning: Meaning) -> int:
    if meaning.kind in _FLOWS or meaning.type == "flow":
        return EXACT
    if meaning.kind in ("let", "value", "param") and meaning.type in ("", "IMAGE", "LATENT"):
        return CONVERTED
    return NOT


def brings(arrives: str, takes: str) -> int:
    """How well what an arrow brings fits a stage that takes a type."""
    if not takes:
        return NOT
    if takes == "*" or not arrives or arrives == "*":
        return PERHAPS
    if arrives == takes:
        return EXACT
    if {arrives, takes} <= {"IMAGE", "LATENT", "VIDEO"}:
        return CONVERTED
    return NOT
