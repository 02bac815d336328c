"""The way of a model: from a sampler back through shift, patches and LoRAs to the loader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.filenames import BOUNDARIES, read_name
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.loras import by_names as loras_by_names
from wan22dsl.comfyui.nodes.models import MODEL_INPUTS
from wan22dsl.graph.facts import reading_of
from wan22dsl.graph.model import Link
from wan22dsl.graph.tracing import switched
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node

#: Longer ways than this are given up.
_LONGEST = 500


#: What converters of workflows to prompts call a file whose input they do not know.
_MISNAMED = "filename"


class LoadedModel(NamedTuple):
    """A model as it comes from its loader.

    `noise` is "high" or "low", and `told` how it is known: "declared" or "file name". `named_noise` is
    what the file name says by itself. `family` is such as `i2v_14b`, `boundary` the sigma at which it
    changes experts. `distilled` says whether the model itself was distilled to few steps, `steps` to how
    many; `input` is the input of the loader that holds the file.
    """

    node: Node
    file: str
    noise: str | None
    told: str
    named_noise: str | None
    family: str | None
    boundary: float | None
    distilled: bool
    steps: int | None
    input: str = ""

    @property
    def in_doubt(self) -> bool:
        """Whether the declaration says one noise level and the file name the other."""
        return _contradict(self.noise, self.named_noise)


class LoadedLora(NamedTuple):
    """A LoRA as it is put on a model. `generation` is "2.1" or "2.2", for what the name says of it."""

    node: Node
    input: str
    file: str
    strength: float | None
    noise: str | None
    told: str
    named_noise: str | None
    family: str | None
    generation: str | None
    distilled: bool
    steps: int | None

    @property
    def in_doubt(self) -> bool:
        """Whether the declaration says one noise level and the file name the other."""
        return _contradict(self.noise, self.named_noise)

    @property
    def counts(self) -> bool:
        """Whether it is strong enough to change how many steps the model needs."""
        return self.distilled and (self.strength is None or abs(self.strength) >= 0.5)


def _contradict(noise: str | None, named: str | None) -> bool:
    return noise is not None and named is not None and noise != named


class Trail(NamedTuple):
    """What is on the way of a model, LoRAs and patches in the order in which they are put on.

    `has_unknown_lora` tells that there is a LoRA more, of which not even the file is known.
    """

    model: LoadedModel | None = None
    loras: tuple[LoadedLora, ...] = ()
    patches: tuple[Node, ...] = ()
    shift: float | None = None
    shift_node: Node | None = None
    has_unknown_lora: bool = False


UNTRACED = Trail()


#: The types of models.
MODELS = frozenset({"MODEL", "WANVIDEOMODEL"})

#: The types of links that bring a model, or anything.
_MODELS = frozenset({*MODELS, "*"})


def model_taken(links: Sequence[tuple[str, Link]], node_class: NodeClass | None) -> Link | None:
    """The model that a node with these links changes: its input `model`, or its only link of that type.

    Of a class without a schema its only link is taken for it. None where a node loads a model, or takes
    several.
    """
    named = dict(links).get("model")
    if named is not None or node_class is None:
        return named or (links[0][1] if len(links) == 1 else None)
    types = {input_.name: input_.type for input_ in node_class.inputs}
    models = [link for name, link in links if types.get(name) in _MODELS]
    return models[0] if len(models) == 1 else None


class Trails:
    """The ways of all models of a graph, each followed once."""

    def __init__(self, graph: Graph, facts: FactTable) -> None:
        self._graph = graph
        self._facts = facts
        self._known: dict[Link, Trail] = {}

    def of(self, link: Link) -> Trail:
        """The way back from a link of type MODEL; empty where it is lost."""
        if link not in self._known:
            self._known[link] = self._follow(link)
        return self._known[link]

    def _follow(self, link: Link) -> Trail:
        trail = UNTRACED
        for _ in range(_LONGEST):
            node = self._graph.nodes.get(link.node)
            if node is None:
                return trail
            before = self._before(link, node)
            if self._has_unknown_lora(node):
                trail = trail._replace(has_unknown_lora=True)
            if before is None:
                return trail._replace(
                    model=self._loaded(node, link.slot), loras=self._linked(node) + trail.loras
                )
            trail = self._with(trail, link, node)
            link = before
        return trail

    def _before(self, link: Link, node: Node) -> Link | None:
        """The model that a node takes; None where it loads one, or takes several."""
        chosen = switched(self._graph, link, self._facts)
        if chosen is not None or record_of(node.class_name).hands_on is not None:
            return chosen
        if record_of(node.class_name).role == "loader":
            return None
        return model_taken(node.links(), self._graph.class_of(node))

    def _with(self, trail: Trail, link: Link, node: Node) -> Trail:
        """The trail with one more node in front."""
        record = record_of(node.class_name)
        if record.sets_shift or record.replaces_sampling:  # the one nearest to the sampler counts
            if trail.shift_node is not None:
                return trail._replace(patches=(node, *trail.patches))
            shift = self._value(node, "shift")
            known = float(shift) if type(shift) in {int, float} else None
            return trail._replace(shift=known, shift_node=node)
        loras = tuple(self._loras(node))
        if loras:
            return trail._replace(loras=loras + trail.loras)
        if switched(self._graph, link, self._facts) is not None:
            return trail
        return trail._replace(patches=(node, *trail.patches))

    def _value(self, node: Node, name: str) -> Any:
        return self._facts.constant(node, name)

    def _has_unknown_lora(self, node: Node) -> bool:
        """Whether a node, or one that its links bring LoRAs from, names a file that is to be given later."""
        waiting, seen = [node], {node.id}
        while waiting and len(seen) < _LONGEST:
            current = waiting.pop()
            links = record_of(current.class_name).lora_links
            for name, link in current.links():
                before = self._graph.nodes.get(link.node)
                if before is None and "lora" in name.lower():
                    return True
                if before is not None and name in links and before.id not in seen:
                    seen.add(before.id)
                    waiting.append(before)
        return False

    def _linked(self, node: Node) -> tuple[LoadedLora, ...]:
        """The LoRAs that the links of a node bring as a list, those that were added first in front."""
        found: list[LoadedLora] = []
        waiting, seen = [node], {node.id}
        while waiting and len(seen) < _LONGEST:
            current = waiting.pop()
            for name in record_of(current.class_name).lora_links:
                link = current.inputs.get(name)
                before = self._graph.nodes.get(link.node) if isinstance(link, Link) else None
                if before is not None and before.id not in seen:
                    seen.add(before.id)
                    waiting.append(before)
                    found[:0] = self._own_loras(before)
        return tuple(found)

    def _loras(self, node: Node) -> list[LoadedLora]:
        return [*self._linked(node), *self._own_loras(node)]

    def _own_loras(self, node: Node) -> list[LoadedLora]:
        """The LoRAs that a node names itself."""
        loras = record_of(node.class_name).loras or loras_by_names
        reading = reading_of(node, 0, self._graph.class_of(node), self._facts.of)
        found = [_lora(node, *each) for each in loras(reading)]
        return found or self._misnamed(node)

    def _misnamed(self, node: Node) -> list[LoadedLora]:
        """The LoRA of a loader whose file a converter has put under a name of its own."""
        record = record_of(node.class_name)
        if record.role != "lora" or record.file is None or record.file.input in node.inputs:
            return []
        file = self._value(node, _MISNAMED)
        return [_lora(node, _MISNAMED, file, None)] if isinstance(file, str) else []

    def _loaded(self, node: Node, slot: int) -> LoadedModel | None:
        """What a loader loads; None where that cannot be told."""
        name = self._file_input(node, slot)
        declared = node.asset if node.asset is not None and node.asset.kind == "model" else None
        if name is None and declared is None:
            return None
        value = self._value(node, name) if name is not None else None
        file = value if isinstance(value, str) else declared.file if declared is not None else ""
        said = read_name(file)
        told = declared.noise if declared is not None else None
        family = declared.family if declared is not None and declared.family else said.family
        boundary = declared.boundary if declared is not None else None
        steps = declared.distilled if declared is not None and declared.distilled else None
        if boundary is None and family is not None:
            boundary = BOUNDARIES.get(family)
        return LoadedModel(
            node=node,
            file=file,
            noise=(None if told == "any" else told) or (said.noise if told is None else None),
            told="declared" if told else "file name",
            named_noise=said.noise,
            family=family,
            boundary=boundary,
            distilled=said.distilled or steps is not None,
            steps=steps or said.steps,
            input=name or "",
        )

    def _file_input(self, node: Node, slot: int) -> str | None:
        """The input that holds the file; of a loader with several models, the one for that output."""
        names = [
            name
            for name in node.inputs
            if name.endswith(("_name", "_path")) or name in ("model", _MISNAMED)
        ]
        files = [name for name in names if isinstance(self._value(node, name), str)]
        node_class = self._graph.class_of(node)
        models = (
            []
            if node_class is None
            else [output for output in node_class.outputs if output.type in _MODELS]
        )
        if node_class is None and len(files) > 1:
            return None  # one for each expert, and nothing says which output is whose
        if len(models) < 2 or node_class is None:
            likely = [name for name in files if name.startswith(MODEL_INPUTS)]
            return next(iter(likely or files), None)
        if not 0 <= slot < len(node_class.outputs):
            return None
        for level in ("high", "low"):
            if level in node_class.outputs[slot].name.lower():
                return next((name for name in files if level in name.lower()), None)
        return None


def _lora(node: Node, input: str, file: str, strength: Any) -> LoadedLora:
    asset = node.assets.get(input, node.asset)
    declared = asset if asset is not None and asset.kind == "lora" else None
    said = read_name(file)
    told = declared.noise if declared is not None else None
    steps = declared.distilled if declared is not None and declared.distilled else None
    return LoadedLora(
        node=node,
        input=input,
        file=file,
        strength=float(strength)
        if type(strength) in {int, float} and abs(strength) < 1e18
        else None,
        noise=(None if told == "any" else told) or (said.noise if told is None else None),
        told="declared" if told else "file name",
        named_noise=said.noise,
        family=declared.family if declared is not None and declared.family else said.family,
        generation="2.2" if declared is not None and declared.family else said.generation,
        distilled=said.distilled or steps is not None,
        steps=steps or said.steps,
    )
