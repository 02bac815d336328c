"""WAN661: a LoRA that is asked for in the words of a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.rules.example import small
from wan22dsl.rules.experts.wording import place
from wan22dsl.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.rules.view import View

_RAIN = "A street in the rain"

MESSAGE = Message(
    code="WAN661",
    name="lora-in-prompt",
    severity=Severity.WARNING,
    summary="A prompt has a LoRA tag that ComfyUI does not read",
    text="The text of {node} asks for a LoRA, {tag}: {class_name} loads none, and reads this as words.",
    why="The spelling is that of other programs. ComfyUI puts LoRAs on a model by a node, and Wan 2.2 has "
    "two models, so it could not even say on which. The video is made without it.",
    mend="Put the LoRA on the model of the pass that it is for (LoraLoaderModelOnly; `loras = […]` in the "
    "language), and take it out of the prompt.",
    bad=small((_RAIN, f"{_RAIN} <lora:wan22_rain_5b:0.8>")),
    good=small(),
    source="Comfy-Org/ComfyUI, nodes.py, CLIPTextEncode, and comfy/sd1_clip.py: only `embedding:` is read",
)

_BEGIN, _LONGEST = "<lora:", 200

#: The node whose text goes to the text encoder as it is. Packs have nodes of their own that read such tags.
_ENCODER = "CLIPTextEncode"


def check(view: View) -> Iterator[Diagnostic]:
    """Every prompt with such a word in it."""
    for node in view.needed:
        text = view.value(node, "text") if node.class_name == _ENCODER else None
        tag = _tag(text) if isinstance(text, str) else None
        if tag is not None:
            yield MESSAGE.at(
                place(node, "text"), node=named(node), tag=shown(tag), class_name=_ENCODER
            )


def _tag(text: str) -> str | None:
    """The first such word of a text."""
    start = text.lower().find(_BEGIN)
    end = text.find(">", start, start + _LONGEST) if start >= 0 else -1
    return text[start : end + 1] if end >= 0 else None
