"""The sampler, the steps and the cfg of a sampler node, as a pass has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.importing.sight import Value
from wan22dsl.importing.spelled import number
from wan22dsl.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.importing.sight import Target

PLAIN, ADVANCED = "KSampler", "KSamplerAdvanced"


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
    """Sampler, cfg and steps as they are spelled; None where they are linked, or beyond a pass."""
    names = ("sampler_name", "scheduler", "cfg", "steps")
    values = [one.json for name in names if isinstance(one := inputs.get(name), Value)]
    known = {"model", "positive", "negative", "latent_image", *names}
    if len(values) != 4 or not all(isinstance(one, str) and one for one in values[:2]):
        return None
    if type(values[2]) not in (int, float) or type(values[3]) is not int:
        return None
    said = {"sampler": _sampler(values[0], values[1]), "cfg": number(float(values[2]))}
    total = values[3]
    if class_name == PLAIN:
        denoise, seed = inputs.get("denoise"), inputs.get("seed")
        if set(inputs) != {*known, "denoise", "seed"} or not isinstance(denoise, Value):
            return None
        if not isinstance(seed, Value) or type(seed.json) is not int:
            return None
        if type(denoise.json) not in (int, float):
            return None
        if float(denoise.json) != 1.0:
            said["denoise"] = number(float(denoise.json))
        return {**said, "steps": str(total)} if total > 0 else None
    own = ("add_noise", "noise_seed", "start_at_step", "end_at_step", "return_with_leftover_noise")
    if set(inputs) != {*known, *own} or not all(isinstance(inputs[name], Value) for name in own):
        return None
    noise = [inputs[name] for name in (own[0], own[4])]
    if any(one not in (Value("enable"), Value("disable")) for one in noise):
        return None
    start, end, seed_ = (whole_number(inputs, name) for name in (own[2], own[3], own[1]))
    if min(start, end, seed_) < 0:
        return None
    whole = start == 0 and end >= total
    if whole and noise == [Value("enable"), Value("disable")]:
        return None  # of a whole schedule the language makes a KSampler
    return {**said, "steps": f"{start}..{end} of {total}"}


def _sampler(sampler: str, scheduler: str) -> str:
    return "/".join(
        one if one and one.isascii() and one.replace("_", "a").isalnum() and one[0].islower()
        and one.islower() else spelling.backticks(one)
        for one in (sampler, scheduler)
    )  # fmt: skip
