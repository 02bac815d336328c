"""WAN964: two flags of which ComfyUI takes only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.profile import Flag
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN964",
    name="exclusive-flags",
    severity=Severity.ERROR,
    summary="Two flags exclude each other",
    text="`{flag}` excludes `{other}`.",
    why="ComfyUI takes one flag of such a group. With two it exits before it starts.",
    help="Keep one of them.",
    bad=profile("fp8_e4m3fn_unet = true, bf16_unet = true"),
    good=profile("bf16_unet = true"),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py: the mutually exclusive groups",
)


def _together(start: Start, first: Flag | None, second: Flag) -> bool:
    """Whether two flags of a launcher are always both there: in the command, or in one line of a variable."""
    spans = [flag.name_span for flag in (first, second) if flag is not None]
    command = start.profile.span
    if command is None or any(span is None for span in spans):
        return False
    places = [span for span in spans if span is not None]
    if all(command.start <= span.start < command.end for span in places):
        return True
    return len({span.first.line for span in places}) == 1 and len(set(places)) == len(places)


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag after the first one of its group."""
    first: dict[tuple[str, ...], str] = {}
    for flag in start.profile.flags:
        info = start.known.get(flag.name)
        if flag.value is False or info is None or not info.group:
            continue
        other = first.setdefault(info.group, flag.name)
        if other == flag.name:
            continue
        before = start.on(other)
        if start.profile.is_launcher and not _together(start, before, flag):
            continue
        span = None if before is None else before.name_span
        label = () if span is None else (Label(span, "the other flag"),)
        yield MESSAGE.at(where(start, flag), related=label, flag=flag.name, other=other)
