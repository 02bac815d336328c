"""What a cell came to: the values that count, by session, and the reasons of those that do not."""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING, Literal

from wan22dsl.bench import statistics
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wan22dsl.bench.models import Cell, Figures, Reason, Role, RunEnded
    from wan22dsl.bench.store import Stored

State = Literal["measured", "partly", "not measured"]

#: No run takes so many seconds, and no card has so many bytes; what is larger is damaged.
_LARGEST = 1e15

#: A session that gets slower or faster from run to run by more than this is mentioned.
_TREND_PERCENT = 5.0


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


def outcomes(bench: Stored) -> tuple[CellOutcome, ...]:
    """What each cell came to, in the order of the plan."""
    runs: dict[str, list[RunEnded]] = {}
    for run in bench.runs:
        runs.setdefault(run.cell, []).append(run)
    rounds = _rounds(bench)
    failed = {start.number: start.reason for start in bench.sessions}  # the last start of each
    planned: dict[str, list[int]] = {}
    for session in bench.plan.sessions:
        for id in session.cells:
            planned.setdefault(id, []).append(session.number)
    found = []
    for cell in bench.plan.cells:
        own = runs.get(cell.id, [])
        numbers = dict.fromkeys([*planned.get(cell.id, ()), *(run.session for run in own)])
        unstarted = [reason for number in numbers if (reason := failed.get(number)) is not None]
        found.append(_outcome(bench, cell, own, tuple(numbers), unstarted, rounds))
    return tuple(found)


def _rounds(bench: Stored) -> dict[int, int]:
    """The round of each session."""
    starts = {start.number: start.round for start in bench.sessions}
    return starts | {session.number: session.round for session in bench.plan.sessions}


def _outcome(
    bench: Stored,
    cell: Cell,
    runs: Sequence[RunEnded],
    sessions: Sequence[int],
    unstarted: Sequence[Reason],
    rounds: Mapping[int, int],
) -> CellOutcome:
    last = {
        (run.session, run.role, run.number): run for run in runs
    }  # what was repeated counts once
    wrong: dict[str, Reason] = {}
    counted: dict[Role, dict[int, list[dict[str, float]]]] = {
        "measured": {},
        "cold": {},
        "warmup": {},
    }
    seen = set[str]()
    for run in last.values():
        reasons = why_not(run, bench.lost)
        wrong.update((reason.text, reason) for reason in reasons)
        if run.figures is None or reasons or (run.record is not None and run.record in seen):
            continue
        seen.add(run.record or "")
        counted[run.role].setdefault(run.session, []).append(values_of(run.figures))
    wrong.update((reason.text, reason) for reason in unstarted)
    if cell.problem is not None:
        wrong[cell.problem.text] = cell.problem
    warm = counted["measured"]
    whole = bool(sessions) and all(
        len(warm.get(number, ())) >= bench.plan.design.repeat for number in sessions
    )
    state: State = "not measured" if not warm else "measured" if whole else "partly"
    figures = _spreads(warm, rounds)
    notes = tuple(_notes(figures.get("total_s"))) if figures else ()
    return CellOutcome(
        cell,
        state,
        figures,
        _spreads(counted["cold"], rounds),
        tuple(wrong.values()),
        tuple(runs),
        notes,
    )


def why_not(run: RunEnded, lost: Mapping[str, str]) -> tuple[Reason, ...]:
    """Why a run does not count; nothing where it does."""
    from wan22dsl.bench.models import Reason

    if run.reasons:
        return run.reasons
    if run.record is not None and run.record in lost:
        text = f"The record of a run cannot be read ({lost[run.record]}). Measure again."
        return (Reason(cause="incomplete", text=text),)
    if run.figures is None:
        text = "A run has no times. Measure again."
        return (Reason(cause="incomplete", text=text),)
    if not 0 < run.figures.total_s < _LARGEST:
        text = f"A run took {run.figures.total_s:g} s, which cannot be. Measure again."
        return (Reason(cause="incomplete", text=text),)
    return ()


def values_of(figures: Figures) -> dict[str, float]:
    """All figures of a run by name, in their units; what is not known or cannot be is left out."""
    sums = figures.load_s + figures.sampling_s + figures.decode_s + figures.post_s
    found: dict[str, float | None] = {
        "total_s": figures.total_s,
        "sampling_s": figures.sampling_s,
        "load_s": figures.load_s,
        "decode_s": figures.decode_s,
        "post_s": figures.post_s,
        "other_s": max(figures.total_s - sums, 0.0),
        "peak_bytes": figures.peak_bytes,
    }
    for own in figures.passes:
        for key in ("total_s", "load_s", "sampling_s", "step_s", "steps", "decode_s", "peak_bytes"):
            found[f"{own.name}.{key}"] = getattr(own, key)
    for stage in figures.stages:
        found[f"{stage.name}.seconds"] = stage.seconds
    found |= {f"quality.{name}": value for name, value in figures.quality.items()}
    return {
        key: value for key, value in found.items() if value is not None and 0 <= value < _LARGEST
    }


def _spreads(
    counted: Mapping[int, Sequence[Mapping[str, float]]], rounds: Mapping[int, int]
) -> dict[str, Spread]:
    names = dict.fromkeys(key for runs in counted.values() for values in runs for key in values)
    found = {}
    for name in names:
        by_session = {
            number: values
            for number, runs in counted.items()
            if (values := tuple(run[name] for run in runs if name in run))
        }
        found[name] = spread(by_session, rounds)
    return found


def spread(by_session: Mapping[int, Sequence[float]], rounds: Mapping[int, int]) -> Spread:
    """The values of a figure, from those of each session. An unknown session is of round 1."""
    medians = tuple(median(values) for values in by_session.values())
    return Spread(
        tuple(tuple(values) for values in by_session.values()),
        medians,
        fmean(medians),
        tuple(by_session),
        tuple(rounds.get(number, 1) for number in by_session),
    )


def _notes(total: Spread | None) -> Iterator[str]:
    """What is to be known of the values: a single one that is far off, and sessions that drift."""
    if total is None:
        return
    for number, values in zip(total.numbers, total.sessions):
        middle = median(values)
        for place in statistics.outliers(values, statistics.WITHIN):
            percent = 100 * (values[place] / middle - 1)
            yield (
                f"A run of session {number} took {values[place]:.1f} s, {percent:+.0f} % from the median of "
                f"{middle:.1f} s; the median leaves it out."
            )
        if len(values) < 3 or statistics.spread_percent(values) <= _TREND_PERCENT:
            continue
        ordered = sorted(values)
        if ordered in (list(values), list(values)[::-1]) and not statistics.outliers(
            values, statistics.WITHIN
        ):
            how = "slower" if values[-1] > values[0] else "faster"
            yield (
                f"Session {number} got {how} from run to run, from {values[0]:.1f} to {values[-1]:.1f} s: "
                "look at temperature, memory and other programs."
            )


def baseline_of(cells: Iterable[Cell], cell: Cell) -> Cell | None:
    """The baseline that a cell is compared with: the one that has most in common with it.

    Baselines at the first place are compared with none; those at other places with those at the first.
    """
    there = [other for other in cells if other.is_baseline]
    if not there:
        return None
    if cell.is_baseline:
        there = [other for other in there if other.place == there[0].place]
        if cell.place == there[0].place:
            return None
    own = {(value.name, value.value) for value in cell.values}

    def likeness(other: Cell) -> tuple[bool, int, bool]:
        common = sum((value.name, value.value) in own for value in other.values)
        return other.place == cell.place, common, other.profile == cell.profile

    return max(there, key=likeness)  # the first one of those that are alike
