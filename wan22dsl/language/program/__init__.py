"""Names, modules, parameters, types and units: what a file declares, before anything is built."""

from __future__ import annotations

from wan22dsl.language.program.program import Program, load_program

__all__ = ["Program", "load_program"]
