"""The gate: whether a bench is worse than its baseline. Percent and absolute floor must both be exceeded.

States: PASS, REGRESSION, NO_BASELINE (passes, and never becomes a baseline by itself) and NOT_COMPARABLE.
After FastVideo's gate (docs/contributing/performance_benchmarks.md), whose RECIPE_MISMATCH and INFRA_ERROR
are NOT_COMPARABLE here, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.bench import between_benches, cohort, pictures, units
from wan22dsl.bench.measured import pairs
from wan22dsl.errors import CommandError
from wan22dsl.escapes import in_command
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.bench.between_benches import Change, Part
    from wan22dsl.bench.cohort import Fact
    from wan22dsl.bench.measured import Measured, MeasuredCell, Pair
    from wan22dsl.bench.pictures import Picture
    from wan22dsl.bench.units import Limit

State = Literal["PASS", "REGRESSION", "NO_BASELINE", "NOT_COMPARABLE"]

#: The worst first.
ORDER: tuple[State, ...] = ("REGRESSION", "NOT_COMPARABLE", "NO_BASELINE", "PASS")

#: A commit changes the recipe: that is what the gate is for.
MAY_DIFFER = ("recipe",)

#: What is gated where no figure is named.
FIGURES = ("total_s", "peak_bytes")

#: Causes that a commit or an update can bring about. The others are of the machine at that moment.
_REGRESSIONS = {
    *("does not compile", "out of memory", "fell back", "stuck", "server died", "failed"),
    *("broken video",),
}


class Options(NamedTuple):
    """What is gated. `limits` has those that the user set; `picture_limits` those of `pictures.LIMITS`.

    A picture that changed makes a regression only beyond such a limit: it may be as good as before.
    """

    figures: tuple[str, ...] = FIGURES
    limits: Mapping[str, Limit] = {}
    may_differ: tuple[str, ...] = MAY_DIFFER
    picture_limits: Mapping[str, float] = {}

    def limit(self, figure: str) -> Limit:
        """What a figure may differ. Raises CommandError where only the user knows it."""
        found = self.limits.get(figure) or units.limit_of(figure)
        if found is None:
            raise CommandError(
                f"--figure {figure}: no default limit is known; set --threshold or --floor"
            )
        return found


class GatedCell(NamedTuple):
    """A cell. `reasons` say why it is in its state, one sentence each."""

    id: str
    state: State
    changes: tuple[Change, ...] = ()
    worse: tuple[Change, ...] = ()
    better: tuple[Change, ...] = ()
    parts: tuple[Part, ...] = ()
    reasons: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    differences: tuple[Fact, ...] = ()
    unknown: tuple[Fact, ...] = ()
    picture: Picture | None = None


class Gate(NamedTuple):
    """A bench that was gated. `problems` are of the bench as a whole."""

    bench: Measured
    baseline: Measured | None
    baseline_file: str
    state: State
    cells: tuple[GatedCell, ...]
    problems: tuple[str, ...] = ()

    def counted(self, state: State) -> int:
        """How many cells are in a state."""
        return sum(cell.state == state for cell in self.cells)


def gate(bench: Measured, baseline: Measured | None, file: str, options: Options) -> Gate:
    """Judges every cell. Without a baseline none of them has one."""
    for figure in options.figures:
        options.limit(figure)
    if baseline is None:
        reason = f"{file} does not exist"
        cells = [GatedCell(cell.id, "NO_BASELINE", reasons=(reason,)) for cell in bench.cells]
    else:
        cells = [
            _with_picture(_gated(pair, options), pair, (baseline, bench), options)
            for pair in pairs(baseline, bench)
        ]
    problems = [*bench.problems]
    states: list[State] = [cell.state for cell in cells]
    if bench.unfinished:
        problems.append(bench.unfinished)
        states.append("NOT_COMPARABLE")
    if not cells:
        problems.append("the bench has no cells")
        states.append("NOT_COMPARABLE")
    worst = min(states, key=ORDER.index)
    return Gate(bench, baseline, file, worst, tuple(cells), tuple(problems))


def suspicious(bench: Measured, baseline: Measured, options: Options, percent: float) -> list[str]:
    """The cells whose difference is beyond some percent, in either direction: a second round decides them."""
    found = []
    for pair in pairs(baseline, bench):
        if pair.before is None or pair.now is None or pair.problem:
            continue
        compared = cohort.compare(pair.before.cohort, pair.now.cohort)
        if compared.forbidden(options.may_differ):
            continue
        change = between_benches.change_of(
            pair.before, pair.now, "total_s", units.Limit(percent, 0.0)
        )
        if change is not None and change.is_beyond:
            found.append(pair.now.id)
    return found


def _gated(pair: Pair, options: Options) -> GatedCell:
    if pair.problem:
        return GatedCell(pair.id, "NOT_COMPARABLE", reasons=(pair.problem,))
    before, now = pair.before, pair.now
    if before is None:
        assert now is not None
        reasons = ("the baseline does not have it", *_why(now))
        return GatedCell(pair.id, "NO_BASELINE", reasons=reasons)
    if now is None:
        return GatedCell(
            pair.id,
            "NOT_COMPARABLE",
            reasons=("the baseline has it, and the bench does not",),
            help=("accept the bench if it was removed on purpose",),
        )
    found = cohort.compare(before.cohort, now.cohort)
    made = GatedCell(
        pair.id,
        "PASS",
        differences=tuple(fact for fact in found.differences if fact.kind in options.may_differ),
        unknown=found.unknown,
    )
    forbidden = found.forbidden(options.may_differ)
    if not now.figures and not any(fact in found.differences for fact in forbidden):
        return _failed(made, now)
    if forbidden:
        made = _not_comparable(made, forbidden)
        return made._replace(reasons=(*made.reasons, *(_why(now) if not now.figures else ())))
    return _judged(made, before, now, options)


def _with_picture(
    made: GatedCell, pair: Pair, benches: tuple[Measured, Measured], options: Options
) -> GatedCell:
    """With what the pictures say: also where the times are not comparable, as after an update."""
    if pair.problem or pair.before is None or pair.now is None:
        return made
    picture = pictures.compare(benches, (pair.before, pair.now), options.picture_limits)
    made = made._replace(picture=picture)
    if picture.word == "changed":
        before, now = (in_command(file) for file in picture.files)
        look = f"different is not worse, look at both: wan quality {now} --reference {before}"
        made = made._replace(help=(*made.help, look))
    if picture.beyond:
        reasons = [f"picture: {said}" for said in picture.beyond]
        at = len(made.worse)  # behind the figures that are worse
        reasons = [*made.reasons[:at], *reasons, *made.reasons[at:]]
        return made._replace(state="REGRESSION", reasons=tuple(reasons))
    if picture.found is None and options.picture_limits and made.state == "PASS":
        return made._replace(
            state="NOT_COMPARABLE",
            reasons=(*made.reasons, picture.line),
            help=(*made.help, *filter(None, (picture.how,))),
        )
    return made


def _failed(made: GatedCell, now: MeasuredCell) -> GatedCell:
    """A cell that the baseline has figures of, and that has none now."""
    is_regression = any(why.cause in _REGRESSIONS for why in now.why)
    reasons = _why(now) or ("not measured",)
    state: State = "REGRESSION" if is_regression else "NOT_COMPARABLE"
    first = f"worked in the baseline, now {reasons[0]}"
    return made._replace(state=state, reasons=(first, *reasons[1:]))


def _why(cell: MeasuredCell) -> tuple[str, ...]:
    return tuple(f"{why.cause}: {why.text}" if why.text else why.cause for why in cell.why)


def _not_comparable(made: GatedCell, forbidden: Sequence[Fact]) -> GatedCell:
    reasons = [fact.line for fact in forbidden]
    help = dict.fromkeys(fact.how for fact in forbidden if fact.how)
    kinds = dict.fromkeys(fact.kind for fact in forbidden if fact.kind in cohort.MAY_DIFFER)
    for kind in kinds:
        help[
            f"if it was changed on purpose: --may-differ {kind}, or accept a bench made with it"
        ] = None
    if any(fact.kind == "simulated" for fact in forbidden):
        help["simulated times are never compared with real ones: use another baseline"] = None
    return made._replace(state="NOT_COMPARABLE", reasons=tuple(reasons), help=tuple(help))


def _judged(
    made: GatedCell, before: MeasuredCell, now: MeasuredCell, options: Options
) -> GatedCell:
    changes, lacking = [], []
    for figure in options.figures:
        change = between_benches.change_of(before, now, figure, options.limit(figure))
        if change is not None:
            changes.append(change)
        elif before.value(figure) is not None or figure not in FIGURES:
            sides = [before.value(figure), now.value(figure)]
            side = "in either" if sides == [None, None] else "now" if sides[1] is None else "before"
            lacking.append(f"{figure}: not measured {side}")
    worse = tuple(change for change in changes if change.is_beyond and _is_worse(change))
    better = tuple(change for change in changes if change.is_beyond and not _is_worse(change))
    state: State = "REGRESSION" if worse else "NOT_COMPARABLE" if lacking or not changes else "PASS"
    reasons = [change.line for change in worse] + lacking
    if now.why:
        reasons += [f"not all of its runs count: {reason}" for reason in _why(now)]
    parts = (
        between_benches.parts_of(before, now)
        if any(change.figure == "total_s" for change in (*worse, *better))
        else ()
    )
    return made._replace(
        state=state,
        changes=tuple(changes),
        worse=worse,
        better=better,
        parts=parts,
        reasons=tuple(reasons),
    )


def _is_worse(change: Change) -> bool:
    direction = units.worse(change.figure)
    return direction == "either" or (change.difference > 0) is (direction == "more")
