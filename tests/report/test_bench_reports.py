"""The outputs of the gate: readable by their readers, whatever cells and reasons are called."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from tests.bench.gating import bench, cell
from wan22dsl.bench.gate import Options, gate
from wan22dsl.bench.measured import Why
from wan22dsl.report.benches import github, junit, markdown, text
from wan22dsl.report.benches import json as jsons
from wan22dsl.report.lines import plain

EVIL = (
    "x\x1b[2J\u202e\x07\n::error file=a::FORGED\n##[add-matcher]m]]><script>alert(1)</script> | **b** `c` "
    "@everyone [l](http://e.example) <!-- --> &amp; \ufffe \ud800"
)


def mixed():
    """A bench with a cell in every state."""
    now = bench(
        cell(162.0, "slow", high_s=72.0),
        cell(150.0, "same"),
        cell(130.0, "faster"),
        cell(150.0, "new"),
        cell(150.0, "moved", comfyui={"version": "0.39"}),
        cell(None, "full", why=(Why("out of memory", "in node low.sampler"),)),
    )
    names = ("slow", "same", "faster", "moved", "full")
    before = bench(*(cell(150.0, name) for name in names), shown="baseline.json", file="")
    return gate(now, before, "baseline.json", Options())


def hostile():
    """A bench whose names and reasons are hostile."""
    now = bench(
        cell(200.0, EVIL),
        cell(150.0, f"new {EVIL}"),
        cell(None, f"full {EVIL}", why=(Why("failed", EVIL),)),
        cell(150.0, f"moved {EVIL}", comfyui={"version": EVIL}),
        name=EVIL,
        pipeline=EVIL,
        file=f"{EVIL}.wan",
        shown=EVIL,
        problems=(EVIL,),
    )
    names = (EVIL, f"full {EVIL}", f"moved {EVIL}")
    return gate(now, bench(*(cell(150.0, name) for name in names), made=EVIL), EVIL, Options())


def test_the_text_says_which_pass_made_it():
    found = plain(text.gate(mixed()))
    assert "REGRESSION: bench daily of portrait, 2 of 6 cells\n" in found
    assert (
        "REGRESSION      slow\n"
        "    total 150.0 s -> 162.0 s (+8.0 %, +12.0 s); the limit is 5 % and 0.50 s\n"
        "    high: +12.0 s (sampling 60.0 s -> 72.0 s, +20 %; a step 30.0 s -> 36.0 s)\n"
    ) in found
    assert "ComfyUI version: 0.38 -> 0.39" in found
    assert "2 regressions, 1 not comparable, 1 without baseline, 2 passed (1 better)" in found


def test_each_cell_is_a_test_case_and_fails_in_its_own_way():
    suite = ET.fromstring(junit.render(mixed())).find("testsuite")
    assert {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    cases = {case.attrib["name"]: case for case in suite}
    failure = cases["slow"].find("failure")
    assert "high: +12.0 s" in failure.attrib["message"]
    assert failure.attrib["type"] == "REGRESSION"
    assert "out of memory: in node low.sampler" in cases["full"].find("failure").text
    assert "ComfyUI version: 0.38 -> 0.39" in cases["moved"].find("error").text
    assert cases["slow"].attrib["file"] == "portrait.wan"
    assert "better" in cases["faster"].find("system-out").text


def test_annotations_are_on_the_file_of_the_pipeline():
    lines = github.render(mixed()).splitlines()
    assert [
        re.match(r"::(\w+) file=portrait.wan,title=(\w+) (\w+)", line).groups() for line in lines
    ] == [
        ("error", "REGRESSION", "slow"),
        ("error", "REGRESSION", "full"),
        ("error", "NOT_COMPARABLE", "moved"),
        ("warning", "NO_BASELINE", "new"),
    ]
    assert "high: +12.0 s" in lines[0]


def test_the_table_of_a_pull_request_has_the_worst_first():
    found = markdown.render(mixed())
    rows = [line for line in found.splitlines() if line.startswith("| ❌")]
    assert rows[0] == (
        "| ❌ | `slow` | 150.0 s | 162.0 s | \\+8.0 % | "
        "high: +12.0 s (sampling 60.0 s -\\> 72.0 s, +20 %; a step 30.0 s -\\> 36.0 s) |"
    )
    assert found.index("`slow`") < found.index("`moved`") < found.index("`same`")


def test_the_json_has_the_state_of_each_cell():
    data = json.loads(jsons.gate(mixed()))
    assert data["state"] == "REGRESSION"
    assert [(each["cell"], each["state"], each["worse"]) for each in data["cells"]][:2] == [
        ("slow", "REGRESSION", ["total_s"]),
        ("same", "PASS", []),
    ]
    assert data["cells"][0]["parts"][0]["name"] == "high"


def test_hostile_names_stay_names():
    found = hostile()
    assert plain(text.gate(found)).count("\n::") == 0
    suite = ET.fromstring(junit.render(found)).find("testsuite")
    assert len(suite) == 5
    assert not suite.findall(".//script")
    for line in github.render(found).splitlines():
        assert re.match(r"::(error|warning|notice) \S", line)
        assert "::FORGED" not in line.partition("::")[2].partition("::")[0]
    json.loads(jsons.gate(found))


def test_hostile_names_are_no_markdown():
    found = markdown.render(hostile())
    assert "\x1b" not in found and "\u202e" not in found
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(found)
    tags = set(re.findall(r"<(\w+)", page))
    assert tags == {
        *("h3", "p", "ul", "li", "code", "strong"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert page.count("<strong>") == 3  # ours: the states
    assert not re.search(r"@\w", re.sub(r"<code>.*?</code>", "", page))
    assert "http://e.example" not in re.sub(r"`.*`", "", found)
    table = [line for line in found.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {7}


def many(count):
    before = bench(*(cell(150.0, f"cell {n}") for n in range(count)))
    slow = bench(*(cell(200.0, f"cell {n}") for n in range(count)))
    return gate(slow, before, "b", Options())


@pytest.mark.parametrize("render", [markdown.render, github.render])
def test_ten_thousand_cells_fit_where_github_takes_them(render):
    assert len(render(many(10_000)).encode("utf-8")) < 65_536


def test_ten_thousand_cells_are_ten_thousand_test_cases_and_a_short_text():
    found = many(10_000)
    assert len(ET.fromstring(junit.render(found)).find("testsuite")) == 10_000
    assert "REGRESSION      and 9960 more" in plain(text.gate(found))


def test_long_hostile_reasons_do_not_make_a_comment_too_long():
    long = "&@|`" * 50_000
    now = bench(*(cell(None, f"{n} {long}", why=(Why("failed", long),)) for n in range(200)))
    before = bench(*(cell(150.0, f"{n} {long}") for n in range(200)))
    assert len(markdown.render(gate(now, before, "b", Options())).encode("utf-8")) < 65_536


def test_without_a_baseline_the_next_step_is_shown():
    found = gate(bench(cell()), None, "ci/baseline.json", Options())
    assert "wan bench accept runs/now -o ci/baseline.json" in plain(text.gate(found))
    assert junit.render(found).count("<skipped ") == 1
