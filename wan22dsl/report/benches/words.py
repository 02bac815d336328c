"""How the gate words a cell, once for all of its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.bench import units
from wan22dsl.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.bench.cohort import Fact
    from wan22dsl.bench.gate import Gate, GatedCell
    from wan22dsl.bench.pictures import Picture

#: State → how cells in it are counted.
_COUNTED = {
    "REGRESSION": "regression",
    "NOT_COMPARABLE": "not comparable",
    "NO_BASELINE": "without baseline",
    "PASS": "passed",
}


#: So many cells are named.
_MOST_NAMES = 4


def title(gate: Gate) -> str:
    """`REGRESSION: bench attention of portrait, 1 of 6 cells`."""
    bench = gate.bench
    about = f"bench {bench.name} of {bench.pipeline}"
    where = counted(len(gate.cells), "cell")
    number = gate.counted(gate.state)
    if number and number < len(gate.cells):
        where = f"{number} of {where}"
    simulated = ", simulated" if bench.simulated else ""
    return f"{gate.state}: {about}, {where}{simulated}"


def tally(gate: Gate) -> str:
    """`1 regression, 5 passed (1 faster)`."""
    parts = []
    for state, word in _COUNTED.items():
        number = gate.counted(state)  # type: ignore[arg-type]
        if number:
            plural = "s" if state == "REGRESSION" and number > 1 else ""
            parts.append(f"{number} {word}{plural}")
    better = sum(bool(cell.better) for cell in gate.cells)
    changed = len(changed_pictures(gate))
    more = [f"{better} better"] if better else []
    more += [f"{counted(changed, 'picture')} changed"] if changed else []
    return ", ".join(parts or ["no cells"]) + (f" ({', '.join(more)})" if more else "")


def changed_pictures(gate: Gate) -> list[GatedCell]:
    """The cells whose picture is another one than that of the baseline."""
    return [cell for cell in gate.cells if cell.picture and cell.picture.word == "changed"]


def pictures(found: Iterable[tuple[str, Picture | None]]) -> list[str]:
    """What the pictures of cells came to: a line for all, and why some were not compared."""
    compared = [(id, picture) for id, picture in found if picture is not None]
    words: dict[str, int] = {}
    reasons: dict[str, list[str]] = {}
    for id, picture in compared:
        if picture.found is None:
            why = f"{picture.why} ({picture.how})" if picture.how else picture.why
            reasons.setdefault(why, []).append(id)
        else:
            words[picture.word] = words.get(picture.word, 0) + 1
    lines = []
    if words:
        lines.append(f"pictures: {', '.join(f'{count} {word}' for word, count in words.items())}")
    for why, ids in reasons.items():
        named = "; ".join(ids[:_MOST_NAMES])
        named += f" and {len(ids) - _MOST_NAMES} more" if len(ids) > _MOST_NAMES else ""
        of = "" if len(ids) == len(compared) else f" of {named}"
        lines.append(f"pictures not compared{of}: {why}")
    return lines


def measured(cell: GatedCell) -> str:
    """What matters of the figures of a cell, before and now; empty where there are none."""
    if cell.better:
        return f"better: {', '.join(change.line for change in cell.better)}"
    return cell.changes[0].line if cell.changes else ""


def limits(cell: GatedCell) -> str:
    """Beyond which limits a cell is."""
    parts = []
    for change in cell.worse:
        floor = units.shown(change.figure, change.limit.floor)
        parts.append(f"{change.limit.percent:g} % and {floor}")
    return "; ".join(dict.fromkeys(parts))


def lines(cell: GatedCell, *, with_differences: bool = True) -> list[str]:
    """Why a cell is in its state, where it comes from, and what to do: sentences for people."""
    found = list(cell.reasons)
    if cell.worse:
        found[len(cell.worse) - 1] += f"; the limit is {limits(cell)}"
    if cell.worse:
        found += [f"better: {change.line}" for change in cell.better]
    found += [part.line for part in cell.parts]
    if cell.picture is not None and cell.picture.is_news:
        found.append(cell.picture.line)
    if cell.worse and min(change.sessions[1] for change in cell.worse) == 1:
        found.append("measured in one session; a second one would make it surer")
    if with_differences and (cell.worse or cell.better):
        found += [f"differs: {fact.line}" for fact in cell.differences]
    return found


def unknown(gate: Gate) -> list[str]:
    """What could not be compared: each reason once, with the names that it is about, and how to get them."""
    return unknown_lines(fact for cell in gate.cells for fact in cell.unknown)


def unknown_lines(facts: Iterable[Fact]) -> list[str]:
    """The same of facts."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for fact in facts:
        found.setdefault((fact.reason, fact.how), {})[fact.name] = None
    return [
        f"{', '.join(names)}: {reason}" + (f" ({how})" if how else "")
        for (reason, how), names in found.items()
    ]


def source(gate: Gate) -> str:
    """Which bench was compared with which baseline."""
    baseline = gate.baseline
    if baseline is None:
        return f"{gate.bench.shown} has no baseline: {gate.baseline_file} does not exist"
    accepted = f", accepted {baseline.made[:10]}" if baseline.made else ""
    return f"{gate.bench.shown} against {baseline.shown}{accepted}"


def next_step(gate: Gate) -> str:
    """What to do where cells have no baseline; empty elsewhere."""
    if not gate.counted("NO_BASELINE"):
        return ""
    command = f"wan bench accept {gate.bench.shown} -o {gate.baseline_file}"
    return f"accept it once you have looked at it: {command}"
