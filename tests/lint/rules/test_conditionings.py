"""What is wrong with a conditioning is reported for every class that it is wrong for, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.prompts import (
    HIGH,
    LOW,
    T2V_HIGH,
    T2V_LOW,
    TWENTY_STEPS,
    Prompt,
    codes,
    conditioned,
    node,
    split,
)
from wan22dsl.comfyui.nodes import records

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.record import Conditioning, NodeRecord

#: The next chunk of sound takes its size over from the one before.
CLASSES = {
    record.class_name: (record, record.conditioning)
    for record in records()
    if record.conditioning is not None and record.class_name != "WanSoundImageToVideoExtend"
}


def pairs(field: str) -> list[tuple[str, str]]:
    """The classes with each of the inputs that this field of their records names."""
    return [
        (class_name, name)
        for class_name, (_, conditioning) in CLASSES.items()
        for name in getattr(conditioning, field)
    ]


def given(class_name: str, frames: Prompt, *names: str) -> Prompt:
    """A conditioning with these frames for these inputs and for no other."""
    start = conditioned(class_name, **dict.fromkeys(names, ("load", 0)))
    if "start_image" not in names:
        del start["start"]["inputs"]["start_image"]
    start["load"] = frames
    start["saved"] = node("PreviewAny", source=("start", 0))
    return start


def clip(frames: int, width: int = 832, height: int = 1216) -> Prompt:
    return node("EmptyImage", width=width, height=height, batch_size=frames, color=0)


@pytest.mark.parametrize(("class_name", "name"), pairs("cropped"))
def test_a_picture_that_a_class_crops_is_reported(class_name: str, name: str) -> None:
    assert "WAN808" in codes(given(class_name, clip(1, 1024, 512), name))
    assert "WAN808" not in codes(given(class_name, clip(1), name))


@pytest.mark.parametrize(("class_name", "name"), pairs("laid_over"))
def test_a_clip_of_another_length_is_reported(class_name: str, name: str) -> None:
    assert "WAN807" in codes(given(class_name, clip(49), name))
    assert "WAN807" not in codes(given(class_name, clip(81), name))


def has_start_image(record: NodeRecord, conditioning: Conditioning) -> bool:
    return "start_image" in (*conditioning.encodes, *conditioning.cropped)


STARTS = [name for name, each in CLASSES.items() if has_start_image(*each)]


@pytest.mark.parametrize("class_name", STARTS)
def test_a_whole_video_is_reported_where_all_its_frames_are_kept(class_name: str) -> None:
    start = given(class_name, node("GetVideoComponents", video=("file", 0)), "start_image")
    start["file"] = node("LoadVideo", file="dance.mp4")
    _, conditioning = CLASSES[class_name]
    assert ("WAN820" in codes(start)) == ("start_image" in conditioning.laid_over)


#: What the name of a model of a family has in place of `i2v`.
NAMES = {
    "i2v_14b": "i2v",
    "fun_control_14b": "fun_control",
    "fun_camera_14b": "fun_camera",
    "s2v_14b": "s2v",
}


@pytest.mark.parametrize(
    "class_name", [name for name, (_, conditioning) in CLASSES.items() if conditioning.needs]
)
def test_a_conditioning_without_what_its_model_goes_by_is_reported(class_name: str) -> None:
    _, conditioning = CLASSES[class_name]
    models = tuple(name.replace("i2v", NAMES[conditioning.families[0]]) for name in (HIGH, LOW))
    without = given(class_name, clip(81))
    assert "WAN652" in codes(split((models[0], models[1]), (None, None), start=without))
    for name in conditioning.needs:
        start = given(class_name, clip(81), name)
        assert "WAN652" not in codes(split((models[0], models[1]), (None, None), start=start))


@pytest.mark.parametrize(
    "class_name",
    [
        name
        for name, (record, conditioning) in CLASSES.items()
        if conditioning.families
        and record.role == "conditioning"
        and "t2v_14b" not in conditioning.families
    ],
)
def test_a_conditioning_for_another_model_is_reported(class_name: str) -> None:
    _, conditioning = CLASSES[class_name]
    start = given(class_name, clip(81), *conditioning.encodes)
    assert "WAN607" in codes(split((T2V_HIGH, T2V_LOW), (None, None), **TWENTY_STEPS, start=start))


@pytest.mark.parametrize(
    "class_name", [name for name, (_, conditioning) in CLASSES.items() if not conditioning.families]
)
def test_a_conditioning_that_is_for_unknown_models_is_not_accused(class_name: str) -> None:
    start = given(class_name, clip(81))
    for models in ((T2V_HIGH, T2V_LOW), (HIGH, LOW)):
        found = codes(split(models, (None, None), **TWENTY_STEPS, start=start))
        assert "WAN607" not in found
