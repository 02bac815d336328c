"""How a prompt ended, and how long what may take before it counts as broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.run.benchmark import Benchmark
    from wan22dsl.run.events import Event, Fault

Outcome = Literal["success", "error", "interrupted", "lost", "removed", "dead", "stuck", "gone"]

#: After these the prompt may still be on the server.
UNCLEAR: frozenset[Outcome] = frozenset({"dead", "stuck", "gone"})


class Limits(NamedTuple):
    """How long what may take before it counts as broken, in seconds.

    `silence_s` is for a node that says nothing: reading 14 GB from a slow disk, decoding or interpolating
    81 frames, or one step on a slow card take minutes, and no message comes meanwhile. Before the first
    node there is nothing to wait for: `begin_s`. A server that cannot be reached is given `gone_s` to come
    back, which is what ComfyUI with many packs takes to start.

    The history is asked when the socket was quiet for `quiet_s`, and every `look_s` whatever it says; for
    `confirm_s` it is asked again when the socket says that all is over.
    """

    silence_s: float = 600.0
    begin_s: float = 60.0
    gone_s: float = 180.0
    quiet_s: float = 2.0
    look_s: float = 30.0
    confirm_s: float = 5.0


class Ending(NamedTuple):
    """How a prompt ended. `outputs` are by node, in the server's shape. `seen` is all that happened.

    `detail` has what the message for people needs: for how long, where, why. `benchmark` is what the server
    measured by itself.
    """

    how: Outcome
    outputs: Mapping[str, dict[str, Any]]
    seen: tuple[Event, ...]
    fault: Fault | None = None
    detail: Mapping[str, str] = {}
    benchmark: Benchmark | None = None


def broken(
    how: Outcome,
    seen: tuple[Event, ...],
    outputs: Mapping[str, dict[str, Any]],
    for_s: float,
    **detail: str,
) -> Ending:
    """An ending of which only the client knows: after so many seconds of nothing."""
    detail["silence"] = _duration(for_s)
    return Ending(how, outputs, seen, None, detail)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
