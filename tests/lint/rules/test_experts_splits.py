"""Where the experts change: at the boundary, by sigma."""

from __future__ import annotations

import pytest

from tests.prompts import (
    LORA_HIGH,
    LORA_LOW,
    changed,
    codes,
    found,
    graph_of,
    node,
    report,
    split,
    view_of,
)
from wan22dsl.graph.model import AssetFacts
from wan22dsl.lint.rules.engine import judge
from wan22dsl.lint.rules.experts.wording import outside


@pytest.mark.parametrize(
    ("parts", "severity"),
    [
        (((0, 2, 4), (2, 4, 4)), None),
        (((0, 1, 4), (1, 4, 4)), "warning"),
        (((0, 3, 4), (3, 4, 4)), "warning"),
        (((0, 1, 5), (1, 5, 5)), "warning"),  # the first step of five that falls to another expert
        (((0, 2, 6), (2, 6, 6)), None),
        (((0, 1, 6), (1, 6, 6)), "warning"),
        (((0, 4, 8), (4, 8, 8)), None),
        (((0, 6, 8), (6, 8, 8)), "warning"),
        (((0, 8, 20), (8, 20, 20)), None),
        (((0, 10, 20), (10, 20, 20)), "note"),
        (((0, 15, 20), (15, 20, 20)), "warning"),
    ],
)
def test_a_split_is_judged_by_where_the_experts_change(parts, severity):
    prompt = split(("a.safetensors", "b.safetensors"), (None, None), parts=parts, cfgs=(3.5, 3.5))
    graph = graph_of(prompt)
    for name, noise in (("high_model", "high"), ("low_model", "low")):
        graph.nodes[name].asset = AssetFacts(
            "model", name, noise=noise, family="i2v_14b", boundary=0.9
        )
    diagnostics = judge(graph)[1]
    assert [(finding.code, finding.severity.value) for finding in diagnostics] == (
        [("WAN605", severity)] if severity else []
    )


def test_a_step_right_at_the_boundary_is_a_note():
    """At shift 8 the third of four steps is at sigma .889, where the experts change at .9."""
    parts = ((0, 3, 4), (3, 4, 4))
    (near,) = (
        finding
        for finding in found(split(parts=parts, shifts=(8.0, 8.0)))
        if finding.code == "WAN605"
    )
    (far,) = (finding for finding in found(split(parts=parts)) if finding.code == "WAN605")
    assert (near.severity.value, far.severity.value) == ("note", "warning")


def test_a_split_is_judged_by_sigma_not_by_step_numbers():
    """3 of 24 steps and then 1 of 8 hand over at the same sigma."""
    prompt = split(loras=(None, LORA_LOW), parts=((0, 3, 24), (1, 8, 8)), cfgs=(3.5, 1.0))
    assert "WAN705" not in codes(prompt)


def test_the_high_expert_twice_and_then_the_low_one_is_a_published_recipe():
    prompt = split(loras=(None, LORA_LOW), parts=((0, 2, 8), (4, 8, 8)), cfgs=(3.5, 1.0))
    prompt["between_lora"] = node(
        "LoraLoaderModelOnly", model=("high_model", 0), lora_name=LORA_HIGH, strength_model=1.0
    )
    prompt["between_shift"] = node("ModelSamplingSD3", model=("between_lora", 0), shift=5.0)
    between = dict(prompt["low_sampler"]["inputs"])
    between.update(
        model=["between_shift", 0],
        latent_image=["high_sampler", 0],
        start_at_step=2,
        end_at_step=4,
        return_with_leftover_noise="enable",
    )
    prompt["between"] = {"class_type": "KSamplerAdvanced", "inputs": between}
    prompt = changed(prompt, "low_sampler", latent_image=("between", 0))
    assert report(prompt) == []  # both experts have the LoRA


def test_a_split_between_two_totals_is_reported_without_a_fix():
    prompt = split(loras=(None, None), cfgs=(3.5, 3.5), parts=((0, 12, 24), (4, 8, 8)))
    odd = [finding for finding in found(prompt) if finding.code == "WAN605"]
    same = split(loras=(None, None), cfgs=(3.5, 3.5), parts=((0, 12, 24), (12, 24, 24)))
    assert [each.fix for each in odd] == [None]
    assert [finding.fix is not None for finding in found(same) if finding.code == "WAN605"] == [
        True
    ]


def test_a_step_right_at_the_boundary_belongs_to_the_high_noise_expert():
    high, low = view_of(split()).schedules[0]
    sigmas = (1.0, 0.9, 0.5, 0.25, 0.0)
    for one, start, end, count in (
        (high, 0, 2, 0),
        (low, 1, 4, 1),
        (low, 2, 4, 0),
        (high, 1, 3, 1),
    ):
        settings = one.settings._replace(sigmas=sigmas, start=start, end=end)
        assert outside(one._replace(settings=settings)) == count
