"""The work around the passes: text, pictures in, frames out, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.cost import formulas
from wan22dsl.graph.cost.formulas import Shape
from wan22dsl.graph.cost.weights import known_bytes, lora_bytes
from wan22dsl.graph.model import Link
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wan22dsl.comfyui.nodes.record import NodeRecord
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Facts, Graph, Node

#: Inputs that hold the name of a file that is read into memory.
_FILES = ("unet_name", "clip_name", "vae_name", "lora_name")


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
        how = ESTIMATED.get(record_of(node.class_name).work)
        found = how(node, facts, card) if how is not None else None
        if found is not None:
            yield found


def lacks_clip(node: Node, facts: FactTable) -> bool:
    """Whether a node does work that has a formula, on frames of which not enough is known for it."""
    record = record_of(node.class_name)
    if record.work == "encode_pictures":
        return _has_pictures(node) and _made(node, facts) is None
    name = _frames_input(record) if record.work in ESTIMATED else None
    return name is not None and isinstance(node.inputs.get(name), Link) and not _frames(node, facts)


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


def _frames_input(record: NodeRecord) -> str | None:
    """The input that the frames of work come in by."""
    if record.interpolation is not None:
        return record.interpolation.frames
    return {"decode": "samples", "encode": "pixels"}.get(record.role) or record.same_length


def _frames(node: Node, facts: FactTable) -> Shape | None:
    """The frames that a node works on."""
    link = node.inputs.get(_frames_input(record_of(node.class_name)) or "")
    return _clip(facts.of(link)) if isinstance(link, Link) else None


def _made(node: Node, facts: FactTable) -> Shape | None:
    """The clip of the latent that a conditioning makes."""
    latent = record_of(node.class_name).latent
    return None if latent is None else _clip(facts.of(Link(node.id, latent.slot)))


def _clip(known: Facts) -> Shape | None:
    if not known.width or not known.height or not known.frames:
        return None
    return Shape(known.width, known.height, known.frames)


def _text(node: Node, facts: FactTable, card: Card) -> Work:
    return Work(node, "encode the text", formulas.TEXT_ENCODE_S)


def _condition(node: Node, facts: FactTable, card: Card) -> Work | None:
    """Pictures are encoded as a whole clip, most of it grey."""
    if not _has_pictures(node):
        return None
    clip = _made(node, facts)
    return None if clip is None else _encoded(node, "encode the images", clip, card)


def _has_pictures(node: Node) -> bool:
    conditioning = record_of(node.class_name).conditioning
    names = () if conditioning is None else conditioning.encodes
    return any(isinstance(node.inputs.get(name), Link) for name in names)


def _encode(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip = _frames(node, facts)
    return None if clip is None else _encoded(node, "encode the frames", clip, card)


def _encoded(node: Node, what: str, clip: Shape, card: Card) -> Work:
    wanted = formulas.encode_bytes(clip)
    seconds = formulas.encode_s(clip, card)
    return Work(node, what, seconds, wanted, wanted <= card.limit_bytes)


def _decode(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip = _frames(node, facts)
    if clip is None:
        return None
    tiled = record_of(node.class_name).work == "decode_tiled"
    wanted = formulas.decode_bytes(clip) // (4 if tiled else 1)
    fits = wanted <= card.limit_bytes
    seconds = formulas.decode_s(clip, card, tiled=tiled or not fits)
    return Work(node, "decode", seconds, wanted, fits)


def _interpolate(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip, how = _frames(node, facts), record_of(node.class_name).interpolation
    if clip is None or how is None:
        return None
    film, link = how.by_film, node.inputs.get("interp_model")
    if film is None:
        file = facts.behind(link, "model_name") if isinstance(link, Link) else None
        film = "film" in str(file).lower()
    return Work(node, "interpolate", formulas.interpolate_s(clip, card, film=film))


def _upscale(node: Node, facts: FactTable, card: Card) -> Work | None:
    clip = _frames(node, facts)
    return None if clip is None else Work(node, "upscale", formulas.upscale_s(clip, card))


#: How the work of a node is estimated, by its kind.
ESTIMATED: dict[str, Callable[[Node, FactTable, Card], Work | None]] = {
    "encode_text": _text,
    "encode_pictures": _condition,
    "encode": _encode,
    "decode": _decode,
    "decode_tiled": _decode,
    "interpolate": _interpolate,
    "upscale": _upscale,
}
