"""How nodes, values and numbers are called in the messages of the rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.graph.model import Node

#: Longer values are cut off in a message.
_LONGEST = 60


def named(node: Node) -> str:
    """A node: `` `high.sampler` (KSamplerAdvanced) ``, and in JSON `#57 "low pass"`."""
    if node.label:
        return node.label
    if node.id == node.class_name:
        return f"`{node.id}`"
    return f"`{node.id}` ({node.class_name})"


def shown(value: Any) -> str:
    """A value as it is in a text, cut off where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def number(value: float) -> str:
    """A number without needless digits: 16, 0.9, 23.976; whole ones up to 64 bits are not rounded."""
    if isinstance(value, int) and abs(value) < 2**65:
        return str(value)
    if not abs(value) < 1e15:
        return f"{value:.6g}"
    return f"{value:.6g}" if value != int(value) else str(int(value))


def between(input_: Input) -> str:
    """The range of an input."""
    if input_.minimum is None:
        return f"at most {number(input_.maximum or 0)}"
    if input_.maximum is None:
        return f"at least {number(input_.minimum)}"
    return f"{number(input_.minimum)} to {number(input_.maximum)}"


def several(words: Iterable[str], last: str = "and") -> str:
    """Words in a row: `a`, `b` and `c`."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f" {last} ".join([", ".join(listed[:-1]), listed[-1]])


def counted(count: int, thing: str) -> str:
    """A number of things: 1 step, 2 steps."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
