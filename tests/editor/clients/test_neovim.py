"""Neovim 0.11 with the language server, set up as docs/editors.md says.

    WAN_NEOVIM=nvim python -m pytest tests/editor/clients/test_neovim.py

One Neovim does all steps of a person, in order, and each test looks at one of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.markdown import ROOT, blocks

STEPS = "diagnostics code_action hover hints completion definition symbols rename format"
PORTRAIT = (ROOT / "examples" / "portrait.wan").read_text(encoding="utf-8")
MISTYPED = PORTRAIT.replace("loras   = [wan22.lightx2v_high]", "loras   = [wan22.lightx2v_hgih]")
PATIENCE_S = 300


def configuration() -> str:
    """The block for Neovim in docs/editors.md."""
    page = ROOT / "docs" / "editors.md"
    (found,) = (block.text for block in blocks(page) if "vim.lsp.config" in block.text)
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("neovim")
    project = folder / "project"
    project.mkdir()
    (project / "wan.toml").write_text('card = "RTX 4090"\n', encoding="utf-8")
    (project / "portrait.wan").write_text(MISTYPED, encoding="utf-8")
    vim = json.dumps(str(ROOT / "editors" / "vim"))
    start = folder / "init.lua"
    start.write_text(f"vim.opt.runtimepath:prepend({vim})\n{configuration()}\n", encoding="utf-8")
    programs = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([programs, os.environ["PATH"]]),
        "WAN_STEPS": STEPS,
        "WAN_SEEN": str(folder / "seen.json"),
        **{f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")},
    }
    script = Path(__file__).with_name("neovim.lua")
    command = [os.environ["WAN_NEOVIM"], "--headless", "-n", "-u", str(start), "portrait.wan"]
    done = subprocess.run(
        [*command, "-c", f"luafile {script}"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    written = folder / "seen.json"
    assert written.exists(), done.stderr
    found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    assert "problem" not in found, (found["problem"], done.stderr)
    return {name: step.get("found", step.get("problem")) for name, step in found.items()}


def test_a_mistyped_lora_is_underlined_with_the_reason(seen):
    found = seen["diagnostics"]
    line = MISTYPED[: MISTYPED.index("wan22.lightx2v_hgih")].count("\n") + 1
    assert (found["line"], found["column"], found["source"]) == (line, 16, "wan")
    assert "`wan22` has no `lightx2v_hgih`" in found["message"]


def test_the_fix_is_taken_as_a_code_action(seen):
    assert seen["code_action"] == PORTRAIT.rstrip("\n")


def test_a_hover_above_the_length_tells_its_frames(seen):
    assert "81" in seen["hover"]


def test_hints_show_the_frames_and_the_handoff(seen):
    hints = {hint["line"]: hint["label"] for hint in seen["hints"]}
    lines = PORTRAIT.splitlines()
    assert "81" in hints[next(at for at, line in enumerate(lines, 1) if "length" in line)]
    assert any(".833" in label for label in hints.values())


def test_completion_offers_a_setting_of_a_pass(seen):
    assert any(word.startswith("sampler") for word in seen["completion"])


def test_a_definition_is_where_a_name_is_declared(seen):
    assert seen["definition"].startswith("pass high")


def test_the_outline_has_the_declarations(seen):
    assert all(
        any(name in each for each in seen["symbols"]) for name in ("high", "low", "portrait")
    )


def test_a_pass_is_renamed_where_it_is_used(seen):
    assert "pass second = high(" in seen["rename"]
    assert "high -> second -> rife" in seen["rename"]


def test_a_file_is_laid_out(seen):
    assert seen["format"] == seen["rename"]
