"""What the pages say is true: their examples lint, their commands give what is shown, their links hold."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import zip_longest
from typing import TYPE_CHECKING

import pytest

from tests.markdown import ROOT, blocks, pages
from wan22dsl.compiler import check
from wan22dsl.report.text import render
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wan
    from tests.markdown import Block

PAGES = pages()
WAN_BLOCKS = [one for page in PAGES for one in blocks(page) if one.language == "wan"]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def place(block: Block) -> str:
    return f"{block.page}:{block.line}"


def whole(block: Block) -> str:
    """An example as a file: those that do not say `wan 1` are parts of one that does."""
    if re.search(r"^wan 1$", block.text, re.MULTILINE):
        return block.text
    return "wan 1\nuse wan22\n\n" + block.text


@pytest.mark.parametrize("block", WAN_BLOCKS, ids=place)
def test_every_example_has_no_error(block):
    found = [one for one in check(Source(whole(block), place(block))).diagnostics if one.is_error]
    assert not found, render(found)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_give_what_the_page_shows(page, wan):
    """In order, in one folder: a block with a file name is written there, a console block is typed."""
    for block in blocks(page):
        if block.file:
            wan.write(block.file, block.text)
        elif block.language == "console":
            for command, shown in sessions(block.text):
                assert alike(typed(wan, command), shown), f"{place(block)}: {command}"
        elif block.language == "python":
            subprocess.run([sys.executable, "-c", block.text], cwd=wan.folder, check=True)


def sessions(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, and what is shown below each."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def typed(wan: Wan, command: str) -> str:
    """What a shell would show after a command: errors first, as they come before the result."""
    words = re.findall(r'"([^"]*)"|(\S+)', command)
    first, *rest = (quoted or bare for quoted, bare in words)
    if first == "cat":
        return wan.read(rest[0])
    assert first == "wan", f"only wan and cat can be tried here: {command}"
    result = wan(*rest)
    return result.stderr + result.stdout


def alike(got: str, shown: str) -> bool:
    """Whether the output is what is shown; a line of `…` stands for any lines, no output for any."""
    if not shown.strip():
        return True
    parts = re.split(r"^ *…\n", shown, flags=re.MULTILINE)
    pattern = ".*".join(re.escape(part) for part in parts)
    matches = re.fullmatch(pattern, got, re.DOTALL)
    if not matches:
        for left, right in zip_longest(got.splitlines(), shown.splitlines()):
            print("got:  ", left, "\nshown:", right)
    return matches is not None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_hold(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'(?:src|href)="([^"#]+)"', text)
    inner = [one for one in targets if not one.startswith(("http://", "https://"))]
    missing = [one for one in inner if not (page.parent / one).exists()]
    assert not missing


def test_generated_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_the_architecture_names_every_room():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [one.name for one in (ROOT / "wan22dsl").iterdir() if (one / "__init__.py").exists()]
    assert not [one for one in rooms if f"{one}/" not in text]
