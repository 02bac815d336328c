"""WAN979: `--fast` with all of its parts, or with autotune, which changes the allocator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN979",
    name="fast-drops-allocator",
    severity=Severity.WARNING,
    summary="`--fast` with autotune gives up ComfyUI's default allocator",
    text="{what} switches ComfyUI's default allocator off.",
    why=(
        "ComfyUI uses cudaMallocAsync by default on NVIDIA, but not with `autotune`, and `--fast` without "
        "words is fp16_accumulation, fp8_matrix_mult, cublas_ops and autotune."
    ),
    help=(
        "Write `{less}`, the part that people use for Wan, or add `{malloc}` to keep the allocator."
    ),
    bad=profile("fast = true"),
    good=profile('fast = ["fp16_accumulation"]'),
    source="Comfy-Org/ComfyUI 0.38, comfy/cli_args.py and cuda_malloc.py",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flag, unless the profile chooses the allocator itself."""
    flag = start.on("--fast")
    if flag is None or "autotune" not in start.fast or not start.strips_segments:
        return
    if start.is_nvidia is False or start.on("--cuda-malloc", "--disable-cuda-malloc"):
        return
    bare = flag.value is True
    new = '["fp16_accumulation"]'
    yield MESSAGE.at(
        place(flag.span, flag.name_span, start.profile.span),
        fix=in_words(flag.span, "true", new, safe=False) if bare else None,
        what="`--fast` without words" if bare else "`--fast autotune`",
        less=start.spell("--fast", ("fp16_accumulation",)),
        malloc=start.spell("--cuda-malloc"),
    )
