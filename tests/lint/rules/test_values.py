"""Values of inputs, as ComfyUI's own validation takes them, and where it misses what is wrong."""

from __future__ import annotations

import pytest

from tests.prompts import (
    changed,
    codes,
    conditioned,
    found,
    node,
    picture,
    report,
    split,
)

LINKED = {"text": node("PrimitiveString", value="lanczos"), "model": node("PrimitiveInt", value=2)}


@pytest.mark.parametrize(
    ("name", "value", "code", "severity"),
    [
        ("steps", 4.7, "WAN507", "error"),
        ("steps", True, "WAN507", "error"),
        ("steps", "4", "WAN507", "note"),
        ("steps", "4.5", "WAN506", "error"),
        ("steps", None, "WAN502", "error"),
        ("noise_seed", 2**64, "WAN504", "error"),
        ("noise_seed", -1, "WAN504", "error"),
        ("add_noise", True, "WAN505", "error"),
    ],
)
def test_numbers_are_read_as_comfyui_reads_them(name, value, code, severity):
    prompt = changed(split(), "high_sampler", **{name: value})
    assert (code, severity) in {(finding.code, finding.severity.value) for finding in found(prompt)}


@pytest.mark.parametrize("value", [1.5e3, 2**64 - 1, 0])
def test_whole_numbers_in_range_are_taken_however_they_are_written(value):
    prompt = changed(split(), "low_sampler", noise_seed=0)
    assert report(changed(prompt, "high_sampler", noise_seed=value)) == []


@pytest.mark.parametrize(
    ("value", "severity"),
    [("false", "error"), ("true", "note"), (0, "note"), (2, "error"), (None, None)],
)
def test_text_for_a_truth_value_is_true_unless_it_is_empty(value, severity):
    webp = node(
        "SaveAnimatedWEBP",
        images=("load", 0),
        filename_prefix="x",
        fps=16.0,
        lossless=value,
        quality=80,
        method="default",
    )
    prompt = {"load": node("LoadImage", image="start.png"), "save": webp}
    shown = {(finding.code, finding.severity.value) for finding in found(prompt)}
    assert shown == {("WAN507", severity or "error")}


def test_a_null_on_an_optional_socket_is_the_same_as_nothing():
    text = '{"a": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}, "b": {"class_type": '
    text += '"ImageStitch", "inputs": {"image1": ["a", 0], "image2": null, "direction": "right", '
    text += '"match_image_size": true, "spacing_width": 0, "spacing_color": "white"}}, "c": '
    text += '{"class_type": "PreviewImage", "inputs": {"images": ["b", 0]}}}'
    assert report(text) == []


def test_a_null_on_a_required_socket_is_an_error():
    text = '{"a": {"class_type": "PreviewImage", "inputs": {"images": null}}}'
    assert codes(text) == {"WAN517"}


def test_a_choice_that_brings_inputs_is_checked_although_comfyui_does_not():
    assert "WAN505" in codes(changed(split(), "save", format="bogus"))
    assert "WAN505" in codes(changed(split(), "save", codec="vp9"))


def test_text_does_not_fit_a_choice_by_link():
    prompt = changed({**picture(), **LINKED}, "scale", upscale_method=("text", 0))
    assert "WAN503" in codes(prompt)


def test_a_linked_number_is_held_to_the_range_although_comfyui_does_not():
    prompt = {**split(), "count": node("PrimitiveInt", value=-5)}
    shown = found(changed(prompt, "high_sampler", steps=("count", 0)))
    assert ("WAN518", "warning") in {(line.code, line.severity.value) for line in shown}
    assert not any(line.is_error for line in shown)


def test_a_linked_seed_may_be_negative():
    """PyTorch takes it, and the server does not check it."""
    prompt = {**split(), "seed": node("PrimitiveInt", value=-697139676773375)}
    assert "WAN518" not in codes(changed(prompt, "high_sampler", noise_seed=("seed", 0)))


def test_a_node_that_only_hands_a_number_on_takes_any():
    prompt = {**split(), "seed": node("PrimitiveInt", value=612692066011835)}
    prompt["again"] = node("easy int", value=("seed", 0))
    assert "WAN518" not in codes(changed(prompt, "high_sampler", noise_seed=("again", 0)))


@pytest.mark.parametrize(("value", "severity"), [(16.0, "note"), (-1.0, "warning")])
def test_a_picture_may_be_scaled_beyond_the_field_of_the_editor(value, severity):
    prompt = {**picture(scale_by=("by", 0)), "by": node("PrimitiveFloat", value=value)}
    assert [(each.code, each.severity.value) for each in found(prompt)] == [("WAN518", severity)]


def test_a_computed_number_is_followed():
    expression = node(
        "ComfyMathExpression", expression="a * b - 100", **{"values.a": 5, "values.b": 16}
    )
    prompt = {**split(), "count": expression}
    assert "WAN518" in codes(changed(prompt, "high_sampler", steps=("count", 1)))


def test_a_file_name_is_not_held_to_a_list_that_is_not_known():
    assert report(changed(picture(), "load", image="folder/other.png [input]")) == []


def test_a_list_for_text_is_told_to_be_turned_into_text():
    start = conditioned()
    start["positive"]["inputs"]["text"] = {"__value__": ["a", "b"]}
    assert "WAN507" in codes(split(start=start))


def test_every_finding_stands_where_the_value_stands():
    (finding,) = found(changed(picture(), "scale", scale_by=9.5))
    assert finding.span is not None
    assert finding.span.text == "9.5"
    finding = found(changed(picture(), "scale", image=None))[-1]
    assert finding.span is not None
    assert finding.span.text == '"ImageScaleBy"'


@pytest.mark.parametrize(
    ("inputs", "fixed", "is_safe"),
    [
        ({"upscale_method": "lanczos3"}, '"lanczos"', False),
        ({"upscale_method": "Lanczos"}, '"lanczos"', True),
        ({"scale_by": "2"}, "2.0", True),
    ],
)
def test_a_fix_replaces_the_value(inputs, fixed, is_safe):
    (finding,) = found(changed(picture(), "scale", **inputs))
    assert finding.fix is not None
    assert finding.fix.safe is is_safe
    (edit,) = finding.fix.edits
    text = edit.span.source.text
    assert report(text[: edit.span.start] + edit.text + text[edit.span.end :]) == []
    assert edit.text == fixed


@pytest.mark.parametrize(
    "value", [{"__value__": ["a"]}, {"a": [1, {}]}, [], [["start"], 0], 10**400, -(10**400), 1e308]
)
def test_whatever_stands_in_an_input_is_judged(value):
    prompt = split()
    for name, one in prompt.items():
        for key in one["inputs"]:
            assert isinstance(found(changed(prompt, name, **{key: value})), list)
