"""Fixes are put into the text: only those that help, and until nothing is left to fix."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checked import answers
from tests.conftest import ROOT
from wan22dsl.api.codes import findings_in
from wan22dsl.api.compiler import check, compile
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.diagnostics import Edit, Fix, Message, Severity, has_errors
from wan22dsl.formats.prompt import read
from wan22dsl.lint.fixing import MOST_ROUNDS, candidates, fix, fixable_files, with_edits
from wan22dsl.lint.rules.engine import judge
from wan22dsl.report.text import render
from wan22dsl.source import Source, Span

PORTRAIT = (ROOT / "examples" / "portrait.wan").read_text("utf-8")

FIXED = {code: finding for code, finding in answers().items() if finding and finding.fix}


def judged(source: Source):
    """Linter findings of a text in the language, or of prompt JSON."""
    if not source.text.lstrip().startswith("{"):
        return check(source).diagnostics
    graph, found = read(source, open_catalogue(DEFAULT_TARGET))
    return found if graph is None else found + judge(graph)[1]


def answering(message):
    """A judge of the examples of a message."""
    return lambda source: findings_in(message, source.text)


def replacing(*rules, code="WAN501", severity=Severity.WARNING, safe=True):
    """A judge of its own: each `old` that stands in a text is a finding, and `new` its fix."""

    def found(source):
        for number, (old, new) in enumerate(rules):
            kind = Message(code, f"rule-{number}", severity, "{old} at {at}", "")
            for match in re.finditer(re.escape(old), source.text):
                span = Span(source, *match.span())
                fix_ = Fix(f"write {new}", (Edit(span, new),), safe) if new is not None else None
                yield kind.at(span, fix=fix_, old=old, at=source.text[: match.start()])

    return lambda source: list(found(source))


# --- what is fixed ---


@pytest.mark.parametrize("one", FIXED.values(), ids=FIXED)
def test_the_fix_of_a_message_does_away_with_it(one):
    message = one.kind
    result = fix(message.bad, answering(message), path=one.span.source.path, unsafe=True)
    assert message.code in {each.code for each in result.applied}
    assert message.code not in {each.code for each in result.left}, render(result.left)


@pytest.mark.parametrize("one", FIXED.values(), ids=FIXED)
def test_what_is_not_safe_is_fixed_only_when_asked_for(one):
    message = one.kind
    result = fix(message.bad, answering(message), path=one.span.source.path)
    assert (message.code in {each.code for each in result.applied}) == one.fix.safe


def test_a_file_with_many_mistakes_is_fixed_and_compiles_to_the_same():
    broken = (
        PORTRAIT.replace("length =", "length :")
        .replace("->", "=>")
        .replace('"\n', '";\n')
        .replace("#", "//")
    )
    result = fix(broken, judged)
    assert not has_errors(result.left), render(result.left)
    assert compile(Source(result.text)).prompt == compile(Source(PORTRAIT)).prompt


def test_json_keeps_its_order_and_layout():
    text = (
        '{ "2": {"inputs": {"images": [1,0]},\n   "class_type": "PreviewImage"},\n'
        '\t"1" :{"class_type":"EmptyImage", "inputs": {"width": 64, "height": "64",\n'
        '     "batch_size": 1, "color": 0}} }'
    )
    result = fix(text, judged)
    assert result.text == text.replace("[1,0]", '["1", 0]').replace('"64"', "64")
    assert [finding.code for finding in result.applied] == ["WAN557", "WAN507"]


@pytest.mark.parametrize("unsafe", [False, True])
@given(data=st.data())
def test_twice_changes_nothing_the_second_time(unsafe, data):
    text = data.draw(mutated(PORTRAIT))
    once = fix(text, judged, unsafe=unsafe)
    again = fix(once.text, judged, unsafe=unsafe)
    assert (again.text, again.applied) == (once.text, ())
    assert len([finding for finding in once.left if finding.code[3] == "1"]) <= len(
        [finding for finding in judged(Source(text)) if finding.code[3] == "1"]
    )


@st.composite
def mutated(draw, text):
    """The text with a few of its words and signs changed."""
    for _ in range(draw(st.integers(1, 4))):
        tokens = list(re.finditer(r"\w+|[^\w\s]+|\s+", text))
        token = draw(st.sampled_from(tokens))
        new = draw(
            st.sampled_from(["", ":", "=>", '"', "}", "(", ";", "80f", "5", "hihg", "\n", "True"])
        )
        text = text[: token.start()] + new + text[token.end() :]
    return text


# --- which fixes are kept ---


def test_where_fixes_overlap_the_first_wins_and_the_others_come_next():
    result = fix("abc", replacing(("ab", "x"), ("bc", "y"), ("xc", "z")))
    assert result.text == "z"
    assert [finding.fields["old"] for finding in result.applied] == ["ab", "xc"]


def test_a_fix_that_helps_has_its_turn_where_one_that_does_not_is_in_its_way():
    stubborn = Message("WAN501", "x", Severity.ERROR, "x", "")

    def found(source):
        span = Span(source, 0, 2)
        useless = stubborn.at(span, fix=Fix("x", (Edit(span, source.text[:2] + " "),)))
        return [useless, *replacing(("b", "B"))(source)]

    assert fix("ab", found).text == "aB"


def test_insertions_at_one_place_are_made_one_after_the_other():
    source = Source("a")
    kind = Message("WAN501", "x", Severity.ERROR, "x", "")
    place = Span(source, 1, 1)
    found = [kind.at(place, fix=Fix("x", (Edit(place, sign),))) for sign in "bc"]
    assert candidates(found, source) == found[:1]


def test_a_fix_that_makes_a_new_error_is_not_kept_and_the_others_are():
    def found(source):
        wrong = replacing(("Z", None), severity=Severity.ERROR)(source)
        return wrong + replacing(("a", "A"), ("b", "Z"), ("c", "C"), ("d", "D"))(source)

    assert fix("a b c d", found).text == "A b C D"


def test_a_fix_that_does_not_help_is_not_kept():
    stubborn = Message("WAN501", "x", Severity.ERROR, "x", "")

    def found(source):
        span = Span(source, 0, 1)
        return [stubborn.at(span, fix=Fix("x", (Edit(span, "b"),)))]

    assert not fix("a", found).changes


def counting(judge):
    """A judge, and a list that grows with each of its judgements."""
    calls = []

    def counted(source):
        calls.append(source)
        return judge(source)

    return counted, calls


def test_many_fixes_of_which_some_make_errors_are_judged_a_few_times():
    def found(source):
        wrong = replacing(("Z", None), severity=Severity.ERROR)(source)
        return wrong + replacing(("a", "A"), ("b", "Z"))(source)

    judge, calls = counting(found)
    text = " ".join("b" if number % 9 == 4 else "a" for number in range(900))
    assert fix(text, judge).text == text.replace("a", "A")
    assert len(calls) < 50


def test_many_fixes_of_which_some_do_not_help_are_judged_a_few_times():
    stubborn = Message("WAN501", "x", Severity.ERROR, "x", "")

    def found(source):
        spans = [Span(source, item.start(), item.end()) for item in re.finditer("b+", source.text)]
        useless = [stubborn.at(span, fix=Fix("x", (Edit(span, "bb"),))) for span in spans]
        return useless + replacing(("a", "A"))(source)

    judge, calls = counting(found)
    text = " ".join("b" if number % 9 == 4 else "a" for number in range(900))
    assert fix(text, judge).text == text.replace("a", "A")
    assert len(calls) < 50


def test_a_text_that_can_be_read_at_last_may_have_other_errors():
    def found(source):
        syntax = replacing(("(", "["), code="WAN104", severity=Severity.ERROR)(source)
        return syntax or replacing(("x", None), code="WAN207", severity=Severity.ERROR)(source)

    assert fix("(x", found).text == "[x"


def test_a_value_in_another_notation_that_is_seen_at_last_is_no_new_error():
    def found(source):
        name = replacing(("hihg", "high"), code="WAN207", severity=Severity.ERROR)(source)
        return name or replacing(("high()", "high"), code="WAN148", severity=Severity.ERROR)(source)

    assert fix("hihg()", found).text == "high"


def test_an_error_that_only_shows_another_name_is_no_new_one():
    def found(source):
        name = replacing(("hihg", "high"), severity=Severity.ERROR)(source)
        return name + replacing((source.text.split()[0] + " ?", None), severity=Severity.ERROR)(
            source
        )

    assert fix("hihg ?", found).text == "high ?"


def test_fixes_that_undo_each_other_end_the_same_from_everywhere():
    circle = replacing(("a", "b"), ("b", "c"), ("c", "a"))
    assert {fix(text, circle).text for text in "abc"} == {"a"}
    assert fix("a", circle).applied == ()


def test_a_text_that_never_comes_to_rest_is_left_as_it_was():
    growing = replacing(("a.", "aa."))
    result = fix("a.", growing)
    assert (result.text, result.applied, len(result.left)) == ("a.", (), 1)
    assert fix("b" * MOST_ROUNDS, replacing(("b", "c"))).text == "c" * MOST_ROUNDS


def test_a_fix_in_another_file_is_left_to_that_file():
    other = Source("b", "b.wan")
    kind = Message("WAN501", "x", Severity.ERROR, "x", "")

    def found(source):
        span = Span(other, 0, 1)
        return [kind.at(span, fix=Fix("x", (Edit(span, "c"),)))]

    result = fix("b", found, path="a.wan")
    assert (result.text, len(result.left)) == ("b", 1)


def test_the_files_that_can_be_fixed_are_those_that_a_whole_fix_is_in():
    one, other = Source("a", "one.wan"), Source("b", "other.wan")
    message = Message("WAN501", "x", Severity.WARNING, "text", "why", "help", "", "")
    edits = [Edit(Span(source, 0, 1), "c") for source in (one, other)]
    fixes = [
        Fix("fix", (edits[0],)),
        Fix("fix", (*edits,)),
        Fix("fix", (edits[1],), safe=False),
        None,
    ]
    findings = [message.at(edits[0].span, fix=made) for made in fixes]
    assert fixable_files(findings) == {"one.wan"}
    assert fixable_files(findings, unsafe=True) == {"one.wan", "other.wan"}


# --- the text round it ---


@pytest.mark.parametrize("safe", [True, False])
def test_all_else_stays_byte_for_byte(safe):
    before = "\ufeffa\r\n\tb = 1 \r\nc\r\n\r\n"
    result = fix(before, replacing(("b = 1", "b = 2\n\tc"), safe=safe), unsafe=not safe)
    assert result.text == "\ufeffa\r\n\tb = 2\r\n\tc \r\nc\r\n\r\n"


@given(
    lines=st.lists(st.text("ab\r", max_size=4), min_size=1, max_size=6),
    mark=st.sampled_from(["", "\ufeff"]),
    data=st.data(),
)
def test_edits_fall_on_what_was_read(lines, mark, data):
    raw = mark + "\r\n".join(lines)
    source = Source(raw)
    start = data.draw(st.integers(0, len(source.text)))
    end = data.draw(st.integers(start, len(source.text)))
    done = with_edits(raw, [Edit(Span(source, start, end), "X")])
    assert Source(done).text == source.text[:start] + "X" + source.text[end:]
    assert done.startswith(mark)
