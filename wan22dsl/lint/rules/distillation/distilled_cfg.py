"""WAN702: guidance with a LoRA that was distilled to go without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.graph.passes.recipes import distilled
from wan22dsl.lint.rules.distillation.training import FEW, total_steps
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import written
from wan22dsl.lint.rules.experts.wording import also, called, setting
from wan22dsl.lint.rules.wording import counted, number, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recipes import Distilled
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN702",
    name="distilled-cfg",
    severity=Severity.WARNING,
    summary="A distilled model runs at a cfg other than 1",
    text="{who} {has} cfg {cfg} with {what}, which was distilled for cfg 1{numbers}.",
    why=(
        "At cfg 1 ComfyUI runs the model once per step; otherwise twice, for the prompt and for "
        "the negative prompt, so the pass takes twice the time. The guidance is already in the "
        "distilled weights: more of it burns colours and contrast. In the first steps alone it is a "
        "common way to get more motion: a note."
    ),
    help="Write `cfg = 1.0`, or remove the LoRA and use about 20 steps.",
    bad=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(cfg = 7.0)
pass low = wan22.low(cfg = 7.0)""",
    ),
    good=portrait(
        'high -> low -> save("demo")',
        """\
pass high = wan22.high(cfg = 1.0)
pass low = wan22.low(cfg = 1.0)""",
    ),
    source="ModelTC/Wan2.2-Lightning: cfg 1; Comfy-Org/ComfyUI, comfy/samplers.py, sampling_function",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every schedule with distilled passes at a cfg above 1, once for each of their values."""
    for passes in view.schedules:
        found: dict[tuple[float, ...], list[Pass]] = {}
        for pass_ in passes:
            cfgs = pass_.settings.cfgs or (pass_.settings.cfg or 0.0,)
            if _is_lcm(pass_):
                continue  # made for a cfg from 1 to 2, by others
            if min(cfgs) > 1.0 and _distilled(pass_, min(cfgs)) is not None:
                found.setdefault(cfgs, []).append(pass_)  # below 1: WAN722
            elif pass_.settings.guided is not None and max(cfgs) > 1.0:
                yield from _in_part(pass_, cfgs)
        ends = any(pass_.settings.cfg == 1.0 for pass_ in passes[1:])
        for cfgs, those in found.items():
            yield _finding(cfgs, those, for_motion=ends and those == passes[: len(those)])


def _in_part(pass_: Pass, cfgs: tuple[float, ...]) -> Iterator[Diagnostic]:
    """A guider that guides in some of the steps only, as people do to get motion."""
    told = _distilled(pass_, max(cfgs))
    if told is not None:
        guided = sum(1 for cfg in cfgs if cfg > 1.0)
        yield MESSAGE.at(
            setting(pass_, "cfg"),
            severity=Severity.NOTE,
            who=called(pass_),
            has="has",
            cfg=f"{number(max(cfgs))} in {guided} of its {counted(len(cfgs), 'step')}",
            what=f"{told.file}{_strength(pass_, told)}",
            numbers=": these run the model twice",
        )


def _is_lcm(pass_: Pass) -> bool:
    """Whether its distilled LoRAs are latent consistency models, which there are of older models."""
    files = [lora.file.lower() for lora in pass_.loras if lora.distilled]
    return pass_.is_of_wan is not True and bool(files) and all("lcm" in file for file in files)


#: From this strength on a distilled LoRA adds guidance that counts, at a full cfg.
_WEAK, _FULL_CFG = 0.25, 2.0


def _distilled(pass_: Pass, cfg: float) -> Distilled | None:
    """What a pass is distilled by; a weak LoRA counts where a full cfg and few steps build on it."""
    steps = total_steps(pass_)
    builds_on_it = cfg >= _FULL_CFG and steps is not None and steps <= FEW
    return distilled(pass_, _WEAK) if builds_on_it else distilled(pass_)


def _finding(cfgs: tuple[float, ...], those: list[Pass], *, for_motion: bool) -> Diagnostic:
    """With a weak LoRA in the first passes, before others at cfg 1, people do it to get motion."""
    first, ends = those[0], dict.fromkeys((cfgs[0], cfgs[-1]))
    told = _distilled(first, min(cfgs))
    weak = for_motion and all(distilled(pass_) is None or _is_weak(pass_) for pass_ in those)
    return MESSAGE.at(
        setting(first, "cfg"),
        severity=Severity.NOTE if weak else None,
        related=[label for pass_ in those[1:] for label in also(pass_, "this pass too")],
        fix=_fix(those),
        who=several(called(pass_) for pass_ in those),
        has="has" if len(those) == 1 else "have",
        cfg=" to ".join(map(number, ends)),
        what="" if told is None else f"{told.file}{_strength(first, told)}",
        numbers=_numbers(those),
    )


def _is_weak(pass_: Pass) -> bool:
    """Whether each distilled LoRA has less than half of its strength, and the model is not distilled."""
    model = pass_.model is not None and pass_.model.distilled
    return not model and all(
        lora.strength is not None and abs(lora.strength) < 0.5
        for lora in pass_.loras
        if lora.distilled
    )


def _strength(pass_: Pass, told: Distilled) -> str:
    """The strength of a weak LoRA."""
    strengths = [lora.strength for lora in pass_.loras if f'"{lora.file}"' == told.file]
    strength = next((each for each in strengths if each is not None), 1.0)
    return f" at strength {number(strength)}" if abs(strength) < 0.5 else ""


def _numbers(those: list[Pass]) -> str:
    parts = [(pass_.settings.start, pass_.settings.end) for pass_ in those]
    counts = [
        end - start for start, end in parts if start is not None and end is not None and end > start
    ]
    if len(counts) < len(those):
        return ": the model runs twice in every step, so it takes twice the time"
    runs = sum(counts)
    whose = "its" if len(those) == 1 else "their"
    return (
        f": {whose} {counted(runs, 'step')} {'runs' if runs == 1 else 'run'} the model {2 * runs} times "
        f"instead of {runs}, which takes twice the time"
    )


def _fix(those: list[Pass]) -> Fix | None:
    """Changes the video, so it is not a safe one."""
    edits: dict[Span, Edit] = {}
    for pass_ in those:
        span = written(pass_, "cfg")
        if span is None or not span.text.replace(".", "", 1).isdigit():
            return None
        edits[span] = Edit(span, "1.0")
    return Fix("Write 1.0", tuple(edits.values()), safe=False)
