"""WAN504: a number below the minimum or above the maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.generic.packs import severity
from wan22dsl.lint.rules.generic.values import read
from wan22dsl.lint.rules.wording import between, named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN504",
    name="value-out-of-range",
    severity=Severity.ERROR,
    summary="A number is outside the range of its input",
    text="`{input}` of {node} is {value}; it takes {range}.",
    why="ComfyUI rejects numbers outside the range of an input.",
    help="Write a value of {range}.",
    bad="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 12.0)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = 2.0)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: value_smaller_than_min, "
    "value_bigger_than_max",
)

NUMBERS = frozenset({"INT", "FLOAT"})


def outside(input_: Input, value: float) -> bool:
    """Whether a number is out of the range of an input."""
    return (input_.minimum is not None and value < input_.minimum) or (
        input_.maximum is not None and value > input_.maximum
    )


def check(view: View) -> Iterator[Diagnostic]:
    """Every constant out of its range."""
    for slot in view.constants:
        input_ = slot.input
        assert input_ is not None
        if input_.type not in NUMBERS or input_.unchecked:
            continue
        value = slot.value if type(slot.value) in {int, float} else read(input_.type, slot.value)[1]
        if value is not None and abs(value) != float("inf") and outside(input_, value):
            yield MESSAGE.at(
                slot.span,
                severity=severity(view, slot.node_class),
                node=named(slot.node),
                input=slot.name,
                value=shown(slot.value),
                range=between(input_),
            )
