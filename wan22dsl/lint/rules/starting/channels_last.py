"""WAN981: `--force-channels-last`, with which no Wan model loads."""

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
    code="WAN981",
    name="channels-last",
    severity=Severity.ERROR,
    summary="No Wan model loads with `--force-channels-last`",
    text="No Wan model loads with `--force-channels-last`.",
    why=(
        "The layout is one for pictures. A Wan model begins with a convolution over time too, and there "
        "torch stops: `required rank 4 tensor to use channels_last format`."
    ),
    help="Remove it.",
    bad=profile("force_channels_last = true"),
    good=profile('fast = ["fp16_accumulation"]'),
    source="ComfyUI#9021; the same error from torch 2.14.1 for a Conv3d with channels_last",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag."""
    flag = start.on("--force-channels-last")
    if flag is not None:
        yield MESSAGE.at(where(start, flag), fix=without(flag))
