"""Where the value of an expression was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Group, Name

if TYPE_CHECKING:
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span


def origin(expression: Nested, env: Env, settings: Settings) -> Span:
    """Where the value of an expression was written: behind a parameter, its argument; else itself."""
    while True:
        while isinstance(expression, Group):
            expression = expression.inner
        if not isinstance(expression, Name):
            return env.span(expression)
        head, *rest = spelling.name_parts(expression.text)
        if head == "pipeline" and rest:
            written = settings.written(rest[0])
            if written is not None:
                return written[0].env.span(written[0].value)
        found = env.origin(head)
        if found is None:
            return env.span(expression)
        expression, env, settings = found
