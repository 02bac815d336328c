"""`shift = boundary(…)`: the shift at which the experts change where the passes do."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped, place
from tests.language.library.building import nodes, prompt_of
from wan22dsl.graph.passes.sigmas import shift_at, sigmas


def shifts(high: str, low: str, call: str) -> list[float]:
    flow = f'{high}, shift = {call}) -> {low}, shift = {call}) -> save("x")'
    return [each["shift"] for each in nodes(prompt_of(piped(flow)), "ModelSamplingSD3")]


HALF = "wan22.base_high(steps = 0..10 of 20", "wan22.base_low(steps = 10..20 of 20"


@pytest.mark.parametrize(
    ("level", "shift"),
    [("0.875", 7.0), ("0.9", 9.0), ("0.5", 1.0)],
)
def test_half_of_the_steps_are_above_the_level(level: str, shift: float) -> None:
    assert shifts(*HALF, f"boundary({level})") == [shift, shift]


def test_the_level_is_that_of_the_family_if_none_is_written() -> None:
    assert shifts(*HALF, "boundary()") == shifts(*HALF, "boundary") == [9.0, 9.0]


def test_another_split_or_scheduler_has_another_shift() -> None:
    uneven = "wan22.base_high(steps = 0..8 of 20", "wan22.base_low(steps = 8..20 of 20"
    assert shifts(*uneven, "boundary(0.875)") == [4.67, 4.67]
    beta = tuple(f"{each}, sampler = euler/beta" for each in HALF)
    assert shifts(*beta, "boundary(0.875)") == [shift_at("beta", 10, 20, 0.875)] * 2


def test_the_steps_of_the_pipeline_count() -> None:
    flow = (
        "wan22.high(steps = 0..2, shift = boundary(0.9)) -> "
        'wan22.low(steps = 2..4, shift = boundary(0.9)) -> save("x")'
    )
    prompt = prompt_of(piped(flow, more="    steps  = 4\n"))
    assert [each["shift"] for each in nodes(prompt, "ModelSamplingSD3")] == [9.0, 9.0]


@pytest.mark.parametrize("scheduler", ["simple", "normal", "beta", "sgm_uniform", "ddim_uniform"])
@pytest.mark.parametrize("sampler", ["euler", "uni_pc"])
def test_it_is_the_smallest_shift_by_hundredths(scheduler: str, sampler: str) -> None:
    shift = shift_at(scheduler, 4, 10, 0.875, sampler)
    assert shift is not None
    at, below = (sigmas(scheduler, 10, shift - less, sampler) for less in (0.0, 0.01))
    assert at is not None and below is not None
    assert at[4] >= 0.875 > below[4]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("steps = 20, shift = boundary(0.9)", "whole schedule"),
        ("sampler = euler/bong_tangent, shift = boundary(0.9)", "no shift puts sigma 0.9"),
        ("shift = boundary(1.5)", "no shift puts sigma 1.5"),
    ],
)
def test_where_there_is_no_such_shift_that_is_reported(written: str, problem: str) -> None:
    found = findings_of(piped(f'wan22.base_high({written}) -> wan22.base_low -> save("x")'))
    (finding,) = [each for each in found if each.code == "WAN433"]
    assert problem in finding.message


def test_a_level_by_link_is_reported() -> None:
    more = "    let odd = OddNumbers(seed = 3)\n"
    flow = 'wan22.base_high(shift = boundary(odd[0])) -> wan22.base_low -> save("x")'
    found = findings_of(piped(flow, more=more))
    (finding,) = [each for each in found if each.code == "WAN433"]
    assert "`level` is known only when it runs" in finding.message


def test_a_family_without_a_boundary_needs_a_level() -> None:
    found = findings_of(piped('wan22.small(steps = 0..10 of 20, shift = boundary()) -> save("x")'))
    assert "WAN433" in {finding.code for finding in found}


def test_outside_of_a_pass_there_are_no_steps() -> None:
    flow = 'wan22.base_high(shift = none) -> wan22.base_low(shift = none) -> save("x")'
    found = findings_of(piped(flow, more="    shift  = boundary(0.9)\n"))
    assert [place(each) for each in found if each.is_error] == ["WAN433 8:14"]
