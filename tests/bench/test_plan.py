"""The plan: sessions, rounds in reverse order, the same seeds in each cell, what is left after a break."""

from __future__ import annotations

import pytest

from tests.bench import making
from wan22dsl.bench import plan

A1 = making.cell("desktop", baseline=True, values={"cfg": "1"}, cold_estimate_s=200.0)
A2 = making.cell("desktop", values={"cfg": "3.5"}, estimate_s=300.0, cold_estimate_s=350.0)
B1 = making.cell("sage", values={"cfg": "1"}, cold_estimate_s=200.0)
B2 = making.cell("sage", values={"cfg": "3.5"}, cold_estimate_s=200.0)
CELLS = [B1, B2, A2, A1]


def made(cells=CELLS, **design):
    return making.plan(cells, plan.sessions(cells), design=making.design(**design))


def short(steps):
    return [(step.session.number, step.cell.id, step.role, step.number) for step in steps]


def test_a_session_is_a_profile_at_a_place_and_the_baseline_comes_first():
    elsewhere = making.cell("sage", place="http://127.0.0.1:8189", id="elsewhere")
    broken = making.cell("flash", problem={"cause": "does not compile", "text": "an error"})
    found = plan.sessions([*CELLS, elsewhere, broken])
    assert [(item.place, item.profile, item.cells) for item in found] == [
        (making.PLACE, "desktop", (A1.id, A2.id)),
        (making.PLACE, "sage", (B1.id, B2.id)),
        ("http://127.0.0.1:8189", "sage", ("elsewhere",)),
    ]
    assert [(item.number, item.round) for item in found] == [(1, 1), (2, 1), (3, 1)]
    assert plan.sessions([]) == ()


def test_the_second_round_is_reversed_and_has_only_what_is_close():
    first = made()
    assert [item.cells for item in plan.second_round(first, {cell.id for cell in CELLS})] == [
        (B2.id, B1.id),
        (A2.id, A1.id),
    ]
    found = plan.second_round(first, {A1.id, B2.id})
    assert [(item.number, item.round, item.profile, item.cells) for item in found] == [
        (3, 2, "sage", (B2.id,)),
        (4, 2, "desktop", (A1.id,)),
    ]
    assert plan.second_round(first, ()) == ()


def test_each_cell_is_warmed_up_and_measured_with_the_same_seeds_and_an_empty_cache():
    own = made(cold=1, seed_shift=100)
    steps = list(plan.steps_of(own, own.sessions[0]))
    assert short(steps[:5]) == [
        (1, A1.id, "cold", 1),
        (1, A1.id, "warmup", 1),
        *((1, A1.id, "measured", number) for number in (1, 2, 3)),
    ]
    by_cell = [[step.seed_shift for step in steps if step.cell is cell] for cell in (A1, A2)]
    assert by_cell[0] == by_cell[1]
    assert by_cell[0][2:] == [100, 101, 102]
    assert [step.clears for step in steps[:5]] == [True, True, False, False, False]


def test_no_seed_is_used_twice_in_a_cell_not_even_in_the_second_round():
    own = made(cold=2, repeat=5)
    later = plan.second_round(own, {cell.id for cell in CELLS})
    steps = [step for session in (*own.sessions, *later) for step in plan.steps_of(own, session)]
    for cell in CELLS:
        seeds = [step.seed_shift for step in steps if step.cell is cell]
        assert len(seeds) == len(set(seeds)) > 10


def test_what_compiles_is_warmed_up_three_times():
    own = made([A1, making.cell("compiled", compiles=True)])
    roles = [step.role for step in plan.steps_of(own, own.sessions[1])]
    assert roles == ["warmup"] * 3 + ["measured"] * 3


def test_without_warm_ups_the_first_measured_run_clears_the_cache():
    own = made(warmups=0)
    assert [step.clears for step in plan.steps_of(own, own.sessions[0])][:3] == [True, False, False]


def test_a_resumed_session_begins_with_its_warm_ups_and_repeats_only_what_is_missing():
    own = made()
    lines = [
        making.started(1),
        making.run(1, A1, 1, 150.0, role="warmup"),
        *making.runs(1, A1, 150.0, 151.0, 152.0),
        making.run(1, A2, 1, 150.0, role="warmup"),
        *making.runs(1, A2, 300.0),
    ]
    left = short(plan.left(own, own.sessions[:1], lines))
    assert left == [(1, A2.id, "warmup", 1), (1, A2.id, "measured", 2), (1, A2.id, "measured", 3)]
    assert short(plan.left(own, own.sessions, []))[:1] == [(1, A1.id, "warmup", 1)]


@pytest.mark.parametrize(
    ("cause", "is_repeated"),
    [
        ("stopped", True),
        ("throttled", True),
        ("server died", True),
        ("out of memory", False),
        ("failed", False),
        ("fell back", False),
        ("not as set", False),
    ],
)
def test_what_may_be_otherwise_is_repeated_and_what_cannot_be_is_not(cause, is_repeated):
    own = made()
    whole = [making.runs(1, A1, 150.0, 151.0, 152.0), making.runs(1, A2, 300.0, 300.0)]
    lines = [line for part in whole for line in part]
    lines.append(making.run(1, A2, 3, None, cause))
    left = short(plan.left(own, own.sessions[:1], lines))
    expected = [(1, A2.id, "warmup", 1), (1, A2.id, "measured", 3)]
    assert left == (expected if is_repeated else [])


def test_a_server_that_runs_out_of_memory_or_dies_ends_a_cell_and_a_throttled_card_does_not():
    def ends(*causes):
        return plan.ends_cell(making.run(1, A1, 1, None, *causes).reasons)

    assert ends("out of memory") and ends("server died") and ends("throttled", "stuck")
    assert not ends("throttled") and not ends("shared card", "incomplete") and not ends()


def test_the_time_is_the_sum_of_all_runs_and_what_is_unknown_is_named():
    own = made()
    found = plan.time_of(
        [step for session in own.sessions for step in plan.steps_of(own, session)], 20.0
    )
    runs_s = 3 * (150.0 + 300.0 + 150.0 + 150.0)
    assert found.seconds == 2 * 20.0 + (200 + 350 + 200 + 200) + runs_s
    assert (found.runs, found.starts, found.unknown, found.without_loading) == (16, 2, (), ())
    partly = made([A1, making.cell("sage", estimate_s=None), making.cell("flash")])
    steps = [step for session in partly.sessions for step in plan.steps_of(partly, session)]
    found = plan.time_of(steps, 0.0)
    assert (found.seconds, found.unknown, found.without_loading) == (
        650 + 600,
        ("sage",),
        ("flash",),
    )


def test_a_start_takes_what_earlier_ones_took():
    assert plan.restart_s_of([], 20.0) == 20.0
    assert plan.restart_s_of([making.started(n, ready_s=float(n)) for n in (5, 9, 7)], 20.0) == 7.0


def test_a_budget_keeps_baselines_and_leaves_out_whole_cells():
    own = made()
    everything = plan.within(own, own.sessions, 1e6, 20.0)
    assert (everything.sessions, everything.left_out, everything.is_sure) == (
        own.sessions,
        (),
        True,
    )
    some = plan.within(own, own.sessions, 20 + 650 + 20 + 650 + 100, 20.0)
    assert [item.cells for item in some.sessions] == [(A1.id,), (B1.id,)]
    assert some.left_out == (A2.id, B2.id)
    none = plan.within(own, own.sessions, 0.0, 20.0)
    assert [item.cells for item in none.sessions] == [(A1.id,)]
    unknown = made([A1, making.cell("sage", estimate_s=None)])
    assert not plan.within(unknown, unknown.sessions, 1e6, 20.0).is_sure


def test_thousands_of_cells_are_planned_and_resumed():
    cells = [making.cell("p", values={"n": str(n)}, baseline=n == 0) for n in range(3000)]
    own = made(cells)
    lines = [run for cell in cells[:2000] for run in making.runs(1, cell, 1.0, 1.0, 1.0)]
    assert len(list(plan.left(own, own.sessions, lines))) == 1000 * 4
