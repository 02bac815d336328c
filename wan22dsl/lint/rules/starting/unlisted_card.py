"""WAN967: a card that is not in the table of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity, nearest
from wan22dsl.graph.cost.cards import CARDS
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN967",
    name="unlisted-card",
    severity=Severity.NOTE,
    summary="The card is not in the table of cards",
    text="The table of cards has no `{card}`.",
    why="Nothing that depends on the card is checked. The profile is good for starting ComfyUI.",
    help="{help}",
    bad=profile("lowvram = false", card="RTX 5900"),
    good=profile("lowvram = false", card="RTX 5090"),
    source="wan22dsl, graph/cost/cards.py",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The card, where it is none of the table."""
    card = start.profile.card
    if not card or start.card is not None:
        return
    close = nearest(card, CARDS)
    help = f"Did you mean `{close}`? " if close else ""
    yield MESSAGE.at(
        start.profile.card_span or start.profile.span,
        fix=in_words(start.profile.card_span, f'"{card}"', f'"{close}"', safe=False)
        if close
        else None,
        card=card,
        help=f"{help}`wan lint --card list` shows the table.",
    )
