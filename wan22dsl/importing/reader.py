"""Reads a graph as units: passes, calls of stages, and plain nodes for the rest; from its ends backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import is_video
from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes.recognition import in_flow_order, recognise
from wan22dsl.importing.assets import Assets
from wan22dsl.importing.expressions import links_in
from wan22dsl.importing.passes import Passes
from wan22dsl.importing.stages import Stages, Unifier
from wan22dsl.importing.units import Argument, PassUnit, Sight, Unit, Value
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Graph
    from wan22dsl.importing.spellings import Namings
    from wan22dsl.importing.vocabulary import Vocabulary

#: The sockets that a flow is made of: what an arrow brings to a plain node.
_FLOWS = ("IMAGE", "LATENT", "VIDEO", "MASK", "AUDIO")


class Plain(NamedTuple):
    """What is to be read as plain nodes, because the compiler did not make the same of it.

    `nodes` stand for themselves, `written` are arguments that might be left out and are not. With `decodes`
    no decoding goes without saying.
    """

    nodes: frozenset[str] = frozenset()
    written: frozenset[tuple[str, str]] = frozenset()
    decodes: bool = False


class Reader:
    """The units of a graph, by the node that each ends with; muted and bypassed nodes are plain ones."""

    def __init__(self, graph: Graph, words: Vocabulary, names: Namings, plain: Plain) -> None:
        self.sight = Sight(graph)
        self.words = words
        off = {node.id for node in graph.nodes.values() if node.mode != "active"}
        plain = plain._replace(nodes=plain.nodes | off)
        self.assets = Assets(self.sight, words, names)
        self.plain = plain
        unifier = Unifier(self.sight, words, self.assets)
        unifier.plain = set(plain.nodes)
        self.assets.plain = set(plain.nodes)
        self._stages = Stages(self.sight, words, unifier, self.assets)
        runs = active(graph)
        order = in_flow_order(recognise(runs, FactTable(runs)))
        found = {pass_.node.id: pass_ for pass_ in order}
        self.samplers = frozenset(found)
        self._sampling = self.samplers | off
        self._order = {pass_.node.id: place for place, pass_ in enumerate(order)}
        self._experts = {
            pass_.settings.model_link.node: (pass_.node.id, pass_.noise)
            for pass_ in order
            if pass_.settings.model_link is not None and pass_.noise is not None
        }
        self._passes = Passes(self.sight, words, self.assets, unifier, self._stages, found)
        self.units: dict[str, Unit] = {}
        self._slots: dict[str, set[int]] = {}
        for node in graph.nodes.values():
            for _, link in node.links():
                self._slots.setdefault(link.node, set()).add(link.slot)

    @property
    def passes(self) -> list[PassUnit]:
        """The passes, in the order of the flow."""
        found = [unit for unit in self.units.values() if isinstance(unit, PassUnit)]
        return sorted(found, key=lambda unit: self._order[unit.id])

    def expert_of(self, id: str) -> str:
        """The noise level of the expert that a node gives to a sampler that is no pass here; else empty."""
        sampler, noise = self._experts.get(id, ("", ""))
        return "" if isinstance(self.units.get(sampler), PassUnit) else noise

    def only_for(self, id: str) -> str:
        """The noise level of the only expert that needs a node; empty where there are several, or none."""
        levels = {self.expert_of(model) for model in self._experts if id in self.sight.above(model)}
        return levels.pop() if len(levels) == 1 else ""

    def ends(self) -> list[Unit]:
        """The units that nothing comes behind, in the order of the graph, those that do not run last.

        Reads all that they need.
        """
        found = []
        for node in self.sight.graph.nodes.values():
            if node.id not in self._slots:
                found.append(self.unit(node.id))
        waiting = list(found)
        while waiting:
            unit = waiting.pop()
            for link in links_of(unit):
                if self.is_unit(link) and link.node not in self.units:
                    waiting.append(self.unit(link.node))
        return sorted(found, key=lambda user: self.sight.node(user.id).mode != "active")

    def unit(self, id: str) -> Unit:
        """The unit that ends with a node."""
        if id not in self.units:
            self.units[id] = self._read(id)
        return self.units[id]

    def _read(self, id: str) -> Unit:
        if id in self.samplers:
            found = self._passes.of(id, self._slots.get(id, set()))
            if found is not None:
                found.brought = found.brought and self.source(found.brought)
                return found
        stage = None
        if id not in self.plain.nodes and id not in self.sight.twins:
            stage = self._stages.of(id, self._slots.get(id, set()))
        unit = stage or self._node(id)
        if unit.brought is not None and self._wants_frames(unit):
            unit.brought = self.source(unit.brought)
        unit.title = self.sight.node(id).title or id
        return unit

    def _wants_frames(self, unit: Unit) -> bool:
        return (
            unit.brought is not None
            and unit.takes == "IMAGE"
            and self.sight.type_of(unit.brought) == "IMAGE"
        )

    def _node(self, id: str) -> Unit:
        node, inputs = self.sight.node(id), self.sight.inputs(id)
        node_class = self.sight.class_of(id)
        types = {input_.name: input_.type for input_ in node_class.inputs} if node_class else {}
        place = ""
        for name, target in inputs.items():
            if not isinstance(target, Link) or not self._flows(target, types.get(name, "*")):
                continue
            if self.assets.of(target) is None and self.sight.above(target.node) & self._sampling:
                place = place or name
        arguments = [
            Argument(name, types.get(name, "*"), target)
            for name, target in inputs.items()
            if name != place and name in node.inputs
        ]
        brought = inputs.get(place)
        outputs = {slot: self.sight.output(id, slot) for slot in self._slots.get(id, set())}
        return Unit(
            id=id,
            call=node.class_name,
            nodes=frozenset({id}),
            arguments=arguments,
            brought=brought if isinstance(brought, Link) else None,
            place=place,
            takes="IMAGE" if "IMAGE" in types.get(place, "").split(",") else "",
            outputs=outputs,
            ends=id not in self._slots,
        )

    def _flows(self, link: Link, wanted: str) -> bool:
        return self.sight.type_of(link) in _FLOWS or (
            wanted in _FLOWS and self.sight.type_of(link) == "*"
        )

    def is_unit(self, link: Link) -> bool:
        """Whether a link comes from a unit, and not from an asset."""
        return self.assets.of(link) is None

    def source(self, link: Link) -> Link:
        """Where frames come from: the latent, where decoding them goes without saying."""
        inputs = self.sight.inputs(link.node)
        latent = inputs.get("samples")
        if self.sight.node(link.node).class_name != written.DECODER or len(inputs) != 2:
            return link
        if self.plain.decodes or link.node in self.plain.nodes or link.node in self.sight.twins:
            return link
        if not isinstance(latent, Link) or latent.node in self.plain.nodes:
            return link
        if "vae" not in inputs or self.assets.of(inputs["vae"]) is None:
            return link
        return latent if self.sight.above(latent.node) & self.samplers else link

    def file(self, link: Link, kind: str) -> str | None:
        """The name of the file that is loaded for a socket of that type."""
        node, inputs = self.sight.node(link.node), self.sight.inputs(link.node)
        if link.node in self.sight.twins or link.node in self.plain.nodes:
            return None
        if kind == "IMAGE" and node.class_name == written.VIDEO_FRAMES and link.slot == 0:
            video = inputs.get("video")
            return (
                self.file(video, "VIDEO") if isinstance(video, Link) and len(inputs) == 1 else None
            )
        loader = {"IMAGE": (written.PICTURE_LOADER, "image"), "AUDIO": (written.SOUND_LOADER, "audio"),
                  "VIDEO": (written.VIDEO_LOADER, "file")}.get(kind)  # fmt: skip
        if loader is None or node.class_name != loader[0] or link.slot != 0 or len(inputs) != 1:
            return None
        name = inputs.get(loader[1])
        if not isinstance(name, Value) or not isinstance(name.json, str):
            return None
        if kind == "IMAGE" and is_video(name.json):
            return None
        return name.json


def links_of(unit: Unit) -> list[Link]:
    """All links of a unit, what the arrow brings first."""
    found = [unit.brought] if unit.brought is not None else []
    targets = [argument.target for argument in unit.arguments] + list(unit.wants.values())
    if isinstance(unit, PassUnit):
        targets += [argument.target for argument in unit.given]
        targets += [argument.target for argument in unit.engine.given()] if unit.engine else []
        targets += [argument.target for patch in unit.patches for argument in patch.arguments]
        targets += [unit.own_seed] if unit.own_seed is not None else []
        found += [unit.model] if unit.model is not None else []
    return found + [link for target in targets for link in links_in(target)]
