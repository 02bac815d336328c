"""WAN713: a schedule that begins after its first step, with nothing to begin from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.handoffs import level
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import fix_of, steps
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.schedule.handoff import handoffs, parts_exchanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN713",
    name="starts-late",
    severity=Severity.WARNING,
    summary="A pass on an empty latent starts late in its schedule",
    text=("{who} starts at sigma {level}, {how}, but {what}."),
    why=(
        "A later start, like a `denoise` below 1, keeps a part of the latent. An empty latent "
        "has nothing to keep, so the model continues from plain grey: flat, faded frames."
    ),
    help=(
        "Start at step 0 (or at a denoise of 1), give it the latent of the pass before, or a video, "
        "encoded with `encode_frames` (in ComfyUI VAEEncode)."
    ),
    bad=portrait(
        'high -> wan22.low -> save("demo")',
        "pass high = wan22.high(steps = 1..2 of 4, add_noise = true)",
    ),
    good=portrait('high -> wan22.low -> save("demo")', "pass high = wan22.high(steps = 0..2 of 4)"),
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample, and comfy/model_sampling.py, "
    "CONST; run",
)


#: From this level on a picture is little more than noise, so that a missing one hardly shows.
_ALMOST_NOISE = 0.95


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass with noise of its own on an empty latent that begins below sigma 1."""
    exchanged = {pair.before.id for pair in handoffs(view, "overlap") if parts_exchanged(pair)}
    for pass_ in view.passes:
        settings = pass_.settings
        if settings.denoise is not None and settings.denoise < 1:
            continue  # WAN656
        if pass_.before is not None or settings.add_noise is not True or not is_empty(view, pass_):
            continue
        late = settings.start is not None and 0 < settings.start < (settings.end or 0)
        if late and pass_.sigmas and pass_.sigmas[0] < 0.999 and pass_.id not in exchanged:
            yield MESSAGE.at(
                setting(pass_, "start", "steps"),
                severity=Severity.NOTE if pass_.sigmas[0] >= _ALMOST_NOISE else None,
                fix=fix_of("Start at step 0", steps(pass_, start=0)),
                who=called(pass_),
                level=level(pass_.sigmas[0]),
                how=f"at step {settings.start} of {settings.steps}",
                what=_WITHOUT_SAMPLES if settings.wrapper else _EMPTY,
            )


_EMPTY = "its latent is empty: there is no picture under the noise"
_WITHOUT_SAMPLES = "it gets no `samples`: it takes pure noise for a picture with some noise on it"


def is_empty(view: View, pass_: Pass) -> bool:
    """Whether the latent of a pass comes from a node that makes an empty one."""
    link = pass_.settings.latent
    if pass_.settings.wrapper:
        return link is None and pass_.conditioning is not None
    node = view.graph.nodes.get(link.node) if isinstance(link, Link) else None
    shape = record_of(node.class_name).latent if node is not None else None
    if shape is None or shape.one_picture:
        return False
    return isinstance(link, Link) and link.slot == shape.slot
