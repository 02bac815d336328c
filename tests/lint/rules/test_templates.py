"""The official workflow templates, and the recipes of LoRA makers, are told nothing.

Numbers: Comfy-Org/workflow_templates of October 2025 and 2026; ModelTC/Wan2.2-Lightning.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.findings import findings_of, piped
from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    LOW,
    Prompt,
    alone,
    changed,
    conditioned,
    found,
    node,
    split,
)


class Template(NamedTuple):
    """One row of the templates: models, conditioning, steps, cfg and shift."""

    kind: str
    conditioning: str
    steps: int
    cfg: float
    shift: float
    lora: bool
    end: int | None = None
    length: int = 81

    def prompt(self) -> Prompt:
        """The prompt that the template makes."""
        start = conditioned(self.conditioning, width=640, height=640, length=self.length)
        if self.conditioning == "Wan22FunControlToVideo":
            start = changed(start, "start", start_image=None, ref_image=("load", 0))
            start = changed(start, "start", control_video=("load", 0))
        if self.conditioning == "WanCameraImageToVideo":
            start["move"] = node(
                "WanCameraEmbedding",
                camera_pose="Zoom In",
                width=640,
                height=640,
                length=self.length,
            )
            start = changed(start, "start", camera_conditions=("move", 0))
        half = self.steps // 2
        return split(
            tuple(name.replace("i2v", self.kind) for name in (HIGH, LOW)),
            (LORA_HIGH, LORA_LOW) if self.lora else (None, None),
            parts=((0, half, self.steps), (half, self.end or self.steps, self.steps)),
            shifts=(self.shift, self.shift),
            cfgs=(self.cfg, self.cfg),
            start=start,
        )


TEMPLATES = [
    Template("i2v", "WanImageToVideo", 20, 3.5, 8.0, False),
    Template("i2v", "WanImageToVideo", 4, 1.0, 5.0, True),
    Template("i2v", "WanFirstLastFrameToVideo", 20, 4.0, 8.0, False, 10_000),
    Template("i2v", "WanFirstLastFrameToVideo", 4, 1.0, 5.0, True, 10_000),
    Template("fun_control", "Wan22FunControlToVideo", 20, 3.5, 8.0, False),
    Template("fun_control", "Wan22FunControlToVideo", 4, 1.0, 8.0, True),
    Template("fun_inpaint", "WanFunInpaintToVideo", 20, 3.5, 8.0, False),
    Template("fun_inpaint", "WanFunInpaintToVideo", 4, 1.0, 8.0, True),
    Template("fun_camera", "WanCameraImageToVideo", 20, 3.5, 8.0, False),
    Template("fun_camera", "WanCameraImageToVideo", 4, 1.0, 8.0, True),
]


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
@pytest.mark.parametrize("target", ["0.33.0", "0.3.64"])
def test_an_official_template_is_told_nothing(template, target):
    assert [finding.message for finding in found(template.prompt(), target)] == []


def test_the_template_of_2026_splits_two_steps_late_which_is_a_note():
    template = Template("i2v", "WanImageToVideo", 20, 3.5, 5.0, False)
    assert [(finding.code, finding.severity.value) for finding in found(template.prompt())] == [
        ("WAN605", "note")
    ]


def test_a_computed_length_and_a_switch_between_two_recipes_are_followed():
    prompt = Template("i2v", "WanImageToVideo", 4, 1.0, 5.0, True).prompt()
    prompt["length"] = node(
        "ComfyMathExpression", expression="floor(a*b+1)", **{"values.a": 5, "values.b": 16}
    )
    prompt["fast"] = node("PrimitiveBoolean", value=True)
    prompt["four"] = node("PrimitiveInt", value=4)
    prompt["twenty"] = node("PrimitiveInt", value=20)
    prompt["steps"] = node(
        "ComfySwitchNode", switch=("fast", 0), on_true=("four", 0), on_false=("twenty", 0)
    )
    for name in ("high", "low"):
        prompt[f"{name}_choice"] = node(
            "ComfySwitchNode",
            switch=("fast", 0),
            on_true=(f"{name}_lora", 0),
            on_false=(f"{name}_model", 0),
        )
        prompt = changed(prompt, f"{name}_shift", model=(f"{name}_choice", 0))
        prompt = changed(prompt, f"{name}_sampler", steps=("steps", 0))
    prompt = changed(prompt, "start", length=("length", 1))
    assert [finding.message for finding in found(prompt)] == []
    plain = changed(prompt, "fast", value=False)
    # With twenty steps 2 is no split for either, the end stays at 4, and so does cfg at 1.
    assert {finding.code for finding in found(plain)} == {"WAN605", "WAN712", "WAN722"}


@pytest.mark.parametrize("length", [77, 81])
def test_sound_and_animate_with_six_steps_of_a_distilled_lora_are_told_nothing(length):
    model = "Wan2_2-Animate-14B_fp8_e4m3fn_scaled_KJ.safetensors"
    lora = "lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16.safetensors"
    start = conditioned("WanAnimateToVideo", width=640, height=640, length=length)
    start = changed(start, "start", start_image=None, reference_image=("load", 0))
    start = changed(start, "start", continue_motion_max_frames=5, video_frame_offset=0)
    prompt = alone(model, lora, start=start, steps=6)
    prompt["trim"] = node("TrimVideoLatent", samples=("sampler", 0), trim_amount=("start", 3))
    prompt = changed(prompt, "decode", samples=("trim", 0))
    assert [finding.message for finding in found(prompt)] == []


#: The rows of the table in the language: the flow of library passes, and what else is set.
ROWS = {
    "i2v, 20 steps": ("wan22.base_high -> wan22.base_low", 'image = "a.png"'),
    "i2v, 4 steps": ("wan22.high -> wan22.low", 'image = "a.png"'),
    "t2v, 20 steps": ("wan22.base_text_high -> wan22.base_text_low", ""),
    "t2v, 4 steps": ("wan22.text_high -> wan22.text_low", ""),
    "first and last frame, 20 steps": (
        "wan22.base_high(cfg = 4.0) -> wan22.base_low(cfg = 4.0)",
        'conditioning = wan22.first_last_frame, image = "a.png", end_image = "b.png"',
    ),
    "first and last frame, 4 steps": (
        "wan22.high -> wan22.low",
        'conditioning = wan22.first_last_frame, image = "a.png", end_image = "b.png"',
    ),
    "fun control, 20 steps": (
        "wan22.base_control_high -> wan22.base_control_low",
        'image = "a.png", control_video = "dance.mp4"',
    ),
    "fun control, 4 steps": (
        "wan22.control_high -> wan22.control_low",
        'image = "a.png", control_video = "dance.mp4"',
    ),
    "fun inpaint, 20 steps": (
        "wan22.base_inpaint_high -> wan22.base_inpaint_low",
        'image = "a.png", end_image = "b.png"',
    ),
    "fun inpaint, 4 steps": (
        "wan22.inpaint_high -> wan22.inpaint_low",
        'image = "a.png", end_image = "b.png"',
    ),
    "fun camera, 20 steps": (
        "wan22.base_camera_high -> wan22.base_camera_low",
        'image = "a.png", camera = "Zoom In"',
    ),
    "fun camera, 4 steps": (
        "wan22.camera_high -> wan22.camera_low",
        'image = "a.png", camera = "Zoom In"',
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_in_the_language_is_told_nothing(row):
    flow, settings = ROWS[row]
    text = piped(
        f'{flow} -> save("x")',
        f"    {settings}\n" if settings else "",
        settings='    prompt = "x"\n    size   = 640x640\n    length = 81f\n',
    )
    assert [finding.message for finding in findings_of(text)] == []


def test_the_5b_model_is_told_nothing():
    text = piped(
        'wan22.small -> save("x")',
        settings='    prompt = "x"\n    size   = 1280x704\n    length = 121f\n',
    )
    assert [finding.message for finding in findings_of(text)] == []
