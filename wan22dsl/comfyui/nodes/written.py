"""The classes that the compiler writes, and that an import looks for."""

from __future__ import annotations

SAMPLER = "KSampler"
ADVANCED_SAMPLER = "KSamplerAdvanced"
SHIFT = "ModelSamplingSD3"
LORA = "LoraLoaderModelOnly"
TEXT = "CLIPTextEncode"

DECODER = "VAEDecode"
TILED_DECODER = "VAEDecodeTiled"
ENCODER = "VAEEncode"

PICTURE_LOADER = "LoadImage"
VIDEO_LOADER = "LoadVideo"
SOUND_LOADER = "LoadAudio"
VIDEO_FRAMES = "GetVideoComponents"

LATENT_SAVER = "SaveLatent"
LATENT_LOADER = "LoadLatent"

MODEL_LOADER = "UNETLoader"
VAE_LOADER = "VAELoader"
TEXT_ENCODER_LOADER = "CLIPLoader"
CLIP_VISION_LOADER = "CLIPVisionLoader"
AUDIO_ENCODER_LOADER = "AudioEncoderLoader"
UPSCALER_LOADER = "UpscaleModelLoader"
INTERPOLATOR_LOADER = "FrameInterpolationModelLoader"
