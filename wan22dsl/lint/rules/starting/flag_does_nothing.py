"""WAN965: a flag that ComfyUI accepts and ignores."""

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
    code="WAN965",
    name="flag-does-nothing",
    severity=Severity.WARNING,
    summary="ComfyUI accepts a flag and ignores it",
    text="`{flag}` does nothing in ComfyUI {version}.",
    why="ComfyUI accepts the flag for old launchers, and writes that it does nothing.",
    help="Remove it.",
    bad=profile("enable_assets = true"),
    good=profile("enable_assets = true", comfyui="0.33.0"),
    source="Comfy-Org/ComfyUI, 0.38: --enable-assets is deprecated and does nothing",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag that is there and idle."""
    for flag in start.profile.flags:
        info = start.known.get(flag.name)
        if flag.value is not False and info is not None and info.idle:
            yield MESSAGE.at(
                where(start, flag), fix=without(flag), flag=flag.name, version=start.version
            )
