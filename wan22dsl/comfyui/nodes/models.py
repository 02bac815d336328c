"""Models on their way from the loader to the sampler: loaders, LoRAs, patches.

What is known of a model is the rate that it was trained for. An empty latent has no rate of its own. It gets
that of the model that samples it.
"""

from __future__ import annotations

from wan22dsl.comfyui.filenames import RATES_FPS, read_name
from wan22dsl.comfyui.nodes import loras
from wan22dsl.comfyui.nodes.facts import Facts, agreed
from wan22dsl.comfyui.nodes.record import File, NodeRecord, Reading

#: The types of links that carry a model.
TYPES = frozenset({"MODEL", "WANVIDEOMODEL", "GUIDER"})

#: How the inputs of loaders begin that hold the file of a diffusion model.
MODEL_INPUTS = ("unet", "model", "ckpt", "gguf", "diff")


def of(reading: Reading) -> Facts:
    """What a model has: that of the models that it is made of, or else what its file says."""
    inputs = () if reading.node_class is None else reading.node_class.inputs
    linked = {input_.name for input_ in inputs if input_.type in TYPES}
    before = [reading.known(link).model_fps for name, link in reading.links() if name in linked]
    return Facts(model_fps=agreed(before) if before else _of_file(reading))


#: The VACE models follow a video where they have one, and else move as t2v does, which they are made from.
_RATES_FPS = {**RATES_FPS, **dict.fromkeys(("vace_14b", "fun_vace_14b"), RATES_FPS["t2v_14b"])}


def _of_file(reading: Reading) -> float | None:
    """The rate for the family that is declared, or that all files of a loader name."""
    if reading.family is not None:
        return _RATES_FPS.get(reading.family)
    files = [reading.value(name) for name in reading.inputs if name.startswith(MODEL_INPUTS)]
    families = [read_name(file).family for file in files if isinstance(file, str)]
    rate: float | None = agreed([_RATES_FPS.get(family or "") for family in families])
    return rate


def paced(reading: Reading, facts: Facts) -> Facts:
    """The facts of what a sampler makes: an empty latent has the rate of the model from then on."""
    if not facts.empty:
        return facts
    rates = [reading.known(link).model_fps for _, link in reading.links()]
    known = agreed([rate for rate in rates if rate is not None])
    return facts if known is None else facts._replace(fps=known, empty=False)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "UNETLoader",
        role="loader",
        file=File("unet_name", "model"),
    ),
    NodeRecord(
        "VAELoader",
        role="loader",
        file=File("vae_name", "vae"),
    ),
    NodeRecord(
        "CLIPVisionLoader",
        role="loader",
        file=File("clip_name", "other"),
    ),
    NodeRecord(
        "AudioEncoderLoader",
        role="loader",
        file=File("audio_encoder_name", "other"),
    ),
    NodeRecord(
        "UpscaleModelLoader",
        role="loader",
        file=File("model_name", "other"),
    ),
    NodeRecord(
        "FrameInterpolationModelLoader",
        role="loader",
        file=File("model_name", "other"),
    ),
    NodeRecord(
        "CLIPLoader",
        role="loader",
        file=File("clip_name", "other"),
        work="load_text_encoder",
    ),
    NodeRecord(
        "LoraLoaderModelOnly",
        role="lora",
        file=File("lora_name", "lora"),
        work="load_lora",
    ),
    NodeRecord(
        "LoraLoader",
        role="lora",
        file=File("lora_name", "lora"),
        work="load_lora",
    ),
    NodeRecord(
        "LoadLoraModel",  # since ComfyUI 0.39: up to 20 rows
        role="lora",
        loras=loras.numbered(
            "loras.{}.lora_name",
            "loras.{}.strength",
            range(20),
            on=("loras.{}.enabled", True),
        ),
    ),
    NodeRecord(
        "ModelSamplingSD3",
        role="shift",
        sets_shift=True,
        leaves_speed=True,
        noise_up_to=1000,
    ),
    NodeRecord(
        "ModelSamplingAuraFlow",
        role="shift",
        sets_shift=True,
        leaves_speed=True,
        noise_up_to=1,
    ),
    NodeRecord(
        "ModelSamplingContinuousEDM",
        role="model_patch",
        replaces_sampling=True,
        leaves_speed=True,
    ),
    NodeRecord(
        "ModelSamplingContinuousV",
        role="model_patch",
        replaces_sampling=True,
        leaves_speed=True,
    ),
    NodeRecord(
        "ModelSamplingDiscrete",
        role="model_patch",
        replaces_sampling=True,
        leaves_speed=True,
    ),
    NodeRecord(
        "ModelSamplingFlux",
        role="model_patch",
        replaces_sampling=True,
        leaves_speed=True,
        noise_up_to=1,
    ),
    NodeRecord(
        "ModelSamplingStableCascade",
        role="model_patch",
        replaces_sampling=True,
        leaves_speed=True,
    ),
    NodeRecord(
        "ModelSamplingLTXV",
        role="model_patch",
        replaces_sampling=True,
        leaves_speed=True,
        noise_up_to=1,
    ),
    NodeRecord(
        "NAGuidance",
        role="model_patch",
        leaves_speed=True,
    ),
    # Calls the model once more in the steps from `start_percent` to `end_percent` (comfy_extras/nodes_slg.py,
    # nodes_sd3.py). The simple one leaves layers out of a call that there is without it.
    NodeRecord(
        "SkipLayerGuidanceDiT",
        role="model_patch",
    ),
    NodeRecord(
        "SkipLayerGuidanceDiTSimple",
        role="model_patch",
        leaves_speed=True,
    ),
    NodeRecord(
        "SkipLayerGuidanceSD3",
        role="model_patch",
    ),
    NodeRecord(
        "CFGZeroStar",
        role="model_patch",
        leaves_speed=True,
        corrects_guidance=True,
    ),
    # ComfyUI's own does nothing: it is there for files of ComfyUI-wan22Blockswap, which replaces it where
    # it is installed, and has more inputs (comfy_extras/nodes_nop.py).
    NodeRecord(
        "wanBlockSwap",
        role="model_patch",
        takes_anything=True,
    ),
    NodeRecord(
        "WanContextWindowsManual",
        role="model_patch",
        context_windows=True,
    ),
    NodeRecord(
        "ContextWindowsManual",
        role="model_patch",
        context_windows=True,
    ),
    NodeRecord(
        "FluxGuidance",
        role="model_patch",
        not_for_wan=True,
    ),
)
