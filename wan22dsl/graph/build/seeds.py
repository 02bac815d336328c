"""Seeds that other programs draw: `-1` and `"random"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph import messages
from wan22dsl.program.suggestions import seed_parameter
from wan22dsl.program.synonyms import RANDOM
from wan22dsl.program.values import BROKEN, Constant, spell
from wan22dsl.syntax.tree import Number, Text

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.syntax.operators import Nested


def refused(b: Builder, value: Constant, node: Nested, env: Env) -> Value:
    """The value, or BROKEN with a finding, where it asks for a random seed."""
    if value.type == "text" and value.data.strip().lower() not in RANDOM:
        return value
    span, fix = env.span(node), None
    if isinstance(node, (Number, Text)):
        place = seed_parameter(env.module, node.start)
        if place is not None:
            edits = (
                Edit(env.module.span(place, place), "param seed: int = 0\n\n"),
                Edit(span, "seed"),
            )
            fix = Fix("write `param seed: int = 0`, and `seed` here", edits, safe=False)
    b.say(messages.RANDOM_SEED, span, found=spell(value), fix=fix)
    return BROKEN
