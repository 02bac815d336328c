"""Prices: the bound is one, and on small problems it is the best."""

from __future__ import annotations

from itertools import product
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.fleet.prices import Work, solve

seconds = st.sampled_from((10.0, 20.0, 45.0, 100.0))


@given(
    st.lists(st.tuples(st.integers(1, 2), seconds, seconds | st.just(inf)), min_size=1, max_size=3),
    st.tuples(st.integers(1, 2), st.integers(1, 2)),
)
def test_no_schedule_ends_before_the_bound(rows, servers):
    work = [Work(many, own) for many, *own in rows]
    found = solve(work, servers, (0.0, 0.0))
    jobs = [own for many, *own in rows for _ in range(many)]
    places = [kind for kind, many in enumerate(servers) for _ in range(many)]
    best = inf
    for chosen in product(range(len(places)), repeat=len(jobs)):
        ends = [0.0] * len(places)
        for job, place in zip(jobs, chosen):
            ends[place] += job[places[place]]
        best = min(best, max(ends))
    assert found.least_s <= best + 1e-6


def test_work_in_parts_meets_the_bound_where_kinds_are_good_at_different_things():
    work = [Work(100, (10.0, 30.0)), Work(100, (30.0, 10.0))]
    assert solve(work, (1, 1), (0.0, 0.0)).least_s == pytest.approx(1000.0, rel=0.01)


def test_a_kind_that_alone_can_do_much_of_the_work_is_dear():
    work = [Work(90, (10.0, inf)), Work(10, (10.0, 10.0))]
    found = solve(work, (1, 1), (0.0, 0.0))
    assert found.by_kind[0] > 5 * found.by_kind[1]
    assert found.least_s == pytest.approx(900.0, rel=0.02)


def test_what_servers_do_already_counts():
    assert solve([Work(10, (10.0,))], (1,), (100.0,)).least_s == pytest.approx(200.0)
