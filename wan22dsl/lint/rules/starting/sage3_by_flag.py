"""WAN984: SageAttention 3 chosen by a flag, which ComfyUI has none for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.profile import Flag
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN984",
    name="sage3-by-flag",
    severity=Severity.WARNING,
    summary="No flag of ComfyUI chooses SageAttention 3",
    text="{problem}.",
    why=(
        "ComfyUI registers SageAttention 3 where `sageattn3` is installed, but only a node chooses it, for "
        "one model. `--use-sage-attention` runs the package `sageattention`, so versions 1 and 2."
    ),
    help="{help}",
    bad=profile(
        "use_sage_attention = true", card="RTX 5090", packages='"sageattention", "sageattn3"'
    ),
    good=profile("use_sage_attention = true", card="RTX 5090", packages='"sageattention"'),
    source="Comfy-Org/ComfyUI 0.38, comfy/ldm/modules/attention.py; KJNodes: the sage attention node",
)

_SAGE3 = re.compile(r"sage.*3")


def asks_for_sage3(flag: Flag) -> bool:
    """Whether a flag that ComfyUI does not have is meant for SageAttention 3."""
    return _SAGE3.search(flag.name) is not None


def check(start: Start) -> Iterator[Diagnostic]:
    """A made-up flag, or the package together with the flag for the other versions."""
    for flag in start.profile.flags:
        if flag.value is not False and asks_for_sage3(flag):
            yield MESSAGE.at(
                where(start, flag),
                severity=Severity.ERROR,
                problem=f"ComfyUI has no flag `{flag.name}` for SageAttention 3",
                help="Remove it, and choose `sageattn3` with a node.",
            )
    sage = start.on("--use-sage-attention")
    if sage is not None and any("sageattn3" in package for package in start.profile.packages):
        yield MESSAGE.at(
            where(start, sage),
            problem="`--use-sage-attention` does not use `sageattn3`",
            help="Choose `sageattn3` with a node, or leave it out of `packages`.",
        )
