"""Which simulated work a node class does.

A class that is not known here takes no time and hands on what it was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.catalogue.inputs import inputs_of
from wan22dsl.catalogue.schema import MADE_UP
from wan22dsl.graph.known.frames import INTERPOLATORS
from wan22dsl.graph.known.loaded import LOADERS
from wan22dsl.server import frames, loaders, sampling
from wan22dsl.server.calls import Bench, Call, NodeFault, Work, handed_on
from wan22dsl.server.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Callable


def work_of(call: Call, bench: Bench) -> Work:
    """What a node does. Raises NodeFault."""
    _look_at_sockets(call)
    name = call.node_class.name
    if call.node_class.pack == MADE_UP:
        return Work(handed_on(call))
    if name in _KNOWN:
        return _KNOWN[name](call, bench)
    given = {one.type for one in call.node_class.outputs}
    if call.flow("latent_image", "latent", "samples") and "steps" in call.values:
        return sampling.sample(call, bench)
    if not call.flow("model") and ("MODEL" in given or "CLIP" in given or "VAE" in given):
        return loaders.load_model(call, bench)
    if {"LATENT", "CONDITIONING"} <= given:
        return sampling.condition(call, bench)
    if "LATENT" in given and {"width", "height"} <= set(call.values):
        return sampling.empty_latent(call, bench)
    return Work(handed_on(call))


_EXAMPLE_METHODS = {"VAE": "encode", "MODEL": "get_model_object", "CLIP": "tokenize"}


def _look_at_sockets(call: Call) -> None:
    """A constant where a socket is: accepted when submitted, and an exception now."""
    for name, one in inputs_of(call.node_class, call.values).items():
        if not one.is_socket or name not in call.values or isinstance(call.values[name], Flow):
            continue
        value = call.values[name]
        if value is None and not one.required:
            continue
        if isinstance(value, str) and one.type == "VAE":
            raise NodeFault("TypeError", "encode() argument 'encoding' must be str, not Tensor\n")
        method = _EXAMPLE_METHODS.get(one.type, "shape")
        said = f"'{type(value).__name__}' object has no attribute '{method}'\n"
        raise NodeFault("AttributeError", said)


_SCHEDULERS = ("BasicScheduler", "KarrasScheduler", "ExponentialScheduler", "BetaSamplingScheduler")


_FILES = (
    "LoadImage",
    "LoadImageMask",
    "LoadImageOutput",
    "LoadLatent",
)


_KNOWN: dict[str, Callable[[Call, Bench], Work]] = {
    "CLIPLoader": loaders.load_text_encoder,
    "LoraLoaderModelOnly": loaders.lora,
    "LoraLoader": loaders.lora,
    "CLIPTextEncode": loaders.encode_text,
    "KSampler": sampling.sample,
    "KSamplerAdvanced": sampling.sample,
    "SamplerCustom": sampling.sample,
    "SamplerCustomAdvanced": sampling.sample,
    "WanMoeKSampler": sampling.sample,
    "WanMoeKSamplerAdvanced": sampling.sample,
    "SplitSigmas": sampling.split_sigmas,
    "BasicGuider": sampling.guide,
    "CFGGuider": sampling.guide,
    "VAEDecode": frames.decode,
    "VAEDecodeTiled": frames.decode,
    "VAEEncode": frames.encode,
    "VAEEncodeTiled": frames.encode,
    "CreateVideo": frames.create_video,
    "GetVideoComponents": frames.video_parts,
    "ImageUpscaleWithModel": frames.upscale,
    "ImageUpscaleWithModelBatched": frames.upscale,
    **dict.fromkeys(INTERPOLATORS, frames.interpolate),
    **dict.fromkeys(_SCHEDULERS, sampling.schedule),
    **dict.fromkeys((*_FILES, *LOADERS), loaders.load_file),
}
