"""WAN854: a pass that takes long on the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.cost.wording import clip, duration, names_of, where
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.cost.estimate import PassCost
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN854",
    name="slow-pass",
    severity=Severity.NOTE,
    summary="A pass is slow on this card",
    text=(
        "{who}: expect {seconds} ± {off} on {card} for {clip}, {runs} of the model at {each} "
        "s{cause}."
    ),
    why=(
        "A pass of four steps takes about a minute where the clip fits the card. The time is "
        "proportional to the steps, doubles where cfg is not 1, and grows faster than the frames "
        "and the pixels."
    ),
    help=(
        "Use fewer frames, a smaller size, fewer steps with a distilled LoRA at cfg 1, or a "
        "faster card."
    ),
    bad=portrait('wan22.base_high -> wan22.base_low -> save("demo")', size="480x832"),
    good=portrait('wan22.high -> wan22.low -> save("demo")', size="480x832", length="49f"),
    source="Wan-Video/Wan2.2: the sizes of the model; measured seconds as named in graph/cost/cards.py",
)

#: A pass above this is slow by what people aim at with four steps at 832x1216x81.
SLOW_S = 85.0


def check(view: View) -> Iterator[Diagnostic]:
    """The passes over one clip that are slow even if the estimate is too high; they are told together.

    Where weights are streamed, WAN851 tells what that takes.
    """
    groups: dict[tuple[object, ...], list[PassCost]] = {}
    for cost in view.costs:
        if cost.fit == "fits" and cost.seconds - cost.plus_minus_s > SLOW_S:
            key = (where(cost), cost.shape, round(cost.seconds, 3), cost.forwards)
            groups.setdefault(key, []).append(cost)
    for costs in groups.values():
        yield _finding(view, costs)


def _finding(view: View, costs: list[PassCost]) -> Diagnostic:
    first = costs[0]
    assert view.card is not None
    names = several(names_of(costs))
    return MESSAGE.at(
        where(first),
        who=names if len(costs) == 1 else f"{names}, each",
        seconds=duration(first.seconds),
        off=duration(first.plus_minus_s),
        card=view.card.name,
        clip=clip(first.shape),
        runs=counted(first.forwards, "run"),
        each=number(round(first.forward_s, 1)),
        cause=_cause(first),
    )


def _cause(cost: PassCost) -> str:
    cfg = cost.pass_.settings.cfg
    twice = cfg is not None and cfg != 1.0
    return f" (two per step, since cfg is {number(cfg or 0)})" if twice else ""
