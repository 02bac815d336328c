"""Descriptions: JSON by its schema, text within the width, Markdown that Markdown reads as it is meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.checked import examples
from tests.conftest import ROOT
from tests.lint.rules.test_wrapper import wrapped
from tests.prompts import alone, changed, graph_of, mixed, node, picture, split
from wan22dsl import resources
from wan22dsl.formats import description
from wan22dsl.formats.description import Bench, Description, Finding, markdown, text
from wan22dsl.formats.description import json as data
from wan22dsl.formats.description.passes import noise_section
from wan22dsl.graph.analysis import analyse, model, needs
from wan22dsl.graph.cost import uncounted
from wan22dsl.graph.cost.cards import CARDS

EXAMPLES = sorted((ROOT / "examples").glob("*.wan"))
SCHEMA = json.loads(resources.schema("description"))
FINDING = Finding("WAN717", "shifts-differ", "warning", "`low` has shift 6.", 12)


def described(graph, card=None):
    """A description of one graph, with a finding."""
    on = CARDS.get(card) if card else None
    return Description("demo.wan", (analyse(graph, on),), (FINDING,))


DESCRIPTIONS = [
    pytest.param(described(checked.graph, card), id=f"{file.stem}-{name}-{card}")
    for file, name, checked in examples()
    for card in (None, "RTX 4090", "RTX 3060")
]


@pytest.mark.parametrize("whole", DESCRIPTIONS)
def test_json_is_as_its_schema_has_it(whole):
    Draft202012Validator(SCHEMA).validate(json.loads(data.write(whole)))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("finding", Finding),
        ("lora", model.Lora),
        ("patch", model.Patch),
        ("pass", model.PassFacts),
        ("hand_over", model.HandOver),
        ("schedule", model.Schedule),
        ("input", model.Input),
        ("clip", model.Clip),
        ("step", model.Step),
        ("output", model.Output),
        ("pass_cost", needs.PassNeed),
        ("work_cost", needs.WorkNeed),
        ("uncounted", uncounted.Uncounted),
        ("cost", needs.Cost),
        ("deviation", model.Deviation),
        ("left_out", model.LeftOut),
        ("loop", model.LoopFacts),
        ("pipeline", model.Analysis),
        ("bench", Bench),
    ],
)
def test_the_schema_has_every_field(name, shape):
    whole = SCHEMA["$defs"][name]
    assert list(whole["properties"]) == whole["required"] == list(shape._fields)


def test_the_schema_has_nothing_else():
    assert list(SCHEMA["properties"]) == SCHEMA["required"] == list(Description._fields)
    assert len(SCHEMA["$defs"]) == 19


@pytest.mark.parametrize("whole", DESCRIPTIONS)
@pytest.mark.parametrize("width", [80, 100])
def test_sentences_end_at_the_width(whole, width):
    for line in text.write(whole, width).splitlines():
        sentence = len(line) > width and ".safetensors" not in line and "  " not in line.strip()
        assert not sentence, line
        assert line == line.rstrip()


@pytest.mark.parametrize("whole", DESCRIPTIONS)
def test_markdown_says_what_the_text_says(whole):
    def words(shown):
        return shown.replace("\\", "").replace("|", " ").replace("**", "").split()

    answered = set(words(markdown.write(whole).replace("<br>", " ").replace("**: ", "** ")))
    missing = [
        word for word in words(text.write(whole)) if word not in answered and word.strip("=")
    ]
    assert not missing


ODD = "a | b *c* <d> [e](f) # _g_ \\h"


def test_odd_names_do_not_break_a_table():
    graph = graph_of(split())
    low = graph.nodes["low_sampler"].changed(title=ODD)
    shown = markdown.write(described(graph.with_nodes({**graph.nodes, low.id: low})))
    (row,) = [line for line in shown.splitlines() if line.startswith("| a ") and "2..4" in line]
    assert row.count("|") - row.count("\\|") == 8
    assert "<d>" not in shown


@pytest.mark.parametrize(
    ("noise", "reported"),
    [
        ((True, False), "Split: 2 passes share one noise schedule of 4 steps"),
        ((True, True), "The latent is handed off, with new noise."),
    ],
)
def test_it_tells_how_passes_go_together(noise, reported):
    steps = ((0, 4, 4), (0, 4, 4)) if all(noise) else ((0, 2, 4), (2, 4, 4))
    prompt = split(parts=steps, noise=noise, leftover=not all(noise))
    assert reported in " ".join(text.write(described(graph_of(prompt))).split())


def test_nodes_that_do_not_run_are_counted_samplers_first():
    graph = graph_of(split())
    off = {
        name: node.changed(mode="mute")
        for name, node in graph.nodes.items()
        if node.class_name in ("UNETLoader", "KSamplerAdvanced")
    }
    shown = text.write(described(graph.with_nodes({**graph.nodes, **off}), "RTX 4090"))
    assert "  4 nodes do not run: 2 KSamplerAdvanced, 2 UNETLoader.\n" in shown
    custom = {**off, "high_sampler": off["high_sampler"].changed(class_name="SamplerCustom")}
    shown = text.write(described(graph.with_nodes({**graph.nodes, **custom}), "RTX 4090"))
    assert "4 nodes do not run: SamplerCustom, KSamplerAdvanced, 2 UNETLoader." in " ".join(
        shown.split()
    )


def test_a_long_prompt_is_cut_off_where_a_line_ends():
    prompt = split()
    prompt["positive"]["inputs"]["text"] = "雨" * 300
    (line,) = [
        line for line in text.write(described(graph_of(prompt))).splitlines() if "雨" in line
    ]
    assert line == f'prompt  "{"雨" * 39}…"'


def test_what_does_not_fit_has_no_time():
    shown = text.write(described(graph_of(split()), "RTX 3060"))
    assert "does not fit" in shown
    assert "It does not run on this card" in shown
    assert "Total " not in shown


numbers = st.one_of(
    st.integers(-(10**30), 10**30), st.floats(), st.booleans(), st.text(max_size=9), st.none()
)


@given(
    node=st.sampled_from(["high_sampler", "low_sampler", "start", "low_shift", "video", "save"]),
    which=st.integers(0, 9),
    value=numbers,
)
def test_any_value_is_described(node, which, value):
    prompt = split(shifts=(5.0, 6.0))
    inputs = prompt[node]["inputs"]
    inputs[sorted(inputs)[which % len(inputs)]] = value
    graph = graph_of(json.loads(json.dumps(prompt)))
    for card in (None, "RTX 4090"):
        whole = described(graph, card)
        assert text.write(whole)
        assert markdown.write(whole)
        Draft202012Validator(SCHEMA).validate(json.loads(data.write(whole)))


def test_the_room_says_what_is_in_it():
    for name in ("sections", "text", "markdown", "json"):
        assert f"`{name}`" in (description.__doc__ or "")


class _Asked(tuple):
    """A tuple that counts how often it is searched or walked."""

    __slots__ = ()
    times = 0

    def __contains__(self, item):
        type(self).times += 1
        return super().__contains__(item)

    def __iter__(self):
        type(self).times += 1
        return super().__iter__()


def test_the_passes_of_a_schedule_are_gathered_once():
    clip = analyse(graph_of(split())).clips[0]
    first = clip.passes[0]
    passes = tuple(first._replace(id=f"p{number}", name=f"p{number}") for number in range(40))
    together = _Asked(facts.id for facts in passes)
    schedule = clip.schedules[0]._replace(passes=together, hand_overs=())
    section = noise_section(clip._replace(passes=passes, schedules=(schedule,)), "")
    assert section is not None
    assert "p39" in str(section)
    assert together.times < 5


def test_of_a_very_long_way_the_middle_is_counted():
    prompt = {"load": node("LoadImage", image="start.png")}
    for at in range(400):
        prompt[f"n{at}"] = node("ImageInvert", image=(f"n{at - 1}" if at else "load", 0))
    prompt["save"] = node("SaveImage", images=("n399", 0), filename_prefix="x")
    shown = " ".join(text.write(described(graph_of(prompt))).split())
    assert "ImageInvert → 301 more steps → ImageInvert" in shown
    assert shown.count("ImageInvert") == 99


def test_clips_that_are_equal_are_counted_and_told_once():
    (clip,) = analyse(graph_of(split())).clips
    whole = described(graph_of(split()))
    (analysis,) = whole.pipelines
    clips = tuple(clip._replace(name="") for _ in range(3))
    shown = text.write(whole._replace(pipelines=(analysis._replace(clips=clips),)))
    assert [f"clip {number}:" in shown for number in (1, 2, 3)] == [True] * 3
    assert shown.count("The same passes as clip 1.") == 2
    assert shown.count("Passes of clip") == 1


def told(prompt) -> str:
    return " ".join(text.write(described(graph_of(prompt, "0.39"))).split())


def _other_model(prompt, file):
    """The prompt with a model of another maker, and without a node that sets a shift."""
    prompt = changed(prompt, "model_model", unet_name=file)
    return changed(prompt, "sampler", model=("model_model", 0))


def _picture(denoise=1.0, **latent):
    prompt = _other_model(alone(lora=None, denoise=denoise), "qwen_image_fp8.safetensors")
    prompt["latent"] = node("EmptySD3LatentImage", width=1024, height=1024, batch_size=1)
    prompt = changed(
        prompt,
        "sampler",
        positive=("positive", 0),
        negative=("negative", 0),
        latent_image=("latent", 0),
    )
    del prompt["video"], prompt["save"], prompt["start"]
    prompt["kept"] = node("SaveImage", images=("decode", 0), filename_prefix="x")
    return prompt


def test_a_model_of_another_maker_has_no_shift_and_no_noise_of_wan():
    whole = told(_picture())
    assert "picture with qwen_image_fp8.safetensors" in whole
    assert "default" not in whole
    assert "sigma before each step" not in whole


def test_a_picture_that_is_encoded_is_no_video():
    prompt = _picture(denoise=0.5)
    prompt["latent"] = node("VAEEncode", pixels=("load", 0), vae=("vae", 0))
    whole = told(prompt)
    assert "video to video" not in whole
    assert "start.png (pixels)" in whole


def test_a_video_that_is_encoded_is_video_to_video():
    prompt = alone(lora=None, denoise=0.5)
    prompt["clip_of"] = node("VHS_LoadVideoPath", video="clip.mp4")
    prompt["encoded"] = node("VAEEncode", pixels=("clip_of", 0), vae=("vae", 0))
    assert "video to video" in told(changed(prompt, "sampler", latent_image=("encoded", 0)))


def test_a_graph_without_models_has_no_sampling():
    assert "no sampling" in told(picture())


def test_passes_that_count_other_steps_share_no_schedule():
    prompt = split(parts=((0, 3, 24), (1, 8, 8)))
    whole = told(prompt)
    assert "2 passes work on one latent" in whole
    assert "share one noise schedule" not in whole


def test_the_step_where_experts_change_is_counted_as_the_first_of_them_counts():
    prompt = split(parts=((0, 12, 24), (4, 8, 8)))
    whole = told(prompt)
    assert "after step 9 of 24; " in whole


def test_noise_that_is_added_again_is_not_handed_off():
    whole = told(split(noise=(True, True), leftover=False))
    assert "adds noise of its own" in whole
    assert "handed off exactly" not in whole


def test_a_schedule_of_unknown_noise_is_not_said_to_be_shared():
    prompt = changed(split(), "high_sampler", steps=("unknown", 0))
    prompt["unknown"] = node("Some Pipe", value=4)
    whole = told(prompt)
    assert "share one noise schedule" not in whole
    assert "handed off exactly" not in whole


def test_the_shift_of_the_wrapper_is_no_default_of_comfyui():
    prompt = wrapped(shift=("unknown", 0))
    prompt["unknown"] = node("Some Pipe", value=4)
    assert "default" not in told(prompt)


def test_a_sampler_that_sets_the_shift_itself_has_no_default():
    prompt = mixed(sigma_shift=("unknown", 0))
    prompt["unknown"] = node("Some Pipe", value=4)
    assert "default" not in told(prompt)


def test_text_to_video_with_more_pictures_is_called_a_video():
    prompt = wrapped()
    prompt["empty"] = node("WanVideoEmptyEmbeds", width=832, height=480, num_frames=81)
    prompt["added"] = node(
        "WanVideoAddExtraLatent", embeds=("empty", 0), extra_latents=("latent", 0)
    )
    prompt["latent"] = node("WanVideoEncode", image=("image", 0), vae=("vae", 0))
    for name in ("high", "low"):
        prompt = changed(prompt, name, image_embeds=("empty", 0))
    assert "text to video with" in told(prompt)
    for name in ("high", "low"):
        prompt = changed(prompt, name, image_embeds=("added", 0))
    assert "text to video" not in told(prompt)


def test_a_sampler_of_two_experts_adds_its_noise_again():
    whole = told(mixed())
    assert "adds noise of its own" in whole
    assert "handed off exactly" not in whole


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("wan2.1_t2v_1.3B_fp16.safetensors", "Wan 1.3B"),
        ("Wan2_1-Phantom-14B_fp16.safetensors", "Wan Phantom"),
    ],
)
def test_the_title_has_the_name_of_the_model_family_as_people_write_it(model, words):
    whole = described(graph_of(alone(model, None)))
    assert f" with {words}\n" in text.write(whole)


def test_two_passes_of_one_stage_and_one_expert_have_the_names_of_a_run(wan):
    wan.write("a.wan", TWICE)
    shown = wan("describe", "a.wan").stdout
    rows = [line.split()[0] for line in shown.splitlines() if line.startswith("  sample")]
    assert set(rows) == {"sample", "sample_2"}
    assert "sample_2: steps" in shown or "sample and sample_2" in shown


TWICE = """\
wan 1
use wrapper

pipeline clip {
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    let low = wrapper.model("wan2.2_t2v_low_noise_14B.gguf")
    image_embeds = wrapper.text_to_video
    text_embeds  = wrapper.encode
    vae          = wrapper.vae_2_1
    text_encoder = wrapper.umt5
    flow = wrapper.sample(low, steps = 6, end_step = 3)
        -> wrapper.sample(low, steps = 6, start_step = 3)
        -> wrapper.decode
        -> combine("clip", fps = 16fps)
}
"""
