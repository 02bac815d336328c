"""VS Code with the extension, from its VSIX: what a person does with the portrait, step by step.

    make vscode
    WAN_CODE_SERVER=…/node_modules/code-server python -m pytest tests/editor/clients/test_vscode.py

One VS Code does all steps, in order, and each test looks at one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.editor.clients.code_server import driven, portrait

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return driven(tmp_path_factory.mktemp("code"), portrait())


@pytest.fixture
def seen(steps: dict[str, Any]) -> Callable[[str], Any]:
    def of(step: str) -> Any:
        assert "found" in steps[step], steps[step]["problem"]
        return steps[step]["found"]

    return of


def test_the_frames_and_the_handoff_are_seen_without_asking(seen):
    lines = seen("hints")
    assert any("length = 5s" in line and "81 frames" in line for line in lines)
    assert any("steps" in line and "0.833" in line for line in lines)


def test_a_mistyped_lora_is_underlined_with_the_reason(seen):
    assert "`wan22` has no `lightx2v_hgih`" in seen("diagnostics")


def test_the_fix_is_taken_with_one_key(seen):
    found = seen("code_action")
    assert "wan22.lightx2v_high" in found["offered"][0]
    assert found["line"].startswith("    loras   = [wan22.lightx2v_high]")


def test_a_hover_tells_the_frames(seen):
    assert "81 frames at 16 fps" in seen("hover")


def test_completion_offers_a_setting(seen):
    assert seen("completion")[0].startswith("denoise")


def test_a_pass_is_renamed_where_it_is_used(seen):
    assert [line[:11] for line in seen("rename")] == ["pass second", "    flow   "]


def test_a_file_is_laid_out(seen):
    assert seen("format").startswith("    cfg     = 1.0")


def test_the_lens_runs_on_the_simulated_card_and_the_steps_are_watched(seen):
    found = seen("run")
    assert "SIMULATED" in found["during"] and "of 2 steps" in found["during"]
    assert "Finished" in found["after"]
    assert "times are estimates for the RTX 4090" in found["after"]
    assert all(f"{name}.sampler\t\t2 of 2 steps" in found["after"] for name in ("high", "second"))


def test_the_graph_follows_the_cursor_and_a_click_jumps_to_the_text(seen):
    found = seen("graph")
    assert any("high.sampler" in box for box in found["marked"])
    assert found["line"] != "Ln 13, Col 6"
