"""What an analysis of a graph holds: facts alone, frozen, without any wording. None: not known.

The JSON of `wan describe` has the same names, so a change here is a change of its schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import VideoKind
    from wan22dsl.graph.analysis.needs import Cost


#: How the passes of a clip go together: one alone, several on one schedule, or each on its own.
Manner = Literal["single", "split", "refine", "split_and_refine"]

Value = int | float | str | bool


class Lora(NamedTuple):
    """A LoRA on the model of a pass; `distilled_steps` where it was distilled to few steps."""

    file: str
    strength: float | None
    noise: str | None
    distilled: bool
    distilled_steps: int | None


class Patch(NamedTuple):
    """A node that changes the model in another way, with the constants that it is given."""

    node: str
    class_name: str
    settings: dict[str, Value]


class PassFacts(NamedTuple):
    """A pass and its settings, as `graph.passes.Pass` has them.

    `steps` are its own, `of_steps` those of the whole schedule; `shift` is the one that holds, and
    `shift_is_default` tells that no node sets it. `sigmas` is the noise before each of its steps and
    behind the last. Sizes are those of the frames. `times` is how often it runs in one prompt: more than
    once in a loop, and None where only the run knows.
    """

    name: str
    id: str
    noise: str | None
    family: str | None
    model: str | None
    loras: tuple[Lora, ...]
    patches: tuple[Patch, ...]
    steps: int | None
    start_step: int | None
    end_step: int | None
    of_steps: int | None
    cfg: float | None
    sampler: str | None
    scheduler: str | None
    denoise: float | None
    shift: float | None
    shift_is_default: bool
    seed: int | None
    adds_noise: bool | None
    leaves_noise: bool | None
    width_px: int | None
    height_px: int | None
    frames: int | None
    before: str | None
    handoff: str | None
    sigmas: tuple[float, ...] | None
    times: int | None


class HandOver(NamedTuple):
    """The latent of one pass, handed on to the next one of its schedule.

    It is left after `end_step` at `end_sigma` and taken up at `start_step`, where there should be
    `start_sigma`. `factor` is the noise that is there over the noise that is expected, 1 where it is exact;
    `cause` is what is wrong, None where nothing is. `boundary_step` is the step after which the experts
    should change by the first pass's schedule, which has `of_steps`; None where the expert does not change.
    `renewed` tells that the next pass adds noise of its own.
    """

    before: str
    after: str
    end_step: int | None
    start_step: int | None
    end_sigma: float | None
    start_sigma: float | None
    factor: float | None
    cause: str | None
    boundary_step: int | None
    of_steps: int | None
    renewed: bool


class Schedule(NamedTuple):
    """A noise schedule and the passes that share it, by their ids.

    `steps` are None where they are not known, or where the passes count them in different ways. `boundary`
    is the sigma at which the experts change, which is after `boundary_step` steps of the first pass.
    """

    passes: tuple[str, ...]
    steps: int | None
    boundary: float | None
    boundary_step: int | None
    hand_overs: tuple[HandOver, ...]


class Input(NamedTuple):
    """What a clip starts from: the input that it goes to, and the file, or the pass whose frames they are."""

    role: str
    file: str | None
    from_pass: str | None


class Clip(NamedTuple):
    """Passes that work on the same frames. `order` are the noise levels of their experts, in flow order."""

    name: str
    kind: VideoKind
    family: str | None
    manner: Manner
    order: tuple[str | None, ...]
    prompt: str | None
    negative: str | None
    inputs: tuple[Input, ...]
    passes: tuple[PassFacts, ...]
    schedules: tuple[Schedule, ...]


class Step(NamedTuple):
    """A node on the way of the frames, and what there is behind it.

    `times` is what interpolation multiplies the frames by.
    """

    node: str
    name: str
    class_name: str
    times: int | None
    frames: int | None
    fps: float | None
    width_px: int | None
    height_px: int | None


class Output(NamedTuple):
    """What is saved or shown: the way there, from the pass or the file that the frames come from.

    `fps` is the rate that it plays at, `duration_s` frames by that. `file` is the start of its name. Of a
    very long way only the beginning and the end are in `steps`; `steps_left_out` are missing between them.
    """

    node: str
    class_name: str
    file: str | None
    format: str | None
    from_pass: str | None
    from_file: str | None
    steps: tuple[Step, ...]
    steps_left_out: int
    frames: int | None
    fps: float | None
    width_px: int | None
    height_px: int | None
    duration_s: float | None


class Deviation(NamedTuple):
    """A setting of passes, by their ids, that the recipe of their family has otherwise."""

    passes: tuple[str, ...]
    setting: str
    value: Value
    usual: tuple[Value, ...]


class LeftOut(NamedTuple):
    """A muted or bypassed node: it is in the file, and does not run."""

    node: str
    name: str
    class_name: str
    mode: str


class LoopFacts(NamedTuple):
    """A loop within one prompt: the nodes it starts and ends with, and how many run in it each time.

    `times` is how often, without the loops around it; None where only the run knows.
    """

    start: str
    end: str
    nodes: int
    times: int | None


class Analysis(NamedTuple):
    """One pipeline or graph, as a colleague would tell of it.

    `cost` is that on the first card that was named; `cards` has all where several were. `unknown_samplers`
    are the classes of nodes that may sample, of which no passes are known.
    """

    name: str
    clips: tuple[Clip, ...]
    outputs: tuple[Output, ...]
    cost: Cost
    cards: tuple[Cost, ...]
    deviations: tuple[Deviation, ...]
    left_out: tuple[LeftOut, ...]
    unknown_samplers: tuple[str, ...] = ()
    loops: tuple[LoopFacts, ...] = ()
