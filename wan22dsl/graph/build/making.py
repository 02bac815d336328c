"""Puts a builder together: its parts call each other through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import evaluate, fitting, flows
from wan22dsl.graph.build.builder import Builder, Parts

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.language.program.program import Program

_PARTS = Parts(evaluate.value, evaluate.named, evaluate.force, fitting.fit, flows.give, flows.into)


def new_builder(
    program: Program,
    catalogue: Catalogue,
    *,
    merge: bool = True,
    lenient: bool = False,
    abstract: bool = False,
) -> Builder:
    """A builder that has made nothing yet; what it takes is described at `Builder`."""
    return Builder(program, catalogue, _PARTS, merge=merge, lenient=lenient, abstract=abstract)
