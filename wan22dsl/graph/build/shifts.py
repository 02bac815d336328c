"""`boundary(0.875)`: the shift that puts a noise level at the step where a pass changes experts.

The idea is WanMoEScheduler's (cmeka/ComfyUI-WanMoEScheduler, nodes.py): of all shifts by hundredths the
smallest at which the noise at that step is at the level or above. For the scheduler `simple` it is near
`level * (1 - x) / (x * (1 - level))`, where `x` is the share of the steps behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import assets, messages
from wan22dsl.graph.build.values import Declared, Thunk
from wan22dsl.graph.passes.sigmas import shift_at
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.language.syntax.tree import Nested

#: The stage of the library that stands for it, and its parameters.
STAGE = "boundary"
_NAMES = ("level", "steps", "sampler")


def at_boundary(
    b: Builder, bound: Env, settings: Settings, node: Nested, env: Env
) -> Constant | Unknown | Broken:
    """The shift for the parameters of the stage; BROKEN, with a finding, where there is none."""
    found = {name: b.force(value, settings) if isinstance(value, Thunk) else value
             for name, value in ((name, bound.local[name]) for name in _NAMES)}  # fmt: skip
    if any(isinstance(value, Broken) for value in found.values()):
        return BROKEN
    if any(isinstance(value, Unknown) for value in found.values()):
        return Unknown(Type("float"))
    problem, help = "", ""
    for name, value in found.items():
        if isinstance(value, Nothing):
            problem = f"there are no `{name}` here"
            if name == "level":
                problem = "the family of the model has no `boundary`"
            help = "Write the noise level, `boundary(0.9)`, and use it as the `shift` of a pass."
        elif not isinstance(value, Constant):
            problem = f"its `{name}` is known only when it runs"
            help = "Write a number, such as `boundary(0.9)`."
    level, steps, sampler = (found[name] for name in _NAMES)
    if not problem and isinstance(level, Constant):
        step = _step(b, steps, settings)
        if step is None:
            problem = "the pass samples the whole schedule, so no expert follows"
            help = "Sample a part of a schedule, such as `0..10 of 20`, or write the shift."
        elif isinstance(steps, Constant) and isinstance(sampler, Constant):
            shift = shift_at(sampler.data[1], step, steps.data[2], level.data, sampler.data[0])
            if shift is not None:
                return Constant("float", shift)
            problem = f"no shift puts sigma {level.data:g} after step {step} of {steps.data[2]}"
            problem += f" with the scheduler `{sampler.data[1]}`"
            help = "Write the shift as a number, or use another scheduler, such as `simple`."
            if not 0 < level.data < 1:
                help = "Write a noise level between 0 and 1, such as `boundary(0.9)`."
    b.say(messages.NO_SHIFT_AT_BOUNDARY, env.span(node), problem=problem, help=help)
    return BROKEN


def _step(b: Builder, steps: Value, settings: Settings) -> int | None:
    """The step at which the experts change: the end of the high-noise one, the start of the other."""
    if not isinstance(steps, Constant) or steps.data[2] is None:
        return None
    start, end, total = steps.data
    if start == 0 or end >= total:
        return (start or None) if end >= total else int(end)
    model = assets.model_of(b, settings.look("model"), settings)
    noise = assets.text(b, model, "noise", settings) if isinstance(model, Declared) else None
    return int(start if noise == "low" else end)
