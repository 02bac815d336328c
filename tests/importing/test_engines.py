"""Passes that sample by another node than KSampler come back as they were written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings import SETTINGS
from wan22dsl.api import compiler
from wan22dsl.graph.equality import same
from wan22dsl.source import Source

HEAD = "wan 1\nuse wan22\nuse samplers\n"


def text_of(passes: str, flow: str = "high -> low") -> str:
    body = f'{SETTINGS}    seed   = 7\n    flow   = {flow} -> save("x")\n'
    return f"{HEAD}{passes}\npipeline p {{\n{body}}}\n"


def prompt_of(text: str) -> dict[str, Any]:
    compiled = compiler.compile(Source(text, "test.wan"))
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics]
    return compiled.prompt


def brought_in(prompt: dict[str, Any]) -> str:
    """The text of a prompt; compiled again, it has to make the same graph."""
    text = compiler.import_file(json.dumps(prompt).encode()).text
    assert text is not None
    made = compiler.compile(Source(text, "test.wan")).graph
    original = compiler.check(Source(json.dumps(prompt), "prompt.json")).graphs["prompt"]
    assert made is not None and same(made.graph, original.graph), text
    return text


def split(engine: str, low: str = "", **settings: str) -> str:
    more = "".join(f", {name} = {value}" for name, value in settings.items())
    low = f", engine = {low}" if low else ""
    return text_of(
        f"pass high = wan22.base_high(steps = 0..12 of 20, engine = {engine}{more})\n"
        f"pass low = high(model = wan22.i2v_low, steps = 12..20 of 20{low})"
    )


def in_short(text: str) -> str:
    """A text without its layout."""
    return "".join(text.split()).replace(",", "")


TRIPLE = (
    "samplers.triple_advanced(high = wan22.i2v_high, low = wan22.i2v_low, "
    'switch = "Manual switch step", switch_step = 4, fast = lcm/beta)'
)
BETA = "samplers.beta_schedule(alpha = 0.7, beta = 0.55)"


@pytest.mark.parametrize(
    ("text", "engines"),
    [
        (split("samplers.custom"), ["samplers.custom"] * 2),
        (
            split("samplers.custom", "samplers.custom.denoised"),
            ["samplers.custom", "samplers.custom.denoised"],
        ),
        (split("samplers.guided"), ["samplers.guided"] * 2),
        (
            split(f"samplers.guided(sigmas = {BETA})", f"samplers.unguided(sigmas = {BETA})"),
            [f"samplers.guided(sigmas = {BETA})", f"samplers.unguided(sigmas = {BETA})"],
        ),
        (
            split("samplers.guided_between(0.33)", "samplers.guided"),
            ["samplers.guided_between(end = 0.33)", "samplers.guided"],
        ),
        (
            split("samplers.custom(sigmas = samplers.divided_schedule)"),
            ["samplers.custom(sigmas = samplers.divided_schedule)"] * 2,
        ),
        (
            split("samplers.custom(sigmas = samplers.divided_schedule(0.8))"),
            ["samplers.custom(sigmas = samplers.divided_schedule)"] * 2,
        ),
        (
            split("samplers.custom(sigmas = samplers.boundary_schedule)"),
            ["samplers.custom(sigmas = samplers.boundary_schedule)"] * 2,
        ),
        (
            split("samplers.clownshark(eta = 0.75)", sampler="`multistep/res_2m`/bong_tangent"),
            ["samplers.clownshark(eta = 0.75)"] * 2,
        ),
        (
            text_of(
                "pass all = wan22.base_high(shift = none, steps = 20, "
                "engine = samplers.both_experts(low = wan22.i2v_low, sigma_shift = 5.0))",
                "all",
            ),
            ["samplers.both_experts(low = wan22.i2v_low, sigma_shift = 5.0)"],
        ),
        (
            text_of(
                "pass all = wan22.base_high(shift = none, steps = 8, "
                "engine = samplers.triple(high = wan22.i2v_high, low = wan22.i2v_low))",
                "all",
            ),
            ["samplers.triple(high = wan22.i2v_high, low = wan22.i2v_low)"],
        ),
        (
            text_of(
                f"pass all = wan22.base_high(shift = none, steps = 8, engine = {TRIPLE})",
                "all",
            ),
            [TRIPLE],
        ),
        (
            text_of("pass all = wan22.base_high(steps = 20, engine = samplers.custom)", "all"),
            ["samplers.custom"],
        ),
        (
            text_of(
                "pass a = wan22.base_high(steps = 0..4 of 20, engine = samplers.custom)\n"
                "pass b = a(steps = 4..12 of 20)\n"
                "pass c = a(model = wan22.i2v_low, steps = 12..20 of 20)",
                "a -> b -> c",
            ),
            ["samplers.custom"] * 3,
        ),
        (
            split("samplers.guided", schedule_model="wan22.i2v_low"),
            ["samplers.guided"] * 2,
        ),
    ],
)
def test_an_engine_comes_back(text: str, engines: list[str]) -> None:
    found = in_short(brought_in(prompt_of(text)))
    for engine in engines:
        assert f"engine={in_short(engine)}" in found, found
    assert "Sampler" not in found.replace("samplers", ""), found


def test_written_sigmas_need_no_steps() -> None:
    sigmas = 'ManualSigmas(sigmas = "1.0, 0.9, 0.0")'
    prompt = prompt_of(
        text_of(
            f"pass all = wan22.base_high(steps = none, engine = samplers.custom(sigmas = {sigmas}))",
            "all",
        )
    )
    found = brought_in(prompt)
    assert f"samplers.custom(sigmas = {sigmas})" in found or "manual_sigmas" in found
    assert "steps = none" in found


def test_another_output_of_a_sampler_is_taken_by_its_number() -> None:
    prompt = prompt_of(split("samplers.custom"))
    (first,) = [
        id
        for id, node in prompt.items()
        if node["class_type"] == "SamplerCustom" and node["inputs"]["add_noise"]
    ]
    vae = next(id for id, node in prompt.items() if node["class_type"] == "VAELoader")
    prompt["seen"] = {
        "class_type": "VAEDecode",
        "inputs": {"samples": [first, 1], "vae": [vae, 0]},
    }
    prompt["shown"] = {"class_type": "PreviewImage", "inputs": {"images": ["seen", 0]}}
    found = brought_in(prompt)
    assert "SamplerCustom(" not in found
    assert "_latent[1] -> preview" in found


def test_what_is_sampled_by_an_unknown_schedule_keeps_its_node() -> None:
    prompt = prompt_of(split("samplers.custom"))
    for node in prompt.values():
        if node["class_type"] == "SplitSigmas":
            node["inputs"]["sigmas"] = ["odd", 0]
    prompt["odd"] = {"class_type": "SDTurboScheduler", "inputs": {
        "model": ["i2v_high", 0], "steps": 4, "denoise": 1.0}}  # fmt: skip
    prompt = {id: node for id, node in prompt.items() if node["class_type"] != "BasicScheduler"}
    found = brought_in(prompt)
    assert "SDTurboScheduler(" in found
    assert found.count("samplers.custom") == 2


def test_any_changed_value_changes_the_text_or_its_graph() -> None:
    prompt = prompt_of(split("samplers.guided"))
    before = brought_in(prompt)
    for id, node in prompt.items():
        for name, value in node["inputs"].items():
            if name in ("noise_seed", "cfg", "steps", "step", "shift"):
                changed = json.loads(json.dumps(prompt))
                changed[id]["inputs"][name] = value + 1
                assert brought_in(changed) != before, (id, name)
