"""Pipelines: their settings, the family of their first pass, their flow and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build import assets, evaluate, flows
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import (
    ENDED,
    Declared,
    Env,
    Flow,
    Flows,
    Thunk,
)
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Broken, Nothing, Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Value
    from wan22dsl.syntax.operators import Nested


_FLOW = Type("flow")


def result(b: Builder, block: Declared, settings: Settings, node: Nested, env: Env) -> Value:
    """What a pipeline gives where another one uses it; built once, its ids begin with its name."""
    kept = b.results.get(id(block))
    if kept is not None:
        return kept[1]
    with b.deeper(block.name, env.span(node)) as allowed:
        if not allowed:
            return BROKEN
        made = build(b, block, f"{settings.prefix}{block.name}.")
    b.results[id(block)] = (block, made)
    return made


def build(b: Builder, block: Declared, prefix: str = "") -> Value:
    """Builds the nodes of a pipeline; gives what its flow gives."""
    settings = Settings(b, (block,), prefix=prefix)
    settings.family = _family(b, block, settings)
    flow = settings.get("flow", _FLOW)
    if isinstance(flow, Nothing):
        b.say(
            messages.MISSING_SETTING,
            block.span,
            kind="pipeline",
            name=block.name,
            setting="flow",
            needed="",
            why="The flow says what happens, from the first pass to the saved file.",
            mend='Write `flow = high -> low -> save("name")`.',
        )
        return BROKEN
    written = block.settings["flow"]
    with b.within(prefix, ""):
        if isinstance(flow, Flows):
            for item in flow.items:
                flows.branch(b, item, flow.env, settings, None)
            given: Value = ENDED
        else:
            given = flows.give(b, flow, written.value, written.env, settings)
        for local in block.env.local.values():
            if isinstance(local, Thunk):
                evaluate.force(b, local, settings)
    if not isinstance(given, Broken) and not b.incomplete:
        unread(b, block, settings.read | {"flow", "family"})
    return given


def _family(b: Builder, block: Declared, settings: Settings) -> Declared | None:
    """The family that is set, else that of the first pass in the flow."""
    if "family" in block.settings:
        found = settings.get("family", Type("family"))
        return found if isinstance(found, Declared) else None
    flow = block.settings.get("flow")
    if flow is None:
        return None
    value = evaluate.value(b, flow.value, flow.env, settings, want=_FLOW)
    first = _first_pass(b, value, settings, 0)
    if first is None:
        return None
    model = first.settings.get("model") or block.settings.get("model")
    if model is None:
        return None
    found = evaluate.value(b, model.value, model.env, settings, want=Type("MODEL"))
    return assets.family(b, found, settings) if isinstance(found, Declared) else None


def _first_pass(b: Builder, value: Value, settings: Settings, depth: int) -> Declared | None:
    """The first pass that a flow runs, without running it."""
    if isinstance(value, Declared):
        return value if value.kind == "pass" else None
    if depth > 50 or not isinstance(value, (Flow, Flows)):
        return None
    elements = value.elements if isinstance(value, Flow) else value.items
    for element in elements:
        found = _peek(b, element, value.env, settings)
        first = _first_pass(b, found, settings, depth + 1) if found is not None else None
        if first is not None:
            return first
    return None


def _peek(b: Builder, element: Nested, env: Env, settings: Settings) -> Value | None:
    """An element of a flow, if it can be looked at without making a node."""
    from wan22dsl.graph.build.values import StageName
    from wan22dsl.syntax.tree import Call, ClassName, Name

    if isinstance(element, Name):
        head = element.text.partition(".")[0]
        local = env.find(head)
        if isinstance(local, Thunk) and "." not in element.text:
            return _peek(b, local.expression, local.env, settings)
        if head in ("pipeline", "_") or local is not None:
            return None
        return evaluate.value(b, element, env, settings)
    if isinstance(element, Call):
        if isinstance(element.callee, ClassName):
            return None
        callee = evaluate.name(b, element.callee, env, settings)
        if isinstance(callee, StageName):
            return None
    if isinstance(element, Call) or hasattr(element, "operands") or hasattr(element, "inner"):
        return evaluate.value(b, element, env, settings, want=_FLOW)
    if hasattr(element, "items"):
        return evaluate.value(b, element, env, settings, want=_FLOW)
    return None


def unread(b: Builder, block: Declared, read: set[str]) -> None:
    """Reports the settings that a block wrote itself and that nothing reads."""
    if block.module.is_library:
        return
    for name in sorted(block.own - read):
        setting = block.settings[name]
        key = setting.key.key
        known = sorted({*read, *kinds.PASS_SETTINGS})
        guess = nearest(name, [one for one in known if one != name])
        readers = _readers(block, name)
        fix = None
        if readers:
            shown = " or ".join(f"`{one}`" for one in readers[:3])
            mend = (
                f"It is read by {shown}: use that, for example as the `conditioning`, or remove it."
            )
        elif guess and name not in kinds.PASS_SETTINGS:
            mend = f"Did you mean `{guess}`?"
            fix = Fix(f"write `{guess}`", (Edit(setting.env.span(key), guess),), safe=False)
        else:
            mend = "Remove it, or use something that reads it."
        b.say(
            messages.UNREAD_SETTING,
            setting.env.span(key),
            block=block.name,
            name=name,
            mend=mend,
            fix=fix,
        )


def _readers(block: Declared, name: str) -> list[str]:
    """The stages in reach that read a setting as `pipeline.name`."""
    from wan22dsl.program.modules import library_module

    module = block.module
    found = list(module.reads.get(name, ()))
    for alias, used in sorted(module.uses.items()):
        found += [f"{alias}.{one}" for one in used.reads.get(name, ())]
    found += library_module("std").reads.get(name, ())
    return sorted(set(found))
