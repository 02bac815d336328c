"""A shift that a pack has computed from the boundary of the experts: `shift = boundary(0.875)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.passes.sigmas import shift_at
from wan22dsl.importing.spellings import number
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.importing.computed import Origins
    from wan22dsl.importing.units import PassUnit

_STEPS = re.compile(r"([0-9]+)\.\.([0-9]+) of ([0-9]+)")


def boundary_of(unit: PassUnit, origins: Origins, usual: str) -> str:
    """The call that gives the shift of a pass, where a node for two experts has computed that shift.

    Empty where it is another number. `usual` is the boundary of the family of its model.
    """
    origin = origins.get((unit.shifted, "shift"))
    nodes = () if origin is None else origin.nodes
    source = next((node for node in nodes if record_of(node.class_name).schedule == "moe"), None)
    steps = _STEPS.fullmatch(unit.settings.get("steps", ""))
    sampler = unit.settings.get("sampler")
    level = None if source is None else source.inputs.get("boundary")
    if steps is None or sampler is None or not isinstance(level, (int, float)):
        return ""
    start, end, total = map(int, steps.groups())
    step = start if end >= total else end
    name, scheduler = spelling.sampler_parts(sampler)
    found = shift_at(scheduler, step, total, float(level), name)
    if not 0 < step < total or found is None or number(found) != unit.settings["shift"]:
        return ""
    written = number(float(level))
    return "boundary()" if usual and float(usual) == float(level) else f"boundary({written})"
