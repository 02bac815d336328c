"""WAN975: `--lowvram` under DynamicVRAM."""

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
    code="WAN975",
    name="lowvram-without-effect",
    severity=Severity.WARNING,
    summary="`--lowvram` does nothing while DynamicVRAM is on",
    text="`--lowvram` does nothing in ComfyUI {version}: DynamicVRAM is on.",
    why=(
        "DynamicVRAM is the default on NVIDIA with torch 2.8 or newer, and moves weights by itself. "
        "Without it the flag only puts the text encoder on the CPU."
    ),
    help="Remove it. To keep memory of the card free for other programs, write `{instead}`, in GiB.",
    bad=profile("lowvram = true"),
    good=profile("reserve_vram = 2.0"),
    source="Comfy-Org/ComfyUI 0.38, comfy/model_management.py and main.py",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, where DynamicVRAM is known to be on."""
    flag = start.on("--lowvram")
    if flag is not None and start.dynamic_vram:
        yield MESSAGE.at(
            where(start, flag),
            fix=without(flag),
            version=start.version,
            instead=start.spell("--reserve-vram", 2.0),
        )
