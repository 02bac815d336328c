"""WAN506: a constant that ComfyUI cannot read as the type of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.generic.packs import severity
from wan22dsl.lint.rules.generic.values import KINDS, READ, Fate, read
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN506",
    name="wrong-value-type",
    severity=Severity.ERROR,
    summary="A value cannot be converted to the type of its input",
    text="`{input}` of {node} is {value}; it takes {wanted}.",
    why=(
        "ComfyUI rejects a value that it cannot convert to the type of the input. It is a warning for "
        "classes of packs, whose other versions may take it, and a note for an empty string there."
    ),
    help="Write {wanted}.",
    bad="""\
wan 1

graph demo {
    let blank = EmptyImage(width = "wide", height = 64, batch_size = 1, color = 0)
    SaveImage(images = blank, filename_prefix = "demo")
}
""",
    good="""\
wan 1

graph demo {
    let blank = EmptyImage(width = 64, height = 64, batch_size = 1, color = 0)
    SaveImage(images = blank, filename_prefix = "demo")
}
""",
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: invalid_input_type",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every constant of a type that cannot be read."""
    for slot in view.constants:
        input_ = slot.input
        assert input_ is not None
        if input_.force_input:
            continue
        if input_.type == "COMBO":
            unknown = input_.options is None and not isinstance(slot.value, (str, list))
            wanted = "text" if unknown else None
        else:
            wanted = _wanted(input_.type, slot.value)
        if wanted is not None:
            yield MESSAGE.at(
                slot.span,
                severity=_severity(view, slot),
                node=named(slot.node),
                input=slot.name,
                value=shown(slot.value),
                wanted=wanted,
            )


def _severity(view: View, slot: Slot) -> Severity:
    """Scripts of packs leave an empty text where a field is not set."""
    how_bad = severity(view, slot.node_class)
    return Severity.NOTE if how_bad is Severity.WARNING and slot.value == "" else how_bad


def _wanted(kind: str, value: Any) -> str | None:
    """What the input takes, when the value is not that."""
    if kind in READ:
        return KINDS[kind] if read(kind, value)[0] is Fate.REFUSED else None
    if "," in kind:
        kinds = [item.strip() for item in kind.split(",")]
        if all(name in READ for name in kinds) and all(
            read(name, value)[0] is not Fate.TAKEN for name in kinds
        ):
            return " or ".join(KINDS[name] for name in kinds)
    return None
