"""What people read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.report import excerpt
from wan22dsl.report.excerpt import window
from wan22dsl.report.lines import lay_out
from wan22dsl.report.patch import _first_difference
from wan22dsl.report.text import fixable, render, summary
from wan22dsl.source import Span

PASS = "wan 1\nuse wan22\n\npass high {\n    model = wan22.i2v_hihg\n    cfg = 1.0\n}\n"


def cells(line: str) -> int:
    return lay_out(line).starts[-1]


def shown(*found, **options):
    return render(found, **options).splitlines()


def test_a_finding_is_shown_with_all_that_it_has(finder, golden):
    first = finder(PASS).unknown("i2v_hihg", "i2v_high", related="use wan22")
    golden("finding.txt", render([first]))


def test_without_a_place_there_is_only_the_message(finder):
    message = Message("WAN903", "adrift", Severity.NOTE, "no file was given", "")
    assert shown(message.at(None)) == ["note[WAN903 adrift]: no file was given"]


def test_why_is_told_once_for_each_code(finder):
    text = finder("one two")
    report = render([text.unknown("one", "uno"), text.unknown("two", "due")])
    assert report.count("why:") == 1
    assert report.count("help:") == 2


def test_nothing_found_is_nothing_said():
    assert render([]) == ""


def test_marks_stand_under_the_characters_meant(finder):
    assert shown(finder("a = b").odd("b"))[1:] == [
        " --> a.wan:1:5",
        "  |",
        "1 | a = b",
        "  |     ^",
    ]


@pytest.mark.parametrize(
    ("text", "line", "marks"),
    [
        ("日本 = x", "日本 = x", "       ^"),
        ("é = x", "é = x", "    ^"),
        ("e\u0301 = x", "e\u0301 = x", "    ^"),
        ("🟨🟨x", "🟨🟨x", "    ^"),
        ("\tx", "    x", "    ^"),
        ("ab\tx", "ab  x", "    ^"),
        ("a\x1b[31mx", r"a\x1b[31mx", "         ^"),
        ("a\u202ex", r"a\u202ex", "       ^"),
    ],
)
def test_marks_count_the_cells_of_a_terminal(finder, text, line, marks):
    report = shown(finder(text).odd("x"))
    assert report[-2:] == [f"1 | {line}", f"  | {marks}"]


def test_wide_characters_get_wide_marks(finder):
    assert shown(finder("a 日本 b").odd("日本"))[-1] == "  |   ^^^^"


def test_a_message_cannot_drive_the_terminal(finder):
    report = render([finder("x").unknown("x", "\x1b[2J\x07")])
    assert "\x1b" not in report
    assert "\x07" not in report


def test_a_stretch_of_a_few_lines_is_shown_whole(finder):
    report = shown(finder("a {\n    b\n}\n").odd("{\n    b\n}"))
    assert report[2:] == ["  |", "1 | a {", "  |   ^", "2 |     b", "  |     ^", "3 | }", "  | ^"]


def test_of_a_long_stretch_only_both_ends_are_shown(finder):
    report = shown(finder("a {\n b\n c\n d\n}\n").odd("a {\n b\n c\n d\n}"))
    assert report[2:] == ["  |", "1 | a {", "  | ^^^", "  :", "5 | }", "  | ^"]


def test_a_stretch_that_ends_with_a_line_end_stays_in_its_line(finder):
    assert shown(finder("a\nb\n").odd("a\n"))[2:] == ["  |", "1 | a", "  | ^"]


@pytest.mark.parametrize(("text", "line"), [("", 1), ("a", 1), ("a\n", 2)])
def test_the_end_of_a_text_can_be_shown(finder, text, line):
    source = finder(text).source
    report = shown(
        Message("WAN903", "x", Severity.ERROR, "x", "").at(Span(source, len(text), len(text)))
    )
    assert report[1].endswith(f":{line}:{len(text) % 2 * 1 + 1 if line == 1 else 1}")
    assert report[-1].endswith("^")


@pytest.mark.parametrize("before", [0, 5, 5000])
@pytest.mark.parametrize("after", [0, 10, 5000])
@pytest.mark.parametrize("filler", ["x", "日"])
def test_a_long_line_is_cut_round_what_is_meant(finder, before, after, filler):
    report = shown(finder(filler * before + " here " + filler * after).odd("here"), width=80)
    line, marks = report[-2:]
    assert cells(line) <= 80
    assert marks[cells(line[: line.index("here")]) :] == "^^^^"
    assert line[4:].startswith("…") == (before == 5000)
    assert line.endswith("…") == (after == 5000)


@given(
    text=st.text("ab \t日é\u0301🟨\x07", min_size=1, max_size=60),
    data=st.data(),
    room=st.integers(10, 70),
)
def test_a_window_never_exceeds_its_room_and_marks_what_is_meant(text, data, room):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    shown_text, at, length = window(text, start, end, room)
    assert cells(shown_text) <= room
    assert at + length <= room + 1
    assert length >= 1
    whole = window(text, start, end, 10_000)
    assert at <= whole.at
    assert length <= whole.length


@pytest.mark.parametrize("filler", ["x", "é", "日", "\u0301", "\t"])
def test_of_a_line_as_long_as_a_file_only_what_is_near_a_finding_is_looked_at(
    finder, filler, monkeypatch
):
    looked_at = []

    def counted(text):
        looked_at.append(len(text))
        return lay_out(text)

    monkeypatch.setattr(excerpt, "lay_out", counted)
    report = shown(finder(filler * 50_000 + " here " + filler * 50_000).odd("here"), width=80)
    assert looked_at
    assert sum(looked_at) < 1_000
    assert "here" in report[-2]
    assert cells(report[-2]) <= 80
    assert report[-2].endswith("…")


@given(first=st.text("ab", max_size=40), other=st.text("ab", max_size=40))
def test_where_a_line_first_differs_is_found_by_halving(first, other):
    found = _first_difference(first, other)
    assert first[:found] == other[:found]
    assert found == min(len(first), len(other)) or first[found] != other[found]


def test_marks_longer_than_the_window_are_cut_with_it(finder):
    report = shown(finder("x" * 5000).odd("x" * 4000), width=80)
    assert len(report[-1]) <= 80
    assert set(report[-1][4:]) == {"^"}


def test_line_numbers_share_one_margin(finder):
    text = finder("use wan22\n" + "\n" * 110 + "bad\n")
    report = shown(text.unknown("bad", "good", related="use wan22"))
    bars = {line.index("|") for line in report if "|" in line}
    assert bars == {4}
    assert "  1 | use wan22" in report
    assert "112 | bad" in report


def fix_of(text, *edits, safe=True):
    return Fix("fix it", tuple(Edit(text.span(old), new) for old, new in edits), safe)


def with_fix(text, fix):
    return shown(Message("WAN903", "x", Severity.ERROR, "x", "").at(text.span("a"), fix=fix))


def test_a_fix_shows_the_lines_that_change(finder):
    text = finder("a = 1\nb = 2\nc = 3\n")
    report = with_fix(text, fix_of(text, ("1", "10"), ("2", "20")))
    expected = ["fix:  fix it", "  |", "1 - a = 1", "2 - b = 2", "1 + a = 10", "2 + b = 20"]
    assert report[-6:] == expected


def test_places_far_apart_are_shown_apart(finder):
    text = finder("a = 1\n\n\n\nb = 2\n")
    report = with_fix(text, fix_of(text, ("1", "10"), ("2", "20")))
    assert report[-6:] == ["  |", "1 - a = 1", "1 + a = 10", "  |", "5 - b = 2", "5 + b = 20"]


def test_a_new_line_is_only_added(finder):
    text = finder("a\nb\n")
    fix = Fix("add", (Edit(Span(text.source, 2, 2), "new\n"),))
    assert with_fix(text, fix)[-2:] == ["  |", "2 + new"]


def test_a_line_is_only_taken_away(finder):
    text = finder("a\nb\nc\n")
    assert with_fix(text, fix_of(text, ("b\n", "")))[-2:] == ["  |", "2 - b"]


def test_a_fix_that_may_change_the_video_says_so(finder):
    text = finder("a = 1\n")
    assert "fix (unsafe): fix it" in with_fix(text, fix_of(text, ("1", "2"), safe=False))


def test_of_a_large_fix_only_the_beginning_is_shown(finder):
    text = finder("a\n")
    fix = Fix("add", (Edit(Span(text.source, 2, 2), "new\n" * 30),))
    assert with_fix(text, fix)[-1] == "  + … and 24 more lines"


def test_long_remarks_are_broken_between_words(finder):
    message = Message("WAN903", "x", Severity.ERROR, "x", "word " * 40 + "end")
    report = shown(message.at(None), width=60)
    assert all(len(line) <= 60 for line in report)
    assert report[1].startswith("why:  word")
    assert report[2].startswith("      word")


def test_the_summary_counts(finder):
    text = finder("a b")
    assert summary([], 1) == "no problems found in 1 file"
    assert summary([text.odd("a")], 2) == "1 warning in 2 files"
    found = [text.unknown("a", "x"), text.unknown("b", "x"), text.odd("a")]
    assert summary(found, 1) == "2 errors, 1 warning in 1 file"


def test_a_long_message_is_broken_between_words():
    message = Message("WAN903", "x", Severity.ERROR, "word " * 30 + "end", "")
    report = shown(message.at(None), width=60)
    assert all(len(line) <= 60 for line in report)
    assert report[0].startswith("error[WAN903 x]: word word")
    assert report[1].startswith("    word")


def test_what_can_be_fixed_is_told_with_how(finder):
    text = finder("a b c")
    safe, bare = text.unknown("a", "x"), text.odd("c")
    kind = Message("WAN903", "x", Severity.ERROR, "x", "")
    guess = kind.at(text.span("b"), fix=fix_of(text, ("b", "x"), safe=False))
    unsafe = "(may change the video)"
    assert fixable([bare]) == ""
    assert fixable([safe, safe]) == "2 fixable with `--fix`"
    assert fixable([guess]) == f"1 fixable with `--fix --unsafe-fixes` {unsafe}"
    both = f"1 fixable with `--fix`, 1 more with `--unsafe-fixes` {unsafe}"
    assert fixable([safe, guess]) == both
