"""What a newcomer reads first."""

from __future__ import annotations

import re

from tests.markdown import ROOT, blocks

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_two_commands_do_all_the_set_up():
    shown = {
        word for block in blocks(README) if block.language == "sh" for word in block.text.split()
    }
    assert {"demo", "test"} <= shown & targets()


def test_every_make_command_that_is_named_exists():
    named = set(re.findall(r"\bmake ([a-z]+)", TEXT)) - {"sure", "it", "a", "the"}
    assert named <= targets()


def test_windows_has_the_same():
    (windows,) = [block.text for block in blocks(README) if block.language == "powershell"]
    assert "-m venv .venv" in windows
    assert "wan compile examples/portrait.wan" in windows
    assert "pytest" in windows


def test_there_is_a_picture():
    assert (ROOT / re.findall(r'src="(docs/images/[^"]+)"', TEXT)[0]).exists()


def test_the_ten_line_example_has_about_ten_lines():
    first = next(block for block in blocks(README) if block.language == "wan")
    assert len([line for line in first.text.splitlines() if line.strip()]) <= 14
