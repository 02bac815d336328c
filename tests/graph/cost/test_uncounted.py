"""No total where the cost of a part is not known; and what is missing is named, with what helps."""

from __future__ import annotations

import json
import re

import pytest

from tests.prompts import changed, graph_of, node, split
from wan22dsl.graph.analysis import analyse
from wan22dsl.graph.cost.cards import CARDS
from wan22dsl.graph.cost.estimate import estimate

CARD = CARDS["RTX 4090"]


def with_custom(**inputs):
    """Two passes, and a custom node between the decode and the video."""
    prompt = split()
    prompt["up"] = node("MyFancyUpscaler", images=("decode", 0), **inputs)
    return changed(prompt, "video", images=("up", 0))


def unknown_model():
    prompt = split()
    for name in ("high_model", "low_model"):
        prompt = changed(prompt, name, unet_name="mystery.safetensors")
    return prompt


def unknown_size():
    prompt = split()
    prompt["width"] = node("MyWidth")
    return changed(prompt, "start", width=("width", 0))


def unknown_steps():
    prompt = split()
    prompt["steps"] = node("MySteps")
    return changed(prompt, "low_sampler", end_at_step=("steps", 0), start_at_step=("steps", 0))


@pytest.mark.parametrize(
    ("prompt", "names", "reason"),
    [
        (unknown_model(), {"high_sampler", "low_sampler"}, "the model is not known"),
        (unknown_steps(), {"low_sampler"}, "the number of steps is not known"),
        (with_custom(), {"up"}, "no cost is known for MyFancyUpscaler"),
    ],
)
def test_there_is_no_total_where_a_part_is_not_known(prompt, names, reason):
    found = estimate(graph_of(prompt), CARD)
    assert (found.seconds, found.plus_minus_s, found.peak_bytes) == (None, None, None)
    assert {each.id for each in found.uncounted} >= names
    assert {each.reason for each in found.uncounted} == {reason}
    assert all(each.help for each in found.uncounted)


def test_frames_of_unknown_size_leave_everything_uncounted_that_works_on_them():
    found = estimate(graph_of(unknown_size()), CARD)
    assert found.seconds is None
    assert {"high_sampler", "low_sampler", "decode", "start"} <= {
        each.id for each in found.uncounted
    }


def test_a_custom_node_that_only_makes_a_number_costs_nothing():
    prompt = split()
    prompt["seed"] = node("MySeed")
    prompt = changed(prompt, "high_sampler", noise_seed=("seed", 0))
    found = estimate(graph_of(prompt), CARD)
    assert found.uncounted == () and found.seconds is not None


def test_a_pass_that_does_not_fit_has_no_time():
    found = estimate(graph_of(split()), CARDS["RTX 3060"])
    assert found.seconds is None and found.uncounted == ()


def test_a_file_whose_name_does_not_tell_its_precision_has_no_peak():
    prompt = changed(split(), "high_model", unet_name="wan2.2_i2v_high_noise_14B_mine.safetensors")
    found = estimate(graph_of(prompt), CARD)
    assert found.seconds is not None and found.peak_bytes is None and found.cold_s is None


def test_without_a_card_there_is_no_total_of_work_either():
    cost = analyse(graph_of(unknown_model())).cost
    assert (cost.flop, cost.resident_bytes, cost.least_bytes) == (None, None, None)
    assert cost.unknown == ("high_sampler", "low_sampler")


@pytest.mark.parametrize("words", [(), ("--card", "4090"), ("--card", "4090", "--card", "h100")])
def test_the_reasons_are_described(wan, words):
    wan.write("a.json", json.dumps(with_custom()))
    shown = " ".join(wan("describe", "a.json", *words).stdout.split())
    assert "No total, because a part has no estimate:" in shown
    assert "no cost is known for MyFancyUpscaler. Run it once on a real server" in shown
    assert "Total " not in shown and "Peak 0" not in shown and "PFLOP." not in shown
    reported = json.loads(wan("describe", "a.json", *words, "-f", "json").stdout)
    cost = reported["pipelines"][0]["cost"]
    assert cost["seconds"] is None and cost["uncounted"][0]["id"] == "up"


def test_cards_stand_side_by_side(wan):
    wan.write("a.json", json.dumps(split()))
    words = [word for name in ("3060", "4090", "RTX 4090", "H100") for word in ("--card", name)]
    done = wan("describe", "a.json", *words)
    lines = done.stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if "Cost on 3 cards" in line)
    rows = [line.split("  ")[1] for line in lines[at + 2 : at + 5]]
    assert rows == ["RTX 3060", "RTX 4090", "H100"]
    below = [line.strip() for line in lines[at + 5 :]]
    assert "RTX 3060 has too little memory." in below
    assert any(
        re.fullmatch(r"RTX 4090 streams .* of weights in every step\.", each) for each in below
    )
    reported = json.loads(wan("describe", "a.json", *words, "-f", "json").stdout)["pipelines"][0]
    assert [card["card"] for card in reported["cards"]] == ["RTX 3060", "RTX 4090", "H100"]
    assert reported["cost"] == reported["cards"][0]


def test_help_points_to_the_whole_list(wan):
    for command in ("describe", "run", "serve"):
        assert "`--card list`" in " ".join(wan(command, "--help").stdout.split())


@pytest.mark.parametrize("slot", [-1, 99])
def test_a_link_to_an_output_that_is_not_there_counts_as_unknown(slot):
    prompt = with_custom()
    prompt["plain"] = node("MyPlain", value=("save", slot))
    prompt = changed(prompt, "up", more=("plain", slot))
    assert estimate(graph_of(prompt), CARD).uncounted


def with_encode(frames):
    """Two passes, and the frames of one more file that are encoded, and kept as a latent."""
    prompt = split()
    prompt["encode"] = node("VAEEncode", pixels=(frames, 0), vae=("vae", 0))
    prompt["latent"] = node("SaveLatent", samples=("encode", 0), filename_prefix="demo")
    return prompt


def test_frames_that_are_encoded_are_counted_or_named():
    known = estimate(graph_of(with_encode("decode")), CARD)
    assert "encode the frames" in {work.what for work in known.work}
    assert known.seconds is not None
    prompt = with_encode("other")
    prompt["other"] = node("LoadImage", image="other.webp")
    found = estimate(graph_of(prompt), CARD)
    assert [(each.id, each.reason) for each in found.uncounted] == [
        ("encode", "the number of frames is not known")
    ]


@pytest.mark.parametrize(
    "class_name", ["VAEEncodeTiled", "VHS_VAEEncodeBatched", "VAEDecodeLoopKJ", "DWPreprocessor"]
)
def test_a_class_that_works_on_every_frame_without_a_formula_is_named(class_name):
    prompt = split()
    links = {"pixels": ("decode", 0), "image": ("decode", 0), "samples": ("low_sampler", 0)}
    prompt["extra"] = node(class_name, vae=("vae", 0), **links)
    found = estimate(graph_of(prompt), CARD)
    assert [(each.id, each.reason) for each in found.uncounted] == [
        ("extra", f"no cost is known for {class_name}")
    ]


def test_a_class_is_no_interpolator_because_of_its_name():
    prompt = split()
    prompt["up"] = node("My VFI", frames=("decode", 0))
    found = estimate(graph_of(changed(prompt, "video", images=("up", 0))), CARD)
    assert [each.id for each in found.uncounted] == ["up"]
    assert "interpolate" not in {work.what for work in found.work}


WITHOUT_SIZE = """\
wan 1
use wrapper

pipeline clip {
    prompt = "She smiles"
    let low = wrapper.model("wan2.2_t2v_low_noise_14B.gguf")
    let source = VHS_LoadVideo(video = "a.mp4")
    image_embeds = WanVideoEmptyEmbeds(width = MyWidth()[0], height = 480, num_frames = MyLength()[0])
    text_embeds  = wrapper.encode
    vae          = wrapper.vae_2_1
    text_encoder = wrapper.umt5
    flow = source.IMAGE
        -> wrapper.encode_frames
        -> wrapper.sample(low, steps = 6, start_step = 3)
        -> wrapper.decode
        -> combine("clip", fps = 16fps)
}
"""


def test_a_table_of_costs_without_rows_is_left_out(wan):
    wan.write("a.wan", WITHOUT_SIZE)
    shown = wan("describe", "a.wan", "--card", "RTX 4090").stdout
    assert "No total" in shown and "a step" not in shown


def test_frames_of_a_video_are_called_a_video(wan):
    wan.write("a.wan", WITHOUT_SIZE)
    assert "a.mp4 (video)" in wan("describe", "a.wan").stdout


def test_nothing_is_told_of_files_whose_reading_is_not_counted(wan):
    sizes = "width = 832, height = 480, num_frames = 81"
    text = WITHOUT_SIZE.replace(
        "width = MyWidth()[0], height = 480, num_frames = MyLength()[0]", sizes
    )
    text = text.replace("source.IMAGE\n        -> wrapper.encode_frames\n        -> ", "")
    wan.write("a.wan", text)
    shown = wan("describe", "a.wan", "--card", "RTX 4090").stdout
    assert "Total " in shown and "plus 0.0 s" not in shown
