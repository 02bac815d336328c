"""WAN608: Wan's text encoder, loaded as that of another model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import written
from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import SMALL, small
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN608",
    name="text-encoder-type",
    severity=Severity.ERROR,
    summary="The text encoder of Wan is loaded as another type",
    text='{node} loads {file} with the type {type}; it needs the type "wan".',
    why=(
        "The type selects how the file is read. With any other type the shapes do not fit, and "
        "loading fails when the prompt runs."
    ),
    help='Write `type = "wan"`.',
    bad=small(('type = "wan"', 'type = "stable_diffusion"')),
    good=SMALL,
    source="Comfy-Org/ComfyUI, comfy/sd.py, CLIPType; run",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every loader of a UMT5 XXL file whose type is known and not Wan's."""
    for node in view.needed:
        if not node.class_name.startswith(written.TEXT_ENCODER_LOADER):
            continue
        file, kind = view.value(node, "clip_name"), view.value(node, "type")
        if not isinstance(file, str) or not isinstance(kind, str) or kind == "wan":
            continue
        if "umt5_xxl" in file.lower().replace("-", "_"):
            span = place(node, "type")
            yield MESSAGE.at(
                span,
                fix=in_place(span, shown(kind), '"wan"', safe=True),
                node=named(node),
                file=f'"{file}"',
                type=shown(kind),
            )
