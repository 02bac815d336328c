"""What is known of a link without running: frames, fps, size, VAE, or the value itself.

`derive` answers for one output of one node from what is known of the node's own links, so that it can
be asked while a graph is being built; `FactTable` answers for a finished graph and remembers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.schema import MADE_UP
from wan22dsl.comfyui.nodes import models, record_of
from wan22dsl.comfyui.nodes.facts import IS_NONE, agreed, held, within_bounds
from wan22dsl.comfyui.nodes.record import Reading
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link
from wan22dsl.graph.modes import Sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.catalogue.schema import NodeClass
    from wan22dsl.graph.model import Graph, Node

    #: Adds to the facts of an output of a node; the facts of other links that it asks for come first.
    Completion = Callable[[Node, int, Facts, Callable[[Link], Facts]], Facts]


def derive(
    node: Node, slot: int, node_class: NodeClass | None, known: Callable[[Link], Facts]
) -> Facts:
    """What is known of an output, from what is known of the node's links.

    What the node has in braces wins, then what a `node` declaration states. `known` is asked for those
    links only that matter. An unknown class keeps `fps`, and for latents all, where its inputs of the
    output's type agree.
    """
    reading = reading_of(node, slot, node_class, known)
    facts = (reading.record.facts or _unknown_class)(reading)
    if node_class is not None and node_class.declared_facts is not None:
        facts = _stated(node_class.declared_facts(reading), facts)
    if facts is not NOTHING_KNOWN:
        facts = within_bounds(facts)
    return facts if node.stated is NOTHING_KNOWN else _stated(node.stated, facts)


def reading_of(
    node: Node, slot: int, node_class: NodeClass | None, known: Callable[[Link], Facts]
) -> Reading:
    """An output of a node, as the record of its class reads it."""
    family = None if node.asset is None else node.asset.family
    record = record_of(node.class_name)
    return Reading(record, slot, node.inputs, node_class, known, node.own_files, family)


def _stated(stated: Facts, facts: Facts) -> Facts:
    return Facts(
        stated.frames if stated.frames is not None else facts.frames,
        stated.fps if stated.fps is not None else facts.fps,
        stated.width if stated.width is not None else facts.width,
        stated.height if stated.height is not None else facts.height,
        stated.vae if stated.vae is not None else facts.vae,
        stated.value if stated.value is not None else facts.value,
        facts.clips,
        facts.model_fps,
        facts.empty,
        facts.is_none,
        facts.fields,
        facts.numbers,
    )


def _unknown_class(reading: Reading) -> Facts:
    output = reading.type()
    if reading.node_class is None or reading.node_class.pack == MADE_UP:
        facts = [reading.known(link) for _, link in reading.links()]
        found = Facts(
            fps=agreed([fact.fps for fact in facts if fact.fps]),
            model_fps=agreed([fact.model_fps for fact in facts if fact.model_fps]),
            empty=any(fact.empty for fact in facts),
        )
        return models.paced(reading, found)
    if output in models.TYPES:
        return models.of(reading)
    if output not in {"IMAGE", "LATENT", "VIDEO", "MASK"}:
        return NOTHING_KNOWN
    types = {input_.name: input_.type for input_ in reading.node_class.inputs}
    facts = [reading.known(link) for name, link in reading.links() if types.get(name) == output]
    if output == "LATENT":
        return models.paced(reading, agreed(facts) or NOTHING_KNOWN)
    return Facts(fps=agreed([fact.fps for fact in facts]))


class _NeededError(Exception):
    """Something must be known first."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self.link = link


class FactTable:
    """The facts of a finished graph, each worked out once, when it is asked for.

    `complete` may add to what is known of an output, before it is handed on: a simulation does, which has
    to go on with something.
    """

    def __init__(self, graph: Graph, complete: Completion | None = None) -> None:
        self._graph = graph
        self._complete = complete
        self._known: dict[Link, Facts] = {}

    def of(self, link: Link) -> Facts:
        """What is known of a link; nothing, where it goes nowhere or in a circle."""
        if link not in self._known:
            self._work_out(link)
        return self._known[link]

    def constant(self, node: Node, name: str) -> Any:
        """The constant that an input has, written or by a link to a known value; else None."""
        value = node.inputs.get(name)
        return self.of(value).value if isinstance(value, Link) else held(value)

    def behind(self, link: Link, name: str) -> Any:
        """The constant that an input of the node behind a link has."""
        node = self._graph.nodes.get(link.node)
        return None if node is None else self.constant(node, name)

    def saved(self, node: Node) -> Facts | None:
        """What the file of a node that saves has; None for a node that is not known to save."""
        reading = reading_of(node, 0, self._graph.class_of(node), self.of)
        saving = reading.record.saving
        return None if saving is None or saving.facts is None else saving.facts(reading)

    def _work_out(self, link: Link) -> None:
        """Without recursion: chains of 100,000 nodes are worked out, and circles come to an end."""
        waiting = [link]
        begun = {link}
        while waiting:
            current = waiting[-1]
            try:
                self._known[current] = self._derive(current, begun)
            except _NeededError as needed:
                begun.add(needed.link)
                waiting.append(needed.link)
            else:
                waiting.pop()

    def _derive(self, link: Link, begun: set[Link]) -> Facts:
        node = self._graph.nodes.get(link.node)
        if node is None:
            return NOTHING_KNOWN

        def known(source: Link) -> Facts:
            facts = self._known.get(source)
            if facts is None and source not in begun:
                raise _NeededError(source)
            return facts or NOTHING_KNOWN

        if node.mode == "bypass":
            # What it would make does not count. A muted one goes, with what takes from it.
            real = Sources(self._graph).behind(link)
            facts = IS_NONE if real is None else known(real)
            return _stated(node.stated, facts)
        facts = derive(node, link.slot, self._graph.class_of(node), known)
        if node.mode == "mute":
            facts = facts._replace(is_none=True)  # a switch takes the next one
        return facts if self._complete is None else self._complete(node, link.slot, facts, known)
