"""How what a pass costs is told in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.lint.rules.wording import number

if TYPE_CHECKING:
    from wan22dsl.graph.cost.estimate import PassCost
    from wan22dsl.graph.cost.formulas import Shape
    from wan22dsl.source import Span


def gib(size_bytes: float) -> str:
    """Bytes as GiB with one digit."""
    return f"{number(round(size_bytes / 2**30, 1))} GiB"


def clip(shape: Shape) -> str:
    """A clip by its size and length: 832x1216x81."""
    return f"{shape.width_px}x{shape.height_px}x{shape.frames}"


def duration(seconds: float) -> str:
    """Seconds as people say them: 12 s, 3.5 min."""
    return f"{round(seconds)} s" if seconds < 120 else f"{number(round(seconds / 60, 1))} min"


def names_of(costs: list[PassCost]) -> list[str]:
    """The names of the passes, each once: a pass that runs in three shots is named once, without a number."""
    from wan22dsl.lint.rules.experts.wording import called

    return list(dict.fromkeys(called(cost.pass_._replace(number=0)) for cost in costs))


def where(cost: PassCost) -> Span | None:
    """Where the length of the clip is written, or else its size, or the pass."""
    from wan22dsl.lint.rules.experts.wording import place

    return place(cost.pass_.conditioning or cost.pass_.node, "length", "width")
