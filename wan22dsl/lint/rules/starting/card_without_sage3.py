"""WAN989: SageAttention 3 on a card before Blackwell."""

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
    code="WAN989",
    name="card-without-sage3",
    severity=Severity.WARNING,
    summary="SageAttention 3 does not run on the card",
    text="`sageattn3` does not run on the {card}.",
    why="It computes in fp4, which cards have from Blackwell on: compute capability 10.0 or 12.0.",
    help="Name `sageattention` in its place.",
    bad=profile(card="RTX 4090", packages='"sageattn3"'),
    good=profile(card="RTX 5090", packages='"sageattn3"'),
    source="thu-ml/SageAttention, sageattention3_blackwell",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The package, on an NVIDIA card of an older kind."""
    card = start.card
    if card is None or card.compute_capability is None or card.compute_capability >= (10, 0):
        return
    if any("sageattn3" in package for package in start.profile.packages):
        yield MESSAGE.at(place(start.profile.packages_span, start.profile.span), card=card.name)
