"""Nodes that make one text of others, and numbers of texts.

ComfyUI: comfy_extras/nodes_string.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes.arithmetic import result_of
from wan22dsl.comfyui.nodes.facts import NOTHING_KNOWN, Facts
from wan22dsl.comfyui.nodes.record import COMFYUI, NodeRecord, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

#: Longer texts are not made: what doubles a text may be there a thousand times.
_LONGEST = 1_000_000


def text_of(
    class_name: str,
    texts: tuple[str, ...],
    function: Callable[..., Any],
    numbers: tuple[str, ...] = (),
) -> NodeRecord:
    """A class that gives a function of some texts, and of some whole numbers behind them."""

    def facts(reading: Reading) -> Facts:
        written = [reading.value(name) for name in texts]
        counted = [reading.whole(name) for name in numbers]
        known = all(isinstance(each, str) for each in written) and None not in counted
        if reading.slot != 0 or not known or sum(map(len, written)) > _LONGEST:
            return NOTHING_KNOWN
        return result_of(lambda: function(*written, *counted))

    return NodeRecord(class_name, COMFYUI, role="value", facts=facts)


def _cased(text: str, mode: str) -> str:
    cases = {"UPPERCASE": str.upper, "lowercase": str.lower, "Capitalize": str.capitalize}
    return {**cases, "Title Case": str.title}.get(mode, str)(text)


def _trimmed(text: str, mode: str) -> str:
    return {"Both": str.strip, "Left": str.lstrip, "Right": str.rstrip}.get(mode, str)(text)


def _replaced(text: str, find: str, replace: str) -> str | None:
    """The text with a part replaced; None where it would grow too long."""
    found = len(text) + max(0, text.count(find)) * len(replace)
    return text.replace(find, replace) if found <= _LONGEST else None


RECORDS: tuple[NodeRecord, ...] = (
    text_of(
        "StringConcatenate", ("string_a", "string_b", "delimiter"), lambda a, b, by: by.join((a, b))
    ),
    text_of(
        "StringSubstring",
        ("string",),
        lambda text, start, end: text[start:end],
        ("start", "end"),
    ),
    text_of("StringLength", ("string",), len),
    text_of("CaseConverter", ("string", "mode"), _cased),
    text_of("StringTrim", ("string", "mode"), _trimmed),
    text_of("StringReplace", ("string", "find", "replace"), _replaced),
)
