"""A cell and its baseline: by how much it differs, which word may be said of that, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.bench.models import Cell

Word = Literal["faster", "slower", "same", "unclear", "not comparable", "no baseline"]


class Part(NamedTuple):
    """What a pass or a stage contributes to a difference. `name` is the pass or the stage, `what` its part
    (`sampling`, `load`, `decode`; empty for a stage). Null where the one or the other does not have it.

    `step_s` and `baseline_step_s` are the median steps, where `what` is the sampling.
    """

    name: str
    what: str
    difference: float
    value: float | None
    baseline_value: float | None
    step_s: float | None = None
    baseline_step_s: float | None = None


class Comparison(NamedTuple):
    """A cell against its baseline. `difference` is in the unit of the figure, seconds or bytes.

    `ratio` is `value / baseline_value`: the means of the session medians of those rounds that both have.
    `smallest_percent` is the smallest difference that can be told from noise here. `parts` are in seconds,
    the largest first, for `total_s` only. `note` is for people, a sentence or more. `rank_p` is extra, the
    exact one-sided rank test over all runs; no word depends on it. `simulated`: so are the numbers.
    """

    cell: Cell
    baseline: Cell | None
    figure: str
    ratio: float | None
    difference: float | None
    word: Word
    smallest_percent: float | None
    parts: tuple[Part, ...] = ()
    note: str = ""
    value: float | None = None
    baseline_value: float | None = None
    rank_p: float | None = None
    simulated: bool = False
