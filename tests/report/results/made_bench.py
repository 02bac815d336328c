"""Benches that never were: folders in the shape of those of `wan bench`, and what is said of them."""

from __future__ import annotations

import json
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.report.results.made import GIB, NOTHING, pass_, record, timing, usage
from wan22dsl.bench import store as benches
from wan22dsl.bench.between_cells import Comparison, Part
from wan22dsl.bench.cells import CellOutcome, Spread
from wan22dsl.bench.outcome import Outcome, Recommendation
from wan22dsl.report.results.bench import Bench
from wan22dsl.run import store

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.bench.models import Cell
    from wan22dsl.bench.store import Stored

#: Causes after which there are no times.
FAILURES = ("out of memory", "server died", "failed", "stuck")


class Measured(NamedTuple):
    """A cell: the seconds of a step in each of its runs, round by round.

    `cause`: one run was tried in each session, and it does not count, for that reason.
    """

    name: str
    steps_s: tuple[tuple[float, ...], ...] = ()
    profile: str = "plain"
    cause: str = ""
    text: str = ""
    values: tuple[tuple[str, str], ...] = ()
    peak_gib: float = 20.0


class Whole(NamedTuple):
    """What all of a bench has in common. `flags` are those of profiles; `snapshots` too, by their digest."""

    baseline: str = ""
    cold: int = 0
    simulated: bool = False
    flags: tuple[tuple[str, str], ...] = ()
    snapshots: tuple[tuple[str, str], ...] = ()
    pipeline: str = "clip"
    id: str = "bench-attention-20260301T120000"

    @property
    def place(self) -> str:
        """Where it was measured."""
        return "simulated RTX 4090" if self.simulated else "main"


def put(folder: Path, cells: tuple[Measured, ...], whole: Whole) -> Path:
    """Writes a bench."""
    sessions = _sessions(cells, whole)
    folder.mkdir(parents=True, exist_ok=True)
    plan = _plan(cells, sessions, whole)
    (folder / "bench.json").write_bytes(json.dumps(plan).encode())
    lines = [line for session in sessions for line in _lines(folder, session, cells, whole)]
    lines.append({"line": "end", "ended": "2026-03-01T15:00:00+00:00", "how": "finished"})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "bench.jsonl").write_bytes(text.encode())
    return folder


def made(folder: Path, *cells: Measured, **whole: Any) -> Bench:
    """A bench that was written and read, with an outcome."""
    stored = benches.load(put(folder, cells, Whole(**whole)))
    return Bench("bench-1", stored, outcome(stored))


def _sessions(cells: tuple[Measured, ...], whole: Whole) -> list[dict[str, Any]]:
    """ABBA: the second round has the cells that were measured twice, in reverse order."""
    rounds = max((len(cell.steps_s) for cell in cells), default=1) or 1
    profiles = list(dict.fromkeys(cell.profile for cell in cells))
    found: list[dict[str, Any]] = []
    for number in range(1, rounds + 1):
        for profile in profiles if number == 1 else profiles[::-1]:
            inside = [
                cell.name
                for cell in cells
                if cell.profile == profile and (number == 1 or len(cell.steps_s) >= number)
            ]
            session = {"number": len(found) + 1, "round": number, "profile": profile}
            if inside:
                found.append({**session, "place": whole.place, "cells": inside})
    return found


def _plan(
    cells: tuple[Measured, ...], sessions: list[dict[str, Any]], whole: Whole
) -> dict[str, Any]:
    return {
        "bench": 1,
        "id": whole.id,
        "name": "attention",
        "file": "benches/attention.wan",
        "pipeline": whole.pipeline,
        "source": "wan 1\n",
        "uses": {},
        "wan22dsl": "0.1.0",
        "made": "2026-03-01T12:00:00+00:00",
        "simulated": whole.simulated,
        "design": {
            "repeat": 3,
            "warmups": 1,
            "compile_warmups": 3,
            "cold": whole.cold,
            "suspicious_percent": 4.0,
            "threshold_percent": 5.0,
            "threshold_s": 0.5,
        },
        "cells": [
            {
                "id": cell.name,
                "place": whole.place,
                "profile": cell.profile,
                "values": [{"name": name, "value": value} for name, value in cell.values],
                "is_baseline": cell.name == whole.baseline,
                "recipe": NOTHING,
                "workload": "832x1216, 81 frames, 16 fps",
            }
            for cell in cells
        ],
        "sessions": sessions,
    }


def _lines(
    folder: Path, session: dict[str, Any], cells: tuple[Measured, ...], whole: Whole
) -> list[dict[str, Any]]:
    number, profile = session["number"], session["profile"]
    stamp = f"2026-03-01T{11 + number:02}:00:00.000+00:00"
    lines: list[dict[str, Any]] = [
        {
            "line": "session",
            **{key: session[key] for key in ("number", "round", "place", "profile")},
            "started": stamp,
            "ready_s": 12.0,
            "snapshot": dict(whole.snapshots).get(profile),
            "comfyui": "0.39",
            "pytorch": "2.12.1+cu130",
            "card": f"cuda:0 NVIDIA RTX 4090{' (simulated)' if whole.simulated else ''}",
            "flags": [flag for name, flag in whole.flags if name == profile and flag],
            "findings": [],
            "reason": None,
        }
    ]
    for cell in cells:
        if cell.name in session["cells"]:
            lines += _runs(folder, session, cell, whole)
    return [*lines, {"line": "session_end", "number": number, "ended": stamp}]


def _runs(
    folder: Path, session: dict[str, Any], cell: Measured, whole: Whole
) -> list[dict[str, Any]]:
    """A warm-up, cold runs in the first round, and the measured ones."""
    round_ = session["round"]
    steps = cell.steps_s[round_ - 1] if len(cell.steps_s) >= round_ else ()
    usual_s = steps[0] if steps else 30.0
    kinds = [("warmup", 1, usual_s)]
    if round_ == 1:
        kinds += [("cold", number, usual_s) for number in range(1, whole.cold + 1)]
    kinds += [("measured", at, step_s) for at, step_s in enumerate(steps or (usual_s,), 1)]
    return [_run(folder, session["number"], cell, *kind, whole) for kind in kinds]


def _run(
    folder: Path, session: int, cell: Measured, role: str, at: int, step_s: float, whole: Whole
) -> dict[str, Any]:
    plain = "".join(item if item.isascii() and item.isalnum() else "-" for item in cell.name)
    id = f"20260301T{session:02}{at:02}00-{plain[:40]}-{role}"
    load_s = 25.0 if role == "cold" else 2.0
    memory = usage(cell.peak_gib)
    times = timing(
        pass_("high", step_s, load_s=load_s, memory=memory),
        pass_("low", step_s, load_s=load_s, memory=memory),
    )
    run = record(id, timing=times, simulated=whole.simulated, memory={**memory, "note": ""})
    store.write(run, folder)
    reasons = []
    if cell.cause:
        reasons.append({"cause": cell.cause, "text": cell.text or f"It was {cell.cause}."})
    return {
        "line": "run",
        "session": session,
        "cell": cell.name,
        "number": at,
        "role": role,
        "record": id,
        "started": "2026-03-01T12:00:00+00:00",
        "seconds": times["total_s"] + 1.0,
        "figures": None if cell.cause in FAILURES else _figures(times, cell.peak_gib),
        "reasons": reasons,
    }


def _figures(times: dict[str, Any], peak_gib: float) -> dict[str, Any]:
    own = ("name", "total_s", "load_s", "sampling_s", "decode_s")
    passes = [
        {key: each[key] for key in own}
        | {"step_s": each["steps_s"][1], "steps": 2, "peak_bytes": int(peak_gib * GIB)}
        for each in times["passes"]
    ]
    sums = {key: sum(each[key] for each in passes) for key in own if key.endswith("_s")}
    stages = [{"name": each["name"], "seconds": each["seconds"]} for each in times["stages"]]
    post_s = sum(each["seconds"] for each in stages)
    found = {**sums, "total_s": times["total_s"], "post_s": post_s}
    return {**found, "passes": passes, "stages": stages, "peak_bytes": int(peak_gib * GIB)}


def outcome(stored: Stored) -> Outcome:
    """What is said of such a bench: by its ratio alone, without any statistics."""
    cells = tuple(_cell(stored, cell) for cell in stored.plan.cells)
    baseline = next((cell for cell in cells if cell.cell.is_baseline), None)
    comparisons = tuple(_compared(cell, baseline) for cell in cells if cell is not baseline)
    faster = [each for each in comparisons if each.word == "faster" and each.ratio is not None]
    if not faster:
        return Outcome(stored.plan, cells, comparisons, "No cell is faster than the baseline.")
    best = min(faster, key=lambda each: each.ratio or 1.0)
    assert best.baseline is not None and best.difference is not None and best.ratio is not None
    percent = (1.0 - best.ratio) * 100
    text = f"Use `{best.cell.id}`: it saves {-best.difference:.1f} s ({percent:.1f} %)."
    advice = Recommendation(text, best.cell, best.baseline, -best.difference, percent, None)
    verdict = f"`{best.cell.id}` is {percent:.1f} % faster than `{best.baseline.id}`."
    return Outcome(stored.plan, cells, comparisons, verdict, (), (advice,))


def _cell(stored: Stored, cell: Cell) -> CellOutcome:
    runs = tuple(run for run in stored.runs if run.cell == cell.id)
    figures = _spreads(stored, cell, "measured")
    reasons = {reason.text: reason for run in runs for reason in run.reasons}
    state = "not measured" if not figures else "partly" if reasons else "measured"
    cold = _spreads(stored, cell, "cold")
    return CellOutcome(cell, state, figures, cold, tuple(reasons.values()), runs)


def _spreads(stored: Stored, cell: Cell, role: str) -> dict[str, Spread]:
    rounds = {session.number: session.round for session in stored.sessions}
    found: dict[str, dict[int, list[float]]] = {}
    for run in stored.runs:
        if (run.cell, run.role) != (cell.id, role) or run.reasons or run.figures is None:
            continue
        values = run.figures.model_dump(exclude={"passes", "stages", "quality"})
        parts = ("load_s", "sampling_s", "decode_s", "post_s")
        values["other_s"] = values["total_s"] - sum(values[part] for part in parts)
        for own in run.figures.passes:
            own_values = own.model_dump(exclude={"name", "steps", "peak_bytes"})
            values |= {f"{own.name}.{key}": value for key, value in own_values.items()}
        for key, value in values.items():
            found.setdefault(key, {}).setdefault(run.session, []).append(value)
    return {
        key: Spread(
            tuple(map(tuple, sessions.values())),
            tuple(map(median, sessions.values())),
            fmean(map(median, sessions.values())),
            tuple(sessions),
            tuple(rounds[number] for number in sessions),
        )
        for key, sessions in found.items()
    }


def _compared(cell: CellOutcome, baseline: CellOutcome | None) -> Comparison:
    if baseline is None or not baseline.figures or not cell.figures:
        other = baseline.cell if baseline is not None else None
        return Comparison(cell.cell, other, "total_s", None, None, "no baseline", None)
    own, others = cell.figures, baseline.figures
    ratio = own["total_s"].value / others["total_s"].value
    difference = own["total_s"].value - others["total_s"].value
    word = "same" if abs(ratio - 1.0) < 0.05 else "faster" if ratio < 1 else "slower"
    parts = [
        Part(
            name,
            "sampling",
            own[f"{name}.sampling_s"].value - others[f"{name}.sampling_s"].value,
            own[f"{name}.sampling_s"].value,
            others[f"{name}.sampling_s"].value,
            own[f"{name}.step_s"].value,
            others[f"{name}.step_s"].value,
        )
        for name in ("high", "low")
    ]
    return Comparison(
        cell.cell, baseline.cell, "total_s", ratio, difference, word, 3.9, tuple(parts)
    )
