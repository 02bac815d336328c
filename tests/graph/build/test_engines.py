"""A pass that samples by another node than KSampler."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings import SETTINGS, findings_of, place
from tests.language.library.building import node, nodes, prompt_of, source_of
from wan22dsl.api.compiler import compile, expand
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.passes.recognition import recognise
from wan22dsl.source import Source

HEAD = "wan 1\nuse wan22\nuse samplers\n"


def text_of(passes: str, flow: str = "high -> low", more: str = "") -> str:
    """A file whose passes begin in line 4."""
    body = f'{SETTINGS}    seed   = 7\n{more}    flow   = {flow} -> save("x")\n'
    return f"{HEAD}{passes}\npipeline p {{\n{body}}}\n"


def split(engine: str, last: str = "", **settings: str) -> dict[str, Any]:
    """The prompt of a split of 6 and 4 steps, the second pass a copy of the first."""
    more = "".join(f", {name} = {value}" for name, value in settings.items())
    last = f", engine = {last}" if last else ""
    return prompt_of(
        text_of(
            f"pass high = wan22.base_high(steps = 0..6 of 10, engine = {engine}{more})\n"
            f"pass low = high(model = wan22.i2v_low, steps = 6..10 of 10{last})"
        )
    )


def test_without_an_engine_a_pass_is_a_ksampler() -> None:
    prompt = prompt_of(text_of("pass high = wan22.high\npass low = wan22.low"))
    assert len(nodes(prompt, "KSamplerAdvanced")) == 2


def test_a_copy_of_a_pass_samples_the_other_part_of_the_same_schedule() -> None:
    prompt = split("samplers.custom")
    assert node(prompt, "BasicScheduler")["steps"] == 10
    assert node(prompt, "SplitSigmas")["step"] == 6
    first, last = nodes(prompt, "SamplerCustom")
    assert (source_of(prompt, first["sigmas"])[1], source_of(prompt, last["sigmas"])[1]) == (0, 1)
    assert (first["add_noise"], first["noise_seed"], first["cfg"]) == (True, 7, 3.5)
    assert (last["add_noise"], last["noise_seed"]) == (False, 0)
    assert source_of(prompt, last["latent_image"]) == ("SamplerCustom", 0)


def test_the_schedule_is_that_of_the_model_with_which_it_begins() -> None:
    prompt = split("samplers.custom")
    first, last = nodes(prompt, "SamplerCustom")
    assert node(prompt, "BasicScheduler")["model"] == first["model"] != last["model"]


def test_a_schedule_model_can_be_set() -> None:
    prompt = split("samplers.custom", schedule_model="wan22.i2v_low")
    assert source_of(prompt, node(prompt, "BasicScheduler")["model"]) == ("UNETLoader", 0)


def test_a_whole_schedule_is_not_split() -> None:
    prompt = prompt_of(
        text_of("pass high = wan22.base_high(steps = 20, engine = samplers.custom)", "high")
    )
    assert not nodes(prompt, "SplitSigmas")
    assert source_of(prompt, node(prompt, "SamplerCustom")["sigmas"]) == ("BasicScheduler", 0)


def test_the_middle_of_a_schedule_is_cut_on_both_sides() -> None:
    prompt = prompt_of(
        text_of(
            "pass a = wan22.base_high(steps = 0..2 of 10, engine = samplers.custom)\n"
            "pass b = a(steps = 2..6 of 10)\n"
            "pass c = a(model = wan22.i2v_low, steps = 6..10 of 10)",
            "a -> b -> c",
        )
    )
    assert sorted(each["step"] for each in nodes(prompt, "SplitSigmas")) == [2, 2, 6]
    assert len(nodes(prompt, "BasicScheduler")) == 1


def test_which_output_is_taken_is_chosen_with_a_dot() -> None:
    prompt = split("samplers.custom", last="samplers.custom.denoised")
    assert node(prompt, "VAEDecode")["samples"][1] == 1
    assert nodes(prompt, "SamplerCustom")[1]["latent_image"][1] == 0
    called = split("samplers.custom", last="samplers.custom(sigmas = samplers.schedule).denoised")
    assert called == prompt


def test_noise_and_guidance_are_nodes_of_their_own_for_the_advanced_sampler() -> None:
    prompt = split("samplers.guided", last="samplers.unguided")
    assert node(prompt, "RandomNoise")["noise_seed"] == 7
    assert len(nodes(prompt, "DisableNoise")) == 1
    assert node(prompt, "CFGGuider")["cfg"] == 3.5
    first, last = nodes(prompt, "SamplerCustomAdvanced")
    assert source_of(prompt, first["noise"]) == ("RandomNoise", 0)
    assert source_of(prompt, last["guider"]) == ("BasicGuider", 0)


def test_guidance_can_end_early() -> None:
    prompt = split("samplers.guided_between(0.33)", last="samplers.unguided")
    guider = node(prompt, "ScheduledCFGGuidance")
    assert (guider["cfg"], guider["start_percent"], guider["end_percent"]) == (3.5, 0.0, 0.33)


def test_a_beta_schedule_has_shapes_of_its_own() -> None:
    prompt = split("samplers.custom(sigmas = samplers.beta_schedule(alpha = 0.7, beta = 0.55))")
    assert node(prompt, "BetaSamplingScheduler")["alpha"] == 0.7
    assert len(nodes(prompt, "SplitSigmas")) == 1


def test_a_schedule_can_be_divided_at_the_boundary_of_the_family() -> None:
    prompt = split("samplers.custom(sigmas = samplers.divided_schedule)")
    assert node(prompt, "SplitSigmasAtT")["boundary"] == 0.9


def test_written_sigmas_need_no_steps() -> None:
    engine = 'samplers.custom(sigmas = ManualSigmas(sigmas = "1.0, 0.9, 0.0"))'
    text = text_of(f"pass high = wan22.base_high(steps = none, engine = {engine})", "high")
    prompt = prompt_of(text)
    assert source_of(prompt, node(prompt, "SamplerCustom")["sigmas"]) == ("ManualSigmas", 0)
    assert node(prompt, "SamplerCustom")["add_noise"] is True


def test_res4lyf_begins_a_schedule_and_continues_it() -> None:
    prompt = split("samplers.clownshark(eta = 0.75)", sampler="`multistep/res_2m`/bong_tangent")
    first, last = nodes(prompt, "ClownsharKSampler_Beta")
    assert (first["sampler_mode"], first["steps_to_run"], first["steps"]) == ("standard", 6, 10)
    assert (last["sampler_mode"], last["steps_to_run"], last["seed"]) == ("resample", -1, 0)
    assert (first["sampler_name"], first["scheduler"]) == ("multistep/res_2m", "bong_tangent")


@pytest.mark.parametrize(
    ("engine", "class_name"),
    [
        ("samplers.both_experts(low = wan22.i2v_low)", "WanMoeKSampler"),
        (
            "samplers.triple(high = wan22.i2v_high, low = wan22.i2v_low)",
            "TripleKSamplerWan22Lightning",
        ),
    ],
)
def test_one_node_may_run_both_experts(engine: str, class_name: str) -> None:
    text = f"pass all = wan22.base_high(shift = none, steps = 20, engine = {engine})"
    prompt = prompt_of(text_of(text, "all"))
    assert len(nodes(prompt, class_name)) == 1
    assert source_of(prompt, node(prompt, "VAEDecode")["samples"]) == (class_name, 0)


OWN = """\
node MySampler(
    model: MODEL
    positive: CONDITIONING
    negative: CONDITIONING
    latent_image: LATENT
    start: INT
    end: INT
    count: INT
    left: INT
    steps: INT
    name: STRING
    scheduler: STRING
    power: FLOAT
    seed: INT
) -> (latent: LATENT) { pack = "mine" }

# A sampler of a pack.
stage own(
    in latent: LATENT
    model: MODEL
    positive: CONDITIONING
    negative: CONDITIONING
    steps: steps = pipeline.steps
    sampler: sampler = pipeline.sampler
    power: float = pipeline.power
    seed: int = pipeline.seed
) -> LATENT {
    out = MySampler(
        model = model
        positive = positive
        negative = negative
        latent_image = latent
        start = steps.start
        end = steps.end
        count = steps.count
        left = steps.left
        steps = steps.total
        name = sampler.name
        scheduler = sampler.scheduler
        power = power
        seed = seed
    )
}
pass high = wan22.base_high(engine = own, steps = 2..6 of 10)"""


def test_a_sampler_of_a_pack_needs_a_stage_only() -> None:
    compiled = compile(Source(text_of(OWN, "high", "    power  = 0.5\n"), "test.wan"))
    assert compiled.prompt is not None
    made = node(compiled.prompt, "MySampler")
    assert [made[name] for name in ("start", "end", "count", "left", "steps")] == [2, 6, 4, 4, 10]
    assert (made["name"], made["scheduler"], made["power"]) == ("euler", "simple", 0.5)
    assert node(compiled.prompt, "VAEDecode")["samples"] == ["high.sampler", 0]


def test_what_an_unknown_sampler_gives_has_the_shape_of_its_latent() -> None:
    stage = OWN[OWN.index("# A sampler of a pack.") :].replace("    )\n}", "    )[0]\n}")
    text = text_of(stage, "high", "    power  = 0.5\n")
    text = text.replace("flow   = high ->", "let raw = high\n    flow   = raw ->")
    named = text.replace('save("x")', 'save("{raw.length} {raw.size} {raw.fps}")')
    graph = expand(Source(named, "test.wan"))[0]
    assert graph is not None and '"81f 832x480 16fps"' in graph


def test_passes_with_an_engine_are_recognised() -> None:
    text = text_of(
        "pass high = wan22.base_high(engine = samplers.guided)\n"
        "pass low = high(model = wan22.i2v_low, steps = 10..20 of 20)"
    )
    assert findings_of(text) == []
    checked = compile(Source(text, "test.wan")).graph
    assert checked is not None
    graph = checked.graph
    found = [pass_.settings for pass_ in recognise(graph, FactTable(graph))]
    assert [(each.start, each.end, each.steps) for each in found] == [(0, 10, 20), (10, 20, 20)]


def reported(passes: str, flow: str = "high", more: str = "") -> list[str]:
    return [place(finding) for finding in findings_of(text_of(passes, flow, more))]


def test_what_is_no_engine_is_reported() -> None:
    assert reported('pass high = wan22.high(engine = wan22.encode("x"))') == ["WAN432 4:33"]
    assert reported("pass high = wan22.high(engine = decode)") == ["WAN432 4:33"]


@pytest.mark.parametrize("engine", ["idle", 'save("x")'])
def test_an_engine_that_returns_its_latent_unchanged_samples_nothing(engine: str) -> None:
    stage = "stage idle(in latent: LATENT, model: MODEL) -> LATENT { out = latent }"
    text = text_of(f"pass high = wan22.high(engine = {engine})\n{stage}", "high")
    (finding,) = [each for each in findings_of(text) if each.is_error]
    assert place(finding) == "WAN432 4:33"
    assert "unchanged" in finding.message


@pytest.mark.parametrize("engine", ["free_memory", "idle"])
def test_an_engine_that_does_not_use_the_model_samples_nothing(engine: str) -> None:
    stage = (
        "stage idle(in latent: LATENT, model: MODEL) -> LATENT {\n"
        "    out = LatentMultiply(samples = latent, multiplier = 2.0)\n}"
    )
    text = text_of(f"pass high = wan22.high(engine = {engine})\n{stage}", "high")
    (finding,) = [each for each in findings_of(text) if each.is_error]
    assert place(finding) == "WAN432 4:33"
    assert "model of the pass" in finding.message


@pytest.mark.parametrize("engine", ["custom", "guided", "unguided"])
def test_an_engine_with_a_model_of_its_own_leaves_out_that_of_the_pass(engine: str) -> None:
    model = 'UNETLoader(unet_name = "own.safetensors", weight_dtype = "default")'
    text = text_of(f"pass high = wan22.high(engine = samplers.{engine}(model = {model}))", "high")
    (finding,) = [each for each in findings_of(text) if each.is_error]
    assert finding.code == "WAN432"
    assert "does not use the model of the pass, with its LoRAs" in finding.message


def test_an_output_that_an_engine_lacks_is_reported_with_those_that_it_has() -> None:
    text = text_of("pass high = wan22.high(engine = samplers.custom.denoise)", "high")
    (finding,) = [each for each in findings_of(text) if each.is_error]
    assert place(finding) == "WAN308 4:33"
    assert finding.help == "Did you mean `.denoised`?"


def test_a_setting_that_the_engine_does_not_read_is_reported() -> None:
    settings = "model = wan22.i2v_high, steps = 20, sampler = euler/simple, cfg = 3.5"
    passes = f"pass high {{ {settings}, engine = samplers.unguided }}"
    assert "WAN409 4:73" in reported(passes)


def test_the_schedule_model_without_an_engine_that_reads_it_is_reported() -> None:
    passes = "pass high = wan22.high(schedule_model = wan22.i2v_low)"
    (finding,) = [each for each in findings_of(text_of(passes, "high")) if each.is_error]
    assert finding.code == "WAN409"
    assert "as the `engine`" in finding.help


def test_what_an_engine_lacks_is_reported() -> None:
    passes = "pass high = wan22.base_high(sampler = none, engine = samplers.custom)"
    assert "WAN408" in " ".join(reported(passes))


def test_a_stage_of_one_part_is_a_stage_like_others_outside_of_an_engine() -> None:
    text = text_of(
        "pass high = wan22.high\npass low = wan22.low",
        more="    let all = samplers.beta_schedule(model = wan22.i2v_high, steps = 4).whole\n",
    )
    assert not [finding for finding in findings_of(text) if finding.is_error]


def test_an_engine_of_the_pipeline_is_that_of_its_passes() -> None:
    prompt = prompt_of(
        text_of(
            "pass high = wan22.base_high\npass low = wan22.base_low",
            more="    engine = samplers.custom\n",
        )
    )
    assert len(nodes(prompt, "SamplerCustom")) == 2
    assert len(nodes(prompt, "SplitSigmas")) == 1


def test_sigmas_of_a_let_are_shared_by_the_passes() -> None:
    prompt = prompt_of(
        text_of(
            "pass high = wan22.base_high\npass low = wan22.base_low",
            "high(engine = samplers.custom(sigmas = parts.high_sigmas)) -> "
            "low(engine = samplers.custom(sigmas = parts.low_sigmas))",
            '    let all = BasicScheduler(model = wan22.i2v_high, scheduler = "simple", steps = 20)\n'
            "    let parts = SplitSigmas(sigmas = all, step = 10)\n",
        )
    )
    first, last = nodes(prompt, "SamplerCustom")
    assert len(nodes(prompt, "SplitSigmas")) == 1
    assert (first["sigmas"][1], last["sigmas"][1]) == (0, 1)


@pytest.mark.parametrize(("shift", "reported"), [("8.0", ["WAN723"]), ("none", [])])
def test_a_shift_that_the_engine_replaces_is_reported(shift: str, reported: list[str]) -> None:
    engine = "samplers.both_experts(low = wan22.i2v_low)"
    text = f"pass all = wan22.base_high(shift = {shift}, steps = 20, engine = {engine})"
    found = findings_of(text_of(text, "all"))
    assert [finding.code for finding in found if finding.code == "WAN723"] == reported
    assert all("`shift = none`" in (finding.help or "") for finding in found if reported)
