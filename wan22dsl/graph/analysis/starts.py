"""What a clip starts from: its kind, its pictures and videos, and its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import is_video
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

#: Inputs of a conditioning that get pictures already encoded.
_ENCODED = frozenset({"anchor_samples", "prev_samples"})

#: What a conditioning is made from; its other links are models and texts.
_MATERIAL = frozenset({"IMAGE", "VIDEO", "AUDIO", "AUDIO_ENCODER_OUTPUT", "CLIP_VISION_OUTPUT"})


def moves(input_: Input) -> bool:
    """Whether what a clip starts from is a video: a file of one, a GIF too, or the frames of a pass."""
    file = input_.file or ""
    return input_.from_pass is not None or is_video(file) or file.lower().endswith(".gif")


def kind_of(first: Pass, inputs: tuple[Input, ...], encoded: tuple[Input, ...]) -> VideoKind:
    """What kind of video the first pass of a clip makes; `encoded` are what its latent is encoded from."""
    roles = {input_.role for input_ in inputs}
    if encoded:
        return "video_to_video" if any(map(moves, encoded)) else "other"
    made = None if first.conditioning is None else record_of(first.conditioning.class_name)
    conditioning = None if made is None else made.conditioning
    if first.conditioning is None or conditioning is None or _adds(first, first.conditioning):
        return "other"
    if conditioning.by_pictures:
        ends = {name for name in ("start_image", "end_image") if name in roles}
        if len(ends) == 2:
            return "first_last_frame"
        return (
            "last_frame" if "end_image" in ends else "image_to_video" if ends else "text_to_video"
        )
    return conditioning.kind


def begins_as_picture(graph: Graph, facts: FactTable, first: Pass) -> bool:
    """Whether the latent of a pass begins as that of one picture, of models that make no videos."""
    latent = first.settings.latent
    end = _end(graph, facts, latent, "LATENT") if latent is not None else None
    shape = None if end is None else record_of(end.class_name).latent
    return shape is not None and shape.one_picture


def _adds(first: Pass, conditioning: Node) -> bool:
    """Whether something is added to what a conditioning of the wrapper is by itself."""
    record, link = record_of(conditioning.class_name).conditioning, first.settings.conditioning
    if link is None or record is None:
        return False
    linked = dict(conditioning.links())
    return link.node != conditioning.id or any(name in linked for name in record.alone)


def encoded_of(graph: Graph, facts: FactTable, first: Pass) -> tuple[Input, ...]:
    """The frames that the latent of a pass is encoded from, where it is."""
    latent = first.settings.latent
    end = _end(graph, facts, latent, "LATENT") if latent is not None else None
    if end is None or record_of(end.class_name).role != "encode":
        return ()
    return _material(graph, facts, [end]) or (Input("pixels", None, None),)


def inputs_of(graph: Graph, facts: FactTable, first: Pass) -> tuple[Input, ...]:
    """The files and frames that a clip starts from, by the inputs that they go to."""
    return _material(graph, facts, _starts(graph, facts, first))


def _material(graph: Graph, facts: FactTable, nodes: list[Node]) -> tuple[Input, ...]:
    found: list[Input] = []
    for node in nodes:
        types = _types(graph, node)
        for name, link in node.links():
            kind = types.get(name, "")
            if kind in _MATERIAL or name in _ENCODED:
                found.append(Input(name, *_source(graph, facts, link, kind)))
    return tuple(dict.fromkeys(found))


def _types(graph: Graph, node: Node) -> dict[str, str]:
    """The types of the inputs of a node: by its class, or else by what its file says of its sockets."""
    node_class = graph.class_of(node)
    if node_class is not None:
        return {input_.name: input_.type for input_ in node_class.inputs}
    return {} if node.sockets is None else dict(node.sockets.inputs)


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
        pixels = _pixels(graph, end)
        if pixels is not None:
            end = _end(graph, facts, pixels, "IMAGE")
            continue
        if latent_of(end) is not None:
            return None, end.id
        if isinstance(inner, Link):
            end = _end(graph, facts, inner, "LATENT")
        else:
            links = [before for _, before in end.links()]
            end = graph.nodes.get(links[-1].node) if links else None
    return None, None


def _pixels(graph: Graph, node: Node) -> Link | None:
    """The frames that a node encodes."""
    if record_of(node.class_name).role != "encode":
        return None
    node_class = graph.class_of(node)
    types = {} if node_class is None else {each.name: each.type for each in node_class.inputs}
    return next((link for name, link in node.links() if types.get(name) == "IMAGE"), None)


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
        if node is None or (kind == "LATENT" and (latent_of(node) is not None or _makes(node))):
            return node
        before = step_back(graph, link, kind, facts)
        if before is None:
            return node
        link, node = before, graph.nodes.get(before.node)
    return node


def _makes(node: Node) -> bool:
    """Whether a node makes an empty latent of its own, whatever latents it takes."""
    shape = record_of(node.class_name).latent
    return shape is not None and shape.empty


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
        before = _same_side(graph, node, link.slot)
        if before is None and _sides(graph, node):
            return None  # which of its prompts it is, is not known
        link = before or step_back(graph, link, "CONDITIONING", facts)
    return None


def _sides(graph: Graph, node: Node) -> bool:
    """Whether a node takes both prompts."""
    return all(isinstance(node.inputs.get(name), Link) for name in ("positive", "negative"))


def _same_side(graph: Graph, node: Node, slot: int) -> Link | None:
    """The input of a node with both prompts that its output hands on, by the name of the output."""
    node_class = graph.class_of(node)
    outputs = () if node_class is None else node_class.outputs
    name = outputs[slot].name.lower() if 0 <= slot < len(outputs) else ""
    side = next((each for each in ("positive", "negative") if name.startswith(each)), None)
    if side is None and (not outputs or outputs[0].type == "CONDITIONING") and 0 <= slot < 2:
        side = ("positive", "negative")[slot]
    found = None if side is None else node.inputs.get(side)
    return found if isinstance(found, Link) else None
