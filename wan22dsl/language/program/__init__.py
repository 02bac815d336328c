"""Names, modules, parameters, types and units: what a file declares, before anything is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.lazy import offered

if TYPE_CHECKING:
    from wan22dsl.language.program.program import Program, load_program

__all__ = ["Program", "load_program"]


def __getattr__(name: str) -> Any:
    """Imports an offered name when it is first used."""
    return offered(__name__, {"program": "Program load_program"}, name)
