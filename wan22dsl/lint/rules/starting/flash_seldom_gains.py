"""WAN987: `--use-flash-attention`, where torch has such a kernel itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN987",
    name="flash-seldom-gains",
    severity=Severity.NOTE,
    summary="The default attention on NVIDIA has a flash kernel of its own",
    text="`--use-flash-attention` seldom gains on NVIDIA.",
    why=(
        "ComfyUI's default there is torch's attention, which prefers a flash kernel of its own. On an RTX "
        "A6000 a Wan 2.1 video took 800 s with the flag and 761 s without it."
    ),
    help="Measure it against the default before you rely on it.",
    bad=profile("use_flash_attention = true", card="RTX 4090", packages='"flash-attn"'),
    good=profile("use_sage_attention = true", card="RTX 4090", packages='"sageattention"'),
    source="Comfy-Org/ComfyUI 0.38, comfy/ldm/modules/attention.py; musubi-tuner#217",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, on an NVIDIA card. On AMD a gain is reported (ComfyUI#12349)."""
    flag = start.on("--use-flash-attention")
    if flag is not None and start.is_nvidia:
        yield MESSAGE.at(where(start, flag))
