"""`wan new`."""

from __future__ import annotations

import json

import pytest
from jsonschema import validate

from wan22dsl import resources
from wan22dsl.cli.new import templates


def test_a_starter_file_is_written_under_the_name_of_its_template(wan):
    result = wan("new")
    assert (result.stdout, result.status) == ("", 0)
    assert result.stderr.startswith("wrote portrait.wan; ")
    assert "wan 1\nuse wan22\n" in wan.read("portrait.wan")


def test_or_under_another_name_or_to_standard_output(wan):
    wan("new", "mine.wan", "--template", "t2v")
    wan("new", "-", "--template", "t2v").gives(stdout=wan.read("mine.wan"))


def test_a_file_that_is_there_is_not_touched(wan):
    wan.write("portrait.wan", "mine")
    wan("new").gives(stderr="error: portrait.wan already exists; give another name\n", status=2)
    assert wan.read("portrait.wan") == "mine"


def test_for_an_unknown_template_the_nearest_is_named(wan):
    wan("new", "--template", "portrat").gives(
        stderr="error: unknown template `portrat`; did you mean `portrait`?\n", status=2
    )


@pytest.mark.parametrize("template", templates())
def test_every_template_lints_clean(wan, template):
    wan("new", "a.wan", "--template", template)
    shown = wan("lint", "a.wan")
    assert (shown.stdout.splitlines()[0], shown.stderr) == ("no problems found in 1 file", "")
    assert shown.status == 0


@pytest.mark.parametrize("template", templates())
def test_every_template_is_laid_out_and_compiles(wan, template):
    wan("new", "a.wan", "--template", template)
    wan("fmt", "--check", "a.wan").gives()
    compiled = wan("compile", "a.wan")
    validate(json.loads(compiled.stdout), json.loads(resources.schema("prompt")))
    assert (compiled.stderr, compiled.status) == ("", 0)
