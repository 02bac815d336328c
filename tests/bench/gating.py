"""Cells as they are compared, made by hand: everything of their cohort is known, the test gives the times."""

from __future__ import annotations

from typing import Any

from wan22dsl.bench.cohort import Cohort
from wan22dsl.bench.measured import Measured, MeasuredCell, Why

GIB = 1024**3

TABLES: dict[str, dict[str, Any] | None] = {
    "simulated": {"simulated": False},
    "bench": {"bench": "daily", "pipeline": "portrait"},
    "workload": {"workload": "832x1216, 81 frames, 16 fps"},
    "recipe": {"recipe": "a" * 64},
    "card": {"name": "RTX 5090", "memory_bytes": 32 * GIB},
    "power": {"power_limit_w": 575.0, "pcie_generation_max": 5, "pcie_width_max": 16},
    "comfyui": {"version": "0.38", "commit": "c" * 40, "changed files": False},
    "python": {"version": "3.13.1", "torch": "2.12.0+cu130"},
    "driver": {"version": "580.65", "CUDA": "13.0"},
    "packages": {"sageattention": "2.2.0", "triton": "3.5"},
    "packs": {"ComfyUI-GGUF": "1.1 abcdef"},
    "flags": {"--use-sage-attention": True, "--reserve-vram": 1.0},
    "environment": {"OMP_NUM_THREADS": "8"},
    "started": {"attention": "sage", "dynamic_vram": True},
    "design": {"warm-ups": 1, "warm-ups with compile": 3},
}


def cohort(**changes: Any) -> Cohort:
    """The cohort above; `flags={…}` replaces facts of a table, `packs=None` makes it unknown."""
    tables = dict(TABLES)
    missing = {}
    for table, facts in changes.items():
        tables[table] = None if facts is None else {**(tables[table] or {}), **facts}
        missing[table] = "nobody looked"
    return Cohort(tables, missing)


def figures(
    total_s: float, *, high_s: float = 60.0, peak: float = 20 * GIB
) -> dict[str, tuple[float, ...]]:
    """A run of two passes and a save; what `high` does not take is the rest."""
    low_s = 60.0
    return {
        "total_s": (total_s,),
        "high.total_s": (high_s + 2.0,),
        "high.load_s": (2.0,),
        "high.sampling_s": (high_s,),
        "high.decode_s": (0.0,),
        "high.step_s": (high_s / 2,),
        "low.total_s": (low_s + 10.0,),
        "low.load_s": (2.0,),
        "low.sampling_s": (low_s,),
        "low.decode_s": (8.0,),
        "low.step_s": (low_s / 2,),
        "save.seconds": (total_s - high_s - low_s - 12.0,),
        "peak_bytes": (peak,),
    }


def cell(
    total_s: float | None = 150.0,
    profile: str = "sage",
    *,
    why: tuple[Why, ...] = (),
    place: str = "main",
    values: dict[str, str] | None = None,
    high_s: float = 60.0,
    peak: float = 20 * GIB,
    **changes: Any,
) -> MeasuredCell:
    """A cell; without a total it has no figures."""
    own = figures(total_s, high_s=high_s, peak=peak) if total_s is not None else {}
    given = tuple((values or {}).items())
    name = ", ".join([profile, *(f"{key} {value}" for key, value in given)])
    return MeasuredCell(name, place, profile, given, cohort(**changes), own, why)


def bench(*cells: MeasuredCell, **changes: Any) -> Measured:
    """A bench of these cells."""
    given: dict[str, Any] = {
        "shown": "runs/now",
        "id": "20261201T100000-daily-3f2a",
        "name": "daily",
        "pipeline": "portrait",
        "made": "2026-12-01T10:00:00Z",
        "simulated": False,
        "cells": cells,
        "file": "portrait.wan",
    }
    return Measured(**(given | changes))
