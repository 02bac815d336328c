"""What `wan22dsl.api` and `wan22dsl` offer to Python."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import wan22dsl
from tests.conftest import ROOT
from wan22dsl import api
from wan22dsl.errors import CommandError

PIPELINE = """\
wan 1
use wan22

pipeline clip {
    image  = "start.png"
    prompt = "a harbour"
    size   = 832x480
    length = 81f
    flow   = wan22.high -> wan22.low -> save("clip")
}
"""


def test_every_offered_name_is_there():
    assert sorted(name for names in api.HOMES.values() for name in names.split()) == sorted(
        api.__all__
    )
    for name in api.__all__:
        assert getattr(api, name) is not None


@pytest.mark.parametrize("package", [wan22dsl, api], ids=lambda package: package.__name__)
def test_no_offered_name_is_that_of_a_module(package):
    """Importing a module would put it in the place of the function, whenever that happens."""
    folder = Path(package.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} | {
        path.name for path in folder.iterdir() if (path / "__init__.py").exists()
    }
    assert not modules.intersection(package.__all__)


def test_nothing_in_api_prints_or_looks_at_the_terminal():
    for file in (ROOT / "wan22dsl" / "api").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name):
                assert node.id not in {"print", "open"}, file.name
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used = (node.value.id, node.attr)
                assert used not in {("sys", n) for n in ("argv", "stdin", "stdout", "stderr")}, (
                    file.name
                )


@pytest.mark.parametrize("package", [wan22dsl, api], ids=lambda package: package.__name__)
def test_the_example_of_a_package_runs(package, wan):
    wan.write(
        "portrait.wan",
        PIPELINE.replace("clip {", "portrait {").replace(
            "use wan22", "use wan22\n\nparam seed: int = 1"
        ),
    )
    (wan.folder / "pipelines").mkdir()
    wan.write("pipelines/clip.wan", PIPELINE)
    example = re.search(r"((?:^    .*\n|^\n)+)", package.__doc__, re.MULTILINE)
    assert example is not None
    code = re.sub(r"^    ", "", example[1], flags=re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=wan.folder, env=environment, check=True)


def test_a_description_is_data(wan):
    wan.write("clip.wan", PIPELINE)
    described = api.describe("clip.wan", cards=["RTX 4090"])
    assert (described.errors, described.is_partial) == ([], False)
    (clip,) = described.description.pipelines
    assert clip.outputs[0].frames == 81


def test_what_cannot_be_described_says_why(wan):
    wan.write("clip.wan", PIPELINE.replace("flow", "flwo"))
    described = api.describe("clip.wan")
    assert described.description is None
    assert described.errors


def test_a_picture_is_text(wan):
    wan.write("clip.wan", PIPELINE)
    assert api.draw("clip.wan").text.startswith("<svg ")
    assert api.draw("clip.wan", "mermaid").text.startswith("flowchart")
    with pytest.raises(CommandError, match="unknown picture format `png`"):
        api.draw("clip.wan", "png")


def test_two_files_are_compared_by_their_paths(wan):
    wan.write("a.wan", PIPELINE).write("b.wan", PIPELINE.replace("81f", "77f"))
    found = api.diff("a.wan", wan.folder / "b.wan")
    assert found.lines() == wan("diff", "a.wan", "b.wan").stdout.splitlines()
    assert found.as_data()["same"] is False
    assert api.diff("a.wan", "a.wan").as_data() == {"same": True, "differences": []}


def test_bytes_are_laid_out_with_their_own_line_ends():
    from wan22dsl.api.compiler import format_bytes
    from wan22dsl.source import Source

    data = b"wan 1\r\n\r\nparam  seed: int = 42\r\n"
    after, found = format_bytes(data, Source.decode(data, "a.wan"))
    assert (after, found) == (b"wan 1\r\n\r\nparam seed: int = 42\r\n", [])
    broken = b"wan 1\npipeline {"
    assert format_bytes(broken, Source.decode(broken, "a.wan"))[0] is None
