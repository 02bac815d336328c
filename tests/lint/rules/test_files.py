"""What the rules say of the model files that are there, whatever they are called."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.forms import as_prompt, as_workflow, unchecked_graphs
from tests.model_files import making
from wan22dsl.api.compiler import check
from wan22dsl.lint.rules.example import portrait
from wan22dsl.model_files.lookup import of_folder
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic

#: One block is enough to tell what a model is.
wan, lora = partial(making.wan, blocks=1), partial(making.lora, blocks=1)

MODELS = ("wan2.2_i2v_high_noise_14B_fp8_scaled", "wan2.2_i2v_low_noise_14B_fp8_scaled")
LORAS = (
    "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise",
    "wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise",
)
ENCODER, VAE = "umt5_xxl_fp8_e4m3fn_scaled", "wan_2.1_vae"


@pytest.fixture
def comfyui(tmp_path) -> Path:
    """A ComfyUI with the files of the library's image to video, as they are published."""
    folder = tmp_path / "ComfyUI"
    (folder / "comfy").mkdir(parents=True)
    (folder / "main.py").write_text("", encoding="utf-8")
    for name in MODELS:
        put(folder, "diffusion_models", name, wan(scaled=True))
    for name in LORAS:
        put(folder, "loras", name, lora(form="lightx2v"))
    put(folder, "text_encoders", ENCODER, making.umt5(scaled=True))
    put(folder, "vae", VAE, making.vae())
    return folder


def put(folder: Path, kind: str, name: str, tensors: making.Shapes, metadata=None) -> None:
    making.safetensors(folder / "models" / kind / f"{name}.safetensors", tensors, metadata)


SMALL = portrait('wan22.small -> save("demo")', size="1280x704", length="121f")
USUAL = portrait('wan22.high -> wan22.low -> save("demo")')


def styled(file: str, more: str = "") -> str:
    return portrait(
        'high -> low -> save("demo")',
        f"""\
lora style {{ file = "{file}"{more} }}
pass high = wan22.high(loras = [wan22.lightx2v_high, style])
pass low = wan22.low(loras = [wan22.lightx2v_low, style])""",
    )


def found(text: str, folder: Path, name: str = "a.wan") -> list[Diagnostic]:
    return [
        finding
        for finding in check(Source(text, name), models=of_folder(str(folder))).diagnostics
        if finding.code.startswith("WAN67")
    ]


def codes(text: str, folder: Path) -> list[str]:
    """Code and severity of what is found in a file, and in the prompt and the workflow made of it."""
    of_text = {f"{each.code} {each.severity.value}" for each in found(text, folder)}
    (graph,) = unchecked_graphs(text)
    for form in (as_prompt, as_workflow):
        of_json = found(form(graph), folder, "a.json")
        assert {f"{each.code} {each.severity.value}" for each in of_json} == of_text
    return sorted(of_text)


def test_the_published_files_are_fine_in_the_language_and_in_json(comfyui):
    assert codes(USUAL, comfyui) == []


def test_without_a_models_folder_nothing_is_said(comfyui):
    assert not check(Source(styled("x.safetensors"), "a.wan")).diagnostics


def test_missing_files_are_named_with_their_folder(comfyui):
    (comfyui / "models" / "vae" / f"{VAE}.safetensors").unlink()
    assert codes(USUAL, comfyui) == ["WAN671 error"]
    (finding,) = found(USUAL, comfyui)
    assert "models/vae" in finding.message
    assert "wan models fetch" in finding.help


def test_a_file_in_another_subfolder_is_offered(comfyui):
    vae = comfyui / "models" / "vae"
    (vae / "wan").mkdir()
    (vae / f"{VAE}.safetensors").rename(vae / "wan" / f"{VAE}.safetensors")
    (finding,) = found(USUAL, comfyui)
    assert f'"wan/{VAE}.safetensors"' in finding.help


def test_truncated_files_are_told_with_their_bytes(comfyui):
    path = comfyui / "models" / "diffusion_models" / f"{MODELS[1]}.safetensors"
    with path.open("r+b") as file:
        file.truncate(5 * 10**8)
    assert codes(USUAL, comfyui) == ["WAN672 error"]
    assert "truncated: it has 500,000,000 bytes" in found(USUAL, comfyui)[0].message


def test_a_text_to_video_model_called_image_to_video_is_found_out(comfyui):
    put(comfyui, "diffusion_models", MODELS[0], wan(channels=16, scaled=True))
    assert codes(USUAL, comfyui) == ["WAN674 error"]
    (finding,) = found(USUAL, comfyui)
    assert "16 channels" in finding.message
    assert "i2v_14b" in finding.message


@pytest.mark.parametrize(
    ("tensors", "expected"),
    [
        (wan(embeds=True), ["WAN674 warning"]),  # Wan 2.1
        (wan(channels=52, more=making.REFERENCE), ["WAN674 error"]),
        (wan(more=making.CAMERA), ["WAN674 error"]),
        (wan(channels=16, more=making.VACE), ["WAN674 error"]),
        (wan(3072, 48, latent=48), ["WAN674 error", "WAN675 error"]),
        (lora(), ["WAN673 error"]),
        (making.vae(), ["WAN673 error"]),
        (wan(channels=80), []),  # not known: nothing is said
        ({"anything": ("F16", (4,))}, []),
    ],
)
def test_other_models_under_the_name_of_the_expert(tensors, expected, comfyui):
    put(comfyui, "diffusion_models", MODELS[0], tensors)
    assert codes(USUAL, comfyui) == expected


T2V_HEADER = lora(form="lightx2v", channels=16)
T2V_TRAINED = {"ss_sd_model_name": "wan2.2_t2v_high_noise_14B_fp16.safetensors"}


@pytest.mark.parametrize("name", ["anna", "wan2.2_i2v_style", "i2v_high_noise_lora"])
@pytest.mark.parametrize(("tensors", "metadata"), [(T2V_HEADER, None), (lora(), T2V_TRAINED)])
def test_a_text_to_video_lora_on_an_image_to_video_model_is_refused_whatever_it_is_called(
    name, tensors, metadata, comfyui
):
    put(comfyui, "loras", name, tensors, metadata)
    text = styled(f"{name}.safetensors")
    assert codes(text, comfyui) == ["WAN675 error"]
    result = check(Source(text, "a.wan"), models=of_folder(str(comfyui)))
    assert not result.graphs, "nothing that can be run comes out"
    assert "t2v_14b" in found(text, comfyui)[0].message


def test_the_published_text_to_video_lora_is_known_by_its_sha256(comfyui, monkeypatch):
    """Its header is that of the LoRA for image to video: only what is in it tells the two apart."""
    from wan22dsl.model_files import published

    put(comfyui, "loras", "anna", lora())
    path = comfyui / "models" / "loras" / "anna.safetensors"
    from wan22dsl.model_files.looking import sha256_of

    row = published.by_name("wan2.2_t2v_lightx2v_4steps_lora_v1.1_high_noise.safetensors")
    own = row._replace(size_bytes=path.stat().st_size, sha256=sha256_of(str(path)))
    monkeypatch.setattr(published, "files", lambda: (own,))
    published._sizes.cache_clear()
    try:
        text = styled("anna.safetensors")
        (first, *_) = found(text, comfyui)
        assert (first.code, first.severity.value) == ("WAN675", "error")
        assert "sha256" in first.message
    finally:
        published._sizes.cache_clear()


def test_a_lora_whose_header_fits_both_is_not_accused(comfyui):
    put(comfyui, "loras", "anna", lora())
    assert codes(styled("anna.safetensors"), comfyui) == []


def test_a_distilled_lora_of_wan_2_1_on_another_family_is_a_note(comfyui):
    name = "Wan21_T2V_14B_lightx2v_cfg_step_distill_lora_rank32"
    put(comfyui, "loras", name, lora(rank=32, form="lightx2v", channels=16))
    assert codes(styled(f"{name}.safetensors"), comfyui) == ["WAN675 note"]


@pytest.mark.parametrize(
    ("tensors", "expected"),
    [
        (lora(3072), ["WAN675 error"]),
        (lora(1536), ["WAN675 error"]),
        (lora(form="diffusers"), ["WAN675 warning"]),
        (lora(form="bare"), ["WAN675 warning"]),
        (lora(form="aitk"), ["WAN675 warning"]),
        (lora(form="kohya"), []),
        (lora(form="fun"), []),
        (lora(embeds=True), []),  # of Wan 2.1 i2v: the rest of it applies
        (wan(), ["WAN673 error"]),
    ],
)
def test_loras_of_other_widths_and_formats(tensors, expected, comfyui):
    put(comfyui, "loras", "anna", tensors)
    assert codes(styled("anna.safetensors"), comfyui) == expected


def test_a_lora_for_the_other_expert_by_its_metadata_is_a_warning(comfyui):
    put(comfyui, "loras", "anna", lora(), {"ss_base_model_version": "wan2.2_i2v_low_noise_14B"})
    assert codes(styled("anna.safetensors"), comfyui) == ["WAN675 warning"]
    (finding,) = found(styled("anna.safetensors"), comfyui)
    assert "`high`" in finding.message and "low-noise expert" in finding.message


def test_a_lora_that_may_be_trained_on_both_experts_is_not_accused(comfyui):
    """musubi-tuner names the model for low noise where it trains both at once."""
    put(comfyui, "loras", "anna", lora(), {"ss_sd_model_name": "wan2.2_i2v_low_noise_14B_fp16"})
    assert codes(styled("anna.safetensors"), comfyui) == []


def test_a_lora_that_has_no_effect_is_not_judged(comfyui):
    put(comfyui, "loras", "anna", lora(3072))
    assert codes(styled("anna.safetensors", ", strength = 0.0"), comfyui) == []


@pytest.mark.parametrize(
    ("tensors", "expected"),
    [
        (making.vae(48), ["WAN676 error"]),
        (making.vae(diffusers=True), ["WAN673 warning"]),
        (making.umt5(), ["WAN673 error"]),
    ],
)
def test_a_vae_of_another_latent_under_the_right_name(tensors, expected, comfyui):
    put(comfyui, "vae", VAE, tensors)
    assert codes(USUAL, comfyui) == expected


@pytest.mark.parametrize(
    ("tensors", "expected"),
    [
        (making.umt5(tokenizer=False), ["WAN673 error"]),
        (making.umt5_of_wan(), ["WAN673 error"]),
        (making.umt5(words=32_128), ["WAN677 error"]),
        (making.clip_vision(), ["WAN673 error"]),
    ],
)
def test_a_text_encoder_of_another_model_under_the_right_name(tensors, expected, comfyui):
    put(comfyui, "text_encoders", ENCODER, tensors)
    assert codes(USUAL, comfyui) == expected


def test_a_text_encoder_is_judged_by_the_header_of_a_model_whose_name_tells_nothing(comfyui):
    put(comfyui, "diffusion_models", "first", wan(channels=16))
    put(comfyui, "text_encoders", ENCODER, making.umt5(words=32_128))
    graph = {
        "1": ("UNETLoader", {"unet_name": "first.safetensors", "weight_dtype": "default"}),
        "2": ("CLIPLoader", {"clip_name": f"{ENCODER}.safetensors", "type": "wan"}),
        "3": ("CLIPTextEncode", {"clip": ["2", 0], "text": "a"}),
        "4": ("VAELoader", {"vae_name": f"{VAE}.safetensors"}),
        "5": (
            "EmptyHunyuanLatentVideo",
            {"width": 832, "height": 480, "length": 81, "batch_size": 1},
        ),
        "6": (
            "KSampler",
            {
                "seed": 1,
                "steps": 20,
                "cfg": 3.5,
                "sampler_name": "euler",
                "scheduler": "simple",
                "denoise": 1.0,
                "model": ["1", 0],
                "positive": ["3", 0],
                "negative": ["3", 0],
                "latent_image": ["5", 0],
            },
        ),
        "7": ("VAEDecode", {"samples": ["6", 0], "vae": ["4", 0]}),
        "8": ("SaveImage", {"images": ["7", 0], "filename_prefix": "a"}),
    }
    prompt = {id: {"class_type": name, "inputs": inputs} for id, (name, inputs) in graph.items()}
    of_json = found(json.dumps(prompt), comfyui, "a.json")
    assert [finding.code for finding in of_json] == ["WAN677"]


def test_pickles_are_left_alone(comfyui):
    path = comfyui / "models" / "vae" / f"{VAE}.safetensors"
    path.write_bytes(b"\x80\x02}q\x00.")
    assert codes(USUAL, comfyui) == []


def test_workflows_that_nobody_compiled_are_judged_the_same(comfyui):
    put(comfyui, "loras", "anna", T2V_HEADER)
    sampler = {"seed": 1, "steps": 4, "cfg": 1.0, "sampler_name": "euler"}
    sampler |= {"scheduler": "simple", "denoise": 1.0, "latent_image": ["6", 2]}
    size = {"width": 832, "height": 480, "length": 81, "batch_size": 1}
    loaded = {"unet_name": f"{MODELS[0]}.safetensors", "weight_dtype": "default"}
    style = {"lora_name": "anna.safetensors", "strength_model": 1.0}
    texts = {"positive": ["4", 0], "negative": ["4", 0]}
    nodes = {
        "1": ("UNETLoader", loaded),
        "2": ("LoraLoaderModelOnly", {"model": ["1", 0], **style}),
        "3": ("CLIPLoader", {"clip_name": f"{ENCODER}.safetensors", "type": "wan"}),
        "4": ("CLIPTextEncode", {"clip": ["3", 0], "text": "a"}),
        "5": ("VAELoader", {"vae_name": f"{VAE}.safetensors"}),
        "6": ("WanImageToVideo", {**texts, "vae": ["5", 0], **size}),
        "7": (
            "KSampler",
            {"model": ["2", 0], "positive": ["6", 0], "negative": ["6", 1], **sampler},
        ),
        "8": ("VAEDecode", {"samples": ["7", 0], "vae": ["5", 0]}),
        "9": ("SaveImage", {"images": ["8", 0], "filename_prefix": "a"}),
    }
    prompt = {id: {"class_type": name, "inputs": inputs} for id, (name, inputs) in nodes.items()}
    (finding,) = found(json.dumps(prompt), comfyui, "a.json")
    assert (finding.code, finding.severity.value) == ("WAN675", "error")
    assert finding.location is not None
    assert finding.location.input == "lora_name"


def test_the_small_model_and_its_vae_fit_each_other(comfyui):
    put(comfyui, "diffusion_models", "wan2.2_ti2v_5B_fp16", wan(3072, 48, latent=48))
    put(comfyui, "vae", "wan2.2_vae", making.vae(48))
    assert codes(SMALL, comfyui) == []
    put(comfyui, "vae", "wan2.2_vae", making.vae(16))
    assert codes(SMALL, comfyui) == ["WAN676 error"]
