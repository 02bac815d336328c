"""Where the latent of a sampler comes from: the node that makes it, or the pass before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link
from wan22dsl.graph.passes.samplers import denoised_slots, samples
from wan22dsl.graph.tracing import step_back
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.samplers import Settings

#: Longer ways than this are given up.
_LONGEST = 500

#: The inputs through which a conditioning takes the frames of a clip as its picture.
_PICTURES = ("start_image", "ref_image", "reference_image", "control_video", "images")


class Origin(NamedTuple):
    """What a sampler starts from, as the fields of `Pass` have it."""

    conditioning: Node | None = None
    latent: Facts = NOTHING_KNOWN
    before: str | None = None
    handoff: Literal["latent", "encoded", "frames"] | None = None
    denoised: bool = False


def encoder_of(graph: Graph, facts: FactTable, settings: Settings) -> Node | None:
    """The node that encodes the frames which the latent of a sampler is; None where it is made otherwise."""
    if settings.latent is None:
        return None
    start = Origins(graph, facts).start_of(settings.latent)
    return start if start is not None and record_of(start.class_name).role == "encode" else None


def is_masked(graph: Graph, facts: FactTable, settings: Settings) -> bool:
    """Whether the latent of a sampler has a noise mask, outside of which the frames stay what they are."""
    link = settings.latent
    for _ in range(_LONGEST):
        node = None if link is None else graph.nodes.get(link.node)
        if link is None or node is None:
            return False
        if record_of(node.class_name).adds_mask or "mask" in dict(node.links()):
            return True
        link = None if samples(node) else step_back(graph, link, "LATENT", facts)
    return False


class Origins:
    """The origins of all samplers of a graph; ways that they share are followed once."""

    def __init__(self, graph: Graph, facts: FactTable) -> None:
        self._graph = graph
        self._facts = facts
        self._ends: dict[tuple[Link, str], Node | None] = {}

    def start_of(self, latent: Link) -> Node | None:
        """The node where a latent begins."""
        return self._end(latent, "LATENT")

    def of_sampler(self, settings: Settings) -> Origin:
        """Where the latent of a sampler comes from."""
        link, positive = settings.latent, settings.positive
        if settings.conditioning is not None:
            return self._of_wrapper(link, settings.conditioning)
        if link is None:
            return Origin()
        latent = self._facts.of(link)
        start = self._end(link, "LATENT")
        made = self._end(positive, "CONDITIONING") if positive is not None else None
        conditioning = next(
            (node for node in (made, start) if node is not None and self._makes(node)),
            None,
        )
        if start is None:
            return Origin(conditioning, latent)
        if samples(start):
            return Origin(conditioning, latent, start.id, "latent", self._is_denoised(link))
        pixels = start.inputs.get("pixels")
        if isinstance(pixels, Link):
            before = self._clip(pixels)
            return Origin(conditioning, latent, before, None if before is None else "encoded")
        before = self._pictured(start)
        return Origin(conditioning, latent, before, None if before is None else "frames")

    def _of_wrapper(self, link: Link | None, embeds: Link) -> Origin:
        """Of a sampler whose size and pictures come by a link of their own, with a latent or without."""
        made = self._end(embeds, "WANVIDIMAGE_EMBEDS")
        conditioning = made if made is not None and self._makes(made) else None
        shape = self._facts.of(embeds)
        start = None if link is None else self._end(link, "LATENT")
        if link is not None and start is not None:
            latent = self._facts.of(link)
            known = latent if latent.frames is not None or latent.width is not None else shape
            if samples(start):
                return Origin(conditioning, known, start.id, "latent", self._is_denoised(link))
            pixels = start.inputs.get("image")
            before = self._clip(pixels) if isinstance(pixels, Link) else None
            return Origin(conditioning, known, before, None if before is None else "encoded")
        before = None if conditioning is None else self._pictured(conditioning)
        return Origin(conditioning, shape, before, None if before is None else "frames")

    def _is_denoised(self, link: Link) -> bool:
        """Whether a latent is the output of a sampler that gives the clean picture."""
        for _ in range(_LONGEST):
            node = self._graph.nodes.get(link.node)
            if node is None:
                return False
            if samples(node):
                return link.slot in denoised_slots(node)
            before = step_back(self._graph, link, "LATENT", self._facts)
            if before is None:
                return False
            link = before
        return False

    def _makes(self, node: Node) -> bool:
        """Whether a node makes a new latent, or the conditioning for one, as Wan's do.

        A class without a record does so where it gives a latent with a conditioning. Those of SVI do, which
        take the latent of the clip before for its motion.
        """
        record = record_of(node.class_name)
        if record.conditioning is not None:
            return True
        if record.hands_on is not None:
            return False
        node_class = self._graph.class_of(node)
        gives = {output.type for output in node_class.outputs} if node_class is not None else set()
        return {"CONDITIONING", "LATENT"} <= gives and not samples(node)

    def _pictured(self, start: Node) -> str | None:
        """The sampler whose clip is the picture of a conditioning."""
        for name in _PICTURES:
            picture = start.inputs.get(name)
            before = self._clip(picture) if isinstance(picture, Link) else None
            if before is not None:
                return before
        return None

    def _clip(self, link: Link) -> str | None:
        """The sampler behind frames, if they are a whole clip: one picture of it begins a new one."""
        if self._facts.of(link).frames == 1:
            return None
        decoder = self._end(link, "IMAGE")
        latent = decoder.inputs.get("samples") if decoder is not None else None
        start = self._end(latent, "LATENT") if isinstance(latent, Link) else None
        return start.id if start is not None and samples(start) else None

    def _end(self, link: Link, kind: str) -> Node | None:
        """The node where the way of that type begins: one that makes it, or that takes none of it."""
        path: list[Link] = []
        found: Node | None = None
        current = link
        for _ in range(_LONGEST):
            if (current, kind) in self._ends:
                found = self._ends[current, kind]
                break
            path.append(current)
            found = self._graph.nodes.get(current.node)
            if found is None or self._makes(found) or (kind == "LATENT" and samples(found)):
                break
            before = step_back(self._graph, current, kind, self._facts)
            if before is None:
                break
            current = before
        self._ends.update(dict.fromkeys([(passed, kind) for passed in path], found))
        return found
