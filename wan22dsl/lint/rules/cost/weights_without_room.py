"""WAN851: weights that have no room on the card beside the work, and are sent to it in every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.cost.wording import clip, gib, names_of, where
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.wording import several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.cost.estimate import PassCost
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN851",
    name="weights-without-room",
    severity=Severity.WARNING,
    summary="Weights that do not fit on the card are streamed every step",
    text=(
        "On {card}, {streamed} of the {weights} of weights of {who} do not fit next to the "
        "{working} that {clip} needs: they are streamed to the card in every step, which then "
        "takes about {slow} s instead of {fast} s."
    ),
    why=(
        "ComfyUI reserves memory for the work first and loads the part of the model that still "
        "fits. The rest stays in system memory and crosses the bus in every run of the model. "
        "This rule applies where a card is named, with `--card` or in the configuration."
    ),
    help="{help}",
    bad=portrait('wan22.high -> wan22.low -> save("demo")'),
    good=portrait('wan22.high -> wan22.low -> save("demo")', size="480x832", length="49f"),
    source="Comfy-Org/ComfyUI, comfy/model_base.py, memory_required, and comfy/model_management.py; "
    "fishmongr/ComfyUI, benchmarks/: 81 frames stream 2.3 GB on an RTX 5090",
)

#: A smaller share of the weights is left unsaid.
_LEAST = 0.05


def check(view: View) -> Iterator[Diagnostic]:
    """The passes that stream as much for the same clip, together."""
    groups: dict[tuple[object, ...], list[PassCost]] = {}
    for cost in view.costs:
        if cost.fit == "streams" and cost.streamed_bytes > _LEAST * (cost.weights_bytes or 0):
            key = (where(cost), cost.shape, cost.streamed_bytes, cost.weights_bytes)
            groups.setdefault(key, []).append(cost)
    for costs in groups.values():
        yield _finding(view, costs)


def _finding(view: View, costs: list[PassCost]) -> Diagnostic:
    card, first = view.card, costs[0]
    assert card is not None
    streaming_s = first.streamed_bytes / card.streamed_bytes_per_s
    calls = first.forwards / max(first.steps, 1)
    return MESSAGE.at(
        where(first),
        card=card.name,
        streamed=gib(first.streamed_bytes),
        weights=gib(first.weights_bytes or 0),
        who=several(names_of(costs)),
        working=gib(first.working_bytes),
        clip=clip(first.shape),
        slow=round(calls * first.forward_s),
        fast=round(calls * (first.forward_s - streaming_s)),
        help=_help(view, first),
    )


def _help(view: View, cost: PassCost) -> str:
    """The longest clip of that size that leaves room for the weights."""
    assert view.card is not None
    room = view.card.vram_bytes - view.card.kept_bytes - (cost.weights_bytes or 0)
    per_step = cost.working_bytes / ((cost.shape.frames - 1) // 4 + 1)
    steps = int(room // per_step) if per_step else 0
    smaller = "a smaller size, or smaller weights (fp8, or GGUF Q5)."
    if steps < 3:
        return f"Use {smaller}"
    size = f"{cost.shape.width_px}x{cost.shape.height_px}"
    return f"Use at most {4 * steps - 3} frames at {size}, or {smaller}"
