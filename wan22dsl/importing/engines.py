"""Reads back what a pass samples with: its engine, and the model that is followed back to where it is loaded.

An engine is the stage that samples, without what the settings of the pass say. The way of a model has its
shift, patches and LoRAs: it is that of `graph/passes/model_chain.py`, which says what a chain means. Here a
chain must also be one that a pass of the language compiles to: LoRAs first, then patches, the shift last,
each of the class written.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.model_chain import model_taken
from wan22dsl.importing.assets import with_strength
from wan22dsl.importing.expressions import Members, alternative, argument, bind, roots
from wan22dsl.importing.spellings import number
from wan22dsl.importing.spellings import sampler as spelled_sampler
from wan22dsl.importing.stages import class_of
from wan22dsl.importing.units import IN_PLACE, SPELLED, Argument, Called, Unit, Value
from wan22dsl.importing.vocabulary import is_engine, of_a_pass
from wan22dsl.language.program import kinds
from wan22dsl.language.program.own_node import own_node
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.expressions import Frame, Root
    from wan22dsl.importing.stages import Stages, Unifier
    from wan22dsl.importing.units import Sight, Target
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary


class Engine(NamedTuple):
    """An engine, the links that a pass gives to it, and the settings that it reads, spelled.

    `wants` are those that others may give. `start`, `end` and `total` are its steps, None where it has none.
    """

    call: Called
    links: dict[str, Link]
    settings: dict[str, str]
    wants: dict[str, Target]
    nodes: frozenset[str]
    steps: tuple[int, int, int] | None

    @property
    def effort(self) -> tuple[int, int]:
        """How much has to be written: links first, which no setting can say."""
        given = self.call.given()
        return sum(isinstance(each.target, Link) for each in given), len(given)

    @property
    def whole(self) -> bool:
        """Whether it samples a schedule from the first step to the last."""
        return self.steps is not None and self.steps[0] == 0 and self.steps[1] >= self.steps[2]


class Engines:
    """Reads samplers as engines; `passes` are the recognised passes, by the ids of their samplers."""

    def __init__(
        self,
        sight: Sight,
        words: Vocabulary,
        assets: Assets,
        unifier: Unifier,
        stages: Stages,
        passes: dict[str, Pass],
    ) -> None:
        self._sight = sight
        self._assets = assets
        self._unifier = unifier
        self._stages = stages
        self._passes = passes
        self._engines: dict[str, list[tuple[StageWord, Root]]] = {}
        self._parts: dict[str, list[StageWord]] = {}
        for word in words.stages:
            if is_engine(word.stage):
                for root in roots(word):
                    name = class_of(root.expression, word, words, 0)
                    self._engines.setdefault(name, []).append((word, root))
            elif of_a_pass(word.stage):
                self._parts.setdefault(word.stage.outputs[0].type.text, []).append(word)

    def read(self, id: str, slots: set[int]) -> Engine | None:
        """The engine that a sampler is, by the first of its outputs that are used."""
        known = self._engines.get(self._sight.node(id).class_name)
        if not known:
            return None
        target = Link(id, min(slots, default=0))
        best: Engine | None = None
        for word, root in known:
            for part in self._parts_of(id):
                for noisy in (True, False):
                    self._unifier.part, self._unifier.noisy = part, noisy
                    try:
                        found = self._read(word, root, target)
                    finally:
                        self._unifier.part = None
                    if found is not None and (best is None or found.effort < best.effort):
                        best = found
        return best

    def _parts_of(self, id: str) -> tuple[str, ...]:
        """The parts of its schedule that a sampler may sample: the one that is recognised, or any."""
        known = self._passes.get(id)
        settings = None if known is None else known.settings
        if (
            settings is None
            or settings.part
            or None in (settings.start, settings.end, settings.steps)
        ):
            return kinds.PARTS
        ends = settings.end == settings.steps
        if settings.start == 0:
            return ("whole",) if ends else ("first",)
        return ("last",) if ends else ("middle",)

    def _read(self, word: StageWord, root: Root, target: Link) -> Engine | None:
        frame = self._unifier.stage(word, root.expression, target)
        if frame is None or frame.further or target.node not in frame.nodes:
            return None
        latent = next(name for name, each in frame.parameters.items() if each.brought)
        names = {"latent": latent, **{name: name for name in kinds.ENGINE_PARAMETERS}}
        links = {
            name: frame.bound.get(own) for name, own in names.items() if own in frame.parameters
        }
        if not all(isinstance(link, Link) for link in links.values()):
            return None
        wants: dict[str, Target] = {}
        nodes = set(frame.nodes)
        given = self._given(frame, wants, nodes, {latent, *kinds.ENGINE_PARAMETERS})
        if given is None:
            return None
        first = word.stage.outputs[0].name.text
        output = root.output if word.stage.named and root.output != first else ""
        call = Called(word.name, tuple(given), output or "")
        found = {name: link for name, link in links.items() if isinstance(link, Link)}
        return self._settled(target.node, call, found, wants, frozenset(nodes))

    def _given(
        self, frame: Frame, wants: dict[str, Target], nodes: set[str], without: set[str]
    ) -> list[Argument] | None:
        """The arguments that have to be written; what the settings say of the others goes to `wants`."""
        given = []
        for name, parameter in frame.parameters.items():
            target = argument(frame, name, self._assets)
            if name in without or target is None:
                continue
            found = self._stages.argument(frame, name)
            if found.wants is not None and not found.open and _merge(wants, found.wants):
                continue
            nested = self._nested(target, parameter.type.text, wants, nodes)
            if isinstance(target, Value) and isinstance(target.json, Members):
                nested = _sampler(target.json)
                if nested is None:
                    return None
            given.append(found._replace(wants=None, target=nested or target))
        return given if _merge(wants, frame.wants) else None

    def _nested(
        self, target: Target, kind: str, wants: dict[str, Target], nodes: set[str]
    ) -> Called | None:
        """A call of a stage that depends on the pass, such as one that gives sigmas."""
        if not isinstance(target, Link):
            return None
        for word in self._parts.get(kind, ()):
            for root in alternative(word, self._unifier.part, noisy=self._unifier.noisy):
                frame = self._unifier.stage(word, root.expression, target)
                if frame is None:
                    continue
                more, inner = dict(wants), set(nodes) | frame.nodes
                given = self._given(frame, more, inner, set())
                if given is not None:
                    wants.update(more)
                    nodes |= inner
                    return Called(word.name, tuple(given))
        return None

    # --- what the settings of the pass have to be ---

    def _settled(
        self,
        id: str,
        call: Called,
        links: dict[str, Link],
        wants: dict[str, Target],
        nodes: frozenset[str],
    ) -> Engine | None:
        settings: dict[str, str] = {}
        known = self._passes.get(id)
        steps = None
        if "steps" in wants:
            steps = _steps(_members(wants.pop("steps")), self._unifier.part, known)
            if steps is None:
                return None
            start, end, total = steps
            whole = start == 0 and end == total
            settings["steps"] = str(total) if whole else f"{start}..{end} of {total}"
        if "sampler" in wants:
            parts = _members(wants.pop("sampler"))
            scheduler = parts.get("scheduler") or _scheduler(known)
            name = parts.get("name") or (known.settings.sampler if known is not None else None)
            if not isinstance(name, str) or not isinstance(scheduler, str) or not name:
                return None
            settings["sampler"] = spelled_sampler(name, scheduler)
        for name in ("cfg", "denoise"):
            if name in wants and not (name == "cfg" and isinstance(wants[name], Link)):
                value = wants.pop(name)
                if not isinstance(value, Value) or type(value.json) not in (int, float):
                    return None
                if name == "cfg" or float(value.json) != 1.0:
                    settings[name] = number(float(value.json))
        model = wants.get("schedule_model")
        if model is not None and model == self._schedule_model(id, links, steps):
            del wants["schedule_model"]
        return Engine(call, links, settings, wants, nodes, steps)

    def _schedule_model(
        self, id: str, links: dict[str, Link], steps: tuple[int, int, int] | None
    ) -> Link:
        """The model of the pass that begins the schedule, as the compiler finds it."""
        before = self._passes.get(links["latent"].node)
        if (steps is not None and steps[0] == 0) or before is None:
            return links["model"]
        for _ in range(len(self._passes)):
            latent = before.settings.latent
            earlier = None if latent is None else self._passes.get(latent.node)
            if earlier is None or before.settings.start == 0:
                break
            before = earlier
        return before.settings.model_link or links["model"]


def _merge(wants: dict[str, Target], more: dict[str, Target]) -> bool:
    """Adds to the settings; False, with none added, where another value is wanted of one."""
    tried = dict(wants)
    if not all(bind(tried, name, target) for name, target in more.items()):
        return False
    wants.update(tried)
    return True


def _sampler(found: Members) -> Called | None:
    """Another sampler than that of the pass, spelled; None where it is not known, or these are steps."""
    parts = dict(found.parts)
    if set(parts) != {"name", "scheduler"} or not all(
        isinstance(part, str) for part in parts.values()
    ):
        return None
    return Called(spelled_sampler(parts["name"], parts["scheduler"]), ())


def _members(target: Target) -> dict[str, Any]:
    found = target.json if isinstance(target, Value) else None
    return dict(found.parts) if isinstance(found, Members) else {}


def _scheduler(known: Pass | None) -> str:
    """The scheduler to be named where the engine has its own: `beta` for `beta(0.7, 0.55)`."""
    name = None if known is None else known.settings.scheduler
    return (name or "simple").partition("(")[0]


def _steps(
    parts: dict[str, Any], part: str | None, known: Pass | None
) -> tuple[int, int, int] | None:
    """The steps of which these are parts; what they leave open is known of the pass in its graph."""
    start, end, total = (parts.get(name) for name in ("start", "end", "total"))
    count, left = parts.get("count"), parts.get("left")
    settings = None if known is None else known.settings
    if part in ("whole", "first"):
        start = 0
    if start is None and settings is not None and "count" not in parts:
        start = settings.start
    for _ in range(2):
        end = total if end is None and part in ("whole", "last") else end
        if end is None and start is not None and count is not None:
            end = start + count
        if total is None and end is not None and left is not None:
            total = end + left
        total = end if total is None and part in ("whole", "last") else total
    if end is None and settings is not None:
        end = settings.end
    if total is None and settings is not None:
        total = settings.steps
    if type(start) is not int or type(end) is not int or type(total) is not int:
        return None
    fits = {
        "whole": start == 0 and end == total,
        "first": start == 0 and end < total,
        "middle": 0 < start < end < total,
        "last": 0 < start < end == total,
    }
    agrees = count in (None, end - start) and left in (None, total - end)
    return (start, end, total) if fits[part or "whole"] and agrees else None


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
