"""What the rules look at: the graph, and what is worked out from it, once and only when asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of, output_type
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.order import never_ready
from wan22dsl.graph.schemas import schemas_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.cost.estimate import PassCost
    from wan22dsl.graph.model import Facts, Graph, Node
    from wan22dsl.graph.passes.handoffs import Handoff
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.model_files.lookup import ModelFiles
    from wan22dsl.source import Span


class Slot(NamedTuple):
    """One input of one node as it is written. `input` is None where the class has none of that name."""

    node: Node
    node_class: NodeClass
    name: str
    value: Any
    input: Input | None

    @property
    def span(self) -> Span | None:
        """Where it is, or else where its node is."""
        return self.node.spans.get(self.name, self.node.span)


class View:
    """The active graph, for the rules. With `all_needed` no node is left out for leading nowhere.

    `card` is the card that it is to run on, and `models` are the model files that there are, where they are
    named. `whole` is the graph with its bypassed and
    muted nodes, and with what goes with them.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        all_needed: bool = False,
        card: Card | None = None,
        whole: Graph | None = None,
        models: ModelFiles | None = None,
    ) -> None:
        self.graph = graph
        self.whole = graph if whole is None else whole
        self.card = card
        self.models = models
        self._all_needed = all_needed
        self.facts = FactTable(graph)
        self._schemas = schemas_of(graph.catalogue)
        self._varying: dict[str, dict[str, Input]] = {}
        self._types: dict[Link, str | None] = {}

    @cached_property
    def classes(self) -> dict[str, NodeClass | None]:
        """The classes of the graph's nodes, by name."""
        get = self.graph.catalogue.get
        names = dict.fromkeys(node.class_name for node in self.graph.nodes.values())
        return {name: get(name) for name in names}

    def class_of(self, node: Node) -> NodeClass | None:
        """The class of a node; None when the catalogue does not know it, or not this version of it."""
        return None if node.sockets is not None else self.classes[node.class_name]

    def inputs_of(self, node: Node, node_class: NodeClass) -> dict[str, Input]:
        """The inputs that a node has with its values. Do not change it."""
        schema = self._schemas.get(node.class_name)
        if schema is not None and schema.inputs is not None:
            return schema.inputs
        found = self._varying.get(node.id)
        if found is None:
            found = self._varying[node.id] = inputs_of(node_class, node.inputs)
        return found

    def missing(self, node: Node, node_class: NodeClass) -> list[Input]:
        """The required inputs that are not written."""
        schema = self._schemas.get(node.class_name)
        if schema is not None and schema.inputs is not None:
            names = [name for name in schema.required if name not in node.inputs]
            return [schema.inputs[name] for name in names]
        inputs = self.inputs_of(node, node_class).items()
        return [input_ for name, input_ in inputs if input_.required and name not in node.inputs]

    @cached_property
    def is_blueprint(self) -> bool:
        """Whether it is one subgraph and nothing beside it, as the editor keeps those to insert elsewhere.

        What it takes and gives is linked in the workflow that it is inserted into. One that saves is a
        workflow of its own, and so is one that takes and gives nothing.
        """
        ids = self.whole.nodes
        if not self.graph.drawn or not ids or any(":" not in id for id in ids):
            return False
        if len({id.partition(":")[0] for id in ids}) != 1:
            return False
        nodes = self.graph.nodes
        records = [record_of(node.class_name) for node in nodes.values()]
        if any(record.saving and record.role != "preview" for record in records):
            return False
        shown = {node.id for node in self.outputs}
        ends = {id for id, users in self.graph.consumers.items() if not users}
        return bool(self.graph.open_inputs or ends - shown)

    @cached_property
    def needed(self) -> list[Node]:
        """The nodes that will run, in the order of the graph. A mistake in any other harms nobody."""
        nodes, used = self.graph.nodes, self.used
        if self._all_needed or len(used) == len(nodes) or not used:
            return list(nodes.values())
        return [node for node in nodes.values() if node.id in used]

    @cached_property
    def slots(self) -> list[Slot]:
        """Every input that is written, of the nodes that will run and whose class is known, in order."""
        found = []
        for node in self.needed:
            node_class = self.class_of(node)
            if node_class is None:
                continue
            inputs = self.inputs_of(node, node_class)
            for name, value in node.inputs.items():
                found.append(Slot(node, node_class, name, value, inputs.get(name)))
        return found

    @cached_property
    def constants(self) -> list[Slot]:
        """Those of the `slots` that hold a value of their own and whose input is known."""
        return [
            slot
            for slot in self.slots
            if slot.input is not None and not isinstance(slot.value, Link)
        ]

    @cached_property
    def links(self) -> list[Slot]:
        """Those of the `slots` that are linked and whose input is known."""
        return [
            slot for slot in self.slots if slot.input is not None and isinstance(slot.value, Link)
        ]

    def value(self, node: Node, name: str) -> Any:
        """The constant that an input has, written or by a link to a known value; else None."""
        return self.facts.constant(node, name)

    def facts_of(self, node: Node, name: str) -> Facts:
        """What is known of the link of an input; of a missing link, nothing."""
        value = node.inputs.get(name)
        return self.facts.of(value if isinstance(value, Link) else Link("", 0))

    def type_of(self, link: Link) -> str | None:
        """The type that arrives over a link; None when it is not known.

        An output that takes its type from an input is followed backwards.
        """
        if link in self._types:
            return self._types[link]
        kind, step = self._type_or_link(link)
        seen: dict[Link, None] = {link: None}
        while step is not None:
            if step in self._types:
                kind = self._types[step]
                break
            if step in seen:
                break
            seen[step] = None
            kind, step = self._type_or_link(step)
        self._types.update(dict.fromkeys(seen, kind))
        return kind

    def _type_or_link(self, link: Link) -> tuple[str | None, Link | None]:
        """The type of an output, and the link that it takes it from, if it does."""
        node = self.graph.nodes.get(link.node)
        node_class = None if node is None else self.class_of(node)
        if node is None or node_class is None or not 0 <= link.slot < len(node_class.outputs):
            return None, None
        output = node_class.outputs[link.slot]
        if not output.template:
            return output.type, None
        linked = dict(node.links())
        taken = output_type(node_class, link.slot, {name: name for name in linked})
        return output.type, linked.get(taken)

    @cached_property
    def outputs(self) -> list[Node]:
        """The nodes that make the server do something: it runs them, and what they need."""
        found = []
        for node in self.graph.nodes.values():
            node_class = self.class_of(node)
            if node_class is not None and node_class.is_output:
                found.append(node)
        return found

    @cached_property
    def unknown(self) -> list[Node]:
        """The nodes whose class the catalogue does not know; each of them may be an output."""
        return [node for node in self.graph.nodes.values() if self.class_of(node) is None]

    @cached_property
    def used(self) -> set[str]:
        """The ids of all nodes that some output needs, and of those that are or may be outputs."""
        waiting = [*self.outputs, *self.unknown]
        used = {node.id for node in waiting}
        while waiting:
            for _, link in waiting.pop().links():
                if link.node not in used and link.node in self.graph.nodes:
                    used.add(link.node)
                    waiting.append(self.graph.nodes[link.node])
        return used

    @cached_property
    def stuck(self) -> list[str]:
        """The ids of the nodes that wait for each other, or for such."""
        return never_ready(self.graph)

    @cached_property
    def passes(self) -> list[Pass]:
        """The passes that will run, in the order of the graph; none where links go round in a circle."""
        from wan22dsl.graph.passes.recognition import recognise

        if self.stuck:
            return []
        used = {node.id for node in self.needed}
        return [pass_ for pass_ in recognise(self.graph, self.facts) if pass_.node.id in used]

    @cached_property
    def schedules(self) -> list[list[Pass]]:
        """The passes that share a schedule, each list in the order in which they run."""
        from wan22dsl.graph.passes.recognition import schedules

        return schedules(self.passes)

    @cached_property
    def handoffs(self) -> list[Handoff]:
        """The hand-offs within the schedules of which there is something to tell."""
        from wan22dsl.graph.passes.handoffs import judged

        return [handoff for passes in self.schedules for handoff in judged(passes)]

    @cached_property
    def costs(self) -> list[PassCost]:
        """What the passes cost on the named card; none where no card is named."""
        if self.card is None:
            return []
        from wan22dsl.graph.cost.estimate import pass_costs

        return pass_costs(self.passes, self.facts, self.card)
