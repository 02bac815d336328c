"""WAN988: fp8 arithmetic on a card that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN988",
    name="card-without-fp8",
    severity=Severity.WARNING,
    summary="The card has no fp8 arithmetic",
    text="The {card} has no fp8 arithmetic for `{flag}`.",
    why=(
        "That needs compute capability 8.9: GeForce 40 or newer, Ada, Hopper, Blackwell. Before that fp8 "
        "files save memory and no time."
    ),
    help="Remove it.",
    bad=profile('fast = ["fp8_matrix_mult"]', card="RTX 3090"),
    good=profile('fast = ["fp8_matrix_mult"]', card="RTX 4090"),
    source="Comfy-Org/ComfyUI 0.38, comfy/model_management.py: supports_fp8_compute",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flags that ask for it, on an NVIDIA card whose compute capability is lower."""
    if start.card is None or start.card.compute_capability is None:
        return
    if start.card.compute_capability >= (8, 9):
        return
    fast, forced = start.on("--fast"), start.on("--supports-fp8-compute")
    if fast is not None and fast.value is not True and "fp8_matrix_mult" in start.fast:
        yield MESSAGE.at(
            place(fast.span, fast.name_span, start.profile.span),
            card=start.card.name,
            flag="--fast fp8_matrix_mult",
        )
    if forced is not None:
        yield MESSAGE.at(
            place(forced.name_span, forced.span, start.profile.span),
            card=start.card.name,
            flag=forced.name,
        )
