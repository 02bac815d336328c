"""The facts of one output, for the tests of what the records say."""

from __future__ import annotations

from typing import Any

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.graph.facts import derive
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link, Node

CATALOGUE = open_catalogue("0.33.0")
CLIP = Facts(frames=81, fps=16.0, width=832, height=1216)
OTHER = Facts(frames=41, fps=16.0, width=640, height=480)
LATENT = Facts(frames=81, fps=16.0, width=832, height=1216, vae=Link("vae", 0))


def of(
    class_name: str, slot: int = 0, known: dict[str, Facts] | None = None, **inputs: Any
) -> Facts:
    """The facts of one output, where `known` are those of its linked inputs, by name."""
    links = {Link(name, 0): facts for name, facts in (known or {}).items()}
    linked = {name: Link(name, 0) for name in known or {}}
    made = Node("node", class_name, {**linked, **inputs})
    return derive(
        made, slot, CATALOGUE.get(class_name), lambda link: links.get(link, NOTHING_KNOWN)
    )


def shape(facts: Facts) -> tuple[int | None, float | None, int | None, int | None]:
    return facts.frames, facts.fps, facts.width, facts.height
