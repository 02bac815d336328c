"""Records of runs that never were, in the shape of those that `wan run` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.run import store
from wan22dsl.run.models.record import RunRecord

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1024**3
NOTHING = "0" * 64


def usage(peak_gib: float = 20.0, total_gib: float = 24.0, curve: Any = None) -> dict[str, Any]:
    """The memory of a card."""
    points = [[0.5, 6.0], [10.0, peak_gib], [100.0, peak_gib], [150.0, 12.0]]
    points = points if curve is None else curve
    return {
        "peak_bytes": int(peak_gib * GIB),
        "total_bytes": int(total_gib * GIB),
        "curve": [(at_s, int(gib * GIB)) for at_s, gib in points],
    }


def pass_(name: str, step_s: float = 30.0, *, load_s: float = 5.0, **other: Any) -> dict[str, Any]:
    """A pass of two steps."""
    steps_s = other.pop("steps_s", (step_s, step_s))
    found = {
        "name": name,
        "load_s": load_s,
        "patching_s": 0.0,
        "sampling_s": sum(steps_s),
        "steps_s": steps_s,
        "decode_s": 8.0 if name == "low" else 0.0,
        "rest_s": 3.0 if name == "high" else 0.0,
        "cached": False,
        "cached_nodes": 0,
        "cold": False,
        "complete": True,
        "finished": True,
        "memory": usage(),
    } | other
    parts = ("load_s", "sampling_s", "decode_s", "rest_s")
    return {"total_s": sum(found[part] for part in parts)} | found


def timing(
    *passes: dict[str, Any], stages: Any = (("rife", 10.0),), **other: Any
) -> dict[str, Any]:
    """The times of a run."""
    found_stages = [{"name": name, "seconds": took, "cached": False} for name, took in stages]
    total_s = sum(each["total_s"] for each in passes) + sum(took for _, took in stages)
    return {
        "total_s": total_s,
        "queue_s": 0.0,
        "server_s": 0.0,
        "between_s": 0.0,
        "drift_s": 0.0,
        "complete": True,
        "all_cached": False,
        "passes": passes or (),
        "stages": found_stages,
    } | other


def record(id: str = "20260301T120000-clip-0001", **other: Any) -> RunRecord:
    """A run of two passes on a card that does not exist; `other` are fields that are to be different."""
    found = {
        "record": 1,
        "id": id,
        "wan22dsl": "0.1.0",
        "started": "2026-03-01T12:00:00.000+00:00",
        "result": "success",
        "simulated": False,
        "speed": 1.0,
        "source": {
            "file": "films/clip.wan",
            "pipeline": "clip",
            "text": "wan 1\n",
            "sha256": NOTHING,
        },
        "parameters": {},
        "seed_shift": 0,
        "target": "ComfyUI 0.39",
        "prompt": {"json": {"1": {"class_type": "LoadImage"}}, "sha256": NOTHING},
        "server": {
            "address": "http://127.0.0.1:8188",
            "comfyui": "0.39",
            "pytorch": "2.12.1+cu130",
            "python": "3.13.1",
            "os": "linux",
            "arguments": ["--use-sage-attention"],
            "flags": [{"name": "--use-sage-attention", "value": True}],
            "devices": [
                {"name": "cuda:0 NVIDIA RTX 4090", "type": "cuda", "memory_bytes": 24 * GIB}
            ],
        },
        "timing": timing(pass_("high"), pass_("low")),
        "memory": {**usage(), "note": ""},
        "ratings": [
            {
                "what": "the whole run",
                "seconds": 154.0,
                "verdict": "good",
                "target": "150 s excellent, 180 s good (guide.two_passes)",
                "note": "warm",
            }
        ],
        "attempts": [],
        "outputs": [],
        "findings": [],
        "left_on_server": [],
    } | other
    return RunRecord.model_validate(found)


def put(folder: Path, *records: RunRecord) -> Path:
    """A folder with records in it."""
    for each in records:
        store.write(each, folder)
    return folder
