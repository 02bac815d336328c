"""The ready benches of the library: each fits a usual pipeline, and each of its cells compiles."""

from __future__ import annotations

import pytest

from wan22dsl.api.benches import benches_of
from wan22dsl.api.compiler import check
from wan22dsl.language.program.modules import library_module
from wan22dsl.source import Source

USER = """\
wan 1
use wan22
use benches

param order: flow = wan22.high -> wan22.low
param finish: flow = rife(times = 2)

pipeline portrait {
    image  = "portrait.png"
    prompt = "x"
    size   = 832x1216
    length = 5s
    flow   = order -> finish -> save("portrait")
}

"""

MODULE = library_module("benches")

BENCHES = [name for name, each in MODULE.names.items() if each.word.text == "bench"]

#: What the benches need besides a pipeline.
NEEDS = {"order": "order", "interpolation": "finish"}


def test_what_people_ask_about_has_a_bench():
    asked = {"order", "cfg", "shift", "interpolation", "attention", "attention_by_node"}
    assert asked | {"precision", "memory", "compile"} <= set(BENCHES)


def test_the_benches_of_the_library_fit_a_usual_pipeline():
    text = "".join(f"bench my_{name} = benches.{name}(of = portrait)\n\n" for name in BENCHES)
    found, diagnostics = benches_of(Source(USER + text, "mine.wan"))
    assert [each.message for each in diagnostics] == []  # so each cell compiles, and no two alike
    for each in found:
        assert len(each.bench.cells) > 1
        assert None not in [each.bench.baseline_of(*cell) for cell in each.bench.cells]


@pytest.mark.parametrize("name", BENCHES)
def test_what_is_expected_is_a_comment_and_the_file_calls_it_a_hypothesis(name):
    text = MODULE.source.text
    comment = text[: text.index(f"\nbench {name} {{")].rpartition("\n\n")[2]
    assert comment.startswith("# ")
    assert "hypothesis until you have measured it" in text


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_a_bench_that_needs_a_parameter_says_how_to_declare_it(name):
    text = f"{USER}bench mine = benches.{name}(of = portrait)\n"
    lines = text.replace(" order -> finish", " wan22.high -> wan22.low").splitlines(keepends=True)
    source = Source("".join(line for line in lines if not line.startswith("param ")), "mine.wan")
    (finding,) = [each for each in check(source).diagnostics if each.is_error]
    assert finding.code == "WAN318" and finding.span is not None and finding.span.text == "mine"
    assert f"eclare `param {NEEDS[name]}: flow = " in finding.help
