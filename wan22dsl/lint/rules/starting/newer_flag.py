"""WAN962: a flag that is newer than the ComfyUI of the profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import numbers, versions_with
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN962",
    name="newer-flag",
    severity=Severity.ERROR,
    summary="A flag is newer than the profile's ComfyUI",
    text="ComfyUI {version} does not have `{flag}` yet; {first} has it.",
    why="ComfyUI refuses a flag that it does not know, and exits before it starts.",
    help="Remove it, or {how} if that is the version that you start.",
    bad=profile("disable_pinned_memory = true", comfyui="0.3.64"),
    good=profile("disable_pinned_memory = true", comfyui="0.39"),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py of each version",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag that only newer versions have. Between two known versions it may be there already."""
    own = numbers(start.known.version) or ()
    for flag in start.profile.flags:
        versions = versions_with(flag.name)
        if flag.value is False or not versions or start.known.has(flag.name) is not False:
            continue
        if (numbers(versions[0]) or ()) < own:
            continue
        first, version = versions[0], start.profile.comfyui
        yield MESSAGE.at(
            where(start, flag),
            fix=in_words(start.profile.comfyui_span, f'"{version}"', f'"{first}"', safe=False),
            flag=flag.name,
            version=start.version,
            first=first,
            how=f"check with `--target {first}`"
            if start.profile.is_launcher
            else f'set `comfyui = "{first}"`',
        )
