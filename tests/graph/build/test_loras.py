"""LoRAs with a file for each expert, LoRAs that are added to those of the passes, and lists that replace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings import HEAD, findings_of, piped, place
from wan22dsl.api import compiler
from wan22dsl.lint import fixing
from wan22dsl.source import Source

ANNA = 'lora anna { high = "anna_high.safetensors", low = "anna_low.safetensors", strength = 0.8 }'
GRAIN = 'lora grain { file = "grain.safetensors", strength = 0.6 }'
FAST = "wan2.2_i2v_lightx2v_4steps_lora_v1_{}_noise.safetensors"


def loras(text: str, name: str = "p") -> dict[str, list[tuple[str, float]]]:
    """The LoRAs of each pass in order, with their strengths."""
    made = compiler.compile(Source(text, "test.wan"), pipeline=name)
    assert made.prompt is not None, [finding.message for finding in made.diagnostics]
    found: dict[str, list[tuple[str, float]]] = {}
    for id, node in made.prompt.items():
        if node["class_type"] == "LoraLoaderModelOnly":
            pass_name, _, number = id.partition(".lora.")
            pass_name = pass_name.removeprefix("base_")
            found.setdefault(pass_name, []).append(
                (node["inputs"]["lora_name"], node["inputs"]["strength_model"])
            )
            assert int(number) == len(found[pass_name])
    return found


HIGH, LOW = (FAST.format("high"), 1.0), (FAST.format("low"), 1.0)


def test_each_pass_takes_the_file_of_its_expert_behind_its_own_loras() -> None:
    text = piped(
        more="    add_loras = [anna, grain(strength = 0.4)]\n", declarations=f"{ANNA}\n{GRAIN}"
    )
    assert loras(text) == {
        "high": [HIGH, ("anna_high.safetensors", 0.8), ("grain.safetensors", 0.4)],
        "low": [LOW, ("anna_low.safetensors", 0.8), ("grain.safetensors", 0.4)],
    }
    assert not findings_of(text)


COPY = """\
pass high = wan22.high(add_loras = [anna])
pass low = high(model = wan22.i2v_low, loras = [wan22.lightx2v_low], steps = 2..4 of 4)
"""

#: Where LoRAs may be added: the flow, more of the pipeline, declarations; and what the passes have then.
ADDED: dict[str, tuple[str, str, str, list[str], list[str]]] = {
    "to one pass": (
        "wan22.high(add_loras = [anna]) -> wan22.low",
        "",
        "",
        [HIGH[0], "anna_high.safetensors"],
        [LOW[0]],
    ),
    "to a pass and to all": (
        "wan22.high(add_loras = [grain]) -> wan22.low",
        "    add_loras = [anna]\n",
        "",
        [HIGH[0], "grain.safetensors", "anna_high.safetensors"],
        [LOW[0], "anna_low.safetensors"],
    ),
    "in a declared pass and its copy": (
        "high -> low",
        "",
        COPY,
        [HIGH[0], "anna_high.safetensors"],
        [LOW[0], "anna_low.safetensors"],
    ),
    "a copy that takes them away": (
        "wan22.high(add_loras = [anna]) -> low(add_loras = none)",
        "",
        "pass low = wan22.low(add_loras = [anna])",
        [HIGH[0], "anna_high.safetensors"],
        [LOW[0]],
    ),
    "joined lists": (
        "high(add_loras = high.add_loras + [grain]) -> wan22.low(loras = wan22.low.loras + [anna])",
        "",
        "pass high = wan22.high(add_loras = [anna])",
        [HIGH[0], "anna_high.safetensors", "grain.safetensors"],
        [LOW[0], "anna_low.safetensors"],
    ),
    "an empty list": ("wan22.high -> wan22.low", "    add_loras = []\n", "", [HIGH[0]], [LOW[0]]),
    "none": ("wan22.high -> wan22.low", "    add_loras = none\n", "", [HIGH[0]], [LOW[0]]),
    "a parameter": (
        "wan22.high -> wan22.low",
        "    add_loras = people\n",
        "param people: [lora] = [anna]",
        [HIGH[0], "anna_high.safetensors"],
        [LOW[0], "anna_low.safetensors"],
    ),
    "loras of the pipeline": (
        "wan22.base_high -> wan22.base_low",
        "    loras = [anna]\n",
        "",
        ["anna_high.safetensors"],
        ["anna_low.safetensors"],
    ),
    "a copy of the lora": (
        "wan22.high -> wan22.low",
        "    add_loras = [anna(strength = 0.5, low = none, file = none), kid]\n",
        'lora kid = grain(file = none, high = "kid_high.safetensors", low = "kid_low.safetensors")',
        [],
        [],
    ),
}


@pytest.mark.parametrize("name", ADDED)
def test_loras_are_added_wherever_they_are_written(name: str) -> None:
    flow, more, declarations, high, low = ADDED[name]
    text = piped(f'{flow} -> save("x")', more, f"{ANNA}\n{GRAIN}\n{declarations}")
    if not high:
        assert [finding.code for finding in findings_of(text) if finding.is_error] == ["WAN425"]
        return
    found = loras(text)
    assert [[file for file, _ in found.get(each, [])] for each in ("high", "low")] == [high, low]
    assert not [finding for finding in findings_of(text) if finding.is_error]


def test_a_lora_of_another_file_is_added(wan: Any) -> None:
    wan.write(
        "house.wan", f"{HEAD}{ANNA}\nlora _own = anna(strength = 0.3)\nlet people = [anna, _own]\n"
    )
    text = piped(more="    add_loras = house.people + [house.anna(strength = 0.1)]\n")
    text = text.replace("use wan22\n", 'use wan22\nuse "house.wan" as house\n')
    done = wan.write("a.wan", text)("compile", "a.wan")
    files = [loaded["inputs"].get("lora_name") for loaded in json.loads(done.stdout).values()]
    assert files.count("anna_high.safetensors") == 3 == files.count("anna_low.safetensors")


def test_an_expanded_pipeline_has_the_files_and_means_the_same(wan: Any) -> None:
    text = piped(more="    add_loras = [anna]\n", declarations=ANNA)
    wan.write("a.wan", text)
    expanded = wan("expand", "a.wan").stdout
    assert '"anna_high.safetensors"' in expanded and '"anna_low.safetensors"' in expanded
    assert wan.write("b.wan", expanded)("diff", "a.wan", "b.wan").status == 0


def test_a_pipeline_with_added_loras_is_described_and_laid_out(wan: Any) -> None:
    text = piped(more="    add_loras = [anna]\n", declarations=ANNA)
    wan.write("a.wan", text)
    shown = wan("describe", "a.wan").stdout
    assert (
        "+ LoRA anna_high.safetensors at 0.8" in shown
        and "+ LoRA anna_low.safetensors at 0.8" in shown
    )
    assert ANNA in wan("fmt", "-", stdin=text.replace("{ high", "{\n high")).stdout


#: A mistake, where it is reported, and words of what to do.
MISTAKES: dict[str, tuple[str, str, str]] = {
    "a file and files for the experts": (
        piped(more="    add_loras = [anna(file = \"x.safetensors\")]\n", declarations=ANNA),
        "WAN424 9:18",
        "`high = none, low = none`",
    ),
    "a noise level and files for the experts": (
        piped(declarations='lora a { high = "a.safetensors", noise = "high" }'),
        "WAN424 3:6",
        "Remove `noise`",
    ),
    "no file for a pass": (
        piped(more="    add_loras = [a]\n", declarations='lora a { high = "a_high.safetensors" }'),
        "WAN425 9:17",
        'low = "….safetensors"',
    ),
    "a model of unknown noise": (
        piped(
            'wan22.high(model = mine) -> wan22.low -> save("x")',
            "    add_loras = [anna]\n",
            ANNA + '\nmodel mine { file = "mine.safetensors", family = wan22.i2v_14b }',
        ),
        "WAN425 10:17",
        'Set `noise = "high"` or `noise = "low"` in the model `mine`.',
    ),
    "a model that is a node": (
        piped(
            'wan22.high(model = UNETLoader(unet_name = "a.safetensors")) -> wan22.low -> save("x")',
            "    family = wan22.i2v_14b\n    add_loras = [anna]\n",
            ANNA,
        ),
        "WAN425 10:17",
        "Declare its model with `noise`",
    ),
    "a single model": (
        piped('wan22.small -> save("x")', "    add_loras = [anna]\n", ANNA),
        "WAN425 9:17",
        "Use a LoRA for this model",
    ),
    "no pass": (
        piped(
            'wan22.high(patches = with_lora(anna)) -> wan22.low -> save("x")', declarations=ANNA
        ),
        "WAN425 9:35",
        "`add_loras = [anna]`",
    ),
    "nothing to load": (piped(declarations="lora a { strength = 1.0 }"), "WAN221 3:6", "Set `file = "),
    "a list that is not there": (
        piped('wan22.base_high(loras = wan22.base_high.loras + [anna]) -> wan22.base_low -> save("x")',
              declarations=ANNA),
        "WAN308 9:38",
        "`add_loras = […]`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_with_loras_is_reported_once_with_what_to_do(name: str) -> None:
    text, where, help = MISTAKES[name]
    found = [finding for finding in findings_of(text) if finding.is_error]
    assert [place(finding) for finding in found] == [where], [finding.message for finding in found]
    assert help in found[0].help


def test_a_list_that_replaces_the_distilled_lora_is_reported_and_the_fix_adds_to_it() -> None:
    text = piped('wan22.high(loras = [grain]) -> low -> save("x")', "",
                 f"{GRAIN}\npass low = wan22.low(loras = [grain(strength = 0.2)])")  # fmt: skip
    found = [finding for finding in findings_of(text) if finding.code == "WAN426"]
    assert [finding.message for finding in found] == [
        "`loras` of `low` removes `lightx2v_low`; without it 4 steps are too few",
        "`loras` of `high` removes `lightx2v_high`; without it 4 steps are too few",
    ]
    assert not [finding for finding in findings_of(text) if finding.code == "WAN720"]
    fixed = fixing.fix(text, lambda source: compiler.check(source).diagnostics, unsafe=True)
    assert loras(fixed.text) == {
        "high": [HIGH, ("grain.safetensors", 0.6)],
        "low": [LOW, ("grain.safetensors", 0.2)],
    }
    assert not fixed.left


def test_where_loras_are_added_already_the_fix_joins_the_lists() -> None:
    text = piped(
        'wan22.high(loras = [grain], add_loras = [grain(strength = 0.1)]) -> wan22.low -> save("x")',
        declarations=GRAIN,
    )
    found = [finding for finding in findings_of(text) if finding.code == "WAN426"]
    assert [finding.help for finding in found] == [
        "Add to its LoRAs: `loras = wan22.high.loras + [grain]`."
    ]


def test_the_lora_of_a_copy_of_a_copy_is_known_to_be_lost_too() -> None:
    declared = f"{GRAIN}\npass a = wan22.high(loras = [])\npass b = a(loras = [grain])"
    text = piped('b -> wan22.low -> save("x")', declarations=declared)
    assert "WAN426" in [finding.code for finding in findings_of(text)]


@pytest.mark.parametrize(("steps", "reported"), [(4, True), (8, True), (10, False)])
def test_up_to_twice_the_steps_of_the_lost_lora_are_few(steps: int, reported: bool) -> None:
    half = steps // 2
    first = f"wan22.high(loras = [grain], steps = 0..{half} of {steps})"
    second = f"wan22.low(steps = {half}..{steps} of {steps})"
    text = piped(f'{first} -> {second} -> save("x")', declarations=GRAIN)
    assert ("WAN426" in [finding.code for finding in findings_of(text)]) == reported


#: What takes the place of the distilled LoRA on purpose, or knowingly.
MEANT = {
    "guidance": "wan22.high(loras = [grain], cfg = 3.5)",
    "another distilled one": 'wan22.high(loras = [grain(file = "Wan2.2-Lightning_high.safetensors")])',
    "one that is declared distilled": "wan22.high(loras = [fast])",
    "more steps": "wan22.high(loras = [grain], steps = 0..10 of 20)",
    "the joined list": "wan22.high(loras = wan22.high.loras + [grain])",
    "a pass without it": "wan22.base_high(loras = [grain])",
}


@pytest.mark.parametrize("name", MEANT)
def test_a_list_that_replaces_it_knowingly_is_not_reported(name: str) -> None:
    declared = f"{GRAIN}\nlora fast = grain(distilled = 4)"
    text = piped(f'{MEANT[name]} -> wan22.low -> save("x")', declarations=declared)
    assert "WAN426" not in [finding.code for finding in findings_of(text)]


def test_in_json_a_lora_of_unknown_kind_beside_the_other_half_is_a_warning() -> None:
    text = piped('wan22.high(loras = [grain]) -> wan22.low -> save("x")', declarations=GRAIN)
    prompt = compiler.compile(Source(text, "a.wan")).prompt
    found = compiler.check(Source(json.dumps(prompt), "a.json")).diagnostics
    assert [finding.code for finding in found] == ["WAN720"]
    assert '"grain.safetensors", which is not a distilled LoRA by its name' in found[0].message


@pytest.mark.parametrize(
    "flow",
    [
        "wan22.high(loras = [grain]) -> wan22.low(loras = [grain])",
        "wan22.high(loras = [grain], cfg = 3.5) -> wan22.low",
        "wan22.high(loras = [grain], steps = 0..10 of 20) -> wan22.low(steps = 10..20 of 20)",
    ],
)
def test_in_json_what_may_be_distilled_is_left_alone(flow: str) -> None:
    text = piped(f'{flow} -> save("x")', declarations=GRAIN)
    prompt = compiler.compile(Source(text, "a.wan")).prompt
    assert "WAN720" not in [finding.code for finding in findings_of(json.dumps(prompt))]


MERGED = """\
model merged = wan22.i2v_high(file = "merged_high.safetensors", distilled = 4)
lora fast { file = "fast.safetensors", distilled = 4 }
pass plain = wan22.high(model = merged)
pass both = wan22.high(model = merged, loras = [fast(strength = 0.5)])
pass again = plain(cfg = 1.0)"""


@pytest.mark.parametrize(
    ("pass_", "strengths"),
    [
        ("plain", []),
        ("plain(seed = 3)", []),
        ("again", []),
        ("both", [0.5]),
        ("both(seed = 3)", [0.5]),
        ("plain(loras = [fast])", [1.0]),
    ],
)
def test_a_merged_model_drops_the_distilled_loras_of_another_model_only(
    pass_: str, strengths: list[float]
) -> None:
    text = piped(f'{pass_} -> save("x")', declarations=MERGED)
    prompt = compiler.compile(Source(text, "a.wan")).prompt
    assert prompt is not None
    loras = [
        node["inputs"] for node in prompt.values() if node["class_type"] == "LoraLoaderModelOnly"
    ]
    assert [each["strength_model"] for each in loras] == strengths
