"""Targets: which a pipeline has, what they hold, and what is said of mistakes in them."""

from __future__ import annotations

import pytest

from tests.findings import HEAD, findings_of, places
from wan22dsl.api.compiler import check, compile, expand
from wan22dsl.formats.prompt import dump
from wan22dsl.graph.model import Limit
from wan22dsl.source import Source

PIPELINE = """\
pipeline p {
    image  = "a.png"
    prompt = "x"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("x")
}
pipeline q = p(seed = 2)
"""
GIB = 2**30


def targets_of(declarations, pipeline="p", **values):
    """The targets of a pipeline of a file; `wan 1`, two `use` lines and the pipelines stand above."""
    source = Source(f"{HEAD}use guide\n{PIPELINE}{declarations}", "test.wan")
    compiled = compile(source, pipeline=pipeline, values=values)
    assert compiled.graph is not None, compiled.diagnostics
    return compiled.graph.graph.targets


def names(declarations, pipeline="p"):
    return [file.name for file in targets_of(declarations, pipeline)]


def test_a_file_without_targets_has_those_of_the_guide():
    found = targets_of("")
    assert [finding.name for finding in found] == ["guide.one_pass", "guide.two_passes"]
    assert all(finding.is_guide for finding in found)


def test_the_guide_says_what_the_guide_says():
    one, two = targets_of("")
    for target in (one, two):
        assert target.sizes == ((832, 1216), (1216, 832))
        assert (target.lengths, target.steps) == ((81,), (4,))
    assert (one.passes, two.passes) == ((), (2,))
    assert one.limits == {
        "each_pass": Limit((67, 80), (80, 85)),
        "interpolation": Limit(None, (0, 20)),
    }
    assert two.limits == {
        "all_passes": Limit((134, 160), (160, 180)),
        "with_interpolation": Limit(None, (0, 180)),
    }


def test_a_file_needs_no_use_of_the_guide():
    source = Source(f"{HEAD}{PIPELINE}", "test.wan")
    graph = compile(source, pipeline="p").graph
    assert graph is not None and graph.graph.targets == targets_of("")


def test_a_target_of_the_file_takes_the_place_of_the_guide():
    (found,) = targets_of("target own { whole = 0s..60s }")
    assert (found.name, found.limits, found.is_guide) == (
        "own",
        {"whole": Limit(None, (0, 60))},
        False,
    )
    assert found.span is not None and found.span.text == "own"


def test_a_target_is_for_all_of_the_file_or_for_those_that_it_names():
    text = (
        "target all { whole = 0s..60s }\n"
        "target of_p { of = p, whole = 0s..50s }\n"
        "target of_both { of = [p, q], whole = 0s..40s }\n"
    )
    assert names(text) == ["all", "of_p", "of_both"]
    assert names(text, "q") == ["all", "of_both"]


def test_a_pipeline_that_no_target_is_for_has_the_guide():
    assert names("target of_q { of = q, whole = 0s..50s }") == [
        "guide.one_pass",
        "guide.two_passes",
    ]


def test_all_entries():
    (found,) = targets_of("""\
target own {
    of = p
    size = 832x1216
    length = [81f, 49f + 4f]
    steps = 4
    passes = [1, 2]
    each_pass = { excellent = 0s..1s, good = 1s..2.5s }
    all_passes = { excellent = 0s..3s }
    interpolation = 0s..4s
    with_interpolation = 0s..5s
    whole = 0s..6s
    peak_vram = 512MiB..30GiB
}
""")
    assert found.sizes == ((832, 1216),)
    assert (found.lengths, found.steps, found.passes) == ((81, 53), (4,), (1, 2))
    assert found.limits == {
        "each_pass": Limit((0, 1), (1, 2.5)),
        "all_passes": Limit((0, 3), None),
        "interpolation": Limit(None, (0, 4)),
        "with_interpolation": Limit(None, (0, 5)),
        "whole": Limit(None, (0, 6)),
        "peak_vram": Limit(None, (GIB // 2, 30 * GIB)),
    }


def test_a_copy_changes_what_it_says_and_takes_away_with_none():
    (found,) = targets_of("target own = guide.one_pass(of = p, size = none, interpolation = none)")
    assert (found.name, found.sizes, found.is_guide) == ("own", (), False)
    assert list(found.limits) == ["each_pass"]


def test_values_may_be_named_and_given_from_outside():
    text = "param most: seconds = 60s\nlet range = 0s..most\ntarget own { whole = range }"
    assert targets_of(text)[0].limits["whole"] == Limit(None, (0, 60))
    assert targets_of(text, most="90s")[0].limits["whole"] == Limit(None, (0, 90))


def test_a_target_of_another_file_is_copied(tmp_path):
    (tmp_path / "house.wan").write_text("wan 1\n\ntarget quick { whole = 0s..60s }\n", "utf-8")
    main = tmp_path / "main.wan"
    main.write_text(f'{HEAD}use "house.wan" as house\n{PIPELINE}', "utf-8")
    graph = compile(main, pipeline="p").graph
    assert graph is not None and all(target.is_guide for target in graph.graph.targets)
    main.write_text(
        f'{HEAD}use "house.wan" as house\n{PIPELINE}target own = house.quick\n', "utf-8"
    )
    graph = compile(main, pipeline="p").graph
    assert graph is not None and [target.name for target in graph.graph.targets] == ["own"]


def test_a_plain_graph_has_targets_too():
    text = (
        'wan 1\n\ngraph g { PreviewImage(images = LoadImage(image = "a.png").IMAGE) }\n\n'
        "target own { of = g, whole = 0s..9s }"
    )
    graph = compile(Source(text, "test.wan")).graph
    assert graph is not None and [target.name for target in graph.graph.targets] == ["own"]


def test_targets_outlive_bypassed_nodes():
    text = (
        'wan 1\n\ngraph g {\n    let a = LoadImage(image = "a.png")\n'
        '    let b = ImageInvert(image = a.IMAGE) { mode = "bypass" }\n'
        "    PreviewImage(images = b)\n}\n\ntarget own { whole = 0s..9s }"
    )
    graph = compile(Source(text, "test.wan")).graph
    assert graph is not None and [target.name for target in graph.graph.targets] == ["own"]


def test_what_is_compiled_and_expanded_is_the_same_with_and_without_targets():
    bare = Source(f"{HEAD}{PIPELINE}", "test.wan")
    held = Source(f"{bare.text}target own {{ of = p, peak_vram = 0GiB..30GiB }}\n", "test.wan")
    one, other = (compile(source, pipeline="p").prompt for source in (bare, held))
    assert one is not None and other is not None and dump(one) == dump(other)
    assert expand(bare, pipeline="p")[0] == expand(held, pipeline="p")[0]


def test_a_pipeline_that_a_target_names_is_not_part_of_another():
    text = 'wan 1\n\npipeline p { flow = LoadImage(image = "a.png").IMAGE }\n'
    assert places(text) == places(f"{text}target own {{ of = p, whole = 0s..9s }}\n") != []


#: What is written in line 12, the finding, and a part of what to do about it.
MISTAKES = {
    "an unknown entry": ("target t { each_pas = 0s..9s }", "WAN210 12:12", "`each_pass`"),
    "in a copy": (
        "target t = guide.one_pass(each_pas = 0s..9s)",
        "WAN210 12:27",
        "`each_pass`",
    ),
    "no limit": ("target t { size = 832x480 }", "WAN419 12:8", "Add a limit"),
    "an unknown pipeline": ("target t { of = pp, whole = 0s..9s }", "WAN207 12:17", "mean `p`?"),
    "a pass": (
        "target t { of = [p, wan22.high], whole = 0s..9s }",
        "WAN418 12:21",
        "Name one of them, such as `p`.",
    ),
    "a copy without a name": (
        "target t { of = p(seed = 3), whole = 0s..9s }",
        "WAN418 12:17",
        "Name one of them",
    ),
    "a text": ('target t { of = "p", whole = 0s..9s }', "WAN418 12:17", "Name one of them"),
    "one end": ("target t { whole = 9s }", "WAN302 12:20", "Write `0s..9s`."),
    "numbers": ("target t { peak_vram = 0..30 }", "WAN302 12:24", "Write `0GiB..30GiB`."),
    "half a unit": ("target t { whole = 0..9s }", "WAN303 12:20", "Write `0s..9s`."),
    "another unit": ("target t { whole = 0f..9f }", "WAN302 12:20", "such as `0s..85s`"),
    "memory for time": ("target t { peak_vram = 0s..9s }", "WAN302 12:24", "such as `0GiB..30GiB`"),
    "a range upside down": ("target t { whole = 9s..1s }", "WAN312 12:20", "Write `1s..9s`."),
    "grades upside down": (
        "target t { whole = { excellent = 0s..9s, good = 0s..5s } }",
        "WAN312 12:20",
        "must be tighter",
    ),
    "a grade upside down": (
        "target t { whole = { excellent = 9s..0s } }",
        "WAN312 12:34",
        "Write `0s..9s`.",
    ),
    "an unknown grade": (
        "target t { whole = { excelent = 0s..9s } }",
        "WAN304 12:22",
        "Did you mean `excellent`?",
    ),
    "no grade": ("target t { whole = {} }", "WAN302 12:20", "such as `0s..85s`"),
    "a size without its sign": (
        "target t { size = 832, whole = 0s..9s }",
        "WAN302 12:19",
        "a size",
    ),
    "a length without its unit": (
        "target t { length = [81], whole = 0s..9s }",
        "WAN302 12:22",
        "Write `81f`.",
    ),
    "a length in seconds": (
        "target t { length = 5s, whole = 0s..9s }",
        "WAN302 12:21",
        "has no frame rate",
    ),
    "what only a pipeline has": (
        "target t { size = pipeline.size, whole = 0s..9s }",
        "WAN302 12:19",
        "write the value itself",
    ),
    "a copy of something else": ("target t = p(seed = 3)", "WAN213 12:12", "target t {"),
    "a `let`": ("target t { let a = 1s, whole = 0s..a }", "WAN212 12:12", "setting = value"),
}


@pytest.mark.parametrize(("text", "place", "help"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_at_its_place_by_lint_and_compile(text, place, help):
    text = f"{HEAD}use guide\n{PIPELINE}{text}\n"
    assert place in places(text)
    assert any(help in finding.help for finding in findings_of(text))
    compiled = compile(Source(text, "test.wan"), pipeline="p")
    assert compiled.prompt is None
    assert {finding.code for finding in compiled.diagnostics if finding.is_error} & {
        place.partition(" ")[0]
    }


def test_a_mistake_in_a_target_of_another_pipeline_does_not_keep_one_from_being_compiled():
    text = f"{HEAD}{PIPELINE}target t {{ of = q, whole = 9s }}\n"
    assert compile(Source(text, "test.wan"), pipeline="p").prompt is not None
    assert compile(Source(text, "test.wan"), pipeline="q").prompt is None


def test_a_parameter_without_a_value_is_only_noted_by_lint():
    text = f"{HEAD}{PIPELINE}param most: seconds\ntarget t {{ whole = 0s..most }}\n"
    checked = check(Source(text, "test.wan"))
    assert {finding.code for finding in checked.diagnostics} == {"WAN307"}
    assert set(checked.graphs) == {"p", "q"}
    (missing,) = compile(Source(text, "test.wan"), pipeline="p").diagnostics
    assert missing.code == "WAN306"


def test_a_chain_of_names_that_is_too_deep_ends_in_a_message():
    chain = "".join(f"let a{n} = a{n + 1}\n" for n in range(20_000))
    text = f"wan 1\n{chain}let a20000 = 0s..9s\ntarget t {{ whole = a0 }}\n"
    assert "WAN415" in {finding.code for finding in findings_of(text)}


@pytest.mark.parametrize("word", ["test", "note"])
def test_other_words_are_kept_and_mean_nothing_yet(word):
    assert places(f"wan 1\n\n{word} x {{ anything = [at, all], whole = 9s }}\n") == []
