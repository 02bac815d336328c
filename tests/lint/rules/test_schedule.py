"""Steps against distillation, guidance, and the noise between passes."""

from __future__ import annotations

import pytest

from tests.prompts import (
    HIGH,
    LORA_HIGH,
    LORA_LOW,
    alone,
    changed,
    codes,
    conditioned,
    found,
    node,
    report,
    split,
    view_of,
)


@pytest.mark.parametrize(
    ("steps", "accused"), [(2, True), (4, False), (6, False), (8, False), (10, True), (20, True)]
)
def test_steps_are_held_against_the_distillation(steps, accused):
    half = max(1, steps // 2)
    prompt = split(parts=((0, half, steps), (half, steps, steps)))
    reported = [finding for finding in found(prompt) if finding.code == "WAN701"]
    assert len(reported) == (1 if accused else 0)
    assert not reported or f"{steps} steps" in reported[0].message


@pytest.mark.parametrize(("start", "accused"), [(34, False), (30, True), (0, True)])
def test_of_a_pass_that_begins_late_with_its_own_noise_the_steps_that_it_runs_count(start, accused):
    """The last steps of many are what a denoise below 1 runs."""
    prompt = changed(split(noise=(True, True)), "low_sampler", steps=40)
    prompt = changed(prompt, "low_sampler", start_at_step=start, end_at_step=40)
    prompt["own"] = node("VAEEncode", pixels=("load", 0), vae=("vae", 0))
    prompt = changed(prompt, "low_sampler", latent_image=("own", 0))
    assert ("WAN701" in codes(prompt)) is accused


@pytest.mark.parametrize(
    ("parts", "code"),
    [(((0, 2, 4), (3, 4, 4)), "WAN706"), (((0, 2, 4), (1, 4, 4)), "WAN707")],
    ids=["a step left out", "a step run twice"],
)
def test_steps_that_do_not_meet_are_reported_as_that_though_the_samplers_differ(parts, code):
    """heun counts its steps as euler does, so what is wrong with the noise is not its doing."""
    prompt = changed(split(parts=parts), "low_sampler", sampler_name="heun")
    assert codes(prompt) & {"WAN706", "WAN707", "WAN709"} == {code}


def test_the_passes_of_a_split_are_told_together():
    (finding,) = (
        each for each in found(split(parts=((0, 8, 20), (8, 20, 20)))) if each.code == "WAN701"
    )
    assert finding.message.startswith("#high_sampler (KSamplerAdvanced) and #low_sampler (")
    assert "5 times as many" in finding.message


def test_a_weak_distilled_lora_does_not_count():
    prompt = split(parts=((0, 8, 20), (8, 20, 20)), strengths=(0.3, 0.3), cfgs=(3.5, 3.5))
    assert codes(prompt) == set()


def test_a_weak_distilled_lora_counts_where_few_steps_and_guidance_build_on_it():
    prompt = split(parts=((0, 5, 10), (5, 10, 10)), strengths=(0.4, 1.0), cfgs=(4.0, 1.0))
    (finding,) = [each for each in found(prompt) if each.code == "WAN702"]
    assert "at strength 0.4" in finding.message
    assert "WAN612" not in codes(prompt)


def test_guidance_with_a_distilled_lora_is_told_with_the_number_of_runs():
    first, second = found(split(cfgs=(7.0, 3.5)))
    assert first.code == second.code == "WAN702"
    assert "its 2 steps run the model 4 times instead of 2" in first.message
    assert first.fix is not None
    assert not first.fix.safe


def test_no_lora_on_the_first_and_the_lora_on_the_second_is_a_recipe_told_in_a_note():
    prompt = split(loras=(None, LORA_LOW), parts=((0, 4, 8), (4, 8, 8)), cfgs=(3.5, 1.0))
    (finding,) = found(prompt)
    assert (finding.code, finding.severity.value) == ("WAN612", "note")
    assert "runs without it, at cfg 3.5: the model runs twice per step" in finding.message


def _refined(first: dict, second_model: str, lora: str, **settings) -> dict:
    """A second whole schedule behind a first, over its frames."""
    prompt = dict(first)
    prompt["again_start"] = node(
        "WanImageToVideo",
        positive=("positive", 0),
        negative=("negative", 0),
        vae=("vae", 0),
        start_image=("decode", 0),
        width=832,
        height=1216,
        length=81,
        batch_size=1,
    )
    second = alone(second_model, lora, **settings)
    prompt["again_model"] = second["model_model"]
    prompt["again_lora"] = changed(second, "model_lora", model=("again_model", 0))["model_lora"]
    prompt["again_shift"] = changed(second, "model_shift", model=("again_lora", 0))["model_shift"]
    again = changed(
        second,
        "sampler",
        model=("again_shift", 0),
        positive=("again_start", 0),
        negative=("again_start", 1),
        latent_image=("again_start", 2),
    )
    prompt["again"] = again["sampler"]
    prompt["again_decode"] = node("VAEDecode", samples=("again", 0), vae=("vae", 0))
    prompt["show"] = node("PreviewImage", images=("again_decode", 0))
    return prompt


def test_two_full_passes_are_told_plainly_what_each_will_do():
    """The recipe of the guide: high, then low, four steps each, cfg 7 with the 4-step LoRA."""
    first = alone(HIGH, LORA_HIGH, cfg=7.0, scheduler="normal")
    prompt = _refined(
        first, "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors", LORA_LOW, cfg=7.0, shift=6.0
    )
    reported = {finding.code: finding for finding in found(prompt)}
    assert set(reported) == {"WAN604", "WAN702", "WAN703", "WAN718"}
    assert reported["WAN718"].severity.value == "note"  # `normal` is a little off the training
    assert not any(each.is_error for each in reported.values())
    assert "starts again from pure noise after #sampler" in reported["WAN703"].message
    assert "from sigma 1 to 0" in reported["WAN703"].message
    assert "8 times instead of 4" in reported["WAN702"].message


def test_the_last_frame_of_a_clip_begins_a_new_one():
    first = split()
    first["last"] = node("ImageFromBatch", image=("decode", 0), batch_index=80, length=1)
    prompt = _refined(first, HIGH, LORA_HIGH)
    prompt = changed(prompt, "again_start", start_image=("last", 0))
    assert "WAN703" not in codes(prompt)
    (again,) = (pass_ for pass_ in view_of(prompt).passes if pass_.id == "again")
    assert (again.before, again.handoff) == (None, None)
    whole = changed(prompt, "last", length=81, batch_index=0)
    (again,) = (pass_ for pass_ in view_of(whole).passes if pass_.id == "again")
    assert (again.before, again.handoff) == ("low_sampler", "frames")


def test_a_whole_schedule_on_a_latent_leaves_nothing_of_it():
    prompt = alone(latent=("first", 0))
    prompt["first"] = changed(split(), "high_sampler", end_at_step=4)["high_sampler"]
    prompt.update({name: split()[name] for name in ("high_model", "high_lora", "high_shift")})
    (finding,) = (each for each in found(prompt) if each.code == "WAN703")
    assert "nothing is left of the result of #first (KSamplerAdvanced)" in finding.message


def test_a_pass_without_a_step_is_an_error():
    prompt = split(parts=((0, 2, 4), (9, 10, 4)))
    assert "error WAN704" in [line[:12] for line in report(prompt)]
    assert "error WAN704" in [line[:12] for line in report(split(parts=((0, 2, 4), (4, 2, 4))))]


def test_a_denoise_of_nothing_is_a_warning():
    assert "warning WAN704" in [line[:14] for line in report(alone(denoise=0.0))]


@pytest.mark.parametrize(
    ("shifts", "reported"),
    [
        ((5.0, 5.0), None),
        ((5.0, 6.0), "16.7 % too little noise"),
        ((8.0, 5.0), "60 % too much noise"),
        ((None, 8.0), None),
        ((8.0, None), None),
    ],
)
def test_the_noise_between_two_passes_is_measured(shifts, reported):
    """The same numbers came out of a real run; 8 is Wan's own shift."""
    diagnostics = found(split(shifts=shifts))
    assert {finding.code for finding in diagnostics} == ({"WAN717"} if reported else set())
    assert all(finding.message.endswith(f"{reported}.") for finding in diagnostics)


@pytest.mark.parametrize(
    ("inputs", "numbers"),
    [
        ({"scheduler": "karras"}, "where sigma 0.047 is expected: 101.6 times the noise"),
        ({"start_at_step": 3}, "at sigma 0.833, where sigma 0.625 is expected: 3 times the noise"),
        ({"start_at_step": 1}, "where sigma 0.938 is expected: 66.7 % too little noise"),
        ({"steps": 8}, "where sigma 0.938 is expected: 66.7 % too little noise"),
    ],
    ids=str,
)
def test_what_a_gap_or_another_schedule_does_to_the_noise_is_told(inputs, numbers):
    (finding,) = found(changed(split(), "low_sampler", **inputs))
    assert numbers in finding.message


def test_noise_that_is_lost_or_added_twice_is_told():
    (finding,) = found(split(leftover=False))
    assert "it expects sigma 0.833, and there is none at all" in finding.message
    (finding,) = found(split(noise=(True, True)))
    assert "adds noise on top: at sigma 0.833 that is 41.4 % too much noise" in finding.message


def test_leaving_no_noise_and_adding_new_is_coherent():
    assert report(split(leftover=False, noise=(True, True))) == []


@pytest.mark.parametrize("passes", [("high",), ("low",), ("high", "low")])
@pytest.mark.parametrize(("name", "value"), [("sampler_name", "eulre"), ("scheduler", "simpel")])
def test_a_misspelt_choice_is_not_told_as_a_difference_too(passes, name, value):
    prompt = split()
    for pass_ in passes:
        prompt = changed(prompt, f"{pass_}_sampler", **{name: value})
    assert codes(prompt) == {"WAN505"}


def test_a_choice_that_a_pack_adds_is_told_as_a_difference():
    assert codes(changed(split(), "low_sampler", scheduler="beta57")) == {"WAN505", "WAN709"}


def test_schedules_by_link_are_read():
    prompt = conditioned()
    made = split()
    prompt.update({name: made[name] for name in made if name.endswith(("model", "lora", "shift"))})
    prompt["choose"] = node("KSamplerSelect", sampler_name="euler")
    prompt["noise"] = node("RandomNoise", noise_seed=7)
    prompt["silent"] = node("DisableNoise")
    prompt["schedule"] = node(
        "BasicScheduler", model=("high_shift", 0), scheduler="simple", steps=20, denoise=1.0
    )
    prompt["split"] = node("SplitSigmas", sigmas=("schedule", 0), step=8)
    latent = ("start", 2)
    for number, name in enumerate(("high", "low")):
        prompt[f"{name}_guider"] = node(
            "CFGGuider",
            model=(f"{name}_shift", 0),
            positive=("start", 0),
            negative=("start", 1),
            cfg=1.0,
        )
        prompt[f"{name}_sampler"] = node(
            "SamplerCustomAdvanced",
            noise=("silent" if number else "noise", 0),
            guider=(f"{name}_guider", 0),
            sampler=("choose", 0),
            sigmas=("split", number),
            latent_image=latent,
        )
        latent = (f"{name}_sampler", 0)
    prompt.update({name: made[name] for name in ("decode", "video", "save")})
    assert [line[:14] for line in report(prompt)] == ["warning WAN701"]
    prompt = changed(changed(prompt, "schedule", steps=4), "split", step=2)
    assert report(prompt) == []


@pytest.mark.parametrize(("start", "words"), [(3, "1 step is skipped"), (4, "2 steps are skipped")])
def test_steps_that_are_left_out_are_counted(start, words):
    prompt = split(parts=((0, 2, 8), (start, 8, 8)))
    (reported,) = [finding for finding in found(prompt) if finding.code == "WAN706"]
    assert words in reported.message
