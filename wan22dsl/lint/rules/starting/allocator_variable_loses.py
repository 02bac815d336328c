"""WAN972: the new name of the allocator's variable, which loses against the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import ALLOC, CUDA_ALLOC, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN972",
    name="allocator-variable-loses",
    severity=Severity.WARNING,
    summary="The allocator's variable that is set is not read by torch",
    text="torch does not read `PYTORCH_ALLOC_CONF` here: {reason}.",
    why=(
        "torch reads `PYTORCH_CUDA_ALLOC_CONF` first. An older torch had the order the other way round: "
        "there it replaces the allocator that ComfyUI chose."
    ),
    help="{help}",
    bad=profile(env='PYTORCH_ALLOC_CONF = "pinned_use_background_threads:True"'),
    good=profile("disable_cuda_malloc = true", env='PYTORCH_ALLOC_CONF = "max_split_size_mb:512"'),
    source="Comfy-Org/ComfyUI 0.38, cuda_malloc.py; PyTorch, CUDAAllocatorConfig",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The variable, where the other one is set by the profile or by ComfyUI."""
    variable = start.profile.variable(ALLOC)
    if variable is None:
        return
    if start.profile.variable(CUDA_ALLOC) is not None:
        reason = f"the profile sets `{CUDA_ALLOC}` too"
    elif start.uses_cuda_malloc:
        reason = f"ComfyUI sets `{CUDA_ALLOC}`"
    else:
        return
    yield MESSAGE.at(
        place(variable.name_span, variable.span, start.profile.span),
        fix=without(variable, safe=False),
        reason=reason,
        help=f"Remove it. `{CUDA_ALLOC}` takes settings that cudaMallocAsync has.",
    )
