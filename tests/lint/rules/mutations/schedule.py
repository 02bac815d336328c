"""Steps, noise and shifts that do not fit together."""

from __future__ import annotations

from tests.lint.rules.mutations.suite import Mutation, both, other, without


def _first(**inputs):
    return lambda prompt: other(prompt, "first.sampler", **inputs)


def _second(**inputs):
    return lambda prompt: other(prompt, "second.sampler", **inputs)


def _steps(first, second):
    found = [("pass first", "0..2 of 4", first), ("pass second", "2..4 of 4", second)]
    return tuple(finding for finding in found if finding[1] != finding[2])


MUTATIONS = [
    Mutation(
        "a step is left out", "706", _steps("0..2 of 4", "3..4 of 4"), _second(start_at_step=3)
    ),
    Mutation(
        "the first pass ends a step early",
        "706",
        _steps("0..1 of 4", "2..4 of 4"),
        _first(end_at_step=1),
    ),
    Mutation(
        "a step is run twice", "707", _steps("0..2 of 4", "1..4 of 4"), _second(start_at_step=1)
    ),
    Mutation(
        "the first pass ends a step late",
        "707",
        _steps("0..3 of 4", "2..4 of 4"),
        _first(end_at_step=3),
    ),
    Mutation(
        "the first pass runs to the end",
        "707",
        _steps("0..4 of 4", "2..4 of 4"),
        _first(end_at_step=10_000),
    ),
    Mutation(
        "the last step is not run",
        "712",
        _steps("0..2 of 4", "2..3 of 4"),
        _second(end_at_step=3, return_with_leftover_noise="enable"),
    ),
    Mutation(
        "the last step is not run, and goes to the end at once",
        "712",
        (
            *_steps("0..2 of 4", "2..3 of 4"),
            ("pass second", "shift", "leftover_noise = false\n    shift"),
        ),
        _second(end_at_step=3),
    ),
    Mutation(
        "the second pass begins behind the last step",
        "704",
        (),
        _second(start_at_step=4),
    ),
    Mutation("the second pass ends before it begins", "704", (), _second(end_at_step=2)),
    Mutation("the end is left over from more steps", "715", (), _second(end_at_step=20)),
    Mutation(
        "the second pass counts more steps",
        "708",
        _steps("0..2 of 4", "2..8 of 8"),
        _second(steps=8, end_at_step=8),
    ),
    Mutation("the second pass counts more steps, its end stays", "708", (), _second(steps=8)),
    Mutation(
        "the first pass counts more steps", "708", _steps("0..2 of 8", "2..4 of 4"), _first(steps=8)
    ),
    Mutation(
        "another scheduler on the second pass",
        "709",
        (("pass second", "euler/simple", "euler/karras"),),
        _second(scheduler="karras"),
    ),
    Mutation(
        "another scheduler on the first pass",
        "709",
        (("pass first", "euler/simple", "euler/normal"),),
        _first(scheduler="normal"),
    ),
    Mutation(
        "a scheduler that comes near",
        "709",
        (("pass second", "euler/simple", "euler/beta"),),
        _second(scheduler="beta"),
    ),
    Mutation(
        "another sampler on the second pass",
        "709",
        (("pass second", "euler/simple", "heun/simple"),),
        _second(sampler_name="heun"),
    ),
    Mutation(
        "a sampler that counts a step more",
        "709",
        (("pass second", "euler/simple", "dpm_2/simple"),),
        _second(sampler_name="dpm_2"),
    ),
    Mutation(
        "the first pass keeps no noise",
        "710",
        (("pass first", "shift", "leftover_noise = false\n    shift"),),
        _first(return_with_leftover_noise="disable"),
    ),
    Mutation(
        "the second pass adds noise on top",
        "711",
        (("pass second", "shift", "add_noise = true\n    shift"),),
        _second(add_noise="enable"),
    ),
    Mutation(
        "no noise is left, and new is added: coherent",
        "",
        (
            ("pass first", "shift", "leftover_noise = false\n    shift"),
            ("pass second", "shift", "add_noise = true\n    shift"),
        ),
        lambda prompt: other(
            other(prompt, "first.sampler", return_with_leftover_noise="disable"),
            "second.sampler",
            add_noise="enable",
        ),
    ),
    Mutation(
        "the first pass adds no noise",
        "714",
        (("pass first", "shift", "add_noise = false\n    shift"),),
        _first(add_noise="disable"),
        language="409",
    ),
    Mutation(
        "the first pass begins late",
        "713",
        _steps("1..2 of 4", "2..4 of 4"),
        _first(start_at_step=1),
    ),
    Mutation(
        "a seed on the second pass",
        "716",
        (("pass second", "shift", "seed = 7\n    shift"),),
        _second(noise_seed=7),
    ),
    Mutation(
        "another shift on the second pass",
        "717",
        (("pass second", "5.0", "6.0"),),
        lambda prompt: other(prompt, "second.shift", shift=6.0),
    ),
    Mutation(
        "another shift on the first pass",
        "717",
        (("pass first", "5.0", "8.0"),),
        lambda prompt: other(prompt, "first.shift", shift=8.0),
    ),
    Mutation(
        "no shift on the second pass",
        "717",
        (("pass second", "    shift   = 5.0\n", ""),),
        lambda prompt: without(prompt, "second.shift"),
    ),
    Mutation(
        "no shift on the first pass",
        "717",
        (("pass first", "    shift   = 5.0\n", ""),),
        lambda prompt: without(prompt, "first.shift"),
    ),
    Mutation(
        "another shift and another total",
        "705",
        (("pass second", "5.0", "8.0"), *_steps("0..2 of 4", "3..6 of 6")),
        lambda prompt: other(
            other(prompt, "second.shift", shift=8.0),
            "second.sampler",
            steps=6,
            start_at_step=3,
            end_at_step=6,
        ),
    ),
    Mutation(
        "the split a step early",
        "605",
        _steps("0..1 of 4", "1..4 of 4"),
        lambda prompt: other(
            other(prompt, "first.sampler", end_at_step=1), "second.sampler", start_at_step=1
        ),
    ),
    Mutation(
        "the split a step late",
        "605",
        _steps("0..3 of 4", "3..4 of 4"),
        lambda prompt: other(
            other(prompt, "first.sampler", end_at_step=3), "second.sampler", start_at_step=3
        ),
    ),
    Mutation(
        "the split five steps late",
        "605",
        (("pass first", "0..10", "0..15"), ("pass second", "10..20", "15..20")),
        lambda prompt: other(
            other(prompt, "first.sampler", end_at_step=15), "second.sampler", start_at_step=15
        ),
        base="plain",
    ),
    Mutation(
        "a shift that moves the boundary by two of twenty steps",
        "605",
        (("pass first", "8.0", "5.0"), ("pass second", "8.0", "5.0")),
        lambda prompt: both(prompt, "shift", shift=5.0),
        base="plain",
    ),
    Mutation(
        "three of 24 steps and then one of 8: exact",
        "605",
        (("pass first", "0..10 of 20", "0..3 of 24"), ("pass second", "10..20 of 20", "1..8 of 8")),
        lambda prompt: other(
            other(prompt, "first.sampler", steps=24, end_at_step=3),
            "second.sampler",
            steps=8,
            start_at_step=1,
            end_at_step=8,
        ),
        base="plain",
    ),
]
