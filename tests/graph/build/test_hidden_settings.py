"""A setting of a pipeline that its passes set themselves: reported, and moved to where it takes effect."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.findings import HEAD, SETTINGS, piped, place, said
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
    return [one for one in check(source).diagnostics if one.is_error]


def hidden(text: str) -> list[str]:
    return [one.message for one in said(text) if one.code == "WAN422"]


def in_json(text: str, name: str) -> list[Any]:
    made = compile(Source(text, "test.wan"), pipeline="p")
    assert made.prompt is not None, made.diagnostics
    _, (class_type, key), _ = WRITTEN[name]
    found = [one["inputs"][key] for one in made.prompt.values() if one["class_type"] == class_type]
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
    assert not [one for one in fixed.left if one.is_error], fixed.text
    found = in_json(fixed.text, name)
    assert found and set(found) == {WRITTEN[name][2]}, fixed.text


PLAIN = {
    "library passes": piped(more="    cfg = 3.5\n"),
    "text to video": piped(
        'wan22.text_high -> wan22.text_low -> save("x")',
        "    shift = 8.0\n",
        settings=SETTINGS.replace('    image  = "a.png"\n', ""),
    ),
    "one pass": piped('wan22.small -> save("x")', "    cfg = 3.5\n"),
    "behind a pipeline": piped(
        'q -> scale(by = 2.0) -> wan22.low(steps = 4, denoise = 0.3) -> save("x")',
        "    cfg = 3.5\n",
        declarations="pipeline q {\n" + SETTINGS + "    flow = wan22.high -> wan22.low\n}",
        settings='    prompt = "x"\n',
    ),
    "steps of whole schedules": piped(
        'wan22.high(steps = 4) -> low -> save("x")',
        "    steps = 8\n",
        declarations="pass low = wan22.low(steps = 4)",
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_setting_that_reaches_no_pass_is_an_error_with_the_passes_and_a_way(name: str) -> None:
    found = [one for one in said(PLAIN[name]) if one.is_error]
    assert [one.code for one in found] == ["WAN422"], [one.message for one in found]
    assert "sets it to" in found[0].message or "set it to" in found[0].message
    assert found[0].fix is not None or found[0].help


def test_the_message_names_the_passes_and_their_values() -> None:
    found = said(piped(more="    cfg = 3.5\n"))[0]
    assert found.message == "no pass uses `cfg` of `p`: `wan22.high` and `wan22.low` set it to 1.0"
    assert found.help == (
        "Set it where it takes effect: `wan22.high(cfg = 3.5) -> wan22.low(cfg = 3.5)`."
    )
    assert found.fix is not None and found.fix.safe


FINE = {
    "the same value": piped(more="    cfg = 1.0\n    sampler = euler/simple\n    steps = 4\n"),
    "taken where the pass has none": piped(
        'wan22.high(cfg = none) -> wan22.low(cfg = none) -> save("x")', "    cfg = 3.5\n"
    ),
    "the total of a part": piped(
        'wan22.high(steps = 0..4) -> wan22.low(steps = 4..8) -> save("x")', "    steps = 8\n"
    ),
    "read by a stage": piped(
        'wan22.high -> wan22.low -> again -> save("x")',
        "    cfg = 3.5\n",
        declarations="stage again(in latent: LATENT, cfg: float = pipeline.cfg) -> LATENT {\n"
        "    let start = wan22.image_to_video()\n"
        "    out = KSampler(model = wan22.i2v_low, seed = 1, steps = 4, cfg = cfg,\n"
        '        sampler_name = "euler", scheduler = "simple", positive = start.positive,\n'
        "        negative = start.negative, latent_image = latent, denoise = 0.3)\n}",
    ),
    "taken over by a copy": piped(
        declarations="pipeline q {\n"
        + SETTINGS
        + "    cfg = 3.5\n    flow = wan22.base_high(cfg = none) -> wan22.base_low(cfg = none)\n}"
    )
    + 'pipeline r = q(flow = wan22.high(cfg = none) -> wan22.low(cfg = none) -> save("y"))\n',
    "a size of its own that the clip has anyway": piped(
        'wan22.high -> wan22.low(size = 832x480) -> save("x")'
    ),
    "the clip of the pass before": piped(
        'wan22.high -> wan22.low -> scale(by = 2.0) -> wan22.low(steps = 4, denoise = 0.3) -> save("x")'
    ),
}


@pytest.mark.parametrize("name", FINE)
def test_a_setting_that_some_pass_takes_or_has_anyway_is_not_reported(name: str) -> None:
    found = [one for one in said(FINE[name]) if one.is_error or one.code == "WAN423"]
    assert not found, [one.message for one in found]


def test_a_setting_of_some_passes_is_a_note_in_lint_and_describe(wan: Any) -> None:
    text = piped(
        'wan22.high -> low -> save("x")', "    cfg = 1.5\n", "pass low = wan22.low(cfg = none)"
    )
    found = [one for one in said(text) if one.code == "WAN423"]
    told = "`low` uses `cfg` of `p`, but `wan22.high` sets it to 1.0"
    assert [one.message for one in found] == [told]
    assert found[0].severity.value == "note"
    described = wan.write("a.wan", text)("describe", "a.wan").stdout
    assert told in " ".join(described.split())


def test_what_a_copy_took_over_and_no_pass_takes_is_a_note() -> None:
    text = piped(
        'wan22.base_high(cfg = none) -> wan22.base_low(cfg = none) -> save("x")', "    cfg = 5.0\n"
    )
    text += 'pipeline q = p(flow = wan22.high -> wan22.low -> save("y"))\n'
    found = [one for one in said(text) if one.code in ("WAN422", "WAN423")]
    assert [(one.code, place(one)) for one in found] == [("WAN423", "WAN423 11:16")]


#: What the arrow brings decides these.
BROUGHT = {
    "size": ("    size = 640x640\n", "`wan22.low` takes 1664x960 from the flow"),
    "length": ("    size = 1664x960\n    length = 33f\n", "`wan22.low` takes 81f from the flow"),
}


@pytest.mark.parametrize("name", BROUGHT)
def test_a_size_that_the_flow_decides_is_an_error(name: str) -> None:
    more, told = BROUGHT[name]
    text = piped(
        'q -> scale(by = 2.0) -> wan22.low(steps = 4, denoise = 0.3) -> save("x")',
        more,
        declarations="pipeline q {\n" + SETTINGS + "    flow = wan22.high -> wan22.low\n}",
        settings='    prompt = "x"\n    image = "a.png"\n',
    )
    found = [one for one in said(text) if one.is_error]
    assert [(one.code, told in one.message) for one in found] == [("WAN422", True)]


def test_a_size_in_a_pass_that_goes_on_from_a_latent_is_an_error() -> None:
    text = piped('wan22.high -> wan22.low(size = 640x640) -> save("x")')
    assert [place(one) for one in said(text) if one.is_error] == ["WAN422 8:38"]


def test_flows_that_others_use_too_are_left_alone_and_the_text_is_shown() -> None:
    text = piped(
        'made -> save("x")', "    cfg = 3.5\n", declarations="let made = wan22.high -> wan22.low"
    )
    text += 'pipeline q = p(cfg = none, flow = made -> save("y"))\n'
    found = [one for one in said(text) if one.code == "WAN422"]
    assert [one.fix for one in found] == [None]
    assert "`wan22.high(cfg = 3.5) -> wan22.low(cfg = 3.5)`" in found[0].help


def test_a_flow_from_outside_is_judged_too() -> None:
    text = piped(
        'order -> save("x")',
        "    cfg = 3.5\n",
        "param order: flow = one\npass one = wan22.high(cfg = none, steps = 4)",
    )
    assert not [one for one in said(text) if one.code == "WAN422"]
    found = said(text, values={"order": "wan22.low(steps = 4)"})
    assert [one.code for one in found if one.is_error] == ["WAN422"]
    assert found[0].fix is None and "`low(cfg = 3.5)`" in found[0].help


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
    found = [one for one in said(piped(more=f"    steps = {steps}\n")) if one.code == "WAN422"]
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
    found = [one for one in said(text) if one.code == "WAN422"]
    passes = piped(
        'a -> b -> wan22.low -> save("x")',
        f"    steps = {steps}\n",
        "pass a = wan22.high(steps = 0..1 of 4)\npass b = wan22.high(steps = 1..2 of 4)",
    )
    (declared,) = [one for one in said(passes) if one.code == "WAN422"]
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
    found = [one for one in said(text) if one.is_error or one.code == "WAN423"]
    assert [place(one) for one in found] == [where], [one.message for one in found]
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
    told = wan.write("house.wan", house).write("mine.wan", mine)("lint", "mine.wan").stdout
    assert "`house.high(cfg = 3.5) -> wan22.low(cfg = 3.5)`" in " ".join(told.split())


@pytest.mark.parametrize(
    ("flow", "more", "expected"),
    [
        ('wan22.high -> wan22.low -> rife(tims = 2) -> save("x")', "", ["WAN422", "WAN401"]),
        ('wan22.high -> wan22.low -> save("x")', "    denoise = 0.5\n", ["WAN422", "WAN409"]),
        ('wan22.high -> wan22.low -> save("x")', "    batch = two\n", ["WAN422", "WAN207"]),
        ('wan22.high -> wan22.lwo -> save("x")', "", ["WAN207"]),
    ],
)
def test_it_is_reported_beside_other_mistakes_unless_a_pass_may_be_missing(
    flow: str, more: str, expected: list[str]
) -> None:
    found = said(piped(flow, f"    cfg = 3.5\n{more}"))
    assert [one.code for one in found if one.is_error] == expected


def test_settings_of_a_pipeline_that_only_joins_others_belong_into_those() -> None:
    text = piped(more="    cfg = 2.0\n    steps = 8\n", flow='q -> save("x")',
                 declarations="pipeline q {\n" + SETTINGS + "    flow = wan22.high -> wan22.low\n}",
                 settings="")  # fmt: skip
    found = [one for one in said(text) if one.is_error]
    assert [(one.code, one.help) for one in found] == [
        (
            "WAN409",
            f"Move it to the pipeline whose passes use it, `q({name} = …)`, or remove it.",
        )
        for name in ("cfg", "steps")
    ]


@pytest.mark.parametrize(
    ("image", "shown"), [("a -> last_frame", "`a -> last_frame`"), ('"nix.png"', '"nix.png"')]
)
def test_a_pass_that_takes_it_in_one_place_is_shown_by_its_call_in_another(
    image: str, shown: str
) -> None:
    lets = "    let a = wan22.high -> wan22.low\n"
    lets += f"    let b = wan22.high(image = {image}) -> wan22.low(image = {image})\n"
    (found,) = said(piped('a -> join(b) -> save("x")', lets))
    assert place(found) == "WAN423 4:5"
    assert found.message == (
        f"`wan22.high` and `wan22.low` use `image` of `p`, but `wan22.high(image = {image})` "
        f"and `wan22.low(image = {image})` set it to {shown}"
    )


def test_a_long_call_is_shown_by_its_line() -> None:
    long = f'image = "nix.png", prompt = "{"very " * 10}long"'
    lets = "    let a = wan22.high -> wan22.low\n"
    lets += f"    let b = wan22.high({long}) -> wan22.low({long})\n"
    found = next(
        one for one in said(piped('a -> join(b) -> save("x")', lets)) if one.code == "WAN423"
    )
    assert "but `wan22.high` on line 9 and `wan22.low` on line 9 set it to" in found.message


UPSCALED = "wan22.high -> wan22.low -> scale(by = 2.0) -> "

#: A flow, settings of the pipeline, declarations; and where which finding says what.
OF_LATER_PASSES = {
    "batch in place": (
        'wan22.high -> wan22.low(batch = 2) -> save("x")', "", "",
        "WAN422 8:38", "`low` does not use its `batch`: the value of the arrow has 1",
    ),
    "batch of a declared pass": (
        'wan22.high -> low -> save("x")', "", "pass low = wan22.low(batch = 2)",
        "WAN423 3:22", "`low` does not use its `batch`: the value of the arrow has 1",
    ),
    "batch of a pass behind frames": (
        UPSCALED + 'wan22.low(steps = 4, denoise = 0.3, batch = 2) -> save("x")', "", "",
        "WAN422 8:96", "`low` does not use its `batch`: the value of the arrow has 1",
    ),
    "handoff of one pass": (
        'wan22.high(steps = 4) -> save("x")', '    handoff = "frames"\n', "",
        "WAN409 8:5", "let two passes follow each other",
    ),
    "handoff in the first pass": (
        'wan22.high(handoff = "latent") -> wan22.low -> save("x")', "", "",
        "WAN422 8:25", "`high` does not use its `handoff`: there is no pass before it",
    ),
    "handoff in a declared first pass": (
        'high -> wan22.low -> save("x")', "", 'pass high = wan22.high(handoff = "latent")',
        "WAN423 3:24", "`high` does not use its `handoff`: there is no pass before it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_LATER_PASSES)
def test_what_the_place_in_the_flow_decides_is_reported(name: str) -> None:
    flow, more, declarations, where, words = OF_LATER_PASSES[name]
    found = said(piped(flow, more, declarations))
    told = [f"{one.message} {one.help}" for one in found if place(one) == where]
    assert len(told) == 1 and words in told[0], [one.message for one in found]


def test_the_batch_of_a_pipeline_is_no_batch_of_a_pass_behind_a_video() -> None:
    flow = '"a.mp4" -> wan22.low(steps = 4, denoise = 0.3) -> preview'
    found = said(piped(flow, "    batch = 2\n    fps = 16fps\n"))
    told = [one.message for one in found if one.code == "WAN422" and "`batch`" in one.message]
    assert told == ["no pass uses `batch` of `p`: `wan22.low` takes 1 from the flow"]


TAKEN = {
    "batch of the first pass": ('wan22.high(batch = 2) -> wan22.low -> save("x")', "", ""),
    "the same batch": ('wan22.high(batch = 2) -> wan22.low(batch = 2) -> save("x")', "", ""),
    "batch of the pipeline": ('wan22.high -> wan22.low -> save("x")', "    batch = 2\n", ""),
    "batch of a first pass that others go on from": (
        UPSCALED + 'wan22.low(steps = 4, denoise = 0.3) -> save("x")', "    batch = 2\n", "",
    ),
    "handoff of two passes": ('wan22.high -> wan22.low -> save("x")', '    handoff = "latent"\n', ""),
    "handoff of the second": ('wan22.high -> wan22.low(handoff = "latent") -> save("x")', "", ""),
    "handoff of a pass that no flow has": (
        'wan22.high -> wan22.low -> save("x")', "", 'pass other = wan22.low(handoff = "latent")',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_what_takes_effect_in_its_place_is_not_reported(name: str) -> None:
    found = [one for one in said(piped(*TAKEN[name])) if one.code in ("WAN409", "WAN422", "WAN423")]
    assert not found, [one.message for one in found]
    counts = [
        node["inputs"]["batch_size"]
        for node in (compile(Source(piped(*TAKEN[name]), "t.wan")).prompt or {}).values()
        if "batch_size" in node["inputs"]
    ]
    assert counts[0] == (2 if "batch" in name else 1)


def test_only_the_conditioning_that_begins_makes_several_clips() -> None:
    flow = UPSCALED + 'wan22.low(steps = 4, denoise = 0.3) -> save("x")'
    found = [one for one in said(piped(flow, "    batch = 2\n")) if one.code == "WAN812"]
    assert ["image_to_video_2" in one.message for one in found] == [False]
