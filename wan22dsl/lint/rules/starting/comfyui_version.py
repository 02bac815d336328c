"""WAN968: what is not a version of ComfyUI, or is one whose flags are not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import numbers
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN968",
    name="comfyui-version",
    severity=Severity.WARNING,
    summary="The flags of the profile's ComfyUI are not known",
    text="{problem}.",
    why="The flags are checked as those of ComfyUI {checked}, which may have others.",
    help="{help}",
    bad=profile("lowvram = false", comfyui="latest"),
    good=profile("lowvram = false", comfyui="0.39"),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py of 0.3.64, 0.33.0 and 0.39",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The version, where it is none, or is older or newer than all that are known."""
    version = start.profile.comfyui
    if not version:
        return
    wanted, known = numbers(version), start.known.versions()
    severity = Severity.NOTE
    if wanted is None:
        problem = f"`{version}` is not a version number"
        help, severity = f'Write a version such as `"{known[-1]}"`.', Severity.WARNING
    elif wanted > (numbers(known[-1]) or ()):
        problem = f"ComfyUI {version} is newer than the flags that are known"
        help = "A newer wan22dsl may know its flags."
    elif wanted < (numbers(known[0]) or ()):
        problem = f"ComfyUI {version} is older than the flags that are known"
        help = (
            f"Update ComfyUI, or check the flags with its own `--help`. Known from {known[0]} on."
        )
    else:
        return
    yield MESSAGE.at(
        start.profile.comfyui_span or start.profile.span,
        severity=severity,
        problem=problem,
        checked=start.known.version,
        help=help,
    )
