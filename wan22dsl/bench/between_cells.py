"""A cell and its baseline: by how much it differs, which word may be said of that, where it comes from."""

from __future__ import annotations

from statistics import fmean, median_low
from typing import TYPE_CHECKING, Literal

from wan22dsl.bench import statistics
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wan22dsl.bench.cells import CellOutcome, Spread
    from wan22dsl.bench.models import Cell, Design

Word = Literal["faster", "slower", "same", "unclear", "not comparable", "no baseline"]

#: FastVideo's floors (docs/contributing/performance_benchmarks.md): half as much for a part of the run as for
#: the whole, and 256 MB for memory.
_PART_OF_FLOOR = 0.5
_FLOOR_BYTES = 256 * 1024**2

#: Where nothing below this can be seen, nothing is called the same.
_BLIND_PERCENT = 8.0

#: Parts of a difference below it are not listed, and those below this share are not worth a word.
_LEAST_PART_S = 0.05
_LEAST_SHARE = 0.15

_OF_QUALITY = "A figure of quality is neither faster nor slower: look at the values and the videos."

#: What a difference is made of: the last part of a figure's name, and the word for it.
_PARTS = {"sampling_s": "sampling", "load_s": "load", "decode_s": "decode", "seconds": ""}


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

    @property
    def percent(self) -> float | None:
        """How much more than the baseline, in percent."""
        return None if self.ratio is None else 100 * (self.ratio - 1)

    @property
    def is_close(self) -> bool:
        """Whether a second round has to decide."""
        return self.word == "unclear"


class _Pair(NamedTuple):
    """The medians of two cells: of the rounds that both have, or of all sessions (not `by_round`).

    `same_session`: they are of one session. `spread_percent` is how much the runs of a session differ.
    """

    left: tuple[float, ...]
    right: tuple[float, ...]
    spread_percent: float
    same_session: bool = False
    by_round: bool = True

    @property
    def percents(self) -> list[float]:
        """The difference in each round."""
        return [100 * (left / right - 1) for left, right in zip(self.left, self.right)]


def compare(
    own: CellOutcome,
    baseline: CellOutcome | None,
    figure: str,
    design: Design,
    *,
    simulated: tuple[bool, bool] = (False, False),
    same_bench: bool = True,
) -> Comparison:
    """A figure of a cell against that of its baseline.

    `simulated` is for the cell and for the baseline. Cells of two benches (`same_bench` false) have no rounds
    in common: then all sessions of both count.
    """
    if baseline is None:
        note = "The bench has no baseline."
        return Comparison(own.cell, None, figure, None, None, "no baseline", None, note=note)
    missing = _missing(own, baseline, figure, simulated)
    if missing is not None:
        word, note = missing
        return Comparison(
            own.cell,
            baseline.cell,
            figure,
            None,
            None,
            word,
            None,
            note=note,
            simulated=any(simulated),
        )
    left, right = own.figures[figure], baseline.figures[figure]
    pair = _paired(left, right) if same_bench else _unpaired(left, right)
    if not pair.left:
        note = "They were never measured in the same round. Resume the bench with `--resume`."
        return Comparison(own.cell, baseline.cell, figure, None, None, "unclear", None, note=note)
    value, base = fmean(pair.left), fmean(pair.right)
    rounds = min(len(pair.left), len(pair.right))
    repeat = min(len(values) for item in (left, right) for values in item.sessions)
    noise = statistics.noise_of((left.sessions, right.sessions))
    smallest = statistics.smallest_percent(noise, rounds, repeat, same_session=pair.same_session)
    comparison = Comparison(
        own.cell,
        baseline.cell,
        figure,
        value / base if base else None,
        value - base,
        "same",
        smallest,
        parts=_parts(own, baseline, same_bench) if figure == "total_s" else (),
        value=value,
        baseline_value=base,
        rank_p=statistics.rank_p(*(_all(item) for item in (left, right))),
        simulated=any(simulated),
    )
    if figure.startswith("quality."):
        return comparison._replace(word="not comparable", parts=(), note=_OF_QUALITY)
    word, note = _judged(comparison, pair, design, floor_of(figure, own, design))
    notes = [note, *_remarks(own, baseline)]
    text = " ".join(filter(None, notes))
    if any(simulated) and any(letter.isdigit() for letter in text):
        text = f"Simulated: {text}"
    return comparison._replace(word=word, note=text)


def floor_of(figure: str, own: CellOutcome, design: Design) -> float:
    """What a difference is at least, in the unit of the figure, whatever it is in percent."""
    if figure == "total_s":
        return design.threshold_s
    if figure.endswith("peak_bytes"):
        return _FLOOR_BYTES
    floor_s = design.threshold_s * _PART_OF_FLOOR
    steps = own.figures.get(f"{figure.removesuffix('.step_s')}.steps")
    if figure.endswith(".step_s") and steps is not None:
        return floor_s / max(steps.value, 1)  # of all steps together
    return floor_s


def _missing(
    own: CellOutcome, baseline: CellOutcome, figure: str, simulated: tuple[bool, bool]
) -> tuple[Word, str] | None:
    """Why two cells cannot be compared."""
    if simulated[0] != simulated[1]:
        return "not comparable", "One of them is simulated and the other one is real."
    if figure not in own.figures:
        return "not comparable", _why(own, figure)
    unknown = {*own.cell.not_simulated} ^ {*baseline.cell.not_simulated}
    if unknown:
        return "not comparable", _not_simulated(own, baseline, unknown)
    if figure not in baseline.figures:
        return "no baseline", f"The baseline `{baseline.cell.id}`: {_why(baseline, figure)}"
    return None


def _not_simulated(own: CellOutcome, baseline: CellOutcome, unknown: Collection[str]) -> str:
    """That a simulation does not know what the profiles of two cells differ in."""
    both = dict.fromkeys((*own.cell.not_simulated, *baseline.cell.not_simulated))
    named = ", ".join(f"`{each}`" for each in both if each in unknown)
    return (
        f"The simulation does not know what {named} changes. Measure it on a real ComfyUI: "
        "`--comfyui NAME`."
    )


def _why(own: CellOutcome, figure: str) -> str:
    if own.figures:
        return f"It has no {figure}."
    return own.reasons[0].text if own.reasons else "It was not measured yet."


def _paired(left: Spread, right: Spread) -> _Pair:
    """The medians of the rounds that both cells have: what drifts then does so for both."""
    of_left, of_right = (dict(zip(item.rounds, item.medians)) for item in (left, right))
    numbers = [dict(zip(item.rounds, item.numbers)) for item in (left, right)]
    both = [number for number in of_left if number in of_right]
    return _Pair(
        tuple(of_left[number] for number in both),
        tuple(of_right[number] for number in both),
        _spread_percent(left, right),
        same_session=all(numbers[0][number] == numbers[1][number] for number in both),
    )


def _unpaired(left: Spread, right: Spread) -> _Pair:
    return _Pair(left.medians, right.medians, _spread_percent(left, right), by_round=False)


def _spread_percent(*spreads: Spread) -> float:
    """The median over all sessions: a single outlier does not count."""
    ranges = [statistics.spread_percent(values) for each in spreads for values in each.sessions]
    return median_low(ranges)


def _judged(comparison: Comparison, pair: _Pair, design: Design, floor: float) -> tuple[Word, str]:
    """The word, and why it is no other one."""
    percent, difference = comparison.percent, comparison.difference
    assert difference is not None
    word: Word = "slower" if difference > 0 else "faster"
    is_decided = len(pair.left) > 1 and len(pair.right) > 1
    if abs(difference) <= floor:
        large = percent is not None and abs(percent) > design.threshold_percent
        return "same", f"The difference is {percent:+.0f} %, but tiny." if large else ""
    if percent is None:
        return (word if is_decided else "unclear"), "The baseline has nothing of it."
    least = max(design.suspicious_percent, statistics.FLOOR_PERCENT)
    if abs(percent) <= (least if is_decided else design.suspicious_percent):
        return _same(pair, comparison.smallest_percent or 0.0)
    if not is_decided:
        return "unclear", (
            "One session does not decide it: a second round is missing. Resume with `--resume`."
        )
    if abs(percent) <= pair.spread_percent:
        return "unclear", (
            f"The runs of a session differ by {pair.spread_percent:.0f} %, more than the cells do."
        )
    if not _agree(pair, percent, design):
        return "unclear", f"The sessions disagree: {_rounds_in_words(pair)}."
    if abs(percent) <= design.threshold_percent:
        return "unclear", f"It is too close to {design.threshold_percent:g} % to decide."
    return word, ""


def _same(pair: _Pair, smallest: float) -> tuple[Word, str]:
    """Next to no difference is none only where one could have been seen."""
    if pair.spread_percent > _BLIND_PERCENT:
        return "unclear", f"The runs of a session differ by {pair.spread_percent:.0f} %."
    if smallest > _BLIND_PERCENT:
        return (
            "unclear",
            f"The sessions differ so much that nothing below {smallest:.0f} % can be seen.",
        )
    return "same", ""


def _agree(pair: _Pair, percent: float, design: Design) -> bool:
    """Whether all rounds point in one direction, and none of them is much further off than the others.

    Sessions of two benches have no rounds in common: they agree where they do not overlap.
    """
    if not pair.by_round:
        return max(pair.left) < min(pair.right) or max(pair.right) < min(pair.left)
    each = pair.percents
    if min(each) < 0 < max(each):
        return False
    apart = (max(each) - min(each)) / 2
    return apart <= max(abs(percent) / 2, design.threshold_percent)


def _rounds_in_words(pair: _Pair) -> str:
    if not pair.by_round:
        return "some of the one bench are faster and some slower than those of the other"
    return ", ".join(f"{percent:+.1f} % in round {n}" for n, percent in enumerate(pair.percents, 1))


def _parts(own: CellOutcome, baseline: CellOutcome, same_bench: bool) -> tuple[Part, ...]:
    """By pass and stage, what the one takes longer than the other, the largest first."""
    names = dict.fromkeys([*own.figures, *baseline.figures])
    found = []
    for figure in names:
        name, _, key = figure.rpartition(".")
        if not name or key not in _PARTS:
            if figure != "other_s":
                continue
            name, key = "text, image and the rest", "other_s"
        value, base = _both(own, baseline, figure, same_bench)
        difference = (value or 0.0) - (base or 0.0)
        if abs(difference) < _LEAST_PART_S:
            continue
        steps: tuple[float | None, float | None] = (None, None)
        if key == "sampling_s":
            steps = _both(own, baseline, f"{name}.step_s", same_bench)
        found.append(Part(name, _PARTS.get(key, ""), difference, value, base, *steps))
    return tuple(sorted(found, key=lambda part: -abs(part.difference)))


def _both(
    own: CellOutcome, baseline: CellOutcome, figure: str, same_bench: bool
) -> tuple[float | None, float | None]:
    """A figure of both, from the rounds that they have in common."""
    left, right = own.figures.get(figure), baseline.figures.get(figure)
    if left is None or right is None or not same_bench:
        return left and left.value, right and right.value
    pair = _paired(left, right)
    return (fmean(pair.left), fmean(pair.right)) if pair.left else (left.value, right.value)


def parts_in_words(comparison: Comparison, most: int = 2) -> str:
    """Where a difference comes from: `high +6.1 s of +7.0 s: its step 3.70 → 4.31 s`; empty for none."""
    if comparison.difference is None:
        return ""
    # What goes the other way explains nothing of it.
    sign = 1 if comparison.difference > 0 else -1
    parts = [part for part in comparison.parts if part.difference * sign > 0]
    said: list[str] = []
    for part in parts[:most]:
        if abs(part.difference) < _LEAST_SHARE * abs(comparison.difference):
            break
        name = f"{part.name} {part.what}".rstrip()
        own = f"{name} {part.difference:+.1f} s"
        if not said:
            own += f" of {comparison.difference:+.1f} s"
        if part.step_s is not None and part.baseline_step_s is not None:
            own += f": its step {part.baseline_step_s:.2f} → {part.step_s:.2f} s"
        elif part.value is None:
            own += ", which is left out"
        elif part.baseline_value is None:
            own += ", which the baseline does not have"
        said.append(own)
    return "; ".join(said)


def _remarks(own: CellOutcome, baseline: CellOutcome) -> list[str]:
    """What is to be known of a comparison, whatever its word."""
    found = []
    if own.cell.workload != baseline.cell.workload:
        found.append(
            f"They make different videos: {own.cell.workload or 'unknown'}, and "
            f"{baseline.cell.workload or 'unknown'}."
        )
    for each in (own, baseline):
        if each.state == "partly":
            why = each.reasons[0].text if each.reasons else "Some of its runs are missing."
            found.append(f"`{each.cell.id}` was measured in part: {why}")
    return found


def _all(spread: Spread) -> Sequence[float]:
    return [value for values in spread.sessions for value in values]
