"""WAN969: a variable that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN969",
    name="dead-variable",
    severity=Severity.WARNING,
    summary="Neither ComfyUI nor torch reads a variable",
    text="{reader} `{name}`: it has no effect.",
    why="A setting without effect hides that what it promises is not switched on.",
    help="{help}",
    bad=profile(env="TORCH_COMPILE = 1"),
    good=profile(env='TORCH_LOGS = "recompiles"'),
    source=(
        "torch 2.14.1: the names are in none of its Python files and libraries, nor in ComfyUI 0.3.64; "
        "huggingface_hub#4219"
    ),
)

_COMPILE = "Remove it. To compile a model, use the node TorchCompileModel, or one of a node pack."
_ATTENTION = "Remove it. To choose an attention, add a flag such as `--use-sage-attention`."
_NEITHER = "Neither ComfyUI nor torch reads"

#: By the variable: who does not read it, and what to do.
_DEAD = {
    "TORCH_COMPILE": (_NEITHER, _COMPILE),
    "TORCH_COMPILE_MODE": (_NEITHER, _COMPILE),
    "DISABLE_TORCH_COMPILE": (_NEITHER, "Set `TORCHDYNAMO_DISABLE` to 1, which torch reads."),
    "PYTORCH_SDP_KERNEL": (_NEITHER, _ATTENTION),
    "TORCH_SDPA_BACKEND": (_NEITHER, _ATTENTION),
    "PYTORCH_ALLOW_TF32": (_NEITHER, "Remove it."),
    "HF_HUB_ENABLE_HF_TRANSFER": (
        "huggingface_hub 1.0 and newer ignores",
        "Set `HF_XET_HIGH_PERFORMANCE` to 1, which it reads.",
    ),
}


def check(start: Start) -> Iterator[Diagnostic]:
    """Every variable that nothing reads."""
    for variable in start.profile.environment:
        dead = _DEAD.get(variable.name)
        if dead is not None:
            reader, help = dead
            span = place(variable.name_span, variable.span, start.profile.span)
            yield MESSAGE.at(
                span, fix=without(variable), name=variable.name, reader=reader, help=help
            )
