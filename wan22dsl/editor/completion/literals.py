"""Values that are written out: numbers with units, sizes, samplers, choices, the usual ones first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from wan22dsl.comfyui.catalogue.choices import (
    LOADERS_OF_LORAS,
    OF_ASSETS,
    options_of,
    samplers_of,
)
from wan22dsl.editor.completion.suggestion import Suggestion
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.editor.completion.want import Want

#: Numbers that are usual for a setting or a parameter, the most usual first, with what they mean.
_NUMBERS: dict[str, tuple[tuple[str, str], ...]] = {
    "cfg": (
        ("1.0", "no guidance, for distilled LoRAs"),
        ("3.5", "Wan's own"),
        ("5.0", ""),
        ("7.0", ""),
    ),
    "shift": (("5.0", ""), ("8.0", "Wan's own"), ("6.0", ""), ("3.0", "")),
    "denoise": (("1.0", "all of the schedule"), ("0.5", ""), ("0.7", ""), ("0.3", "")),
    "strength": (("1.0", ""), ("0.8", ""), ("0.6", ""), ("0.4", "")),
    "seed": (("42", ""), ("0", ""), ("1", "")),
    "batch": (("1", ""), ("2", ""), ("4", "")),
    "times": (("2", "twice the frames"), ("4", ""), ("3", "")),
    "scale": (("2.0", ""), ("4.0", "")),
    "by": (("0.5", "half"), ("2.0", "twice"), ("1.5", "")),
    "boundary": (("0.9", "image to video"), ("0.875", "text to video")),
    "distilled": (("4", "steps"), ("8", "steps")),
    "steps": (("4", "the whole schedule"), ("20", "the whole schedule")),
    "passes": (("2", ""), ("1", "")),
    "repeat": (("3", ""), ("5", "")),
    "warmups": (("1", ""), ("3", "")),
    "cold": (("1", ""),),
    "rounds": (("2", ""),),
    "quality": (),
    "camera_speed": (("1.0", ""), ("0.8", "")),
    "crf": (("32.0", ""), ("18.0", "")),
}

#: Values of a type, where the setting has none of its own.
_OF_TYPE: dict[str, tuple[tuple[str, str], ...]] = {
    "seconds": (("5s", ""), ("3s", ""), ("10s", "")),
    "fps": (("16fps", "Wan 2.2 14B"), ("24fps", "Wan 2.2 5B"), ("32fps", ""), ("30fps", "")),
    "bytes": (("24GiB", ""), ("16GiB", ""), ("32GiB", ""), ("512MiB", "")),
    "size": (
        ("832x480", "480p, landscape"),
        ("480x832", "480p, portrait"),
        ("832x1216", "portrait"),
        ("640x640", "square"),
        ("1280x720", "720p, landscape"),
        ("720x1280", "720p, portrait"),
        ("1216x832", "landscape"),
        ("512x768", "small, portrait"),
        ("1280x704", "for the 5B model"),
    ),
    "bool": (("true", ""), ("false", "")),
    "float": (("1.0", ""), ("0.5", "")),
    "int": (("1", ""), ("2", "")),
}

_STEPS = {
    "high": (
        ("0..2 of 4", "first half"),
        ("0..10 of 20", "first half"),
        ("0..4 of 8", "first half"),
    ),
    "low": (
        ("2..4 of 4", "second half"),
        ("10..20 of 20", "second half"),
        ("4..8 of 8", "second half"),
    ),
}
_WHOLE = (("4", "the whole schedule"), ("20", "the whole schedule"))

#: Samplers that people use for Wan, the usual first.
_USUAL_SAMPLERS = (
    *("euler/simple", "euler/beta", "uni_pc/simple", "dpmpp_2m/sgm_uniform", "lcm/simple"),
    *(
        "res_multistep/simple",
        "euler/normal",
        "ddim/beta",
        "dpmpp_2m/beta",
        "euler_ancestral/simple",
    ),
)


def frames(fps: int) -> tuple[tuple[str, str], ...]:
    """Lengths that Wan can make: 4n + 1 frames."""
    lengths = (("5s", 5 * fps + 1), ("3s", 3 * fps + 1), ("2s", 2 * fps + 1), ("10s", 10 * fps + 1))
    found = [(f"{5 * fps + 1}f", "5 s"), ("5s", f"{5 * fps + 1} frames")]
    if fps == 16:
        found += [
            ("49f", "3 s"),
            ("33f", "2 s"),
            ("77f", "4.8 s"),
            ("161f", "10 s"),
            ("121f", "7.5 s"),
        ]
    else:
        found += [("49f", "2 s"), ("73f", "3 s"), ("97f", "4 s"), ("241f", "10 s")]
    return (*found, *((text, f"{count} frames") for text, count in lengths[1:]))


def steps(noise: str) -> tuple[tuple[str, str], ...]:
    """Steps for an expert, or for a model without one."""
    if noise in _STEPS:
        return (*_STEPS[noise], *_WHOLE)
    return (
        *_STEPS["high"][:1],
        *_STEPS["low"][:1],
        *_WHOLE,
        *_STEPS["high"][1:2],
        *_STEPS["low"][1:2],
    )


def of_type(want: Want, *, noise: str = "", fps: int = 16) -> Iterator[Suggestion]:
    """The usual values for a setting, by its name and its type."""
    kind = want.type
    if want.owner in ("target", "record target"):
        yield from _limits(want.setting)
        return
    found: tuple[tuple[str, str], ...] = ()
    if kind == "frames":
        found = frames(fps) if want.setting != "count" else (("1f", ""), ("81f", ""))
    elif kind == "steps":
        found = steps(noise)
    elif kind in ("float", "int", "FLOAT", "INT", "*", "") and want.setting in _NUMBERS:
        found = _NUMBERS[want.setting]
        if kind == "int" and "." in "".join(text for text, _ in found):
            found = ()
    elif kind in _OF_TYPE:
        found = _OF_TYPE[kind]
    elif kind == "BOOLEAN":
        found = _OF_TYPE["bool"]
    for text, detail in found:
        yield Suggestion(text, "value", detail=detail)


def _limits(setting: str) -> Iterator[Suggestion]:
    """Ranges for what a target limits."""
    unit = kinds.TARGET_LIMITS.get(setting, "")
    if setting in kinds.GRADES:
        unit = "seconds"
    values = ("0s..60s", "0s..30s", "0s..180s") if unit == "seconds" else ()
    if unit == "bytes":
        values = ("0GiB..24GiB", "0GiB..30GiB", "0GiB..16GiB")
    for text in values:
        yield Suggestion(text, "value", detail="range")
    if unit and setting not in kinds.GRADES:
        yield Suggestion(
            "{ excellent = …, good = … }",
            "snippet",
            "{ excellent = $1, good = $2 }",
            "a range for each grade",
            is_snippet=True,
        )
    kind = kinds.TARGET_CONDITIONS.get(setting, "")
    for text, detail in {**_OF_TYPE, "frames": (("81f", "5 s"), ("49f", "3 s"))}.get(kind, ()):
        yield Suggestion(text, "value", detail=detail)


def sampler_values(catalogue: Catalogue, written: str) -> Iterator[Suggestion]:
    """`euler/simple` and its like; behind a slash the schedulers for that sampler."""
    names, schedulers = samplers_of(catalogue)
    name, slash, _ = written.partition("/")
    if slash:
        for scheduler in schedulers:
            yield Suggestion(f"{name}/{scheduler}", "value", detail="sampler/scheduler")
        return
    usual = [each for each in _USUAL_SAMPLERS if _is_known(each, names, schedulers)]
    for each in usual:
        yield Suggestion(each, "value", detail="sampler/scheduler")
    for each in names:
        if f"{each}/simple" not in usual:
            yield Suggestion(f"{each}/simple", "value", detail="sampler/scheduler")


def _is_known(written: str, names: tuple[str, ...], schedulers: tuple[str, ...]) -> bool:
    name, _, scheduler = written.partition("/")
    return name in names and scheduler in schedulers


#: Texts that a setting or an argument of a stage usually has.
_TEXTS = {
    "mode": ("bypass", "mute"),
    "loras_by": LOADERS_OF_LORAS,
    "dtype": ("fp32", "fp16", "bf16"),
}


def choices(want: Want, catalogue: Catalogue) -> tuple[str, ...]:
    """The texts that a setting takes; none where it takes any text, or is no text."""
    setting, owner = want.setting, want.owner
    argument = want.argument
    if argument is not None and argument.input is not None:
        options = (*(argument.input.options or ()), *argument.input.fixed)
        return tuple(dict.fromkeys(option for option in options if isinstance(option, str)))
    if (owner, setting) in OF_ASSETS:
        return options_of(catalogue, *OF_ASSETS[owner, setting])
    if owner == "profile" and setting == "card":
        from wan22dsl.graph.cost.cards import CARDS

        return tuple(CARDS)
    if owner == "profile" and setting == "comfyui":
        return _versions()
    if setting == "noise" and owner not in ("model", "lora"):
        return ()
    if setting in kinds.CHOICES and want.type == "text":
        return kinds.CHOICES[setting]
    if setting == "loras_by" or (owner == "about" and setting == "mode"):
        return _TEXTS[setting]
    if owner == "stage" and want.called is not None and want.type == "text":
        return _of_node_behind(want, catalogue)
    return ()


def _of_node_behind(want: Want, catalogue: Catalogue) -> tuple[str, ...]:
    """The choices of the input that a stage puts its parameter into."""
    from wan22dsl.language.syntax.tree import Attribute, Call, ClassName, Name, Stage, walk

    called = want.called
    assert called is not None
    stage = called.module.names.get(called.name) if called.module is not None else None
    if not isinstance(stage, Stage):
        return ()
    for call in walk(stage):
        if isinstance(call, Call) and isinstance(call.callee, ClassName):
            for item in call.arguments:
                if (
                    isinstance(item, Attribute)
                    and isinstance(item.value, Name)
                    and item.value.text == want.setting
                ):
                    found = options_of(
                        catalogue, spelling.plain(call.callee.text), spelling.plain(item.key.text)
                    )
                    if found:
                        return found
    return ()


@lru_cache(maxsize=1)
def _versions() -> tuple[str, ...]:
    from wan22dsl.comfyui.starting.flags import flags_of

    return tuple(reversed(flags_of().versions()))


def accepted(written: str) -> tuple[str, ...]:
    """The values of a list that stands behind `in`, each as it is written."""
    from wan22dsl.editor.completion import typed
    from wan22dsl.language.syntax.tree import List

    tree = typed.read(written)
    if not isinstance(tree, List):
        return ()
    return tuple(written[item.start : item.end] for item in tree.items)
