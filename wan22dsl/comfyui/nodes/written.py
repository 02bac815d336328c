"""The classes that the compiler writes, and that an import looks for."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLER = "KSampler"
ADVANCED_SAMPLER = "KSamplerAdvanced"
SHIFT = "ModelSamplingSD3"
LORA = "LoraLoaderModelOnly"

#: Loads several LoRAs, each in a row that may be switched off.
LORA_ROWS = "Power Lora Loader (rgthree)"
TEXT = "CLIPTextEncode"

DECODER = "VAEDecode"
TILED_DECODER = "VAEDecodeTiled"
#: The decoders by the socket of the VAE, those of packs with latents of their own among them, with the
#: inputs that they get besides `samples` and `vae`.
DECODERS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {"VAE": (DECODER, {}), "WANVAE": ("WanVideoDecode", {"normalization": "default"})}
)
ENCODER = "VAEEncode"

PICTURE_LOADER = "LoadImage"
VIDEO_LOADER = "LoadVideo"
SOUND_LOADER = "LoadAudio"
VIDEO_FRAMES = "GetVideoComponents"

#: Measures frames when it runs: width, height and number.
MEASURER = "GetImageSize"

LATENT_SAVER = "SaveLatent"
LATENT_LOADER = "LoadLatent"

MODEL_LOADER = "UNETLoader"
VAE_LOADER = "VAELoader"
TEXT_ENCODER_LOADER = "CLIPLoader"
CLIP_VISION_LOADER = "CLIPVisionLoader"
AUDIO_ENCODER_LOADER = "AudioEncoderLoader"
UPSCALER_LOADER = "UpscaleModelLoader"
INTERPOLATOR_LOADER = "FrameInterpolationModelLoader"

#: The nodes of constants, by the type of the value.
BOOLEAN = "PrimitiveBoolean"
INTEGER = "PrimitiveInt"
NUMBER = "PrimitiveFloat"
STRING = "PrimitiveString"

#: The usual loader of each kind of asset, as the official workflow templates have it
#: (Comfy-Org/workflow_templates).
LOADERS = MappingProxyType(
    {
        "model": MODEL_LOADER,
        "lora": LORA,
        "vae": VAE_LOADER,
        "text_encoder": TEXT_ENCODER_LOADER,
        "clip_vision": CLIP_VISION_LOADER,
        "audio_encoder": AUDIO_ENCODER_LOADER,
        "upscaler": UPSCALER_LOADER,
        "interpolator": INTERPOLATOR_LOADER,
    }
)
