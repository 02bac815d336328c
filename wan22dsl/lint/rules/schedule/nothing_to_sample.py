"""WAN704: a pass without a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.experts.wording import called, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN704",
    name="nothing-to-sample",
    severity=Severity.ERROR,
    summary="A pass has no effect",
    text="{who} has no effect: {reason}.",
    why="ComfyUI silently returns the latent unchanged; the decoded frames still have its noise.",
    help="Steps are counted from 0 and the end is excluded: `0..2 of 4`, then `2..4 of 4`.",
    bad="""\
wan 1
use wan22

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
        start_at_step = 20
        end_at_step = 10000
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
""",
    good="""\
wan 1
use wan22

pass only {
    model   = wan22.ti2v
    shift   = 8.0
    sampler = uni_pc/simple
    cfg     = 5.0
    steps   = 20
}

pipeline demo {
    prompt = "A street in the rain"
    size   = 1280x704
    length = 5s
    flow   = only -> save("demo")
}
""",
    source="Comfy-Org/ComfyUI, comfy/samplers.py, KSampler.sample; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every pass whose part of the schedule is empty; a denoise of 0 is told as a warning."""
    for pass_ in view.passes:
        settings = pass_.settings
        if settings.steps is not None and settings.steps < 1:
            continue
        if settings.denoise == 0:
            yield MESSAGE.at(
                place(settings.holder or pass_.node, "denoise"),
                severity=Severity.WARNING,
                who=called(pass_),
                reason="its denoise is 0",
            )
        elif pass_.shift == 0:
            yield MESSAGE.at(
                place(pass_.shift_node or pass_.node, "shift", "sigma_shift"),
                who=called(pass_),
                reason="at shift 0 every step has a noise of 0",
            )
        elif (
            settings.start is not None
            and settings.end is not None
            and settings.end <= settings.start
        ):
            yield MESSAGE.at(
                place(settings.holder or pass_.node, "start_at_step", "steps"),
                who=called(pass_),
                reason=f"it starts at step {settings.start} and ends at step {settings.end} of "
                f"{settings.steps}",
            )
