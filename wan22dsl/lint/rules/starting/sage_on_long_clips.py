"""WAN985: SageAttention on a Blackwell card with more tokens than its fp8 kernels bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile, with_pipeline
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN985",
    name="sage-on-long-clips",
    severity=Severity.WARNING,
    summary="SageAttention may give noise for so long a clip on this card",
    text="SageAttention may give noise for {clip} on the {card}: {tokens:,} tokens.",
    why=(
        "On cards of compute capability 12.0 the fp8 kernels gave pure noise, without an error, at 167,000 "
        "tokens, and clean video up to 154,000. It was seen with MiniMax H3, not with Wan."
    ),
    help=(
        "Make the clip shorter or smaller, or choose a kernel with fp16 for it by a node "
        "(`sageattn_qk_int8_pv_fp16_cuda`)."
    ),
    bad=with_pipeline(
        profile("use_sage_attention = true", card="RTX 5090", packages='"sageattention"'),
        length="161f",
    ),
    good=with_pipeline(
        profile("use_sage_attention = true", card="RTX 5090", packages='"sageattention"')
    ),
    source="SageAttention#388; ComfyUI#15263",
)

#: The most tokens of which clean video is reported.
CLEAN_TOKENS = 154_000


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, with the longest clip of the file's pipelines."""
    flag, card = start.on("--use-sage-attention"), start.card
    if flag is None or card is None or card.compute_capability != (12, 0):
        return
    clips = [clip for work in start.work for clip in work.clips]
    name, tokens = max(clips, key=lambda clip: clip[1], default=("", 0))
    if tokens > CLEAN_TOKENS:
        yield MESSAGE.at(where(start, flag), clip=name, card=card.name, tokens=tokens)
