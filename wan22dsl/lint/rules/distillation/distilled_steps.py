"""WAN701: more or fewer steps than a LoRA was distilled to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.passes.handoffs import handoffs_in
from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.lint.rules.distillation.training import wrong_steps
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, setting
from wan22dsl.lint.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN701",
    name="distilled-steps",
    severity=Severity.WARNING,
    summary="A distilled model runs a number of steps it was not made for",
    text="{who}: a schedule of {steps} with {what}, distilled to {distilled}{numbers}.",
    why=(
        "A distilled model was trained to denoise completely in a few steps. With many more it "
        "takes longer and the picture turns hard and oversaturated; with fewer it does not "
        "finish. The steps of all passes of a split count together; up to twice as many are "
        "common, and are not reported; a quarter less is a note."
    ),
    help="{help}",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(steps = 0..8 of 20)
pass low = wan22.low(steps = 8..20 of 20)""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(steps = 0..2 of 4)
pass low = wan22.low(steps = 2..4 of 4)""",
    ),
    source="ModelTC/Wan2.2-Lightning: 4 steps, shift 5, cfg 1, the experts changing after step 2",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule in which a distilled LoRA or model goes a number of steps that it was not made for."""
    for passes in view.schedules:
        found: dict[tuple[int, int | None], list[tuple[Pass, str]]] = {}
        for pass_ in passes:
            told, steps = distilled(pass_), pass_.settings.steps
            if told is None or steps is None or not wrong_steps(pass_):
                continue
            found.setdefault((steps, told.steps), []).append((pass_, told.file))
        if not found or handoffs_in(passes, "totals", "several") or _each_its_own(passes):
            continue
        if any(_needs_many(pass_) for pass_ in passes):
            continue  # a published recipe: the schedule is that of the plain expert. WAN612 tells the rest
        for (steps, count), those in found.items():
            yield _finding(steps, count, those)


def _needs_many(pass_: Pass) -> bool:
    """Whether a pass of the same schedule is not distilled, and has the guidance for it, or one unknown."""
    cfg = pass_.settings.cfg
    cfgs = pass_.settings.cfgs or (() if cfg is None else (cfg,))
    return distilled(pass_) is None and pass_.model is not None and (not cfgs or max(cfgs) > 1.0)


def _each_its_own(passes: list[Pass]) -> bool:
    """Whether a later pass begins at step 0 again, as if it counted its own steps: WAN707 tells that."""
    return any(handoff.after.settings.start == 0 for handoff in handoffs_in(passes, "overlap"))


def _help(count: int | None) -> str:
    if count is None:
        return "Use as many steps as the makers of the file give, 3 to 8 as a rule."
    half = max(1, count // 2)
    return (
        f"Use {counted(count, 'step')}: for a split, `steps = 0..{half} of {count}` and "
        f"`{half}..{count} of {count}`."
    )


def _is_nearly(steps: int, count: int) -> bool:
    """Whether only a quarter of the steps is missing: 3 of 4 are in use, and come out a little soft."""
    return 0.75 * count <= steps < count


def _finding(steps: int, count: int | None, those: list[tuple[Pass, str]]) -> Diagnostic:
    first = those[0][0]
    more = [pass_.holder("steps") for pass_, _ in those[1:]]
    nearly = count is not None and _is_nearly(steps, count)
    if count is None:
        numbers = ""
    elif steps > count:
        numbers = f", {number(steps / count)} times as many"
    else:
        few = "fewer than it was made for" if nearly else "too few to finish"
        numbers = f", {few}"
    return MESSAGE.at(
        setting(first, "steps"),
        severity=Severity.NOTE if nearly else Severity.WARNING,
        related=[
            Label(node.span, "this pass uses the same schedule")
            for node in more
            if node.span is not None
        ],
        who=several(called(pass_) for pass_, _ in those),
        steps=counted(steps, "step"),
        what=those[0][1],
        distilled="few steps" if count is None else counted(count, "step"),
        numbers=numbers,
        help=_help(count),
    )
