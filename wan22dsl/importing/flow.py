"""Puts units together into flows: what is used once is written in a chain, everything else has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.model import Link
from wan22dsl.importing.assets import File
from wan22dsl.importing.comments import Statement, in_sections
from wan22dsl.importing.expressions import SizeOf, links_in
from wan22dsl.importing.settings import satisfied
from wan22dsl.importing.spellings import json_value, of_title, spelled
from wan22dsl.importing.units import (
    FURTHER,
    IN_PLACE,
    SPELLED,
    Absent,
    Called,
    PassUnit,
    SizeBy,
    Value,
)
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.model import Node
    from wan22dsl.importing.comments import Remarks
    from wan22dsl.importing.reader import Reader
    from wan22dsl.importing.settings import Settled
    from wan22dsl.importing.spellings import Namings
    from wan22dsl.importing.units import Argument, Target, Unit


class Use(NamedTuple):
    """Who takes a link: as what the arrow brings, or else as an argument or a setting."""

    unit: str
    brought: bool


class Uses:
    """The uses of the links of a graph."""

    def __init__(self, reader: Reader, settled: Settled) -> None:
        self._reader = reader
        self._settled = settled
        self._uses: dict[Link, list[Use]] = {}
        self._links_of: dict[str, list[Link]] = {}
        self._needed: dict[str, None] = {}

    def follow(self, ends: list[Unit], settings: list[Target]) -> None:
        """Finds out what is needed, and by whom."""
        waiting = []
        for target in settings:
            for link in self._parts(target):
                if self._is_unit(link, "IMAGE"):
                    self._use(link, Use("", False))
                    waiting.append(self._reader.unit(link.node))
        waiting += reversed(ends)
        while waiting:
            unit = waiting.pop()
            if unit.id in self._needed:
                continue
            self._needed[unit.id] = None
            for link, brought in self._links(unit):
                self._use(link, Use(unit.id, brought))
                waiting.append(self._reader.unit(link.node))

    def _use(self, link: Link, use: Use) -> None:
        if link not in self._uses:
            self._links_of.setdefault(link.node, []).append(link)
        self._uses.setdefault(link, []).append(use)

    def _links(self, unit: Unit) -> list[tuple[Link, bool]]:
        found = []
        if unit.brought is not None and self._reader.is_unit(unit.brought):
            found.append((unit.brought, True))
        if isinstance(unit, PassUnit):
            arguments = unit.given + (unit.engine.given() if unit.engine is not None else [])
            targets = [(argument.target, argument.kind) for argument in arguments]
            targets += [
                (argument.target, argument.kind)
                for two in unit.patches
                for argument in two.arguments
                if argument.kind != IN_PLACE
            ]
            own = self._settled.passes.get(unit.id, {})
            targets += [(target, self._settled.types[name]) for name, target in own.items()]
            if unit.model is not None:
                targets.append((unit.model, "MODEL"))
            if unit.own_seed is not None:
                targets.append((unit.own_seed, "INT"))
        else:
            targets = [
                (argument.target, argument.kind if unit.is_stage else "")
                for argument in self.written(unit)
            ]
        found += [
            (link, False)
            for target, kind in targets
            for link in self._parts(target)
            if self._is_unit(link, kind)
        ]
        return found

    def _parts(self, target: Target | Called) -> list[Link]:
        if isinstance(target, Called):
            return [link for each in target.given() for link in self._parts(each.target)]
        return [] if self.is_size_of_image(target) else links_in(target)

    def is_size_of_image(self, target: Target) -> bool:
        """Whether a size is that of the pipeline's image, measured when it runs."""
        if not isinstance(target, SizeBy) or not isinstance(target.width, Link):
            return False
        id, image = target.width.node, self._settled.pipeline.get("image")
        return (
            target == SizeBy(Link(id, 0), Link(id, 1))
            and self._reader.sight.node(id).class_name == written.MEASURER
            and id not in self._reader.plain.nodes
            and isinstance(image, Link)
            and self._reader.sight.inputs(id) == {"image": image}
        )

    def _is_unit(self, link: Link, kind: str) -> bool:
        return self._reader.is_unit(link) and self._reader.file(link, kind) is None

    def written(self, unit: Unit) -> list[Argument]:
        """The arguments of a call that have to be written."""
        forced = self._reader.plain.written
        return [
            argument
            for argument in unit.arguments
            if (unit.id, argument.name) in forced
            or not (
                argument.open
                or (
                    argument.wants is not None
                    and satisfied(self._reader, self._settled, argument.wants)
                )
            )
        ]

    @property
    def runs(self) -> int:
        """How many elements of flows run when the text is built: a flow runs wherever it is used."""
        found: dict[str, int] = {}
        for node in reversed(self._reader.sight.ordered):
            if node.id in self._needed:
                uses = [use for link in self._links_of.get(node.id, ()) for use in self._uses[link]]
                found[node.id] = max(1, sum(found.get(use.unit, 1) for use in uses))
        return sum(found.values())

    @property
    def units(self) -> list[Unit]:
        """The units that are needed."""
        return [self._reader.units[id] for id in self._needed]

    def is_local(self, target: Target | Called, kind: str) -> bool:
        """Whether a value can only be written inside of the pipeline."""
        if isinstance(target, Called):
            return any(self.is_local(each.target, each.kind) for each in target.given())
        return any(self._is_unit(link, kind) for link in self._parts(target))

    def _links_from(self, id: str) -> list[Link]:
        return self._links_of.get(id, [])

    def _passing(self, link: Link) -> list[Unit]:
        """The stages that hand on what comes by a link."""
        uses = self._uses.get(link, [])
        units = [self._reader.units[use.unit] for use in uses if use.brought]
        return [unit for unit in units if unit.hands_on]


#: A longer text is not written twice.
_LONG = 30

#: A call that is longer than this gets a name instead of standing inside of another one.
_LONGEST = 60


def about(title: str, node: Node) -> str:
    """The braces behind the call of a node; nothing where there is nothing to say."""
    said = [] if node.mode == "active" else [f"mode = {spelling.quote(node.mode)}"]
    said += [f"title = {spelling.quote(title)}"] if title else []
    said += [f"widgets = {json_value(node.widgets)}"] if isinstance(node.widgets, list) else []
    return f" {{ {', '.join(said)} }}" if said else ""


class CannotWriteError(Exception):
    """A unit cannot be written as it was read; `id` is the node that it ends with."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


class Flows(Uses):
    """The flows of a text; `names` gives new names to what needs one."""

    def __init__(
        self,
        reader: Reader,
        settled: Settled,
        names: Namings,
        pass_names: dict[str, str],
        remarks: Remarks,
    ) -> None:
        super().__init__(reader, settled)
        self._names = names
        self._pass_names = pass_names
        self._remarks = remarks
        self._let_names: dict[str, str] = {}
        self._written: list[Unit] = []
        self.assets: set[str] = set()

    # --- what is written ---

    def lets(self, groups: dict[str, str]) -> list[Statement]:
        """The `let`s, each behind those that it needs, and by the groups of their nodes."""
        found: list[Statement] = []
        order = [node.id for node in self._reader.sight.ordered if node.id in self._needed]
        self._written.clear()
        named = [id for id in order if self._has_name(id)]
        for id in in_sections(named, self._reader.sight.above, groups):
            text = self._chain(self._reader.units[id])
            if text == self._reader.units[id].call:
                text += "()"  # a call, and not another name for the stage
            name = self._let_names[id] = self._name_for(self._reader.units[id])
            found.append(Statement(f"let {name} = {text}", self.remarks_now(), id))
        return found

    def _name_for(self, unit: Unit) -> str:
        title = of_title(unit.title, self._reader.sight.node(unit.id).class_name)
        call = unit.call.rpartition(".")[2]
        wishes: tuple[str, ...]
        if isinstance(unit, PassUnit):
            level = unit.noise.strip('"') if unit.noise in ('"high"', '"low"') else ""
            wishes = (f"{level}_latent".strip("_"),)
        else:
            wishes = (title, "frames" if call == "decode" else call)
        expert, only = self._reader.expert_of(unit.id), self._reader.only_for(unit.id)
        if expert or only:
            wishes = (expert or title, f"{only}_{call}", *wishes)
        return self._names.new(*wishes, call)

    def _has_name(self, id: str) -> bool:
        """Whether a unit is named by a `let`: used in several places, or too long to be inside."""
        uses = [(link, use) for link in self._links_from(id) for use in self._uses[link]]
        if not uses:
            return False
        unit = self._reader.units[id]
        if [use.unit for _, use in uses] == [""] and unit.is_stage and unit.brought is None:
            return False  # a setting of the pipeline has a line of its own
        if self._is_bare(unit) and not any(use.brought for _, use in uses):
            return False  # however often it is called, it makes the same nodes
        if any(not use.brought for _, use in uses):
            return len(uses) > 1 or not self._short(id)
        going_on = [use for _, use in uses if not self._reader.units[use.unit].hands_on]
        return len({link for link, _ in uses}) > 1 or len(going_on) > 1

    def _is_bare(self, unit: Unit) -> bool:
        """Whether a unit is written as the name of a stage, with nothing else."""
        chosen = any(unit.outputs.values())
        return unit.is_stage and unit.brought is None and not chosen and not self.written(unit)

    def _short(self, id: str) -> bool:
        unit = self._reader.units[id]
        if unit.brought is not None or isinstance(unit, PassUnit):
            return False
        if any(self.is_local(argument.target, argument.kind) for argument in self.written(unit)):
            return False
        before = len(self._written)
        length = len(self.element(unit))
        del self._written[before:]
        return length <= _LONGEST

    def flows(self, ends: list[Unit]) -> list[Statement]:
        """The flows of the pipeline, one for each end."""
        self._written.clear()
        return [
            Statement(self._chain(unit), self.remarks_now())
            for unit in ends
            if not self._stands_elsewhere(unit)
        ]

    def remarks_now(self) -> list[str]:
        """What to say of the statement that was just written: where its values come from."""
        nodes = [node for unit in self._written for node in sorted(unit.nodes)]
        self._written.clear()
        return self._remarks.of_nodes(nodes)

    def _stands_elsewhere(self, unit: Unit) -> bool:
        """Whether a stage that hands on what it got is in the middle of a flow, or in a `let`."""
        if not unit.hands_on or unit.brought is None or unit.brought not in self._uses:
            return False
        if self._has_name(unit.brought.node):
            return self._is_whole(unit.brought.node)
        uses = self._uses[unit.brought]
        passing = self._passing(unit.brought)
        return len(passing) < len(uses) or passing[-1] is not unit

    def _is_whole(self, id: str) -> bool:
        """Whether the name of a unit stands for all that others take of it."""
        links = self._links_from(id)
        return len(links) == 1 and not self._member(links[0])

    def _chain(self, unit: Unit) -> str:
        """The flow that ends with a unit."""
        parts: list[str] = []
        if self._has_name(unit.id):
            links = self._links_from(unit.id)
            passing = self._passing(links[0]) if self._is_whole(unit.id) else []
            parts += [self.element(passed) for passed in reversed(passing)]
        current, member = unit, ""
        while True:
            parts.append(self.element(current) + member)
            before = current.brought
            if before is None:
                break
            asset = self._reader.assets.of(before)
            if asset is not None:
                self.assets.add(asset.name)
                parts.append(asset.name)
                break
            if before.node in self._let_names:
                parts.append(self._let_names[before.node] + self._member(before))
                break
            beside = [passed for passed in self._passing(before) if passed is not current]
            parts += [self.element(passed) for passed in reversed(beside)]
            current, member = self._reader.units[before.node], self._member(before)
        return " -> ".join(reversed(parts))

    def _member(self, link: Link) -> str:
        chosen = self._reader.units[link.node].outputs.get(link.slot, "")
        return f".{chosen}" if chosen and chosen[0] not in ".[" else chosen

    def element(self, unit: Unit) -> str:
        """A unit as it is in a flow."""
        if isinstance(unit, PassUnit):
            return self._pass_names[unit.id]
        self._written.append(unit)
        arguments = [self._argument(unit, argument) for argument in self.written(unit)]
        if unit.place:
            arguments.insert(0, f"{spelling.key(unit.place)} = _")
        call = unit.call if unit.is_stage else spelling.class_name(unit.call)
        about_it = self._about(unit)
        if unit.is_stage and not arguments and not about_it:
            return call
        return f"{call}({', '.join(arguments)}){about_it}"

    def _about(self, unit: Unit) -> str:
        """What is said about a node: that it does not run, and a title that keeps it apart from its twin."""
        if any(argument.kind == SPELLED for argument in unit.arguments):
            return ""  # that it is off is said of the LoRA
        node, twins = self._reader.sight.node(unit.id), self._reader.sight.twins
        title = node.title if node.mode != "active" and node.title != node.id else ""
        if unit.id in twins:
            title = f"{node.title or unit.call} {sorted(twins).index(unit.id) + 2}"
        return about(title, node)

    def _argument(self, unit: Unit, argument: Argument) -> str:
        if argument.kind == IN_PLACE and isinstance(argument.target, Link):
            made = self._reader.unit(argument.target.node)
            output = self._reader.sight.output(*argument.target)
            return f"{spelling.key(argument.name)} = {self.element(made)}{output}"
        again = self._again(argument.target)
        if again:
            written = f"{spelling.key(argument.name)} = {again}"
            return again if unit.is_stage and argument.name == unit.first else written
        if not unit.is_stage and isinstance(argument.target, Value):
            there = self._reader.sight.node(unit.id).inputs.get(argument.name, argument.target.json)
            return f"{spelling.key(argument.name)} = {json_value(there)}"
        value = self.value(argument.target, argument.kind, unit.id, plain=not unit.is_stage)
        if unit.is_stage and argument.name == unit.first:
            return value
        return f"{spelling.key(argument.name)} = {value}"

    def _again(self, target: object) -> str:
        """How a long text is written that is a setting of the pipeline: by its name."""
        if isinstance(target, Value) and isinstance(target.json, str) and len(target.json) > _LONG:
            for name in ("prompt", "negative"):
                if self._settled.pipeline.get(name) == target:
                    return f"pipeline.{name}"
        return ""

    def call(self, call: str, arguments: list[Argument], owner: str, node: str = "") -> str:
        """A call of a stage that is no element of a flow, such as a conditioning.

        With `node` what is beyond its parameters is given to a node of that class.
        """
        own = [argument for argument in arguments if not node or argument.kind != FURTHER]
        inside = self._given(own, owner)
        if node:
            further = [argument for argument in arguments if argument.kind == FURTHER]
            made = f"{spelling.class_name(node)}({', '.join(self._given(further, owner))})"
            inside.insert(0, f"node = {made}")
        return f"{call}({', '.join(inside)})" if inside else call

    def _given(self, arguments: list[Argument], owner: str) -> list[str]:
        return [
            f"{spelling.key(argument.name)} = {self.value(argument.target, argument.kind, owner)}"
            for argument in arguments
        ]

    def _size(self, size: SizeBy, owner: str) -> str:
        """A size by link: the node that gives both sides, or each side from where it comes."""
        if self.is_size_of_image(size):
            return "pipeline.image.size"
        width, height = (self.value(side, "INT", owner) for side in size)
        if isinstance(size.width, Link) and isinstance(size.height, Link):
            node = self._let_names.get(size.width.node, "")
            if node and (width, height) == (f"{node}.width", f"{node}.height"):
                return node
        return f"{{ width = {width}, height = {height} }}"

    def value(self, target: Target | Called, kind: str, owner: str, *, plain: bool = False) -> str:
        """What is in an input, as it is written. Raises CannotWriteError."""
        if isinstance(target, Called):
            call = self.call(target.call, list(target.arguments), owner)
            return f"{call}.{target.output}" if target.output else call
        if isinstance(target, Absent):
            return "none"
        if isinstance(target, SizeBy):
            return self._size(target, owner)
        if isinstance(target, Value):
            if kind == SPELLED:
                self.assets.add(target.json.partition("(")[0])
                return str(target.json)
            if isinstance(target.json, SizeOf):
                return f"{target.json.width}x{target.json.height}"
            if isinstance(target.json, File):
                self.assets.add(target.json.name)
                return target.json.name
            literal = plain or kind == FURTHER
            said = json_value(target.json) if literal else spelled(target.json, kind)
            if said is None:
                raise CannotWriteError(owner)
            return said
        asset = self._reader.assets.of(target)
        if asset is not None:
            self.assets.add(asset.name)
            return asset.name
        file = None if plain or kind == FURTHER else self._reader.file(target, kind)
        if file is not None:
            return spelling.quote(file)
        if target.node in self._let_names:
            return self._let_names[target.node] + self._member(target)
        return self.element(self._reader.units[target.node]) + self._member(target)
