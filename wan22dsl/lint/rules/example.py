"""What the examples of rules have in common: a pipeline of a few lines, and graphs of plain nodes."""

from __future__ import annotations

#: Text to video with the 5B model, as plain nodes.
SMALL = """\
wan 1

graph demo {
    let model = UNETLoader(
        unet_name = "wan2.2_ti2v_5B_fp16.safetensors"
        weight_dtype = "default"
    )
    let shifted = ModelSamplingSD3(model = model, shift = 8.0)
    let clip = CLIPLoader(clip_name = "umt5_xxl_fp8_e4m3fn_scaled.safetensors", type = "wan")
    let vae = VAELoader(vae_name = "wan2.2_vae.safetensors")
    let prompt = CLIPTextEncode(clip = clip, text = "A street in the rain")
    let negative = CLIPTextEncode(clip = clip, text = "blurry") { title = "Negative Prompt" }
    let latent = Wan22ImageToVideoLatent(vae = vae, width = 1280, height = 704, length = 121)
    let sampled = KSampler(
        model = shifted
        positive = prompt
        negative = negative
        latent_image = latent
        seed = 1
        steps = 20
        cfg = 5.0
        sampler_name = "uni_pc"
        scheduler = "simple"
        denoise = 1.0
    )
    let frames = VAEDecode(samples = sampled, vae = vae)
    SaveImage(images = frames, filename_prefix = "demo")
}
"""

#: The line with the negative prompt.
NEGATIVE = '    let negative = CLIPTextEncode(clip = clip, text = "blurry") { title = "Negative Prompt" }\n'


#: Image to video with both experts, as plain nodes.
SPLIT = """\
wan 1

graph demo {
    let high_model = UNETLoader(
        unet_name = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors"
        weight_dtype = "default"
    )
    let high_shift = ModelSamplingSD3(model = high_model, shift = 5.0)
    let low_model = UNETLoader(
        unet_name = "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
        weight_dtype = "default"
    )
    let low_shift = ModelSamplingSD3(model = low_model, shift = 5.0)
    let clip = CLIPLoader(clip_name = "umt5_xxl_fp8_e4m3fn_scaled.safetensors", type = "wan")
    let text = CLIPTextEncode(clip = clip, text = "She smiles")
    let negative = CLIPTextEncode(clip = clip, text = "blurred")
    let vae = VAELoader(vae_name = "wan_2.1_vae.safetensors")
    let image = LoadImage(image = "portrait.png")
    let start = WanImageToVideo(
        positive = text
        negative = negative
        vae = vae
        start_image = image.IMAGE
        width = 832
        height = 1216
        length = 81
        batch_size = 1
    )
    let high = KSamplerAdvanced(
        model = high_shift
        positive = start.positive
        negative = start.negative
        latent_image = start.latent
        add_noise = "enable"
        noise_seed = 1
        steps = 20
        cfg = 3.5
        sampler_name = "euler"
        scheduler = "simple"
        start_at_step = 0
        end_at_step = 8
        return_with_leftover_noise = "enable"
    )
    let low = KSamplerAdvanced(
        model = low_shift
        positive = start.positive
        negative = start.negative
        latent_image = high
        add_noise = "disable"
        noise_seed = 0
        steps = 20
        cfg = 3.5
        sampler_name = "euler"
        scheduler = "simple"
        start_at_step = 8
        end_at_step = 20
        return_with_leftover_noise = "disable"
    )
    let frames = VAEDecode(samples = low, vae = vae)
    SaveImage(images = frames, filename_prefix = "demo")
}
"""

#: Text to video with the 5B model, sampled by a range of its steps.
STEP_RANGE = """\
wan 1

graph demo {
    let model = UNETLoader(
        unet_name = "wan2.2_ti2v_5B_fp16.safetensors"
        weight_dtype = "default"
    )
    let clip = CLIPLoader(clip_name = "umt5_xxl_fp8_e4m3fn_scaled.safetensors", type = "wan")
    let vae = VAELoader(vae_name = "wan2.2_vae.safetensors")
    let text = CLIPTextEncode(clip = clip, text = "A street in the rain")
    let latent = Wan22ImageToVideoLatent(vae = vae, width = 1280, height = 704, length = 121)
    let sampled = KSamplerAdvanced(
        model = model
        add_noise = "enable"
        noise_seed = 1
        steps = 20
        cfg = 5.0
        sampler_name = "uni_pc"
        scheduler = "simple"
        positive = text
        negative = CLIPTextEncode(clip = clip, text = "")
        latent_image = latent
        start_at_step = 0
        end_at_step = 20
        return_with_leftover_noise = "disable"
    )
    SaveAnimatedWEBP(
        images = VAEDecode(samples = sampled, vae = vae)
        filename_prefix = "demo"
        fps = 24.0
        lossless = false
        quality = 80
        method = "default"
    )
}
"""


#: A picture, enlarged and saved, as prompt JSON.
PROMPT = """\
{
    "1": {
        "class_type": "LoadImage",
        "inputs": {"image": "start.png"}
    },
    "2": {
        "class_type": "ImageScaleBy",
        "inputs": {"image": ["1", 0], "upscale_method": "lanczos", "scale_by": 2.0}
    },
    "3": {
        "class_type": "SaveImage",
        "inputs": {"images": ["2", 0], "filename_prefix": "demo"}
    }
}
"""

#: Text to video with WanVideoWrapper, as prompt JSON.
WRAPPED = """\
{
 "1": {"class_type": "WanVideoModelLoader", "inputs": {"model": "Wan2_1-T2V-14B_bf16.safetensors",
  "base_precision": "fp16", "quantization": "disabled", "load_device": "offload_device"}},
 "2": {"class_type": "WanVideoEmptyEmbeds", "inputs": {"width": 832, "height": 480, "num_frames": 81}},
 "3": {"class_type": "WanVideoTextEncode", "inputs": {"positive_prompt": "rain", "negative_prompt": ""}},
 "4": {"class_type": "WanVideoSampler", "inputs": {"model": ["1", 0], "image_embeds": ["2", 0],
  "text_embeds": ["3", 0], "steps": 20, "start_step": 0, "end_step": -1, "cfg": 4.0, "shift": 8.0,
  "scheduler": "unipc", "seed": 1, "force_offload": true, "riflex_freq_index": 0}},
 "5": {"class_type": "WanVideoVAELoader", "inputs": {"model_name": "Wan2_1_VAE_bf16.safetensors"}},
 "6": {"class_type": "WanVideoDecode", "inputs": {"vae": ["5", 0], "samples": ["4", 0],
  "enable_vae_tiling": false, "tile_x": 272, "tile_y": 272, "tile_stride_x": 144, "tile_stride_y": 128}},
 "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "rain"}}
}
"""


def portrait(
    flow: str,
    declared: str = "",
    *,
    size: str = "832x1216",
    length: str = "81f",
    more: str = "",
) -> str:
    """Image to video with `wan22`: what is declared before, settings, and the flow."""
    before = f"{declared}\n\n" if declared else ""
    settings = f"    {more}\n" if more else ""
    return (
        f"wan 1\nuse wan22\n\n{before}pipeline demo {{\n"
        '    image  = "portrait.png"\n'
        '    prompt = "She smiles"\n'
        f"    size   = {size}\n"
        f"    length = {length}\n"
        f"{settings}    flow   = {flow}\n}}\n"
    )


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text of a graph, with some of its words replaced."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def small(*changes: tuple[str, str]) -> str:
    """The small graph, with some of its words replaced."""
    return changed(SMALL, *changes)
