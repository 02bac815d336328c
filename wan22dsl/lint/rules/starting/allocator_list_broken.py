"""WAN971: a list of allocator settings that is broken once ComfyUI has removed one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.allocator import SEGMENTS, as_pair, is_broken, settings
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import in_words
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN971",
    name="allocator-list-broken",
    severity=Severity.ERROR,
    summary="The list of allocator settings cannot be read by torch",
    text="{problem} in `PYTORCH_CUDA_ALLOC_CONF`: torch refuses the list.",
    why="{why}",
    help="Write `{new}`.",
    bad=profile(
        "disable_cuda_malloc = true",
        env=(
            'PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb:512,expandable_segments:True,'
            'garbage_collection_threshold:0.8"'
        ),
    ),
    good=profile(
        "disable_cuda_malloc = true",
        env='PYTORCH_CUDA_ALLOC_CONF = "max_split_size_mb:512,garbage_collection_threshold:0.8"',
    ),
    source="Comfy-Org/ComfyUI 0.38, cuda_malloc.py; PyTorch, c10: the parser of allocator settings",
)

_LEFT = (
    f"ComfyUI removes `{SEGMENTS}` and leaves the commas around it. torch refuses `,,`, so it cannot "
    "allocate memory on the card."
)
_PAIR = "torch reads `name:value`, with a comma between two of them."


def check(start: Start) -> Iterator[Diagnostic]:
    """A setting in the middle that ComfyUI removes, and what is no `name:value`."""
    found = settings(start)
    if found is None:
        return
    variable, parts = found
    if not is_broken(start, parts):
        return
    pairs = [as_pair(part) for part in parts]
    wrong = [part for pair, part in zip(pairs, parts) if pair != part or not part]
    if wrong:
        problem, why = (
            f"`{wrong[0]}` is not `name:value`" if wrong[0] else "An empty setting",
            _PAIR,
        )
    else:
        problem, why = f"`,,` is left of `{SEGMENTS}`", _LEFT
    new = ",".join(pair for pair in pairs if pair and pair != SEGMENTS)
    yield MESSAGE.at(
        place(variable.span, variable.name_span, start.profile.span),
        fix=in_words(variable.span, f'"{variable.value}"', f'"{new}"', safe=True) if new else None,
        problem=problem,
        why=why,
        new=new,
    )
