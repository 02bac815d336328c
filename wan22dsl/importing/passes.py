"""Reads the passes of a graph back: model, LoRAs, patches, schedule, conditioning, what is handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import written
from wan22dsl.graph.model import Link
from wan22dsl.importing.engines import Engines, Models
from wan22dsl.importing.spellings import number, sampler
from wan22dsl.importing.units import ABSENT, PassUnit, Value
from wan22dsl.language.program import kinds
from wan22dsl.language.program.own_node import of_experts
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.engines import Engine
    from wan22dsl.importing.expressions import Frame
    from wan22dsl.importing.stages import Stages, Unifier
    from wan22dsl.importing.units import Argument, Sight, Target
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary


PLAIN, ADVANCED = written.SAMPLER, written.ADVANCED_SAMPLER


def whole_number(inputs: dict[str, Target], name: str) -> int:
    """The whole number in an input; -1 where there is none."""
    found = inputs.get(name)
    return found.json if isinstance(found, Value) and type(found.json) is int else -1


def is_whole(inputs: dict[str, Target], class_name: str) -> bool:
    """Whether a sampler runs its schedule from the first step to the last."""
    if class_name == PLAIN:
        return True
    return whole_number(inputs, "start_at_step") == 0 and whole_number(
        inputs, "end_at_step"
    ) >= whole_number(inputs, "steps")


def schedule(class_name: str, inputs: dict[str, Target]) -> dict[str, str] | None:
    """Sampler, cfg and steps as they are spelled; None where they are linked, or beyond a pass.

    A cfg or a seed may be a link: no other setting depends on it.
    """
    names = ("sampler_name", "scheduler", "steps")
    values = [item.json for name in names if isinstance(item := inputs.get(name), Value)]
    known = {"model", "positive", "negative", "latent_image", "cfg", *names}
    if len(values) != 3 or not all(isinstance(value, str) and value for value in values[:2]):
        return None
    total, cfg = values[2], inputs.get("cfg")
    if type(total) is not int:
        return None
    said = {"sampler": sampler(values[0], values[1])}
    if isinstance(cfg, Value) and type(cfg.json) in (int, float):
        said["cfg"] = number(float(cfg.json))
    elif not isinstance(cfg, Link):
        return None
    if class_name == PLAIN:
        denoise = inputs.get("denoise")
        if set(inputs) != {*known, "denoise", "seed"} or not isinstance(denoise, Value):
            return None
        if type(denoise.json) not in (int, float) or not _is_seed(inputs["seed"]):
            return None
        if float(denoise.json) != 1.0:
            said["denoise"] = number(float(denoise.json))
        return {**said, "steps": str(total)} if total > 0 else None
    own = ("add_noise", "start_at_step", "end_at_step", "return_with_leftover_noise")
    if set(inputs) != {*known, *own, "noise_seed"} or not _is_seed(inputs["noise_seed"]):
        return None
    noise = [inputs[name] for name in (own[0], own[3])]
    if any(item not in (Value("enable"), Value("disable")) for item in noise):
        return None
    start, end = (whole_number(inputs, name) for name in own[1:3])
    if min(start, end) < 0:
        return None
    whole = start == 0 and end >= total
    if whole and noise == [Value("enable"), Value("disable")]:
        return None  # of a whole schedule the language makes a KSampler
    return {**said, "steps": f"{start}..{end} of {total}"}


def _is_seed(target: Target) -> bool:
    """A link, or a number that is not one of those that other programs take for a random one."""
    is_number = isinstance(target, Value) and type(target.json) is int
    return isinstance(target, Link) or (is_number and whole_number({"": target}, "") >= 0)


def _switch(target: Target) -> bool | None:
    """A yes or no; None where it is something else."""
    return target.json if isinstance(target, Value) and isinstance(target.json, bool) else None


#: The conditioning for which other nodes make everything.
_GIVEN = "wan22.given"

_PROMPTS = ("positive", "negative")
_OUTPUTS = ("positive", "negative", "latent")


class _Conditioned(NamedTuple):
    """What a pass takes from its conditioning. `begins` tells that the latent is from there too."""

    call: str
    frame: Frame
    wants: dict[str, Target]
    types: dict[str, str]
    given: list[Argument]
    begins: bool


class Passes:
    """Reads samplers; `passes` are all that are recognised, by their samplers."""

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
        self._words = words
        self._assets = assets
        self._unifier = unifier
        self._stages = stages
        self._models = Models(sight, assets, unifier, stages)
        self._samplers = frozenset(passes)
        self._engines = Engines(sight, words, assets, unifier, stages, passes)
        self._starts = [
            word
            for word in words.stages
            if {output.name.text for output in word.stage.outputs} >= set(_OUTPUTS)
        ]

    def of(self, id: str, slots: set[int]) -> PassUnit | None:
        """The pass that a sampler is, whose outputs `slots` are used; None where there is none like it."""
        node = self._sight.node(id)
        if id in self._unifier.plain or id in self._sight.twins:
            return None
        inputs, engine = self._sight.inputs(id), None
        model, scheduled = inputs.get("model"), None
        if node.class_name in (PLAIN, ADVANCED):
            scheduled = schedule(node.class_name, inputs)
        else:
            engine = self._engines.read(id, slots)
            if engine is not None:
                model, scheduled = engine.links["model"], engine.settings
        chain = self._models.chain(model) if isinstance(model, Link) else None
        if chain is None or scheduled is None:
            return None
        asset = self._assets.of(chain.base)
        family = asset.settings.get("family", "") if asset is not None else ""
        unit = PassUnit(
            id=id,
            call="",
            nodes=frozenset({id, *chain.nodes}),
            is_pass=True,
            family=family,
            model=chain.base,
            noise=asset.settings.get("noise", "") if asset is not None else "",
            patches=chain.patches,
            title=node.title,
        )
        unit.settings["model"] = asset.name if asset is not None else ""
        if chain.loras:
            unit.settings["loras"] = f"[{', '.join(chain.loras)}]"
        if chain.loras_by:
            unit.settings["loras_by"] = spelling.quote(chain.loras_by)
        if chain.shift:
            unit.settings["shift"], unit.shifted = chain.shift, chain.last
        unit.settings.update(scheduled)
        if engine is not None:
            unit.engine, unit.nodes = engine.call, unit.nodes | engine.nodes
            unit.outputs = {slot: f"[{slot}]" for slot in slots if slot != min(slots)}
        if not (self._started(unit, inputs) if engine is None else self._started_by(unit, engine)):
            return None
        if chain.shift_by is not None:
            unit.wants["shift"], unit.kinds["shift"] = chain.shift_by, "FLOAT"
        return unit

    # --- the conditioning, and what the pass begins with ---

    def _started(self, unit: PassUnit, inputs: dict[str, Target]) -> bool:
        links = {name: inputs.get(name) for name in ("positive", "negative", "latent_image")}
        if not all(isinstance(link, Link) for link in links.values()):
            return False
        whole = is_whole(inputs, self._sight.node(unit.id).class_name)
        found = {name: link for name, link in links.items() if isinstance(link, Link)}
        begins = self._conditions(unit, found, whole=whole)
        if begins is None:
            return False
        self._noise(unit, inputs, begins=begins, whole=whole)
        cfg = inputs["cfg"]
        if isinstance(cfg, Link):
            unit.wants["cfg"], unit.kinds["cfg"] = cfg, "FLOAT"
        return True

    def _started_by(self, unit: PassUnit, engine: Engine) -> bool:
        """The same for a pass with an engine, which may read its noise and seed, or not."""
        links = {"latent_image": engine.links["latent"], **engine.links}
        begins = self._conditions(unit, links, whole=engine.whole)
        if begins is None:
            return False
        wants = dict(engine.wants)
        usual = begins or engine.whole
        adds = _switch(wants.pop("add_noise", Value(usual)))
        ends = engine.steps is not None and engine.steps[1] < engine.steps[2]
        leaves = _switch(wants.pop("leftover_noise", Value(ends)))
        seed = wants.pop("seed", None)
        if adds is None or leaves is None:
            return False
        self._set_noise(unit, (adds, usual), (leaves, ends), seed)
        for name, target in wants.items():
            if unit.wants.setdefault(name, target) != target:
                return False
            kind = kinds.PASS_SETTINGS.get(name) or kinds.FAMILY_SETTINGS.get(name)
            unit.kinds.setdefault(name, "*" if kind is None else kind.name)
        return True

    def _conditions(self, unit: PassUnit, links: dict[str, Link], *, whole: bool) -> bool | None:
        """Reads the conditioning; whether the pass begins with its latent. None: there is none like it."""
        latent = links["latent_image"]
        found = self._conditioned(unit, links["positive"], links.get("negative"), latent)
        if found is None:
            return None
        unit.conditioning, unit.node = found.call, found.frame.in_place
        unit.wants, unit.kinds, unit.given = found.wants, found.types, found.given
        unit.nodes |= found.frame.nodes
        full = whole and unit.settings.get("denoise", "1.0") == "1.0"
        if found.begins and full:
            self._takes_frames(unit)
        elif not found.begins:
            self._takes_latent(unit, latent)
            if full:
                unit.settings["handoff"] = '"latent"'
        if "vae" not in unit.wants:
            vae = self._decoded_with(unit.id)
            if vae is not None:
                unit.wants["vae"] = vae
        return found.begins

    def _conditioned(
        self, unit: PassUnit, positive: Link, negative: Link | None, latent: Link
    ) -> _Conditioned | None:
        links = {"positive": positive, "latent": latent}
        if negative is not None:
            links["negative"] = negative
        found = self._best(unit, links, "")
        if found is not None:
            return found
        given, low = links, unit.noise == '"low"'
        if low:
            links = {name: self._of_high(name, link) for name, link in links.items()}
        in_place = (self._sight.node(link.node).class_name for link in (positive, latent))
        for name in dict.fromkeys(in_place):
            found = self._best(unit, links, name)
            if found is not None:
                return found
        return self._by_others(given)

    def _by_others(self, links: dict[str, Link]) -> _Conditioned | None:
        """The conditioning that other nodes make; a latent of another pass is what that hands on."""
        word = next((word for word in self._starts if word.name == _GIVEN), None)
        if word is None:
            return None
        begins = self._latent_of(links["latent"]).node not in self._samplers
        if not begins:
            links = {name: link for name, link in links.items() if name in _PROMPTS}
        return self._read(word, links, "", begins=begins)

    def _latent_of(self, link: Link) -> Link:
        """The latent behind one that is decoded and encoded again."""
        for class_name, name in ((written.ENCODER, "pixels"), (written.DECODER, "samples")):
            source = self._sight.input(link.node, name)
            if self._sight.node(link.node).class_name == class_name and isinstance(source, Link):
                link = source
        return link

    def _of_high(self, name: str, link: Link) -> Link:
        """The output for the high-noise expert beside the one for the low-noise expert."""
        slots = {
            expert: next(
                (
                    slot
                    for each in of_experts(name, expert)
                    if (slot := self._sight.slot_named(link.node, each)) is not None
                ),
                None,
            )
            for expert in ("high", "low")
        }
        if slots["low"] is None or slots["high"] is None:
            return link
        return Link(link.node, slots["high"] if link.slot == slots["low"] else -1)

    def _best(self, unit: PassUnit, links: dict[str, Link], in_place: str) -> _Conditioned | None:
        """The conditioning that says most; with `in_place` its node has that class."""
        usual = self._words.families.get(unit.family, {}).get("conditioning", "")
        best: tuple[tuple[int, ...], _Conditioned] | None = None
        for place, word in enumerate(self._starts):
            if word.name == _GIVEN:
                continue
            for begins in (True, False):
                targets = dict(links)
                if not begins:
                    del targets["latent"]
                found = self._read(word, targets, in_place, begins=begins)
                if found is None or (
                    not begins and {argument.name for argument in found.given} >= set(_PROMPTS)
                ):
                    continue
                score = (begins, -len(found.given), word.name == usual, -place)
                if best is None or score > best[0]:
                    best = score, found
                break
        return None if best is None else best[1]

    def _read(
        self, word: StageWord, targets: dict[str, Link], in_place: str, *, begins: bool
    ) -> _Conditioned | None:
        frame = self._unifier.outputs(word, targets, in_place)
        made = None if frame is None else self._stages.unit(frame, "")
        if frame is None or made is None or made.brought is not None:
            return None
        wants: dict[str, Target] = dict(made.wants)
        types: dict[str, str] = {}
        given = []
        for argument in made.arguments:
            if argument.open or argument.wants is None:
                given.append(argument)
                continue
            if any(wants.get(name, target) != target for name, target in argument.wants.items()):
                given.append(argument._replace(wants=None))
                continue
            wants.update(argument.wants)
            types.update(
                dict.fromkeys(argument.wants, argument.kind) if len(argument.wants) == 1 else {}
            )
        if begins and ("size" in made.reads or wants.get("size") == ABSENT):
            return None  # of a class without a size
        types = {name: kinds.PASS_SETTINGS[name].name if name in kinds.PASS_SETTINGS
                 else types.get(name, "*") for name in wants}  # fmt: skip
        return _Conditioned(word.name, frame, wants, types, given, begins)

    def _takes_frames(self, unit: PassUnit) -> None:
        """A picture to begin with that comes from another pass is what an arrow brings."""
        image = unit.wants.get("image")
        if isinstance(image, Link) and self._sight.above(image.node) & self._samplers:
            unit.brought = image
            del unit.wants["image"]

    def _takes_latent(self, unit: PassUnit, latent: Link) -> None:
        """What the arrow brings: a latent, or the frames that are encoded for it.

        It decides size and length. Behind samplers that are no passes they may not be known.
        """
        samplers = self._sight.above(latent.node) & self._samplers
        consumers = self._sight.graph.consumers
        slots = {id: {slot for _, _, slot in consumers.get(id, [])} for id in samplers}
        if not samplers or any(self.of(id, slots[id]) is not None for id in samplers):
            for name in ("size", "length"):
                unit.wants.pop(name, None)
        inputs = self._sight.inputs(latent.node)
        pixels, vae = inputs.get("pixels"), inputs.get("vae")
        is_encode = self._sight.node(latent.node).class_name == written.ENCODER and len(inputs) == 2
        usable = latent.node not in self._sight.twins and latent.node not in self._unifier.plain
        unit.brought = latent
        if is_encode and usable and isinstance(pixels, Link) and isinstance(vae, Link):
            if unit.wants.setdefault("vae", vae) == vae:
                unit.kinds["vae"] = "VAE"
                unit.nodes |= {latent.node}
                unit.brought = pixels

    def _noise(
        self, unit: PassUnit, inputs: dict[str, Target], *, begins: bool, whole: bool
    ) -> None:
        """Noise and seed, as far as they do not follow from the place in the flow."""
        advanced = "noise_seed" in inputs
        adds = not advanced or inputs.get("add_noise") == Value("enable")
        leaves = ends = False
        if advanced:
            leaves = inputs.get("return_with_leftover_noise") == Value("enable")
            ends = whole_number(inputs, "end_at_step") < whole_number(inputs, "steps")
        seed = inputs["noise_seed" if advanced else "seed"]
        self._set_noise(unit, (adds, begins or whole), (leaves, ends), seed)

    def _set_noise(
        self,
        unit: PassUnit,
        adds: tuple[bool, bool],
        leaves: tuple[bool, bool],
        seed: Target | None,
    ) -> None:
        """Writes whether it adds and leaves noise where that is not what a pass does there by itself."""
        for name, (is_so, usual) in (("add_noise", adds), ("leftover_noise", leaves)):
            if is_so != usual:
                unit.settings[name] = str(is_so).lower()
        if seed is None:
            return
        if adds[0]:
            unit.wants["seed"] = seed
        elif seed != Value(0):
            unit.own_seed = seed

    def _decoded_with(self, id: str) -> Link | None:
        """The VAE that what the sampler makes is decoded with."""
        for consumer, name, _ in self._sight.graph.consumers.get(id, []):
            vae = self._sight.input(consumer, "vae")
            if name == "samples" and isinstance(vae, Link):
                return vae
        return None
