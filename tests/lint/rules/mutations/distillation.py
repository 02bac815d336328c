"""Distilled LoRAs outside of what they were made for, and few steps without."""

from __future__ import annotations

from tests.lint.rules.mutations.suite import Mutation, both, other, without


def _of_both(old, new):
    return (("pass first", old, new), ("pass second", old, new))


MUTATIONS = [
    Mutation(
        "cfg 7 on both passes",
        "702",
        _of_both("cfg     = 1.0", "cfg     = 7.0"),
        lambda prompt: both(prompt, "sampler", cfg=7.0),
    ),
    Mutation(
        "cfg 3.5 on the second pass",
        "702",
        (("pass second", "cfg     = 1.0", "cfg     = 3.5"),),
        lambda prompt: other(prompt, "second.sampler", cfg=3.5),
    ),
    Mutation(
        "twenty steps with the four-step LoRAs",
        "701",
        (("pass first", "0..2 of 4", "0..8 of 20"), ("pass second", "2..4 of 4", "8..20 of 20")),
        lambda prompt: other(
            other(prompt, "first.sampler", steps=20, end_at_step=8),
            "second.sampler",
            steps=20,
            start_at_step=8,
            end_at_step=20,
        ),
    ),
    Mutation(
        "two steps with the four-step LoRAs",
        "701",
        (("pass first", "0..2 of 4", "0..1 of 2"), ("pass second", "2..4 of 4", "1..2 of 2")),
        lambda prompt: other(
            other(prompt, "first.sampler", steps=2, end_at_step=1),
            "second.sampler",
            steps=2,
            start_at_step=1,
            end_at_step=2,
        ),
    ),
    Mutation(
        "karras with the four-step LoRAs",
        "718",
        _of_both("euler/simple", "euler/karras"),
        lambda prompt: both(prompt, "sampler", scheduler="karras"),
    ),
    Mutation(
        "normal with the four-step LoRAs",
        "718",
        _of_both("euler/simple", "euler/normal"),
        lambda prompt: both(prompt, "sampler", scheduler="normal"),
    ),
    Mutation(
        "shift 1 with the four-step LoRAs",
        "718",
        _of_both("shift   = 5.0", "shift   = 1.0"),
        lambda prompt: both(prompt, "shift", shift=1.0),
    ),
    Mutation(
        "shift 12 with the four-step LoRAs",
        "718",
        _of_both("shift   = 5.0", "shift   = 12.0"),
        lambda prompt: both(prompt, "shift", shift=12.0),
    ),
    Mutation(
        "shift 8 with the four-step LoRAs: in official use",
        "",
        _of_both("shift   = 5.0", "shift   = 8.0"),
        lambda prompt: both(prompt, "shift", shift=8.0),
    ),
    Mutation(
        "heun with the four-step LoRAs",
        "719",
        _of_both("euler/simple", "heun/simple"),
        lambda prompt: both(prompt, "sampler", sampler_name="heun"),
    ),
    Mutation(
        "four steps without LoRAs",
        "720",
        (("pass first", "[fast_first]", "[]"), ("pass second", "[fast_second]", "[]")),
        lambda prompt: without(prompt, "first.lora.1", "second.lora.1"),
    ),
    Mutation(
        "four steps without LoRAs, with guidance",
        "720",
        (
            ("pass first", "[fast_first]", "[]"),
            ("pass second", "[fast_second]", "[]"),
            *_of_both("cfg     = 1.0", "cfg     = 3.5"),
        ),
        lambda prompt: both(without(prompt, "first.lora.1", "second.lora.1"), "sampler", cfg=3.5),
    ),
    Mutation(
        "a negative prompt at cfg 1",
        "721",
        (("pipeline", "seed   = 42", 'seed   = 42\n    negative = "rain, umbrellas"'),),
        lambda prompt: other(prompt, "image_to_video.negative", text="rain, umbrellas"),
    ),
]
