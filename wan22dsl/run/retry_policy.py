"""Out of memory: how it is recognised, what is tried next, and what would fit.

There are three retries, each made once: with all memory freed, with each pass as a prompt of its own, and
with the frames decoded in tiles. After them the run fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from wan22dsl.graph.passes.plan import PassPlan, Plan
    from wan22dsl.run.events import Fault

#: How it is said by PyTorch on CUDA, ROCm, MPS, XPU and the CPU, by NumPy, cuBLAS and the C++ library.
_WORDS = (
    "out of memory",
    "allocation on device",
    "defaultcpuallocator",
    "not enough memory",
    "unable to allocate",
    "cannot allocate memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "bad_alloc",
    "insufficient memory",
)

FREE, STAGED, TILED, AGAIN = "free", "staged", "tiled decode", "submit again"


class Mode(NamedTuple):
    """How an attempt is made."""

    staged: bool = False
    tiled: bool = False


def is_out_of_memory(fault: Fault) -> bool:
    """Whether a fault is for want of memory, of the card or of the machine."""
    kind = fault.type.rpartition(".")[2]
    if kind.endswith("OutOfMemoryError") or kind == "MemoryError":
        return True
    said = fault.message.lower()
    return any(word in said for word in _WORDS)


def next_retry(
    mode: Mode, taken: Collection[str], *, decoding: bool, can_stage: bool, can_tile: bool
) -> tuple[str, Mode] | None:
    """What to try next; None when nothing is left. `decoding`: it failed while decoding a latent."""
    if FREE not in taken:
        return FREE, mode
    if decoding and can_tile and not mode.tiled:
        return TILED, mode._replace(tiled=True)
    if can_stage and not mode.staged:
        return STAGED, mode._replace(staged=True)
    if can_tile and not mode.tiled:
        return TILED, mode._replace(tiled=True)
    return None


#: Share of the card that is there for activations when weights are streamed as far as they can be, and
#: what the driver and PyTorch themselves keep.
_USABLE, _KEPT_BYTES = 0.95, 1.2 * 1024**3


def activation_bytes(width: int, height: int, frames: int, batch: int = 1) -> int:
    """What one forward of a 14B expert needs beside its weights.

    ComfyUI's estimate in MiB (comfy/model_base.py, memory_required, with the memory_usage_factor of Wan): the
    points of the latent, times 2 bytes, times 0.01, scaled by the width of the model.
    """
    area = batch * ((frames - 1) // 4 + 1) * (height // 8) * (width // 8)
    return int(area * 2 * 0.01 * (5120 / 2222) * 1024 * 1024)


def what_fits(plan: Plan, total_bytes: int | None) -> str:
    """What to change so that it fits, in a sentence or two."""
    advice = []
    largest = max(
        (pass_plan for pass_plan in plan.passes if _area(pass_plan)), key=_area, default=None
    )
    if largest is not None and total_bytes:
        width, height, frames = largest.width or 0, largest.height or 0, largest.frames or 0
        room = total_bytes * _USABLE - _KEPT_BYTES
        fits = _frames_that_fit(width, height, frames, room)
        if fits and fits < frames:
            advice.append(f"About {fits} frames at {width}x{height} should fit on this card.")
        elif not fits:
            advice.append(f"{width}x{height} is too large for this card; use 480x832.")
    advice.append(
        "To need less memory, use fewer frames or a smaller size (both count alike), batch "
        "1, fp8 or GGUF weights, or close other programs on the card. If the card is nearly "
        "full, start ComfyUI with --reserve-vram 2."
    )
    return " ".join(advice)


def _area(pass_plan: PassPlan) -> int:
    return (pass_plan.width or 0) * (pass_plan.height or 0) * (pass_plan.frames or 0)


def _frames_that_fit(width: int, height: int, frames: int, room: float) -> int:
    """The most frames (4n+1) whose activations fit; 0 where not even five do."""
    for fewer in range(frames, 4, -1):
        if fewer % 4 == 1 and activation_bytes(width, height, fewer) <= room:
            return fewer
    return 0
