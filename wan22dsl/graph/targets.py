"""What a run is held to: the targets that a pipeline has, as data.

A target is for runs of a certain kind, and limits what such a run may take. Whether a run is of that kind,
and what it took, is known only when it has run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.source import Span

Range = tuple[float, float]


class Limit(NamedTuple):
    """From where to where a value is excellent, and good; None where there is no such grade.

    In seconds, or in bytes for memory. The high ends judge: what lies below a range meets it as well.
    """

    excellent: Range | None
    good: Range | None


class Target(NamedTuple):
    """A `target`. A condition without values holds for every run; else one of its values has to.

    `sizes` are (width, height) in pixels and `lengths` frames, of every pass; `steps` those of the whole
    schedule that a pass runs or shares; `passes` how many there are. `limits` are by their names in the
    language. `is_guide` marks those of the library that rate what has no target of its own.
    """

    name: str
    sizes: tuple[tuple[int, int], ...]
    lengths: tuple[int, ...]
    steps: tuple[int, ...]
    passes: tuple[int, ...]
    limits: Mapping[str, Limit]
    span: Span | None = None
    is_guide: bool = False
