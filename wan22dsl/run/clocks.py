"""The times of one prompt, from its events: two clocks put together.

No message of ComfyUI gives a node's duration, and its last messages can come late. Messages are stamped here
when they arrive. The total is the server's own: from the timestamp of `execution_start` to that of the
ending. The difference of the clocks is that of the message that came quickest; the end is then moved to where
the server saw it. So the parts add up to the server's total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.run.events import (
    Cached,
    Disconnected,
    Ended,
    NodeFinished,
    NodeStarted,
    Started,
    Step,
    Submitted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.run.events import Event


class NodeTime(NamedTuple):
    """A node's time, from its start to that of the next one. `exact`: it was seen to start; `finished`: it
    came to its end.
    """

    node: str
    start_s: float
    seconds: float
    exact: bool = True
    finished: bool = True


class PromptTimes(NamedTuple):
    """The times of one prompt. `before_s` lies between the server's start and the first node.

    `drift_s` is by how much the client's own count from start to end differs from the server's. `by_card`:
    all times are what a simulated server said of its card.
    """

    queue_s: float
    total_s: float
    before_s: float
    nodes: tuple[NodeTime, ...]
    steps: Mapping[str, tuple[float, ...]]
    cached: frozenset[str]
    drift_s: float
    complete: bool
    part: str = ""
    by_card: bool = False


def of_prompt(events: Sequence[Event]) -> PromptTimes:
    """The times of one prompt, from its events."""
    sent = next((one for one in events if isinstance(one, Submitted)), None)
    submitted, part = (sent.at_s, sent.part) if sent is not None else (None, "")
    start = next((one for one in events if isinstance(one, Started)), None)
    end = next((one for one in events if isinstance(one, Ended)), None)
    begun = [one for one in events if isinstance(one, NodeStarted)]
    first_s = start.at_s if start is not None else begun[0].at_s if begun else None
    last_s = end.at_s if end is not None else events[-1].at_s if events else None
    if first_s is None or last_s is None:
        return PromptTimes(0.0, 0.0, 0.0, (), {}, _cached(events), 0.0, False)
    seen_s = last_s - first_s
    by_card = start is not None and start.queued_s is not None
    start_s, end_s = (None if by_card else _by_the_server(events, start, end)) or (first_s, last_s)
    marks = [min(max(one.at_s, start_s), end_s) for one in begun] + [end_s]
    finished = _finished(events, begun, end)
    nodes = tuple(
        NodeTime(one.node, at_s, until_s - at_s, not one.late, one.node in finished)
        for one, at_s, until_s in zip(begun, marks, marks[1:])
    )
    broken = any(isinstance(one, Disconnected) for one in events)
    return PromptTimes(
        queue_s=_queue_s(start, start_s, submitted),
        total_s=end_s - start_s,
        before_s=marks[0] - start_s,
        nodes=nodes,
        steps=_steps(events, {one.node: one for one in nodes}),
        cached=_cached(events),
        drift_s=seen_s - (end_s - start_s),
        complete=not broken and start is not None and end is not None,
        part=part,
        by_card=by_card,
    )


def _finished(
    events: Sequence[Event], begun: Sequence[NodeStarted], end: Ended | None
) -> frozenset[str]:
    """The nodes that came to their end: all behind which another one began, and at a good end all."""
    last = len(begun) if end is not None and end.how == "success" else -1
    told = {one.node for one in events if isinstance(one, NodeFinished)}
    return frozenset(told | {one.node for one in begun[:last]})


def _queue_s(start: Started | None, start_s: float, submitted: float | None) -> float:
    if start is not None and start.queued_s is not None:
        return start.queued_s
    return max(0.0, start_s - submitted) if submitted is not None else 0.0


def _by_the_server(
    events: Sequence[Event], start: Started | None, end: Ended | None
) -> tuple[float, float] | None:
    """Start and end by the server's clock, on ours; None where it did not say both."""
    if start is None or end is None or start.timestamp_ms is None or end.timestamp_ms is None:
        return None
    if end.timestamp_ms < start.timestamp_ms:
        return None
    stamped = [
        one.at_s - one.timestamp_ms / 1000
        for one in events
        if isinstance(one, Started | Cached | Ended) and one.timestamp_ms is not None
    ]
    apart = min(stamped)
    return start.timestamp_ms / 1000 + apart, end.timestamp_ms / 1000 + apart


def _steps(events: Sequence[Event], nodes: Mapping[str, NodeTime]) -> dict[str, tuple[float, ...]]:
    """For each node, when its steps were done, counted from its start. A skipped step is spread."""
    found: dict[str, list[float]] = {}
    for one in events:
        if isinstance(one, Step) and one.node in nodes:
            done = found.setdefault(one.node, [])
            own = nodes[one.node]
            at_s = min(max(one.at_s - own.start_s, 0.0), own.seconds)
            before_s = done[-1] if done else 0.0
            missing = one.value - len(done)
            done += [before_s + (at_s - before_s) * (n + 1) / missing for n in range(missing)]
    return {node: tuple(done) for node, done in found.items()}


def _cached(events: Iterable[Event]) -> frozenset[str]:
    return frozenset(node for one in events if isinstance(one, Cached) for node in one.nodes)
