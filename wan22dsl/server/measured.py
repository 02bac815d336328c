"""What the simulated server says that it measured of a prompt: the message `benchmark`.

No released ComfyUI sends it; the shape is that of comfy/benchmark/SPIKE.md in a branch of Comfy-Org/ComfyUI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.cost.cards import MIB
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.server.state import State

_SCHEMA = 3


class NodeRun(NamedTuple):
    """A node that ran: when, by seconds of the prompt, and its steps."""

    node: str
    class_type: str
    start_s: float
    seconds: float
    steps_s: tuple[float, ...]
    used_bytes: int


def message(state: State, runs: Sequence[NodeRun], status: str) -> dict[str, Any]:
    """What the message says of a prompt that is over."""
    card = state.settings.card
    steps_s = [step_s for run in runs for step_s in run.steps_s]
    return {
        "type": "benchmark",
        "capture_schema_version": _SCHEMA,
        "collector_id": "wan22dsl-simulated",
        "run": {"status": status},
        "device": {
            "backend": "cuda",
            "gpu_model": f"NVIDIA {card.name} (simulated)",
            "total_vram_mb": card.vram_bytes / MIB,
            "attention_impl": "pytorch",
            "baseline": {"vram_used_mb": card.kept_bytes / MIB},
        },
        "durations": {
            "total_run_ms": _ms(state.clock.at_s),
            "sampler_ms": _ms(sum(steps_s)),
            "node_total_ms": _ms(sum(run.seconds for run in runs)),
        },
        "nodes": [
            {"node_id": run.node, "class_type": run.class_type, "elapsed_ms": _ms(run.seconds)}
            for run in runs
        ],
        "sampling": {
            "step_count": len(steps_s),
            "step_durations_ms": [_ms(step_s) for step_s in steps_s],
        },
        "resources": {
            "sample_interval_ms": 500,
            "series": [
                {"t_ms": _ms(run.start_s + run.seconds / 2), "vram_used_mb": run.used_bytes / MIB}
                for run in runs
            ],
        },
        "summary": {"throttled": False},
    }


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 3)
