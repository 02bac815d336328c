"""What is cleaned out of strings, and what is left as it is."""

from __future__ import annotations

import pytest

from wan22dsl.machine.private import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("/home/joe/ComfyUI", "~/ComfyUI"),
        ("/Users/joe/ComfyUI", "~/ComfyUI"),
        (r"C:\Users\Joe Smith\ComfyUI", r"~\ComfyUI"),
        (r"D:\\Users\\joe\\x", r"~\\x"),
        ("https://joe:pass@example.org/x", "https://example.org/x"),
        ("https://example.org/x?token=abc", "https://example.org/x"),
        ("hf_abcdefghijk", "(not kept)"),
        ("Bearer abcdefghijkl", "(not kept)"),
        ("key=sk-abcdefghijkl", "key=(not kept)"),
    ],
)
def test_homes_logins_and_tokens_are_cut_out(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "NVIDIA GeForce RTX 4090",
        "2.12.1+cu130",
        "D:/models/loras",
        "backend:cudaMallocAsync",
        "sk-learn 1.0",
        "6.6.87.2-microsoft-standard-WSL2",
        "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors",
    ],
)
def test_what_is_harmless_stays(text):
    assert clean(text) == text
