"""A small graph that is right, for the examples of rules that need plain nodes."""

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


def small(*changes: tuple[str, str]) -> str:
    """The text of the graph, with some of its words replaced."""
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text
