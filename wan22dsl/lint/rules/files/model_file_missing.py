"""WAN671: a model file that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.files.slots import named_files
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN671",
    name="model-file-missing",
    severity=Severity.ERROR,
    summary="A model file is not in the models folder",
    text="{node} loads {file}, which is not in {where}.",
    why="ComfyUI refuses the whole prompt before it runs anything of it.",
    help="{help}",
    bad=portrait(
        'wan22.high -> wan22.low -> save("demo")',
        'vae own { file = "wan/wan_2.1_vae.safetensors" }',
        more="vae    = own",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, execution.py: a value that is not in the list is refused",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every file that a node names and that is in none of the folders for it."""
    models = view.models
    if models is None:
        return
    for found in named_files(view):
        if found.looked is None:
            near = models.near(found.folder, found.file)
            advice = "`wan models fetch` gets published files; `wan models list` shows where from."
            yield MESSAGE.at(
                found.slot.span,
                node=named(found.slot.node),
                file=shown(found.file),
                where=models.where(found.folder),
                help=f"Write {shown(near)}, which is there." if near else advice,
            )
