"""What each of the standard stages stands for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.language.library.building import bare, node, nodes, pipeline, prompt_of, source_of
from wan22dsl.language.program.modules import library_module
from wan22dsl.language.program.names import public

SAMPLED = "wan22.high -> wan22.low"

#: What follows the passes, the class that it becomes, and its inputs as they must be.
AFTER: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rife": (
        "rife(times = 3)",
        "RIFE VFI",
        {"ckpt_name": "rife49.pth", "multiplier": 3, "fast_mode": True, "scale_factor": 1.0},
    ),
    "film": ("film", "FILM VFI", {"ckpt_name": "film_net_fp32.pt", "multiplier": 2}),
    "interpolate": ("interpolate(times = 4)", "FrameInterpolate", {"multiplier": 4}),
    "scale": ("scale(0.5)", "ImageScaleBy", {"scale_by": 0.5, "upscale_method": "lanczos"}),
    "resize": (
        "resize(320x240)",
        "ImageScale",
        {"width": 320, "height": 240, "crop": "center", "upscale_method": "lanczos"},
    ),
    "save": (
        'rife(times = 2) -> save("a")',
        "SaveVideo",
        {"filename_prefix": "a", "format": "mp4", "format.codec": "h264"},
    ),
    "save_video": (
        (
            'save_video("a", codec = "av1", encoding = "re-encode", crf = 20.0, color_space = "HDR", '
            "bit_depth = 10)"
        ),
        "SaveVideo",
        {
            "filename_prefix": "a",
            "format": "mp4",
            "format.codec": "av1",
            "format.codec.encoding": "re-encode",
            "format.codec.encoding.crf": 20.0,
            "codec": "auto",
        },
    ),
    "save_webm": (
        'save_webm("b", crf = 20.0)',
        "SaveWEBM",
        {"filename_prefix": "b", "codec": "vp9", "crf": 20.0, "fps": 16.0},
    ),
    "save_webp": (
        'save_webp("c", quality = 90)',
        "SaveAnimatedWEBP",
        {"filename_prefix": "c", "fps": 16.0, "quality": 90, "lossless": False},
    ),
    "save_frames": ('save_frames("d")', "SaveImage", {"filename_prefix": "d"}),
    "combine": (
        'combine("e")',
        "VHS_VideoCombine",
        {"filename_prefix": "e", "frame_rate": 16.0, "format": "video/h264-mp4", "loop_count": 0},
    ),
    "combine_files": (
        'combine_files("f", crf = 15) -> `PlaySound|pysssss`(any = _)',
        "VHS_VideoCombine",
        {"filename_prefix": "f", "frame_rate": 16.0, "crf": 15},
    ),
    "free_memory": ("free_memory", "easy cleanGpuUsed", {}),
    "purge_vram": ("purge_vram", "LayerUtility: PurgeVRAM V2", {"purge_cache": True}),
    "purge_vram_aside": (
        "purge_vram_aside(purge_models = false)",
        "LayerUtility: PurgeVRAM",
        {"purge_models": False},
    ),
    "vram_debug": (
        "vram_debug(unload_all_models = true)",
        "VRAM_Debug",
        {"unload_all_models": True, "gc_collect": True},
    ),
    "preview": ("preview", "PreviewImage", {}),
    "decode": ("decode", "VAEDecode", {}),
    "decode_tiled": (
        "decode_tiled(tile = 256)",
        "VAEDecodeTiled",
        {"tile_size": 256, "overlap": 64, "temporal_size": 64, "temporal_overlap": 8},
    ),
    "first_frame": ("first_frame", "ImageFromBatch", {"batch_index": 0, "length": 1}),
    "last_frame": ("last_frame", "ImageFromBatch", {"batch_index": 80, "length": 1}),
    "take": ("take(20f)", "ImageFromBatch", {"batch_index": 0, "length": 20}),
    "skip": ("skip(3f)", "ImageFromBatch", {"batch_index": 3, "length": 4096}),
    "match_color": (
        'match_color("portrait.png")',
        "ColorMatch",
        {"method": "mkl", "strength": 1.0},
    ),
}

#: Patches of a pass, the class that they become, and its inputs as they must be.
PATCHES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "sage": ("sage", "PathchSageAttentionKJ", {"sage_attention": "auto", "allow_compile": False}),
    "torch_compile": ("torch_compile", "TorchCompileModel", {"backend": "inductor"}),
    "compile_blocks": (
        "compile_blocks",
        "TorchCompileModelWanVideoV2",
        {"mode": "default", "compile_transformer_blocks_only": True, "dynamic": False},
    ),
    "nag": (
        'nag("blurry", strength = 9.0)',
        "WanVideoNAG",
        {"nag_scale": 9.0, "nag_alpha": 0.25, "nag_tau": 2.5},
    ),
    "cfg_zero_star": ("cfg_zero_star", "CFGZeroStar", {}),
    "skip_layers": (
        'skip_layers("9,10")',
        "SkipLayerGuidanceWanVideo",
        {"blocks": "9,10", "start_percent": 0.2, "end_percent": 1.0},
    ),
    "easy_cache": (
        "easy_cache",
        "EasyCache",
        {"reuse_threshold": 0.2, "start_percent": 0.15, "end_percent": 0.95},
    ),
    "context_windows": (
        "context_windows(overlap = 21f)",
        "WanContextWindowsManual",
        {"context_length": 81, "context_overlap": 21, "context_schedule": "standard_uniform"},
    ),
    "fp16_accumulation": (
        "fp16_accumulation",
        "ModelPatchTorchSettings",
        {"enable_fp16_accumulation": True},
    ),
    "compute_dtype": ('compute_dtype("bf16")', "ModelComputeDtype", {"dtype": "bf16"}),
}

#: Those with a test of their own below.
APART = {"upscale", "encode_frames", "video_frames", "join", "shift", "with_lora", "boundary"}


def test_every_standard_stage_has_a_test() -> None:
    standard = library_module("std")
    stages = {name for name in public(standard) if standard.names[name].word.text == "stage"}
    assert stages == set(AFTER) | set(PATCHES) | APART


@pytest.mark.parametrize("stage", AFTER)
def test_a_stage_after_the_passes_becomes_its_node(stage: str) -> None:
    flow, class_name, expected = AFTER[stage]
    end = "" if "any = _" in flow else ' -> save("end")'
    prompt = prompt_of(pipeline(f"{SAMPLED} -> {flow}{end}"))
    found = [node for node in nodes(prompt, class_name) if expected.items() <= node.items()]
    assert len(found) == 1, nodes(prompt, class_name)


@pytest.mark.parametrize("stage", PATCHES)
def test_a_patch_stands_between_the_loras_and_the_shift(stage: str) -> None:
    flow, class_name, expected = PATCHES[stage]
    text = pipeline(
        'high -> wan22.low -> save("end")', "", f"pass high = wan22.high(patches = {flow})"
    )
    prompt = prompt_of(text)
    patched = node(prompt, class_name)
    assert expected.items() <= patched.items()
    assert source_of(prompt, patched["model"]) == ("LoraLoaderModelOnly", 0)
    shifted = [source_of(prompt, node["model"])[0] for node in nodes(prompt, "ModelSamplingSD3")]
    assert sorted(shifted) == sorted([class_name, "LoraLoaderModelOnly"])


def test_a_shift_in_the_patches_replaces_that_of_the_recipe() -> None:
    more = "\n    patches = shift(3.0) -> sage"
    prompt = prompt_of(pipeline(f'{SAMPLED} -> save("end")', more))
    assert [made["shift"] for made in nodes(prompt, "ModelSamplingSD3")] == [3.0, 3.0]
    for sampler in nodes(prompt, "KSamplerAdvanced"):
        assert source_of(prompt, sampler["model"]) == ("PathchSageAttentionKJ", 0)


def test_a_shift_that_the_file_sets_itself_comes_behind_the_patches() -> None:
    text = pipeline(f'{SAMPLED} -> save("end")', "\n    patches = shift(3.0) -> sage")
    text = text.replace("wan22.high ->", "wan22.high(shift = 4.0) ->")
    shifts = [made["shift"] for made in nodes(prompt_of(text), "ModelSamplingSD3")]
    assert shifts == [3.0, 4.0, 3.0]


def test_memory_is_freed_between_passes_and_before_decoding_with_all_facts_kept() -> None:
    flow = (
        'wan22.high -> free_memory -> wan22.low -> vram_debug -> rife -> free_memory -> save("a")'
    )
    prompt = prompt_of(pipeline(flow))
    first, second = nodes(prompt, "KSamplerAdvanced")
    assert source_of(prompt, second["latent_image"]) == ("easy cleanGpuUsed", 0)
    assert (first["return_with_leftover_noise"], second["add_noise"]) == ("enable", "disable")
    assert source_of(prompt, node(prompt, "VAEDecode")["samples"]) == ("VRAM_Debug", 0)
    assert source_of(prompt, node(prompt, "VAEDecode")["vae"]) == ("VAELoader", 0)
    assert node(prompt, "CreateVideo")["fps"] == 32.0


def test_the_color_space_of_a_video_goes_to_the_node_that_the_target_has_it_on() -> None:
    settings = 'codec = "av1", encoding = "re-encode", crf = 20.0, color_space = "HDR"'
    text = pipeline(f'{SAMPLED} -> save_video("a", {settings}) -> save_video("b", codec = "av1")')
    now = prompt_of(text)
    assert [one.get("color_space") for one in nodes(now, "CreateVideo")] == ["HDR", None]
    name = "format.codec.encoding.color_space"
    assert all(name not in one for one in nodes(now, "SaveVideo"))
    before = prompt_of(text, target="0.33.0")
    assert all("color_space" not in one for one in nodes(before, "CreateVideo"))
    assert [one.get(name) for one in nodes(before, "SaveVideo")] == ["HDR", None]


def test_interpolation_keeps_the_duration() -> None:
    flow = f'{SAMPLED} -> rife(times = 2) -> film(times = 3) -> save("end")'
    assert node(prompt_of(pipeline(flow)), "CreateVideo")["fps"] == 96.0


def test_the_last_frame_of_interpolated_frames_is_counted() -> None:
    prompt = prompt_of(
        pipeline(f'{SAMPLED} -> rife(times = 2) -> last_frame -> save_frames("end")')
    )
    assert node(prompt, "ImageFromBatch")["batch_index"] == 160


def test_upscaling_says_the_new_size() -> None:
    declared = 'upscaler four { file = "4x.pth", scale = 4 }'
    shown = 'save("{shown.width}x{shown.height}")'
    more = f"\n    let shown = {SAMPLED} -> upscale(four)\n"
    prompt = prompt_of(pipeline(f"shown -> {shown}", more, declared))
    assert node(prompt, "UpscaleModelLoader") == {"model_name": "4x.pth"}
    assert node(prompt, "SaveVideo")["filename_prefix"] == "2560x1920"


def test_frames_are_encoded_with_the_vae_of_the_pipeline() -> None:
    flow = f'{SAMPLED} -> decode -> encode_frames -> decode_tiled -> save("end")'
    prompt = prompt_of(pipeline(flow))
    assert source_of(prompt, node(prompt, "VAEEncode")["vae"]) == ("VAELoader", 0)
    assert node(prompt, "VAEEncode")["vae"] == node(prompt, "VAEDecodeTiled")["vae"]


def test_a_video_gives_frames_at_the_rate_that_is_stated_and_its_sound() -> None:
    more = '\n    let source = video_frames("dance.mp4", fps = 30fps)\n'
    prompt = prompt_of(bare('source.frames -> save("end", audio = source.audio)', more))
    made = node(prompt, "CreateVideo")
    assert made["fps"] == 30.0
    assert source_of(prompt, made["images"]) == ("GetVideoComponents", 0)
    assert source_of(prompt, made["audio"]) == ("GetVideoComponents", 1)


def test_a_video_needs_no_rate_where_none_is_read() -> None:
    more = '\n    let source = video_frames("dance.mp4")\n'
    prompt = prompt_of(bare('source.frames -> save_frames("end")', more))
    assert node(prompt, "LoadVideo") == {"file": "dance.mp4"}


def test_clips_are_joined_one_after_the_other() -> None:
    more = f"\n    let clip = {SAMPLED} -> decode\n"
    prompt = prompt_of(pipeline('clip -> take(9f) -> join(clip -> skip(40f)) -> save("end")', more))
    joined = node(prompt, "ImageBatch")
    starts = [prompt[joined[name][0]]["inputs"]["batch_index"] for name in ("image1", "image2")]
    assert starts == [0, 40]


def test_lora_and_shift_can_be_put_on_a_model_by_hand() -> None:
    own = """pass high = wan22.high(
    model = wan22.i2v_high -> with_lora(wan22.lightx2v_high, strength = 0.8) -> shift(by = 6.0)
    loras = []
    shift = none
)"""
    family = "    family = wan22.i2v_14b"
    prompt = prompt_of(pipeline('high -> wan22.low -> save("end")', family, own))
    by_hand = [
        node for node in nodes(prompt, "LoraLoaderModelOnly") if node["strength_model"] == 0.8
    ]
    assert [each["lora_name"][:25] for each in by_hand] == ["wan2.2_i2v_lightx2v_4step"]
    assert sorted(node["shift"] for node in nodes(prompt, "ModelSamplingSD3")) == [5.0, 6.0]


@pytest.mark.parametrize("model", ["rife_v4_26", "film_net"])
def test_the_interpolation_models_have_their_files(model: str) -> None:
    prompt = prompt_of(pipeline(f'{SAMPLED} -> interpolate({model}) -> save("end")'))
    assert node(prompt, "FrameInterpolationModelLoader")["model_name"].endswith(".safetensors")


def test_combine_writes_the_extras_of_a_format_only_where_they_are_given() -> None:
    without = prompt_of(pipeline(f'{SAMPLED} -> combine("end", format = "image/gif")'))
    assert not {"crf", "pix_fmt"} & set(node(without, "VHS_VideoCombine"))
    given = prompt_of(pipeline(f'{SAMPLED} -> combine("end", crf = 17, pix_fmt = "yuv420p10le")'))
    made = node(given, "VHS_VideoCombine")
    assert (made["crf"], made["pix_fmt"]) == (17, "yuv420p10le")
