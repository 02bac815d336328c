"""What the pages say is true: their examples lint, their commands give what is shown, their links hold."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.markdown import ROOT, blocks, pages
from wan22dsl.api.compiler import check
from wan22dsl.report.text import render
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wan
    from tests.markdown import Block

PAGES = pages()
WAN_BLOCKS = [block for page in PAGES for block in blocks(page) if block.language == "wan"]


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
    found = [
        finding
        for finding in check(Source(whole(block), place(block))).diagnostics
        if finding.is_error
    ]
    assert not found, render(found)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_give_what_the_page_shows(page, wan, request):
    """In order, in one folder: a block with a file name is written there, a console block is typed.

    Where a command names the examples, the folder has them, as a checkout does. `--refresh-goldens` writes
    what a command really shows into the page.
    """
    typed_in = "".join(block.text for block in blocks(page) if block.language == "console")
    if " examples/" in typed_in:
        shutil.copytree(ROOT / "examples", wan.folder / "examples")
    for block in blocks(page):
        if block.file:
            wan.write(block.file, block.text)
        elif block.language == "console":
            real = "".join(
                f"$ {each}\n{typed(wan, each, shown)}" for each, shown in sessions(block.text)
            )
            if request.config.getoption("--refresh-goldens"):
                text = page.read_text(encoding="utf-8").replace(block.text, real)
                page.write_bytes(text.encode("utf-8"))
            else:
                assert block.text == real, place(block)
        elif block.language == "python":
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            subprocess.run(
                [sys.executable, "-c", block.text], cwd=wan.folder, env=environment, check=True
            )


def sessions(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, and what is shown below each."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def typed(wan: Wan, command: str, shown: str) -> str:
    """What a shell would show after a command: errors first, as they come before the result.

    Where the page has a line of `…`, it stands for any lines; within a line, for the rest of it.
    """
    words = re.findall(r'"([^"]*)"|(\S+)', command)
    first, *rest = (quoted or bare for quoted, bare in words)
    if first == "cat":
        return wan.read(rest[0])
    assert first == "wan", f"only wan and cat can be tried here: {command}"
    result = wan(*rest)
    real = result.stderr + result.stdout
    lines = re.split(r"^ *…\n", shown, flags=re.MULTILINE)
    pattern = ".*".join(re.escape(part).replace("…", "[^\n]*") for part in lines)
    return shown if "…" in shown and re.fullmatch(pattern, real, re.DOTALL) else real


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_hold(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'(?:src|href)="([^"#]+)"', text)
    inner = [target for target in targets if not target.startswith(("http://", "https://"))]
    missing = [each for each in inner if not (page.parent / each).exists()]
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
    rooms = [path.name for path in (ROOT / "wan22dsl").iterdir() if (path / "__init__.py").exists()]
    assert not [room for room in rooms if f"{room}/" not in text]
