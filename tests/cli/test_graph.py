"""`wan graph`."""

from __future__ import annotations

import pytest

GRAPH = 'wan 1\n\ngraph g {\n    PreviewImage(images = LoadImage(image = "a.png").IMAGE)\n}\n'
CHART = """\
flowchart LR
    subgraph g1["nodes"]
        n1["<b>PreviewImage.images</b><br>LoadImage<br>a.png"]
        n2["<b>PreviewImage</b>"]
    end
    n1 -->|IMAGE| n2
"""


def test_a_chart_goes_to_standard_output(wan):
    wan.write("a.wan", GRAPH)("graph", "a.wan", "--format", "mermaid").gives(stdout=CHART)


def test_a_picture_goes_into_a_file(wan):
    wan.write("a.wan", GRAPH)("graph", "a.wan", "-o", "a.svg").gives(stderr="wrote a.svg\n")
    assert wan.read("a.svg").startswith("<svg ")


def test_of_several_one_is_named(wan):
    wan.write("a.wan", GRAPH + GRAPH[6:].replace("graph g", "graph h"))
    told = "error: the file has several pipelines: choose one with --pipeline. Pipelines: g, h.\n"
    wan("graph", "a.wan").gives(stderr=told, status=2)
    wan("graph", "a.wan", "-p", "h", "-f", "mermaid").gives(stdout=CHART)
    told = "error: the file has no pipeline or graph `x`. Pipelines: g, h.\n"
    wan("graph", "a.wan", "-p", "x").gives(stderr=told, status=2)


@pytest.mark.parametrize("format", ["svg", "mermaid", "dot"])
def test_what_has_errors_is_not_drawn(wan, format):
    wan.write("a.wan", GRAPH.replace("images", "imagse"))
    shown = wan("graph", "a.wan", "--format", format)
    assert (shown.stdout, shown.status) == ("", 1)
    assert shown.stderr.endswith("; nothing was drawn\n")
