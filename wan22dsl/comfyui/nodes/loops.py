"""ComfyUI's loops: what stands between StartLoop and EndLoop runs several times in one prompt.

ComfyUI 0.36: comfy_extras, the nodes of "utilities/looping"; comfy_execution/validation.py.
"""

from __future__ import annotations

from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import NodeRecord, Reading


def times(reading: Reading) -> int | None:
    """How often the body behind a StartLoop runs; None where a link or the length of a list decides it."""
    mode = reading.value("mode")
    if mode == "simple":
        number = reading.whole("mode.num_iterations")
        return None if number is None else max(number, 0)
    if mode != "For":
        return None
    first, end = reading.whole("mode.start_iteration_index"), reading.whole("mode.max_iteration")
    step = reading.whole("mode.step")
    if first is None or end is None or not step:
        return None
    return len(range(first, end, step))


def _ended(reading: Reading) -> Facts:
    """The value of the last iteration; with `accumulate` a list, and what follows runs for each item."""
    if reading.value("accumulate") is not False:
        return NOTHING_KNOWN
    return reading.facts("output_value")


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord("StartLoop", loop="start", facts=lambda _: NOTHING_KNOWN),
    NodeRecord("EndLoop", loop="end", facts=_ended),
)
