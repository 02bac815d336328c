"""WAN970: settings of the allocator that ComfyUI removes or that its allocator ignores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.allocator import NATIVE_ONLY, SEGMENTS, is_broken, settings
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words, without
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN970",
    name="allocator-setting-ignored",
    severity=Severity.WARNING,
    summary="A setting of the allocator has no effect in ComfyUI",
    text="{settings} in `PYTORCH_CUDA_ALLOC_CONF` {has} no effect: {reason}.",
    why=(
        "ComfyUI uses cudaMallocAsync by default on NVIDIA, and that allocator has neither segments that "
        "expand nor sizes to split at."
    ),
    help="{help}",
    bad=profile(env='PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb:512,expandable_segments:True"'),
    good=profile(
        "disable_cuda_malloc = true", env='PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb:512"'
    ),
    source=(
        "Comfy-Org/ComfyUI 0.38, cuda_malloc.py; PyTorch's notes on CUDA: max_split_size_mb and others are "
        "ignored by backend:cudaMallocAsync"
    ),
)


def check(start: Start) -> Iterator[Diagnostic]:
    """All such settings of the list, in one finding."""
    found = settings(start)
    if found is None:
        return
    variable, parts = found
    if is_broken(start, parts):
        return
    removed = [part for part in parts if part == SEGMENTS] if start.strips_segments else []
    ignored = [
        part
        for part in parts
        if start.uses_cuda_malloc and part.partition(":")[0].strip() in NATIVE_ONLY
    ]
    dead = [part for part in parts if part in removed or part in ignored]
    if not dead:
        return
    them = "it" if len(dead) == 1 else "them"
    reasons = [f"ComfyUI removes {them}" if removed else f"cudaMallocAsync ignores {them}"]
    if removed and ignored:
        reasons = [f"ComfyUI removes `{SEGMENTS}`", "cudaMallocAsync ignores the rest"]
    left = [part for part in parts if part and part not in dead]
    help = f"Write `{','.join(left)}`." if left else "Remove the variable."
    if ignored and start.profile.flag("--disable-cuda-malloc") is None:
        help += " With `--disable-cuda-malloc` torch's own allocator reads the settings" + (
            f", but not `{SEGMENTS}`." if removed else "."
        )
    new = ",".join(left)
    fix = (
        in_words(variable.span, f'"{variable.value}"', f'"{new}"', safe=True)
        if left
        else without(variable)
    )
    names = [f"`{part}`" for part in dead]
    yield MESSAGE.at(
        place(variable.span, variable.name_span, start.profile.span),
        fix=fix,
        settings=" and ".join(filter(None, (", ".join(names[:-1]), names[-1]))),
        has="has" if len(dead) == 1 else "have",
        reason=" and ".join(reasons),
        help=help,
    )
