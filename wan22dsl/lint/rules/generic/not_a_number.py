"""WAN508: NaN or infinity, which JSON does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import PROMPT, changed
from wan22dsl.lint.rules.wording import named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN508",
    name="not-a-number",
    severity=Severity.ERROR,
    summary="An input is infinite or not a number",
    text="`{input}` of {node} is {value}.",
    why=(
        "JSON has no such number. ComfyUI accepts it and skips every check, and the frames are "
        "black or broken."
    ),
    help="Write a number.",
    bad=changed(PROMPT, ('"scale_by": 2.0', '"scale_by": NaN')),
    good=PROMPT,
    source="Comfy-Org/ComfyUI, execution.py: NaN passes the checks for minimum and maximum",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every such number, however deep it is in a value."""
    for node in view.needed:
        for name, value in node.inputs.items():
            kind = type(value)
            if kind is float or kind is list or kind is dict:
                bad = _bad(value)
                if bad is not None:
                    span = node.spans.get(name, node.span)
                    yield MESSAGE.at(span, node=named(node), input=name, value=bad)


def _bad(value: Any) -> str | None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, float) and not abs(item) < float("inf"):
            return "infinite" if item == item else "not a number (NaN)"
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
    return None
