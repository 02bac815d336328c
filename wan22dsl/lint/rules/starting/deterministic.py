"""WAN982: `--deterministic`, which makes times that compare with nothing."""

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
    code="WAN982",
    name="deterministic",
    severity=Severity.NOTE,
    summary="`--deterministic` makes ComfyUI slower",
    text="`--deterministic` makes ComfyUI slower.",
    why=(
        "torch takes slower algorithms, and ComfyUI copies weights without overlapping them with work. "
        "Times that are measured with it do not hold without it."
    ),
    help="Remove it to measure or to make videos; keep it to compare outputs.",
    bad=profile("deterministic = true"),
    good=profile('fast = ["fp16_accumulation"]'),
    source="Comfy-Org/ComfyUI 0.38, comfy/model_management.py",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag."""
    flag = start.on("--deterministic")
    if flag is not None:
        yield MESSAGE.at(where(start, flag), fix=without(flag, safe=False))
