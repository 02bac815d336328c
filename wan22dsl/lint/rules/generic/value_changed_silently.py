"""WAN507: a constant that ComfyUI turns into something else silently."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.generic.values import READ, Fate, read
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from wan22dsl.diagnostics import Diagnostic, Fix
    from wan22dsl.lint.rules.view import Slot, View

MESSAGE = Message(
    code="WAN507",
    name="value-changed-silently",
    severity=Severity.ERROR,
    summary="ComfyUI silently reads a value as another one",
    text="`{input}` of {node} is {value}, which ComfyUI reads as {read}.",
    why=(
        "ComfyUI silently converts constants to the type of the input: 4.7 becomes 4, and the "
        'string "false" becomes true, since it is not empty. It is a note where only the '
        "notation changes, and for classes of packs where the value is of another kind: another "
        "version of the pack may have had other inputs there."
    ),
    help="Write {help}.",
    bad="""\
wan 1

graph demo {
    let blank = EmptyImage(width = 64.5, height = 64, batch_size = 1, color = 0)
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
    source="Comfy-Org/ComfyUI, execution.py, validate_inputs: int(), float(), str(), bool()",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every constant that is read as something else."""
    for slot in view.constants:
        input_ = slot.input
        assert input_ is not None
        if input_.type not in READ or input_.force_input:
            continue
        fate, value = read(input_.type, slot.value)
        if fate is Fate.CHANGED or fate is Fate.SAME:
            yield _finding(slot, fate, value)


def _finding(slot: Slot, fate: Fate, value: Any) -> Diagnostic:
    meant = _meant(slot.value)
    return MESSAGE.at(
        slot.span,
        severity=Severity.NOTE if fate is Fate.SAME else _severity(slot),
        fix=_fix(slot, value) if fate is Fate.SAME else None,
        node=named(slot.node),
        input=slot.name,
        value=shown(slot.value),
        read=shown(value),
        help=shown(value) if meant is None else meant,
    )


def _severity(slot: Slot) -> Severity:
    """Of packs the version that was installed is not known: it may have read the value as it is."""
    if slot.node_class.pack is None:
        return Severity.ERROR
    assert slot.input is not None
    is_switch = slot.input.type == "BOOLEAN" or isinstance(slot.value, bool)
    return Severity.NOTE if is_switch or slot.value is None else Severity.WARNING


def _meant(value: Any) -> str | None:
    """What was probably meant, where that is not what ComfyUI reads."""
    if isinstance(value, str) and value.strip().lower() in {"false", "no", "off"}:
        return "false"
    if isinstance(value, float) and isfinite(value):
        return f"{int(value)} or {int(value) + 1}"
    return None


def _fix(slot: Slot, value: Any) -> Fix | None:
    return in_place(slot.node.spans.get(slot.name), shown(slot.value), shown(value), safe=True)
