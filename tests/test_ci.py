"""What other repositories take from this one for their CI: hooks, the action, and the jobs on the page."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.markdown import ROOT, blocks
from wan22dsl.api.compiler import compile
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PAGE = ROOT / "docs" / "ci.md"

PIPELINE = next(block.text for block in blocks(PAGE) if block.language == "wan")


def commands() -> list[str]:
    """The commands of the linter in the jobs on the page."""
    jobs = "".join(block.text for block in blocks(PAGE) if block.language == "yaml")
    return re.findall(r"(?:- run: |- )(wan .*)", jobs)


@pytest.mark.parametrize("command", commands())
def test_the_jobs_on_the_page_run(wan, command):
    wan.write("pipelines/portrait.wan", PIPELINE)
    result = wan(*shlex.split(command)[1:])
    assert result.status == (1 if "--strict" in command else 0), result.stderr
    for file in re.findall(r"--output-file (\S+)", command):
        assert "WAN801" in wan.read(file)


def test_the_jobs_give_the_reports_that_they_hand_on(wan):
    jobs = "".join(block.text for block in blocks(PAGE) if block.language == "yaml")
    written = set(re.findall(r"--output-file (\S+)", jobs))
    assert set(re.findall(r"(?:sarif_file|codequality): (\S+)", jobs)) == written


@pytest.mark.skipif(shutil.which("bash") is None, reason="the action runs in bash")
@pytest.mark.parametrize(
    ("text", "given", "fails"),
    [
        (PIPELINE, {}, True),  # a warning
        (PIPELINE, {"strict": "false"}, False),
        (PIPELINE, {"args": "--ignore WAN801"}, False),
        (PIPELINE.replace("80f", "81f"), {}, False),
        (PIPELINE.replace("80f", "81f  "), {}, True),  # not laid out
        (PIPELINE.replace("80f", "81f  "), {"format": "false"}, False),
        (
            PIPELINE.replace("high -> wan22.low", "low -> wan22.high").replace("80f", "81f"),
            {},
            True,
        ),
    ],
)
def test_the_action_fails_on_warnings_and_on_layout_unless_told_otherwise(
    tmp_path, text, given, fails
):
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "portrait.wan").write_text(text, "utf-8", newline="\n")
    right = Source(PIPELINE.replace("80f", "81f"), "portrait.wan")
    (tmp_path / "portrait.json").write_text(json.dumps(compile(right).prompt), "utf-8")
    inputs = {name: input_["default"] for name, input_ in ACTION["inputs"].items()}
    inputs |= {"paths": "pipelines portrait.json"} | given
    statuses = [
        bash(step["run"], variables(step.get("env", {}), inputs), tmp_path)
        for step in ACTION["runs"]["steps"]
        if "wan " in step.get("run", "")
        and not (FORMAT in step.get("if", "") and inputs["format"] == "false")
    ]
    assert any(statuses) is fails


FORMAT = "inputs.format != 'false'"


def variables(env: dict[str, str], inputs: dict[str, str]) -> dict[str, str]:
    """The environment of a step, with the inputs put in as GitHub does."""
    return {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], text)
        for name, text in env.items()
    }


def bash(script: str, env: dict[str, str], folder: Path) -> int:
    """The exit status of a step, run as GitHub runs it, with this checkout's `wan`."""
    program = folder / "bin" / "wan"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wan22dsl "$@"\n', newline="\n")
    program.chmod(0o755)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env, "PATH": path},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode


def test_no_input_of_the_action_can_become_a_command():
    assert not [step for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]


def test_the_hooks_run_on_what_is_committed(wan):
    wan.write("pipelines/portrait.wan", PIPELINE).write("package.json", "{}\n")
    found = {hook["id"]: hook for hook in HOOKS}
    assert set(found) == {"wan-lint", "wan-fmt"}
    lint, fmt = found["wan-lint"], found["wan-fmt"]
    assert lint["pass_filenames"] is False and "pass_filenames" not in fmt
    linted = wan(*lint["entry"].split()[1:], *lint["args"])
    assert (linted.status, "1 warning in 1 file" in linted.stdout) == (1, True)
    assert wan("lint", ".").status == 0  # with `args: ["."]`, as the page says
    assert re.search(fmt["files"], "pipelines/portrait.wan")
    assert not re.search(fmt["files"], "package.json")
    assert wan(*fmt["entry"].split()[1:], "pipelines/portrait.wan").status == 0
    assert wan.read("pipelines/portrait.wan") == PIPELINE


def test_every_python_that_is_promised_is_tried_on_every_platform():
    promised = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    matrix = ci["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == promised
    assert {each.partition("-")[0] for each in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_the_job_for_windows_types_what_the_readme_says():
    (readme,) = (
        block.text for block in blocks(ROOT / "README.md") if block.language == "powershell"
    )
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    steps = ci["jobs"]["windows-without-extras"]["steps"]
    typed = "".join(step.get("run", "") for step in steps)
    demo = readme.partition("# the same as make test")[0]
    lines = [line for line in demo.splitlines() if line and not line.startswith("#")]
    assert lines and all(line in typed for line in lines)


BENCHES = ROOT / "docs" / "bench-ci.md"
TOOLS = os.path.dirname(sys.executable)  # noqa: PTH120


def workflows() -> dict[str, str]:
    """The workflows of the page about benches, by file."""
    return {block.file: block.text for block in blocks(BENCHES) if block.language == "yaml"}


@pytest.mark.parametrize(
    "command",
    [
        ("zizmor", "--offline", "--quiet", "--persona", "pedantic", "."),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows()),
    ],
    ids=lambda command: command[0],
)
def test_the_workflows_for_benches_have_no_finding(command, tmp_path):
    assert len(workflows()) == 2
    for file, text in workflows().items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    program = shutil.which(command[0], path=TOOLS)
    assert program is not None
    done = subprocess.run(
        [program, *command[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_as_in_our_own_workflows():
    ours = "".join(
        file.read_text("utf-8") for file in (ROOT / ".github" / "workflows").glob("*.yml")
    )
    used = [line for text in workflows().values() for line in re.findall(r"uses: (.*)", text)]
    assert used and all(f"uses: {line}" in ours for line in used)
