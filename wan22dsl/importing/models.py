"""The model of a sampler, followed back: shift, patches, LoRAs, and where it is loaded.

The way is that of `graph/passes/model_chain.py`, which says what a chain means. Here a chain must also be one
that a pass of the language compiles to: LoRAs first, then patches, the shift last, each of the class written.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.model_chain import model_taken
from wan22dsl.importing.assets import with_strength
from wan22dsl.importing.simplified import Value
from wan22dsl.importing.spellings import number
from wan22dsl.importing.units import IN_PLACE, SPELLED, Argument, Unit
from wan22dsl.language.program import kinds
from wan22dsl.language.program.own_node import own_node
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.simplified import Sight
    from wan22dsl.importing.stages import Stages, Unifier


class Chain(NamedTuple):
    """The way of a model: where it comes from, LoRAs, patches, and the shift at its end, or its link.

    `loras_by` is the class that loads the LoRAs, where it is not the usual one; `last` the node that it ends
    with.
    """

    base: Link
    loras: list[str]
    loras_by: str
    patches: list[Unit]
    shift: str
    nodes: set[str]
    shift_by: Link | None = None
    last: str = ""


class Models:
    """Follows models back in one graph."""

    def __init__(self, sight: Sight, assets: Assets, unifier: Unifier, stages: Stages) -> None:
        self._sight = sight
        self._assets = assets
        self._unifier = unifier
        self._stages = stages

    def chain(self, link: Link) -> Chain:
        """The way of a model, from where everything on it can be said in a pass."""
        behind: list[tuple[str, Link]] = []
        while self._assets.of(link) is None:
            before = self._before(link)
            if before is None or link.node in self._sight.twins:
                break
            behind.append((link.node, before))
            link = before
        behind.reverse()
        link, behind = self._from_last_unsaid(link, behind)
        nodes = {id for id, _ in behind}
        shift, by_link = "", None
        shifted = behind[-1][0] if behind else ""
        if behind and self._is(behind[-1][0], written.SHIFT, "shift"):
            shift = self._number(behind.pop()[0], "shift")
        elif behind and self._is(behind[-1][0], written.SHIFT, linked="shift"):
            found = self._sight.input(behind.pop()[0], "shift")
            by_link = found if isinstance(found, Link) else None
        loras, loras_by = self._rows(behind[0][0]) if behind else [], ""
        if loras:
            loras_by = self._sight.node(behind.pop(0)[0]).class_name
        while behind and not loras_by:
            lora = self._lora(behind[0][0])
            if not lora:
                break
            loras.append(lora)
            behind.pop(0)
        patches: list[Unit] = []
        for id, before in behind:
            patch = self._patch(id, before)
            if patch is None:  # what it makes is the model that the pass begins with
                link, loras, loras_by, patches = Link(id, 0), [], "", []
                nodes = {later for later, _ in behind[behind.index((id, before)) + 1 :]}
                nodes |= {shifted} if shift or by_link else set()
                continue
            nodes |= patch.nodes
            patches.append(patch)
        own = {link.node} if self._assets.of(link) is not None else set()
        return Chain(link, loras, loras_by, patches, shift, nodes | own, by_link, shifted)

    def _from_last_unsaid(
        self, link: Link, behind: list[tuple[str, Link]]
    ) -> tuple[Link, list[tuple[str, Link]]]:
        """The way from the last node on that cannot be said in a pass: what that gives is the model."""
        for at in range(len(behind) - 1, -1, -1):
            id, before = behind[at]
            said = any(
                self._is(id, *each)
                for each in (
                    (written.SHIFT, "shift"),
                    (written.LORA, "lora_name", "strength_model"),
                )
            )
            by_link = self._is(id, written.SHIFT, linked="shift")
            if not (said or by_link or self._rows(id)) and self._patch(id, before) is None:
                return Link(id, 0), behind[at + 1 :]
        return link, behind

    def _before(self, link: Link) -> Link | None:
        """The model that a node changes, where its first output is that model and nothing else is written."""
        node_class = self._sight.class_of(link.node)
        if self._stands_for_itself(link.node) or link.slot != 0:
            return None
        if node_class is not None and [item.type for item in node_class.outputs][:1] != ["MODEL"]:
            return None
        inputs = self._sight.inputs(link.node).items()
        return model_taken(
            [(name, item) for name, item in inputs if isinstance(item, Link)], node_class
        )

    def _stands_for_itself(self, id: str) -> bool:
        """Whether a node is no part of a chain; a bypassed one is, as a patch that does nothing."""
        return id in self._unifier.plain and self._sight.node(id).mode != "bypass"

    def _is(self, id: str, class_name: str, *constants: str, linked: str = "") -> bool:
        node, inputs = self._sight.node(id), self._sight.inputs(id)
        if node.mode != "active" or node.class_name != class_name:
            return False
        if set(inputs) != {"model", *constants, *([linked] if linked else [])}:
            return False
        return all(isinstance(inputs[name], Value) for name in constants)

    def _number(self, id: str, name: str) -> str:
        found = self._sight.input(id, name)
        if isinstance(found, Value) and type(found.json) in (int, float):
            return number(float(found.json))
        return ""

    def _rows(self, id: str) -> list[str]:
        """The LoRAs of one node that loads several; none where a pass cannot have it so."""
        node = self._sight.node(id)
        if node.mode != "active" or node.class_name != written.LORA_ROWS:
            return []
        rows = {name: value for name, value in node.inputs.items() if name != "model"}
        if "model" not in node.inputs or list(rows) != [
            f"lora_{at + 1}" for at in range(len(rows))
        ]:
            return []
        found = [self._row(row) for row in rows.values()]
        return found if all(found) else []

    def _row(self, row: Any) -> str:
        if not isinstance(row, dict) or tuple(row) != ("on", "lora", "strength"):
            return ""
        on, file, strength = row.values()
        if type(on) is not bool or not isinstance(file, str):
            return ""
        if type(strength) not in (int, float):
            return ""
        return with_strength(self._assets.lora(file), strength, on=on)

    def _lora(self, id: str) -> str:
        node = self._sight.node(id)
        if node.class_name != written.LORA or node.mode not in ("active", "bypass"):
            return ""
        if set(self._sight.inputs(id)) != {"model", "lora_name", "strength_model"}:
            return ""
        file, strength = (self._sight.input(id, name) for name in ("lora_name", "strength_model"))
        if not isinstance(file, Value) or not isinstance(strength, Value):
            return ""
        if not isinstance(file.json, str) or type(strength.json) not in (int, float):
            return ""
        return with_strength(self._assets.lora(file.json), strength.json, on=node.mode == "active")

    @cached_property
    def _with_lora(self) -> str:
        """The stage that puts a LoRA on a model; empty where there is none."""
        for word in self._unifier.words.stages:
            call, taken = own_node(word.stage), word.stage.parameters
            if call is not None and call.callee.text == written.LORA:
                if [each.type.text for each in taken[:2]] == ["MODEL", "lora"]:
                    return word.name
        return ""

    def _is_leaf(self, link: Link) -> bool:
        """Whether a value is from a node without links, whose call can be written anywhere, and twice."""
        node = self._sight.node(link.node)
        if node.mode != "active" or node.links() or node.id in self._sight.twins:
            return False
        return self._sight.type_of(link) in kinds.WIDGETS

    def _patch(self, id: str, before: Link) -> Unit | None:
        """A call that changes the model; of a plain node only what is not linked may differ."""
        if self._stands_for_itself(id):
            return None
        lora = self._lora(id) if self._sight.node(id).mode == "bypass" else ""
        if lora and self._with_lora:
            given = Argument("lora", SPELLED, Value(lora))
            nodes = frozenset({id})
            return Unit(id, self._with_lora, nodes, [given], before, first="lora", is_stage=True)
        unit = self._stages.of(id, {0})
        if unit is not None and unit.brought == before:
            return unit
        arguments, place = [], ""
        for name, target in self._sight.inputs(id).items():
            if target == before and not place:
                place = name
                continue
            kind = ""
            if isinstance(target, Link) and self._assets.of(target) is None:
                if not self._is_leaf(target):
                    return None
                kind = IN_PLACE
            arguments.append(Argument(name, kind, target))
        call = self._sight.node(id).class_name
        outputs = {0: self._sight.output(id, 0)}
        return Unit(id, call, frozenset({id}), arguments, before, place, outputs)
