"""One mistake, one finding, at the place where it was made, with what to do about it."""

from __future__ import annotations

import pytest

from tests.findings import HEAD, SETTINGS, findings_of, piped, place, places
from wan22dsl.diagnostics import Edit

FLOW = 'high -> wan22.low -> save("x")'


def high(settings: str, flow: str = FLOW) -> str:
    """A pipeline with a pass of its own, written in line 3 behind `pass high = wan22.high(`."""
    return piped(flow, declarations=f"pass high = wan22.high({settings})")


#: What is written, the finding, and a part of what to do about it.
MISTAKES = {
    "a size as a product": (
        piped(settings=SETTINGS.replace("832x480", "832*480")),
        "WAN302 6:14",
        "Write `832x480`.",
    ),
    "an unknown unit": (
        piped(settings=SETTINGS.replace("81f", "5sec")),
        "WAN301 7:14",
        "Did you mean `5s`?",
    ),
    "frames without their unit": (
        piped(settings=SETTINGS.replace("81f", "81")),
        "WAN302 7:14",
        "Write `81f`.",
    ),
    "a rate without its unit": (piped(more="    fps = 16\n"), "WAN302 8:11", "Write `16fps`."),
    "steps with a minus": (high("steps = 0-2 of 4"), "WAN303 3:32", "Write `0..2 of 4`."),
    "steps that do not divide evenly": (
        high("steps = 0..7 / 2 of 7"),
        "WAN303 3:32",
        "3.5 is not a whole number",
    ),
    "a division by nothing": (high("cfg = 7 / 0"), "WAN303 3:30", "other than 0"),
    "steps without their number": (high("steps = 0..2"), "WAN411 3:32", "`0..2 of 4`"),
    "a sampler in quotes": (
        high('sampler = "euler/simple"'),
        "WAN302 3:34",
        "Write `euler/simple`.",
    ),
    "a text for a number": (high('cfg = "1"'), "WAN302 3:30", "Write `1`"),
    "a lora without brackets": (
        high("loras = wan22.lightx2v_high"),
        "WAN302 3:32",
        "Write `[wan22.lightx2v_high]`.",
    ),
    "a model among the loras": (
        high("loras = [wan22.i2v_high]"),
        "WAN302 3:33",
        "Write the name of a lora.",
    ),
    "a file for a model": (
        high('model = "x.safetensors"'),
        "WAN302 3:32",
        "Declare it above: `model x {",
    ),
    "another choice": (high('handoff = "frame"'), "WAN304 3:34", 'Did you mean `"frames"`?'),
    "a choice without quotes": (
        f'{HEAD}model m {{ file = "m", noise = high }}',
        "WAN207 3:31",
        '`"high"`',
    ),
    "a misspelt setting that is needed": (
        piped(settings=SETTINGS.replace("prompt", "promt ")),
        "WAN408 3:10",
        "Did you mean `promt`?",
    ),
    "a misspelt setting that is not": (
        piped(more="    negativ = 'x'\n".replace("'", '"')),
        "WAN409 8:5",
        "Did you mean `negative`?",
    ),
    "a setting for another conditioning": (
        piped(more='    end_image = "b.png"\n'),
        "WAN409 8:5",
        "`wan22.first_last_frame`",
    ),
    "a denoise for a part of a schedule": (high("denoise = 0.5"), "WAN409 3:24", "Remove it"),
    "a misspelt stage": (
        piped('wan22.high -> wan22.low -> rif -> save("x")'),
        "WAN207 8:41",
        "Did you mean `rife`?",
    ),
    "a misspelt parameter": (
        piped('wan22.high -> wan22.low -> rife(tims = 3) -> save("x")'),
        "WAN401 8:46",
        "Did you mean `times`?",
    ),
    "an argument too few": (
        piped("wan22.high -> wan22.low -> save"),
        "WAN402 8:41",
        'save("p")',
    ),
    "an argument too many": (
        piped('wan22.high -> wan22.low -> save("x", "y")'),
        "WAN212 8:51",
        "`name = value`",
    ),
    "an argument for what the arrow brings": (
        piped('wan22.high -> wan22.low -> save("x", frames = _)').replace(
            "frames = _", "frames = 1"
        ),
        "WAN401 8:51",
        "The arrow already supplies it",
    ),
    "a value in the place of a stage": (
        piped('wan22.high -> wan22.low -> "x"'),
        "WAN404 8:41",
        'save("name")',
    ),
    "a node without a place for the value": (
        piped('wan22.high -> wan22.low -> ImageInvert() -> save("x")'),
        "WAN405 8:41",
        "`ImageInvert(image = _)`",
    ),
    "a flow behind a list": (
        piped('wan22.high -> wan22.low -> [save("x")] -> save("y")'),
        "WAN407 8:56",
        "`let`",
    ),
    "a pipeline in the middle of a flow": (
        piped(
            'wan22.high -> q -> save("x")', declarations="pipeline q { flow = preview() }"
        ).replace("preview()", 'LoadImage(image = "a.png").IMAGE -> preview'),
        "WAN404 9:28",
        "put it first",
    ),
    "a pipeline without a flow": (
        piped().replace('    flow   = wan22.high -> wan22.low -> save("x")\n', ""),
        "WAN408 3:10",
        "`flow = ",
    ),
    "a misspelt stage at the end": (
        piped('wan22.high -> wan22.low -> sav("x")'),
        "WAN207 8:41",
        "Did you mean `save`?",
    ),
    "a pass that is not there": (piped("wan22.hgh"), "WAN207 8:14", "Did you mean"),
    "an input without its name": (
        f'{HEAD}graph g {{\n    let a = LoadImage(image = "a.png")\n    PreviewImage(a.IMAGE)\n}}',
        "WAN212 5:18",
        "Write",
    ),
    "a flow by way of itself": (
        piped("wan22.high -> wan22.low -> last", declarations="let last = other\nlet other = last"),
        "WAN214 3:5",
        "",
    ),
    "outputs of which none is chosen": (
        f'{HEAD}graph g {{ PreviewImage(images = LoadImage(image = "a.png")) }}',
        "WAN310 3:33",
        "`.IMAGE`",
    ),
    "a member that is not there": (f"{HEAD}let b = wan22.high.cgf", "WAN308 3:9", "`.cfg`"),
    "a call of a value": (
        f"{HEAD}let a = 1\nlet b = a(c = 2)",
        "WAN403 4:9",
        "without parentheses",
    ),
    "a setting that a lora has not": (
        f"{HEAD}lora g = wan22.lightx2v_high(strenght = 0.5)",
        "WAN210 3:30",
        "`strength`",
    ),
    "a lora without a file": (f"{HEAD}lora g {{ strength = 0.5 }}", "WAN221 3:6", "`file"),
    "an unknown type": (f"{HEAD}param n: itn = 1", "WAN209 3:10", "`int`"),
    "units that disagree": (f"{HEAD}param n: frames = 5s + 1f", "WAN303 3:19", "in frames"),
    "an output of another name": (
        f"{HEAD}stage s(in f: IMAGE) -> IMAGE {{ ot = f }}",
        "WAN218 3:33",
        "Did you mean `out`?",
    ),
    "a stage in a graph": (
        f'{HEAD}graph g {{\n    let a = LoadImage(image = "a.png").IMAGE\n    a -> save("x")\n}}',
        "WAN220 5:10",
        "`pipeline`",
    ),
    "a pass in a graph": (
        f"{HEAD}graph g {{ PreviewImage(images = wan22.high) }}",
        "WAN220 3:33",
        "",
    ),
    "a setting in a graph": (
        f"{HEAD}graph g {{ PreviewImage(images = pipeline.image) }}",
        "WAN220 3:33",
        "",
    ),
    "`_` without an arrow": (f"{HEAD}let a = _", "WAN207 3:9", "add an arrow"),
    "frames for a conditioning without a picture": (
        f"""{HEAD}
pass one = wan22.text_high(steps = 4)
pass two = wan22.text_low(steps = 4)
pipeline p {{
    prompt = "x"
    size   = 832x480
    length = 81f
    flow   = one -> two -> save("x")
}}""",
        "WAN404 10:21",
        'handoff = "latent"',
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_once_where_it_is(name: str) -> None:
    text, expected, hint = MISTAKES[name]
    errors = [finding for finding in findings_of(text) if finding.is_error]
    assert [place(error) for error in errors] == [expected], [error.message for error in errors]
    assert hint in errors[0].help


@pytest.mark.parametrize(
    "name", [name for name in MISTAKES if findings_of(MISTAKES[name][0])[0].fix]
)
def test_a_fix_takes_its_mistake_away(name: str) -> None:
    text, expected, _ = MISTAKES[name]
    fix = next(finding.fix for finding in findings_of(text) if finding.fix is not None)
    for edit in sorted(fix.edits, key=lambda finding: -finding.span.start):
        assert isinstance(edit, Edit)
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert expected not in places(text)


def test_all_mistakes_of_a_pass_are_told_with_what_only_the_rules_find() -> None:
    text = piped(
        "high -> low -> rife(tims = 2) -> save(4)",
        declarations='pass high = wan22.high(sampler = "euler", cfg = 900)\n'
        "pass low = wan22.low(steps = 2)",
    )
    assert [place for place in places(text) if not place.startswith("WAN6")] == [
        "WAN302 3:34",
        "WAN504 3:49",
        "WAN401 10:34",
        "WAN302 10:52",
    ]


def test_a_mistake_brings_no_findings_of_what_it_leaves_open() -> None:
    for name, (text, expected, _) in MISTAKES.items():
        reported = {finding.code for finding in findings_of(text)} - {expected.split()[0]}
        assert reported <= {"WAN604"}, (
            name,
            reported,
        )  # of a pass that is sound, and so is what it says


@pytest.mark.parametrize(
    ("type", "settings"), [("lora", "loras = [m]"), ("[lora]", "loras = m"), ("model", "model = m")]
)
def test_a_parameter_without_a_value_brings_no_findings_of_what_it_leaves_open(
    type: str, settings: str
) -> None:
    text = piped(
        'high -> wan22.low -> save("x")',
        declarations=f"param m: {type}\npass high = wan22.high({settings})",
    )
    assert places(text) == ["WAN307 3:7"]


@pytest.mark.parametrize(
    "stage",
    [
        'let a = LoadImage(image = "a.png").IMAGE -> scale(by = 0.5) -> wan22.high',
        "stage s(in f: IMAGE) -> LATENT { out = f -> wan22.high }",
    ],
)
def test_frames_into_a_part_of_a_schedule_are_no_mistake(stage: str) -> None:
    first = "a" if stage.startswith("let") else 'LoadImage(image = "a.png").IMAGE -> s'
    one_frame = SETTINGS.replace("81f", "1f")
    text = piped(f'{first} -> wan22.low -> save("x")', declarations=stage, settings=one_frame)
    assert not findings_of(text)
