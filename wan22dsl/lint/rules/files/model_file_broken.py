"""WAN672: a model file that is truncated or damaged."""

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
    code="WAN672",
    name="model-file-broken",
    severity=Severity.ERROR,
    summary="A model file is truncated or damaged",
    text="{node} loads {file}, which {problem}.",
    why=(
        "The header of a model file gives the place of every tensor. Where it does not fit the "
        "file, loading fails, after everything before it was loaded."
    ),
    help="Download it again: `wan models fetch` gets published files and verifies them.",
    bad=portrait(
        'wan22.high -> low -> save("demo")',
        """\
model half = wan22.i2v_low(file = "my_low_noise.safetensors")
pass low = wan22.low(model = half)""",
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="huggingface/safetensors, README: the header, and weights without a gap",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every file whose header is wrong, or does not fit its length."""
    for found in named_files(view):
        if found.looked is not None and found.looked.is_broken:
            yield MESSAGE.at(
                found.slot.span,
                node=named(found.slot.node),
                file=shown(found.file),
                problem=found.looked.problem,
            )
