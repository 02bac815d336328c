"""How often the gate finds a slowdown in the bench where it happened, and how often it cries wolf.

Histories of 30 benches of one cell of 150 s, which is 8 % slower from bench 18 on. The noise is that of
simulations and reports of others: 1 % within a session, 1.5 % between sessions, .4 % of drift a session, and
one run in twenty 8 % too slow. The first bench is accepted; each later one is gated; where the gate is red
in bench 18 or later, that bench is accepted, as a person would do. Nothing is measured here, it is drawn.
"""

from __future__ import annotations

import random
from statistics import median
from typing import NamedTuple

from wan22dsl.bench import history
from wan22dsl.bench.cohort import KINDS, Cohort
from wan22dsl.bench.gate import Gate, Options, gate, suspicious
from wan22dsl.bench.measured import Measured, MeasuredCell
from wan22dsl.bench.units import Limit

HISTORIES, BENCHES, AT = 200, 30, 18

#: Seconds of the parts of a run: the slowdown is in the pass `high`.
PARTS = {"high.sampling_s": 64.0, "low.sampling_s": 64.0, "low.decode_s": 8.0, "save.seconds": 14.0}

WITHIN, BETWEEN, DRIFT, OUTLIERS, OUTLIER = 0.01, 0.015, 0.004, 0.05, 1.08
REPEAT = 3

#: What differs by more than this gets a second session (`Design.suspicious_percent`).
SUSPICIOUS_PERCENT = 4.0

TABLES = [table for tables in KINDS.values() for table in tables]
SAME = Cohort({table: {} for table in TABLES}, {})


class Design(NamedTuple):
    """How a history is measured. `sessions`: 1, 2, or 0 for a second one only where the first is suspicious.

    `baseline` is the number of sessions of what is accepted.
    """

    name: str
    sessions: int
    baseline: int
    percent: float


DESIGNS = (
    Design("1 session, baseline of 1", 1, 1, 5.0),
    Design("1 session, baseline of 2", 1, 2, 5.0),
    Design("2 sessions, baseline of 2", 2, 2, 5.0),
    Design("second if suspicious, baseline of 2", 0, 2, 5.0),
    Design("second if suspicious, baseline of 4", 0, 4, 5.0),
    Design("second if suspicious, baseline of 4", 0, 4, 6.0),
    Design("second if suspicious, baseline of 2", 0, 2, 8.0),
)


class Found(NamedTuple):
    """The result of a history: whether bench 18 was red, which others were, and where steps were seen."""

    in_right_bench: bool
    false_alarms: int
    later: int
    steps: tuple[int, ...]


def session(draw: random.Random, slower: float, number: int) -> dict[str, float]:
    """The medians of the figures of one session."""
    own = draw.gauss(1.0, BETWEEN) * (1.0 + DRIFT * number)
    runs = []
    for _ in range(REPEAT):
        factor = own * draw.gauss(1.0, WITHIN) * (OUTLIER if draw.random() < OUTLIERS else 1.0)
        parts = {name: seconds * factor for name, seconds in PARTS.items()}
        parts["high.sampling_s"] += sum(PARTS.values()) * factor * slower
        runs.append({**parts, "total_s": sum(parts.values())})
    return {name: median(run[name] for run in runs) for name in runs[0]}


def bench(number: int, sessions: list[dict[str, float]], cohort: Cohort = SAME) -> Measured:
    """A bench with one cell."""
    figures = {name: tuple(each[name] for each in sessions) for name in sessions[0]}
    cell = MeasuredCell("portrait", "here", "", (), cohort, figures)
    return Measured(
        f"bench-{number}", str(number), "daily", "portrait", f"{number:04}", False, (cell,)
    )


def measured(
    draw: random.Random, number: int, slower: float, baseline: Measured, design: Design
) -> Measured:
    """A bench as it would be measured against a baseline."""
    sessions = [session(draw, slower, 0)]
    first = bench(number, sessions)
    if design.sessions == 2 or (
        design.sessions == 0 and suspicious(first, baseline, Options(), SUSPICIOUS_PERCENT)
    ):
        sessions.append(session(draw, slower, 1))
    return bench(number, sessions)


def accepted(draw: random.Random, number: int, slower: float, design: Design) -> Measured:
    """A baseline of several sessions."""
    return bench(number, [session(draw, slower, n % 2) for n in range(design.baseline)])


def judged(now: Measured, baseline: Measured, design: Design) -> Gate:
    """The gate's verdict."""
    return gate(now, baseline, "", Options(("total_s",), {"total_s": Limit(design.percent, 0.5)}))


def trial(seed: int, design: Design, slower: float = 0.08, at: int = AT) -> Found:
    """One history."""
    draw = random.Random(seed)
    baseline = accepted(draw, 0, 0.0, design)
    benches, reds = [baseline], []
    is_accepted = False
    for number in range(1, BENCHES):
        is_slower = number >= at
        now = measured(draw, number, slower if is_slower else 0.0, baseline, design)
        benches.append(now)
        if judged(now, baseline, design).state == "REGRESSION":
            reds.append(number)
            if is_slower and not is_accepted:
                baseline, is_accepted = accepted(draw, number, slower, design), True
    firsts = [number for number in reds if number >= at]
    (series,) = history.of(benches)
    steps = tuple(int(step.first.bench.id) for step in series.steps)
    return Found(
        firsts[:1] == [at],
        sum(number < at for number in reds),
        len(firsts[1:]),
        steps,
    )


def main() -> None:
    """Prints the tables."""
    print(f"{HISTORIES} histories of {BENCHES} benches, 8 % slower from bench {AT} on")
    print(
        "design                               limit  found there  later  false alarms  again  (per bench)"
    )
    for design in DESIGNS:
        found = [trial(seed, design) for seed in range(HISTORIES)]
        right = sum(each.in_right_bench for each in found)
        wolf = sum(each.false_alarms for each in found)
        again = sum(each.later for each in found)
        rate = (wolf + again) / (HISTORIES * (BENCHES - 2))
        print(
            f"{design.name:<36} {design.percent:>4.0f} %  {right / HISTORIES:>10.1%}  "
            f"{1 - right / HISTORIES:>5.1%}  {wolf:>12}  {again:>5}  {rate:>8.2%}"
        )
    print("\nsteps over the whole history (design: second if suspicious, baseline of 2, 5 %)")
    print("slower by  seen within 1 bench  exactly there  elsewhere")
    for slower in (0.0, 0.03, 0.05, 0.08, 0.10):
        found = [trial(seed, DESIGNS[3], slower) for seed in range(HISTORIES)]
        near = sum(any(abs(step - AT) <= 1 for step in each.steps) for each in found)
        exact = sum(AT in each.steps for each in found)
        elsewhere = sum(any(abs(step - AT) > 1 for step in each.steps) for each in found)
        print(
            f"{slower:>8.0%}  {near / HISTORIES:>19.1%}  {exact / HISTORIES:>13.1%}  "
            f"{elsewhere / HISTORIES:>9.1%}"
        )
