"""Reads the passes of a graph back: model, LoRAs, patches, shift, conditioning, what is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph.model import Link
from wan22dsl.importing.models import Models
from wan22dsl.importing.schedule import ADVANCED, PLAIN, is_whole, schedule, whole_number
from wan22dsl.importing.sight import Value
from wan22dsl.importing.units import PassUnit
from wan22dsl.program import kinds

if TYPE_CHECKING:
    from wan22dsl.importing.assets import Assets
    from wan22dsl.importing.frames import Frame
    from wan22dsl.importing.sight import Sight, Target
    from wan22dsl.importing.stages import Stages
    from wan22dsl.importing.unify import Unifier
    from wan22dsl.importing.units import Argument
    from wan22dsl.importing.vocabulary import StageWord, Vocabulary

_PROMPTS = {"positive", "negative"}
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
    """Reads samplers; `samplers` are the ids of all that sample, whether they can be read or not."""

    def __init__(
        self,
        sight: Sight,
        words: Vocabulary,
        assets: Assets,
        unifier: Unifier,
        stages: Stages,
        samplers: frozenset[str],
    ) -> None:
        self._sight = sight
        self._words = words
        self._assets = assets
        self._unifier = unifier
        self._stages = stages
        self._models = Models(sight, assets, unifier, stages)
        self._samplers = samplers
        self._starts = [
            word
            for word in words.stages
            if {one.name.text for one in word.stage.outputs} >= set(_OUTPUTS)
        ]

    def of(self, id: str) -> PassUnit | None:
        """The pass that a sampler is; None where the language has no pass like it."""
        node = self._sight.node(id)
        if node.class_name not in (PLAIN, ADVANCED) or id in self._unifier.plain:
            return None
        inputs = self._sight.inputs(id)
        model = inputs.get("model")
        if id in self._sight.twins or not isinstance(model, Link):
            return None
        chain = self._models.chain(model)
        scheduled = schedule(node.class_name, inputs)
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
        if chain.shift:
            unit.settings["shift"] = chain.shift
        unit.settings.update(scheduled)
        return unit if self._started(unit, inputs) else None

    # --- the conditioning, and what the pass begins with ---

    def _started(self, unit: PassUnit, inputs: dict[str, Target]) -> bool:
        links = {name: inputs.get(name) for name in ("positive", "negative", "latent_image")}
        if not all(isinstance(one, Link) for one in links.values()):
            return False
        positive, negative, latent = (one for one in links.values() if isinstance(one, Link))
        found = self._conditioned(unit, positive, negative, latent)
        if found is None:
            return False
        unit.conditioning = found.call
        unit.wants, unit.kinds, unit.given = found.wants, found.types, found.given
        unit.nodes |= found.frame.nodes
        whole = is_whole(inputs, self._sight.node(unit.id).class_name)
        full = whole and unit.settings.get("denoise", "1.0") == "1.0"
        if found.begins and full:
            self._takes_frames(unit)
        elif not found.begins:
            self._takes_latent(unit, latent)
            if full:
                unit.settings["handoff"] = '"latent"'
        self._noise(unit, inputs, begins=found.begins, whole=whole)
        if "vae" not in unit.wants:
            vae = self._decoded_with(unit.id)
            if vae is not None:
                unit.wants["vae"] = vae
        return True

    def _conditioned(
        self, unit: PassUnit, positive: Link, negative: Link, latent: Link
    ) -> _Conditioned | None:
        usual = self._words.families.get(unit.family, {}).get("conditioning", "")
        best: tuple[tuple[int, ...], _Conditioned] | None = None
        for place, word in enumerate(self._starts):
            for begins in (True, False):
                targets = {"positive": positive, "negative": negative}
                if begins:
                    targets["latent"] = latent
                found = self._read(word, targets, begins=begins)
                if found is None or (not begins and {one.name for one in found.given} >= _PROMPTS):
                    continue
                score = (begins, -len(found.given), word.name == usual, -place)
                if best is None or score > best[0]:
                    best = score, found
                break
        return None if best is None else best[1]

    def _read(
        self, word: StageWord, targets: dict[str, Link], *, begins: bool
    ) -> _Conditioned | None:
        frame = self._unifier.outputs(word, targets)
        made = None if frame is None else self._stages.unit(frame, "")
        if frame is None or made is None or made.brought is not None:
            return None
        wants: dict[str, Target] = dict(made.wants)
        types: dict[str, str] = {}
        given = []
        for one in made.arguments:
            if one.open or one.wants is None:
                given.append(one)
                continue
            if any(wants.get(name, target) != target for name, target in one.wants.items()):
                given.append(one._replace(wants=None))
                continue
            wants.update(one.wants)
            types.update(dict.fromkeys(one.wants, one.kind) if len(one.wants) == 1 else {})
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
        """What the arrow brings: a latent, or the frames that are encoded for it."""
        for name in ("size", "length"):
            unit.wants.pop(name, None)
        inputs = self._sight.inputs(latent.node)
        pixels, vae = inputs.get("pixels"), inputs.get("vae")
        is_encode = self._sight.node(latent.node).class_name == "VAEEncode" and len(inputs) == 2
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
        if adds != (begins or whole):
            unit.settings["add_noise"] = str(adds).lower()
        if advanced:
            leaves = inputs.get("return_with_leftover_noise") == Value("enable")
            if leaves != (whole_number(inputs, "end_at_step") < whole_number(inputs, "steps")):
                unit.settings["leftover_noise"] = str(leaves).lower()
        seed = inputs["noise_seed" if advanced else "seed"]
        if adds:
            unit.wants["seed"] = seed
        elif seed != Value(0):
            unit.own_seed = str(seed.json) if isinstance(seed, Value) else "0"

    def _decoded_with(self, id: str) -> Link | None:
        """The VAE that what the sampler makes is decoded with."""
        for consumer, name, _ in self._sight.graph.consumers.get(id, []):
            vae = self._sight.input(consumer, "vae")
            if name == "samples" and isinstance(vae, Link):
                return vae
        return None
