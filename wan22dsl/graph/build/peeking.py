"""Looks at flows without running them: which pass comes first, and which family that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import assets, declared, evaluate
from wan22dsl.graph.build.values import Declared, Env, Flow, Flows, Thunk
from wan22dsl.program import names
from wan22dsl.program.values import Nothing, Type
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Call, Chain, Derived, Group, List, Name

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.syntax.operators import Nested


def family_of(b: Builder, block: Declared, settings: Settings) -> Declared | None:
    """The family of a pipeline: the one that is set, else that of the first pass in its flow."""
    if "family" in block.settings:
        found = settings.get("family", Type("family"))
        if not isinstance(found, Nothing):
            return found if isinstance(found, Declared) else None
    flow = block.settings.get("flow")
    if flow is None:
        return None
    first = _first_pass(b, _looked_at(b, flow.value, flow.env, settings), settings, set())
    if first is None:
        return None
    model = first.settings.get("model") or block.settings.get("model")
    if model is None:
        return None
    asset = model_of(b, _looked_at(b, model.value, model.env, settings), settings)
    return assets.family(b, asset, settings) if isinstance(asset, Declared) else None


def looked_at(b: Builder, setting: Setting, settings: Settings) -> Value | None:
    """What a setting stands for, if it can be known without making a node."""
    return _looked_at(b, setting.value, setting.env, settings)


def passes_of(b: Builder, flow: Setting, settings: Settings) -> list[Declared]:
    """The passes that a flow names itself, in order."""
    found: list[Declared] = []
    left: list[Value | None] = [looked_at(b, flow, settings)]
    for _ in range(1000):  # a flow that comes back to itself is reported elsewhere
        if not left:
            break
        value = left.pop(0)
        if isinstance(value, Declared) and value.kind == "pass":
            found.append(value)
        elif isinstance(value, (Flow, Flows)):
            elements = value.elements if isinstance(value, Flow) else value.items
            left = [*(_looked_at(b, one, value.env, settings) for one in elements), *left]
    return found


def model_of(b: Builder, model: Value | None, settings: Settings) -> Value | None:
    """A model, or the one that a flow begins with, as in `my_high -> sage()`."""
    while isinstance(model, Flow):
        model = _looked_at(b, model.elements[0], model.env, settings)
    return model


def _first_pass(
    b: Builder, value: Value | None, settings: Settings, seen: set[tuple[bool, int, int]]
) -> Declared | None:
    """The first pass that a flow runs. What has been looked at in vain is not looked at again."""
    if isinstance(value, Declared):
        return value if value.kind == "pass" else None
    if not isinstance(value, (Flow, Flows)):
        return None
    elements = value.elements if isinstance(value, Flow) else value.items
    place = (isinstance(value, Flow), id(value.env.module), elements[0].start if elements else 0)
    if place in seen:
        return None
    seen.add(place)
    for element in elements:
        first = _first_pass(b, _looked_at(b, element, value.env, settings), settings, seen)
        if first is not None:
            return first
    return None


def _looked_at(b: Builder, element: Nested, env: Env, settings: Settings) -> Value | None:
    """What an expression stands for, if it can be told without making a node."""
    while isinstance(element, Group):
        element = element.inner
    if isinstance(element, Name):
        return _named(b, element, env, settings)
    if isinstance(element, Call) and isinstance(element.callee, Name):
        callee = _named(b, element.callee, env, settings)
        return evaluate.value(b, element, env, settings) if isinstance(callee, Declared) else None
    if isinstance(element, (Chain, List)):
        return evaluate.value(b, element, env, settings, want=evaluate.FLOW)
    return None


def _named(b: Builder, name: Name, env: Env, settings: Settings) -> Value | None:
    head, *rest = spelling.name_parts(name.text)
    local = env.find(head)
    if isinstance(local, Thunk):
        return None if rest else _looked_at(b, local.expression, local.env, settings)
    if head in ("pipeline", "_") or local is not None:
        return None
    meant, rest = names.declared(env.module, head, rest)
    if meant is None or rest:
        return None
    module, found = meant
    if isinstance(found, Derived) and found.word.text == "let":
        circular = found.name.text in module.circular
        return None if circular else _looked_at(b, found.value, Env(module), settings)
    return declared.value(b, module, found, settings)
