"""Both ways to install it, each in an environment with nothing else in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: Says where the package is, and reads what is not Python.
LOOK = """
import json, wan22dsl
from wan22dsl import resources
print(json.dumps([wan22dsl.__file__, len(resources.grammar()), resources.schema_names()]))
"""


def run(*words: str | Path, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def source_archive(folder: Path) -> str:
    """The archive that a release would have; it is made into a wheel when it is installed."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (archive,) = folder.glob("*.tar.gz")
    return str(archive)


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_it_works_where_nothing_else_is_installed(kind, tmp_path):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    what = ["--editable", str(ROOT)] if kind == "editable" else [source_archive(tmp_path / "sdist")]
    pip = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, *what, cwd=tmp_path)

    if kind == "wheel":  # nothing but the package: another top-level name would shadow a user's own
        (library,) = environment.rglob("site-packages")
        ours = [file.name for file in library.iterdir() if (file / "RECORD").exists()]
        (record,) = (name for name in ours if name.startswith("wan22dsl-"))
        lines = (library / record / "RECORD").read_text(encoding="utf-8").splitlines()
        tops = {line.partition("/")[0] for line in lines if not line.startswith("..")}
        assert tops == {"wan22dsl", record}

    place, grammar, schemas = json.loads(run(programs / "python", "-c", LOOK, cwd=tmp_path))
    assert Path(place).is_relative_to(ROOT if kind == "editable" else environment)
    assert grammar > 1000
    assert {"lint_report", "prompt"} <= set(schemas)

    assert run(programs / "wan", "--version", cwd=tmp_path).startswith("wan22dsl ")
    run(programs / "wan", "new", "clip.wan", cwd=tmp_path)
    run(programs / "wan", "lint", "clip.wan", cwd=tmp_path)
    prompt = json.loads(run(programs / "wan", "compile", "clip.wan", cwd=tmp_path))
    assert "high.sampler" in prompt
    assert "Usage: wan lint" in run(programs / "wan", "lint", "--help", cwd=tmp_path)
    run(programs / "python", "-m", "pip", "check", cwd=tmp_path)
