"""What is read of the log of a run. The lines are as people have posted them."""

from __future__ import annotations

import pytest

from wan22dsl.comfyui.log.lines import joined
from wan22dsl.comfyui.log.loading import MIB, Fallback, Load, Resident, is_streamed, read, since


def _mib(size: float) -> int:
    return round(size * MIB)


@pytest.mark.parametrize(
    ("line", "load"),
    [
        (  # Comfy-Org/ComfyUI#14850
            (
                "[INFO] loaded partially; 7784.32 MB usable, 7659.08 MB loaded, 5972.34 MB offloaded, "
                "125.03 MB buffer reserved, lowvram patches: 0"
            ),
            Load("legacy", "WAN21", _mib(7659.08), _mib(5972.34), None, 0),
        ),
        (
            (
                "loaded partially; 7784.32 MB usable, 7659.08 MB loaded, 5972.34 MB offloaded, lowvram "
                "patches: 12"
            ),
            Load("legacy", "WAN21", _mib(7659.08), _mib(5972.34), None, 12),
        ),
        (
            "loaded completely; 22073.54 MB usable, 10097.97 MB loaded, full load: True",
            Load("legacy", "WAN21", _mib(10097.97), 0),
        ),
        (
            "loaded completely 9.5367431640625e+25 13631.49 True",
            Load("legacy", "WAN21", _mib(13631.49), 0),
        ),
        (
            "loaded partially 4797.2 4790.1640625 0",
            Load("legacy", "WAN21", _mib(4790.1640625), None, None, 0),
        ),
        (  # Comfy-Org/ComfyUI#12943
            "Model WAN21 prepared for dynamic VRAM loading. 13631MB Staged. 400 patches attached.",
            Load("dynamic", "WAN21", None, None, 13631 * MIB, 400),
        ),
        (
            (
                "Model WAN21 prepared for dynamic VRAM loading. 6419MB Staged. 0 patches attached. Force "
                "pre-loaded 49 weights: 392 KB."
            ),
            Load("dynamic", "WAN21", None, None, 6419 * MIB, 0),
        ),
        (
            "Model WAN21 prepared for dynamic VRAM loading. 4896MB Staged.",
            Load("dynamic", "WAN21", None, None, 4896 * MIB),
        ),
        (  # another thread has begun the line
            (
                "FETCH ComfyRegistry Data: 40/160[INFO] Model WAN21 prepared for dynamic VRAM loading. 9MB "
                "Staged. 1 patches attached."
            ),
            Load("dynamic", "WAN21", None, None, 9 * MIB, 1),
        ),
    ],
)
def test_each_loader_is_understood(line: str, load: Load) -> None:
    (found,) = read(["Requested to load WAN21\n", line]).loads
    assert found._replace(line="") == load


def test_a_model_is_named_only_where_the_log_leaves_no_doubt() -> None:
    completely = "loaded completely; 100.00 MB usable, 50.00 MB loaded, full load: True"
    two = read(["Requested to load WAN21", "Requested to load ControlNet", completely, completely])
    assert [load.model for load in two.loads] == [None, None]
    assert read([completely]).loads[0].model is None


def test_a_model_that_dynamic_vram_prepares_again_is_one_load() -> None:
    line = "Model WAN21 prepared for dynamic VRAM loading. 13631MB Staged. 400 patches attached."
    other = "Model WanVAE prepared for dynamic VRAM loading. 242MB Staged. 0 patches attached."
    assert [load.model for load in read([line, line, other, line]).loads] == [
        "WAN21",
        "WanVAE",
        "WAN21",
    ]
    experts = ["Requested to load WAN21", line, line, "Requested to load WAN21", line]
    assert len(read(experts).loads) == 2


def test_what_is_in_memory_behind_a_load_is_read_with_detail() -> None:
    line = (
        "[DETAIL] Model loaded: patcher=ModelPatcherDynamic model=WAN21 ram_mb=13631.4 vram_mb=0.0"
    )
    resident = Resident("WAN21", "ModelPatcherDynamic", _mib(13631.4), 0)
    assert read([line]).residents == (resident,)


def test_weights_are_streamed_only_where_that_is_certain() -> None:
    card = 24564 * MIB
    partially = Load("legacy", line="loaded partially 4797.2 4790.1 0")
    assert is_streamed(partially, card)
    assert is_streamed(partially, None)
    assert not is_streamed(Load("legacy", line="loaded completely 1e+25 13631.49 True"), card)
    staged = Load("dynamic", staged_bytes=13631 * MIB)
    assert not is_streamed(staged, card)  # nothing is said of what stays on the card
    assert not is_streamed(staged, None)
    assert is_streamed(staged, 8 * 1024 * MIB)


@pytest.mark.parametrize(
    ("line", "fallback"),
    [
        (
            (
                "[ERROR] Error running sage attention: Unsupported CUDA architecture: sm80, using pytorch "
                "attention instead."
            ),
            Fallback("sage", "pytorch", "Unsupported CUDA architecture: sm80", 1),
        ),
        (
            "Error running SageAttention3: head dim 256, falling back to pytorch attention.",
            Fallback("sage 3", "pytorch", "head dim 256", 1),
        ),
        (
            "Flash Attention failed, using default SDPA: Mask must not be set for Flash attention",
            Fallback("flash", "pytorch", "Mask must not be set for Flash attention", 1),
        ),
    ],
)
def test_an_attention_that_failed_is_read_with_its_reason(line: str, fallback: Fallback) -> None:
    assert read([line]).fallbacks == (fallback,)
    assert read([line] * 40).fallbacks == (fallback._replace(times=40),)


def test_a_reason_of_several_lines_is_a_fallback() -> None:
    found = read(
        ["Error running sage attention: CUDA error: invalid\nCUDA kernel errors might be\n"]
    )
    assert found.fallbacks == (Fallback("sage", "pytorch", "CUDA error: invalid", 1),)


def test_the_other_lines_of_a_run_are_read() -> None:
    found = read(
        [
            "got prompt\n",
            "Using sage attention mode: auto\n",
            "\x1b[32m[INFO]\x1b[0m model weight dtype torch.float16, manual cast: None\n",
            "model weight dtype torch.float8_e4m3fn, manual cast: torch.float16\n",
            "Native ops: int8_tensorwise, convrot_w4a4 , emulated ops: float8_e4m3fn, nvfp4\n",
            "lora key not loaded: blocks.0.cross_attn.k.lora_A.weight\n",
            "lora key not loaded: blocks.0.cross_attn.v.lora_A.weight\n",
            "ERROR lora diffusion_model.blocks.0.ffn.0.weight shape '[1]' is invalid for input\n",
            "Warning: Ran out of memory when regular VAE decoding, retrying with tiled VAE decoding.\n",
            "Got an OOM, unloading all loaded models.\n",
            "Prompt executed in 283.68 seconds\n",
            "Prompt executed in 00:12:33\n",
        ]
    )
    assert found.weight_dtypes == ("float16", "float8_e4m3fn, cast to float16")
    assert found.native_ops == ("int8_tensorwise", "convrot_w4a4")
    assert found.emulated_ops == ("float8_e4m3fn", "nvfp4")
    assert found.lora_keys == (
        "blocks.0.cross_attn.k.lora_A.weight",
        "blocks.0.cross_attn.v.lora_A.weight",
    )
    assert found.lora_errors == ("diffusion_model.blocks.0.ffn.0.weight",)
    assert found.tiled_decode
    assert found.out_of_memory
    assert found.executed_s == 753.0


def test_native_ops_alone_are_read() -> None:
    found = read(["[INFO] Native ops: mxfp8, nvfp4, float8_e5m2, float8_e4m3fn, int8_tensorwise "])
    assert found.native_ops == ("mxfp8", "nvfp4", "float8_e5m2", "float8_e4m3fn", "int8_tensorwise")
    assert found.emulated_ops == ()


def test_lines_in_pieces_are_put_together() -> None:
    entries = [
        ("2026-01-01T00:00:01", "** Python version:"),
        ("2026-01-01T00:00:02", " "),
        ("2026-01-01T00:00:03", "3.12"),
        ("2026-01-01T00:00:04", "\n"),
        ("2026-01-01T00:00:05", "\r 50%|####  | 1/2 [00:01<00:01]"),
        ("2026-01-01T00:00:06", "\r100%|######| 2/2 [00:02<00:00]"),
        ("2026-01-01T00:00:07", "\n"),
        ("2026-01-01T00:00:08", "got prompt\n"),
    ]
    assert joined(entries) == [
        ("2026-01-01T00:00:01", "** Python version: 3.12"),
        ("2026-01-01T00:00:05", "50%|####  | 1/2 [00:01<00:01]"),
        ("2026-01-01T00:00:06", "100%|######| 2/2 [00:02<00:00]"),
        ("2026-01-01T00:00:08", "got prompt"),
    ]


def test_a_log_that_has_lost_its_beginning_says_so() -> None:
    entries = [(f"2026-01-01T00:00:{second:02}", f"line {second}\n") for second in range(10, 20)]
    assert since(entries, "2026-01-01T00:00:17") == (["line 18", "line 19"], True)
    lines, whole = since(entries, "2026-01-01T00:00:05")
    assert (len(lines), whole) == (10, False)
    assert since(entries[:0], "2026-01-01T00:00:05") == ([], False)


def test_hostile_lines_do_no_harm() -> None:
    lines = [
        "loaded completely " + "9" * 5000 + " 1 True",
        "loaded partially; 1e+999 MB usable, 1e+999 MB loaded, 1.0 MB offloaded, lowvram patches: 0",
        "Native ops: " + "a, " * 20_000,
        "Error running sage attention: " + "x" * 100_000,
        "Model loaded: patcher=a model=b ram_mb=. vram_mb=1.2.3",
        "Prompt executed in 99:99",
    ]
    found = read(lines)
    assert found.fallbacks[0].times == 1
    assert found.executed_s is None
