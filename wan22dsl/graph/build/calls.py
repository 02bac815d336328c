"""Calls: of stages, of declared blocks (to copy them), and of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import copies, evaluate, nodes, stages
from wan22dsl.graph.build.values import Declared, Open, StageName, describe
from wan22dsl.program.values import BROKEN, Broken, Type
from wan22dsl.syntax.tree import Call, ClassName

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value


def call(
    b: Builder,
    node: Call,
    env: Env,
    settings: Settings,
    *,
    want: Type | None = None,
    at: str = "",
) -> Value:
    """What a call stands for."""
    if isinstance(node.callee, ClassName):
        return nodes.plain_node(b, node, env, settings, at=at)
    callee = evaluate.named(b, node.callee, env, settings)
    if isinstance(callee, StageName):
        if stages.waits(callee.stage, node) or want == evaluate.FLOW:
            return Open(node, callee, env)
        return stages.call_stage(b, callee, node.arguments, None, env, settings, node, at=at)
    if isinstance(callee, Declared):
        return copies.copied(b, callee, node, env)
    if isinstance(callee, Broken):
        return BROKEN
    mend = f"Write `{node.callee.text}` without parentheses."
    b.say(messages.NOT_CALLABLE, env.span(node.callee), what=describe(callee), mend=mend)
    return BROKEN
