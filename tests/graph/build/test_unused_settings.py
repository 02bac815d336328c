"""A setting of a pipeline that its passes set themselves: reported, and moved to where it takes effect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings import SETTINGS, findings_of, piped, place
from wan22dsl.api.compiler import compile
from wan22dsl.source import Source

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
    found = [finding for finding in findings_of(PLAIN[name]) if finding.is_error]
    assert [finding.code for finding in found] == ["WAN422"], [finding.message for finding in found]
    assert "sets it to" in found[0].message or "set it to" in found[0].message
    assert found[0].fix is not None or found[0].help


def test_the_message_names_the_passes_and_their_values() -> None:
    found = findings_of(piped(more="    cfg = 3.5\n"))[0]
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
    found = [
        finding
        for finding in findings_of(FINE[name])
        if finding.is_error or finding.code == "WAN423"
    ]
    assert not found, [finding.message for finding in found]


def test_a_setting_of_some_passes_is_a_note_in_lint_and_describe(wan: Any) -> None:
    text = piped(
        'wan22.high -> low -> save("x")', "    cfg = 1.5\n", "pass low = wan22.low(cfg = none)"
    )
    found = [finding for finding in findings_of(text) if finding.code == "WAN423"]
    reported = "`low` uses `cfg` of `p`, but `wan22.high` sets it to 1.0"
    assert [finding.message for finding in found] == [reported]
    assert found[0].severity.value == "note"
    described = wan.write("a.wan", text)("describe", "a.wan").stdout
    assert reported in " ".join(described.split())


def test_what_a_copy_took_over_and_no_pass_takes_is_a_note() -> None:
    text = piped(
        'wan22.base_high(cfg = none) -> wan22.base_low(cfg = none) -> save("x")', "    cfg = 5.0\n"
    )
    text += 'pipeline q = p(flow = wan22.high -> wan22.low -> save("y"))\n'
    found = [finding for finding in findings_of(text) if finding.code in ("WAN422", "WAN423")]
    assert [(finding.code, place(finding)) for finding in found] == [("WAN423", "WAN423 11:16")]


#: What the arrow brings decides these.
BROUGHT = {
    "size": ("    size = 640x640\n", "`wan22.low` takes 1664x960 from the flow"),
    "length": ("    size = 1664x960\n    length = 33f\n", "`wan22.low` takes 81f from the flow"),
}


@pytest.mark.parametrize("name", BROUGHT)
def test_a_size_that_the_flow_decides_is_an_error(name: str) -> None:
    more, reported = BROUGHT[name]
    text = piped(
        'q -> scale(by = 2.0) -> wan22.low(steps = 4, denoise = 0.3) -> save("x")',
        more,
        declarations="pipeline q {\n" + SETTINGS + "    flow = wan22.high -> wan22.low\n}",
        settings='    prompt = "x"\n    image = "a.png"\n',
    )
    found = [finding for finding in findings_of(text) if finding.is_error]
    assert [(finding.code, reported in finding.message) for finding in found] == [("WAN422", True)]


def test_a_size_in_a_pass_that_goes_on_from_a_latent_is_an_error() -> None:
    text = piped('wan22.high -> wan22.low(size = 640x640) -> save("x")')
    assert [place(finding) for finding in findings_of(text) if finding.is_error] == ["WAN422 8:38"]


def test_a_flow_from_outside_is_judged_too() -> None:
    text = piped(
        'order -> save("x")',
        "    cfg = 3.5\n",
        "param order: flow = one\npass one = wan22.high(cfg = none, steps = 4)",
    )
    assert not [finding for finding in findings_of(text) if finding.code == "WAN422"]
    found = findings_of(text, values={"order": "wan22.low(steps = 4)"})
    assert [finding.code for finding in found if finding.is_error] == ["WAN422"]
    assert found[0].fix is None and "`low(cfg = 3.5)`" in found[0].help


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
    found = findings_of(piped(flow, f"    cfg = 3.5\n{more}"))
    assert [finding.code for finding in found if finding.is_error] == expected


def test_settings_of_a_pipeline_that_only_joins_others_belong_into_those() -> None:
    text = piped(more="    cfg = 2.0\n    steps = 8\n", flow='q -> save("x")',
                 declarations="pipeline q {\n" + SETTINGS + "    flow = wan22.high -> wan22.low\n}",
                 settings="")  # fmt: skip
    found = [finding for finding in findings_of(text) if finding.is_error]
    assert [(finding.code, finding.help) for finding in found] == [
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
    (found,) = findings_of(piped('a -> join(b) -> save("x")', lets))
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
        finding
        for finding in findings_of(piped('a -> join(b) -> save("x")', lets))
        if finding.code == "WAN423"
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
    found = findings_of(piped(flow, more, declarations))
    reported = [f"{finding.message} {finding.help}" for finding in found if place(finding) == where]
    assert len(reported) == 1 and words in reported[0], [finding.message for finding in found]


def test_the_batch_of_a_pipeline_is_no_batch_of_a_pass_behind_a_video() -> None:
    flow = '"a.mp4" -> wan22.low(steps = 4, denoise = 0.3) -> preview'
    found = findings_of(piped(flow, "    batch = 2\n    fps = 16fps\n"))
    reported = [
        finding.message
        for finding in found
        if finding.code == "WAN422" and "`batch`" in finding.message
    ]
    assert reported == ["no pass uses `batch` of `p`: `wan22.low` takes 1 from the flow"]


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
    found = [
        finding
        for finding in findings_of(piped(*TAKEN[name]))
        if finding.code in ("WAN409", "WAN422", "WAN423")
    ]
    assert not found, [finding.message for finding in found]
    counts = [
        node["inputs"]["batch_size"]
        for node in (compile(Source(piped(*TAKEN[name]), "t.wan")).prompt or {}).values()
        if "batch_size" in node["inputs"]
    ]
    assert counts[0] == (2 if "batch" in name else 1)


def test_only_the_conditioning_that_begins_makes_several_clips() -> None:
    flow = UPSCALED + 'wan22.low(steps = 4, denoise = 0.3) -> save("x")'
    found = [
        finding
        for finding in findings_of(piped(flow, "    batch = 2\n"))
        if finding.code == "WAN812"
    ]
    assert ["image_to_video_2" in finding.message for finding in found] == [False]


def test_a_setting_that_another_one_is_made_of_is_read_even_where_that_is_not() -> None:
    """The second pass adds no noise, so its sampler takes no seed."""
    engine = "engine = samplers.custom(sigmas = samplers.boundary_schedule)"
    text = piped(
        f'wan22.high -> wan22.low({engine}, seed = pipeline.low_seed) -> save("x")',
        "    low_seed = 7\n    boundary = 0.9\n    schedule_model = wan22.i2v_high\n",
        declarations="use samplers",
    )
    found = [finding for finding in findings_of(text) if finding.is_error]
    assert not found, [finding.message for finding in found]
