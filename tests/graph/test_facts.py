"""What is known of a link without running, against what ComfyUI's nodes really make."""

from __future__ import annotations

from typing import Any

import pytest

from tests.prompts import changed, conditioned, graph_of, node, split
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable, derive
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Graph, Link, Node

CATALOGUE = open_catalogue("0.33.0")

CLIP = Facts(frames=81, fps=16.0, width=832, height=1216)
OTHER = Facts(frames=41, fps=16.0, width=640, height=480)
LATENT = Facts(frames=81, fps=16.0, width=832, height=1216, vae=Link("vae", 0))


def of(
    class_name: str, slot: int = 0, known: dict[str, Facts] | None = None, **inputs: Any
) -> Facts:
    """The facts of one output, where `known` are those of its linked inputs, by name."""
    links = {Link(name, 0): facts for name, facts in (known or {}).items()}
    linked = {name: Link(name, 0) for name in known or {}}
    made = Node("node", class_name, {**linked, **inputs})
    return derive(
        made, slot, CATALOGUE.get(class_name), lambda link: links.get(link, NOTHING_KNOWN)
    )


def shape(facts: Facts) -> tuple[int | None, float | None, int | None, int | None]:
    return facts.frames, facts.fps, facts.width, facts.height


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


T2V = "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors"
EMPTY = Facts(frames=81, width=832, height=480, empty=True)


@pytest.mark.parametrize(
    ("file", "fps"),
    [
        (T2V, 16.0),
        ("wan2.1_t2v_1.3B_fp16.safetensors", 16.0),
        ("wan2.2_ti2v_5B_fp16.safetensors", 24.0),
        ("hunyuan_video_t2v_720p_bf16.safetensors", None),
        ("Wan2_2-Animate-14B_fp8_e4m3fn_scaled_KJ.safetensors", None),
        ("mine.safetensors", None),
    ],
)
def test_an_empty_latent_gets_the_rate_of_the_model_that_samples_it(file, fps):
    model = of("UNETLoader", unet_name=file)
    assert model.model_fps == fps
    made = of("KSampler", 0, {"model": model, "latent_image": EMPTY})
    assert (made.fps, made.empty, made.frames) == (fps, fps is None, 81)


def test_a_latent_of_frames_keeps_their_rate_or_has_none():
    """Video to video: the model has nothing to say about the rate."""
    model = of("UNETLoader", unet_name=T2V)
    for fps in (30.0, None):
        frames = EMPTY._replace(fps=fps, empty=False)
        assert of("KSampler", 0, {"model": model, "latent_image": frames}).fps == fps


def _sampled(*changes: tuple[str, dict[str, Any]], **nodes: Any) -> float | None:
    """The rate of a decoded text-to-video clip, with other nodes and inputs."""
    prompt = {
        "loader": node("UNETLoader", unet_name=T2V, weight_dtype="default"),
        "lora": node("LoraLoaderModelOnly", model=("loader", 0), lora_name="a.safetensors"),
        "shift": node("ModelSamplingSD3", model=("lora", 0), shift=5.0),
        "latent": node("EmptyHunyuanLatentVideo", width=832, height=480, length=81, batch_size=1),
        "sampler": node("KSampler", model=("shift", 0), latent_image=("latent", 0)),
        "decode": node("VAEDecode", samples=("sampler", 0)),
        **nodes,
    }
    for name, inputs in changes:
        prompt = changed(prompt, name, **inputs)
    return FactTable(graph_of(prompt)).of(Link("decode", 0)).fps


def test_the_rate_of_a_model_goes_through_loras_patches_switches_and_guiders():
    assert _sampled() == 16.0
    odd = node("Some Patch (pack)", what=("shift", 0))
    assert _sampled(("sampler", {"model": ("odd", 0)}), odd=odd) == 16.0
    on = node("PrimitiveBoolean", value=True)
    switch = node("ComfySwitchNode", switch=("on", 0), on_false=("none", 0), on_true=("shift", 0))
    assert _sampled(("sampler", {"model": ("switch", 0)}), on=on, switch=switch) == 16.0
    guider = node("CFGGuider", model=("shift", 0), cfg=1.0)
    custom = node("SamplerCustomAdvanced", guider=("guider", 0), latent_image=("latent", 0))
    assert _sampled(guider=guider, sampler=custom) == 16.0
    moe = node(
        "WanMoeKSampler",
        model_high_noise=("shift", 0),
        model_low_noise=("loader", 0),
        latent_image=("latent", 0),
    )
    assert _sampled(sampler=moe) == 16.0


def test_of_models_of_two_rates_nothing_is_known():
    other = node("UNETLoader", unet_name="wan2.2_ti2v_5B_fp16.safetensors")
    merged = node("ModelMergeSimple", model1=("shift", 0), model2=("other", 0), ratio=0.5)
    assert _sampled(("sampler", {"model": ("merged", 0)}), other=other, merged=merged) is None


@pytest.mark.parametrize(
    ("step", "skipped", "frames"), [(1, 0, 81), (2, 0, 41), (2, 1, 40), (4, 80, 1), (2, 90, None)]
)
def test_of_every_nth_frame_the_number_is_known_and_the_rate_is_not(step, skipped, frames):
    inputs = {"select_every_nth": step, "skip_first_images": skipped}
    made = of("VHS_SelectEveryNthImage", 0, {"images": CLIP}, **inputs)
    assert shape(made) == (frames, None, 832, 1216)


@pytest.mark.parametrize(("amount", "frames"), [(0, 81), (20, 1), (21, None)])
def test_of_a_latent_that_is_cut_off_altogether_nothing_is_left(amount, frames):
    made = of("TrimVideoLatent", 0, {"samples": LATENT}, trim_amount=amount)
    assert made.frames == frames


def test_frames_that_are_chosen_one_by_one_have_no_known_number_and_rate():
    made = of("VHS_SelectImages", 0, {"image": CLIP}, indexes="0,0,4:9")
    assert shape(made) == (None, None, 832, 1216)


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


@pytest.mark.parametrize(
    ("expression", "slot", "value"),
    [
        ("floor(a * b + 1)", 1, 81),
        ("a * 16 + 1", 0, 81.0),
        ("max(a, 3) // 2", 1, 2),
        ("-a + b % 3", 1, -4),
        ("a ** 9999999", 1, None),
        ("a / 0", 1, None),
        ("missing + 1", 1, None),
        ("__import__('os')", 1, None),
        ("(" * 200, 1, None),
        ("1+" * 200 + "1", 1, None),
    ],
)
def test_expressions_are_worked_out(expression, slot, value):
    inputs = {"expression": expression, "values.a": 5.0, "values.b": 16.0}
    assert of("ComfyMathExpression", slot, **inputs).value == value


def test_a_switch_hands_on_the_side_that_it_chooses():
    known = {"on_true": CLIP, "on_false": OTHER}
    assert of("ComfySwitchNode", 0, known, switch=True) == CLIP
    assert of("ComfySwitchNode", 0, known, switch=False) == OTHER
    assert of("ComfySwitchNode", 0, {**known, "switch": Facts(value=True)}) == CLIP
    assert of("ComfySwitchNode", 0, {**known, "switch": Facts()}) == NOTHING_KNOWN
    assert of("ComfySwitchNode", 0, switch=True, on_true=4, on_false=20).value == 4


def test_sizes_are_values_where_a_node_gives_them():
    assert [of("GetImageSize", slot, {"image": CLIP}).value for slot in range(3)] == [832, 1216, 81]
    assert of("GetImageSizeAndCount", 3, {"image": CLIP}).value == 81
    assert of("WanCameraEmbedding", 3, width=832, height=480, length=81).value == 81


def test_what_is_stated_wins_over_what_is_worked_out():
    stated = Facts(frames=5, width=64)
    made = Node("a", "ImageScaleBy", {"image": Link("x", 0), "scale_by": 2.0}, stated=stated)
    facts = derive(made, 0, CATALOGUE.get("ImageScaleBy"), lambda link: CLIP)
    assert shape(facts) == (5, 16.0, 64, 2432)


def test_an_unknown_class_keeps_the_rate_where_its_inputs_agree():
    assert record_of("My VFI (custom)").facts is None
    assert shape(of("My VFI (custom)", 0, {"images": CLIP})) == (None, 16.0, None, None)
    different = {"one": CLIP, "other": Facts(fps=24.0)}
    assert of("My VFI (custom)", 0, different) == NOTHING_KNOWN


def test_a_class_without_facts_keeps_the_rate_of_frames_and_all_of_latents():
    assert shape(of("LTXVPreprocess", 0, {"image": CLIP})) == (None, 16.0, None, None)
    assert of("LatentMultiply", 0, {"samples": LATENT}) == LATENT
    assert of("CLIPTextEncode", 0) == NOTHING_KNOWN


def test_a_table_works_out_each_link_once_and_only_those_that_are_needed():
    graph = graph_of(split())
    table = FactTable(graph)
    assert table.of(Link("decode", 0)).frames == 81
    assert table.of(Link("decode", 0)) is table.of(Link("decode", 0))
    assert Link("positive", 0) not in table._known


def test_a_table_is_not_stopped_by_circles_and_links_to_nothing():
    graph = graph_of(changed(split(), "high_sampler", latent_image=("low_sampler", 0)))
    assert FactTable(graph).of(Link("decode", 0)) == NOTHING_KNOWN
    assert FactTable(graph).of(Link("lost", 0)) == NOTHING_KNOWN


def test_a_table_follows_a_long_chain_without_recursion():
    nodes = {"start": Node("start", "EmptyImage", {"width": 64, "height": 64, "batch_size": 9})}
    last = "start"
    for number in range(20_000):
        nodes[f"n{number}"] = Node(f"n{number}", "ImageInvert", {"image": Link(last, 0)})
        last = f"n{number}"
    assert FactTable(Graph("long", nodes, CATALOGUE)).of(Link(last, 0)).frames == 9


def test_facts_of_a_whole_prompt():
    prompt = split(start=conditioned(length=80))
    prompt["smooth"] = node("RIFE VFI", frames=("decode", 0), ckpt_name="rife49.pth", multiplier=2)
    facts = FactTable(graph_of(prompt)).of(Link("smooth", 0))
    assert shape(facts) == (153, 32.0, 832, 1216)


def test_clips_of_a_batch_are_decoded_one_behind_the_other():
    table = FactTable(graph_of(split(start=conditioned(batch_size=2))))
    latent = table.of(Link("low_sampler", 0))
    assert (latent.frames, latent.clips) == (81, 2)
    assert (table.of(Link("decode", 0)).frames, table.of(Link("decode", 0)).clips) == (162, 1)


def test_a_batch_of_a_size_that_is_not_known_has_frames_that_are_not():
    table = FactTable(graph_of(split(start=conditioned(batch_size=("clip", 0)))))
    assert table.of(Link("low_sampler", 0)).frames == 81
    assert table.of(Link("decode", 0)).frames is None


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


@pytest.mark.parametrize(
    ("mode", "rate"), [("active", 32.0), ("bypass", 16.0), ("mute", 32.0)], ids=str
)
def test_a_bypassed_node_changes_nothing_of_what_goes_through_it(mode, rate):
    nodes = {
        "video": Node("video", "LoadVideo", {"file": "clip.mp4"}),
        "parts": Node("parts", "GetVideoComponents", {"video": Link("video", 0)}),
        "made": Node("made", "CreateVideo", {"images": Link("parts", 0), "fps": 16.0}),
        "again": Node("again", "GetVideoComponents", {"video": Link("made", 0)}),
        "rife": Node(
            "rife",
            "RIFE VFI",
            {"frames": Link("again", 0), "multiplier": 2, "ckpt_name": "rife49.pth"},
            mode=mode,
        ),
    }
    assert FactTable(Graph("clip", nodes, CATALOGUE)).of(Link("rife", 0)).fps == rate


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
