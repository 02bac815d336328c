"""Benches made by hand: a plan, and the lines of its runs with times that the test gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.bench.models import (
    Cell,
    Design,
    Figures,
    PassFigures,
    Plan,
    Reason,
    RunEnded,
    Session,
    SessionEnded,
    SessionStarted,
    StageFigures,
    Value,
)
from wan22dsl.bench.plan import design as usual_design
from wan22dsl.bench.store import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable

GIB = 1024**3
HASH = "0" * 64
STAMP = "2026-12-01T10:00:00Z"
PLACE = "simulated RTX 4090"


def design(**changes: Any) -> Design:
    return usual_design().model_copy(update=changes)


def cell(profile: str, *, baseline: bool = False, **changes: Any) -> Cell:
    values = tuple(
        Value(name=name, value=value) for name, value in changes.pop("values", {}).items()
    )
    given: dict[str, Any] = {
        "id": ", ".join([profile, *(f"{value.name} {value.value}" for value in values)]),
        "place": PLACE,
        "profile": profile,
        "values": values,
        "is_baseline": baseline,
        "recipe": HASH,
        "workload": "832x1216, 81 frames, 16 fps",
        "estimate_s": 150.0,
    }
    return Cell(**(given | changes))


def session(number: int, cells: Iterable[Cell], round: int = 1) -> Session:
    within = tuple(cells)
    return Session(
        number=number,
        round=round,
        place=within[0].place,
        profile=within[0].profile,
        cells=tuple(each.id for each in within),
    )


def plan(cells: Iterable[Cell], sessions: Iterable[Session] | None = None, **changes: Any) -> Plan:
    there = tuple(cells)
    if sessions is None:
        profiles = list(dict.fromkeys((each.place, each.profile) for each in there))
        sessions = [
            session(number, [each for each in there if (each.place, each.profile) == key])
            for number, key in enumerate(profiles, 1)
        ]
    given: dict[str, Any] = {
        "bench": 1,
        "id": "20261201T100000-attention-3f2a",
        "name": "attention",
        "file": "attention.wan",
        "pipeline": "portrait",
        "source": "wan 1\n",
        "uses": {},
        "wan22dsl": "0.1",
        "made": STAMP,
        "simulated": False,
        "design": design(),
        "cells": there,
        "sessions": tuple(sessions),
    }
    return Plan(**(given | changes))


def pass_figures(
    name: str, step_s: float, load_s: float = 1.0, decode_s: float = 0.0, **changes: Any
):
    steps = changes.pop("steps", 10)
    given: dict[str, Any] = {
        "name": name,
        "total_s": load_s + steps * step_s + decode_s,
        "load_s": load_s,
        "sampling_s": steps * step_s,
        "step_s": step_s,
        "steps": steps,
        "decode_s": decode_s,
        "peak_bytes": 20 * 1024**3,
    }
    return PassFigures(**(given | changes))


def figures(total_s: float, *, high: float = 0.4, low: float = 0.4, **changes: Any) -> Figures:
    """A run that took `total_s`: `high` and `low` of it are the sampling of two passes, 3 % the decoding."""
    passes = (
        pass_figures("high", total_s * high / 10, load_s=0.0),
        pass_figures("low", total_s * low / 10, load_s=0.0, decode_s=total_s * 0.03),
    )
    post_s = total_s * 0.1
    given: dict[str, Any] = {
        "total_s": total_s,
        "load_s": sum(each.load_s for each in passes),
        "sampling_s": sum(each.sampling_s for each in passes),
        "decode_s": sum(each.decode_s for each in passes),
        "post_s": post_s,
        "passes": passes,
        "stages": (StageFigures(name="rife", seconds=post_s),),
        "peak_bytes": 20 * 1024**3,
    }
    return Figures(**(given | changes))


def started(number: int, round: int = 1, **changes: Any) -> SessionStarted:
    given: dict[str, Any] = {
        "line": "session",
        "number": number,
        "round": round,
        "place": PLACE,
        "profile": "",
        "started": STAMP,
        "ready_s": 12.0,
        "snapshot": None,
        "comfyui": "0.39",
        "pytorch": "2.12",
        "card": "RTX 4090",
        "flags": (),
        "findings": (),
        "reason": None,
    }
    return SessionStarted(**(given | changes))


def ended(number: int) -> SessionEnded:
    return SessionEnded(line="session_end", number=number, ended=STAMP)


def run(
    session: int,
    cell: Cell,
    number: int,
    total_s: float | Figures | None,
    *causes: str,
    **changes: Any,
) -> RunEnded:
    """A run; with `causes` it does not count."""
    own = figures(total_s) if isinstance(total_s, int | float) else total_s
    given: dict[str, Any] = {
        "line": "run",
        "session": session,
        "cell": cell.id,
        "number": number,
        "role": "measured",
        "record": f"{session}-{cell.id}-{number}".replace(" ", "_").replace(",", ""),
        "started": STAMP,
        "seconds": own.total_s if own else 0.0,
        "figures": own,
        "reasons": tuple(Reason(cause=cause, text=f"it was {cause}") for cause in causes),
    }
    return RunEnded(**(given | changes))


def stored(plan: Plan, *lines: Any, **changes: Any) -> Stored:
    """A bench as it is read; a line may be a list of lines."""
    flat = [each for line in lines for each in (line if isinstance(line, list) else [line])]
    return Stored(Path("bench"), plan, tuple(flat), **changes)


def runs(session: int, cell: Cell, *totals: float) -> list[RunEnded]:
    return [run(session, cell, number, total_s) for number, total_s in enumerate(totals, 1)]
