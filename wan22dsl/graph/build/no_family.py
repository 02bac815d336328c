"""A model without a `family`: what its pass would take from it, and which one was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph import messages
from wan22dsl.graph.build import assets
from wan22dsl.graph.build.peeking import looked_at, model_of, passes_of
from wan22dsl.graph.build.values import Declared
from wan22dsl.program.values import BROKEN, Broken, Unknown
from wan22dsl.syntax.tree import Attribute, Block, Derived

if TYPE_CHECKING:
    from wan22dsl.graph.build.running import PassRun
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.program.modules import Module


def recover(run: PassRun, model: Value, asset: Declared | None) -> None:
    """Reports a model without the family that its pass needs, once, and goes on with the likely one.

    With none that is likely, what a family would give counts as broken, so that nothing else is
    reported that only follows from this.
    """
    pipeline = run.own.pipeline
    if not pipeline.blocks or run.own.family is not None or isinstance(model, Unknown):
        return
    if asset is not None and "family" in asset.settings:
        _go_on(run, None)  # it is wrong, which is reported where it is written
        return
    if not isinstance(model, Broken):
        if run.own.written("conditioning") is not None:
            return
        if "fps" in pipeline.overrides:  # another pass of the pipeline has reported it
            _go_on(run, None)
            return
    likely = _likely(run.own)
    if not isinstance(model, Broken):
        _say(run, asset, likely)
    _go_on(run, likely)


def likely_name(own: Settings, here: Module) -> str:
    """The family that the model of a pass probably has, as a file names it; empty where nobody knows."""
    return _named(_likely(own), here) if own.pipeline.blocks else ""


def _go_on(run: PassRun, likely: Declared | None) -> None:
    if likely is not None:
        run.own.family = run.own.pipeline.family = likely
        return
    run.own.overrides.update(conditioning=BROKEN, fps=BROKEN)
    run.own.pipeline.overrides["fps"] = BROKEN


def _likely(own: Settings) -> Declared | None:
    return _of_replaced(own) or _of_others(own)


def _of_replaced(own: Settings) -> Declared | None:
    """The family of the model that a copy of a pass replaces."""
    setting = own.blocks[0].settings.get("model")
    while setting is not None and setting.before is not None:
        setting = setting.before
        found = model_of(own.builder, looked_at(own.builder, setting, own), own)
        family = assets.family(own.builder, found, own) if isinstance(found, Declared) else None
        if family is not None:
            return family
    return None


def _of_others(own: Settings) -> Declared | None:
    """The family that all the other passes of the pipeline have whose models have one."""
    b, pipeline = own.builder, own.pipeline
    flow = pipeline.blocks[0].settings.get("flow")
    found: list[Declared] = []
    for one in passes_of(b, flow, pipeline) if flow is not None else ():
        setting = one.settings.get("model")
        model = None if setting is None else looked_at(b, setting, pipeline)
        asset = model_of(b, model, pipeline)
        family = assets.family(b, asset, pipeline) if isinstance(asset, Declared) else None
        if family is not None and family not in found:
            found.append(family)
    return found[0] if len(found) == 1 else None


def _named(family: Declared | None, here: Module) -> str:
    """A family as a file names it; empty where it cannot."""
    if family is None or family.name not in family.module.names:
        return ""
    if family.module is here:
        return family.name
    alias = next((name for name, used in here.uses.items() if used is family.module), None)
    return "" if alias is None else f"{alias}.{family.name}"


def _say(run: PassRun, asset: Declared | None, likely: Declared | None) -> None:
    block = run.own.pipeline.blocks[0] if asset is None else asset
    line = f"family = {_named(likely, block.module) or '…'}"
    where = "its declaration" if asset is not None else f"the pipeline `{block.name}`"
    example = "" if likely is not None else ", such as `family = wan22.i2v_14b`"
    mend = f"Write `{line}` into {where}{example}."
    run.b.say(
        messages.NO_FAMILY,
        run.span_of("model") or run.place if asset is None else asset.span,
        model=f"the model `{asset.name}`" if asset is not None else "the model",
        name=run.block.name,
        mend=mend,
        fix=_fix(block, line) if likely is not None and "…" not in line else None,
    )


def _fix(block: Declared, line: str) -> Fix | None:
    """Writes a setting behind the last one of a declared block, or into the call that declares a copy."""
    declared = block.module.names.get(block.name)
    if block.module.is_library or not isinstance(declared, (Block, Derived)):
        return None
    text = block.module.source.text
    if isinstance(declared, Block):
        items = [one for one in declared.items if isinstance(one, Attribute)]
    else:
        items = [
            one for one in getattr(declared.value, "arguments", ()) if isinstance(one, Attribute)
        ]
    if not items:
        return None
    last = items[-1]
    indent = text[text.rfind("\n", 0, last.start) + 1 : last.start]
    alone = isinstance(declared, Block) and not indent.strip()
    if isinstance(declared, Block) and last.key.text == "flow" and alone:
        edit = Edit(block.module.span(last.start, last.start), f"{line}\n{indent}")
    else:
        place = block.module.span(last.end, last.end)
        edit = Edit(place, f"\n{indent}{line}" if alone else f", {line}")
    return Fix(f"write `{line}`", (edit,), safe=False)
