"""Suppressions: where they hold, and what is said of those that are wrong, unused or without a reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.findings import place
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.fixing import with_edits
from wan22dsl.lint.policy.suppressions import comments
from wan22dsl.lint.policy.verdict import allowed
from wan22dsl.source import Source, Span

KNOWN = {"WAN605": "split-off-boundary", "WAN701": "noise-mismatch", "WAN101": "bad-syntax"}
SPLIT = Message("WAN605", "split-off-boundary", Severity.WARNING, "x", "why")
NOISE = Message("WAN701", "noise-mismatch", Severity.ERROR, "y", "why")
SYNTAX = Message("WAN101", "bad-syntax", Severity.ERROR, "z", "why")


def judged(text: str, *found: Message, at: str = "HERE", path: str = "test.wan"):
    """The verdict where each message is found at the word HERE."""
    source = Source(text, path)
    start = text.index(at)
    return allowed(
        [finding.at(Span(source, start, start + len(at))) for finding in found],
        [source],
        lambda: KNOWN,
    )


def reported(text: str, *found: Message, **options: str) -> list[str]:
    return [place(finding) for finding in judged(text, *found, **options).found]


@pytest.mark.parametrize(
    "text",
    [
        "HERE # wan: allow(split-off-boundary) measured\n",
        "HERE # wan: allow(WAN605): measured\n",
        "HERE # wan: allow(noise-mismatch, WAN6) measured\n",
        "# wan: allow(WAN605) measured\nHERE\n",
        "# wan: allow(WAN605) measured\n\n# more\nHERE\n",
        "# wan: allow(WAN605) measured\npass a {\n    b = 1\n    steps = HERE\n}\n",
        "p {\n    # wan: allow(WAN605) measured\n    flow = a ->\n        HERE\n}\n",
        "p {\n    # wan: allow(WAN605) measured\n    flow = a\n        -> HERE\n}\n",
        'p {\n    # wan: allow(WAN605) measured\n    x = """\n    }\n    HERE\n    """\n}\n',
        "# wan: allow-file(WAN605) measured\nwan 1\na {\n}\nHERE\n",
        "HERE\n# wan: allow-file(WAN605) measured\n",
    ],
)
def test_a_finding_is_allowed(text):
    verdict = judged(text, SPLIT)
    left = [finding for finding in verdict.found if finding.name != "unused-suppression"]
    assert (left, verdict.allowed, verdict.allowed_errors) == ([], 1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "x # wan: allow(WAN605) measured\nHERE\n",
        "# wan: allow(WAN605) measured\nx = 1\nHERE\n",
        "# wan: allow(WAN605) measured\npass a {\n}\nHERE\n",
        "p {\n    # wan: allow(WAN605) measured\n}\nHERE\n",
        '"# wan: allow(WAN605) measured"\nHERE\n',
        "`# wan: allow(WAN605) measured` HERE\n",
        "HERE # wan: allow(WAN7) measured\n",
        "HERE # allow(WAN605) measured\n",
    ],
)
def test_a_finding_is_not_allowed(text):
    assert "WAN605" in [finding.code for finding in judged(text, SPLIT).found]


def test_an_allowed_error_is_counted():
    verdict = judged("HERE # wan: allow(all) known\n", SPLIT, NOISE)
    assert verdict == ([], 2, 1, 0)


def test_mistakes_of_syntax_cannot_be_allowed():
    text = "HERE # wan: allow(all) known\n"
    assert reported(text, SYNTAX) == ["WAN101 1:1"]


def test_an_unused_suppression_is_told_at_the_name_and_its_fix_removes_the_comment():
    text = "a = 1\n    # wan: allow(WAN605, WAN7) measured\nHERE\nb # wan: allow(WAN7) so\nc\n"
    found = judged(text, NOISE).found
    assert [place(finding) for finding in found] == ["WAN001 2:18", "WAN001 4:16"]
    assert found[0].fix is None  # the comment also allows something that is there
    assert with_edits(text, found[1].fix.edits).endswith("HERE\nb\nc\n")


def test_a_comment_on_a_line_of_its_own_is_removed_with_its_line():
    text = "a = 1\n    # wan: allow(WAN605) measured\nHERE\n"
    (finding,) = judged(text).found
    assert with_edits(text, finding.fix.edits) == "a = 1\nHERE\n"


def test_where_an_error_stands_nothing_is_called_unused():
    assert reported("# wan: allow(WAN605) so\nHERE\n", NOISE) == ["WAN701 2:1"]


def test_a_misspelt_name_is_told_with_the_nearest():
    (first, second) = judged("HERE # wan: allow(split-of-boundary) measured\n", SPLIT).found
    assert [place(each) for each in (first, second)] == ["WAN605 1:1", "WAN002 1:19"]
    assert second.help == "Did you mean `split-off-boundary`?"


@pytest.mark.parametrize("reason", ["", " ", " -", " : "])
def test_a_missing_reason_is_told(reason):
    assert reported(f"HERE # wan: allow(WAN605){reason}\n", SPLIT) == ["WAN003 1:6"]


@pytest.mark.parametrize(
    ("comment", "help"),
    [
        ("alow(WAN605) x", "Did you mean `allow(WAN605)`?"),
        ("allowfile(WAN605) x", "Did you mean `allow-file(WAN605)`?"),
        ("off", "Write `# wan: allow(name) reason`, or `# wan: allow-file(name) reason`"),
        ("allow WAN605", "Write `# wan: allow(name) reason`"),
        ("allow() x", "Name the rules to suppress."),
    ],
)
def test_a_comment_that_is_not_understood_is_told(comment, help):
    (finding,) = judged(f"HERE # wan: {comment}\n").found
    assert finding.code == "WAN004"
    assert finding.help.startswith(help)


def workflow(note: str, kind: str = "Note") -> str:
    nodes = [{"id": 1, "type": kind, "widgets_values": [note]}, {"id": 2, "type": "HERE"}]
    return json.dumps({"nodes": nodes, "links": []})


@pytest.mark.parametrize("kind", ["Note", "MarkdownNote"])
def test_a_note_of_a_workflow_allows_for_the_file(kind):
    text = workflow("Hello\nwan: allow(WAN605) it looks better\nbye", kind)
    verdict = judged(text, SPLIT, path="a.json")
    assert verdict == ([], 1, 0, 0)


def test_a_note_within_a_subgraph_allows_for_the_file():
    inner = json.loads(workflow("wan: allow(WAN605) so"))
    text = json.dumps({"nodes": [], "links": [], "definitions": {"subgraphs": [inner]}})
    assert judged(text, SPLIT, path="a.json") == ([], 1, 0, 0)


def test_of_a_note_it_is_told_when_it_is_unused_or_has_no_reason():
    text = workflow("wan: allow(WAN7)")
    found = judged(text, path="a.json").found
    assert {finding.code for finding in found} == {"WAN001", "WAN003"}
    assert all(
        "wan: allow" in text[finding.span.start - 20 : finding.span.end + 9] for finding in found
    )


def test_other_nodes_of_a_workflow_allow_nothing():
    text = workflow("wan: allow(WAN605) so", "CLIPTextEncode")
    assert reported(text, SPLIT, path="test.wan") == [f"WAN605 1:{text.index('HERE') + 1}"]


@pytest.mark.parametrize("text", ['{"wan: allow(WAN605) x": [', '{"a": "wan: allow"}HERE'])
def test_json_that_is_broken_allows_nothing(text):
    assert allowed([], [Source(text, "a.json")], lambda: KNOWN).found == []


@given(st.text(st.sampled_from('ab{}()[]"#\\\n `->=wan: allow(WAN6) '), max_size=60))
def test_any_text_can_be_read(text):
    source = Source(text + "# wan: allow(WAN6) x\ny", "test.wan")
    for comment in comments(source):
        assert 1 <= comment.first <= comment.last <= source.text.count("\n") + 1
    allowed([], [source], lambda: KNOWN)


def test_an_suppression_with_an_unknown_name_is_told_of_that_alone():
    """What its reason is can wait until it is known what it allows."""
    assert reported("HERE # wan: allow(WAN605, WAN999)\n", SPLIT) == ["WAN002 1:27"]
