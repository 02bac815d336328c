"""What a clip starts from: its kind, its pictures and videos, and its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.analysis.model import Input
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.samplers import Settings, latent_of
from wan22dsl.graph.tracing import step_back

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import VideoKind
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.recognition import Pass

#: Longer ways than this are given up.
_LONGEST = 500

#: What files hold that a clip starts from, and the inputs by which classes that are not known name one.
_MEDIA = frozenset({"picture", "video", "sound", "latent"})
_FILES = ("image", "video", "audio", "file", "directory")

#: What a conditioning is made from; its other links are models and texts.
_MATERIAL = frozenset({"IMAGE", "VIDEO", "AUDIO", "AUDIO_ENCODER_OUTPUT", "CLIP_VISION_OUTPUT"})


def kind_of(first: Pass, inputs: tuple[Input, ...]) -> VideoKind:
    """What kind of video the first pass of a clip makes."""
    roles = {input_.role for input_ in inputs}
    if "pixels" in roles or first.settings.denoise not in (1.0, None):
        return "video_to_video"
    made = None if first.conditioning is None else record_of(first.conditioning.class_name)
    conditioning = None if made is None else made.conditioning
    if conditioning is None:
        return "other"
    if conditioning.by_pictures:
        ends = {name for name in ("start_image", "end_image") if name in roles}
        if len(ends) == 2:
            return "first_last_frame"
        return (
            "last_frame" if "end_image" in ends else "image_to_video" if ends else "text_to_video"
        )
    return conditioning.kind


def inputs_of(graph: Graph, facts: FactTable, first: Pass) -> tuple[Input, ...]:
    """The files and frames that a clip starts from, by the inputs that they go to."""
    found: list[Input] = []
    for node in _starts(graph, facts, first):
        node_class = graph.class_of(node)
        types = (
            {} if node_class is None else {input_.name: input_.type for input_ in node_class.inputs}
        )
        for name, link in node.links():
            kind = types.get(name, "")
            if kind in _MATERIAL:
                found.append(Input(name, *_source(graph, facts, link, kind)))
    return tuple(dict.fromkeys(found))


def _starts(graph: Graph, facts: FactTable, first: Pass) -> list[Node]:
    """The conditioning, and the node that the latent begins at."""
    found = [] if first.conditioning is None else [first.conditioning]
    latent = first.settings.latent
    end = _end(graph, facts, latent, "LATENT") if latent is not None else None
    if end is not None and end not in found:
        found.append(end)
    return found


def _source(graph: Graph, facts: FactTable, link: Link, kind: str) -> tuple[str | None, str | None]:
    """The file behind a link, and else the id of the sampler whose frames they are."""
    end = _end(graph, facts, link, kind)
    for _ in range(_LONGEST):
        if end is None:
            return None, None
        file = file_of(facts, end)
        if file is not None:
            return file, None
        inner = end.inputs.get("samples")
        if latent_of(end) is not None:
            return None, end.id
        if isinstance(inner, Link):
            end = _end(graph, facts, inner, "LATENT")
        else:
            links = [before for _, before in end.links()]
            end = graph.nodes.get(links[-1].node) if links else None
    return None, None


def file_of(facts: FactTable, node: Node) -> str | None:
    """The file of pictures, frames, sound or a latent that a node loads."""
    loads = record_of(node.class_name).file
    names = (loads.input,) if loads is not None and loads.kind in _MEDIA else _FILES
    for name in names:
        value = facts.constant(node, name)
        if isinstance(value, str) and value:
            return value
    return None


def _end(graph: Graph, facts: FactTable, link: Link, kind: str) -> Node | None:
    """The node where the way of a type begins; a sampler ends the way of its latent."""
    node = graph.nodes.get(link.node)
    for _ in range(_LONGEST):
        if node is None or (kind == "LATENT" and latent_of(node) is not None):
            return node
        before = step_back(graph, link, kind, facts)
        if before is None:
            return node
        link, node = before, graph.nodes.get(before.node)
    return node


def prompts_of(graph: Graph, facts: FactTable, settings: Settings) -> tuple[str | None, str | None]:
    """The prompt and the negative prompt of a pass."""
    link = settings.positive
    node = graph.nodes.get(link.node) if link is not None else None
    texts = () if node is None else record_of(node.class_name).texts
    if node is None or not texts:
        return text_of(graph, facts, link), text_of(graph, facts, settings.negative)
    found = [facts.constant(node, name) for name in texts]
    known = [text if isinstance(text, str) else None for text in found]
    return known[0], known[1] if len(known) > 1 else None


def text_of(graph: Graph, facts: FactTable, link: Link | None) -> str | None:
    """The text behind a conditioning; of several that are combined, the first."""
    for _ in range(_LONGEST):
        node = graph.nodes.get(link.node) if link is not None else None
        if node is None or link is None:
            return None
        text = facts.constant(node, "text")
        if isinstance(text, str):
            return text
        both = [node.inputs.get(name) for name in ("positive", "negative")]
        if 0 <= link.slot < 2 and isinstance(both[link.slot], Link):
            link = both[link.slot]
        else:
            link = step_back(graph, link, "CONDITIONING", facts)
    return None
