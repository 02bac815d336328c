"""WAN960: a flag that ComfyUI does not know."""

from __future__ import annotations

from difflib import SequenceMatcher
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
        if flag.name in _OF_WEB_UI:
            instead = f" `{guess}` is ComfyUI's." if guess else ""
            help = f"Remove it: it is a flag of AUTOMATIC1111's web UI.{instead}"
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


#: Flags of AUTOMATIC1111's web UI and its descendants, and what ComfyUI has in their place.
_OF_WEB_UI = {
    "--medvram": "",
    "--medvram-sdxl": "",
    "--xformers": "",
    "--no-half": "--force-fp32",
    "--no-half-vae": "--fp32-vae",
    "--opt-sdp-attention": "--use-pytorch-cross-attention",
    "--opt-split-attention": "--use-split-cross-attention",
    "--opt-channelslast": "",
    "--skip-torch-cuda-test": "",
    "--autolaunch": "--auto-launch",
    "--share": "",
    "--api": "",
}


def _meant(flag: Flag, start: Start) -> str | None:
    """The flag that was meant: one that it abbreviates, else one that is written nearly so."""
    if flag.name in _OF_WEB_UI:
        return _OF_WEB_UI[flag.name] or None
    alike = start.known.abbreviated(flag.name)
    if len(alike) == 1:
        return alike[0]
    close = nearest(flag.name, start.known.flags)
    return close if close and SequenceMatcher(None, close, flag.name).ratio() > _CLOSE else None


#: Flags have long words in common, so that half of it being the same means little.
_CLOSE = 0.78


def _fix(flag: Flag, guess: str | None) -> Fix | None:
    if guess is None or flag.name_span is None:
        return None
    written = flag.name_span.text
    new = guess if written.startswith("-") else guess.lstrip("-").replace("-", "_")
    return in_words(flag.name_span, written, new, safe=False) if "`" not in written else None
