"""JSON with several graphs: a history, a queue. Each is judged, and what they have in common is told once."""

from __future__ import annotations

import json
from typing import Any

from tests.prompts import changed, split
from wan22dsl.api.compiler import check
from wan22dsl.source import Source


def told(*prompts: Any) -> list[tuple[str, str, str | None]]:
    items = [[number, "id", prompt, {}, ["save"]] for number, prompt in enumerate(prompts)]
    found = check(Source(json.dumps(items, indent=1), "history.json")).diagnostics
    return [
        (each.code, each.severity.value, each.location.pointer if each.location else None)
        for each in found
    ]


def test_a_mistake_in_a_later_graph_is_told_where_it_is():
    fast = changed(split(), "video", fps=24.0)
    assert told(split(), fast) == [
        ("WAN573", "note", "/0/2"),
        ("WAN804", "warning", "/1/2/video/inputs/fps"),
    ]


def test_what_is_wrong_in_several_graphs_is_told_once():
    fast = changed(split(), "video", fps=24.0)
    again = changed(fast, "high_sampler", noise_seed=9)
    codes = [code for code, *_ in told(fast, again)]
    assert codes.count("WAN804") == 1


def test_a_graph_that_was_run_twice_is_one():
    assert told(split(), split()) == []


def test_of_very_many_graphs_the_first_ones_are_judged():
    many = [changed(split(), "high_sampler", noise_seed=number) for number in range(1, 30)]
    assert ("WAN573", "warning", "/0/2") in told(*many)


def test_a_part_that_is_no_graph_does_not_keep_the_others_from_being_judged():
    broken = {"1": {"class_type": "LoadImage", "inputs": []}}
    codes = [code for code, *_ in told(broken, changed(split(), "video", fps=24.0))]
    assert "WAN804" in codes
