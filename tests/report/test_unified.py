"""What changes, as a patch."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.report.patch import diff

TEXTS = st.lists(st.sampled_from(["a", "b", "c\r", "", "é\u2028"]), max_size=30).map("\n".join)


def patched(before: str, patch: str) -> str:
    """The text that a patch makes, as `patch` reads it."""
    old, new, at = before.split("\n"), [], 0
    hunks = re.split(r"^@@ -(\d+)(?:,(\d+))? \+\S+ @@\n", patch, flags=re.MULTILINE)[1:]
    for start, count, body in zip(hunks[::3], hunks[1::3], hunks[2::3], strict=True):
        begin = int(start) - (count != "0")
        new += old[at:begin]
        at = begin
        for line in body.split("\n")[:-1]:
            if line.startswith("+"):
                new.append(line[1:])
            elif line.startswith("-"):
                at += 1
            elif line.startswith(" "):
                new.append(old[at])
                at += 1
    return "\n".join(new + old[at:])


def test_nothing_changes_nothing():
    assert diff("a\n", "a\n", "a.wan") == ""


def test_the_lines_are_those_of_the_file():
    assert diff("a\r\nb", "a\r\nc", "x.wan") == (
        "--- x.wan\n+++ x.wan\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n"
    )


@given(TEXTS, TEXTS)
def test_the_patch_makes_the_one_from_the_other(before, after):
    before, after = before + "\n", after + "\n"
    assert patched(before, diff(before, after, "a.wan")) == after
