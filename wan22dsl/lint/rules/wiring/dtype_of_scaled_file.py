"""WAN655: a weight dtype for a file whose weights have theirs already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import place
from wan22dsl.lint.rules.fixes import in_place
from wan22dsl.lint.rules.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN655",
    name="dtype-of-scaled-file",
    severity=Severity.NOTE,
    summary="A scaled fp8 file is loaded with another weight dtype",
    text=(
        "{node} loads {file} as {dtype}: its scaled fp8 weights stay as they are, and the "
        "weights of higher precision are reduced."
    ),
    why=(
        "A `scaled` file stores a scale for each weight, and ComfyUI keeps these weights as they "
        "are. The dtype applies to the rest: norms, biases and embeddings, which lose precision "
        "and save next to no memory."
    ),
    help='Write `weight_dtype = "default"`, as in the official templates.',
    bad=portrait(
        'wan22.high(model = coarse) -> wan22.low -> save("demo")',
        'model coarse = wan22.i2v_high(dtype = "fp8_e5m2")',
    ),
    good=portrait('wan22.high -> wan22.low -> save("demo")'),
    source="Comfy-Org/ComfyUI, nodes.py, UNETLoader; comfy/ops.py, scaled_fp8_ops: override_dtype",
)

#: `fp8_e4m3fn_fast` asks for faster arithmetic as well, which scaled files are used with.
_DTYPES = frozenset({"fp8_e4m3fn", "fp8_e5m2"})


def check(view: View) -> Iterator[Diagnostic]:
    """Every loader of such a file with such a dtype."""
    for node in view.needed:
        dtype = view.value(node, "weight_dtype")
        if not isinstance(dtype, str) or dtype not in _DTYPES:
            continue
        file = view.value(node, "unet_name")
        if isinstance(file, str) and "scaled" in file.lower():
            span = place(node, "weight_dtype")
            yield MESSAGE.at(
                span,
                fix=in_place(span, shown(dtype), '"default"'),
                node=named(node),
                file=shown(file),
                dtype=shown(dtype),
            )
