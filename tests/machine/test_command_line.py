"""Flags with their values: what is kept, and what is not."""

from __future__ import annotations

import pytest

from wan22dsl.machine.command_line import kept


def words(*argv: str) -> list[str]:
    return [flag.in_words for flag in kept(["main.py", *argv], "0.38.1")]


@pytest.mark.parametrize(
    "argv",
    [
        ("--reserve-vram", "2"),
        ("--reserve-vram", "0.5"),
        ("--fast",),
        ("--fast", "fp16_accumulation", "autotune"),
        ("--async-offload",),
        ("--async-offload", "4"),
        ("--cache-ram", "8", "20"),
        ("--cuda-device", "0,1"),
        ("--high-ram",),
        ("--disable-comfy-compiler",),
        ("--vram-headroom", "1.5"),
        ("--verbose", "DETAIL"),
        ("--flag-of-a-pack",),
        ("--flag-of-a-pack", "3"),
    ],
)
def test_a_flag_is_kept_with_its_values(argv):
    assert words(*argv) == [" ".join(argv)]


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (("--pack-path", "/home/joe/x"), ["--pack-path (not kept)"]),
        (("--pack-key", "123456"), ["--pack-key (not kept)"]),
        (("--tls-keyfile", "a.pem"), ["--tls-keyfile (not kept)"]),
        (("--listen", "10.0.0.7"), ["--listen (not kept)"]),
        (("--fast", "secret"), ["--fast (not kept)"]),
        (("stray",), ["(not kept)"]),
        (("--verbose", "joe"), ["--verbose (not kept)"]),
        (("--pack-paths", "/a", "/b"), ["--pack-paths (not kept)"]),
        (("--hf_abcdefghijklmn",), ["(not kept)"]),
    ],
)
def test_a_value_that_may_be_private_is_not_kept_and_its_flag_is(argv, found):
    assert words(*argv) == found


def test_the_order_on_the_command_line_does_not_count():
    assert words("--lowvram", "--fast") == words("--fast", "--lowvram")
