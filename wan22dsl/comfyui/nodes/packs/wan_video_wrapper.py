"""Models, LoRAs, schedules, samplers and decoding of kijai/ComfyUI-WanVideoWrapper 1.4.7.

A sampler runs the steps `start_step` to `end_step` of its schedule and returns its latent with the noise that
is left, as it is. Its conditioning (`image_embeds`) brings the size, the length and the pictures; a latent
(`samples`) is there only where it goes on with one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.models import of as model_facts
from wan22dsl.comfyui.nodes.models import paced
from wan22dsl.comfyui.nodes.record import (
    Conditioning,
    File,
    LatentShape,
    NodeRecord,
    Reading,
    SamplerInputs,
)
from wan22dsl.comfyui.nodes.scaling import UNKNOWN, Size, resizer
from wan22dsl.comfyui.nodes.wan_latents import latent, made_frames, made_px
from wan22dsl.comfyui.nodes.widgets import Widgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_PACK = "ComfyUI-WanVideoWrapper"


def _run(reading: Reading, values: Mapping[str, Any]) -> dict[str, Any]:
    """Which steps a sampler runs, and on which noise.

    An end of -1 or beyond the steps is the last step. A start or end by WanVideoSigmaToStep is a sigma. With
    a `denoise_strength` below 1 it runs the last steps, one more than their share, with new noise.
    """
    steps = values.get("steps")
    start = _bound(reading, "start_step", values.get("start", 0))
    end = _bound(reading, "end_step", values.get("end", -1))
    denoise, adds = values.get("denoise", 1.0), values.get("add_noise", False)
    if isinstance(adds, str):  # old files have texts there, which ComfyUI reads as Python does
        adds = bool(adds)
    found: dict[str, Any] = {"leftover_noise": True, "denoise": 1.0}
    found["add_noise"] = adds if reading.linked("samples") else True
    if reading.linked("sigmas"):  # they are a schedule of their own, and steps are counted in it
        unknown = ("scheduler", "steps", "start", "end", "shift")
        return found | dict.fromkeys(unknown)
    found |= _bounds(steps, start, end)
    if denoise is None or (denoise < 1 and start != 0):  # with both it fails: WAN726
        return found | {"start": None, "end": None, "add_noise": None}
    if denoise < 1 and isinstance(steps, int):
        found |= {"start": steps - int(steps * denoise) - 1, "end": steps, "add_noise": True}
    return found


def _bound(reading: Reading, name: str, value: Any) -> Any:
    """A start or end: ComfyUI makes a written fraction whole, and lets a linked one be a sigma."""
    return int(value) if type(value) is float and not reading.linked(name) else value


def _bounds(steps: Any, start: Any, end: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"start": None, "end": None}
    if type(start) is int:
        found["start"] = start
    elif type(start) is float:
        found["start_sigma"] = start
    if type(end) is int and type(steps) is int:
        found["end"] = steps if end == -1 else min(end, steps)
    elif type(end) is float:
        found["end_sigma"] = end
    return found


def _closest(reading: Reading, before: Facts) -> Size:
    """WanVideoImageResizeToClosest: an area, in the shape of the picture or its own, in steps of 16."""
    width, height = reading.whole("generation_width"), reading.whole("generation_height")
    how = reading.value("aspect_ratio_preservation")
    if not width or not height:
        return UNKNOWN
    if how == "keep_input" and before.width and before.height:
        ratio = before.height / before.width
    elif how in ("stretch_to_new", "crop_to_new"):
        ratio = height / width
    else:
        return UNKNOWN
    sides = (math.sqrt(width * height / ratio), math.sqrt(width * height * ratio))
    return int(sides[0] // 8 // 2 * 2) * 8, int(sides[1] // 8 // 2 * 2) * 8


#: What all samplers of the wrapper have in common, those of other packs that run it too.
EMBEDDED = SamplerInputs(
    latent="samples",
    latent_optional=True,
    conditioning="image_embeds",
    positive="text_embeds",
    negative="",
    unscaled=True,
)

_SAMPLER = EMBEDDED._replace(
    start="start_step",
    end="end_step",
    sampler="",
    denoise="denoise_strength",
    add_noise="add_noise_to_samples",
    shift="shift",
    holder="scheduler",
    sigmas="sigmas",
    own_way=True,
    finish=_run,
    denoised_slot=1,
)

#: Goes on from the frames of `prefix_samples`, and counts its steps in a way of its own.
_FORCING = EMBEDDED._replace(sampler="", shift="shift", own_way=True)

_SCHEDULE = SamplerInputs(
    start="start_step", end="end_step", cfg="", seed="", sampler="", shift="shift"
)


def _sampled(reading: Reading) -> Facts:
    """The shape of the conditioning, at the rate of the model."""
    shape = reading.facts("image_embeds")
    known = (
        shape if shape.frames is not None or shape.width is not None else reading.facts("samples")
    )
    for spoken in ("multitalk_embeds", "fantasytalking_embeds"):
        if reading.linked(spoken):
            return known._replace(fps=reading.facts(spoken).fps, empty=False)
    return paced(reading, known)


def _forced(reading: Reading) -> Facts:
    """WanVideoDiffusionForcingSampler: the shape of the conditioning, at the rate that the node has."""
    return reading.facts("image_embeds")._replace(fps=reading.number("fps"), empty=False)


def _spoken(reading: Reading) -> Facts:
    """Sound for lips that move at the rate of the node."""
    return Facts(fps=reading.number("fps")) if reading.slot == 0 else NOTHING_KNOWN


def _by_settings(reading: Reading) -> Facts:
    return reading.facts("sampler_inputs")


def _decoded(reading: Reading) -> Facts:
    return reading.facts("samples")._replace(vae=None, empty=False)


def _rescaled(reading: Reading) -> Facts:
    return reading.facts("samples")


def _encoded(reading: Reading) -> Facts:
    frames = reading.facts("image")
    return Facts(
        frames=None if frames.frames is None else made_frames(frames.frames),
        fps=frames.fps,
        width=None if frames.width is None else made_px(frames.width, 16),
        height=None if frames.height is None else made_px(frames.height, 16),
        vae=reading.link("vae"),
    )


def _of_schedule(reading: Reading) -> Facts:
    """WanVideoScheduler hands on what it is set to: steps, shift, start and end."""
    names = {1: "steps", 2: "shift", 4: "start_step", 5: "end_step"}
    name = names.get(reading.slot)
    return NOTHING_KNOWN if name is None else Facts(value=reading.value(name))


def _as_sigma(reading: Reading) -> Facts:
    """WanVideoSigmaToStep sends its sigma through an input for steps, where it is taken for one."""
    sigma = reading.number("sigma")
    return NOTHING_KNOWN if sigma is None else Facts(value=float(sigma))


#: How far a list of values is from its first value to its last, at a share of the way.
_EASES: dict[str, Callable[[float], float]] = {
    "linear": lambda share: share,
    "ease_in": lambda share: share * share,
    "ease_out": lambda share: share * (2 - share),
}


def _float_list(first: str, last: str, elsewhere: str = "") -> Callable[[Reading], Facts]:
    """A list of values, one for each step: from one to another over a share of the steps (nodes_utility.py).

    `elsewhere` is the input of the value of the other steps; without one it is 1.
    """

    def facts(reading: Reading) -> Facts:
        steps, ease = reading.whole("steps"), _EASES.get(str(reading.value("interpolation")))
        names = (first, last, "start_percent", "end_percent")
        numbers = [reading.number(name) for name in names]
        other = reading.number(elsewhere) if elsewhere else 1.0
        if steps is None or not 0 < steps <= _MOST_VALUES or ease is None or other is None:
            return NOTHING_KNOWN
        if any(number is None for number in numbers):
            return NOTHING_KNOWN
        start, end, begins, ends = (number or 0.0 for number in numbers)
        low, high = (min(int(steps * share), steps - 1) for share in (begins, ends))
        values = [other] * steps
        for at in range(max(low, 0), high + 1):
            share = ease((at - low) / (high - low)) if high > low else 0.0
            values[at] = round(start + share * (end - start), 2)
        if begins > 0:
            values[0] = other
        return Facts(numbers=tuple(values))

    return facts


#: Longer lists are not worked out.
_MOST_VALUES = 1000

_TEXTS = ("positive_prompt", "negative_prompt")


def _embeds(
    class_name: str, conditioning: Conditioning, *, shape: LatentShape | None = None
) -> NodeRecord:
    return NodeRecord(
        class_name,
        _PACK,
        role="conditioning",
        facts=latent,
        latent=shape or LatentShape(slot=0, length="num_frames", empty=True, fails_off_grid=True),
        conditioning=conditioning,
    )


#: Sizes that are no multiples of 16 are cut by these, and fail in the sampler after the others.
_CUT_TO_16 = LatentShape(slot=0, length="num_frames", empty=True, cell_px=16)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "MultiTalkWav2VecEmbeds",
        _PACK,
        role="conditioning",
        facts=_spoken,
    ),
    NodeRecord(
        "FantasyTalkingWav2VecEmbeds",
        _PACK,
        role="conditioning",
        facts=_spoken,
    ),
    NodeRecord(
        "WanVideoModelLoader",
        _PACK,
        role="loader",
        file=File("model", "model"),
        facts=model_facts,
        lora_links=("lora",),
        former=("vace_model",),
    ),
    NodeRecord(
        "WanVideoImageResizeToClosest",
        _PACK,
        role="scaling",
        facts=resizer(_closest),
        same_length="image",
    ),
    NodeRecord(
        "WanVideoVAELoader",
        _PACK,
        role="loader",
        file=File("model_name", "vae"),
    ),
    NodeRecord(
        "LoadWanVideoT5TextEncoder",
        _PACK,
        role="loader",
        file=File("model_name", "other"),
        text_encoder="wrapper",
    ),
    NodeRecord(
        "WanVideoSetLoRAs",
        _PACK,
        role="lora",
        lora_links=("lora",),
    ),
    NodeRecord(
        "WanVideoLoraSelect",
        _PACK,
        role="lora",
        loras=loras.named("lora", "strength"),
        lora_links=("prev_lora",),
        widgets=Widgets(shows="more"),
    ),
    NodeRecord(
        "WanVideoLoraSelectByName",
        _PACK,
        role="lora",
        loras=loras.named("lora_name", "strength"),
        lora_links=("prev_lora",),
    ),
    NodeRecord(
        "WanVideoLoraSelectMulti",
        _PACK,
        role="lora",
        loras=loras.numbered("lora_{}", "strength_{}", range(5)),
        lora_links=("prev_lora",),
    ),
    NodeRecord(
        "WanVideoSetBlockSwap",
        _PACK,
        role="model_patch",
        leaves_speed=True,
    ),
    NodeRecord(
        "WanVideoContextOptions",
        _PACK,
        context_windows=True,
        former=("image_cond_start_step", "image_cond_window_count", "vae"),
    ),
    NodeRecord(
        "WanVideoTextEncode",
        _PACK,
        role="text",
        texts=_TEXTS,
    ),
    NodeRecord(
        "WanVideoTextEncodeCached",
        _PACK,
        role="text",
        texts=_TEXTS,
    ),
    NodeRecord(
        "WanVideoTextEncodeSingle",
        _PACK,
        role="text",
        texts=("prompt",),
    ),
    NodeRecord(
        "WanVideoDiffusionForcingSampler",
        _PACK,
        role="sampler",
        facts=_forced,
        samplers=(_FORCING,),
        work="sample",
        former=("teacache_args",),
    ),
    NodeRecord(
        "WanVideoScheduler",
        _PACK,
        role="schedule",
        facts=_of_schedule,
        held=_SCHEDULE,
        widgets=Widgets(shows="more"),
    ),
    NodeRecord(
        "WanVideoSchedulerv2",
        _PACK,
        role="schedule",
        held=_SCHEDULE,
    ),
    NodeRecord(
        "CreateCFGScheduleFloatList",
        _PACK,
        role="value",
        facts=_float_list("cfg_scale_start", "cfg_scale_end"),
        widgets=Widgets(shows="more"),
    ),
    NodeRecord(
        "CreateScheduleFloatList",
        _PACK,
        role="value",
        facts=_float_list("start_value", "end_value", "default_value"),
        widgets=Widgets(shows="more"),
    ),
    NodeRecord(
        "WanVideoSigmaToStep",
        _PACK,
        role="value",
        facts=_as_sigma,
    ),
    _embeds(
        "WanVideoEmptyEmbeds",
        Conditioning(
            kind="text_to_video",
            families=("t2v_14b", "ti2v_5b"),
            with_others="it expects 36 channels and gets 16, so sampling fails",
            fails=True,
            alone=("control_embeds", "extra_latents"),
        ),
    ),
    _embeds(
        "WanVideoImageToVideoEncode",
        Conditioning(
            by_pictures=True,
            encodes=("start_image", "end_image"),
            families=("i2v_14b", "fun_inpaint_14b", "fun_camera_14b", "fun_control_14b", "ti2v_5b"),
            with_others="the model takes no picture, so sampling fails",
            fails=True,
            alone=("control_embeds", "extra_latents", "add_cond_latents"),
        ),
    ),
    _embeds(
        "WanVideoVACEEncode",
        Conditioning(kind="vace", encodes=("ref_images", "input_frames")),
        shape=_CUT_TO_16,
    ),
    _embeds(
        "WanVideoAnimateEmbeds",
        Conditioning(kind="character", encodes=("ref_images", "pose_images", "bg_images")),
        shape=_CUT_TO_16,
    ),
    NodeRecord(
        "WanVideoSampler",
        _PACK,
        role="sampler",
        facts=_sampled,
        samplers=(_SAMPLER,),
        former=("teacache_args",),
    ),
    NodeRecord(
        "WanVideoSamplerv2",
        _PACK,
        role="sampler",
        facts=_sampled,
        samplers=(_SAMPLER._replace(start="", end="", steps="", shift="", denoise=""),),
    ),
    NodeRecord(
        "WanVideoSamplerSettings",
        _PACK,
        facts=_sampled,
    ),
    NodeRecord(
        "WanVideoSamplerFromSettings",
        _PACK,
        role="sampler",
        facts=_by_settings,
        samplers=(_SAMPLER._replace(through="sampler_inputs"),),
    ),
    NodeRecord(
        "WanVideoDecode",
        _PACK,
        role="decode",
        facts=_decoded,
        work="decode",
        latents_of_wrapper=True,
    ),
    NodeRecord(
        "WanVideoLatentReScale",
        _PACK,
        role="latent",
        facts=_rescaled,
        rescales="direction",
    ),
    NodeRecord(
        "WanVideoEncode",
        _PACK,
        role="encode",
        facts=_encoded,
        latents_of_wrapper=True,
    ),
    NodeRecord(
        "WanVideoApplyNAG",
        _PACK,
        steers_from=("nag_text_embeds", "original_text_embeds"),
    ),
    # Inputs that the schema lost, while the function has them.
    *(
        NodeRecord(class_name, _PACK, former=former)
        for class_name, former in (
            ("LynxInsightFaceCrop", ("image_size",)),
            ("MultiTalkModelLoader", ("base_precision",)),
            ("WanVideoEncodeLatentBatch", ("latent_strength",)),
            ("WanVideoFunCameraEmbeds", ("fun_ref_image",)),
        )
    ),
)
