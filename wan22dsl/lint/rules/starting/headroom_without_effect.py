"""WAN977: `--vram-headroom` without DynamicVRAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN977",
    name="headroom-without-effect",
    severity=Severity.WARNING,
    summary="`--vram-headroom` does nothing without DynamicVRAM",
    text="`--vram-headroom` does nothing here: DynamicVRAM is off.",
    why="Only DynamicVRAM reads it. The old loader keeps `--reserve-vram` free.",
    help="Write `{instead}` in its place.",
    bad=profile("vram_headroom = 2.0, disable_dynamic_vram = true"),
    good=profile("reserve_vram = 2.0, disable_dynamic_vram = true"),
    source="Comfy-Org/ComfyUI 0.38, main.py and comfy/model_management.py",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, where DynamicVRAM is known to be off."""
    flag = start.on("--vram-headroom")
    if flag is not None and start.dynamic_vram is False:
        yield MESSAGE.at(
            where(start, flag), fix=without(flag), instead=start.spell("--reserve-vram", flag.value)
        )
