"""Results that are kept: the same when they come back, and gone when they are damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.compiler import check
from wan22dsl.diagnostics import Edit, Fix, Label, Message, Severity
from wan22dsl.policy import stored
from wan22dsl.policy.cache import Cache, of_this_machine, of_this_version
from wan22dsl.policy.digest import of
from wan22dsl.report.json import render
from wan22dsl.source import Source, Span

ROOT = Path(__file__).parent.parent.parent

TEXT = "one {two} three"
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
ODD = VALUES | st.tuples(VALUES) | st.just(Path("a")) | st.just(Severity.NOTE)


def back(found, *sources: Source):
    """The findings as they come back from JSON."""
    kinds: dict[str, object] = {}
    data, kinds = json.loads(json.dumps([stored.as_data(found, kinds), kinds]))
    by_path = {one.path: one for one in sources}
    return stored.from_data(data, kinds, lambda path, file: by_path[path])


@given(
    fields=st.fixed_dictionaries({"a": ODD, "b": ODD}),
    severity=st.sampled_from(Severity),
    wording=st.sampled_from(["{a} {b}", "{{{a}}}", "{a!r} is {b}", "plain"]),
    start=st.integers(0, len(TEXT)),
)
def test_a_finding_comes_back_as_it_was(fields, severity, wording, start):
    source = Source(TEXT, "a.wan", Path("a.wan"))
    span = Span(source, start, len(TEXT))
    given_ = Span(Source("x = 1", "--set x"), 0, 1)
    kind = Message("WAN999", "odd", Severity.ERROR, wording, "why {a}", wording, "bad {", "good }")
    fix = Fix("Write it", (Edit(span, "{}"),), safe=False)
    found = [
        kind.at(span, related=[Label(given_, "there {x}")], fix=fix, severity=severity, **fields),
        kind.at(None, **fields),
    ]
    again = back(found, source)
    assert render(again, 1) == render(found, 1)
    assert again[0].related[0].span.source.text == "x = 1"
    assert [one.kind.good for one in again] == ["good }"] * 2


def test_the_findings_of_the_examples_come_back():
    for file in sorted((ROOT / "examples").glob("*.wan")):
        source = Source.read(file)
        found = check(source).diagnostics
        others = {one.span.source for one in found if one.span is not None}
        others |= {label.span.source for one in found for label in one.related}
        assert render(back(found, source, *others), 1) == render(found, 1)


def test_what_was_kept_is_there_again_and_git_is_told_to_leave_it(tmp_path):
    cache = Cache(str(tmp_path / "deep" / "cache"))
    cache.write("run-a", {"ä": [1, None]})
    assert cache.read("run-a") == {"ä": [1, None]}
    assert cache.read("run-b") is None
    assert (tmp_path / "deep" / "cache" / ".gitignore").read_text() == "*\n"
    assert sorted(one.name for one in (tmp_path / "deep" / "cache").iterdir()) == [
        ".gitignore",
        "run-a",
    ]


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"{}", b"cut", b"swap", b"[" * 100_000])
def test_what_is_damaged_is_as_if_it_were_not_there(tmp_path, damage):
    cache = Cache(str(tmp_path))
    cache.write("run-a", [1, 2, 3])
    whole = (tmp_path / "run-a").read_bytes()
    new = {b"cut": whole[:-2], b"swap": whole.replace(b"2", b"9")}.get(damage, damage)
    (tmp_path / "run-a").write_bytes(new)
    assert cache.read("run-a") is None
    cache.write("run-a", [4])
    assert cache.read("run-a") == [4]


def test_where_nothing_can_be_written_nothing_is_kept_and_nothing_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = Cache(str(tmp_path / "file" / "cache"))
    cache.write("run-a", 1)
    assert cache.read("run-a") is None
    Cache(None).write("run-a", 1)
    assert Cache(None).read("run-a") is None


def test_only_the_newest_are_kept(tmp_path):
    cache = Cache(str(tmp_path))
    for number in range(30):
        cache.write(f"run-{number}", number)
        os.utime(tmp_path / f"run-{number}", (number, number))
    cache.write("files-x", 0)
    assert len(list(tmp_path.glob("run-*"))) <= 21
    assert cache.read("run-29") == 29
    assert cache.read("run-1") is None


def test_an_installation_has_one_digest():
    assert of_this_version() == of_this_version()
    assert of_this_machine() == of_this_machine()
    assert of_this_version() != of_this_machine()


def test_a_digest_tells_parts_apart():
    assert of("ab", "c") != of("a", "bc")
    assert of("a") == of(b"a")
    assert len(of()) == 32
