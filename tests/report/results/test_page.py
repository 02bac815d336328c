"""The page: complete in itself whatever the names in it are, and readable without sight, script or colour."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from tests.report.results import made_bench
from tests.report.results.made import pass_, put, record, timing
from tests.report.results.made_bench import Measured
from tests.test_escapes import UNSAFE
from wan22dsl.report.results import colours, gathering, markdown, of_bench, page, reports
from wan22dsl.report.results.contents import Report

#: What a name, a prompt, a message of a server may be.
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
    "<!-- ]]> {{ 7*7 }} {% raw %} \u202egnp.exe \x1b[2J \x00 `code` **b** [l](http://x.invalid) "
    "| cell | \u2028 javascript:alert(4) url(http://x.invalid/p) &amp; @import 'http://x.invalid'"
)

#: Tags that have no end.
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Read(HTMLParser):
    """The elements of a page, with their attributes, and whether each is closed where it belongs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] == ["script"]:
            self.scripts.append(data)
        elif self.open[-1:] != ["style"]:
            self.words.append(data)

    def of(self, tag):
        """The attributes of all elements of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]


def contents(tmp_path, *records):
    put(tmp_path, *records)
    return reports.report(gathering.gather([str(tmp_path)]))


def written(tmp_path, *records):
    return page.write(contents(tmp_path, *records))


def with_bench(tmp_path, report, *cells, **whole):
    """The report with a bench, in which a cell went out of memory."""
    failed = Measured("long", cause="out of memory", text=HOSTILE)
    bench = made_bench.made(tmp_path / "bench", *cells, failed, baseline=cells[0].name, **whole)
    return report._replace(results=(*report.results, of_bench.result(bench)))


def hostile_record(text=HOSTILE, **other):
    whole = {
        "source": {"file": text, "pipeline": text, "text": text, "sha256": "0" * 64},
        "parameters": {text: text},
        "timing": timing(pass_(text), pass_("low"), stages=((text, 3.0),)),
        "not_as_set": [text],
        "not_counted": [text],
        "findings": [
            {
                "code": "WAN904",
                "name": text,
                "severity": "error",
                "message": text,
                "place": {"path": text, "line": 1, "column": 1},
            }
        ],
        "ratings": [
            {"what": text, "seconds": 1.0, "verdict": "good", "target": text, "note": text}
        ],
    }
    server = record().server.model_dump() | {"comfyui": text, "os": text, "pytorch": text}
    server["devices"] = [{"name": text, "type": text, "memory_bytes": None}]
    return record(server=server, **(whole | other))


STEPS_S = (30.0, 30.2, 29.9), (30.1, 30.0, 30.3)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The page of two runs and a bench."""
    return plain_page(tmp_path_factory.mktemp("plain"))


def plain_page(folder):
    report = contents(folder, record(), record("20260301T130000-clip-0002", simulated=True))
    cells = Measured("plain", STEPS_S), Measured("sage", STEPS_S, profile="sage")
    return page.write(with_bench(folder, report, *cells, cold=1))


def hostile_contents(folder):
    report = contents(folder, hostile_record(), record("20260302T-x"))
    cells = (
        Measured(HOSTILE, STEPS_S, profile=HOSTILE),
        Measured(HOSTILE + "2", STEPS_S, profile=HOSTILE, values=((HOSTILE, HOSTILE),)),
    )
    flags = ((HOSTILE, HOSTILE),)
    return with_bench(folder, report, *cells, pipeline=HOSTILE, id=HOSTILE, flags=flags)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return page.write(hostile_contents(tmp_path_factory.mktemp("hostile")))


@pytest.mark.parametrize("which", ["plain", "hostile"])
def test_every_element_is_closed_in_its_place_and_no_id_is_there_twice(which, request):
    found = Read(request.getfixturevalue(which))
    assert not found.open
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("which", ["plain", "hostile"])
def test_what_a_page_refers_to_is_in_it(which, request):
    found = Read(request.getfixturevalue(which))
    ids = {attributes["id"] for _, attributes in found.elements if "id" in attributes}
    for _, attributes in found.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= ids
        assert (attributes.get("href") or "#main").removeprefix("#") in ids


@pytest.mark.parametrize("which", ["plain", "hostile"])
def test_nothing_is_requested_from_anywhere(which, request):
    text = request.getfixturevalue(which)
    found = Read(text)
    for tag, attributes in found.elements:
        for name, value in attributes.items():
            assert name not in {"srcset", "poster", "action", "background", "xlink:href"}, tag
            assert not name.startswith("on"), tag
            if name == "src":
                assert tag == "img" and (value or "").startswith("data:image/")
            if name == "href":
                assert tag == "a"
            if "url(" in (value or ""):
                assert re.fullmatch(r"url\(#[\w-]+\)", value or ""), (tag, name)
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {
        tag for tag, _ in found.elements
    }
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style and "@import" not in style


def test_the_policy_allows_this_script_and_nothing_else(plain):
    found = Read(plain)
    (policy,) = (each["content"] for each in found.of("meta") if "http-equiv" in each)
    data, script = found.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert json.loads(data)["run-1"]["id"] == "20260301T120000-clip-0001"
    assert len(script.splitlines()) < 30


def test_hostile_strings_make_no_element_and_end_no_script(hostile, plain):
    kinds = {tag for tag, _ in Read(plain).elements}
    found = Read(hostile)
    assert {tag for tag, _ in found.elements} <= kinds
    assert len(found.of("script")) == 2
    assert json.loads(found.scripts[0])["run-1"]["source"]["text"] == HOSTILE
    words = "".join(found.words)
    assert "<script>alert(1)</script>" in words and "{{ 7*7 }}" in words and "49" not in words
    assert not UNSAFE & set(hostile)


def test_a_very_long_name_is_cut(tmp_path):
    text = written(tmp_path, hostile_record("x" * 100_000, source=record().source.model_dump()))
    shown = "".join(Read(text).words)
    assert max(map(len, shown.split())) < 700


def test_the_same_input_gives_the_same_bytes(tmp_path, plain):
    assert plain_page(tmp_path) == plain


def test_every_table_has_a_caption_and_heads_with_a_scope(plain):
    found = Read(plain)
    assert len(found.of("caption")) == len(found.of("table"))
    assert all(each.get("scope") in ("col", "row") for each in found.of("th"))


def test_every_chart_is_a_picture_with_a_title_and_a_description_and_has_a_table(plain):
    found = Read(plain)
    pictures = found.of("svg")
    assert pictures and all(each["role"] == "img" for each in pictures)
    assert len(found.of("desc")) == len(pictures)
    figures = plain.split("<figure>")[1:]
    assert figures and all("<table" in figure.partition("</figure>")[0] for figure in figures)


def test_simulated_is_said_at_the_top_and_at_each_chart_of_a_simulated_run(tmp_path):
    text = written(tmp_path, record(simulated=True))
    assert text.index("Simulated: no model was run.") < text.index('class="verdict')
    assert text.count("<figure>") == text.count('class="badge"') > 0


def test_a_bench_of_twelve_cells_and_six_runs_each_is_below_half_a_megabyte(tmp_path):
    cells = [Measured(f"cell {number}, high.cfg = {number / 2}", STEPS_S) for number in range(12)]
    bench = made_bench.made(tmp_path, *cells, baseline=cells[0].name)
    result = of_bench.result(bench)
    assert len(page.write(Report(result.title, "wan22dsl", (), (result,))).encode()) < 500_000


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear))


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def variables(text):
    """The colours of the page: on light paper, and on dark."""
    style = text[text.index("<style>") : text.index("</style>")]
    light, dark = style.split("@media screen and (prefers-color-scheme: dark)")
    return [dict(re.findall(r"--([\w-]+): (#\w+);", each)) for each in (light, dark)]


def test_words_and_marks_are_seen_on_light_and_on_dark_paper(plain):
    """WCAG 2.2 AA: 4.5 for words (1.4.3), 3 for what a chart is read by (1.4.11)."""
    for theme in variables(plain):
        for name in ("ink", "soft", "link", "good-ink", "bad-ink", "warn-ink"):
            for paper in ("page", "raised"):
                assert contrast(theme[name], theme[paper]) >= 4.5, (name, paper)
        assert contrast(theme["warn-ink"], theme["warn-paper"]) >= 4.5
        for name in (*(f"hue-{hue}" for hue in range(6)), "limit"):
            assert contrast(theme[name], theme["page"]) >= 3, name


def test_both_themes_have_the_same_colours_and_no_colour_has_two_names():
    assert colours.LIGHT.keys() == colours.DARK.keys()
    assert len(set(colours.LIGHT.values())) == len(colours.LIGHT)


def test_charts_have_no_colour_that_the_dark_page_does_not_change(plain):
    drawn = "".join(re.findall(r"<svg.*?</svg>", plain, re.DOTALL))
    fixed = set(re.findall(r'(?:fill|stroke)="(?!var\(|none|transparent)([^"]*)"', drawn))
    assert not fixed


def test_markdown_lets_nothing_of_a_hostile_string_become_html_a_link_or_a_row(tmp_path):
    text = markdown.write(hostile_contents(tmp_path))
    assert not UNSAFE & set(text)
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    outside = re.sub(r"(?<!\\)`[^`\n]*`", "", outside)
    for line in outside.splitlines():
        bare = re.sub(r"</?(?:details|summary)>", "", line).replace("<!-- -->", "")
        assert not re.search(r"(?<!\\)<(?!<)", bare), line
        assert not re.search(r"(?<!\\)\]\(", line), line
    tables = re.findall(r"(?:^\|.*\n)+", outside, re.MULTILINE)
    for table in tables:
        bars = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(bars) == 1, table
