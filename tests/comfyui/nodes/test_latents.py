"""What the records say of latents, against what ComfyUI's nodes really make."""

from __future__ import annotations

import pytest

from tests.comfyui.nodes.outputs import CLIP, LATENT, of, shape
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link


@pytest.mark.parametrize(
    ("class_name", "slot", "expected"),
    [
        ("WanImageToVideo", 2, (77, 16.0, 832, 1216)),
        ("WanFirstLastFrameToVideo", 2, (77, 16.0, 832, 1216)),
        ("Wan22FunControlToVideo", 2, (77, 16.0, 832, 1216)),
        ("WanSoundImageToVideo", 2, (77, 16.0, 832, 1216)),
        ("WanVaceToVideo", 2, (77, 16.0, 832, 1216)),
        ("WanPhantomSubjectToVideo", 3, (77, None, 832, 1216)),
        ("EmptyHunyuanLatentVideo", 0, (77, None, 832, 1216)),
        ("Wan22ImageToVideoLatent", 0, (77, 24.0, 832, 1216)),
        ("WanAnimateToVideo", 2, (81, None, 832, 1216)),
        ("WanAnimate2ToVideo", 2, (None, None, 832, 1216)),
        ("WanSCAILToVideo", 2, (77, None, 832, 1216)),
        ("WanDancerVideo", 2, (77, None, 832, 1216)),
    ],
)
def test_a_latent_has_the_frames_and_size_that_are_really_made(class_name, slot, expected):
    inputs = {"width": 833, "height": 1217, "length": 80, "batch_size": 1}
    assert shape(of(class_name, slot, **inputs)) == expected
    other = {"Wan22ImageToVideoLatent": 0, "EmptyHunyuanLatentVideo": 0}.get(class_name, 1)
    assert other == slot or of(class_name, other, **inputs) == NOTHING_KNOWN


@pytest.mark.parametrize(("amount", "frames"), [(0, 81), (20, 1), (21, None)])
def test_of_a_latent_that_is_cut_off_altogether_nothing_is_left(amount, frames):
    made = of("TrimVideoLatent", 0, {"samples": LATENT}, trim_amount=amount)
    assert made.frames == frames


def test_the_latent_belongs_to_the_vae_that_it_was_made_with():
    inputs = {"width": 832, "height": 480, "length": 81}
    assert of("WanImageToVideo", 2, {"vae": Facts()}, **inputs).vae == Link("vae", 0)


def test_animate_says_how_much_to_cut_off_and_the_rest_is_the_clip():
    inputs = {"width": 640, "height": 640, "length": 77, "video_frame_offset": 0}
    still = {"reference_image": Facts(frames=1)}
    latent = of("WanAnimateToVideo", 2, still, **inputs)
    cut = of("WanAnimateToVideo", 3, still, **inputs)
    assert (latent.frames, cut.value) == (81, 1)
    known = {"samples": latent, "trim_amount": cut}
    assert of("TrimVideoLatent", 0, known).frames == 77
    assert of("WanAnimateToVideo", 4, still, **inputs).value == 0
    assert of("WanAnimateToVideo", 5, still, **inputs).value == 77


def test_the_second_animate_puts_one_picture_in_front_and_the_rest_is_the_clip():
    inputs = {"width": 640, "height": 640, "length": 77}
    still = {"reference_image": Facts(frames=1)}
    latent = of("WanAnimate2ToVideo", 2, still, **inputs)
    cut = of("WanAnimate2ToVideo", 3, still, **inputs)
    assert (latent.frames, cut.value) == (81, 1)
    known = {"samples": latent, "trim_amount": cut}
    assert of("TrimVideoLatent", 0, known).frames == 77
    assert of("WanAnimate2ToVideo", 3, **inputs).value is None


def test_the_next_chunk_of_scail_begins_where_the_first_one_ends():
    inputs = {"width": 512, "height": 896, "length": 81, "video_frame_offset": 0}
    assert of("WanSCAILToVideo", 3, **inputs).value == 81
    assert of("WanSCAILToVideo", 3, {"previous_frames": Facts(frames=81)}, **inputs).value is None


def test_vace_puts_one_reference_in_front():
    inputs = {"width": 832, "height": 480, "length": 81}
    assert of("WanVaceToVideo", 2, {"reference_image": Facts(frames=1)}, **inputs).frames == 85
    assert of("WanVaceToVideo", 3, {"reference_image": Facts(frames=1)}, **inputs).value == 1
    assert of("WanVaceToVideo", 3, **inputs).value == 0


@pytest.mark.parametrize("class_name", ["KSampler", "KSamplerAdvanced", "SamplerCustomAdvanced"])
def test_a_sampler_keeps_the_shape_of_its_latent(class_name):
    assert of(class_name, 0, {"latent_image": LATENT}) == LATENT


def test_decoding_keeps_the_shape_and_encoding_drops_what_is_over():
    assert of("VAEDecodeTiled", 0, {"samples": LATENT}) == CLIP
    frames = Facts(frames=80, fps=16.0, width=833, height=480)
    assert shape(of("VAEEncode", 0, {"pixels": frames})) == (77, 16.0, 832, 480)


@pytest.mark.parametrize(
    ("class_name", "inputs", "expected"),
    [
        ("LatentUpscale", {"width": 650, "height": 32}, (81, 648, 64)),
        ("LatentUpscale", {"width": 32, "height": 650}, (81, 64, 648)),
        ("LatentUpscale", {"width": 0, "height": 0}, (81, 832, 1216)),
        ("LatentUpscale", {"width": 640, "height": 0}, (81, None, None)),
        ("LatentUpscaleBy", {"scale_by": 1.5}, (81, 1248, 1824)),
        ("LatentCut", {"dim": "t", "index": 0, "amount": 5}, (17, 832, 1216)),
        ("LatentCut", {"dim": "t", "index": -3, "amount": 5}, (9, 832, 1216)),
        ("LatentCut", {"dim": "t", "index": -30, "amount": 50}, (81, 832, 1216)),
        ("LatentCut", {"dim": "t", "index": 30, "amount": 50}, (1, 832, 1216)),
        ("TrimVideoLatent", {"trim_amount": 2}, (73, 832, 1216)),
    ],
)
def test_latents_are_cut_and_resized(class_name, inputs, expected):
    facts = of(class_name, 0, {"samples": LATENT}, **inputs)
    assert (facts.frames, facts.width, facts.height) == expected
    assert facts.vae == LATENT.vae


def test_two_latents_in_a_row_decode_to_three_frames_more_than_the_two_alone():
    known = {"samples1": Facts(frames=77, fps=16.0), "samples2": Facts(frames=77, fps=16.0)}
    assert of("LatentConcat", 0, known, dim="t").frames == 157
    wide = {"samples1": Facts(frames=77, width=64), "samples2": Facts(frames=77, width=32)}
    assert of("LatentConcat", 0, wide, dim="x").width == 96


@pytest.mark.parametrize(
    ("class_name", "inputs", "clips"),
    [
        ("RepeatLatentBatch", {"amount": 3}, 6),
        ("LatentFromBatch", {"batch_index": 1, "length": 4}, 1),
        ("LatentFromBatch", {"batch_index": 0, "length": 2}, 2),
        ("LatentFromBatch", {"batch_index": 9, "length": 2}, 1),
    ],
)
def test_nodes_that_change_the_number_of_clips(class_name, inputs, clips):
    two = LATENT._replace(clips=2)
    assert of(class_name, known={"samples": two}, **inputs) == LATENT._replace(clips=clips)


def test_batches_that_are_joined_have_the_clips_of_both():
    known = {"samples1": LATENT._replace(clips=2), "samples2": LATENT}
    assert of("LatentBatch", known=known).clips == 3


@pytest.mark.parametrize("class_name", ["EmptyLatentImage", "EmptySD3LatentImage"])
def test_the_latent_of_a_picture_has_one_frame(class_name):
    made = of(class_name, 0, width=720, height=1280, batch_size=3)
    assert (shape(made), made.clips) == ((1, None, 720, 1280), 3)
