"""Hover: what is at a place, in few words; nothing where nothing is known, and never an exception."""

from __future__ import annotations

import json
import random
import re
import struct

import pytest

from tests.conftest import ROOT
from wan22dsl.editor import commands
from wan22dsl.editor.hovers import hover, markdown
from wan22dsl.editor.project import Project, Settings

EXAMPLES = ROOT / "examples"
LIBRARY = ROOT / "wan22dsl" / "language" / "library"
PORTRAIT = EXAMPLES / "portrait.wan"
TEXT = PORTRAIT.read_text("utf-8")


@pytest.fixture(scope="module")
def project():
    return Project(Settings(card="RTX 5090"))


def shown(view, marked):
    """What is shown at the `|` of a piece of a text."""
    before, after = marked.split("|")
    offset = view.source.text.index(before + after) + len(before)
    found = hover.at(view, offset)
    return None if found is None else found.markdown


def opened(tmp_path, text, card=None):
    project, file = Project(Settings(card=card)), tmp_path / "a.wan"
    project.open(file, text)
    return project.view(file)


def test_a_pass_shows_its_expert_its_noise_and_its_hand_off(project):
    told = shown(project.view(PORTRAIT), "pass hi|gh {")
    assert "high-noise expert of Wan 2.2 I2V 14B" in told
    assert "steps 0..2 of 4 · euler/simple · cfg 1 · shift 5 · seed 42" in told
    assert "sigmas 1, 0.938 → 0.833" in told
    assert "hands off to `low` after step 2 of 4 at sigma **0.833**" in told
    assert "the experts change at sigma 0.9, after step 2: fits" in told
    assert "832x1216, 81 frames at 16 fps" in told
    assert re.search(r"RTX 5090: \d+ ± \d+ s, \d+ s a step", told)


def test_the_same_is_shown_where_a_flow_names_the_pass(project):
    view = project.view(PORTRAIT)
    assert shown(view, "flow   = hig|h") == shown(view, "pass hi|gh {")
    assert "takes the latent of `high` at sigma **0.833**, as expected" in shown(view, "> lo|w ->")


def test_a_hand_off_that_does_not_fit_shows_by_how_much(tmp_path):
    view = opened(tmp_path, TEXT.replace("steps = 2..4 of 4)", "steps = 2..4 of 4, shift = 6.0)"))
    assert "`low` expects 0.857: 16.7 % too little noise" in shown(view, "pass hi|gh {")


def test_a_change_of_experts_at_another_step_shows_how_far_off_it_is(tmp_path):
    text = TEXT.replace("0..2 of 4", "0..1 of 4").replace("2..4 of 4", "1..4 of 4")
    told = shown(opened(tmp_path, text), "pass hi|gh {")
    assert "after step 2: the hand-off is 1 step earlier" in told


def test_a_pass_that_differs_is_shown_for_each_pipeline(tmp_path):
    text = TEXT + "\npipeline shorter = portrait(length = 3s)\n"
    told = shown(opened(tmp_path, text), "pass hi|gh {")
    assert "In `portrait`:" in told and "In `shorter`:" in told
    assert "81 frames" in told and "49 frames" in told


def test_a_pass_of_a_module_is_that_of_its_module_only(tmp_path):
    text = TEXT + (
        '\npipeline other { image = "a.png", prompt = "b", size = 640x640, length = 49f\n'
        '    flow = wan22.high -> wan22.low -> save("o") }\n'
    )
    view = opened(tmp_path, text)
    assert "81 frames" in shown(view, "pass hi|gh {")
    assert "49 frames" not in shown(view, "pass hi|gh {")
    assert "49 frames" in shown(view, "wan22.hig|h -> wan22.low")


def test_a_pass_that_nothing_runs_says_so(tmp_path):
    told = shown(opened(tmp_path, TEXT + "\npass spare = low(cfg = 2.0)\n"), "pass spa|re")
    assert "No pipeline of this file runs it." in told
    assert "cfg 2.0" in told


@pytest.mark.parametrize(
    ("length", "lines"),
    [
        ("5s", ["**81 frames at 16 fps**", "5 s × 16 fps + 1 = 81 frames", "81 = 4·20 + 1"]),
        ("81f", ["**81 frames at 16 fps**", "81 = 4·20 + 1"]),
        ("80f", ["**77 frames at 16 fps**", "of 80, 77"]),
    ],
)
def test_a_length_shows_the_frames_that_come_out_and_why(tmp_path, length, lines):
    view = opened(tmp_path, TEXT.replace("length = 5s", f"length = {length}"))
    told = shown(view, f"length = |{length}")
    for line in lines:
        assert line in told


def test_a_length_in_a_parameter_shows_what_it_gives_in_pipelines(tmp_path):
    text = TEXT.replace("length = 5s", "length = long").replace(
        "param seed", "param long: frames = 5s\n\nparam seed"
    )
    view = opened(tmp_path, text)
    assert "**81 frames at 16 fps**" in shown(view, "frames = 5|s")
    assert "In `portrait`: 81 frames at 16 fps" in shown(view, "length = lo|ng")
    assert "Here: **81 frames at 16 fps**" in shown(view, "leng|th = long")


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        ("832x|1216", "aspect 13:19"),
        ("euler/si|mple", "1, 0.938, 0.833, 0.625 → 0"),
        ("prom|pt = prompt", "What the video shows."),
        ("= prom|pt", "She lifts her eyes"),
        ("param se|ed", "Another seed makes another video."),
        ("shi|ft   =", "Wan's own 8"),
        ("model = wan22.i2v_l|ow", "14,294,742,832 bytes"),
        ("wan22.lightx2v_l|ow", "four-step|For the low-noise expert"),
        ("rif|e(times", "n frames become"),
        ("rife(tim|es", "times: int = 2"),
        ("sav|e(", "stage save("),
        ("pipel|ine portrait", "the flow that makes it"),
        ("pipeline portr|ait", "161 frames at 32 fps, 5.03 s"),
        ("use w|an22", "The published files|the published files"),
        ("seed: i|nt", "A whole number."),
        ('"portr|ait.png"', "not next to this file"),
    ],
)
def test_what_is_shown_of_the_portrait(project, marked, told):
    assert re.search(
        told if "|" in told else re.escape(told), shown(project.view(PORTRAIT), marked)
    )


def test_a_stage_in_a_flow_shows_what_it_gives_there(project):
    view = project.view(PORTRAIT)
    assert "Here it gives 832x1216, 161 frames at 32 fps." in shown(view, "-> ri|fe(times")
    assert "Here it gives" not in shown(view, "ti|mes = 2")
    view = project.view(EXAMPLES / "plain_graph.wan")
    assert "Here it gives 1280x704, 241 frames at 48 fps." in shown(view, "= `RIFE V|FI`(")


def test_the_values_of_copies_and_names_are_resolved(tmp_path):
    text = "wan 1\nuse wan22\nlet base = 2.0\nparam cfg: float = base * 2\npass a = wan22.high(cfg = cfg)\n"
    view = opened(tmp_path, text)
    assert "Value: `4.0`" in shown(view, "cfg = c|fg")
    assert "Here: `4.0`" in shown(view, "high(cf|g =")
    assert "Value: `2.0`" in shown(view, "let ba|se")


def test_a_node_class_and_its_inputs(tmp_path):
    text = 'wan 1\ngraph g {\n    KSampler(steps = 4, sampler_name = "euler")\n    `RIFE VFI`(x = 1)\n}\n'
    view = opened(tmp_path, text)
    assert "one of ComfyUI's own" in shown(view, "KSam|pler")
    told = shown(view, "st|eps")
    assert "input of `KSampler`, INT, required" in told and "default `20`" in told
    assert '`"euler"`' in shown(view, "sampler_na|me")
    assert "ComfyUI-Frame-Interpolation" in shown(view, "RIFE V|FI")


def test_a_node_of_a_graph_shows_what_it_gives(project):
    view = project.view(EXAMPLES / "plain_graph.wan")
    told = shown(view, "let smoo|th")
    assert "`RIFE VFI`(\n" in told
    assert "Gives 1280x704, 241 frames at 48 fps" in told


def test_a_pass_with_an_engine_and_a_stage_that_samples_show_their_noise(project):
    view = project.view(EXAMPLES / "custom_sampling.wan")
    assert "after step 12 of 20 at sigma **0.873**" in shown(view, "pass hi|gh")
    assert "sigmas 1, 0.999" in shown(view, "steps = 0..1|2 of 20")
    view = project.view(EXAMPLES / "wrapper.wan")
    assert "Samples as high-noise expert" in shown(view, "wrapper.hig|h -> ")


def test_a_flag_of_a_profile_shows_what_it_takes_and_excludes(project):
    view = project.view(EXAMPLES / "attention.wan")
    told = shown(view, "use_sage_att|ention = true")
    assert "`--use-sage-attention`" in told and "excludes" in told
    assert "Set in `desktop` to" in shown(view, "desktop.fla|gs + { use")
    assert shown(view, "reserve_v|ram").endswith("takes a number")


def test_the_keys_of_what_a_bench_varies_are_no_settings_of_the_bench(project):
    view = project.view(EXAMPLES / "attention.wan")
    start = view.source.text.index("vary")
    for offset in range(view.source.text.index("{", start), len(view.source.text)):
        found = hover.at(view, offset)
        if found is not None and ": setting" in found.markdown:
            key = view.source.text[found.start : found.end]
            assert key in ("baseline", "repeat", "quality", "rounds", "profiles", "length", "cfg")


def test_an_input_file_beside_the_file_shows_its_size(tmp_path):
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 640, 360, 8, 2, 0, 0, 0)
    (tmp_path / "portrait.png").write_bytes(data)
    told = shown(opened(tmp_path, TEXT), '"portr|ait.png"')
    assert "next to this file" in told and "640x360" in told and "29 bytes" in told


def test_a_rule_in_a_comment(tmp_path):
    view = opened(
        tmp_path, "wan 1\n# wan: allow(handoff-sigma-gap, WAN201)\nlet a = 1\n# handoff\n"
    )
    assert "**WAN201**" in shown(view, "WAN2|01")
    assert shown(view, "# hand|off") is None


def test_what_a_finding_says_is_not_repeated(tmp_path):
    view = opened(tmp_path, TEXT.replace("wan22.lightx2v_high]", "wan22.lightx2v_hihg]"))
    assert view.findings
    told = shown(view, "lightx2v_hi|hg")
    assert told is None or "hihg" not in told


def test_names_are_known_above_and_below_an_error(tmp_path):
    view = opened(tmp_path, TEXT.replace("size   = 832x1216", "size   = = (832x1216"))
    assert "high-noise expert" in shown(view, "pass hi|gh {")
    assert "n frames become" in shown(view, "rif|e(times")


def test_a_node_of_workflow_json_shows_its_pass(project, tmp_path):
    made = commands.compile(project, project.view(PORTRAIT), None).data["text"]
    (tmp_path / "w.json").write_text(made)
    view = project.view(tmp_path / "w.json")
    told = shown(view, '"class_type": "KSampler|Advanced"')
    assert "high.sampler" in told and "sigmas 1, 0.938 → 0.833" in told
    assert "input of `KSamplerAdvanced`" in shown(view, '"end_at_st|ep": 2')
    assert "part of pass `high.sampler`" in shown(view, '"ModelSampl|ingSD3"')
    drawn = commands.compile(project, project.view(PORTRAIT), None, "workflow").data["text"]
    (tmp_path / "d.json").write_text(json.dumps(json.loads(drawn)))
    view = project.view(tmp_path / "d.json")
    assert "node class" in shown(view, '"type": "UNETL|oader"')


@pytest.mark.parametrize(
    "text", ["", "{", '{"1": {"class_type": 3}}', "[]", "null", '{"nodes": 1}']
)
def test_json_that_is_no_workflow_shows_nothing_and_breaks_nothing(tmp_path, text):
    (tmp_path / "w.json").write_text(text)
    view = Project().view(tmp_path / "w.json")
    for offset in range(len(text) + 1):
        hover.at(view, offset)


@pytest.mark.parametrize(
    "file",
    [
        EXAMPLES / "params.wan",
        EXAMPLES / "own_nodes.wan",
        EXAMPLES / "attention.wan",
        LIBRARY / "samplers.wan",
    ],
    ids=lambda file: file.stem,
)
def test_every_offset_is_answered(project, file):
    view = project.view(file)
    for offset in range(0, len(view.source.text) + 1, 3):
        found = hover.at(view, offset)
        assert found is None or (found.markdown and found.start <= offset <= found.end)


def test_texts_that_are_cut_or_lack_a_piece_are_answered(tmp_path):
    order = random.Random(4)
    project, file = Project(Settings(card="RTX 5090")), tmp_path / "a.wan"
    for _ in range(40):
        at = order.randrange(len(TEXT))
        text = (
            TEXT[:at] if order.random() < 0.5 else TEXT[:at] + TEXT[at + order.randrange(1, 30) :]
        )
        project.open(file, text)
        view = project.view(file)
        for offset in {*order.sample(range(len(text) + 1), min(len(text), 40)), len(text)}:
            hover.at(view, offset)


@pytest.mark.parametrize("text", ["`", "``", "a`b", "", "x" * 5000, "a\nb", "*_[]<>"])
def test_code_in_markdown_stays_one_piece(text):
    made = markdown.code(text)
    assert "\n" not in made and len(made) < 500
    ticks = re.match("`+", made)[0]
    assert made.endswith(ticks) and ticks not in made[len(ticks) : -len(ticks)].strip()
