"""WAN976: a flag that also switches DynamicVRAM off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import SWITCH_DYNAMIC_OFF, where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN976",
    name="dynamic-vram-switched-off",
    severity=Severity.WARNING,
    summary="A flag silently switches DynamicVRAM off",
    text="`{flag}` also switches DynamicVRAM off.",
    why=(
        "DynamicVRAM streams the weights that do not fit. Without it ComfyUI uses its old loader, in which "
        "two Wan 2.2 experts of 14 GB each have to fit or be swapped whole. The log does not say which "
        "flag it was."
    ),
    help=(
        "Remove it, or add `{both}` if that is what you want. Measure which is faster on "
        "your machine."
    ),
    bad=profile("highvram = true", card="RTX 4090"),
    good=profile("highvram = true, disable_dynamic_vram = true", card="RTX 4090"),
    source="Comfy-Org/ComfyUI 0.38, main.py; ComfyUI#12724, #13139",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, where nothing says that DynamicVRAM shall be on or off; `--cpu` where a card is named."""
    if not start.has_dynamic_vram:
        return
    if start.on("--enable-dynamic-vram", "--disable-dynamic-vram"):
        return
    flag = start.on(*SWITCH_DYNAMIC_OFF)
    if flag is None or (flag.name == "--cpu" and not start.profile.card):
        return
    severity = Severity.NOTE if flag.name == "--cpu" else Severity.WARNING
    yield MESSAGE.at(
        where(start, flag),
        severity=severity,
        fix=without(flag, safe=False),
        flag=flag.name,
        both=start.spell("--disable-dynamic-vram"),
    )
