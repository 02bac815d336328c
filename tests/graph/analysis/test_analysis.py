"""The analysis of a graph says what the graph says."""

from __future__ import annotations

import pytest

from tests.checked import examples
from tests.conftest import ROOT
from tests.prompts import conditioned, graph_of, node, split
from wan22dsl.graph.analysis import analyse, passes
from wan22dsl.graph.cost.cards import CARDS, card_named
from wan22dsl.graph.cost.estimate import estimate
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes.recognition import recognise

EXAMPLES = sorted((ROOT / "examples").glob("*.wan"))
GRAPHS = {f"{file.stem}-{name}": checked.graph for file, name, checked in examples()}
EVERY = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)


@EVERY
def test_every_pass_is_in_one_clip_and_in_one_schedule(graph):
    real = sorted(each.id for each in recognise(active(graph), FactTable(active(graph))))
    clips = analyse(graph).clips
    assert sorted(pass_.id for clip in clips for pass_ in clip.passes) == real
    shared = [id for clip in clips for schedule in clip.schedules for id in schedule.passes]
    assert sorted(shared) == real


@EVERY
def test_passes_are_as_the_graph_has_them(graph):
    real = {each.id: each for each in recognise(active(graph), FactTable(active(graph)))}
    for clip in analyse(graph).clips:
        for pass_ in clip.passes:
            same = real[pass_.id]
            assert pass_.sigmas == same.sigmas
            assert (pass_.noise, pass_.before, pass_.handoff) == (
                same.noise,
                same.before,
                same.handoff,
            )
            assert (pass_.frames, pass_.width_px) == (same.latent.frames, same.latent.width)
            assert [lora.file for lora in pass_.loras] == [lora.file for lora in same.loras]


@EVERY
def test_what_is_saved_has_the_facts_of_its_link(graph):
    facts = FactTable(active(graph))
    for output in analyse(graph).outputs:
        node = active(graph).nodes[output.node]
        known = [facts.of(link) for _, link in node.links()]
        assert (output.frames, output.width_px, output.height_px) in [
            (each.frames, each.width, each.height) for each in known
        ]
        if output.duration_s is not None:
            assert output.duration_s == pytest.approx(output.frames / output.fps)


@EVERY
@pytest.mark.parametrize("card", ["RTX 4090", "H200"])
def test_the_cost_is_the_estimate(graph, card):
    reported, real = analyse(graph, CARDS[card]).cost, estimate(graph, CARDS[card])
    assert reported.seconds == pytest.approx(real.seconds)
    assert (reported.peak_bytes, reported.cold_s) == (real.peak_bytes, real.cold_s)
    assert {pass_.pass_id: pass_.fit for pass_ in reported.passes} == {
        pass_.pass_.id: pass_.fit for pass_ in real.passes
    }


@EVERY
def test_without_a_card_nothing_depends_on_one(graph):
    alone = analyse(graph).cost
    assert (alone.card, alone.seconds, alone.peak_bytes) == (None, None, None)
    on_card = analyse(graph, card_named("3060")).cost
    assert (alone.flop, alone.resident_bytes) == (on_card.flop, on_card.resident_bytes)
    assert all(pass_.seconds is None and pass_.fit is None for pass_ in alone.passes)


KINDS = {
    "portrait-portrait": ("image_to_video", "split", ("high", "low")),
    "t2v-lighthouse": ("text_to_video", "split", ("high", "low")),
    "first_last_frame-between": ("first_last_frame", "split", ("high", "low")),
    "fun_control-dance": ("control_video", "split", ("high", "low")),
    "vace-puppet": ("vace", "split", ("high", "low")),
    "ti2v_5b-station": ("text_to_video", "single", (None,)),
    "ti2v_5b-station_from_image": ("image_to_video", "single", (None,)),
    "guide_two_passes-low_first": ("image_to_video", "refine", ("low", "high")),
    "long_video-polished": ("image_to_video", "split_and_refine", ("high", "high", "low", "low")),
    "moe_sampler-moe_portrait": ("image_to_video", "split", ("high", "low")),
}


@pytest.mark.parametrize(("name", "reported"), KINDS.items(), ids=KINDS)
def test_what_it_is(name, reported):
    (clip,) = analyse(GRAPHS[name]).clips
    assert (clip.kind, clip.manner, clip.order) == reported


def test_clips_that_follow_each_other_are_told_apart():
    clips = analyse(GRAPHS["long_video-film_of_three"]).clips
    assert [clip.name for clip in clips] == ["shot_1", "shot_2", "shot_3"]
    assert [clip.inputs[0].from_pass for clip in clips] == [
        None,
        "shot_1.low.sampler",
        "shot_2.low.sampler",
    ]


def test_interpolation_keeps_the_duration():
    (saved,) = analyse(GRAPHS["portrait-portrait"]).outputs
    assert (saved.frames, saved.fps, round(saved.duration_s, 2)) == (161, 32.0, 5.03)
    rife = next(step for step in saved.steps if step.times is not None)
    assert (rife.name, rife.times, rife.frames, rife.fps) == ("rife", 2, 161, 32)


@pytest.mark.parametrize(
    ("shifts", "factor", "cause"),
    [((5.0, 5.0), 1.0, None), ((5.0, 6.0), 5 / 6, "shift"), ((8.0, 5.0), 1.6, "shift")],
)
def test_a_hand_over_tells_how_much_noise_there_is(shifts, factor, cause):
    (clip,) = analyse(graph_of(split(shifts=shifts))).clips
    (over,) = clip.schedules[0].hand_overs
    assert (over.factor, over.cause) == (pytest.approx(factor), cause)
    assert (over.end_step, over.start_step, over.boundary_step) == (2, 2, 2)


def test_texts_are_those_of_the_prompt_and_of_the_negative_prompt():
    prompt = split()
    prompt["negative"]["inputs"]["text"] = "blurry"
    (clip,) = analyse(graph_of(prompt)).clips
    assert (clip.prompt, clip.negative) == ("She smiles", "blurry")


def test_what_is_muted_is_listed_and_is_no_pass():
    graph = graph_of(split())
    low = graph.nodes["low_sampler"]
    muted = graph.with_nodes({**graph.nodes, low.id: low.changed(mode="mute")})
    reported = analyse(muted)
    assert [pass_.id for clip in reported.clips for pass_ in clip.passes] == ["high_sampler"]
    assert [(each.node, each.mode) for each in reported.left_out] == [("low_sampler", "mute")]


def test_a_circle_has_no_passes():
    graph = graph_of(split())
    high = graph.nodes["high_sampler"]
    inputs = {**high.inputs, "latent_image": Link("low_sampler", 0)}
    reported = analyse(graph.with_nodes({**graph.nodes, high.id: high.changed(inputs=inputs)}))
    assert reported.clips == ()


def test_a_value_off_the_grid_of_the_editor_is_the_same_value():
    reported = analyse(graph_of(split(shifts=(5.000000000000001, 5.0))))
    assert reported.deviations == ()


def test_settings_that_the_recipe_has_otherwise():
    reported = analyse(graph_of(split(shifts=(5.0, 6.0), cfgs=(1.0, 3.5), strengths=(1.0, 0.8))))
    assert [
        (deviation.passes, deviation.setting, deviation.value) for deviation in reported.deviations
    ] == [
        (("low_sampler",), "cfg", 3.5),
        (("low_sampler",), "shift", 6.0),
        (("low_sampler",), "LoRA strength", 0.8),
    ]


def test_each_hand_over_of_a_long_schedule_is_judged_once(monkeypatch):
    count = 40
    given: list[int] = []
    nodes = split()
    decoder = next(key for key, node in nodes.items() if node["class_type"] == "VAEDecode")
    last = nodes[decoder]["inputs"]["samples"][0]
    for number in range(count):
        above = f"s{number - 1}" if number else last
        inputs = {**nodes[last]["inputs"], "latent_image": [above, 0]}
        nodes[f"s{number}"] = {**nodes[last], "inputs": inputs}
    nodes[decoder]["inputs"]["samples"] = [f"s{count - 1}", 0]
    judge = passes.handoffs_in

    def counted(passes):
        given.append(len(passes))
        return judge(passes)

    monkeypatch.setattr(passes, "handoffs_in", counted)
    (clip,) = analyse(graph_of(nodes)).clips
    handed = sum(len(schedule.hand_overs) for schedule in clip.schedules)
    assert handed >= count
    assert sum(given) == 2 * handed


@pytest.mark.parametrize(
    ("class_name", "inputs", "kind"),
    [
        ("WanTrackToVideo", {"tracks": "[]"}, "image_to_video"),
        ("WanMoveTrackToVideo", {"strength": 1.0}, "image_to_video"),
        ("WanTrackToVideo", {"tracks": "[]", "start_image": None}, "text_to_video"),
        ("WanHuMoImageToVideo", {}, "sound"),
    ],
)
def test_what_a_conditioning_that_no_pipeline_writes_makes(class_name, inputs, kind):
    (clip,) = analyse(graph_of(split(start=conditioned(class_name, **inputs)))).clips
    assert clip.kind == kind


def test_frames_of_a_loaded_latent_come_from_its_file():
    prompt = {
        "latent": node("LoadLatent", latent="half.latent"),
        "vae": node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "decode": node("VAEDecode", samples=("latent", 0), vae=("vae", 0)),
        "save": node("SaveImage", images=("decode", 0), filename_prefix="demo"),
    }
    (output,) = analyse(graph_of(prompt)).outputs
    assert output.from_file == "half.latent"


def along(count):
    """Pictures that are inverted again and again, and saved after each time."""
    prompt = {"load": node("LoadImage", image="start.png")}
    for at in range(count):
        prompt[f"n{at}"] = node("ImageInvert", image=(f"n{at - 1}" if at else "load", 0))
        prompt[f"s{at}"] = node("SaveImage", images=(f"n{at}", 0), filename_prefix=f"s{at}")
    return graph_of(prompt)


def test_a_way_of_a_hundred_steps_is_told_whole():
    output = analyse(along(99)).outputs[-1]
    assert [step.node for step in output.steps] == ["load", *(f"n{at}" for at in range(99))]
    assert output.steps_left_out == 0


def test_of_a_very_long_way_the_beginning_and_the_end_are_told():
    outputs = analyse(along(400)).outputs
    assert len(outputs) == 400
    last = outputs[-1]
    reported = ["load", *(f"n{at}" for at in range(49)), *(f"n{at}" for at in range(350, 400))]
    assert [step.node for step in last.steps] == reported
    assert (last.from_file, last.steps_left_out) == ("start.png", 301)


class _Asked(dict):
    """A mapping that counts how often it is asked for an item."""

    asked = 0

    def get(self, key, default=None):
        self.asked += 1
        return super().get(key, default)

    def __getitem__(self, key):
        self.asked += 1
        return super().__getitem__(key)


def test_the_steps_of_many_long_ways_are_looked_at_once():
    graph = along(300)
    graph.nodes = asked = _Asked(graph.nodes)
    assert len(analyse(graph).outputs) == 300
    assert asked.asked < 20 * len(asked)


def test_a_node_that_takes_a_model_and_gives_frames_may_sample():
    prompt = {name: made for name, made in split().items() if not name.endswith("_sampler")}
    prompt["looper"] = node(
        "WanLooperNative", model_high=("high_shift", 0), model_low=("low_shift", 0), vae=("vae", 0)
    )
    prompt["decode"] = node("PreviewImage", images=("looper", 0))
    del prompt["video"], prompt["save"]
    analysis = analyse(graph_of(prompt))
    assert (analysis.clips, analysis.unknown_samplers) == ((), ("WanLooperNative",))
    prompt["looper"]["class_type"] = "Some KSampler of a pack"
    assert analyse(graph_of(prompt)).unknown_samplers == ("Some KSampler of a pack",)


def test_what_patches_a_model_or_reads_a_prompt_samples_nothing():
    assert analyse(graph_of(split())).unknown_samplers == ()


def test_a_sampler_that_gets_its_model_within_its_settings_samples() -> None:
    prompt = {
        "settings": node("WanAnimatePlus SamplerSettings", steps=4, cfg=1.0),
        "sampled": node("WanAnimatePlus SamplerFromSettings", sampler_inputs=("settings", 0)),
        "show": node("PreviewImage", images=("sampled", 0)),
    }
    found = analyse(graph_of(prompt)).unknown_samplers
    assert found == ("WanAnimatePlus SamplerFromSettings",)


def test_an_integrated_sampler_has_two_passes_over_one_schedule():
    prompt = {
        name: made for name, made in split().items() if not name.endswith(("_sampler", "_shift"))
    }
    prompt["start"] = node(
        "WanVideoIntegratedKSampler", model_high_noise=("high_lora", 0), model_low_noise=("low_lora", 0),
        clip=("clip", 0), vae=("vae", 0), positive_prompt="She smiles", negative_prompt="", batch_size=1,
        length=81, width=480, height=836, steps_high_noise=2, cfg_high_noise=1.0, steps_low_noise=3,
        cfg_low_noise=1.0, noise_seed=7, sampler_name="euler", scheduler="simple", sd3_shift=5.0,
    )  # fmt: skip
    for name in ("decode", "positive", "negative"):
        del prompt[name]
    prompt["video"]["inputs"]["images"] = ["start", 0]
    graph = graph_of(prompt)
    high, low = recognise(graph, FactTable(graph))
    assert (high.settings.start, high.settings.end, high.settings.steps) == (0, 2, 5)
    assert (low.settings.start, low.settings.end, low.before) == (2, 5, high.id)
    (clip,) = analyse(graph).clips
    assert [pass_.sigmas[0] for pass_ in clip.passes[1:]] == [clip.passes[0].sigmas[-1]]
    (output,) = analyse(graph).outputs
    assert (output.frames, output.width_px, output.height_px) == (81, 480, 840)


def test_a_prompt_is_followed_through_a_node_with_other_outputs_in_front():
    prompt = split()
    prompt["both"] = node(
        "WanVacePhantomSimpleV2",
        model=("high_model", 0),
        positive=("positive", 0),
        negative=("negative", 0),
        vae=("vae", 0),
        width=832,
        height=480,
        length=81,
        batch_size=1,
    )
    prompt["positive"]["inputs"]["text"], prompt["negative"]["inputs"]["text"] = (
        "She smiles",
        "blurry",
    )
    for name in ("high_sampler", "low_sampler"):
        prompt[name]["inputs"].update(positive=["both", 1], negative=["both", 2])
    (clip,) = analyse(graph_of(prompt, "0.39")).clips
    assert (clip.prompt, clip.negative) == ("She smiles", "blurry")


def test_a_size_that_is_not_written_is_not_known_where_it_must_be():
    prompt = split()
    del prompt["start"]["inputs"]["width"]
    (clip,) = analyse(graph_of(prompt)).clips
    assert (clip.passes[0].width_px, clip.passes[0].height_px) == (None, 1216)


def test_the_picture_of_svi_is_found_behind_its_encoder():
    start = conditioned("WanImageToVideoSVIPro")
    for name in ("width", "height", "batch_size", "vae", "start_image"):
        del start["start"]["inputs"][name]
    start["anchor"] = node("VAEEncode", pixels=("load", 0), vae=("vae", 0))
    start["start"]["inputs"].update(anchor_samples=["anchor", 0], motion_latent_count=1)
    (clip,) = analyse(graph_of(split(start=start), "0.39")).clips
    assert clip.kind == "image_to_video"
    assert [(each.role, each.file) for each in clip.inputs] == [("anchor_samples", "start.png")]


def test_shifts_that_differ_by_the_rounding_of_a_slider_make_one_schedule():
    (clip,) = analyse(graph_of(split(shifts=(8.0, 8.000000000000002)))).clips
    (schedule,) = clip.schedules
    assert schedule.steps == 4


def test_loops_are_told_where_nothing_samples_too():
    made = {
        "load": node("LoadImage", image="a.png"),
        "start": node("easy forLoopStart", total=3, initial_value1=("load", 0)),
        "inner": node("ImageInvert", image=("start", 2)),
        "end": node("easy forLoopEnd", flow=("start", 0), initial_value1=("inner", 0)),
        "show": node("PreviewImage", images=("end", 0)),
    }
    (loop,) = analyse(graph_of(made)).loops
    assert (loop.nodes, loop.times) == (1, 3)
    assert "start" in loop.start and "end" in loop.end


def test_what_frees_memory_is_no_output():
    made = {
        "load": node("LoadImage", image="a.png"),
        "show": node("PreviewImage", images=("load", 0)),
        "clean": node("easy cleanGpuUsed", anything=("load", 0)),
    }
    assert [each.node for each in analyse(graph_of(made)).outputs] == ["show"]


@pytest.mark.parametrize(("seeded", "names"), [(True, ("OfNobody",)), (False, ())])
def test_a_class_of_which_nothing_is_known_may_sample_by_a_seed_and_a_prompt(seeded, names):
    made = {"odd": node("OfNobody", prompt="a fox", **({"seed": 7} if seeded else {}))}
    made["show"] = node("PreviewImage", images=("odd", 0))
    assert analyse(graph_of(made)).unknown_samplers == names
