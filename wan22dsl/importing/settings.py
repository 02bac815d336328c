"""Which settings are in the pipeline, and which in a pass of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.model import Link
from wan22dsl.importing.simplified import ABSENT, Absent, Value
from wan22dsl.importing.spellings import spelled
from wan22dsl.language.program import kinds
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.importing.reader import Reader
    from wan22dsl.importing.simplified import Target
    from wan22dsl.importing.units import Argument, PassUnit, Unit

#: The order in which people write the settings of a pipeline; others come behind the pictures.
ORDER = (
    *"image end_image control_video control_mask audio prompt negative size length batch fps".split(),
    *"family conditioning vae text_encoder patches denoise seed".split(),
)


class Settled(NamedTuple):
    """The settings of the pipeline, and those of each pass, by the id of its sampler; with their types."""

    pipeline: dict[str, Target]
    passes: dict[str, dict[str, Target]]
    types: dict[str, str]
    family: str


def settle(reader: Reader, passes: list[PassUnit], stages: list[Unit]) -> Settled:
    """Puts what passes share into the pipeline, and what the family of a model has nowhere."""
    types: dict[str, str] = {}
    for pass_ in passes:
        types.update({name: pass_.kinds.get(name, _kind(name)) for name in pass_.wants})
    family = _family(reader, passes)
    pipeline: dict[str, Target] = {}
    own: dict[str, dict[str, Target]] = {pass_.id: {} for pass_ in passes}
    for name in dict.fromkeys(name for pass_ in passes for name in pass_.wants):
        wanting = [pass_ for pass_ in passes if name in pass_.wants]
        if all(_goes_without(reader, pass_, name, family) for pass_ in wanting):
            continue
        first = next(pass_ for pass_ in wanting if not _goes_without(reader, pass_, name, family))
        shared = [pass_ for pass_ in wanting if pass_.wants[name] == first.wants[name]]
        others = [pass_ for pass_ in wanting if pass_ not in shared]
        if any(isinstance(other.wants[name], Absent) for other in others):
            shared, others = [], wanting
        else:
            pipeline[name] = first.wants[name]
        for pass_ in others:
            if not isinstance(pass_.wants[name], Absent):
                own[pass_.id][name] = pass_.wants[name]
    for unit in stages:
        for argument in unit.arguments:
            for name, target in (argument.wants or {}).items():
                _for_stage(name, target, argument, pipeline, types, passes)
    return Settled(pipeline, own, types, family)


def _for_stage(
    name: str,
    target: Target,
    argument: Argument,
    pipeline: dict[str, Target],
    types: dict[str, str],
    passes: list[PassUnit],
) -> None:
    """What a stage reads of the pipeline is set there, if nothing else is."""
    if passes or name in pipeline or isinstance(target, Absent) or _default(name) == target:
        return
    kind = _kind(name) if name in kinds.PASS_SETTINGS else argument.kind
    if isinstance(target, Link) and kind[:1].islower() and kind not in kinds.LINKS:
        return  # such a setting is known when it is compiled
    pipeline[name] = target
    types[name] = kind


def satisfied(reader: Reader, settled: Settled, wants: dict[str, Target]) -> bool:
    """Whether the pipeline gives all that an argument of a stage would need to be left out."""
    for name, target in wants.items():
        if name in settled.pipeline:
            if settled.pipeline[name] != target:
                return False
        elif not (
            target == _default(name)
            or target == ABSENT
            or _in_family(reader, settled.family, name, target)
        ):
            return False
    return True


def _goes_without(reader: Reader, unit: PassUnit, name: str, family: str) -> bool:
    """Whether a pass gets what it wants when nobody sets it."""
    target = unit.wants[name]
    if target == _default(name) or isinstance(target, Absent):
        return True
    return _in_family(reader, unit.family or family, name, target)


def _in_family(reader: Reader, family: str, name: str, target: Target) -> bool:
    said = reader.words.families.get(family, {}).get(name)
    if isinstance(target, Value):
        return said is not None and spelled(target.json, "float") == said
    asset = reader.assets.of(target)
    return said is not None and asset is not None and asset.name == said


def _family(reader: Reader, passes: list[PassUnit]) -> str:
    """The family of models whose names do not tell: the first one with that conditioning and VAE."""
    lost = [unit for unit in passes if not unit.family]
    if not lost:
        return passes[0].family if passes else ""
    unit = lost[0]
    best = ("", -1)
    for name, settings in reader.words.families.items():
        if settings.get("conditioning") != unit.conditioning:
            continue
        fits = sum(
            _in_family(reader, name, setting, target) for setting, target in unit.wants.items()
        )
        if fits > best[1]:
            best = (name, fits)
    return best[0]


def _default(name: str) -> Target:
    return Value(kinds.DEFAULTS[name]) if name in kinds.DEFAULTS else ABSENT


def _kind(name: str) -> str:
    return kinds.PASS_SETTINGS[name].name if name in kinds.PASS_SETTINGS else "*"
