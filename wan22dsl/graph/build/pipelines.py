"""Pipelines: their settings, the family of their first pass, their flow and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import evaluate, flows
from wan22dsl.graph.build.peeking import family_of
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env, Thunk
from wan22dsl.graph.build.work import OF_A_PASS
from wan22dsl.program.values import BROKEN, Nothing

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Value
    from wan22dsl.syntax.operators import Nested


def result(b: Builder, block: Declared, settings: Settings, node: Nested, env: Env) -> Value:
    """What a pipeline gives where another one uses it; built once, its ids begin with its name."""
    kept = b.results.get(id(block))
    if kept is not None:
        return kept[1]
    b.results[id(block)] = (block, BROKEN)  # for a pipeline that comes back to itself
    made = build(b, block, f"{settings.prefix}{block.name}.")
    b.results[id(block)] = (block, made)
    return made


def build(b: Builder, block: Declared, prefix: str = "") -> Value:
    """Builds the nodes of a pipeline; gives what its flow gives."""
    b.work.spend(OF_A_PASS)
    settings = Settings(b, (block,), prefix=prefix)
    settings.family = family_of(b, block, settings)
    flow = settings.get("flow", evaluate.FLOW)
    with b.within(prefix, ""):
        if isinstance(flow, Nothing):
            _no_flow(b, block)
            given: Value = BROKEN
        else:
            written = block.settings["flow"]
            given = flows.give(b, flow, written.value, written.env, settings)
        for local in block.env.local.values():
            if isinstance(local, Thunk):
                evaluate.force(b, local, settings)
    b.pipelines.append((block, settings))
    return given


def _no_flow(b: Builder, block: Declared) -> None:
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
