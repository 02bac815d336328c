"""WAN522: a value that ComfyUI takes, and that nobody means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.passes.recipes import distilled, recipe_of
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place, setting
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import named, number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN522",
    name="implausible-value",
    severity=Severity.WARNING,
    summary="A number is far outside the usual range",
    text="{input} of {node} is {value}; {usual}.",
    why=(
        "ComfyUI accepts the value, but no published pipeline comes near it. Often it has a "
        "digit too many, or is meant as a percentage."
    ),
    help="Write the intended value{meant}. {effect}",
    bad=portrait('wan22.high -> wan22.low -> save_webp("demo", quality = 1)', size="832x480"),
    good=portrait('wan22.high -> wan22.low -> save_webp("demo", quality = 90)', size="832x480"),
    source="Comfy-Org/workflow_templates and public workflows: the values in use; x264 and libaom: the scale "
    "of crf; Wan-Video/Wan2.2, wan/configs: 40 and 50 steps, shift 5 to 12",
)


class Usual(NamedTuple):
    """Below `least` and beyond `most` nobody means a value. `effect` is a sentence on what comes of it."""

    least: float
    most: float
    words: str
    effect: str


#: Of H.264 and H.265 the scale of crf ends at 51, of AV1 and VP9 at 63.
_CRF = Usual(0, 45, "15 to 30 is usual", "Beyond 45 the picture falls apart into blocks.")
_CRF_OPEN = Usual(0, 58, "20 to 40 is usual", "Near 63 the picture falls apart into blocks.")

#: CreateVideo takes 120 at most; screens show up to 240.
_RATE = Usual(
    0, 240, "screens show at most 240 frames a second", "Players drop the additional frames."
)

#: FrameInterpolate takes 16 at most, the other nodes much more.
_TIMES = Usual(
    0,
    16,
    "2 to 4 is usual",
    "Frames so close to each other hardly differ, and each takes time.",
)

#: The official t2v settings have 12; at 30 nine of ten steps have a noise above .77.
_SHIFT = Usual(0, 30, "5 to 12 is usual", "Nearly all steps then go to the first, coarse noise.")

#: The makers' settings have 40 and 50.
_STEPS = Usual(0, 100, "20 to 50 is usual", "More steps only take more time.")

#: Where no recipe is published for a family, WAN722 cannot compare. The recipes there are have 1 to 5.
_CFG = Usual(0, 20, "1 to 7 is usual", "Colours burn and motion jerks.")

#: 0 leaves the motion of the video alone, 1 follows it.
_VACE = Usual(-10, 10, "0.5 to 1.5 is usual", "The control then outweighs everything else.")

_QUALITY = Usual(
    10, 100, "75 to 95 is usual", "100 is the best, and below 10 there are only blocks."
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every such value of a node that is needed, and of a pass."""
    for node in view.needed:
        for name, usual in _of_node(view, node):
            value = view.value(node, name)
            if _is_off(value, usual):
                yield _finding(node, name, value, usual)
    told: set[tuple[str, str]] = set()
    for pass_ in view.passes:
        for holder, name, value, usual in _of_pass(pass_):
            if _is_off(value, usual) and (holder.id, name) not in told:
                told.add((holder.id, name))
                yield _finding(holder, name, value, usual, pass_)


def _is_off(value: Any, usual: Usual) -> bool:
    return type(value) in {int, float} and not usual.least <= value <= usual.most


def _of_node(view: View, node: Node) -> Iterator[tuple[str, Usual]]:
    """The inputs of a node that are looked at."""
    record = record_of(node.class_name)
    player, conditioning = record.player, record.conditioning
    what = "" if record.saving is None else record.saving.what
    if (
        player is not None
        and not player.animated
        and view.facts_of(node, player.frames).fps is None
    ):
        yield player.rate, _RATE  # where the rate of the frames is known, WAN804 compares
    if what == "combined":
        yield "crf", _crf_of(view.value(node, "format"))
    elif what == "webm":
        yield "crf", _CRF_OPEN
    elif what == "video":
        yield "format.codec.encoding.crf", _crf_of(view.value(node, "format.codec"))
    elif what == "webp" and view.value(node, "lossless") is not True:
        yield "quality", _QUALITY
    elif conditioning is not None and conditioning.kind == "vace":
        yield "strength", _VACE
    elif record.interpolation is not None:
        yield "multiplier", _TIMES


def _crf_of(format: Any) -> Usual:
    return _CRF if isinstance(format, str) and ("26" in format) else _CRF_OPEN


def _of_pass(pass_: Pass) -> Iterator[tuple[Node, str, Any, Usual]]:
    if not pass_.is_of_wan:
        return  # what is usual is so for models of Wan
    if distilled(pass_) is not None:
        return  # WAN701 and WAN718 hold steps and shift against the distillation
    if pass_.shift_node is not None and pass_.shift:  # at 0 there is no noise at all: WAN704
        yield pass_.shift_node, "shift", pass_.shift, _SHIFT
    settings = pass_.settings
    if recipe_of(pass_) is None:
        place = settings.places.get("cfg")
        if place is not None:
            yield place.node, place.input, settings.cfg, _CFG
    if settings.start is not None and settings.end is not None:
        yield pass_.holder("steps"), "steps", settings.end - settings.start, _STEPS


def _finding(
    node: Node, name: str, value: float, usual: Usual, pass_: Pass | None = None
) -> Diagnostic:
    steps = pass_ is not None and name == "steps"
    span = setting(pass_, name) if pass_ is not None and steps else place(node, name)
    meant = _per_cent(value, usual)
    return MESSAGE.at(
        span,
        fix=None if meant is None else in_place(span, repr(value), meant),
        node=called(pass_) if pass_ is not None and steps else named(node),
        input="The number of steps" if steps else f"`{name}`",
        value=number(value),
        usual=usual.words,
        effect=usual.effect,
        meant="" if meant is None else f", such as {meant}",
    )


def _per_cent(value: float, usual: Usual) -> str | None:
    """What is meant by 80 where 1 is the whole."""
    return repr(value / 100) if usual is _VACE and 10 < abs(value) <= 200 else None
