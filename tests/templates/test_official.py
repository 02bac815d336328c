"""The official workflow templates, as they are: WAN_TEMPLATES names the folder that has them.

They are in the PyPI packages comfyui-workflow-templates 0.1.95 and comfyui-workflow-templates-json 0.1.123:
`pip install --target FOLDER …` and WAN_TEMPLATES=FOLDER. They are not copied into this project.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.kind import read
from wan22dsl.lint.rules.engine import judge
from wan22dsl.source import Source

FOLDER = Path(os.environ["WAN_TEMPLATES"])
#: Files of the packages that are no workflows.
_NONE = ("index", "fuse_options")
EVERY = sorted(file for file in FOLDER.rglob("templates/*.json") if not file.name.startswith(_NONE))
WAN_22 = [file for file in EVERY if "wan2_2" in file.name]
WAN = [file for file in EVERY if "wan" in file.name.lower()]

#: What may be said of them, for it is so: packs that are not bundled (Animate of 2025); two steps past the
#: boundary (i2v of 2026); a shift of 8 with a LoRA that was made for 5 (sound to video).
TRUE_OF_WAN_22 = {
    "video_wan2_2_14B_animate.json": {"WAN501"},
    "video_wan2_2_14B_i2v.json": {"WAN605"},
    "video_wan2_2_14B_s2v.json": {"WAN718"},
}
#: Those that need a newer ComfyUI than the newest that is bundled.
NEWER = {"video_wan_animate2.json"}


def _id(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.name}"


@cache
def reported(path: Path) -> dict[str, set[str]]:
    """The codes that are told of a file, by their severity."""
    graph, found = read(Source.read(path), open_catalogue("0.33.0"))
    assert graph is not None, [finding.message for finding in found]
    shown: dict[str, set[str]] = {"error": set(), "warning": set(), "note": set()}
    for finding in [*found, *judge(graph)[1]]:
        shown[finding.severity.value].add(finding.code)
    return shown


@pytest.mark.parametrize("path", WAN_22, ids=_id)
def test_of_a_template_of_wan_2_2_nothing_is_told_that_is_not_so(path: Path) -> None:
    shown = reported(path)
    assert shown["error"] == set()
    assert shown["warning"] | shown["note"] <= TRUE_OF_WAN_22.get(path.name, set())


@pytest.mark.parametrize("path", WAN, ids=_id)
def test_no_template_of_any_wan_model_is_told_an_error(path: Path) -> None:
    assert reported(path)["error"] == set() or path.name in NEWER


@pytest.mark.parametrize("path", EVERY, ids=_id)
def test_every_template_is_read_and_judged(path: Path) -> None:
    codes = set().union(*reported(path).values())
    assert not {"WAN514", "WAN515", "WAN565"} & codes  # signs of values in the wrong fields
