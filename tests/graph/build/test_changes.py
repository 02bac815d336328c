"""Settings that are changed from outside: which value a pass gets, and changes that do nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wan22dsl.api.compiler import check, compile
from wan22dsl.errors import CommandError
from wan22dsl.source import Source

CLIP = """\
wan 1
use wan22
{uses}
param cfg: float = 1.0

pass high = wan22.high(cfg = cfg)

pipeline clip {{
    image  = "a.png"
    prompt = "x"
    size   = 832x480
    length = 81f
    flow   = high -> wan22.low -> save("x")
}}
"""


def clip(tail: str = "", uses: str = "") -> Source:
    return Source(CLIP.format(uses=uses) + tail, "clip.wan")


def inputs(
    source: Source, values: dict[str, object], node: str = "high.sampler"
) -> dict[str, object]:
    compiled = compile(source, pipeline="clip", values=values)
    assert compiled.prompt is not None, [each.message for each in compiled.diagnostics]
    return compiled.prompt[node]["inputs"]


def problems(source: Source, values: dict[str, object]) -> list[str]:
    found = check(source, values=values).diagnostics
    return [f"{each.message} {each.help}" for each in found if each.code == "WAN318"]


@pytest.mark.parametrize(
    ("name", "value", "input", "expected"),
    [
        ("low.cfg", "1.5", "cfg", 1.5),
        ("low.cfg", 1.5, "cfg", 1.5),
        ("high.steps", "0..3 of 6", "end_at_step", 3),
        ("length", "49f", "length", 49),
        ("length", "3s", "length", 49),
        ("size", "480x832", "width", 480),
        ("prompt", "a dog", "text", "a dog"),
        ("high.sampler", "uni_pc/beta", "scheduler", "beta"),
        ("seed", "7", "noise_seed", 7),
        ("high.seed", "7", "noise_seed", 7),
    ],
)
def test_a_setting_of_a_pass_or_of_the_pipeline_is_changed(name, value, input, expected):
    prompt = compile(clip(), values={name: value}).prompt
    assert prompt is not None
    found = [each["inputs"].get(input) for each in prompt.values()]
    assert expected in found
    assert prompt != compile(clip()).prompt


def test_a_change_of_the_flow_gives_another_graph():
    text = 'wan22.low(steps = 0..2 of 4) -> wan22.high(steps = 2..4 of 4) -> save("y")'
    written = CLIP.replace('high -> wan22.low -> save("x")', text).format(uses="")
    expected = compile(Source(written, "clip.wan")).prompt
    assert compile(clip(), values={"flow": text}).prompt == expected


def test_none_takes_a_setting_away():
    prompt = compile(clip(), values={"high.loras": "none"}).prompt
    assert prompt is not None
    loaders = [each for each in prompt.values() if each["class_type"] == "LoraLoaderModelOnly"]
    assert len(loaders) == 1


def test_a_parameter_of_that_name_is_meant_first():
    text = CLIP.replace("param cfg", "param length: frames = 81f\n\nparam cfg").format(uses="")
    text = text.replace("length = 81f\n    flow", "length = length\n    flow")
    assert compile(Source(text, "clip.wan"), values={"length": "49f"}).prompt == (
        compile(clip(), values={"length": "49f"}).prompt
    )
    assert inputs(clip(), {"cfg": "1.5"})["cfg"] == 1.5


def test_what_begins_with_a_used_file_is_a_parameter_of_that_file(tmp_path):
    (tmp_path / "high.wan").write_text("wan 1\n\nparam strength: float = 1.0\n")
    text = CLIP.format(uses='use "high.wan" as high\n').replace("pass high", "pass hi")
    text = text.replace("flow   = high", "flow   = hi(shift = high.strength)")
    source = Source(text, "clip.wan", tmp_path / "clip.wan")
    assert compile(source, values={"high.strength": "3.0"}).prompt is not None
    with pytest.raises(CommandError, match=r"unknown parameter `high\.cfg`"):
        compile(source, values={"high.cfg": "3.5"})


def test_every_pass_of_that_name_is_changed():
    tail = (
        '\npipeline twice {\n    image = "a.png"\n    prompt = "x"\n    size = 832x480\n    length = 81f\n'
        '    flow = [high(seed = 1) -> wan22.low -> save("1"), high(seed = 2) -> wan22.low -> save("2")]\n}\n'
    )
    prompt = compile(clip(tail), pipeline="twice", values={"high.cfg": "1.5"}).prompt
    assert prompt is not None
    cfgs = [each["inputs"]["cfg"] for each in prompt.values() if "cfg" in each["inputs"]]
    assert sorted(cfgs) == [1.0, 1.0, 1.5, 1.5]


def test_a_pipeline_inside_another_is_changed_by_its_name():
    tail = '\npipeline outer { flow = clip -> save("y") }\n'
    prompt = compile(clip(tail), pipeline="outer", values={"clip.length": "49f"}).prompt
    assert prompt is not None
    assert 49 in [each["inputs"].get("length") for each in prompt.values()]
    assert problems(clip(tail), {"clip.length": "49f"}) == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "steps",
            "8",
            (
                "`steps` changes nothing: no pass takes it from the pipeline: `high` sets it to 0..2 of 4, "
                "`wan22.low` sets it to 2..4 of 4 Set `high.steps` and `low.steps` instead."
            ),
        ),
        (
            "low.length",
            "49f",
            (
                "`low.length` changes nothing: `low` takes its `length` from the arrow "
                "Set `high.length` instead, or remove it."
            ),
        ),
        (
            "text_low.cfg",
            "1.5",
            (
                "`text_low.cfg` changes nothing: the pipeline has no pass `text_low` "
                "Its passes: `high`, `low`."
            ),
        ),
        (
            "low.denoise",
            "0.5",
            (
                "`low.denoise` changes nothing: nothing in `low` reads `denoise` Remove it, or give the pass "
                "a whole schedule, such as `steps = 4`: a part has no `denoise`."
            ),
        ),
    ],
)
def test_a_change_without_effect_says_what_can_be_changed(name, value, message):
    assert problems(clip(), {name: value}) == [message]
    assert compile(clip(), values={name: value}).prompt is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hihg.cfg", r"unknown pass `hihg` in `hihg.cfg`\. Did you mean `high.cfg`\?"),
        ("wan22.hihg.cfg", "unknown pass `wan22.hihg`"),
        ("high.cgf", r"unknown setting `cgf` in `high.cgf`\. Did you mean `high.cfg`\?"),
        ("lenght", r"unknown parameter or setting `lenght`\. Did you mean `length`\?"),
        ("cgf", r"unknown parameter `cgf`\. Did you mean `cfg`\?"),
        ("quantum", "Settings can be set too"),
    ],
)
def test_a_name_that_can_be_nothing_is_refused(name, message):
    with pytest.raises(CommandError, match=message):
        compile(clip(), values={name: "1"})


def test_a_change_that_one_of_several_pipelines_reads_is_no_mistake():
    tail = (
        '\npipeline other { flow = LoadImage(image = "b.png").IMAGE -> save("z", fps = 16fps) }\n'
    )
    assert problems(clip(tail), {"length": "49f"}) == []


def test_a_setting_that_a_change_hides_is_not_reported():
    found = check(clip(), values={"high.size": "480x832"}).diagnostics
    assert [each.code for each in found] == []


def test_a_value_of_another_type_is_reported_where_it_was_given():
    (finding,) = check(clip(), values={"high.cfg": '"much"'}).diagnostics
    assert finding.code == "WAN302" and finding.span is not None
    assert finding.span.source.path == "--set high.cfg"


@settings(max_examples=25, deadline=None)
@given(
    high=st.sampled_from(["1.0", "1.5", "3.5"]),
    shift=st.sampled_from(["5.0", "6.0", "8.0"]),
    length=st.sampled_from(["49f", "81f", "3s"]),
    steps=st.sampled_from(["0..2 of 4", "0..3 of 6"]),
)
def test_changes_compile_to_what_a_copy_with_these_settings_compiles_to(high, shift, length, steps):
    values = {"high.cfg": high, "low.shift": shift, "length": length, "high.steps": steps}
    copy = (
        CLIP.format(uses="")
        .replace("(cfg = cfg)", f"(cfg = {high}, steps = {steps})")
        .replace("-> wan22.low", f"-> wan22.low(shift = {shift})")
        .replace("length = 81f", f"length = {length}")
    )
    changed, written = compile(clip(), values=values), compile(Source(copy, "clip.wan"))
    assert changed.prompt == written.prompt
    assert [each.code for each in changed.diagnostics] == [
        each.code for each in written.diagnostics
    ]
