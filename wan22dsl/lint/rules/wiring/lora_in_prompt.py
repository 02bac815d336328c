"""WAN661: a LoRA that is asked for in the words of a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Edit, Fix, Message, Severity
from wan22dsl.lint.rules.example import small
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.wording import named, shown
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.lint.rules.view import View

_RAIN = "A street in the rain"

MESSAGE = Message(
    code="WAN661",
    name="lora-in-prompt",
    severity=Severity.WARNING,
    summary="A prompt has a LoRA tag that ComfyUI does not read",
    text="The prompt of {node} has the LoRA tag {tag}, which ComfyUI reads as words.",
    why=(
        "The notation belongs to other programs. ComfyUI applies LoRAs with nodes, and Wan 2.2 "
        "has two models, so a tag would be ambiguous. The video is made without the LoRA."
    ),
    help="{help}",
    bad=small((_RAIN, f"{_RAIN} <lora:wan22_rain_5b:0.8>")),
    good=small(),
    source="Comfy-Org/ComfyUI, nodes.py, CLIPTextEncode, and comfy/sd1_clip.py: only `embedding:` is read",
)

_BEGIN, _LONGEST = "<lora:", 200


_TAG = re.compile(r"<lora:([^<>:\n\"]+)(?::(-?[\d.]+))?[^<>\n\"]*>", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PROMPT = re.compile(r"(?m)^([ \t]+)prompt[ \t]*=[ \t]*$")


def check(view: View) -> Iterator[Diagnostic]:
    """Every prompt with such a word in it."""
    for node in view.needed:
        text = _prompt(view, node)
        tag = _tag(text) if isinstance(text, str) else None
        if tag is not None:
            span = place(node, "text")
            help, fix = _meant(span, tag)
            yield MESSAGE.at(span, node=named(node), tag=shown(tag), help=help, fix=fix)


def _prompt(view: View, node: Node) -> object:
    """A text that goes to the text encoder as it is. Packs have nodes of their own that read such tags."""
    return view.value(node, "text") if record_of(node.class_name).role == "text" else None


def _tag(text: str) -> str | None:
    """The first such word of a text."""
    start = text.lower().find(_BEGIN)
    end = text.find(">", start, start + _LONGEST) if start >= 0 else -1
    return text[start : end + 1] if end >= 0 else None


def _meant(span: Span | None, tag: str) -> tuple[str, Fix | None]:
    """What to do, and a fix where the file declares the LoRA."""
    if span is None or span.source.text.lstrip()[:1] == "{":
        return "Load the LoRA with LoraLoaderModelOnly, and remove the tag from the prompt.", None
    tags = list(_TAG.finditer(span.text)) or list(_TAG.finditer(tag))
    if not tags:
        return "Write `add_loras = [name(strength = 0.8)]` in the pipeline instead.", None
    names = [_name(found[1]) for found in tags]
    calls = [_call(name, item[2]) for name, item in zip(names, tags)]
    lines = [_declared(span.source.text, name) for name in names]
    added = f"add_loras = [{', '.join(calls)}]"
    missing = next((name for name, line in zip(names, lines) if line is None), None)
    if missing is not None:
        file = tags[names.index(missing)][1].strip()
        declared = f'lora {missing} {{ file = "{file}.safetensors" }}'
        return f"Declare `{declared}`, and write `{added}` in the pipeline instead.", None
    if any("noise" in (line or "") for line in lines):
        return f"Write `{added}` in the intended pass instead.", None
    return f"Write `{added}` in the pipeline instead.", _fix(span, added)


def _name(written: str) -> str:
    name = re.sub(r"[^a-z0-9_]+", "_", written.strip().lower()).strip("_")
    return name if name[:1].isalpha() else f"lora_{name}"


def _call(name: str, strength: str | None) -> str:
    is_number = strength is not None and _NUMBER.fullmatch(strength) is not None
    return f"{name}(strength = {strength})" if is_number else name


def _declared(text: str, name: str) -> str | None:
    """The declaration of a LoRA, as far as its own braces; None where the file has none."""
    found = re.search(rf"(?m)^lora[ \t]+{re.escape(name)}\b[^}}]*", text)
    return found[0] if found is not None else None


def _fix(span: Span, added: str) -> Fix | None:
    """The tags out of the prompt, and the LoRAs on the line below it."""
    text = span.source.text
    line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    key = _PROMPT.fullmatch(line)
    block = re.search(r"(?m)^\}", text[span.end :])
    inside = text[text.rfind("\n}", 0, span.start) + 1 : span.end + (block.start() if block else 0)]
    behind = text[span.end :].split("\n", 1)[0].strip()
    if key is None or behind not in ("", ",") or re.search(r"\badd_loras\b", inside):
        return None
    clean = re.sub(rf"(?:,?[ \t]*{_TAG.pattern})+", "", span.text, flags=re.IGNORECASE)
    clean = re.sub(r'^("+)[,\s]+', r"\1", clean) if "\n" not in clean else clean
    at = Span(span.source, span.end, span.end)
    edits = (Edit(span, clean), Edit(at, f"\n{key[1]}{added}"))
    return Fix(f"Write `{added}`", edits, safe=False)
