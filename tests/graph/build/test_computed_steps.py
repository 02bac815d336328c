"""Steps that follow from a parameter."""

from __future__ import annotations

import pytest

from tests.findings import findings_of, piped, place
from wan22dsl.api.compiler import compile
from wan22dsl.source import Source

TEXT = piped(
    declarations="param steps: int = 8\n"
    "pass high = wan22.high(steps = steps / 8..steps / 2 of steps)\n"
    "pass low = wan22.low(steps = steps / 2..steps of steps)",
    flow='high -> low -> save("x")',
)


def schedules(steps: int) -> list[tuple[int, int, int]]:
    prompt = compile(Source(TEXT, "test.wan"), values={"steps": str(steps)}).prompt
    assert prompt is not None
    inputs = [node["inputs"] for node in prompt.values() if "start_at_step" in node["inputs"]]
    return [(each["start_at_step"], each["end_at_step"], each["steps"]) for each in inputs]


@pytest.mark.parametrize("steps", [8, 16, 24])
def test_steps_follow_from_a_parameter(steps: int) -> None:
    assert schedules(steps) == [(steps // 8, steps // 2, steps), (steps // 2, steps, steps)]


def test_steps_that_do_not_come_out_whole_are_reported_where_they_are_written() -> None:
    found = findings_of(TEXT, values={"steps": "12"})
    assert [place(finding) for finding in found] == ["WAN303 4:32"]
    assert "1.5 is not a whole number" in str(found[0].help)
