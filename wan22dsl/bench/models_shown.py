"""The shapes of what `wan bench` prints as JSON: its first and last line, `show` and `compare`."""

from __future__ import annotations

from typing import Annotated, Literal, Union

from pydantic import Field

from wan22dsl.bench.models import Plan  # noqa: TC001 - pydantic reads it
from wan22dsl.bench.models_gate import (  # noqa: TC001 - pydantic reads them
    About,
    FactOfCohort,
    Figure,
    PartOfDifference,
    Picture,
)
from wan22dsl.shapes import Count, Seconds, Shape, Text

Word = Literal["faster", "slower", "same", "unclear", "not comparable", "no baseline"]


class TimeOfPlan(Shape):
    """How long runs take."""

    seconds: Annotated[Seconds, Field(description="The part that is known.")]
    runs: Count
    starts: Annotated[Count, Field(description="Starts of ComfyUI.")]
    unknown: Annotated[tuple[Text, ...], Field(description="Cells without an estimate.")]
    without_loading: Annotated[
        tuple[Text, ...], Field(description="Cells whose time to load is not known.")
    ]


class PlanLine(Shape):
    """The first line: the plan, and how long what is left of it takes."""

    line: Literal["plan"]
    plan: Plan
    time: TimeOfPlan
    will_not_start: Annotated[
        dict[Text, Text], Field(description="Number of a session, and why it cannot start now.")
    ]


class ResultLine(Shape):
    """The last line."""

    line: Literal["result"]
    how: Literal["finished", "stopped", "budget", "planned", "not started"]
    folder: Text | None
    exit_code: int
    verdict: Text | None
    not_measured: tuple[Text, ...]
    left_out: Annotated[tuple[Text, ...], Field(description="Cells that the budget left out.")]


PlanOrResult = Annotated[Union[PlanLine, ResultLine], Field(discriminator="line")]


class WhyOfCell(Shape):
    """Why a cell has no figures, or not of all its runs."""

    cause: Text
    text: Text


class ShownCell(Shape):
    """A cell with its figures, in the units that end their names."""

    cell: Text
    figures: Annotated[dict[Text, float], Field(description="The mean of the session medians.")]
    sessions: Annotated[dict[Text, tuple[float, ...]], Field(description="Medians by session.")]
    word: Annotated[Word | None, Field(description="Against the baseline. Null for a baseline.")]
    ratio: float | None
    note: Text
    why: tuple[WhyOfCell, ...]


class ShownBench(Shape):
    """One bench."""

    shown: Annotated[Literal[1], Field(description="Version of this schema.")]
    bench: About
    verdict: Text
    cells: tuple[ShownCell, ...]
    not_measured: tuple[Text, ...]
    recommendations: tuple[Text, ...]
    notes: tuple[Text, ...]
    problems: tuple[Text, ...]


class PointOfHistory(Shape):
    """A bench in a history."""

    path: Text
    made: Text
    value: float


class StepOfHistory(Shape):
    """From a bench on a cell is lastingly slower or faster."""

    since: Annotated[Text, Field(description="Path of the first bench that is.")]
    before: float
    now: float
    percent: float
    changed: tuple[FactOfCohort, ...]
    parts: tuple[PartOfDifference, ...]


class CellOfHistory(Shape):
    """A cell over time, the oldest bench first."""

    cell: Text
    values: tuple[PointOfHistory, ...]
    steps: tuple[StepOfHistory, ...]
    not_comparable_with_before: tuple[FactOfCohort, ...]


class ShownHistory(Shape):
    """Several benches."""

    history: Annotated[Literal[1], Field(description="Version of this schema.")]
    figure: Text
    cells: tuple[CellOfHistory, ...]


Shown = Union[ShownBench, ShownHistory]


class ComparedCell(Shape):
    """A cell in both benches."""

    cell: Text
    word: Word
    change: Annotated[Figure | None, Field(description="Null if it is not comparable.")]
    parts: tuple[PartOfDifference, ...]
    not_comparable: tuple[FactOfCohort, ...]
    differences: tuple[FactOfCohort, ...]
    unknown: tuple[FactOfCohort, ...]
    note: Text
    why: tuple[WhyOfCell, ...]
    picture: Picture | None


class ComparisonOfBenches(Shape):
    """Two benches."""

    comparison: Annotated[Literal[1], Field(description="Version of this schema.")]
    before: About
    now: About
    cells: tuple[ComparedCell, ...]
    machines: Annotated[
        tuple[Text, ...], Field(description="What differs in the machines, as lines for people.")
    ]
