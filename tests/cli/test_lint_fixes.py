"""`wan lint` with fixes and with baselines."""

from __future__ import annotations

import json
import multiprocessing
import threading

import pytest

from tests.cli.test_lint_ci import CODE, CUT, WHOLE, codes, linted


@pytest.fixture
def wan(wan):
    """`wan` in a repository of its own."""
    (wan.folder / ".git").mkdir()
    return wan.write("a.wan", CUT)


def test_an_old_repository_starts_clean(wan):
    wan.write("wan.toml", 'baseline = "old.json"\nstrict = true\n')
    assert "old.json: " in wan("lint", ".").stderr
    wan("lint", ".", "--write-baseline").gives(stderr="wrote old.json\n")
    wan("lint", ".").gives(stdout="no problems found in 1 file (1 in the baseline)\n")
    wan.write("b.wan", CUT)
    assert wan("lint", ".").status == 1
    wan.write("b.wan", WHOLE).write("a.wan", "# above\n" + CUT)
    assert wan("lint", ".").status == 0
    wan.write("a.wan", WHOLE)
    result = wan("lint", ".")
    assert (result.status, "WAN005 outdated-baseline" in result.stdout) == (0, True)
    assert linted(wan, "--ignore", CODE) == []
    wan("lint", ".", "--write-baseline")
    assert json.loads(wan.read("old.json"))["findings"] == []


def test_a_baseline_keeps_what_it_has_of_other_files(wan):
    wan.write("b.wan", CUT)
    wan("lint", ".", "--baseline", "old.json", "--write-baseline")
    wan("lint", "b.wan", "--baseline", "old.json", "--write-baseline")
    assert wan("lint", ".", "--baseline", "old.json", "--strict").status == 0
    wan("lint", "a.wan", "--baseline", "old.json", "--strict").gives(
        stdout="no problems found in 1 file (1 in the baseline)\n"
    )


def test_a_fix_is_shown_as_a_patch_and_nothing_is_written(wan):
    result = wan("lint", ".", "--diff", "--unsafe-fixes")
    assert "-    length = 82f\n+    length = 81f\n" in result.stdout
    assert result.stderr.endswith("1 warning in 1 file\n")
    assert wan.read("a.wan") == CUT


def test_only_findings_that_count_are_fixed(wan):
    wan("lint", ".", "--fix", "--unsafe-fixes", "--ignore", CODE)
    assert wan.read("a.wan") == CUT
    wan("lint", ".", "--fix")
    assert wan.read("a.wan") == CUT  # it is a guess
    first = wan("lint", ".", "--fix", "--unsafe-fixes")
    assert first.stderr == "fixed 1 finding in 1 file\n"
    assert wan.read("a.wan") == WHOLE
    wan("lint", ".", "--fix", "--unsafe-fixes").gives(stdout="no problems found in 1 file\n")


def test_standard_input_is_fixed_to_standard_output(wan):
    words = ("--fix", "--unsafe-fixes", "--stdin-filename", "b.wan")
    wan("lint", "-", *words, stdin=CUT).gives(
        stdout=WHOLE, stderr="fixed 1 finding in 1 file\nno problems found in 1 file\n"
    )


def test_standard_input_has_the_configuration_of_its_name(wan):
    wan.write("sub/wan.toml", f'ignore = ["{CODE}"]\n')
    words = ("lint", "-", "--output-format", "json")
    assert codes(wan(*words, stdin=CUT)) == [CODE]
    assert codes(wan(*words, "--stdin-filename", "sub/b.wan", stdin=CUT)) == []


def test_what_the_baseline_has_is_not_fixed(wan):
    words = ("lint", ".", "--baseline", "old.json")
    wan(*words, "--write-baseline")
    wan.write("b.wan", CUT)
    wan(*words, "--fix", "--unsafe-fixes").gives(
        stdout="no problems found in 2 files (1 in the baseline)\n",
        stderr="fixed 1 finding in 1 file\n",
    )
    assert (wan.read("a.wan"), wan.read("b.wan")) == (CUT, WHOLE)


@pytest.mark.parametrize("name", ["a.wan", "a.json"])
def test_what_is_not_text_is_told_and_not_fixed(wan, name):
    result = wan("lint", "-", "--stdin-filename", name, "--fix", stdin=b'{"nodes": "\xed\xa0\x80"}')
    assert result.status == 2
    assert result.stdout == ""
    assert "is not UTF-8 text" in result.stderr


def test_no_process_and_no_thread_outlives_the_command(wan):
    for number in range(8):
        wan.write(f"{number}.wan", CUT)
    threads = threading.active_count()
    for _ in range(3):
        wan("lint", ".", "--jobs", "2", "--no-cache", "--strict")
        assert multiprocessing.active_children() == []
        assert threading.active_count() == threads
