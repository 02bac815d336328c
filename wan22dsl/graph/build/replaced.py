"""A list of LoRAs that takes the place of one with a distilled LoRA, where the pass still runs few steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph import messages
from wan22dsl.graph.build import assets, evaluate
from wan22dsl.graph.build.running import Schedule
from wan22dsl.graph.build.values import Declared
from wan22dsl.graph.filenames import read_name
from wan22dsl.program import kinds
from wan22dsl.program.values import Constant

if TYPE_CHECKING:
    from wan22dsl.graph.build.running import PassRun
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.program.values import Unknown

_LORAS = kinds.PASS_SETTINGS["loras"]


def say(
    run: PassRun, loras: list[Declared], schedule: Schedule | Unknown | None, cfg: Value
) -> tuple[str, ...]:
    """Reports that distilled LoRAs were replaced, where few steps at cfg 1 need them; gives their names.

    An empty list takes them away on purpose: then the rule for few steps says what that means. With
    guidance a pass without them is a recipe.
    """
    setting = run.block.settings.get("loras")
    if setting is None or setting.before is None or setting.env.module.is_library or not loras:
        return ()
    if not isinstance(schedule, Schedule) or not isinstance(cfg, Constant) or cfg.data != 1.0:
        return ()
    model = "" if run.model is None else assets.text(run.b, run.model, "file", run.own) or ""
    if read_name(model).distilled or any(_steps(run, one) is not None for one in loras):
        return ()
    lost = [
        one
        for one in _before(run, setting.before)
        if (steps := _steps(run, one)) is not None and schedule.total <= 2 * steps
    ]
    if not lost:
        return ()
    names = tuple(dict.fromkeys(one.name for one in lost))
    mend, fix = _mend(run, setting)
    run.b.say(
        messages.DISTILLED_REPLACED,
        setting.env.span(setting.key),
        name=run.block.name,
        lost=" and ".join(f"`{one}`" for one in names),
        steps=schedule.total,
        mend=mend,
        fix=fix,
    )
    return names


def _before(run: PassRun, before: Setting | None) -> list[Declared]:
    """The LoRAs of the original, or of the original of that, and so on."""
    while before is not None:
        found = evaluate.value(run.b, before.value, before.env, run.own, want=_LORAS)
        items = found.data if isinstance(found, Constant) and found.type == "list" else ()
        loras = [one for one in items if isinstance(one, Declared) and one.kind == "lora"]
        if any(_steps(run, one) is not None for one in loras):
            return loras
        before = before.before
    return []


def _steps(run: PassRun, lora: Declared) -> int | None:
    """To how many steps a LoRA was distilled, by its declaration or else by its file; None: it was not."""
    declared = assets.setting(run.b, lora, "distilled", run.own)
    if isinstance(declared, Constant) and declared.data:
        return int(declared.data)
    for name in ("file", *kinds.EXPERTS):
        said = read_name(assets.text(run.b, lora, name, run.own) or "")
        if said.distilled:
            return said.steps or 4
    return None


def _mend(run: PassRun, setting: Setting) -> tuple[str, Fix | None]:
    span = setting.env.span(setting.value)
    short = len(span.text) <= 60 and "\n" not in span.text
    shown = span.text if short else "[…]"
    if "add_loras" not in run.block.settings:
        edit = Edit(setting.env.span(setting.key.key), "add_loras")
        fix = Fix("write `add_loras`", (edit,), safe=False)
        return f"Add to its LoRAs: `add_loras = {shown}`.", fix
    joined = f"{setting.original}.loras + {span.text}"
    fix = Fix(f"write `{setting.original}.loras + …`", (Edit(span, joined),), safe=False)
    return f"Add to its LoRAs: `loras = {setting.original}.loras + {shown}`.", fix
