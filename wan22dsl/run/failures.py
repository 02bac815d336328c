"""An attempt that failed, in words: why, what was tried, and what is left on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.run import faults, messages, retry_policy
from wan22dsl.run.events import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic, Message
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.attempt import Tried
    from wan22dsl.run.ending import Outcome
    from wan22dsl.run.submit import Left

_MESSAGES: dict[Outcome, Message] = {
    "interrupted": messages.INTERRUPTED,
    "lost": messages.LOST,
    "removed": messages.REMOVED,
    "dead": messages.DEAD_WORKER,
    "stuck": messages.STUCK_QUEUE,
    "gone": messages.GONE,
}


def in_short(tried: Tried) -> str:
    """Why it failed, in a few words."""
    fault = tried.ending.fault
    if fault is not None and retry_policy.is_out_of_memory(fault):
        return f"out of memory in `{fault.node}`"
    return "the server was restarted" if tried.ending.how == "lost" else tried.ending.how


def diagnostic(
    tried: Tried,
    graph: Graph,
    plan: Plan,
    retries: Sequence[str],
    stats: Mapping[str, Any],
    command: str = "wan runs fetch last",
) -> Diagnostic:
    """The message for how it ended, when it did not end well. `command` gets outputs later."""
    ending = tried.ending
    again = (
        f"Attempts that failed: {', '.join(retries)}." if retries else "There was no other attempt."
    )
    if ending.fault is not None and retry_policy.is_out_of_memory(ending.fault):
        return faults.out_of_memory(
            ending.fault, graph, again, retry_policy.what_fits(plan, _card_bytes(stats))
        )
    message = _MESSAGES.get(ending.how)
    if message is None:
        return faults.failed(ending.fault or Fault("", "", "", ""), graph)
    left = in_words(tried.left) if tried.left is not None else ""
    fields: dict[str, Any] = {"tried": again, "left": left, "command": command, **ending.detail}
    return message.at(graph.span, **fields)


def in_words(left: Left) -> str:
    """What is left of a prompt on a server, as a sentence."""
    if left.is_nothing:
        return "Nothing of it is left in the server's queue."
    if left.unknown:
        return f"It could not be cancelled, because the server {left.unknown}; it may still run."
    return (
        f"A stop was requested; the server still lists prompt {left.prompt_id} as running, "
        "and will stop after the current node, if it is alive."
    )


def _card_bytes(stats: Mapping[str, Any]) -> int | None:
    devices = stats.get("devices")
    first = devices[0] if isinstance(devices, list) and devices else {}
    total = first.get("vram_total") if isinstance(first, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None
