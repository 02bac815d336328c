"""WAN852: work that needs more memory than the card has."""

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
    code="WAN852",
    name="does-not-fit",
    severity=Severity.ERROR,
    summary="A pass needs more memory than the card has",
    text="{who}: {clip} needs {working} in addition to all weights; {card} has {limit}.",
    why=(
        "Weights can be streamed to the card, but the working memory must fit on it. Otherwise "
        "ComfyUI stops with out-of-memory, or the driver uses system memory and every step takes "
        "many times as long. It is a warning where the estimate is too close to call."
    ),
    help="{help}",
    bad=portrait('wan22.high -> wan22.low -> save("demo")'),
    good=portrait(
        'wan22.high(model = high_q4) -> wan22.low(model = low_q4) -> save("demo")',
        """\
model high_q4 = wan22.i2v_high(
    file = none
    load = UnetLoaderGGUF(unet_name = "wan2.2_i2v_high_noise_14B_Q4_K_S.gguf")
)

model low_q4 = wan22.i2v_low(
    file = none
    load = UnetLoaderGGUF(unet_name = "wan2.2_i2v_low_noise_14B_Q4_K_S.gguf")
)""",
        size="480x832",
        length="33f",
    ),
    source="Comfy-Org/ComfyUI, comfy/model_base.py, memory_required: 832x1216x161 wants 29.2 GiB",
)

#: ComfyUI's own estimate is on the safe side; up to this share beyond the card it may still run.
_DOUBT = 1.2


def check(view: View) -> Iterator[Diagnostic]:
    """The passes that need as much for the same clip, together."""
    groups: dict[tuple[object, ...], list[PassCost]] = {}
    for cost in view.costs:
        if cost.fit == "fails":
            groups.setdefault((where(cost), cost.shape, cost.working_bytes), []).append(cost)
    for costs in groups.values():
        yield _finding(view, costs)


def _finding(view: View, costs: list[PassCost]) -> Diagnostic:
    card, first = view.card, costs[0]
    assert card is not None
    doubtful = first.working_bytes <= _DOUBT * card.limit_bytes
    return MESSAGE.at(
        where(first),
        severity=Severity.WARNING if doubtful else Severity.ERROR,
        who=several(names_of(costs)),
        working=gib(first.working_bytes),
        clip=clip(first.shape),
        card=card.name,
        limit=gib(card.limit_bytes),
        help=_help(first, card.limit_bytes),
    )


def _help(cost: PassCost, limit_bytes: int) -> str:
    shape = cost.shape
    steps = int(limit_bytes // (cost.working_bytes / ((shape.frames - 1) // 4 + 1)))
    if steps < 3:
        return "Use a smaller size."
    return (
        f"Use at most {4 * steps - 3} frames at {shape.width_px}x{shape.height_px}, or a smaller "
        "size."
    )
