"""What the records say of frames and pictures, against what ComfyUI's nodes really make."""

from __future__ import annotations

import pytest

from tests.comfyui.nodes.outputs import CLIP, OTHER, of, shape
from wan22dsl.graph.model import Facts


@pytest.mark.parametrize(
    ("step", "skipped", "frames"), [(1, 0, 81), (2, 0, 41), (2, 1, 40), (4, 80, 1), (2, 90, None)]
)
def test_of_every_nth_frame_the_number_is_known_and_the_rate_is_not(step, skipped, frames):
    inputs = {"select_every_nth": step, "skip_first_images": skipped}
    made = of("VHS_SelectEveryNthImage", 0, {"images": CLIP}, **inputs)
    assert shape(made) == (frames, None, 832, 1216)


def test_frames_that_are_chosen_one_by_one_have_no_known_number_and_rate():
    made = of("VHS_SelectImages", 0, {"image": CLIP}, indexes="0,0,4:9")
    assert shape(made) == (None, None, 832, 1216)


VFI = ["RIFE VFI", "FILM VFI", "AMT VFI", "GMFSS Fortuna VFI", "IFRNet VFI", "ATM VFI"]


@pytest.mark.parametrize("class_name", VFI)
def test_interpolation_makes_n_less_one_times_m_plus_one(class_name):
    facts = of(class_name, 0, {"frames": CLIP}, multiplier=2)
    assert shape(facts) == (161, 32.0, 832, 1216)


def test_interpolation_by_link_and_with_frames_left_out():
    assert of("FrameInterpolate", 0, {"images": CLIP}, multiplier=4).frames == 321
    assert of("RIFE VFI", 0, {"frames": CLIP, "multiplier": Facts(value=3)}).frames == 241
    known = {"frames": CLIP, "optional_interpolation_states": Facts()}
    facts = of("RIFE VFI", 0, known, multiplier=2)
    assert shape(facts) == (None, None, 832, 1216)
    assert of("RIFE VFI", 0, {"frames": Facts(frames=1)}, multiplier=2).frames == 1


@pytest.mark.parametrize(
    ("inputs", "frames"),
    [
        ({"batch_index": 80, "length": 1}, 1),
        ({"batch_index": 1, "length": 4096}, 80),
        ({"batch_index": 500, "length": 4096}, 1),
        ({"batch_index": -5, "length": 3}, 3),
        ({"batch_index": -2, "length": 30}, 2),
    ],
)
def test_a_stretch_of_a_clip_ends_where_the_clip_does(inputs, frames):
    assert of("ImageFromBatch", 0, {"image": CLIP}, **inputs).frames == frames


def test_a_stretch_of_an_unknown_clip_is_known_only_if_it_is_one_frame():
    unknown = {"image": Facts(fps=16.0)}
    assert of("ImageFromBatch", 0, unknown, batch_index=3, length=1).frames == 1
    assert of("ImageFromBatch", 0, unknown, batch_index=3, length=9).frames is None


def test_the_last_frames_of_a_batch():
    known = {"images": CLIP}
    assert of("GetImageRangeFromBatch", 0, known, start_index=-1, num_frames=5).frames == 5
    assert of("GetImageRangeFromBatch", 0, known, start_index=79, num_frames=5).frames == 2


def test_clips_one_after_the_other_have_the_size_of_the_first():
    assert shape(of("ImageBatch", 0, {"image1": CLIP, "image2": OTHER})) == (122, 16.0, 832, 1216)
    different = Facts(frames=41, fps=24.0)
    assert of("ImageBatch", 0, {"image1": CLIP, "image2": different}).fps is None
    assert of("ImageBatch", 0, {"image1": CLIP, "image2": Facts(frames=1)}).fps == 16.0


@pytest.mark.parametrize(
    ("inputs", "size"),
    [
        ({"direction": "right", "match_image_size": True, "spacing_width": 0}, (2453, 1216)),
        ({"direction": "down", "match_image_size": True, "spacing_width": 0}, (832, 1840)),
        ({"direction": "left", "match_image_size": False, "spacing_width": 3}, (1476, 1216)),
    ],
)
def test_clips_side_by_side_are_as_long_as_the_longer_one(inputs, size):
    facts = of("ImageStitch", 0, {"image1": CLIP, "image2": OTHER}, **inputs)
    assert (facts.frames, facts.fps, (facts.width, facts.height)) == (81, 16.0, size)


def test_one_picture_beside_nothing_is_itself():
    assert of("ImageStitch", 0, {"image1": CLIP}, direction="right") == CLIP


@pytest.mark.parametrize(
    ("class_name", "inputs", "size"),
    [
        ("ImageScaleBy", {"scale_by": 1.5}, (1248, 1824)),
        ("ImageScaleBy", {"scale_by": 0.51}, (424, 620)),
        ("ImageScale", {"width": 640, "height": 640}, (640, 640)),
        ("ImageScale", {"width": 0, "height": 0}, (832, 1216)),
        ("ImageScale", {"width": 640, "height": 0}, (640, 935)),
        ("ImageScale", {"width": 0, "height": 640}, (438, 640)),
        ("ImageCrop", {"width": 600, "height": 600, "x": 300, "y": 0}, (532, 600)),
        ("ImageCrop", {"width": 600, "height": 600, "x": 2000, "y": 1216}, (1, 1)),
    ],
)
def test_frames_are_resized_as_comfyui_rounds(class_name, inputs, size):
    facts = of(class_name, 0, {"image": CLIP}, **inputs)
    assert (facts.frames, facts.width, facts.height) == (81, *size)


@pytest.mark.parametrize(
    ("name", "frames"), [("a.png", 1), ("a.jpg [input]", 1), ("a.webp", None), ("a.gif", None)]
)
def test_a_picture_is_one_frame_unless_it_may_be_animated(name, frames):
    assert of("LoadImage", 0, image=name).frames == frames


def test_a_video_has_the_rate_that_is_written_and_its_parts_have_it_again():
    video = of("CreateVideo", 0, {"images": CLIP}, fps=32.0)
    assert shape(video) == (81, 32.0, 832, 1216)
    assert of("GetVideoComponents", 0, {"video": video}) == video
    assert of("GetVideoComponents", 2, {"video": video}).value == 32.0
    assert of("VHS_LoadVideo", 0, force_rate=16.0).fps == 16.0
    assert of("VHS_LoadVideo", 0, force_rate=0.0).fps is None


def test_models_that_look_at_four_frames_leave_the_ends_as_they_are():
    for class_name in ("STMFNet VFI", "FLAVR VFI"):
        plain = of(class_name, 0, {"frames": CLIP}, duplicate_first_last_frames=False)
        assert shape(plain) == (159, 32.0, 832, 1216)
        doubled = of(class_name, 0, {"frames": CLIP}, duplicate_first_last_frames=True)
        assert doubled.frames == 161
        assert of(class_name, 0, {"frames": Facts(frames=3)}).frames is None  # the node raises


@pytest.mark.parametrize(
    ("class_name", "inputs", "size"),
    [
        ("ImageScaleToTotalPixels", {"megapixels": 0.5, "resolution_steps": 1}, (599, 875)),
        ("ImageScaleToTotalPixels", {"megapixels": 0.5, "resolution_steps": 16}, (592, 880)),
        ("ImageScaleToMaxDimension", {"largest_size": 480}, (328, 480)),
        ("ResizeAndPadImage", {"target_width": 640, "target_height": 480}, (640, 480)),
        ("ImagePadForOutpaint", {"left": 1, "top": 2, "right": 3, "bottom": 4}, (836, 1222)),
    ],
)
def test_a_resized_picture_has_the_size_that_the_node_works_out(class_name, inputs, size):
    facts = of(class_name, 0, {"image": CLIP}, **inputs)
    assert (facts.width, facts.height) == size
    assert (facts.frames, facts.fps) == (81, 16.0)


@pytest.mark.parametrize(
    ("how", "inputs", "size"),
    [
        ("stretch", {"width": 641, "height": 481}, (640, 480)),
        ("crop", {"width": 0, "height": 481}, (832, 480)),
        ("resize", {"width": 640, "height": 480}, (328, 480)),
        ("resize", {"width": 0, "height": 481}, (328, 480)),
        ("total_pixels", {"width": 640, "height": 480}, (458, 670)),
        ("pad", {"width": 640, "height": 480}, (640, 480)),
        ("pad", {"width": 640, "height": 0}, (None, None)),
    ],
)
def test_kijais_resize_goes_down_to_what_divides(how, inputs, size):
    inputs = {**inputs, "keep_proportion": how, "divisible_by": 2}
    facts = of("ImageResizeKJv2", 0, {"image": CLIP}, **inputs)
    assert (facts.width, facts.height) == size
    assert of("ImageResizeKJv2", 1, {"image": CLIP}, **inputs).value == size[0]


def test_frames_are_counted_through_video_helper_suite():
    every = {"select_every_nth": 4, "skip_first_images": 2}
    assert shape(of("VHS_SelectEveryNthImage", 0, {"images": CLIP}, **every)) == (
        20,
        None,
        832,
        1216,
    )
    assert of("VHS_SelectEveryNthImage", 1, {"images": CLIP}, **every).value == 20
    parts = [of("VHS_SplitImages", slot, {"images": CLIP}, split_index=-1) for slot in range(4)]
    assert [parts[0].frames, parts[1].value, parts[2].frames, parts[3].value] == [80, 80, 1, 1]
    both = {"images_A": CLIP, "images_B": OTHER}
    larger = of("VHS_MergeImages", 0, both, merge_strategy="match larger")
    smaller = of("VHS_MergeImages", 0, both, merge_strategy="match smaller")
    assert shape(larger) == (122, 16.0, 832, 1216)
    assert shape(smaller) == (122, 16.0, 640, 480)


@pytest.mark.parametrize(("slot", "frames"), [(0, 81), (1, 5), (2, 157)])
def test_a_clip_is_extended_by_another_one_that_overlaps_it(slot, frames):
    new = Facts(frames=81, fps=16.0)
    links = {"source_images": CLIP, "new_images": new}
    made = of("ImageBatchExtendWithOverlap", slot, links, overlap=5)
    assert shape(made) == (frames, 16.0, 832, 1216)


def test_a_clip_of_unknown_length_that_is_extended_keeps_its_rate():
    links = {"source_images": CLIP._replace(frames=None), "new_images": Facts(frames=81)}
    made = of("ImageBatchExtendWithOverlap", 2, links, overlap=5)
    assert shape(made) == (None, 16.0, 832, 1216)


def test_the_latent_of_svi_has_the_size_of_its_picture_and_a_length_of_its_own():
    anchor = {"anchor_samples": Facts(frames=1, width=832, height=480)}
    made = of("WanImageToVideoSVIPro", 2, anchor, length=80)
    assert shape(made) == (77, None, 832, 480)
    assert made.empty
