"""WAN961: a flag that the ComfyUI of the profile no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import numbers, versions_with
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN961",
    name="removed-flag",
    severity=Severity.ERROR,
    summary="The profile's ComfyUI no longer has a flag",
    text="ComfyUI {version} no longer has `{flag}`; {last} had it.",
    why="ComfyUI refuses a flag that it does not know, and exits before it starts.",
    help="{help}",
    bad=profile("normalvram = true"),
    good=profile("normalvram = true", comfyui="0.3.64"),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py of 0.3.64 and 0.33.0",
)

#: What to do in place of a flag, where there is more to say than to remove it.
_INSTEAD = {
    "--normalvram": "Remove it: without a flag for memory ComfyUI does what it asked for.",
    "--disable-ipex-optimize": "Remove it: ComfyUI no longer uses Intel's extension for PyTorch.",
}


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag that only older versions have. Between two known versions it may still be there."""
    for flag in start.profile.flags:
        versions = versions_with(flag.name)
        if flag.value is False or not versions or start.known.has(flag.name) is not False:
            continue
        if (numbers(versions[-1]) or ()) > (numbers(start.known.version) or ()):
            continue
        yield MESSAGE.at(
            where(start, flag),
            fix=without(flag),
            flag=flag.name,
            version=start.version,
            last=versions[-1],
            help=_INSTEAD.get(flag.name, "Remove it."),
        )
