"""What other repositories take from this one for their CI: hooks, the action, and the jobs on the page."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.markdown import ROOT, blocks

HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
PAGE = ROOT / "docs" / "ci.md"

PIPELINE = next(one.text for one in blocks(PAGE) if one.language == "wan")


def commands() -> list[str]:
    """The commands of the linter in the jobs on the page."""
    jobs = "".join(one.text for one in blocks(PAGE) if one.language == "yaml")
    return re.findall(r"(?:- run: |- )(wan .*)", jobs)


def hooks() -> dict[str, dict[str, str]]:
    """Each hook by its id: what stands behind each key."""
    listed = [dict(re.findall(r"(\w+): (.*)", one)) for one in HOOKS.split("\n- ")[1:]]
    return {one["id"]: one for one in listed}


@pytest.mark.parametrize("command", commands())
def test_the_jobs_on_the_page_run(wan, command):
    wan.write("pipelines/portrait.wan", PIPELINE)
    result = wan(*shlex.split(command)[1:])
    assert result.status == 0, result.stderr
    for file in re.findall(r"--output-file (\S+)", command):
        assert "WAN801" in wan.read(file)


def test_the_jobs_give_the_reports_that_they_hand_on(wan):
    jobs = "".join(one.text for one in blocks(PAGE) if one.language == "yaml")
    written = set(re.findall(r"--output-file (\S+)", jobs))
    assert set(re.findall(r"(?:sarif_file|codequality): (\S+)", jobs)) == written


def test_the_action_runs_the_linter_with_what_it_is_given(wan):
    wan.write("pipelines/portrait.wan", PIPELINE)
    given = {"$ARGS": ["--strict", "--select", "WAN801"], "$PATHS": ["pipelines", "."]}
    (line,) = re.findall(r"run: wan (.*)", ACTION)
    words = [each for word in line.split() for each in given.get(word, [word])]
    result = wan(*words)
    assert (result.stdout.count("::warning file=pipelines/portrait.wan"), result.status) == (1, 1)


def test_no_input_of_the_action_can_become_a_command():
    assert not re.findall(r"run: .*\$\{\{", ACTION)


def test_the_hooks_run_on_what_is_committed(wan):
    wan.write("pipelines/portrait.wan", PIPELINE).write("package.json", "{}\n")
    found = hooks()
    assert set(found) == {"wan-lint", "wan-fmt"}
    lint, fmt = found["wan-lint"], found["wan-fmt"]
    assert lint["pass_filenames"].startswith("false") and "pass_filenames" not in fmt
    linted = wan(*lint["entry"].split()[1:], *re.findall(r'"(.*?)"', lint["args"]))
    assert (linted.status, "1 warning in 1 file" in linted.stdout) == (0, True)
    assert re.search(fmt["files"], "pipelines/portrait.wan")
    assert not re.search(fmt["files"], "package.json")
    assert wan(*fmt["entry"].split()[1:], "pipelines/portrait.wan").status == 0
    assert wan.read("pipelines/portrait.wan") == PIPELINE
