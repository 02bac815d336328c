"""Looks at flows without running them: which pass comes first, and which family that makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import assets, evaluate
from wan22dsl.graph.build.values import Declared, Flow, Flows, StageName, Thunk
from wan22dsl.program.values import Type
from wan22dsl.syntax.tree import Call, Chain, ClassName, Group, List, Name

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.syntax.operators import Nested

_FLOW = Type("flow")


def family_of(b: Builder, block: Declared, settings: Settings) -> Declared | None:
    """The family of a pipeline: the one that is set, else that of the first pass in its flow."""
    if "family" in block.settings:
        found = settings.get("family", Type("family"))
        return found if isinstance(found, Declared) else None
    flow = block.settings.get("flow")
    if flow is None:
        return None
    first = first_pass(b, _looked_at(b, flow.value, flow.env, settings), settings)
    if first is None:
        return None
    model = first.settings.get("model") or block.settings.get("model")
    if model is None:
        return None
    found = _looked_at(b, model.value, model.env, settings)
    if isinstance(found, Flow):
        found = model_of(b, found, settings)
    return assets.family(b, found, settings) if isinstance(found, Declared) else None


def model_of(b: Builder, flow: Flow, settings: Settings) -> Value | None:
    """The model that a flow begins with, as in `my_high -> sage()`."""
    found: Value | None = flow
    while isinstance(found, Flow):
        found = _looked_at(b, found.elements[0], found.env, settings)
    return found


def first_pass(b: Builder, value: Value | None, settings: Settings) -> Declared | None:
    """The first pass that a flow runs."""
    if isinstance(value, Declared):
        return value if value.kind == "pass" else None
    if not isinstance(value, (Flow, Flows)):
        return None
    elements = value.elements if isinstance(value, Flow) else value.items
    for element in elements:
        first = first_pass(b, _looked_at(b, element, value.env, settings), settings)
        if first is not None:
            return first
    return None


def _looked_at(b: Builder, element: Nested, env: Env, settings: Settings) -> Value | None:
    """What an expression stands for, if it can be told without making a node."""
    while isinstance(element, Group):
        element = element.inner
    if isinstance(element, Name):
        head, _, member = element.text.partition(".")
        local = env.find(head)
        if isinstance(local, Thunk):
            return None if member else _looked_at(b, local.expression, local.env, settings)
        if head in ("pipeline", "_") or local is not None:
            return None
        return evaluate.named(b, element, env, settings)
    if isinstance(element, Call):
        if isinstance(element.callee, ClassName):
            return None
        callee = _looked_at(b, element.callee, env, settings)
        if not isinstance(callee, Declared):
            return None
        return evaluate.value(b, element, env, settings)
    if isinstance(element, (Chain, List)):
        return evaluate.value(b, element, env, settings, want=_FLOW)
    if isinstance(element, StageName):
        return element
    return None
