"""Baselines: what stays the same finding, and what is told when it is gone."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.errors import CommandError
from wan22dsl.lint.policy.baseline import Baseline, dump, key_of
from wan22dsl.source import Source, Span

RULE = Message("WAN605", "split-off-boundary", Severity.WARNING, "{x} is off", "why")
TEXT = "a\n  b\nsteps = HERE\n\nc\nd\n"


def finding(text: str, kind: Message = RULE, after: int = 0):
    start = text.index("HERE", after)
    return kind.at(Span(Source(text, "a.wan"), start, start + 4), x=1)


def key(text: str = TEXT, path: str = "a.wan", after: int = 0):
    return key_of(finding(text, after=after), path)


@pytest.mark.parametrize(
    "text",
    [
        "new\nlines\n" + TEXT,
        TEXT + "more\n",
        TEXT.replace("  b", "    b"),
        TEXT.replace("steps = HERE", "  steps  =  HERE"),
        TEXT.replace("a\n", "other\n"),
        TEXT.replace("b\nsteps", "b\n\n\nsteps"),
    ],
)
def test_a_finding_stays_the_same_when_lines_move(text):
    assert key(text) == key()


@pytest.mark.parametrize(
    "text",
    [TEXT.replace("steps", "step"), TEXT.replace("b\n", "x\n"), TEXT.replace("c\n", "x\n")],
)
def test_it_is_another_when_its_line_or_a_neighbour_changes(text):
    assert key(text) != key()


def test_it_is_another_in_another_file():
    assert key(path="b.wan") != key()


def test_in_one_long_line_only_what_is_near_counts():
    near = '{"a": 1, "steps": "HERE", "b": 2}'
    first, second = ("x" * 500 + near + "y" * 500), ("z" + "x" * 500 + near + "y" * 900)
    assert key(first) == key(second)
    assert key(first) != key(first.replace('"a": 1', '"a": 2'))


def test_as_many_are_taken_as_are_counted():
    data = dump(Counter({key(): 2})).encode()
    baseline = Baseline.read("/x/b.json", "b.json", data)
    taken = [baseline.takes(finding(TEXT), "a.wan") for _ in range(3)]
    assert taken == [True, True, False]
    assert baseline.fixed(lambda key: True) == []


def test_what_is_gone_is_told_at_its_line():
    data = dump(Counter({key(): 2, key(path="b.wan"): 1})).encode()
    baseline = Baseline.read("/x/b.json", "b.json", data)
    baseline.takes(finding(TEXT), "a.wan")
    (one,) = baseline.fixed(lambda key: key.path == "a.wan")
    assert one.message == ("1 baseline entry no longer occurs: split-off-boundary in a.wan")
    assert one.span.text == key().fingerprint[:12]
    (one,) = baseline.fixed(lambda key: True)
    assert one.message.startswith("2 baseline entries no longer occur: ")


def test_the_text_is_sorted_and_has_nothing_that_is_gone():
    keys = {key(path="b.wan"): 1, key(): 3, key(path="c.wan"): 0}
    text = dump(Counter(keys))
    assert text == dump(Counter(dict(reversed(keys.items()))))
    assert [finding["path"] for finding in json.loads(text)["findings"]] == ["a.wan", "b.wan"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}']
)
def test_what_is_no_baseline_is_told(text):
    with pytest.raises(CommandError, match=r"^b\.json: not a baseline"):
        Baseline.read("/x/b.json", "b.json", text.encode())


@pytest.mark.parametrize(("files", "cut"), [(1, False), (3, False), (4, True)])
def test_at_most_three_that_are_gone_are_named(files, cut):
    keys = [key(path=f"{number}.wan") for number in range(files)]
    baseline = Baseline.read("/x/b.json", "b.json", dump(Counter(keys)).encode())
    (finding,) = baseline.fixed(lambda key: True)
    some = finding.fields["some"]
    assert (", …" in some) is cut
    assert some.count(".wan") == min(files, 3)


@pytest.mark.parametrize(
    ("path", "count"),
    [('"a.wan"', "1e999"), ('"a.wan"', "NaN"), ('"\\ud800.wan"', "1"), ('"a.wan"', "[]")],
)
def test_what_cannot_be_counted_or_written_is_no_baseline(path, count):
    entry = f'{{"path": {path}, "code": "x", "name": "y", "fingerprint": "z", "count": {count}}}'
    data = f'{{"version": 1, "findings": [{entry}]}}'.encode()
    with pytest.raises(CommandError, match="not a baseline"):
        Baseline.read("b.json", "b.json", data)
