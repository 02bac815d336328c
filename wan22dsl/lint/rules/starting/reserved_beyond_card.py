"""WAN991: more memory kept free than the card has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.graph.cost.cards import CARDS, GIB
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN991",
    name="reserved-beyond-card",
    severity=Severity.WARNING,
    summary="More memory is kept free than the card has",
    text="`{flag}` keeps {amount:g} GiB free, and {card}.",
    why="The number is in GiB. With nothing left for weights, every one of them is moved in every step.",
    help="Write the GiB that other programs need: 1 or 2.",
    bad=profile("reserve_vram = 2560", card="RTX 4090"),
    good=profile("reserve_vram = 2.5", card="RTX 4090"),
    source="Comfy-Org/ComfyUI, comfy/cli_args.py: the amount in GB; comfy/model_management.py: times 1024³",
)

_FLAGS = ("--reserve-vram", "--vram-headroom")


def check(start: Start) -> Iterator[Diagnostic]:
    """The flags, against the card, or the largest of the table where none is named."""
    largest = max(card.vram_bytes for card in CARDS.values())
    limit = largest if start.card is None else start.card.vram_bytes
    card = (
        "no card has so much"
        if start.card is None
        else f"the {start.card.name} has {limit / GIB:.0f}"
    )
    for name in _FLAGS:
        flag = start.on(name)
        if flag is None or not isinstance(flag.value, (int, float)) or flag.value is True:
            continue
        if flag.value * GIB >= limit:
            span = place(flag.span, flag.name_span, start.profile.span)
            yield MESSAGE.at(span, flag=name, amount=flag.value, card=card)
