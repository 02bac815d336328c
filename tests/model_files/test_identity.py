"""What model files are, by the key names and shapes of real ones, whatever they are called."""

from __future__ import annotations

import pytest

from tests.model_files import making
from wan22dsl.model_files import judging
from wan22dsl.model_files.header import read
from wan22dsl.model_files.identity import Identity, of


def identity(tmp_path, tensors, metadata=None) -> Identity:
    return of(read(making.safetensors(tmp_path / "renamed.safetensors", tensors, metadata)))


I2V = ("i2v_14b", "fun_inpaint_14b")
MODELS = {
    "i2v 2.2": (making.wan(), I2V, "2.2"),
    "i2v 2.2, scaled": (making.wan(scaled=True), I2V, "2.2"),
    "i2v 2.1": (making.wan(embeds=True), I2V, "2.1"),
    "t2v": (making.wan(channels=16), ("t2v_14b", "phantom"), None),
    "fun control 2.2": (
        making.wan(channels=52, more=making.REFERENCE),
        ("fun_control_14b",),
        "2.2",
    ),
    "fun control 2.1": (making.wan(channels=48, embeds=True), ("fun_control_14b",), "2.1"),
    "fun camera 2.2": (making.wan(more=making.CAMERA), ("fun_camera_14b",), "2.2"),
    "fun camera 2.1": (
        making.wan(channels=32, embeds=True, more=making.CAMERA),
        ("fun_camera_14b",),
        "2.1",
    ),
    "vace": (making.wan(channels=16, more=making.VACE), ("fun_vace_14b", "vace_14b"), None),
    "s2v": (making.wan(channels=16, more=making.SOUND), ("s2v_14b",), "2.2"),
    "animate": (making.wan(embeds=True, more=making.FACE), ("animate_14b",), "2.2"),
    "5B": (making.wan(3072, 48, latent=48), ("ti2v_5b",), "2.2"),
    "1.3B": (making.wan(1536, 16), ("1_3b",), None),
}


@pytest.mark.parametrize("name", MODELS)
def test_diffusion_models_are_told_apart_by_their_tensors(name, tmp_path):
    tensors, families, generation = MODELS[name]
    found = identity(tmp_path, tensors)
    assert (found.kind, found.families, found.generation) == (
        "diffusion model",
        families,
        generation,
    )
    assert found.loads
    assert found.latent_channels == (48 if name == "5B" else 16)
    assert found.family == (families[0] if len(families) == 1 else None)
    assert any("channels" in line for line in found.evidence)


@pytest.mark.parametrize("prefix", ["model.diffusion_model.", "diffusion_model.", "model."])
def test_a_prefix_before_all_names_changes_nothing(prefix, tmp_path):
    tensors = {prefix + name: each for name, each in making.wan().items()}
    found = identity(tmp_path, tensors)
    assert (found.kind, found.families) == ("diffusion model", I2V)


def test_a_checkpoint_is_named_with_the_model_in_it(tmp_path):
    tensors = {f"model.diffusion_model.{name}": each for name, each in making.wan().items()}
    tensors |= {f"vae.{name}": each for name, each in making.vae().items()}
    found = identity(tmp_path, tensors)
    assert (found.kind, found.families) == ("checkpoint", I2V)


def test_the_experts_are_not_told_apart_unless_the_metadata_does(tmp_path):
    found = identity(tmp_path, making.wan())
    assert found.noise is None
    assert any("same shapes" in line and "noise" in line for line in found.unknown)
    title = {"modelspec.title": "Wan2.2 I2V A14B HighNoise"}
    found = identity(tmp_path, making.wan(), title)
    assert found.noise == "high"
    assert not any("noise" in line for line in found.unknown)


def test_a_model_of_unknown_channels_has_no_family(tmp_path):
    found = identity(tmp_path, making.wan(channels=80))
    assert (found.kind, found.families, found.channels) == ("diffusion model", (), 80)


@pytest.mark.parametrize(
    ("tensors", "dtype", "quantised"),
    [
        (making.wan(blocks=2), "bf16", None),
        (making.wan(blocks=2, dtype="F16"), "fp16", None),
        (making.wan(blocks=2, scaled=True), "fp8_e4m3fn", "fp8 scaled"),
        (making.wan(blocks=2, dtype="F8_E4M3"), "fp8_e4m3fn", "fp8"),
    ],
)
def test_the_number_format_is_that_of_most_weights(tensors, dtype, quantised, tmp_path):
    found = identity(tmp_path, tensors)
    assert (found.dtype, found.quantised) == (dtype, quantised)


def test_the_quantisation_in_the_metadata_is_read(tmp_path):
    layers = '{"format_version":"1.0","layers":{"blocks.0.ffn.0":{"format":"nvfp4"}}}'
    found = identity(tmp_path, making.wan(blocks=1), {"_quantization_metadata": layers})
    assert found.quantised == "nvfp4"
    for broken in ("[", "[" * 100_000, "7", '{"layers": 7}', '{"layers": {"a": 7}}'):
        found = identity(tmp_path, making.wan(blocks=1), {"_quantization_metadata": broken})
        assert found.quantised == "mixed"


FORMS = {
    "comfyui": ("ComfyUI", True),
    "lightx2v": ("ComfyUI", True),
    "kohya": ("kohya", True),
    "fun": ("Fun", True),
    "diffusers": ("diffusers", False),
    "bare": ("bare", False),
    "aitk": ("both experts", False),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("width", "rank", "size"), [(5120, 64, "14B"), (3072, 32, "5B"), (1536, 16, "1.3B")]
)
def test_loras_of_every_format_tell_rank_and_width(form, width, rank, size, tmp_path):
    found = identity(tmp_path, making.lora(width, rank=rank, form=form))
    assert (found.kind, found.rank, found.size, found.width) == ("LoRA", rank, size, width)
    assert (found.format, found.loads) == FORMS[form]


@pytest.mark.parametrize("form", ["comfyui", "lightx2v", "kohya", "diffusers"])
def test_a_lora_for_image_embeddings_is_one_of_wan_2_1(form, tmp_path):
    found = identity(tmp_path, making.lora(form=form, embeds=True))
    assert "i2v_14b" in found.families
    assert "t2v_14b" not in found.families
    assert any("image embeddings" in line for line in found.evidence)


def test_a_lora_that_changes_the_patch_embedding_tells_its_family(tmp_path):
    found = identity(tmp_path, making.lora(form="lightx2v", channels=36))
    assert (found.families[0], found.channels) == ("i2v_14b", 36)
    found = identity(tmp_path, making.lora(form="lightx2v", channels=16))
    assert (found.families[0], found.channels) == ("t2v_14b", 16)
    assert "i2v_14b" not in found.families


def test_a_lora_for_text_or_image_to_video_alike_has_no_family_and_says_why(tmp_path):
    found = identity(tmp_path, making.lora())
    assert found.families == ()
    assert any("text to video" in line for line in found.unknown)
    assert any("noise" in line for line in found.unknown)


@pytest.mark.parametrize(
    ("metadata", "family", "noise", "generation"),
    [
        (
            {"ss_sd_model_name": "wan2.2_t2v_high_noise_14B_fp16.safetensors"},
            "t2v_14b",
            "high",
            "2.2",
        ),
        (
            {"ss_sd_model_name": "wan2.2_i2v_low_noise_14B_fp16.safetensors"},
            "i2v_14b",
            None,  # musubi-tuner names it too where it trains both experts at once
            "2.2",
        ),
        ({"ss_base_model_version": "Wan2.2-I2V-A14B-LowNoise"}, "i2v_14b", "low", "2.2"),
        ({"ss_base_model_version": "Wan2.2-I2V-A14B-HighNoise"}, "i2v_14b", "high", "2.2"),
        ({"ss_base_model_version": "wan2.2_14b_t2v"}, "t2v_14b", None, "2.2"),
        ({"modelspec.architecture": "wan2.1-t2v-14B"}, "t2v_14b", None, None),
        # musubi-tuner writes these for every Wan model.
        (
            {"ss_base_model_version": "wan", "modelspec.architecture": "wan2.1/lora"},
            None,
            None,
            None,
        ),
        ({"ss_output_name": "wan2.2_i2v_high_noise"}, None, None, None),
    ],
)
def test_the_model_that_a_lora_was_trained_on_is_read_in_its_metadata(
    metadata, family, noise, generation, tmp_path
):
    found = identity(tmp_path, making.lora(), metadata)
    assert (found.family, found.noise, found.generation) == (family, noise, generation)


def test_a_lora_of_several_families_is_called_after_them(tmp_path):
    assert identity(tmp_path, making.lora(channels=16)).words() == (
        "LoRA for t2v_14b or vace_14b, rank 64, bf16"
    )


def test_humo_and_phantom_have_small_models_too(tmp_path):
    small = identity(tmp_path, making.wan(1536, 36, blocks=1))
    for name in ("humo_1.7B_fp16.safetensors", "phantom_small.safetensors"):
        assert judging.against_name(small, "diffusion_models", name) is None
    assert judging.against_name(small, "diffusion_models", "wan2.2_i2v_14B.safetensors")


def test_a_text_encoder_under_the_name_of_another_is_found_out(tmp_path):
    t5 = identity(tmp_path, making.umt5(words=32_128, tokenizer=False))
    umt5 = identity(tmp_path, making.umt5())
    against = judging.against_name
    assert against(t5, "text_encoders", "umt5_xxl_fp8_e4m3fn_scaled.safetensors")
    assert against(umt5, "text_encoders", "flux/t5xxl_fp16.safetensors")
    for name in ("umt5-xxl-enc-bf16.safetensors", "models_t5_umt5-xxl-enc-bf16.pth", "a.gguf"):
        assert against(umt5, "text_encoders", name) is None
    for name in ("t5xxl_fp16.safetensors", "google_t5-v1_1-xxl.safetensors", "my_umt5.gguf"):
        assert against(t5, "text_encoders", name) is None


def test_shapes_are_believed_before_metadata(tmp_path):
    metadata = {"ss_base_model_version": "wan2.2_14b_t2v"}
    assert identity(tmp_path, making.lora(channels=36), metadata).families[0] == "i2v_14b"
    assert identity(tmp_path, making.lora(3072), metadata).family == "ti2v_5b"


def test_a_lora_of_another_model_fits_none_of_wan(tmp_path):
    tensors = {
        f"transformer.single_transformer_blocks.{at}.attn.to_q.lora_{part}.weight": ("BF16", shape)
        for at in range(10)
        for part, shape in (("A", (16, 3072)), ("B", (3072, 16)))
    }
    found = identity(tmp_path, tensors)
    assert (found.kind, found.families, found.width) == ("LoRA", (), None)
    assert "no layers that Wan's models have" in found.evidence[0]


def test_ranks_that_differ_are_given_as_a_range(tmp_path):
    tensors = {**making.lora(rank=128), **making.lora(rank=8, blocks=2)}
    found = identity(tmp_path, tensors)
    assert (found.rank, found.ranks) == (128, (8, 128))
    assert "rank 8 to 128" in found.words()


def test_lokr_and_loha_tell_their_width(tmp_path):
    at = "diffusion_model.blocks.0.self_attn.q"
    lokr = {f"{at}.lokr_w1": ("BF16", (16, 16)), f"{at}.lokr_w2": ("BF16", (320, 320))}
    assert identity(tmp_path, lokr).width == 5120
    loha = {f"{at}.hada_w1_a": ("BF16", (5120, 8)), f"{at}.hada_w1_b": ("BF16", (8, 5120))}
    assert identity(tmp_path, loha).width == 5120


def test_the_vaes_are_told_apart_by_their_latent(tmp_path):
    for channels, family in ((16, "vae_2_1"), (48, "vae_2_2")):
        found = identity(tmp_path, making.vae(channels))
        assert (found.kind, found.family, found.latent_channels) == ("VAE", family, channels)
        assert found.loads
        found = identity(tmp_path, making.vae(channels, diffusers=True))
        assert (found.family, found.loads) == (family, False)
    other = {
        "decoder.conv_in.weight": ("F16", (512, 4, 3, 3)),
        "encoder.conv_in.weight": ("F16", (128, 3, 3, 3)),
    }
    found = identity(tmp_path, other)
    assert (found.kind, found.family, found.latent_channels) == ("VAE", None, 4)


def test_text_encoders_in_both_packings_are_told_apart(tmp_path):
    found = identity(tmp_path, making.umt5(scaled=True))
    assert (found.kind, found.family, found.loads) == ("text encoder", "umt5_xxl", True)
    assert found.quantised == "fp8 scaled"
    found = identity(tmp_path, making.umt5(tokenizer=False))
    assert (found.family, found.loads) == ("umt5_xxl", False)
    assert any("spiece_model" in line for line in found.evidence)
    found = identity(tmp_path, making.umt5_of_wan())
    assert (found.family, found.loads) == ("umt5_xxl", False)
    found = identity(tmp_path, making.umt5(words=32_128))
    assert (found.family, found.loads) == ("t5_xxl", True)


def test_the_other_encoders_are_known(tmp_path):
    assert identity(tmp_path, making.clip_vision()).family == "clip_vision_h"
    assert identity(tmp_path, making.clip_vision(24, 1024)).kind == "CLIP Vision model"
    assert identity(tmp_path, making.clip_vision(24, 1024)).family is None
    assert identity(tmp_path, making.wav2vec2()).family == "wav2vec2_large"


def test_gguf_models_are_told_apart_like_safetensors(tmp_path):
    tensors = {
        name: ("F16" if len(shape) != 2 else "Q4_K", shape)
        for name, (_, shape) in making.wan().items()
    }
    path = making.gguf(tmp_path / "x.gguf", tensors, {"general.architecture": "wan"})
    found = of(read(path))
    assert (found.kind, found.families, found.quantised) == ("diffusion model", I2V, "Q4_K")
    words = {
        "token_embd.weight": ("Q8_0", (256_384, 4096)),
        "enc.blk.0.attn_q.weight": ("Q8_0", (4096, 4096)),
    }
    found = of(read(making.gguf(tmp_path / "y.gguf", words, {"general.architecture": "t5encoder"})))
    assert (found.kind, found.family) == ("text encoder", "umt5_xxl")


def test_what_is_not_known_is_unknown(tmp_path):
    found = identity(tmp_path, {"anything.weight": ("F16", (4, 4))})
    assert (found.kind, found.families) == ("unknown", ())
    path = tmp_path / "model.pth"
    path.write_bytes(b"\x80\x02}.")
    found = of(read(path))
    assert (found.kind, found.format) == ("unknown", "pickle")
    assert "would run code" in found.words()


def test_an_empty_header_is_a_model_of_nothing(tmp_path):
    assert identity(tmp_path, {}).kind == "unknown"


def test_words_are_short_and_name_what_matters(tmp_path):
    assert identity(tmp_path, making.lora()).words() == "LoRA for 14B models, rank 64, bf16"
    assert identity(tmp_path, making.wan(scaled=True)).words() == (
        "diffusion model, i2v_14b or fun_inpaint_14b, fp8 scaled"
    )
    assert identity(tmp_path, making.vae()).words() == "VAE vae_2_1, bf16"
