"""Findings of every kind, for the laws of outputs: any text, any place in it, any words."""

from __future__ import annotations

from hypothesis import strategies as st

from wan22dsl.diagnostics import Diagnostic, Edit, Fix, Label, Message, Severity
from wan22dsl.source import Source, Span

#: Relative, in a folder, with signs that mean something elsewhere, outside, absolute, of Windows, no file.
PATHS = (
    "a.wan",
    "shots/day 1/ä日🟨.wan",
    "100%,a:b;c#d?e&f.wan",
    '"<quoted>&.wan',
    "../outside.wan",
    "/somewhere/else.json",
    "C:/Users/me/a b.wan",
    "D:\\videos\\b.json",
    "//server/share/c.wan",
    "<stdin>",
)

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
TEXTS = st.text(st.sampled_from("ab \t\n\r{}日é🟨\x00\x1b\ufffe]>&<\"'%,:"), max_size=80)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    return Source(draw(TEXTS), draw(st.sampled_from(PATHS)))


@st.composite
def spans(draw: st.DrawFn, source: Source) -> Span:
    start = draw(st.integers(0, len(source.text)))
    return Span(source, start, draw(st.integers(start, len(source.text))))


@st.composite
def findings(draw: st.DrawFn) -> Diagnostic:
    """A finding; the words are fields, so that they may hold braces."""
    source = draw(sources())
    code = draw(st.sampled_from(["WAN101", "WAN605", "WAN702"]))
    kind = Message(code, f"name-{code[3:]}", Severity.WARNING, "said: {text}", "{why}", "{help}")
    labels = [Label(span, draw(WORDS)) for span in draw(st.lists(spans(source), max_size=2))]
    edits = [Edit(span, draw(WORDS)) for span in draw(st.lists(spans(source), max_size=2))]
    return kind.at(
        draw(st.none() | spans(source)),
        related=labels,
        fix=Fix(f"write {draw(WORDS)}", tuple(edits), draw(st.booleans())) if edits else None,
        severity=draw(st.sampled_from(Severity)),
        text=draw(WORDS),
        why=draw(WORDS),
        help=draw(WORDS),
    )


SOME = st.lists(findings(), max_size=5)
