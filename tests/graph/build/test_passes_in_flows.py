"""What passes become in a flow: hand-off, noise, order of nodes, ids, and what is shared."""

from __future__ import annotations

from typing import Any

from tests.findings import findings_of
from wan22dsl.api import compiler
from wan22dsl.source import Source

HEAD = """wan 1
use wan22

pass high {
    model   = wan22.i2v_high
    loras   = [wan22.lightx2v_high]
    shift   = 5.0
    sampler = euler/simple
    cfg     = 1.0
    steps   = 0..2 of 4
}

pass low = high(model = wan22.i2v_low, loras = [wan22.lightx2v_low], steps = 2..4 of 4)
"""


def compiled(flow: str, *, more: str = "", settings: str = "") -> dict[str, Any]:
    text = f"""{HEAD}
{more}
pipeline p {{
    image  = "portrait.png"
    prompt = "x"
    size   = 832x1216
    length = 5s
    seed   = 42
    {settings}
    flow   = {flow}
}}
"""
    found = compiler.compile(Source(text, "p.wan"))
    assert found.prompt is not None, [finding.message for finding in found.diagnostics]
    return found.prompt


def inputs(prompt: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = prompt[id]["inputs"]
    return found


def test_a_split_hands_the_latent_on_with_its_leftover_noise() -> None:
    prompt = compiled('high -> low -> save("x")')
    first, second = inputs(prompt, "high.sampler"), inputs(prompt, "low.sampler")
    assert second["latent_image"] == ["high.sampler", 0]
    assert (first["add_noise"], first["return_with_leftover_noise"]) == ("enable", "enable")
    assert (second["add_noise"], second["return_with_leftover_noise"]) == ("disable", "disable")
    assert (first["noise_seed"], second["noise_seed"]) == (42, 0)


def test_a_split_has_one_conditioning_one_encoder_and_one_vae() -> None:
    classes = [node["class_type"] for node in compiled('high -> low -> save("x")').values()]
    for one in ("WanImageToVideo", "CLIPLoader", "VAELoader", "VAEDecode", "LoadImage"):
        assert classes.count(one) == 1


def test_a_whole_schedule_takes_the_frames_of_the_pass_before_as_its_image() -> None:
    more = "pass full_high = high(steps = 4)\npass full_low = low(steps = 4)"
    prompt = compiled('full_high -> full_low -> save("x")', more=more)
    assert prompt["full_high.sampler"]["class_type"] == "KSampler"
    assert inputs(prompt, "full_low.sampler")["latent_image"][0] == "image_to_video_2"
    assert inputs(prompt, "image_to_video_2")["start_image"] == ["full_high.decode", 0]
    assert inputs(prompt, "full_low.sampler")["seed"] == 42


def test_frames_are_encoded_for_a_pass_that_goes_on_from_a_latent() -> None:
    more = "pass polish = low(steps = 4, denoise = 0.3)"
    prompt = compiled('high -> low -> scale(by = 0.5) -> polish -> save("x")', more=more)
    assert inputs(prompt, "polish.sampler")["latent_image"] == ["polish.encode", 0]
    assert inputs(prompt, "polish.sampler")["denoise"] == 0.3
    assert inputs(prompt, "image_to_video_2")["width"] == 416


def test_what_a_pass_needs_comes_right_before_its_sampler() -> None:
    ids = list(compiled('high -> low -> save("x")'))
    assert ids.index("high.sampler") < ids.index("i2v_low") < ids.index("low.lora.1")
    assert ids.index("low.shift") + 1 == ids.index("low.sampler")


def test_another_stage_or_lora_leaves_the_other_ids_alone() -> None:
    plain = set(compiled('high -> low -> save("x")'))
    longer = set(compiled('high -> low -> rife(times = 2) -> save("x")'))
    assert longer - plain == {"rife"} and plain <= longer
    grain = 'lora grain { file = "grain.safetensors" }\n'
    more = grain + "pass low_2 = low(loras = [wan22.lightx2v_low, grain])"
    assert {"low_2.lora.1", "low_2.lora.2"} <= set(
        compiled('high -> low_2 -> save("x")', more=more)
    )


def test_in_a_list_the_first_stage_of_a_branch_goes_in_front() -> None:
    flow = 'high -> low -> [rife(times = 2) -> save("a"), film(times = 2) -> save("b"), save("c")]'
    ids = set(compiled(flow))
    assert {"rife", "rife.save", "film", "film.save", "save"} <= ids


def test_what_is_made_twice_from_the_same_settings_is_made_once() -> None:
    more = "let sampled = high -> low"
    prompt = compiled('[sampled -> save("a"), sampled -> rife(times = 2) -> save("b")]', more=more)
    classes = [node["class_type"] for node in prompt.values()]
    assert classes.count("KSamplerAdvanced") == 2 and classes.count("VAEDecode") == 1


def test_a_setting_is_looked_up_in_the_pass_then_the_pipeline_then_the_family() -> None:
    more = "pass mine = high(shift = none, cfg = none, steps = 0..2)"
    prompt = compiled(
        'mine -> low -> save("x")', more=more, settings="shift = 7.0\n    cfg = 2.0\n    steps = 4"
    )
    assert inputs(prompt, "mine.shift")["shift"] == 7.0
    assert inputs(prompt, "mine.sampler")["cfg"] == 2.0
    assert inputs(prompt, "mine.sampler")["steps"] == 4
    assert inputs(prompt, "low.shift")["shift"] == 5.0
    assert inputs(prompt, "save.video")["fps"] == 16.0


def test_flows_are_values_that_can_be_set_from_outside() -> None:
    text = HEAD + (
        "param order: flow = high -> low\n"
        'pipeline p { image = "a.png", prompt = "x", size = 832x480, length = 81f, '
        'flow = order -> save("x") }\n'
    )
    turned = compiler.compile(Source(text, "p.wan"), values={"order": "low -> high"})
    assert turned.prompt is not None
    assert inputs(turned.prompt, "high.sampler")["latent_image"] == ["low.sampler", 0]


def test_a_finding_about_a_value_points_at_where_the_user_wrote_it() -> None:
    text = HEAD + (
        'pipeline p { image = "a.png", prompt = "x", size = 832x480, length = 80f, '
        'flow = high -> low -> save("x") }\n'
    )
    found = [
        finding
        for finding in compiler.check(Source(text, "p.wan")).diagnostics
        if finding.code == "WAN801"
    ]
    assert [finding.span.text for finding in found if finding.span is not None] == ["80f"]


def test_all_mistakes_of_a_file_are_told_in_one_go() -> None:
    text = (
        "wan 1\nuse wan22\n\npipeline p {\n"
        '    image = "a.png"\n    prompt = "x"\n    size = 832x480\n    length = 5sec\n    sead = 1\n'
        '    flow = wan22.hihg -> wan22.low -> rife(tims = 2) -> save("x")\n}\n'
    )
    names = {finding.name for finding in compiler.check(Source(text, "p.wan")).diagnostics}
    assert names == {"unknown-unit", "setting-without-effect", "unknown-name", "unknown-argument"}


def test_a_stage_that_is_declared_as_a_pass_is_a_let() -> None:
    text = (
        "wan 1\nuse wrapper\n\npass first = wrapper.high(steps = 6, end_step = 3)\n\npipeline p {\n"
        '    image = "a.png"\n'
        '    prompt = "x"\n    size = 832x480\n    length = 81f\n    vae = wrapper.vae_2_1\n'
        "    text_encoder = wrapper.umt5\n"
        '    flow = first -> wrapper.low(steps = 6, start_step = 3) -> wrapper.decode -> save("x")\n}\n'
    )
    (finding,) = findings_of(text)
    assert finding.code == "WAN213"
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert (edit.span.text, edit.span.first.line, edit.text) == ("pass", 4, "let")
    assert not findings_of(text.replace("pass first", "let first"))
