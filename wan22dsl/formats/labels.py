"""What people who look at ComfyUI JSON call a node, and names that fit on one line of a picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Control characters, line ends of Unicode, halves of characters, and the two that are none (XML 1.0, Char).
_NOT_SHOWN = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"


def one_line(text: str) -> str:
    """The text on one line; a line end is a space, and a control character its picture (U+2400 and on)."""
    return re.sub(_NOT_SHOWN, _picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if found.group() in "\t\n\r\x85\u2028\u2029":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


#: Longer titles are cut off.
_LONGEST = 40


def label(id: str, title: str, class_name: str) -> str:
    """A node by its id and title, `#57 "low pass"`; else by its class, `#57 (KSampler)`."""
    words = " ".join(title.split())
    if words in ("", id, class_name):
        return f"#{id} ({class_name})"
    return f'#{id} "{words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"}"'


#: Of more nodes than this the rest is counted.
_MOST_NAMED = 12


def of_one_class(labels: Sequence[str], class_name: str) -> str:
    """Several nodes of one class by their labels, and the class once: `#1, #2 "low" and #3 (KSampler)`."""
    if len(labels) == 1:
        return labels[0]
    names = [label.removesuffix(f" ({class_name})") for label in labels]
    shown, rest = names[:_MOST_NAMED], len(names) - _MOST_NAMED
    last = f"{rest} more" if rest > 0 else shown.pop()
    return f"{', '.join(shown)} and {last} ({class_name})"
