"""Two benches, or a bench and a baseline: what differs in each cell, by how much, and where it comes from."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.bench import cohort, pictures, units
from wan22dsl.bench.measured import pairs
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.bench.cohort import Fact
    from wan22dsl.bench.measured import Measured, MeasuredCell, Pair, Why
    from wan22dsl.bench.pictures import Picture
    from wan22dsl.bench.units import Limit
    from wan22dsl.machine.snapshot import Snapshot

Word = Literal["faster", "slower", "same", "unclear", "not comparable", "no baseline"]

#: What may differ where two benches are compared to find out why they differ.
MAY_DIFFER = ("bench", "power", "flags", "software", "design", "recipe")

#: A part of a difference that is named: of at least this share of it.
_LEAST_SHARE = 0.1


class Part(NamedTuple):
    """What a pass or a stage contributes, in seconds. None: one of the two does not have it.

    `what` is the part of a pass: `sampling`, `load`, `decode` or `rest`. `note` says what of it changed: the
    number of steps, or what a step takes.
    """

    name: str
    what: str
    before_s: float | None
    now_s: float | None
    note: str = ""

    @property
    def difference_s(self) -> float:
        """How much longer it takes."""
        return (self.now_s or 0.0) - (self.before_s or 0.0)

    @property
    def line(self) -> str:
        """`high: +10.5 s (sampling 61.2 s -> 71.7 s, +17 %; 12 -> 14 steps)`."""
        values = " -> ".join(
            "-" if value is None else units.shown("total_s", value)
            for value in (self.before_s, self.now_s)
        )
        share = (
            f", {self.difference_s / self.before_s:+.0%}".replace("%", " %")
            if self.before_s
            else ""
        )
        inner = f"{self.what} {values}{share}" if self.what else f"{values}{share}"
        inner += f"; {self.note}" if self.note else ""
        return f"{self.name}: {units.shown('total_s', self.difference_s, signed=True)} ({inner})"


class Change(NamedTuple):
    """A figure of a cell before and now. `sessions`: how many there are on each side."""

    figure: str
    before: float
    now: float
    sessions: tuple[int, int]
    limit: Limit

    @property
    def difference(self) -> float:
        """In the unit of the figure."""
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """None where it was zero, or so little that no number says it."""
        percent = 100.0 * self.difference / self.before if self.before else inf
        return percent if isfinite(percent) else None

    @property
    def is_beyond(self) -> bool:
        """Whether it is beyond both limits, in either direction."""
        percent = self.percent
        is_much = percent is None or abs(percent) > self.limit.percent
        return is_much and abs(self.difference) > self.limit.floor

    @property
    def line(self) -> str:
        """`total 128.4 s -> 139.2 s (+8.4 %, +10.8 s)`."""
        percent = "" if self.percent is None else f"{self.percent:+.1f} %, "
        before, now = (units.shown(self.figure, value) for value in (self.before, self.now))
        difference = units.shown(self.figure, self.difference, signed=True)
        return f"{units.label(self.figure)} {before} -> {now} ({percent}{difference})"


class CellComparison(NamedTuple):
    """A cell before and now.

    `forbidden`: why it is not comparable. `differences`: what may differ and does, by its known effect.
    `unknown`: what could not be compared.
    """

    id: str
    word: Word
    change: Change | None
    parts: tuple[Part, ...] = ()
    forbidden: tuple[Fact, ...] = ()
    differences: tuple[Fact, ...] = ()
    unknown: tuple[Fact, ...] = ()
    note: str = ""
    why: tuple[Why, ...] = ()
    picture: Picture | None = None


def compare(
    before: Measured,
    now: Measured,
    *,
    may_differ: Sequence[str] = MAY_DIFFER,
    figure: str = "total_s",
    limit: Limit | None = None,
) -> tuple[CellComparison, ...]:
    """All cells, those of `now` first."""
    bounds = limit or units.limit_of(figure) or units.Limit(5.0, 0.0)
    return tuple(
        _compared(pair, may_differ, figure, bounds)._replace(picture=_picture(before, now, pair))
        for pair in pairs(before, now)
    )


def _picture(before: Measured, now: Measured, pair: Pair) -> Picture | None:
    if pair.problem or pair.before is None or pair.now is None:
        return None
    return pictures.compare((before, now), (pair.before, pair.now))


def _compared(pair: Pair, may_differ: Sequence[str], figure: str, limit: Limit) -> CellComparison:
    if pair.problem:
        return CellComparison(pair.id, "not comparable", None, note=pair.problem)
    if pair.before is None:
        return CellComparison(pair.id, "no baseline", None, note="the first bench does not have it")
    if pair.now is None:
        return CellComparison(
            pair.id, "no baseline", None, note="the second bench does not have it"
        )
    found = cohort.compare(pair.before.cohort, pair.now.cohort)
    forbidden = found.forbidden(may_differ)
    made = CellComparison(
        pair.id,
        "not comparable",
        None,
        (),
        tuple(forbidden),
        tuple(fact for fact in found.differences if fact not in forbidden),
        tuple(fact for fact in found.unknown if fact not in forbidden),
    )
    for cell, when in ((pair.before, "before"), (pair.now, "now")):
        if cell.value(figure) is None:
            return made._replace(note=f"not measured {when}", why=cell.why)
    if forbidden:
        return made
    change = change_of(pair.before, pair.now, figure, limit)
    assert change is not None
    parts = parts_of(pair.before, pair.now) if figure == "total_s" else ()
    return made._replace(word=_word(pair.before, pair.now, change), change=change, parts=parts)


def change_of(before: MeasuredCell, now: MeasuredCell, figure: str, limit: Limit) -> Change | None:
    """A figure before and now; None where one of both does not have it."""
    values = before.value(figure), now.value(figure)
    if values[0] is None or values[1] is None:
        return None
    sessions = len(before.figures[figure]), len(now.figures[figure])
    return Change(figure, values[0], values[1], sessions, limit)


def _word(before: MeasuredCell, now: MeasuredCell, change: Change) -> Word:
    """The sessions must agree: where those of both sides overlap, it is not clear."""
    if not change.is_beyond:
        return "same"
    old, new = before.figures[change.figure], now.figures[change.figure]
    is_more = change.difference > 0
    apart = min(new) > max(old) if is_more else max(new) < min(old)
    return ("slower" if is_more else "faster") if apart else "unclear"


def parts_of(before: MeasuredCell, now: MeasuredCell) -> tuple[Part, ...]:
    """Which passes and stages made the difference of the total, the largest first, without the small ones."""
    old, new = _parts(before), _parts(now)
    found = [
        Part(*key, old.get(key), new.get(key), _note(before, now, *key))
        for key in dict.fromkeys([*old, *new])
    ]
    whole_s = abs((now.value("total_s") or 0.0) - (before.value("total_s") or 0.0))
    found.sort(key=lambda part: -abs(part.difference_s))
    return tuple(
        part
        for part in found
        if part.difference_s and abs(part.difference_s) >= _LEAST_SHARE * whole_s
    )


def _note(before: MeasuredCell, now: MeasuredCell, name: str, what: str) -> str:
    """Whether a sampling has other steps, or as many that take longer."""
    if what != "sampling":
        return ""
    for figure in ("steps", "step_s"):
        was, is_now = before.value(f"{name}.{figure}"), now.value(f"{name}.{figure}")
        if was is None or is_now is None or was == is_now:
            continue
        if figure == "steps":
            return f"{was:g} -> {is_now:g} steps"
        first, second = units.shown("step_s", was), units.shown("step_s", is_now)
        return f"a step {first} -> {second}" if first != second else ""
    return ""


def _parts(cell: MeasuredCell) -> dict[tuple[str, str], float]:
    """What a total is the sum of, by name and part: passes, stages and the rest."""
    found: dict[tuple[str, str], float] = {}
    for figure in cell.figures:
        name, dot, what = figure.rpartition(".")
        value = cell.value(figure) or 0.0
        if not dot:
            if figure == "other_s":
                found["outside passes and stages", ""] = value
        elif what == "seconds":
            found[name, ""] = value
        elif what in ("sampling_s", "load_s", "decode_s"):
            found[name, what.removesuffix("_s")] = value
        elif what == "total_s":
            known = _sum(cell, name)
            if known is not None and value - known > 1e-6:
                found[name, "rest"] = value - known
    return found


def _sum(cell: MeasuredCell, name: str) -> float | None:
    values = [cell.value(f"{name}.{part}") for part in ("load_s", "sampling_s", "decode_s")]
    return None if None in values else sum(value for value in values if value is not None)


def machine_lines(before: Measured, now: Measured) -> list[str]:
    """What differs in the machines of two benches by their snapshots, by its known effect on speed."""
    from wan22dsl.machine import difference

    lines: dict[str, None] = {}
    for first, second in _machines(before, now):
        if first.digest != second.digest or first.data["started"] != second.data["started"]:
            lines.update(dict.fromkeys(difference.compare(first, second).lines()))
    return list(lines)


def _machines(before: Measured, now: Measured) -> Iterator[tuple[Snapshot, Snapshot]]:
    """The snapshots of the same profile on both sides; a place has the same name, or is the only one."""
    for (place, profile), snapshot in now.machines.items():
        same = {key[0]: other for key, other in before.machines.items() if key[1] == profile}
        found = same.get(place) or (next(iter(same.values())) if len(same) == 1 else None)
        if found is not None:
            yield found, snapshot


def as_data(found: CellComparison) -> dict[str, Any]:
    """A comparison as JSON."""
    return {
        "cell": found.id,
        "word": found.word,
        "change": change_as_data(found.change) if found.change is not None else None,
        "parts": [part_as_data(part) for part in found.parts],
        "not_comparable": facts_as_data(found.forbidden),
        "differences": facts_as_data(found.differences),
        "unknown": facts_as_data(found.unknown),
        "note": found.note,
        "why": [why._asdict() for why in found.why],
        "picture": picture_as_data(found.picture),
    }


def picture_as_data(picture: Picture | None) -> dict[str, Any] | None:
    """A picture as JSON."""
    if picture is None:
        return None
    found = picture.found
    return {
        "word": picture.word,
        "reason": picture.why or picture.problem,
        "psnr_db": found.psnr_db if found is not None else None,
        "lowest_psnr_db": found.lowest_psnr_db if found is not None else None,
        "lowest_psnr_frame": found.lowest_psnr_frame if found is not None else None,
        "ssim": found.ssim if found is not None else None,
        "delta_e": found.delta_e if found is not None else None,
        "frames": found.frames if found is not None else 0,
        "beyond": list(picture.beyond),
    }


def change_as_data(change: Change) -> dict[str, Any]:
    """A figure as JSON."""
    return {
        "figure": change.figure,
        "before": change.before,
        "now": change.now,
        "difference": change.difference,
        "percent": change.percent,
        "sessions": list(change.sessions),
        "limit_percent": change.limit.percent,
        "limit": change.limit.floor,
    }


def part_as_data(part: Part) -> dict[str, Any]:
    """A part of a difference as JSON."""
    return {**part._asdict(), "difference_s": part.difference_s}


def facts_as_data(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Facts as JSON."""
    return [
        {
            "kind": fact.kind,
            "name": fact.name,
            "before": fact.before,
            "now": fact.after,
            "effect": fact.effect.name,
            "reason": fact.reason,
            "how": fact.how,
        }
        for fact in facts
    ]
