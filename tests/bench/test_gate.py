"""The gate: what is red, what is not comparable, and what passes."""

from __future__ import annotations

import json

import pytest

from tests.bench.gating import GIB, bench, cell
from wan22dsl.bench.gate import Options, gate, suspicious
from wan22dsl.bench.measured import Why
from wan22dsl.bench.units import Limit, floor_of, percent_of
from wan22dsl.errors import CommandError
from wan22dsl.report.benches import json as jsons

DEFAULT = Options()


def judged(now, before=None, options=DEFAULT):
    """The only cell of a bench against that of its baseline."""
    (found,) = gate(bench(now), bench(before or cell()), "baseline.json", options).cells
    return found


@pytest.mark.parametrize(
    ("total_s", "state"),
    [
        (150.0, "PASS"),
        (157.0, "PASS"),  # 4.7 %
        (158.0, "REGRESSION"),  # 5.3 %
        (120.0, "PASS"),  # faster
    ],
)
def test_a_total_regresses_beyond_five_percent(total_s, state):
    assert judged(cell(total_s)).state == state


def test_percent_alone_is_no_regression():
    options = Options(("high.step_s",), {"high.step_s": Limit(5.0, 5.0)})
    assert judged(cell(164.0, high_s=68.0), options=options).state == "PASS"  # 13 %, 4 s
    options = Options(("high.step_s",), {"high.step_s": Limit(5.0, 1.0)})
    assert judged(cell(164.0, high_s=68.0), options=options).state == "REGRESSION"


def test_the_floor_alone_is_no_regression():
    options = Options(("total_s",), {"total_s": Limit(10.0, 0.5)})
    assert judged(cell(160.0), options=options).state == "PASS"


def test_a_regression_names_the_pass_that_made_it():
    found = judged(cell(162.0, high_s=72.0))
    assert [(part.name, part.what, round(part.difference_s, 3)) for part in found.parts] == [
        ("high", "sampling", 12.0)
    ]
    assert (
        found.parts[0].line
        == "high: +12.0 s (sampling 60.0 s -> 72.0 s, +20 %; a step 30.0 s -> 36.0 s)"
    )


def test_a_pass_with_more_steps_says_so():
    more, fewer = (
        {**each.figures, "high.steps": (steps,)}
        for each, steps in ((cell(162.0, high_s=72.0), 12.0), (cell(), 10.0))
    )
    found = judged(cell()._replace(figures=more), cell()._replace(figures=fewer))
    assert found.parts[0].note == "10 -> 12 steps"


def test_memory_is_gated_with_percent_and_floor():
    assert judged(cell(peak=21.5 * GIB)).state == "REGRESSION"
    assert judged(cell(peak=20.9 * GIB)).state == "PASS"
    small = cell(peak=2 * GIB)
    assert judged(cell(peak=2.2 * GIB), small).state == "PASS"  # 10 %, but 205 MiB


def test_an_improvement_passes_and_is_said():
    found = judged(cell(130.0, high_s=40.0))
    assert (found.state, [change.figure for change in found.better]) == ("PASS", ["total_s"])
    assert found.parts[0].name == "high"


def test_a_figure_of_unknown_direction_needs_a_limit_and_counts_both_ways():
    with pytest.raises(CommandError, match="set --threshold or --floor"):
        judged(cell(), options=Options(("quality.contrast",)))
    options = Options(("quality.contrast",), {"quality.contrast": Limit(5.0, 0.0)})
    for value in (0.8, 1.2):
        cells = [
            each._replace(figures={"quality.contrast": (number,)})
            for each, number in ((cell(), 1.0), (cell(), value))
        ]
        assert judged(cells[1], cells[0], options).state == "REGRESSION"


def test_a_figure_that_one_side_lacks_is_not_comparable():
    found = judged(cell(), options=Options(("rife.seconds",)))
    assert (found.state, found.reasons) == (
        "NOT_COMPARABLE",
        ("rife.seconds: not measured in either",),
    )


def test_the_recipe_may_differ_and_is_named():
    found = judged(cell(160.0, recipe={"recipe": "b" * 64}))
    assert found.state == "REGRESSION"
    assert [fact.line for fact in found.differences] == ["recipe: aaaaaaaaaaaa -> bbbbbbbbbbbb"]


@pytest.mark.parametrize(
    ("table", "facts", "kind", "line"),
    [
        ("workload", {"workload": "832x1216, 77 frames"}, "workload", "77 frames"),
        ("card", {"name": "RTX 4090"}, "card", "card: RTX 5090 -> RTX 4090"),
        ("power", {"power_limit_w": 450.0}, "power", "power_limit_w: 575 -> 450"),
        ("comfyui", {"version": "0.39"}, "software", "ComfyUI version: 0.38 -> 0.39"),
        ("python", {"torch": "2.13"}, "software", "torch: 2.12.0+cu130 -> 2.13"),
        ("driver", {"version": "590"}, "software", "driver version: 580.65 -> 590"),
        ("packages", {"sageattention": "1.0.6"}, "software", "sageattention: 2.2.0 -> 1.0.6"),
        ("packs", {"Some-Pack": "1"}, "software", "pack Some-Pack: (none) -> 1"),
        ("flags", {"--reserve-vram": 2.0}, "flags", "--reserve-vram: 1 -> 2"),
        ("flags", {"--fast": ("autotune",)}, "flags", "--fast: (none) -> autotune"),
        ("environment", {"OMP_NUM_THREADS": "4"}, "flags", "OMP_NUM_THREADS: 8 -> 4"),
        ("started", {"attention": "pytorch"}, "flags", "attention: sage -> pytorch"),
        ("design", {"warm-ups": 0}, "design", "warm-ups: 1 -> 0"),
        ("bench", {"bench": "other"}, "bench", "bench: daily -> other"),
    ],
)  # fmt: skip
def test_nothing_else_may_differ_unless_it_is_named(table, facts, kind, line):
    found = judged(cell(200.0, **{table: facts}))
    assert found.state == "NOT_COMPARABLE"
    assert not found.changes
    assert any(line in reason for reason in found.reasons), found.reasons
    assert any(f"--may-differ {kind}" in help for help in found.help)
    allowed = judged(cell(200.0, **{table: facts}), options=Options(may_differ=("recipe", kind)))
    assert allowed.state == "REGRESSION"


def test_simulated_and_real_are_never_compared():
    simulated = cell(150.0, simulated={"simulated": True})
    kinds = ("bench", "workload", "card", "power", "flags", "software", "design", "recipe")
    found = judged(simulated, options=Options(may_differ=(*kinds, "simulated")[:-1]))
    assert found.state == "NOT_COMPARABLE"
    assert "simulated: off -> on" in found.reasons
    assert not any("--may-differ simulated" in help for help in found.help)


@pytest.mark.parametrize(
    "table", ["power", "driver", "packs", "packages", "environment", "started"]
)
def test_what_is_unknown_is_listed_and_forbids_nothing_by_itself(table):
    for sides in ({"now": True}, {"before": True}, {"now": True, "before": True}):
        now = cell(150.0, **({table: None} if "now" in sides else {}))
        before = cell(150.0, **({table: None} if "before" in sides else {}))
        found = judged(now, before)
        assert found.state == "PASS"
        assert any("nobody looked" in fact.reason and fact.how for fact in found.unknown)


@pytest.mark.parametrize(
    ("table", "facts"),
    [
        ("card", {"name": None}),
        ("workload", {"workload": None}),
        ("comfyui", {"version": None}),
        ("python", {"torch": None}),
        ("flags", None),
    ],
)
def test_what_is_essential_must_be_known_on_both_sides(table, facts):
    """Also where it is unknown on both: unknown is not equal."""
    unknown = cell(150.0, **{table: facts})
    for now, before in ((unknown, cell()), (cell(), unknown), (unknown, unknown)):
        found = judged(now, before)
        assert found.state == "NOT_COMPARABLE"
        assert found.help


@pytest.mark.parametrize("cause", ["out of memory", "does not compile", "failed", "broken video"])
def test_a_cell_that_fails_now_is_a_regression(cause):
    found = judged(cell(None, why=(Why(cause, "at low.sampler"),)))
    assert found.state == "REGRESSION"
    assert f"{cause}: at low.sampler" in found.reasons[0]


@pytest.mark.parametrize("cause", ["throttled", "shared card", "cached", "not started", "stopped"])
def test_a_cell_that_the_machine_spoiled_is_not_comparable(cause):
    assert judged(cell(None, why=(Why(cause, ""),))).state == "NOT_COMPARABLE"


def test_a_cell_that_fails_on_another_card_is_not_comparable():
    smaller = cell(None, why=(Why("out of memory", "x"),), card={"name": "RTX 3060"})
    assert judged(smaller).state == "NOT_COMPARABLE"


def test_without_a_baseline_everything_passes_and_says_so():
    found = gate(bench(cell()), None, "baseline.json", Options())
    assert (found.state, found.cells[0].reasons) == (
        "NO_BASELINE",
        ("baseline.json does not exist",),
    )


def test_a_new_cell_has_no_baseline_and_a_removed_one_is_not_comparable():
    found = gate(bench(cell(profile="new")), bench(cell(profile="old")), "b", Options())
    assert [(each.id, each.state) for each in found.cells] == [
        ("new", "NO_BASELINE"),
        ("old", "NOT_COMPARABLE"),
    ]
    assert found.state == "NOT_COMPARABLE"


def test_an_unfinished_bench_never_passes():
    now = bench(cell(), unfinished="the bench was stopped")
    assert gate(now, bench(cell()), "b", Options()).state == "NOT_COMPARABLE"
    slow = bench(cell(200.0), unfinished="the bench was stopped")
    assert gate(slow, bench(cell()), "b", Options()).state == "REGRESSION"
    assert gate(bench(), bench(), "b", Options()).state == "NOT_COMPARABLE"


def test_cells_are_found_wherever_they_were_measured():
    now, before = cell(160.0, place="http://10.0.0.7:8188"), cell(place="main")
    assert judged(now, before).state == "REGRESSION"


def test_of_several_places_each_has_its_own_baseline():
    before = bench(cell(100.0, place="a"), cell(200.0, place="b"))
    now = bench(cell(200.0, place="b"), cell(110.0, place="a"))
    found = gate(now, before, "b", Options())
    assert [each.state for each in found.cells] == ["PASS", "REGRESSION"]


def test_cells_that_cannot_be_told_apart_are_not_comparable():
    found = gate(bench(cell(100.0), cell(200.0)), bench(cell()), "b", Options())
    assert [each.state for each in found.cells] == ["NOT_COMPARABLE", "NOT_COMPARABLE"]


def test_values_tell_cells_apart_in_any_order():
    before = bench(
        cell(100.0, values={"a": "1", "b": "2"}), cell(200.0, values={"a": "2", "b": "1"})
    )
    now = bench(cell(200.0, values={"b": "1", "a": "2"}), cell(100.0, values={"b": "2", "a": "1"}))
    assert gate(now, before, "b", Options()).state == "PASS"


@pytest.mark.parametrize(
    ("total_s", "state"), [(0.0, "REGRESSION"), (1e-320, "REGRESSION"), (1e300, "PASS")]
)
def test_times_that_make_no_sense_do_not_stop_it(total_s, state):
    before = cell()._replace(figures={"total_s": (total_s,)})
    found = gate(bench(cell()), bench(before), "b", Options())
    assert found.state == state
    assert json.loads(jsons.gate(found))["state"] == state


def test_suspicious_cells_are_those_that_a_second_round_decides():
    before = bench(cell(100.0, "a"), cell(100.0, "b"), cell(100.0, "c"), cell(100.0, "d"))
    now = bench(
        cell(104.5, "a"), cell(103.5, "b"), cell(95.0, "c"), cell(120.0, "d", card={"name": "x"})
    )
    assert suspicious(now, before, Options(), 4.0) == ["a", "c"]


@pytest.mark.parametrize("text", ["", "x", "-1", "nan", "inf", "8 %%", "8s"])
def test_a_threshold_is_a_percentage(text):
    with pytest.raises(CommandError, match="--threshold"):
        percent_of(text)


def test_a_floor_has_the_unit_of_the_figure():
    assert percent_of("8%") == percent_of("8") == percent_of(" 8.0 % ".replace(" ", "")) == 8.0
    assert floor_of("0.5s", ["total_s"]) == 0.5
    assert floor_of("256MiB", ["peak_bytes"]) == 256 * 1024**2
    assert floor_of("1", ["quality.contrast"]) == 1.0
    for text, figure in (("256MiB", "total_s"), ("0.5s", "peak_bytes"), ("1s", "quality.contrast")):
        with pytest.raises(CommandError, match="needs"):
            floor_of(text, [figure])
    for text in ("1.2.3s", "s", "-1s", "1e9s"):
        with pytest.raises(CommandError, match="expected"):
            floor_of(text, ["total_s"])
