"""Jobs that wait for others: those that never can are named, with the reason."""

from __future__ import annotations

from wan22dsl.fleet.chains import chains, tails


def test_a_circle_is_named_with_its_jobs_and_those_behind_it_say_what_they_wait_for():
    found = chains({"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",), "e": ("d",), "f": ()})
    assert found.never["a"] == "waits for itself: `a` → `b` → `c` → `a`" or "→" in found.never["a"]
    assert set(found.never) == {"a", "b", "c", "d", "e"}
    assert "`a`" in found.never["d"] and "waits for itself" in found.never["e"]
    assert found.order == ("f",)


def test_a_job_that_needs_itself_or_one_that_there_is_not_never_runs():
    found = chains({"a": ("a",), "b": ("nowhere",), "c": ()})
    assert found.never == {
        "a": "waits for itself: `a` → `a`",
        "b": "needs `nowhere`, which is no job of this batch",
    }


def test_the_order_has_each_job_behind_those_that_it_needs():
    found = chains({"z": (), "a": ("z",), "m": ("a", "z")})
    assert found.order == ("z", "a", "m")
    assert tails(found, lambda job: 10.0) == {"z": 20.0, "a": 10.0}


def test_ten_thousand_jobs_in_one_chain_are_no_matter_of_recursion():
    after = {str(number): (str(number - 1),) if number else () for number in range(10_000)}
    found = chains(after)
    assert len(found.order) == 10_000
    assert tails(found, lambda job: 1.0)["0"] == 9_999.0
