"""WAN518: a number out of range that arrives by link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.graph.model import Link
from wan22dsl.lint.rules.generic.value_out_of_range import NUMBERS, outside
from wan22dsl.lint.rules.wording import between, named, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import Input
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import Slot, View

#: A larger side than that of 4K frames is nothing that people want of a factor.
_MOST_PX = 4096

MESSAGE = Message(
    code="WAN518",
    name="linked-value-out-of-range",
    severity=Severity.WARNING,
    summary="A linked number is outside the range of its input",
    text="`{input}` of {node} gets {value} from {source}; it takes {range}.",
    why=(
        "ComfyUI does not check numbers that arrive through links. Some nodes take them, others fail "
        "or give something else. It is a note where the node is known to take them."
    ),
    help="Use a value of {range}.",
    bad="""\
wan 1

graph demo {
    let factor = PrimitiveFloat(value = 12.0)
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = factor)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let factor = PrimitiveFloat(value = 2.0)
    let start = LoadImage(image = "start.png")
    let large = ImageScaleBy(image = start.IMAGE, upscale_method = "lanczos", scale_by = factor)
    SaveImage(images = large, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs checks the types of links only",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every linked number that is known and out of its range."""
    for slot in view.links:
        input_ = slot.input
        assert input_ is not None
        if input_.type not in NUMBERS:
            continue
        value = view.facts.of(slot.value).value
        record = record_of(slot.node.class_name)
        if _is_seed(slot.name, input_, value) or record.role == "value":
            continue  # what only hands a number on takes any
        if _gives_a_usable_size(view, slot):
            continue
        if isinstance(value, (int, float)) and outside(input_, value):
            source = view.graph.nodes[slot.value.node]
            yield MESSAGE.at(
                slot.span,
                severity=Severity.NOTE if _takes_it(slot, value) else None,
                related=[Label(source.span, "it comes from here")] if source.span else [],
                node=named(slot.node),
                input=slot.name,
                value=number(value),
                source=named(source),
                range=between(input_),
            )


def _takes_it(slot: Slot, value: float) -> bool:
    """Whether a node is known to work with a number beyond the bounds of its field."""
    return value > 0 and slot.name in record_of(slot.node.class_name).unbounded


def _gives_a_usable_size(view: View, slot: Slot) -> bool:
    """Whether a factor, however large, makes a picture of a usual size.

    People round a size by scaling it down to a sixteenth and up again.
    """
    if slot.name != "scale_by":
        return False
    facts = view.facts.of(Link(slot.node.id, 0))
    sides = (facts.width, facts.height)
    return all(side is not None and 0 < side <= _MOST_PX for side in sides)


def _is_seed(name: str, input_: Input, value: object) -> bool:
    """Whether a number is taken for a seed as it is: PyTorch counts a negative one from 2^64 down.

    An input that takes every number of 64 bits only makes the node run again when it changes.
    """
    takes_all = input_.maximum is not None and input_.maximum >= 2**63 - 1
    if not (takes_all or name in {"seed", "noise_seed"}) or not isinstance(value, int):
        return False
    return not isinstance(value, bool) and -(2**63) <= value < 2**64
