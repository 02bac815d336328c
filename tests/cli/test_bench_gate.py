"""`wan bench show`, `compare`, `gate` and `accept`, as people and CI call them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from tests.bench.folders import make, snapshot
from wan22dsl import resources

FORMATS = ("text", "json", "junit", "markdown", "github")


@pytest.fixture
def gate(wan):
    """`gate(words…)` on a bench in `now` and the baseline `baseline.json`, accepted from `before`."""
    make(wan.folder / "before", {"sage": 150.0, "plain": 190.0})
    wan("bench", "accept", "before", "-o", "baseline.json", "--without-videos").gives(
        stderr="wrote baseline.json: 2 cells\n"
    )

    def call(*words):
        return wan("bench", "gate", "now", "--baseline", "baseline.json", *words)

    call.wan = wan
    return call


def fits(schema, data):
    """Validates JSON by a schema of ours."""
    Draft202012Validator(json.loads(resources.schema(schema))).validate(data)


def now(gate, totals=None, **changes):
    make(gate.wan.folder / "now", totals or {"sage": 150.0, "plain": 190.0}, **changes)


def test_the_same_again_passes(gate):
    now(gate)
    result = gate()
    assert result.status == 0
    assert result.stdout.startswith("PASS: bench attention of portrait, 2 cells\n")
    assert result.stderr == ""


def test_eight_percent_in_one_pass_is_red_and_names_it(gate):
    now(gate, {"sage": (162.0, 72.0), "plain": 190.0})
    result = gate()
    assert result.status == 1
    assert "REGRESSION      sage\n    total 150.0 s -> 162.0 s (+8.0 %, +12.0 s)" in result.stdout
    assert (
        "    high: +12.0 s (sampling 60.0 s -> 72.0 s, +20 %; a step 6.00 s -> 7.20 s)"
        in result.stdout
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("total", "status"), [(150.0, 0), (162.0, 1)])
def test_every_format_has_the_same_exit_code(gate, format, total, status):
    now(gate, {"sage": total, "plain": 190.0})
    result = gate("--format", format)
    assert result.status == status
    if format == "json":
        assert json.loads(result.stdout)["state"] == ("REGRESSION" if status else "PASS")
    if format == "junit":
        assert ET.fromstring(result.stdout).attrib["failures"] == str(status)
    if format == "github":
        assert result.stdout.startswith("::error file=attention.wan" if status else "")


def test_a_report_goes_into_a_file_and_text_to_the_screen(gate):
    now(gate)
    result = gate("--format", "junit", "--output-file", "bench.xml")
    assert result.stdout.startswith("PASS: ")
    assert ET.fromstring(gate.wan.read("bench.xml")).attrib["tests"] == "2"
    assert gate("--output-file", "bench.txt").stdout == gate.wan.read("bench.txt")


def test_another_software_is_not_comparable_until_it_is_named(gate):
    machine = snapshot(comfyui={"version": "0.39"}, python={"torch": "2.13"})
    now(gate, {"sage": 162.0, "plain": 190.0}, machine=machine)
    result = gate()
    assert result.status == 3
    assert "    ComfyUI version: 0.38 -> 0.39\n" in result.stdout
    assert "--may-differ software" in result.stdout
    result = gate("--may-differ", "software")
    assert result.status == 1
    assert "differs: torch: 2.12 -> 2.13" in result.stdout
    assert gate("--may-differ", "software,flags").status == 1


def test_a_cell_that_went_out_of_memory_is_red(gate):
    now(gate, {"plain": 190.0}, failed={"sage": "out of memory"})
    result = gate()
    assert result.status == 1
    assert "out of memory" in result.stdout


def test_a_bench_that_was_killed_does_not_pass(gate):
    now(gate, finished=False)
    result = gate()
    assert result.status == 3
    assert "--resume" in result.stdout


def test_without_a_baseline_it_passes_says_so_and_writes_nothing(gate):
    now(gate)
    result = gate.wan("bench", "gate", "now", "--baseline", "none.json")
    assert result.status == 0
    assert result.stdout.startswith("NO_BASELINE: ")
    assert "wan bench accept now -o none.json" in result.stdout
    assert not (gate.wan.folder / "none.json").exists()
    words = ("--baseline", "none.json", "--require-baseline")
    assert gate.wan("bench", "gate", "now", *words).status == 3


def test_figures_and_limits_are_named(gate):
    now(gate, {"sage": (158.0, 68.0), "plain": 190.0})
    assert gate().status == 1
    assert gate("--threshold", "8%").status == 0
    assert gate("--floor", "10s").status == 0
    assert gate("--figure", "low.step_s").status == 0
    result = gate("--figure", "high.step_s", "--figure", "low.step_s")
    assert (result.status, "high.step_s 6.00 s -> 6.80 s" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--threshold", "much"), "--threshold much: expected a percentage"),
        (("--floor", "1MiB"), "`total_s` needs seconds"),
        (("--may-differ", "softwear"), "did you mean `software`"),
        (("--may-differ", "simulated"), "--may-differ simulated: unknown"),
        (("--figure", "quality.contrast"), "set --threshold or --floor"),
    ],
)
def test_wrong_words_are_named(gate, words, message):
    now(gate)
    result = gate(*words)
    assert result.status == 2
    assert message in result.stderr


def test_the_baseline_must_be_named_and_the_folder_a_bench(gate):
    result = gate.wan("bench", "gate", "before")
    assert (result.status, "name the baseline" in result.stderr) == (2, True)
    (gate.wan.folder / "empty").mkdir()
    for folder in ("empty", "nowhere", "baseline.json"):
        result = gate.wan("bench", "gate", folder, "--baseline", "baseline.json")
        assert result.status == 2
        assert "has no bench" in result.stderr


def test_folder_and_baseline_swapped_are_refused(gate):
    now(gate)
    result = gate.wan("bench", "gate", "baseline.json", "--baseline", "now")
    assert result.status == 2


def test_a_bench_can_be_the_baseline(gate):
    """Before and after on one machine, without a file."""
    now(gate, {"sage": 162.0, "plain": 190.0})
    assert gate.wan("bench", "gate", "now", "--baseline", "before").status == 1


def test_accepted_it_is_red_no_more(gate):
    now(gate, {"sage": 162.0, "plain": 190.0})
    assert gate().status == 1
    result = gate.wan("bench", "accept", "now", "-o", "baseline.json", "--note", "more steps")
    assert result.status == 0
    assert gate().status == 0
    history = json.loads(gate.wan.read("baseline.json"))["history"]
    assert [each["note"] for each in history] == ["more steps", ""]


def test_accept_asks_for_a_file_and_refuses_what_is_not_whole(gate):
    now(gate, finished=False)
    before = gate.wan.read("baseline.json")
    for words, message in (((), "name the file"), (("-o", "baseline.json"), "--allow-partial")):
        result = gate.wan("bench", "accept", "now", *words)
        assert (result.status, message in result.stderr) == (2, True)
    assert gate.wan.read("baseline.json") == before


def test_a_damaged_baseline_is_not_overwritten(gate):
    gate.wan.write("baseline.json", '{"baseline": 1, ')
    assert gate.wan("bench", "accept", "before", "-o", "baseline.json").status == 2
    assert gate.wan.read("baseline.json") == '{"baseline": 1, '


def test_compare_says_what_changed_between_the_fast_and_the_slow_one(gate):
    machine = snapshot(comfyui={"version": "0.39"}, driver={"version": "590.1"})
    now(gate, {"sage": (162.0, 72.0), "plain": 190.0}, machine=machine)
    result = gate.wan("bench", "compare", "before", "now")
    assert result.status == 0
    assert "slower          sage  total 150.0 s -> 162.0 s (+8.0 %, +12.0 s)" in result.stdout
    assert "high: +12.0 s" in result.stdout
    assert "same            plain" in result.stdout
    driver, comfyui = (
        result.stdout.index(text)
        for text in ("driver version: 580.65 -> 590.1", "ComfyUI version: 0.38 -> 0.39")
    )
    assert driver < comfyui  # by the known effect on speed
    data = json.loads(gate.wan("bench", "compare", "before", "now", "--json").stdout)
    fits("bench_comparison", data)
    assert [each["word"] for each in data["cells"]] == ["slower", "same"]
    assert gate.wan("bench", "compare", "baseline.json", "now").status == 0


def test_other_workloads_and_cards_are_not_comparable(gate):
    cards = [{"name": "RTX 4090", "memory_bytes": 24 * 1024**3}]
    now(gate, {"sage": 300.0, "plain": 390.0}, machine=snapshot(cards=cards))
    result = gate.wan("bench", "compare", "before", "now")
    assert "not comparable  sage\n    card: RTX 5090 -> RTX 4090" in result.stdout
    assert "300" not in result.stdout
    assert "slower" in gate.wan("bench", "compare", "before", "now", "--may-differ", "card").stdout


def test_show_has_one_bench_or_a_history(gate):
    result = gate.wan("bench", "show", "before")
    assert "sage" in result.stdout and "150.0 s" in result.stdout
    machine = snapshot(comfyui={"version": "0.39"})
    for number, total in enumerate([150.0, 150.5, 149.8, 162.0, 161.6, 162.2]):
        changes = {"machine": machine} if number >= 3 else {}
        made = f"2026-12-{number + 1:02}T10:00:00Z"
        make(gate.wan.folder / f"b{number}", {"sage": total}, made=made, id=f"b{number}", **changes)
    folders = [f"b{number}" for number in (3, 0, 5, 1, 4, 2)]
    result = gate.wan("bench", "show", *folders)
    assert "slower by 7.9 % when ComfyUI version: 0.38 -> 0.39" in result.stdout
    data = json.loads(gate.wan("bench", "show", *folders, "--json").stdout)
    fits("bench_shown", data)
    fits("bench_shown", json.loads(gate.wan("bench", "show", "b0", "--json").stdout))
    assert [step["since"] for step in data["cells"][0]["steps"]] == ["b3"]
    assert (
        json.loads(gate.wan("bench", "show", "b0", "--json").stdout)["cells"][0]["cell"] == "sage"
    )
