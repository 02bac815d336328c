"""Switches, picks and contexts on the way of models, latents, pictures, prompts and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.prompts import HIGH, LOW, Prompt, changed, graph_of, node, passes_of, split
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link

if TYPE_CHECKING:
    from wan22dsl.graph.passes.recognition import Pass

TRUE, FALSE = ({"boolean": value} for value in (True, False))

#: A switch between `first` and `second`: its class and inputs, by which of the two it chooses.
SWITCHES: list[tuple[str, dict[str, Any], str]] = [
    ("ComfySwitchNode", {"on_true": "first", "on_false": "second", "switch": True}, "first"),
    ("ComfySwitchNode", {"on_true": "first", "on_false": "second", "switch": False}, "second"),
    ("LazySwitchKJ", {"on_true": "first", "on_false": "second", "switch": False}, "second"),
    ("ComfySoftSwitchNode", {"on_false": "second", "switch": True}, "second"),
    ("easy ifElse", {"on_true": "first", "on_false": "second", **TRUE}, "first"),
    ("easy ifElse", {"on_true": "first", "on_false": "second", **FALSE}, "second"),
    ("Switch any [Crystools]", {"on_true": "first", "on_false": "second", **FALSE}, "second"),
    ("Model Input Switch", {"model_a": "first", "model_b": "second", **TRUE}, "first"),
    ("CR Model Input Switch", {"model1": "first", "model2": "second", "Input": 2}, "second"),
    ("Model Switch (JPS)", {"model_1": "first", "model_2": "second", "select": 2}, "second"),
    ("ImpactSwitch", {"input1": "first", "input2": "second", "select": 1}, "first"),
    ("ImpactSwitch", {"input1": "first", "input2": "second", "select": 2}, "second"),
    (
        "ImpactConditionalBranch",
        {"tt_value": "first", "ff_value": "second", "cond": False},
        "second",
    ),
    ("easy anythingIndexSwitch", {"value0": "first", "value1": "second", "index": 1}, "second"),
    ("Any Switch (rgthree)", {"any_01": "first", "any_02": "second"}, "first"),
    ("Any Switch (rgthree)", {"any_02": "second", "any_01": "first"}, "second"),
    ("SimpleCondition+", {"evaluate": 0, "on_true": "first", "on_false": "second"}, "second"),
]


def chosen_between(first: str, second: str, class_name: str, inputs: dict[str, Any]) -> Prompt:
    """The switch, with links to the two nodes."""
    ids = {"first": first, "second": second}
    linked = {name: (ids[value], 0) if value in ids else value for name, value in inputs.items()}
    return {"switch": node(class_name, **linked)}


def first_pass(prompt: Prompt) -> Pass:
    return next(pass_ for pass_ in passes_of(prompt) if pass_.id == "high_sampler")


@pytest.mark.parametrize(("class_name", "inputs", "chosen"), SWITCHES)
def test_a_model_is_followed_through_the_side_that_a_switch_chooses(class_name, inputs, chosen):
    prompt = {**split(), **chosen_between("high_shift", "low_shift", class_name, inputs)}
    pass_ = first_pass(changed(prompt, "high_sampler", model=("switch", 0)))
    assert pass_.model is not None
    assert pass_.model.file == {"first": HIGH, "second": LOW}[chosen]
    assert pass_.shift == 5.0 and len(pass_.loras) == 1


@pytest.mark.parametrize(("class_name", "inputs", "chosen"), SWITCHES)
def test_a_latent_is_followed_through_the_side_that_a_switch_chooses(class_name, inputs, chosen):
    other = {
        "other": node("EmptyHunyuanLatentVideo", width=480, height=480, length=41, batch_size=1)
    }
    switch = chosen_between("start", "other", class_name, inputs)
    for name, value in switch["switch"]["inputs"].items():
        if value == ["start", 0]:
            switch["switch"]["inputs"][name] = ["start", 2]
    prompt = {**split(), **other, **switch}
    pass_ = first_pass(changed(prompt, "high_sampler", latent_image=("switch", 0)))
    assert (pass_.latent.frames, pass_.latent.width) == {"first": (81, 832), "second": (41, 480)}[
        chosen
    ]


@pytest.mark.parametrize(("class_name", "inputs", "chosen"), SWITCHES)
def test_a_value_comes_through_the_side_that_a_switch_chooses(class_name, inputs, chosen):
    numbers = {name: node("PrimitiveInt", value=value) for name, value in (("n4", 4), ("n8", 8))}
    prompt = {**split(), **numbers, **chosen_between("n4", "n8", class_name, inputs)}
    pass_ = first_pass(changed(prompt, "high_sampler", steps=("switch", 0)))
    assert pass_.settings.steps == {"first": 4, "second": 8}[chosen]


@pytest.mark.parametrize(
    ("class_name", "inputs", "name"),
    [
        ("ComfySwitchNode", {"on_true": "first", "on_false": "second"}, "switch"),
        ("easy ifElse", {"on_true": "first", "on_false": "second"}, "boolean"),
        ("ImpactSwitch", {"input1": "first", "input2": "second"}, "select"),
        ("easy anythingIndexSwitch", {"value0": "first", "value1": "second"}, "index"),
    ],
)
def test_a_switch_that_is_set_by_something_unknown_chooses_nothing(class_name, inputs, name):
    source = {"unknown": node("NobodyKnowsThis")}
    models = chosen_between("high_shift", "low_shift", class_name, inputs)
    prompt = changed({**split(), **source, **models}, "switch", **{name: ("unknown", 0)})
    pass_ = first_pass(changed(prompt, "high_sampler", model=("switch", 0)))
    assert pass_.model is None and pass_.loras == () and pass_.shift is None
    assert first_pass(changed(prompt, "high_sampler", steps=("switch", 0))).settings.steps is None


def test_an_any_switch_skips_what_is_known_to_give_nothing():
    prompt = {
        **split(),
        "nothing": node("ImpactSwitch", select=3, input1=("high_shift", 0)),
        "empty": node("Context (rgthree)"),
        "switch": node(
            "Any Switch (rgthree)",
            any_01=("nothing", 0),
            any_02=("empty", 1),
            any_03=("low_shift", 0),
        ),
    }
    pass_ = first_pass(changed(prompt, "high_sampler", model=("switch", 0)))
    assert pass_.model is not None and pass_.model.file == LOW


def with_contexts(**more: Any) -> Prompt:
    return {
        **split(),
        "seven": node("PrimitiveInt", value=7),
        "nine": node("PrimitiveInt", value=9),
        "first": node(
            "Context Big (rgthree)",
            model=("high_shift", 0),
            positive=("start", 0),
            latent=("start", 2),
            seed=("seven", 0),
            steps=("nine", 0),
        ),
        **more,
    }


def test_a_context_hands_on_each_of_its_fields_and_those_of_its_base():
    prompt = with_contexts(
        second=node("Context (rgthree)", base_ctx=("first", 0), seed=("nine", 0)),
        third=node("Context Big (rgthree)", base_ctx=("second", 0)),
    )
    prompt = changed(
        prompt,
        "high_sampler",
        model=("third", 1),
        positive=("second", 4),
        latent_image=("second", 6),
        noise_seed=("second", 8),
        steps=("third", 9),  # which the small context between them keeps, without an output for it
    )
    pass_ = first_pass(prompt)
    assert pass_.model is not None and pass_.model.file == HIGH
    assert (pass_.latent.frames, pass_.settings.seed, pass_.settings.steps) == (81, 9, 9)
    assert pass_.conditioning is not None and pass_.conditioning.id == "start"


def test_a_context_switch_takes_the_first_that_holds_anything_and_a_merge_the_last_of_each_field():
    prompt = with_contexts(
        empty=node("Context (rgthree)"),
        other=node("Context (rgthree)", seed=("nine", 0), vae=("vae", 0)),
        switch=node(
            "Context Switch (rgthree)",
            ctx_01=("empty", 0),
            ctx_02=("first", 0),
            ctx_03=("other", 0),
        ),
        merge=node("Context Merge (rgthree)", ctx_01=("first", 0), ctx_02=("other", 0)),
    )
    facts = FactTable(graph_of(prompt))
    assert facts.of(Link("switch", 8)).value == 7
    assert facts.of(Link("merge", 8)).value == 9
    assert facts.of(Link("merge", 6)).frames == 81
    assert facts.of(Link("switch", 3)).is_none
    assert facts.of(Link("empty", 0)).is_none
    pass_ = first_pass(changed(prompt, "high_sampler", model=("merge", 1)))
    assert pass_.model is not None and pass_.model.file == HIGH


def test_of_a_context_that_is_not_known_only_its_own_links_are():
    prompt = with_contexts(
        unknown=node("NobodyKnowsThis"),
        second=node("Context (rgthree)", base_ctx=("unknown", 0), seed=("nine", 0)),
        switch=node("Context Switch (rgthree)", ctx_01=("unknown", 0), ctx_02=("first", 0)),
    )
    facts = FactTable(graph_of(prompt))
    assert facts.of(Link("second", 8)).value == 9
    assert facts.of(Link("switch", 8)).value is None and not facts.of(Link("switch", 8)).is_none
    pass_ = first_pass(changed(prompt, "high_sampler", model=("second", 1)))
    assert pass_.model is None


def test_a_node_that_watches_the_memory_hands_on_each_of_its_inputs():
    watch = node("VRAM_Debug", empty_cache=True, gc_collect=True, unload_all_models=False)
    prompt = changed({**split(), "watch": watch}, "watch", model_pass=("high_shift", 0))
    pass_ = first_pass(changed(prompt, "high_sampler", model=("watch", 2)))
    assert pass_.model is not None and pass_.model.file == HIGH


def test_switches_in_a_circle_choose_nothing():
    prompt = {
        **split(),
        "one": node("Any Switch (rgthree)", any_01=("two", 0)),
        "two": node("Any Switch (rgthree)", any_01=("one", 0)),
    }
    pass_ = first_pass(changed(prompt, "high_sampler", model=("one", 0), steps=("two", 0)))
    assert pass_.model is None and pass_.settings.steps is None


@pytest.mark.parametrize(
    ("source", "steps"),
    [
        ({"class_type": "PrimitiveInt", "inputs": {"value": 4}}, 4),
        ({"class_type": "PrimitiveFloat", "inputs": {"value": 4.0}}, None),
        ({"class_type": "mxSlider", "inputs": {"Xi": 4, "Xf": 4.0, "isfloatX": 0}}, 4),
        ({"class_type": "mxSlider", "inputs": {"Xi": 4, "Xf": 4.0, "isfloatX": 1}}, None),
        ({"class_type": "SimpleMathInt+", "inputs": {"value": ["float", 0]}}, 4),
        ({"class_type": "SimpleMath+", "inputs": {"value": "a", "a": ["float", 0]}}, 4),
    ],
)
def test_a_float_that_comes_by_a_link_is_no_whole_number_to_a_sampler(source, steps):
    """ComfyUI casts what is written, and nothing that is linked; through `*` a float gets to the node."""
    prompt = {**split(), "float": node("PrimitiveFloat", value=4.0), "source": source}
    prompt["any"] = node("Any Switch (rgthree)", any_01=("source", 0))
    assert first_pass(changed(prompt, "high_sampler", steps=("any", 0))).settings.steps == steps
    written = changed(split(), "high_sampler", steps=4.0)
    assert first_pass(written).settings.steps == 4
