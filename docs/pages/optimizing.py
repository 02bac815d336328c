"""docs/optimizing.md: what was measured on each card. No bench is part of the project yet."""

from __future__ import annotations

from wan22dsl.report.results import guide


def page() -> str:
    """The guide of no benches: it says of each card that nothing was measured, and how to add one."""
    return guide.page(())
