"""What is wrong with the declarations of a file, whatever they come to: told where it is, once."""

from __future__ import annotations

import pytest

from tests.findings import HEAD, findings_of, piped, place
from wan22dsl.language.program import kinds

#: What is written, the finding, and a part of what is said of it.
MISTAKES = {
    "no version": ("let a = 1", "WAN201 1:1", ""),
    "another version": ("wan 2", "WAN202 1:5", ""),
    "a version below": ("wan 1\nlet a = 1\nwan 1", "WAN203 3:1", "Remove it here."),
    "a file used below": ("wan 1\nlet a = 1\nuse wan22", "WAN203 3:1", "Move it up"),
    "a file without a name": ('wan 1\nuse "a.wan"', "WAN203 2:1", 'Write `use "a.wan" as name`.'),
    "a number that is used": ("wan 1\nuse 4", "WAN215 2:5", "Write `use wan22`"),
    "one alias for two files": ("wan 1\nuse wan22\nuse wan22", "WAN205 3:5", "the other one"),
    "a name that is declared twice": (
        "wan 1\nlet a = 1\nlet a = 2",
        "WAN205 3:5",
        "first declared here",
    ),
    "a name that a file has": (f"{HEAD}let wan22 = 1", "WAN205 3:5", ""),
    "a word of the language as a name": (
        "wan 1\nlet true = 1",
        "WAN206 2:5",
        "is a reserved word",
    ),
    "a name with a dot": ("wan 1\nlet a.b = 1", "WAN206 2:5", "such as `a_b`"),
    "a word that declares nothing": (
        "wan 1\npipline p { a = 1 }",
        "WAN204 2:1",
        "Did you mean `pipeline`?",
    ),
    "a header that is none": ("wan 1\nimport wan22", "WAN204 2:1", ""),
    "a param with braces": ("wan 1\nparam p { a = 1 }", "WAN204 2:1", "param name: type = value"),
    "a graph that is a copy": ("wan 1\ngraph g = a", "WAN204 2:1", "graph name { … }"),
    "a copy of a literal": (f"{HEAD}lora l = 4", "WAN213 3:10", ""),
    "a setting that there is not": (
        'wan 1\nmodel m { file = "m", nois = "high" }',
        "WAN210 2:23",
        "Did you mean `noise`?",
    ),
    "a setting like no other": (
        'wan 1\nmodel m { file = "m", colour = "red" }',
        "WAN210 2:23",
        "A model has file",
    ),
    "a `let` in an asset": (
        'wan 1\nmodel m { file = "m"\nlet a = 1 }',
        "WAN212 3:1",
        "Write `setting = value`.",
    ),
    "a value alone in a pipeline": (
        piped(more="    wan22.high\n"),
        "WAN212 8:5",
        "The work of a pipeline is its `flow = …`.",
    ),
    "a setting in a graph": (
        'wan 1\ngraph g {\na = 1\nPreviewImage(images = LoadImage(image = "a").IMAGE)\n}',
        "WAN212 3:1",
        "Name a node with `let a = …`.",
    ),
    "a local word of the language": (
        "wan 1\nstage s(in f: IMAGE) -> IMAGE {\nlet none = f\nout = f\n}",
        "WAN206 3:5",
        "",
    ),
    "two `let`s of one name": (
        "wan 1\nstage s(in f: IMAGE) -> IMAGE {\nlet a = f\nlet a = f\nout = a\n}",
        "WAN205 4:5",
        "",
    ),
    "`in` that is not first": (
        "wan 1\nstage s(a: int, in f: IMAGE) -> IMAGE { out = f }",
        "WAN217 2:17",
        "Put it first",
    ),
    "`in` with a default": (
        'wan 1\nstage s(in f: IMAGE = "a.png") -> IMAGE { out = f }',
        "WAN217 2:9",
        "Remove the default.",
    ),
    "an output that is not set": (
        "wan 1\nstage s(in f: IMAGE) -> (a: IMAGE, b: IMAGE) { a = f }",
        "WAN218 2:36",
        "Set it in the body: `b = …`.",
    ),
    "an output that is not promised": (
        "wan 1\nstage s(in f: IMAGE) -> (a: IMAGE, b: IMAGE) { a = f\nb = f\nzebra = f }",
        "WAN218 4:1",
        "Write `let zebra = …`",
    ),
    "an output by another name than `out`": (
        "wan 1\nstage s(in f: IMAGE) -> IMAGE { out = f\nimage = f }",
        "WAN218 3:1",
        "Its only output is called `out`.",
    ),
    "a `let` that is named above it": (
        "wan 1\nstage s(in f: IMAGE) -> IMAGE {\nlet a = b\nlet b = f\nout = a\n}",
        "WAN207 3:9",
        "",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_declaration_that_is_wrong_is_told(name: str) -> None:
    text, expected, words = MISTAKES[name]
    errors = [finding for finding in findings_of(text) if finding.is_error]
    assert [place(error) for error in errors] == [expected], [error.message for error in errors]
    error = errors[0]
    assert words in " ".join([error.message, error.help, *(label.text for label in error.related)])


def test_a_name_that_hides_another_is_a_note_that_shows_it() -> None:
    found = findings_of(f"{HEAD}let a = 1\nstage s(in f: IMAGE, a: int = 2) -> IMAGE {{ out = f }}")
    (finding,) = [finding for finding in found if finding.code == "WAN219"]
    assert finding.severity.value == "note"
    assert finding.span is not None
    assert finding.span.text == "a"
    assert [label.span.first.line for label in finding.related] == [3]


def test_a_declaration_of_no_known_word_is_not_judged_further() -> None:
    text = "wan 1\npipline p { a = nothing }\nlet b = p"
    assert [finding.code for finding in findings_of(text) if finding.is_error] == ["WAN204"]


@pytest.mark.parametrize("kind", kinds.FIXED_SETTINGS)
def test_a_kind_with_settings_can_be_declared(kind: str) -> None:
    assert kind in kinds.COPIED, "add it to COPIED in kinds.py"
    assert kind not in kinds.RESERVED, "remove it from RESERVED in kinds.py"
    assert [finding.code for finding in findings_of(f"wan 1\n{kind} x {{ nonsense_ = 1 }}")] == [
        "WAN210"
    ]


def test_reserved_blocks_are_kept_without_a_word() -> None:
    assert not findings_of(
        'wan 1\ntest t { pipelines = [p], limits = { each = 0s..5s } }\nnote n { a = "x" }'
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("let a = b\nlet b = a", "a → b → a"),
        ("let a = a", "a → a"),
        (
            "\n".join(f"stage {a}(in f: IMAGE) {{ f -> {b} }}" for a, b in ("ab", "bc", "ca")),
            "a → b → c → a",
        ),
        ("param a: int = b + 1\nlet b = a", "a → b → a"),
        ('model a = b(file = "x")\nmodel b = a', "a → b → a"),
    ],
)
def test_what_is_declared_by_way_of_itself_is_told_with_its_path(text: str, path: str) -> None:
    (finding,) = findings_of(f"wan 1\n{text}")
    assert finding.code == "WAN214"
    assert path in finding.message
    assert len(finding.related) == path.count("→")


def test_two_circles_are_two_mistakes_and_what_leads_to_one_is_none() -> None:
    text = "wan 1\nlet a = b\nlet b = a\nlet c = d\nlet d = c\nlet e = a + c"
    assert [place(finding) for finding in findings_of(text)] == ["WAN214 2:5", "WAN214 4:5"]
