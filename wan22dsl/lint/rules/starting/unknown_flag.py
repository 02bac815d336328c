"""WAN960: a flag that ComfyUI does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.starting.flags import numbers, versions_with
from wan22dsl.diagnostics import Message, Severity, nearest
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words
from wan22dsl.lint.rules.starting.sage3_by_flag import asks_for_sage3
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.profile import Flag
    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN960",
    name="unknown-flag",
    severity=Severity.ERROR,
    summary="ComfyUI does not know a flag",
    text="ComfyUI {version} does not know `{flag}`.",
    why="ComfyUI refuses a flag that it does not know, and exits before it starts.",
    help="{help}",
    bad=profile("use_sage_attn = true", packages='"sageattention"'),
    good=profile("use_sage_attention = true", packages='"sageattention"'),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py of each version",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """Every flag that no known version has. What a newer version has may be one, so it is a warning there."""
    newest = start.known.versions()[-1]
    wanted = numbers(start.profile.comfyui) or ()
    is_newer = wanted > (numbers(newest) or ())
    for flag in start.profile.flags:
        if flag.value is False or versions_with(flag.name) or asks_for_sage3(flag):
            continue
        guess = _meant(flag, start)
        help = f"Did you mean `{guess}`?" if guess else "Remove it."
        if is_newer:
            help += f" The flags are known up to ComfyUI {newest}."
        yield MESSAGE.at(
            where(start, flag),
            fix=_fix(flag, guess),
            severity=Severity.WARNING if is_newer else Severity.ERROR,
            flag=flag.name,
            version=start.version,
            help=help,
        )


def _meant(flag: Flag, start: Start) -> str | None:
    """The flag that was meant: one that it abbreviates, else the nearest."""
    alike = start.known.abbreviated(flag.name)
    return alike[0] if len(alike) == 1 else nearest(flag.name, start.known.flags)


def _fix(flag: Flag, guess: str | None) -> Fix | None:
    if guess is None or flag.name_span is None:
        return None
    written = flag.name_span.text
    new = guess if written.startswith("-") else guess.lstrip("-").replace("-", "_")
    return in_words(flag.name_span, written, new, safe=False) if "`" not in written else None
