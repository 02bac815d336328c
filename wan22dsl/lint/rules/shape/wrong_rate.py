"""WAN804: frames that are saved at another rate than they were made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import SOUND, loader_behind
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN804",
    name="wrong-rate",
    severity=Severity.WARNING,
    summary="A video plays at another rate than that of its frames",
    text="{node} plays frames made for {made} fps at {fps} fps{seconds}.",
    why=(
        "The 14B models move at 16 frames per second, the 5B model at 24; interpolation "
        "multiplies that. At another rate everything moves too fast or too slowly. The setting "
        "`fps` does not change how a model moves. Nodes have their own defaults: CreateVideo 30, "
        "VHS_VideoCombine 8. A difference of up to 10 % is a note: it is hard to see, but puts "
        "sound out of sync."
    ),
    help="Write {right}, or interpolate {how}.",
    bad=portrait('wan22.high -> wan22.low -> save("demo", fps = 30fps)'),
    good=portrait('wan22.high -> wan22.low -> rife(times = 2) -> save("demo", fps = 32fps)'),
    source="Wan-Video/Wan2.2, wan/configs: sample_fps",
)

#: Up to this share the difference is a note: 64 frames a second saved at 60. Hardly anybody sees it, but the
#: video takes longer than its sound.
NOTED = 0.1

#: Rates nearer than this to each other are taken for the same: 23.976 and 24.
_SAME = 0.01


def check(view: View) -> Iterator[Diagnostic]:
    """Every node that sets a rate, where that of its frames is known."""
    made, by_5b = _made(view), _made_by_5b(view)
    for node in view.needed:
        player = record_of(node.class_name).player
        if player is None:
            continue
        images, rate = player.frames, player.rate
        link, fps = node.inputs.get(images), view.value(node, rate)
        facts = made.of(link if isinstance(link, Link) else Link("", 0))
        if facts.fps == 16.0 and by_5b:
            continue
        if not facts.fps or facts.frames == 1 or type(fps) not in {int, float} or not fps >= 1:
            continue  # below 1 the nodes do not take it, which WAN504 says
        off = abs(fps / facts.fps - 1)
        if off <= _SAME or (off <= NOTED and file_heard(view, node)):
            continue  # of a video beside its own sound WAN818 says it
        seconds = ""
        if facts.frames is not None:
            lengths = [(facts.frames - 1) / rate for rate in (facts.fps, fps)]
            digits = 2 if off <= NOTED or round(lengths[0], 1) == round(lengths[1], 1) else 1
            meant, played = (round(length, digits) for length in lengths)
            seconds = (
                f": {facts.frames} frames last {number(played)} s instead of {number(meant)} s"
            )
        span = place(node, rate)
        written = span is not None and span.text[:1].isdigit()
        set_by = None if written else _setting(view, node, fps)
        span = span if set_by is None else set_by.spans["fps"]
        right = facts.fps if set_by is None else made.of(Link(set_by.id, 0)).fps
        yield MESSAGE.at(
            span,
            severity=Severity.NOTE if off <= NOTED else Severity.WARNING,
            fix=fix_of(span, right or facts.fps),
            node=named(node),
            fps=number(fps),
            made=number(facts.fps),
            right=number(right or facts.fps),
            how="first" if fps > facts.fps else "less",
            seconds=seconds,
        )


def _made(view: View) -> FactTable:
    """The facts with the rates that the models are made for, not those that a setting says instead."""
    marked = _reset(view)
    if not marked:
        return view.facts
    bare = _table(view, {node.id: None for node in marked})
    known = {node.id: bare.of(Link(node.id, 0)).fps for node in marked}
    return _table(
        view,
        {node.id: node.stated.model_fps if known[node.id] else None for node in marked},
    )


def _reset(view: View) -> list[Node]:
    """The samplers whose settings have another rate than their family."""
    return [node for node in view.graph.nodes.values() if node.stated.model_fps is not None]


def _table(view: View, rates: dict[str, float | None]) -> FactTable:
    nodes = {
        id: node.changed(stated=node.stated._replace(fps=rates[id])) if id in rates else node
        for id, node in view.graph.nodes.items()
    }
    return FactTable(view.graph.with_nodes(nodes))


def _setting(view: View, node: Node, fps: float) -> Node | None:
    """The sampler whose setting `fps` a node takes its rate from; None where it has one of its own."""
    player = record_of(node.class_name).player
    if player is None or view.facts_of(node, player.frames).fps != fps:
        return None
    waiting, seen = [node], {node.id}
    while waiting:
        current = waiting.pop()
        if current.stated.model_fps is not None and "fps" in current.spans:
            return current
        for _, link in current.links():
            if link.node not in seen and link.node in view.graph.nodes:
                seen.add(link.node)
                waiting.append(view.graph.nodes[link.node])
    return None


def file_heard(view: View, node: Node) -> str | None:
    """The video that a node plays both frames and sound of; None where they are of different files."""
    player = record_of(node.class_name).player
    sound, frames = node.inputs.get("audio"), node.inputs.get(player.frames if player else "")
    if not isinstance(sound, Link) or not isinstance(frames, Link):
        return None
    heard = loader_behind(view.graph.nodes, view.type_of, sound, SOUND)
    seen = loader_behind(view.graph.nodes, view.type_of, frames)
    if heard is None or seen is None:
        return None
    files = [
        view.value(loader, loads.input)
        for loader in (heard, seen)
        if (loads := record_of(loader.class_name).file) is not None
    ]
    same = len(files) == 2 and files[0] == files[1]
    return files[0] if same and isinstance(files[0], str) else None


def fix_of(span: Span | None, fps: float) -> Fix | None:
    """The rate of the frames for the number that is written, in the same spelling."""
    if span is None:
        return None
    written = span.text.removesuffix("fps")
    new = number(fps) if written.isdigit() else repr(fps)
    return in_place(span, written, new) if written.replace(".", "", 1).isdigit() else None


def _made_by_5b(view: View) -> bool:
    """Whether a conditioning that is otherwise for the 14B models feeds a model of 5B."""
    families = (pass_.model.family for pass_ in view.passes if pass_.model is not None)
    return any(family is not None and family.endswith("_5b") for family in families)
