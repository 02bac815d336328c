"""What file names say, and what must not be read into them."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.filenames import read_name


@pytest.mark.parametrize(
    ("file", "noise", "family"),
    [
        ("wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors", "high", "i2v_14b"),
        ("Wan2_2-I2V-A14B-HIGH_fp8_e4m3fn_scaled_KJ.safetensors", "high", "i2v_14b"),
        ("models\\Wan2.2-T2V-A14B-LowNoise-Q5_K_M.gguf", "low", "t2v_14b"),
        ("wan2.2_fun_control_low_noise_14B_fp8_scaled.safetensors", "low", "fun_control_14b"),
        ("wan2.2_fun_inpaint_high_noise_14B_fp8_scaled.safetensors", "high", "fun_inpaint_14b"),
        ("wan2.2_fun_camera_high_noise_14B_fp8_scaled.safetensors", "high", "fun_camera_14b"),
        ("Wan2.2-Fun-A14B-Control-Camera-HIGH_bf16.safetensors", "high", "fun_camera_14b"),
        ("Z-Image-Turbo-Fun-Controlnet-Union-2.1.safetensors", None, None),
        ("wan2.2_ti2v_5B_fp16.safetensors", None, "ti2v_5b"),
        ("wan2.2_s2v_14B_fp8_scaled.safetensors", None, "s2v_14b"),
        ("Wan2_2-Animate-14B_fp8_e4m3fn_scaled_KJ.safetensors", None, "animate_14b"),
        ("jump_I2V_14B_LOW.safetensors", "low", "i2v_14b"),
        ("smoothMixWan22I2VHigh.safetensors", "high", "i2v_14b"),
        ("Wan2.2-I2V-A14B-4steps-lora-rank64/high_noise_model.safetensors", "high", "i2v_14b"),
        ("wan2.1_t2v_1.3B_fp16.safetensors", None, "1_3b"),
        ("EchoShot\\Wan2_1-T2V-1-3B-EchoShot_fp16.safetensors", None, "1_3b"),
        ("T2v1B\\T2v1B_Tile_v10.safetensors", None, "1_3b"),
        ("mix_T2VI2V_t2vHighV20.safetensors", "high", "t2v_14b"),
        ("wan22_t2v_i2v_high.safetensors", "high", None),
        ("LongCat_TI2V_comfy_bf16.safetensors", None, None),
        ("hunyuan_video_t2v_720p_bf16.safetensors", None, None),
        ("ltxv-13b-i2v-distilled.safetensors", None, None),
        ("high_heels.safetensors", None, None),
        ("wan22_high_heels_v1.safetensors", None, None),
        ("low_light_wan2.2_v3.safetensors", None, None),
        ("jump_high.safetensors", None, None),
        ("both high noise and low noise.safetensors", None, None),
        ("", None, None),
    ],
)
def test_noise_level_and_family(file, noise, family):
    facts = read_name(file)
    assert (facts.noise, facts.family) == (noise, family)


@pytest.mark.parametrize(
    ("file", "distilled", "steps", "generation"),
    [
        ("wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors", True, 4, "2.2"),
        ("Wan2.2-Lightning_I2V-A14B-4steps-lora_HIGH_fp16.safetensors", True, 4, "2.2"),
        ("Wan21_T2V_14B_lightx2v_cfg_step_distill_lora_rank32.safetensors", True, 4, "2.1"),
        ("lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16.safetensors", True, 4, None),
        ("some_8-step_lora.safetensors", True, 8, None),
        ("Wan21_CausVid_14B_T2V_lora_rank32.safetensors", True, None, "2.1"),
        ("Wan2_1_AccVid_T2V_14B_lora.safetensors", True, None, "2.1"),
        ("FastWan_T2V_14B_lora.safetensors", True, None, None),
        ("Wan2.2-T2V-A14B-4steps-lora/high_noise_model.safetensors", True, 4, "2.2"),
        ("wan2.2/grain.safetensors", False, None, "2.2"),
        ("4steps/wan2.2_i2v_high_noise_14B_fp16.safetensors", False, None, "2.2"),
        ("wan2.2-rapid-mega-aio-v3.safetensors", True, None, "2.2"),
        ("someProjectFlux_v42AIO.safetensors", False, None, None),
        ("LongCat_distill_lora_rank128_bf16.safetensors", True, None, None),
        ("footsteps_v2.safetensors", False, None, None),
        ("wan_training_2000steps.safetensors", False, None, None),
        ("grain.safetensors", False, None, None),
    ],
)
def test_distillation(file, distilled, steps, generation):
    facts = read_name(file)
    assert (facts.distilled, facts.steps, facts.generation) == (distilled, steps, generation)


@pytest.mark.parametrize(
    ("file", "published"),
    [
        ("wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors", True),
        ("Wan2.2-T2V-A14B-LowNoise-Q5_K_M.gguf", True),
        ("Wan2_2-I2V-A14B-HIGH_fp8_e4m3fn_scaled_KJ.safetensors", True),
        ("wan2.2_ti2v_5B_fp16.safetensors", True),
        ("smoothMixWan22I2VHigh.safetensors", False),
        ("wan2.2_i2v_A14b_high_noise_lightx2v.safetensors", False),
        ("mine.safetensors", False),
    ],
)
def test_a_published_file_has_nothing_else_in_it(file, published):
    assert read_name(file).published is published


@pytest.mark.parametrize(
    ("file", "distilled", "steps"),
    [
        ("ltx-2.3-22b-distilled-fp8.safetensors", False, None),
        ("Qwen-Image-Lightning-4steps-V1.0.safetensors", False, None),
        ("wan_animate_2_distill_int8_convrot.safetensors", True, None),
        ("wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors", True, 4),
    ],
)
def test_what_is_distilled_by_others_is_not_judged_by_what_wan_s_is(file, distilled, steps):
    assert (read_name(file).distilled, read_name(file).steps) == (distilled, steps)


@pytest.mark.parametrize(
    ("file", "distilled"),
    [
        ("Wan2_2-TI2V-5B-FastWanFullAttn_bf16.safetensors", True),
        ("Wan21_CausVidBidirect2_T2V_1_3B_lora_rank32.safetensors", True),
        ("Wan2.2_Remix_NSFW_i2v_14b_high_lighting_v2.0.safetensors", True),
        ("smoothMixWan2214BI2V_i2vV20High.safetensors", True),
        ("remix_of_a_song.safetensors", False),
        ("wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors", False),
    ],
)
def test_a_longer_word_may_begin_with_that_of_a_distilled_model(file, distilled):
    assert read_name(file).distilled is distilled


def test_a_fun_model_with_vace_is_one_of_vace():
    facts = read_name("Wan2.2-VACE-Fun-A14B-high-noise-Q4_K_M.gguf")
    assert (facts.family, facts.noise) == ("vace_14b", "high")
