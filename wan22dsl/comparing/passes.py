"""What a pass is told, as words: two passes differ where these do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.equality import plain
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.recognition import in_flow_order, recognise
from wan22dsl.importing.spellings import json_value, number
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.graph.passes.samplers import Place

#: The inputs of conditioning nodes, by what people call them.
_WORDS = {"length": "length", "batch_size": "batch"}

_FILES = ("image", "video", "audio", "file")


#: Socket types of plain values: what leads to one decides a setting by itself.
_VALUES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "NUMBER"})

#: So many nodes behind a linked setting are looked at.
_MOST_BEHIND = 50


class Spot(NamedTuple):
    """An input of a node, by its id; without a name the node itself."""

    node: str
    input: str = ""


class Told:
    """A pass with its name and what it is told, and for each setting where it is read.

    `nodes` are those that belong to it, `own` also those that its model goes through.
    """

    def __init__(self, name: str, pass_: Pass, graph: Graph, facts: FactTable) -> None:
        self.name = name
        self.id = pass_.node.id
        self.noise = pass_.noise
        self.label = pass_.node.label
        self.nodes = {pass_.node.id}
        self._graph = graph
        self._places = pass_.settings.places
        found = self._read(pass_, facts)
        self.settings = {key: value for key, value, _ in found if value is not None}
        self.spots = {key: self._with_what_is_behind(spots) for key, _, spots in found}
        model = [pass_.shift_node, *pass_.patches, *(lora.node for lora in pass_.loras)]
        model += [pass_.model.node] if pass_.model is not None else []
        self.own = self.nodes | {node.id for node in model if node is not None}

    def _read(self, pass_: Pass, facts: FactTable) -> list[tuple[str, str | None, list[Spot]]]:
        told = pass_.settings
        steps = f"{_said(told.start)}..{_said(told.end)} of {_said(told.steps)}"
        model = [] if pass_.model is None else [Spot(pass_.model.node.id, pass_.model.input)]
        lora_nodes = [lora.node for lora in pass_.loras]
        on_way = [
            node for node in (*pass_.patches, pass_.shift_node, *lora_nodes) if node is not None
        ]
        way = [*self._at("model"), *(Spot(node.id, "model") for node in on_way)]
        changed = [Spot(node.id) for node in on_way]
        loras = [spot for lora in pass_.loras for spot in _of_lora(lora)]
        patches = [
            Spot(node.id, name)
            for node in pass_.patches
            for name, value in node.inputs.items()
            if not isinstance(value, Link)
        ]
        shift = [] if pass_.shift_node is None else [Spot(pass_.shift_node.id, "shift")]
        seed = _said(told.seed) if told.add_noise is not False else None
        return [
            ("model", None if pass_.model is None else pass_.model.file, [*model, *way]),
            (
                "loras",
                _list([f"{lora.file} at {_said(lora.strength)}" for lora in pass_.loras]),
                [*loras, *way, *changed],
            ),
            (
                "patches",
                _list([self._call(node) for node in pass_.patches]),
                [*patches, *way, *changed],
            ),
            ("shift", _said(pass_.shift), [*shift, *self._at("shift"), *way, *changed]),
            (
                "sampler",
                f"{told.sampler or '?'}/{told.scheduler or '?'}",
                self._at("sampler", "scheduler"),
            ),
            ("cfg", _said(told.cfg), self._at("cfg")),
            ("steps", steps, self._at("steps", "start", "end")),
            ("denoise", _said(told.denoise), self._at("denoise")),
            ("adds noise", _yes(told.add_noise), self._at("add_noise")),
            ("leaves noise", _yes(told.leftover_noise), self._at("leftover_noise")),
            ("seed", seed, self._at("seed")),
            ("takes", pass_.handoff or "nothing", self._at("latent")),
            *self._conditioned(pass_, facts),
        ]

    def _held(self, *names: str) -> list[Place]:
        return [self._places[name] for name in names if name in self._places]

    def _at(self, *names: str) -> list[Spot]:
        """Where settings of the sampler are read."""
        return [Spot(place.node.id, place.input) for place in self._held(*names)]

    def _with_what_is_behind(self, spots: list[Spot]) -> frozenset[Spot]:
        """The spots with the values that come to them by links."""
        found = dict.fromkeys(spots)
        for node, name in spots:
            value = self._graph.nodes[node].inputs.get(name)
            waiting = [value] if isinstance(value, Link) else []
            seen: dict[str, None] = {}
            while waiting and len(seen) < _MOST_BEHIND:
                link = waiting.pop()
                source = self._graph.nodes.get(link.node)
                if source is None or source.id in seen or not self._gives_values(source):
                    continue
                seen[source.id] = None
                found.update((Spot(source.id, name), None) for name in source.inputs)
                waiting += [inner for _, inner in source.links()]
        return frozenset(found)

    def _is_value(self, link: Link) -> bool:
        """Whether a plain value comes by a link, such as the number of frames of a video."""
        source = self._graph.nodes.get(link.node)
        node_class = None if source is None else self._graph.class_of(source)
        outputs = () if node_class is None else node_class.outputs
        return 0 <= link.slot < len(outputs) and outputs[link.slot].type in _VALUES

    def _gives_values(self, node: Node) -> bool:
        node_class = self._graph.class_of(node)
        return node_class is not None and all(
            output.type in _VALUES for output in node_class.outputs
        )

    def _conditioned(
        self, pass_: Pass, facts: FactTable
    ) -> list[tuple[str, str | None, list[Spot]]]:
        known = pass_.latent
        size = f"{known.width}x{known.height}" if known.width and known.height else None
        node = pass_.conditioning
        id = "" if node is None else node.id
        latent = self._at("latent")
        sizes = [Spot(id, name) for name in ("width", "height")] if id else []
        lengths = [Spot(id, "length")] if id else []
        positive, prompt = self._text(pass_.settings.positive, "positive", facts)
        negative, other = self._text(pass_.settings.negative, "negative", facts)
        found: list[tuple[str, str | None, list[Spot]]] = [
            ("prompt", positive, [*prompt, *self._at("positive")]),
            ("negative", negative, [*other, *self._at("negative")]),
            ("size", size, [*sizes, *latent]),
            ("length", f"{known.frames}f" if known.frames else None, [*lengths, *latent]),
            ("vae", *self._loaded(known.vae)),
        ]
        if node is not None:
            self.nodes.add(node.id)
            found.append(("conditioning", node.class_name, [Spot(node.id, "class")]))
            for name, value in node.inputs.items():
                if isinstance(value, Link):
                    file, spots = self._file(value)
                    if file is not None:
                        found.append((name, file, [*spots, Spot(node.id, name)]))
                elif name not in ("width", "height", "length"):
                    spots = [Spot(node.id, name)]
                    found.append((_WORDS.get(name, name), json_value(plain(value)), spots))
        return found

    def _text(
        self, link: Link | None, side: str, facts: FactTable
    ) -> tuple[str | None, list[Spot]]:
        """The prompt that a link comes from, through what changes it."""
        for _ in range(50):
            node = self._graph.nodes.get(link.node) if link is not None else None
            if node is None:
                return None, []
            text = facts.constant(node, "text")
            if isinstance(text, str):
                self.nodes.add(node.id)
                return spelling.quote(text), [Spot(node.id, "text")]
            follow = node.inputs.get(side, node.inputs.get("conditioning"))
            link = follow if isinstance(follow, Link) else None
        return None, []

    def _loaded(self, link: Link | None) -> tuple[str | None, list[Spot]]:
        node = self._graph.nodes.get(link.node) if link is not None else None
        for name, value in () if node is None else node.inputs.items():
            if node is not None and isinstance(value, str):
                return value, [Spot(node.id, name)]
        return None, []

    def _file(self, link: Link) -> tuple[str | None, list[Spot]]:
        """The file that a loader behind a link loads."""
        node = self._graph.nodes.get(link.node)
        if node is None or self._is_value(link):
            return None, []
        if not all(self._is_value(behind) for _, behind in node.links()):
            return None, []
        self.nodes.add(node.id)
        for name, value in node.inputs.items():
            if name in _FILES and isinstance(value, str):
                return spelling.quote(value), [Spot(node.id, name)]
        return None, []

    def _call(self, node: Node) -> str:
        constants = ", ".join(
            f"{name} = {json_value(plain(value))}"
            for name, value in sorted(node.inputs.items())
            if not isinstance(value, Link)
        )
        return f"{node.class_name}({constants})"


def _of_lora(lora: LoadedLora) -> list[Spot]:
    """Where the file of a LoRA and its strength are read."""
    id, inputs = lora.node.id, lora.node.inputs
    value = inputs.get(lora.input)
    if isinstance(value, dict):  # a row of a loader of many
        keys = [key for key in value if key in ("on", "lora") or value[key] == lora.strength]
        return [Spot(id, f"{lora.input}.{key}") for key in keys if key != "strengthTwo"]
    strengths = [
        name
        for name, value in inputs.items()
        if "strength" in name and "clip" not in name and _is(value, lora.strength)
    ]
    return [Spot(id, name) for name in (lora.input, *strengths)]


def _is(value: Any, strength: float | None) -> bool:
    return isinstance(value, Link) or (type(value) in (int, float) and value == strength)


def told(graph: Graph, facts: FactTable) -> list[Told]:
    """The passes of a graph, in the order of the flow, with names: `high`, `low`, `pass 3`."""
    found = in_flow_order(recognise(graph, facts))
    levels = [pass_.noise for pass_ in found]
    names = []
    for place, level in enumerate(levels):
        alone = level is not None and levels.count(level) == 1
        names.append(f"pass {level}" if alone else f"pass {place + 1}")
    return [Told(name, pass_, graph, facts) for name, pass_ in zip(names, found)]


def _said(value: float | None) -> str | None:
    return None if value is None else number(value)


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _list(values: list[Any]) -> str:
    return ", ".join(values) or "none"
