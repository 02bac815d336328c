"""The edits from one text to another make exactly that, and are small."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.editor.changes import edits_to
from wan22dsl.lint.fixing import with_edits
from wan22dsl.source import Source

#: Line ends of many kinds: only `\n` ends a line of a source.
TEXTS = st.text(alphabet="ab\n\u2028\x0b 🙂", max_size=40)


def made(before, after):
    source = Source(before)
    return with_edits(source.text, edits_to(source, after))


@given(TEXTS, TEXTS)
def test_the_edits_make_the_text(before, after):
    assert made(before, after) == after


def test_what_is_the_same_stays():
    source = Source("wan 1;\nlet a = True\nlet b = 1\n")
    edits = edits_to(source, "wan 1\nlet a = true\nlet b = 1\n")
    assert [(edit.span.text, edit.text) for edit in edits] == [(";", ""), ("T", "t")]
    assert edits_to(source, source.text) == ()


def test_a_text_of_very_many_other_lines_is_replaced_at_once():
    before = "".join(f"a{number}\n" for number in range(3_000))
    after = "".join(f"b{number}\n" for number in range(2_990))
    assert made(before, after) == after
    assert len(edits_to(Source(before), after)) == 1
