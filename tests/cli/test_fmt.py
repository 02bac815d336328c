"""`wan fmt`."""

from __future__ import annotations

import pytest

NEAT = "wan 1\n\nparam seed: int = 42 # any\n"
ROUGH = "wan 1\n\n\nparam   seed:int=42 # any"
BROKEN = "wan 1\nparam seed ( 4\n"


def test_a_file_that_changes_is_rewritten(wan):
    wan.write("a.wan", ROUGH)("fmt", "a.wan").gives(stderr="changed a.wan\n")
    assert wan.read("a.wan") == NEAT


def test_a_file_that_is_neat_is_left_alone(wan):
    wan.write("a.wan", NEAT)
    before = (wan.folder / "a.wan").stat().st_mtime_ns
    wan("fmt", "a.wan").gives()
    assert (wan.folder / "a.wan").stat().st_mtime_ns == before


def test_a_folder_is_laid_out(wan):
    wan.write("f/a.wan", ROUGH).write("f/b.wan", NEAT)
    wan("fmt", "f").gives(stderr="changed f/a.wan\nlooked at 2 files\n")


def test_check_writes_nothing_and_fails_if_something_would_change(wan):
    wan.write("a.wan", ROUGH).write("b.wan", NEAT)
    wan("fmt", "--check", "b.wan").gives()
    wan("fmt", "--check", "a.wan").gives(stderr="would change a.wan\n", status=1)
    assert wan.read("a.wan") == ROUGH


def test_diff_shows_what_would_change(wan, golden):
    wan.write("a.wan", ROUGH)
    result = wan("fmt", "--diff", "a.wan")
    golden("diff.txt", result.stdout)
    assert (result.stderr, result.status) == ("would change a.wan\n", 0)
    assert wan("fmt", "--diff", "--check", "a.wan") == result._replace(status=1)
    assert wan.read("a.wan") == ROUGH


def test_standard_input_goes_to_standard_output(wan):
    wan("fmt", "-", stdin=ROUGH).gives(stdout=NEAT)
    wan("fmt", "-", stdin=NEAT).gives(stdout=NEAT)
    wan("fmt", "-", "--check", stdin=ROUGH).gives(stderr="would change <stdin>\n", status=1)


@pytest.mark.parametrize("name", ["a.wan", "-"])
def test_what_has_syntax_errors_is_left_unchanged(wan, name):
    wan.write("a.wan", BROKEN)
    result = wan("fmt", name, stdin=BROKEN)
    assert (result.stdout, result.status) == ("", 1)
    assert "error[WAN1" in result.stderr
    assert result.stderr.endswith("has syntax errors and was left unchanged\n")
    assert wan.read("a.wan") == BROKEN


def test_one_broken_file_does_not_keep_the_others_from_it(wan):
    wan.write("a.wan", BROKEN).write("b.wan", ROUGH)
    assert wan("fmt", "a.wan", "missing.wan", "b.wan").status == 2
    assert wan.read("b.wan") == NEAT


def test_a_file_keeps_its_line_ends_and_loses_its_mark(wan):
    crlf = NEAT.replace("\n", "\r\n")
    wan.write("a.wan", ROUGH.replace("\n", "\r\n"))("fmt", "a.wan")
    assert wan.read("a.wan") == crlf
    wan("fmt", "--check", "a.wan").gives()
    wan.write("a.wan", "\ufeff" + NEAT)("fmt", "a.wan").gives(stderr="changed a.wan\n")
    assert wan.read("a.wan") == NEAT


def test_a_folder_without_wan_files_has_nothing_to_lay_out(wan):
    wan.write("package.json", "{}\n")("fmt", "--check", ".").gives(stderr="no .wan files found\n")
