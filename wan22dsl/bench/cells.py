"""What a cell came to: the values that count, by session, and the reasons of those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.bench.models import Cell, Reason, RunEnded

State = Literal["measured", "partly", "not measured"]


class Spread(NamedTuple):
    """The values of one figure of a cell, by session, in the figure's unit.

    `value` is the mean of the medians; `numbers` and `rounds` are those of the sessions.
    """

    sessions: tuple[tuple[float, ...], ...]
    medians: tuple[float, ...]
    value: float
    numbers: tuple[int, ...] = ()
    rounds: tuple[int, ...] = ()


class CellOutcome(NamedTuple):
    """A cell with its warm runs (`figures`) and its cold ones (`cold`), by figure: `total_s`, `sampling_s`,
    `load_s`, `decode_s`, `post_s`, `other_s`, `peak_bytes`; of a pass `high.step_s`, `high.total_s`, …, and
    of a stage `rife.seconds`.

    `runs` are all of its runs; `reasons` why some or all of them do not count, each once; `notes` what else
    is to be known, such as an outlier.
    """

    cell: Cell
    state: State
    figures: Mapping[str, Spread]
    cold: Mapping[str, Spread]
    reasons: tuple[Reason, ...]
    runs: tuple[RunEnded, ...]
    notes: tuple[str, ...] = ()
