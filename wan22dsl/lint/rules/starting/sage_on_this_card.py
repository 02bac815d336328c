"""WAN986: what is known of SageAttention on the profile's card."""

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
    code="WAN986",
    name="sage-on-this-card",
    severity=Severity.NOTE,
    summary="SageAttention is known to gain little or to need care on this card",
    text="SageAttention on the {card}: {fact}.",
    why="{why}",
    help="{help}",
    bad=profile("use_sage_attention = true", card="A100", packages='"sageattention"'),
    good=profile("use_sage_attention = true", card="RTX 4090", packages='"sageattention"'),
    source="musubi-tuner#217; WanVideoWrapper#1554, #1731; SageAttention#325",
)

_AMPERE = (
    "no gain is reported on it",
    (
        "The fp8 kernels need compute capability 8.9. On an RTX A6000, also Ampere, a Wan 2.1 video took "
        "754 s with it and 761 s with torch's attention."
    ),
    "Measure it against the default before you rely on it.",
)
_HOPPER = (
    "builds older than December 2025 gave black video or noise",
    "SageAttention 2.2.0 had a wrong kernel for this chip, which was repaired in its source.",
    "Build the package from its present source, and look at the first video.",
)

#: By the card. Of the RTX 3090 a gain is reported, so nothing is said of it.
_FACTS = {
    **dict.fromkeys(("A100", "A100 40GB", "RTX A5000", "RTX A6000", "A10G"), _AMPERE),
    **dict.fromkeys(("H100", "H100 PCIe"), _HOPPER),
}


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, where something is known of the card."""
    flag, card = start.on("--use-sage-attention"), start.card
    known = None if card is None else _FACTS.get(card.name)
    if flag is not None and card is not None and known is not None:
        fact, why, help = known
        yield MESSAGE.at(where(start, flag), card=card.name, fact=fact, why=why, help=help)
