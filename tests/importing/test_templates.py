"""The official workflow templates are imported completely. `WAN_TEMPLATES` names the folder that has them:

pip install --target FOLDER comfyui-workflow-templates==0.1.95 comfyui-workflow-templates-json==0.1.123
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wan22dsl.api import compiler
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.kind import read
from wan22dsl.graph.build import build
from wan22dsl.graph.equality import same
from wan22dsl.graph.model import Graph
from wan22dsl.graph.modes import active
from wan22dsl.importing.simplified import needed, without_defaults
from wan22dsl.language.program import load_program
from wan22dsl.source import Source

PACKAGES = ("comfyui_workflow_templates", "comfyui_workflow_templates_json")


FOLDERS = [Path(os.environ["WAN_TEMPLATES"], package, "templates") for package in PACKAGES]
FILES = [file for folder in FOLDERS for file in sorted(folder.glob("*.json"))]
WAN = [file for file in FILES if "wan" in file.name]
I2V = [file for file in FILES if file.name == "video_wan2_2_14B_i2v.json"]


def _is_the_same(text: str, graph: Graph) -> bool:
    """Whether a text makes the graph, but for optional inputs that repeat their default."""
    program, _ = load_program(Source(text, "again.wan"))
    (name,) = (pipeline.name.text for pipeline in program.pipelines())
    built, _ = build(program, name, graph.catalogue)
    if not isinstance(built, Graph):
        return False
    return same(*(without_defaults(needed(active(each))) for each in (built, graph)))


@pytest.mark.parametrize("file", WAN, ids=lambda file: f"{file.parts[-3][-4:]}-{file.stem}")
def test_a_template_of_wan_comes_in_whole(file: Path) -> None:
    graph, _ = read(Source.read(file), open_catalogue(DEFAULT_TARGET))
    found = compiler.import_file(file, exact=True)
    assert graph is not None and found.text is not None
    assert _is_the_same(found.text, graph)
    assert compiler.format(Source(found.text, "again.wan"))[0] == found.text


@pytest.mark.parametrize("file", I2V, ids=lambda file: file.parts[-3])
def test_the_template_from_a_picture_is_a_short_pipeline(file: Path) -> None:
    """That of 2026 chooses between its recipes by switches, which are put in."""
    text = compiler.import_file(file).text
    assert text is not None
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert "\npipeline " in text and len(lines) <= 20


def test_every_template_comes_in_whole_unless_there_is_something_wrong_with_it() -> None:
    """Saved with another version of a class, with an output that there is not, or with a value far off."""
    lost = []
    for file in FILES:
        graph, reported = read(Source.read(file), open_catalogue(DEFAULT_TARGET))
        if graph is None:
            continue  # an index, no workflow
        found = compiler.import_file(file, exact=True)
        if (found.text is None or not _is_the_same(found.text, graph)) and not reported:
            if not any(finding.is_error for finding in compiler.check(file).diagnostics):
                lost.append(file.name)
    assert lost == []
