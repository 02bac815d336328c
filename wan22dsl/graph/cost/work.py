"""The work around the passes: text, pictures in, frames out, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.comfyui.nodes.tables import SHAPES
from wan22dsl.graph.cost import formulas
from wan22dsl.graph.cost.formulas import Shape
from wan22dsl.graph.cost.weights import known_bytes, lora_bytes
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node

_PICTURES = ("start_image", "end_image", "ref_image", "reference_image", "control_video")

#: Inputs that hold the name of a file that is read into memory.
_FILES = ("unet_name", "clip_name", "vae_name", "lora_name")

#: Inputs that the frames of work come in by.
_FRAMES = ("samples", "images", "frames", "image", "pixels")


class Work(NamedTuple):
    """One node: what it does, how long that takes, and what it needs of the card. `fits` tells whether
    the card has that; where it has not, ComfyUI decodes in tiles.
    """

    node: Node
    what: str
    seconds: float
    working_bytes: int = 0
    fits: bool = True


def work_of(graph: Graph, facts: FactTable, card: Card) -> Iterator[Work]:
    """Every node whose cost is known here, in the order of the graph."""
    for node in graph.nodes.values():
        how = _KINDS.get(node.class_name) or (_condition if node.class_name in SHAPES else None)
        if node.class_name.endswith(" VFI"):
            how = _interpolate
        found = how(node, facts, card) if how is not None else None
        if found is not None:
            yield found


def lacks_clip(node: Node, facts: FactTable) -> bool:
    """Whether a node does work that has a formula, on frames of which not enough is known for it."""
    name = node.class_name
    if name in SHAPES:
        if not _has_pictures(node):
            return False
        shape = facts.of(Link(node.id, SHAPES[name].slot))
        return shape.width is None or shape.height is None or shape.frames is None
    if name.endswith(" VFI") or name in _KINDS:
        frames = next(
            (frame for frame in _FRAMES if isinstance(node.inputs.get(frame), Link)), None
        )
        return frames is not None and _frames(node, frames, facts) is None
    return False


def cold_s(graph: Graph, facts: FactTable, card: Card) -> float | None:
    """Seconds to read all files of models from the disk, each once; None where a size is not known."""
    found: dict[str, int | None] = {}
    for node in graph.nodes.values():
        for name in _FILES:
            file = facts.constant(node, name)
            if isinstance(file, str) and file:
                is_lora = name == "lora_name"
                found[file] = lora_bytes(file) if is_lora else known_bytes(file)
    sizes = [number for number in found.values() if number is not None]
    return sum(sizes) / card.disk_bytes_per_s if len(sizes) == len(found) else None


def _frames(node: Node, name: str, facts: FactTable) -> Shape | None:
    link = node.inputs.get(name)
    known = facts.of(link) if isinstance(link, Link) else None
    if known is None or not known.width or not known.height or not known.frames:
        return None
    return Shape(known.width, known.height, known.frames)


def _text(node: Node, facts: FactTable, card: Card) -> Work:
    return Work(node, "encode the text", formulas.TEXT_ENCODE_S)


def _condition(node: Node, facts: FactTable, card: Card) -> Work | None:
    """Pictures are encoded as a whole clip, most of it grey."""
    if not _has_pictures(node):
        return None
    shape = facts.of(Link(node.id, SHAPES[node.class_name].slot))
    if shape.width is None or shape.height is None or shape.frames is None:
        return None
    clip = Shape(shape.width, shape.height, shape.frames)
    wanted = formulas.encode_bytes(clip)
    seconds = formulas.encode_s(clip, card)
    return Work(node, "encode the pictures", seconds, wanted, wanted <= card.limit_bytes)


def _has_pictures(node: Node) -> bool:
    return any(isinstance(node.inputs.get(name), Link) for name in _PICTURES)


def _decode(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip = _frames(node, "samples", facts)
    if clip is None:
        return None
    tiled = node.class_name == "VAEDecodeTiled"
    wanted = formulas.decode_bytes(clip) // (4 if tiled else 1)
    fits = wanted <= card.limit_bytes
    seconds = formulas.decode_s(clip, card, tiled=tiled or not fits)
    return Work(node, "decode", seconds, wanted, fits)


def _interpolate(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip = _frames(node, "images" if "images" in node.inputs else "frames", facts)
    if clip is None:
        return None
    film = "FILM" in node.class_name
    link = node.inputs.get("interp_model")
    if isinstance(link, Link):
        film = "film" in str(facts.behind(link, "model_name")).lower()
    return Work(node, "interpolate", formulas.interpolate_s(clip, card, film=film))


def _upscale(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip = _frames(node, "image", facts)
    return None if clip is None else Work(node, "upscale", formulas.upscale_s(clip, card))


_KINDS: dict[str, Callable[[Node, FactTable, Card], Work | None]] = {
    "CLIPTextEncode": _text,
    "VAEDecode": _decode,
    "VAEDecodeTiled": _decode,
    "FrameInterpolate": _interpolate,
    "ImageUpscaleWithModel": _upscale,
}
