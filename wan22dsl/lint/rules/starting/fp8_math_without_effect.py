"""WAN980: `--fast fp8_matrix_mult` with files that it does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile, with_pipeline
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN980",
    name="fp8-math-without-effect",
    severity=Severity.WARNING,
    summary="`--fast` asks for fp8 arithmetic that scaled files do not use",
    text="`--fast {words}` does not reach `{file}`: it is a scaled file.",
    why=(
        "ComfyUI chooses the arithmetic by the file first: a scaled fp8 file says itself what is computed "
        "in fp8, with the flag and without it."
    ),
    help="Remove {words}.",
    bad=with_pipeline(profile('fast = ["fp8_matrix_mult"]')),
    good=with_pipeline(profile('fast = ["fp16_accumulation"]')),
    source="Comfy-Org/ComfyUI 0.38, comfy/ops.py; logs in ComfyUI#12724 and #14850",
)

_WORDS = ("fp8_matrix_mult", "cublas_ops")


def check(start: Start) -> Iterator[Diagnostic]:
    """The words, where the pipelines of the file load models, and only scaled ones."""
    flag = start.on("--fast")
    words = [word for word in _WORDS if word in start.fast]
    files = [name for work in start.work for name in work.files]
    if flag is None or flag.value is True or not words or not files:
        return
    if all("fp8" in name and "scaled" in name for name in files):
        yield MESSAGE.at(
            place(flag.span, flag.name_span, start.profile.span),
            words=" ".join(words),
            file=files[0],
        )
