"""WAN978: a flag that asks for what ComfyUI does anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.fixes import without
from wan22dsl.lint.rules.starting.view import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.starting.profile import Flag
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN978",
    name="default-repeated",
    severity=Severity.NOTE,
    summary="A flag asks for what ComfyUI does anyway",
    text="`{flag}` changes nothing: {reason}.",
    why="A flag that changes nothing looks like a setting that somebody has measured.",
    help="Remove it.",
    bad=profile("async_offload = 2"),
    good=profile("async_offload = 4"),
    source="Comfy-Org/ComfyUI 0.38, comfy/model_management.py and cuda_malloc.py",
)


def check(start: Start) -> Iterator[Diagnostic]:
    """The flags for streams and for the allocator with what holds without them."""
    info = start.known.get("--async-offload")
    streams = start.on("--async-offload")
    if (
        streams is not None
        and info is not None
        and info.takes
        and streams.value in (True, info.const)
    ):
        yield _finding(start, streams, "two streams are the default on NVIDIA and AMD")
    malloc = start.on("--cuda-malloc")
    if malloc is not None and start.is_nvidia and "autotune" not in start.fast:
        yield _finding(start, malloc, "it is the default on NVIDIA")


def _finding(start: Start, flag: Flag, reason: str) -> Diagnostic:
    return MESSAGE.at(where(start, flag), fix=without(flag), flag=flag.name, reason=reason)
