"""The fix of a setting that its passes hide: it is written where it takes effect."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.findings import HEAD, SETTINGS, findings_of, piped, place
from wan22dsl.api.compiler import check, compile
from wan22dsl.lint import fixing
from wan22dsl.source import Source

#: A setting as it is written, and what the JSON has then.
WRITTEN: dict[str, tuple[str, tuple[str, str], Any]] = {
    "cfg": ("3.5", ("KSamplerAdvanced", "cfg"), 3.5),
    "shift": ("8.0", ("ModelSamplingSD3", "shift"), 8.0),
    "sampler": ("heun/simple", ("KSamplerAdvanced", "sampler_name"), "heun"),
    "seed": ("99", ("KSamplerAdvanced", "noise_seed"), 99),
    "prompt": ('"A fox"', ("WanImageToVideo", "positive"), "A fox"),
    "patches": ("fp16_accumulation", ("ModelPatchTorchSettings", "enable_fp16_accumulation"), True),
}

#: Passes that set all of these themselves.
OWN = 'seed = 1, prompt = "Own", patches = sage("auto"), add_noise = true'
DECLARED = f"pass one = wan22.high({OWN})\npass two = wan22.low({OWN})\n"
BASE = SETTINGS.replace('    prompt = "x"\n', "")

#: The pipeline `p` up to its flow, with the line that is to be moved.
P = "pipeline p {{\n{base}    {setting}\n"
Q = 'pipeline q {{\n{base}    flow = one -> two -> save("x")\n}}\n'

BLOCK = """\
pass one {{
    model   = wan22.i2v_high
    loras   = [wan22.lightx2v_high]
    shift   = 5.0
    sampler = euler/simple
    cfg     = 1.0
    seed    = 1
    prompt  = "Own"
    patches = sage("auto")
    steps   = 0..2 of 4
    add_noise = true
}}
pass two = one(model = wan22.i2v_low, steps = 2..4 of 4)
"""

#: Where a flow may be written, and passes declared.
SHAPES = {
    "flow": DECLARED + P + '    flow = one -> two -> save("x")\n}}\n',
    "one line": DECLARED
    + "pipeline p {{\n{base}    batch = 2, {setting}\n"
    + '    flow = one -> two -> save("x")\n}}\n',
    "last": DECLARED
    + 'pipeline p {{\n{base}    flow = one -> two -> save("x")\n    {setting} # why\n}}\n',
    "calls": DECLARED
    + P
    + '    flow = one(\n        batch = 2 # two\n    ) -> two(batch = 2,) -> save("x")\n}}\n',
    "empty calls": DECLARED + P + '    flow = one() -> (two()) -> save("x")\n}}\n',
    "over lines": DECLARED
    + P
    + '    flow = one # first\n        -> two\n        -> save("x")\n}}\n',
    "list": DECLARED
    + P
    + '    flow = [one -> two -> save("x"), one -> two -> save_webp("y")]\n}}\n',
    "let in the block": DECLARED
    + P
    + '    let made = one -> two\n    flow = made -> save("x")\n}}\n',
    "let in the file": DECLARED
    + "let made = one -> two\n"
    + P
    + '    flow = made -> save("x")\n}}\n',
    "parameter": DECLARED
    + "param order: flow = one -> two\n"
    + P
    + '    flow = order -> save("x")\n}}\n',
    "declared with braces": BLOCK
    + "param order: flow = one -> two\n"
    + P
    + '    flow = order -> save("x")\n}}\n',
    "copy": DECLARED + Q + "pipeline p = q({setting})\n",
    "copy over lines": DECLARED + Q + "pipeline p = q(\n    length = 49f\n    {setting}\n)\n",
    "copy in place": DECLARED
    + Q
    + 'pipeline p {{ flow = [q(length = 49f, {setting}) -> save("y")] }}\n',
    "copied": DECLARED
    + P
    + '    flow = one -> two -> save("x")\n}}\npipeline r = p(length = 49f)\n',
    "read in a string": DECLARED
    + P
    + '    flow = one -> two -> save("x_{{pipeline.{name}}}")\n}}\n',
    "with a let": DECLARED
    + "pipeline p {{\n{base}    let mine = {value}\n    {name} = mine\n"
    + '    flow = one -> two -> save("x")\n}}\n',
    "with a parameter": DECLARED
    + "param mine: {type} = {value}\npipeline p {{\n{base}    {name} = mine\n"
    + '    flow = one -> two -> save("x")\n}}\n',
}

TYPES = {"prompt": "text", "seed": "int", "sampler": "sampler", "patches": "flow"}


def written(shape: str, name: str) -> str:
    value = WRITTEN[name][0]
    return HEAD + SHAPES[shape].format(
        base=BASE,
        setting=f"{name} = {value}",
        name=name,
        value=value,
        type=TYPES.get(name, "float"),
    )


def judged(source: Source) -> list[Any]:
    """The errors alone: other findings would change the recipe back."""
    return [finding for finding in check(source).diagnostics if finding.is_error]


def hidden(text: str) -> list[str]:
    return [finding.message for finding in findings_of(text) if finding.code == "WAN422"]


def in_json(text: str, name: str) -> list[Any]:
    made = compile(Source(text, "test.wan"), pipeline="p")
    assert made.prompt is not None, made.diagnostics
    _, (class_type, key), _ = WRITTEN[name]
    found = [
        node["inputs"][key] for node in made.prompt.values() if node["class_type"] == class_type
    ]
    if name == "prompt":
        found = [made.prompt[link[0]]["inputs"]["text"] for link in found]
    return found


def is_sensible(shape: str, name: str) -> bool:
    if shape == "read in a string":
        return name not in ("patches", "sampler")  # these cannot be in a string
    return True


@given(st.sampled_from(sorted(SHAPES)), st.sampled_from(sorted(WRITTEN)))
def test_the_fix_writes_the_setting_where_it_takes_effect(shape: str, name: str) -> None:
    assume(is_sensible(shape, name))
    text = written(shape, name)
    assert len(hidden(text)) == 1, text
    fixed = fixing.fix(text, judged, unsafe=True)
    assert not hidden(fixed.text), fixed.text
    assert not [finding for finding in fixed.left if finding.is_error], fixed.text
    found = in_json(fixed.text, name)
    assert found and set(found) == {WRITTEN[name][2]}, fixed.text


def test_flows_that_others_use_too_are_left_alone_and_the_text_is_shown() -> None:
    text = piped(
        'made -> save("x")', "    cfg = 3.5\n", declarations="let made = wan22.high -> wan22.low"
    )
    text += 'pipeline q = p(cfg = none, flow = made -> save("y"))\n'
    found = [finding for finding in findings_of(text) if finding.code == "WAN422"]
    assert [finding.fix for finding in found] == [None]
    assert "`wan22.high(cfg = 3.5) -> wan22.low(cfg = 3.5)`" in found[0].help


def test_a_copy_of_a_pipeline_of_another_file_gets_its_flow_with_the_names_of_that_file(
    wan: Any,
) -> None:
    house = HEAD + "pass high = wan22.high\npass low = wan22.low\n"
    house += (
        "pipeline base {\n"
        + SETTINGS
        + '    flow = high -> low -> rife(times = 2) -> save("x")\n}\n'
    )
    mine = 'wan 1\nuse "house.wan" as house\n\npipeline p = house.base(cfg = 3.5)\n'
    made = wan.write("house.wan", house).write("mine.wan", mine)("lint", "--fix", "mine.wan")
    assert made.status == 0, made
    flow = 'flow = house.high(cfg = 3.5) -> house.low(cfg = 3.5) -> rife(times = 2) -> save("x")'
    assert flow in wan.read("mine.wan")


@pytest.mark.parametrize(
    ("steps", "written"),
    [("30", "0..15 of 30"), ("20", "10..20 of 20"), ("7", None)],
)
def test_steps_of_a_split_are_scaled_only_where_that_comes_out_even(
    steps: str, written: str | None
) -> None:
    found = [
        finding
        for finding in findings_of(piped(more=f"    steps = {steps}\n"))
        if finding.code == "WAN422"
    ]
    assert len(found) == 1
    if written is None:
        assert found[0].fix is None
    else:
        assert found[0].fix is not None and not found[0].fix.safe
        assert written in found[0].help


@pytest.mark.parametrize(("steps", "has_fix"), [("8", True), ("6", False), ("7", False)])
def test_steps_of_three_passes_are_scaled_only_where_all_of_them_come_out_even(
    steps: str, has_fix: bool
) -> None:
    """With 6 in place of 4, the last pass would come out even, and the two before it would not."""
    flow = "wan22.high(steps = 0..1 of 4) -> wan22.high(steps = 1..2 of 4) -> wan22.low"
    text = piped(f'{flow} -> save("x")', f"    steps = {steps}\n")
    found = [finding for finding in findings_of(text) if finding.code == "WAN422"]
    passes = piped(
        'a -> b -> wan22.low -> save("x")',
        f"    steps = {steps}\n",
        "pass a = wan22.high(steps = 0..1 of 4)\npass b = wan22.high(steps = 1..2 of 4)",
    )
    (declared,) = [finding for finding in findings_of(passes) if finding.code == "WAN422"]
    assert len(found) == 1
    assert (declared.fix is not None) is has_fix, declared.help
    assert ("such as" in declared.help) is not has_fix


#: What was wrong, a word of what is said, and whether there is a fix.
ANSWERED = {
    "a family that no model has": (
        piped(more="    family = wan22.t2v_14b\n"),
        "WAN422 8:5",
        "their models are of `i2v_14b`",
    ),
    "a size in a declared pass": (
        piped('wan22.high -> low -> save("x")', "", "pass low = wan22.low(size = 640x640)"),
        "WAN423 3:22",
        "the value of the arrow has 832x480",
    ),
    "one of the LoRAs of the passes": (
        piped(more="    loras = [wan22.lightx2v_high(strength = 0.8)]\n"),
        "WAN422 8:5",
        "`wan22.high(loras = […]) -> wan22.low(loras = […])`",
    ),
    "denoise of parts": (piped(more="    denoise = 0.5\n"), "WAN409 8:5", "a whole schedule"),
    "a model": (
        piped(more="    model = wan22.t2v_high\n"),
        "WAN422 8:5",
        "`wan22.high(model = …) -> wan22.low(model = …)`",
    ),
    "said in the flow": (
        piped('wan22.high(cfg = 1.5) -> wan22.low(cfg = 1.5) -> save("x")', "    cfg = 2.0\n"),
        "WAN422 8:5",
        "Remove it",
    ),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_what_has_no_certain_fix_is_answered_in_words(name: str) -> None:
    text, where, words = ANSWERED[name]
    found = [
        finding for finding in findings_of(text) if finding.is_error or finding.code == "WAN423"
    ]
    assert [place(finding) for finding in found] == [where], [finding.message for finding in found]
    assert words in f"{found[0].message} {found[0].help}"
    assert found[0].fix is None or not found[0].fix.safe


def test_a_comment_behind_the_setting_stays() -> None:
    text = piped(more="    cfg = 3.5 # more guidance\n")
    fixed = fixing.fix(text, judged).text
    assert "    # more guidance\n    flow   = wan22.high(cfg = 3.5)" in fixed


def test_a_pass_of_another_file_is_called_with_the_name_of_that_file(wan: Any) -> None:
    house = HEAD + 'let end = "x"\npass high = wan22.high\n'
    house += "pipeline base {\n" + SETTINGS + '    flow = high -> wan22.low -> save("{end}")\n}\n'
    mine = 'wan 1\nuse "house.wan" as house\n\npipeline p = house.base(cfg = 3.5)\n'
    reported = wan.write("house.wan", house).write("mine.wan", mine)("lint", "mine.wan").stdout
    assert "`house.high(cfg = 3.5) -> wan22.low(cfg = 3.5)`" in " ".join(reported.split())
