"""The text of a prompt as the editor sends it: without comments, and without the braces of choices.

That is for a text in its own widget; one that comes from an instance of a subgraph is sent as it is.

Source: Comfy-Org/ComfyUI_frontend, processDynamicPrompt.
"""

from __future__ import annotations

import re
from typing import Any

#: Classes whose texts are prompts.
_PROMPTS = ("CLIPTextEncode", "TextEncode")

_COMMENTS = re.compile(r"/\*[\s\S]*?\*/|//.*")


def as_sent(class_name: str, value: Any) -> Any:
    """A value of a widget as it is sent; only texts of prompts change.

    A choice `{a|b}` is made anew for each run, so a text with one keeps its braces.
    """
    if not class_name.startswith(_PROMPTS):
        return value
    if not isinstance(value, str):
        return value
    if "//" in value or "/*" in value:
        value = _COMMENTS.sub("", value)
    if "|" in value or not ("{" in value or "\\" in value):
        return value
    return re.sub(r"\\([{}|])", r"\1", _without_braces(value))


def _without_braces(text: str) -> str:
    """The text without braces that open and close; `\\{` is none, and a `}` too many stays."""
    kept, depth, escaped = [], 0, False
    for letter in text:
        if not escaped and (letter == "{" or (letter == "}" and depth)):
            depth += 1 if letter == "{" else -1
            continue
        kept.append(letter)
        escaped = letter == "\\" and not escaped
    return "".join(kept)
