"""The settings of a text: which are in the pipeline, and which in a pass of their own.

A pass is one of the library as it is, or a copy with what differs. A shift that a pack has computed from the
boundary of the experts is written as such: `shift = boundary(0.875)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name, size_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.sigmas import shift_at
from wan22dsl.importing.spellings import number, spelled
from wan22dsl.importing.units import ABSENT, Absent, Value
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.importing.comments import Origins
    from wan22dsl.importing.reader import Reader
    from wan22dsl.importing.units import Argument, PassUnit, Target, Unit

#: The order in which people write the settings of a pipeline; others come behind the pictures.
PIPELINE_ORDER = (
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
    """The family of models whose names do not tell: the first one with that conditioning and VAE.

    Empty where the name of the file tells another size than that family has.
    """
    lost = [unit for unit in passes if not unit.family]
    if not lost:
        return passes[0].family if passes else ""
    unit = lost[0]
    best = ("", -1)
    told = family_in_name(reader, unit)
    for name, settings in reader.words.families.items():
        if settings.get("conditioning") != unit.conditioning:
            continue
        if told and size_of(told) != size_of(name):
            continue
        fits = sum(
            _in_family(reader, name, setting, target) for setting, target in unit.wants.items()
        )
        if fits > best[1]:
            best = (name, fits)
    return best[0]


def family_in_name(reader: Reader, unit: PassUnit) -> str:
    """The family of the model of a pass by the name of its file; the library need not have it."""
    asset = reader.assets.of(unit.model) if unit.model is not None else None
    file = "" if asset is None else asset.settings.get("file", "").strip('"')
    return read_name(file).family or ""


def _default(name: str) -> Target:
    return Value(kinds.DEFAULTS[name]) if name in kinds.DEFAULTS else ABSENT


def _kind(name: str) -> str:
    return kinds.PASS_SETTINGS[name].name if name in kinds.PASS_SETTINGS else "*"


#: The order in which people write the settings of a pass.
PASS_ORDER = (
    *"model loras loras_by patches shift sampler cfg steps denoise engine schedule_model".split(),
    *"conditioning image size length seed add_noise leftover_noise handoff vae".split(),
)

#: From so many differences on, a pass is written out instead of being a copy, unless that saves as much.
_TOO_MANY = 4
_SAVES = 3


#: What an engine may leave unread: a pass may have it from the one that it is a copy of.
_UNREAD = ("sampler", "cfg", "denoise")


class Base(NamedTuple):
    """A pass that others can be copies of."""

    name: str
    settings: dict[str, str]


class Written(NamedTuple):
    """A pass as it is in the text: the name in the flow, and its declaration, if it needs one."""

    name: str
    declaration: str


def nearest(settings: dict[str, str], bases: list[Base]) -> tuple[Base | None, dict[str, str]]:
    """The pass that a pass is nearest to, and what differs from it; all of it where none is near."""
    best: Base | None = None
    least: dict[str, str] = {}
    for base in bases:
        found = differences(settings, base.settings)
        if best is None or len(found) < len(least):
            best, least = base, found
    if best is None or len(least) >= len(settings):
        return None, settings
    if len(least) >= _TOO_MANY and len(settings) - len(least) < _SAVES:
        return None, settings
    return best, least


def without_shift(base: Base, library: tuple[str, ...]) -> Base:
    """A pass of the library as it is taken over with patches that set the shift."""
    own = {name: value for name, value in base.settings.items() if name != "shift"}
    return base._replace(settings=own) if base.name.startswith(library) else base


def on_merged(base: Base, settings: dict[str, str], distilled: frozenset[str]) -> Base:
    """A pass as it is taken over on a model that has its distilled LoRA merged in: without distilled ones.

    LoRAs that the copy has of its own are always written; with the same model all are taken over.
    """
    if base.settings.get("model") == settings.get("model"):
        return base
    taken_over = dict(base.settings)
    loras = taken_over.pop("loras", "")
    if "loras" not in settings:
        names = [
            name
            for name in loras.strip("[]").split(", ")
            if name.partition("(")[0] not in distilled
        ]
        if any(names):
            taken_over["loras"] = f"[{', '.join(names)}]"
    return Base(base.name, taken_over)


def differences(settings: dict[str, str], base: dict[str, str]) -> dict[str, str]:
    """What has to be written to make one pass of another."""
    found = {
        name: value for name, value in settings.items() if _alike(base.get(name)) != _alike(value)
    }
    for name in base:
        if name not in settings and not ("engine" in settings and name in _UNREAD):
            found[name] = "[]" if name == "loras" else "none"
    return found


def declaration_of(name: str, base: Base | None, settings: dict[str, str]) -> str:
    """The declaration of a pass."""
    ordered = sorted(
        settings, key=lambda text: (PASS_ORDER.index(text) if text in PASS_ORDER else 99, text)
    )
    if base is None:
        inside = "\n".join(f"    {item} = {settings[item]}" for item in ordered)
        return f"pass {name} {{\n{inside}\n}}"
    inside = ", ".join(f"{item} = {settings[item]}" for item in ordered)
    return f"pass {name} = {base.name}({inside})"


def changed(name: str, settings: dict[str, str]) -> str:
    """A pass as it is in a flow, with what can only be said there."""
    if not settings:
        return name
    ordered = sorted(
        settings, key=lambda text: (PASS_ORDER.index(text) if text in PASS_ORDER else 99, text)
    )
    return f"{name}({', '.join(f'{item} = {settings[item]}' for item in ordered)})"


def _alike(text: str | None) -> str | None:
    """`1` and `1.0`, and `4` and `0..4 of 4`, are the same."""
    if text is None:
        return None
    try:
        return repr(float(text))
    except ValueError:
        return text.replace(" ", "")


_STEPS = re.compile(r"([0-9]+)\.\.([0-9]+) of ([0-9]+)")


def boundary_of(unit: PassUnit, origins: Origins, usual: str) -> str:
    """The call that gives the shift of a pass, where a node for two experts has computed that shift.

    Empty where it is another number. `usual` is the boundary of the family of its model.
    """
    origin = origins.get((unit.shifted, "shift"))
    nodes = () if origin is None else origin.nodes
    source = next((node for node in nodes if record_of(node.class_name).schedule == "moe"), None)
    steps = _STEPS.fullmatch(unit.settings.get("steps", ""))
    sampler = unit.settings.get("sampler")
    level = None if source is None else source.inputs.get("boundary")
    if steps is None or sampler is None or not isinstance(level, (int, float)):
        return ""
    start, end, total = map(int, steps.groups())
    step = start if end >= total else end
    name, scheduler = spelling.sampler_parts(sampler)
    found = shift_at(scheduler, step, total, float(level), name)
    if not 0 < step < total or found is None or number(found) != unit.settings["shift"]:
        return ""
    written = number(float(level))
    return "boundary()" if usual and float(usual) == float(level) else f"boundary({written})"
