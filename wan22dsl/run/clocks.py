"""When events happened: by this machine's clock and by the server's, put together."""

from __future__ import annotations

from math import inf, isfinite
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.run.events import (
    Cached,
    Disconnected,
    Ended,
    Health,
    NodeFinished,
    NodeStarted,
    Started,
    Step,
    Submitted,
)
from wan22dsl.run.wire import number, texts
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.run.events import Event


Source = Literal["messages", "simulation", "server"]


#: So many reasons for throttling are kept of a message, and so much of each.
_MOST_REASONS = 10
_LONGEST = 200


class Told(NamedTuple):
    """What a simulated server says with a message. `samples` are seconds of the prompt and bytes in use.

    `throttled` and `others_bytes` are of its card, as in `Health`.
    """

    at_s: float
    queued_s: float
    samples: tuple[tuple[float, int], ...]
    throttled: tuple[str, ...] = ()
    others_bytes: int | None = None


class Timeline:
    """The time of one command. What a server says is taken only where `is_told`: the server is simulated.

    Then time stands still but for what the server says. `card_bytes` is the memory of its card.
    """

    def __init__(self, *, is_told: bool = False, card_bytes: int | None = None) -> None:
        self.is_told, self.card_bytes = is_told, card_bytes
        self._last_s = self._zero_s = monotonic()
        self._prompt_id = ""

    def now(self) -> float:
        """The time now."""
        return self.of(monotonic())

    def of(self, real_s: float) -> float:
        """The time that goes with one of this machine's clock."""
        return self._last_s if self.is_told else real_s

    def card(self, prompt_id: str, at_s: float) -> float:
        """The time of what happened `at_s` seconds of the card after a prompt began."""
        if self._prompt_id != prompt_id:
            self._zero_s, self._prompt_id = self._last_s, prompt_id
        self._last_s = max(self._last_s, self._zero_s + at_s)
        return self._zero_s + at_s

    def sampled(self, found: Told) -> list[Health]:
        """The card's memory since the last message of the prompt whose time counts."""
        return [
            Health(
                self._zero_s + at_s,
                "server",
                "",
                used_bytes,
                self.card_bytes,
                throttled=found.throttled,
                others_bytes=found.others_bytes,
            )
            for at_s, used_bytes in found.samples
        ]


def told(value: Any, prompt_id: str) -> Told | None:
    """What a message says of a prompt's time, where it says it and it is a time."""
    if not isinstance(value, dict) or value.get("prompt_id") != prompt_id:
        return None
    at_s, queued_s = _seconds(value.get("at_s")), _seconds(value.get("queued_s"))
    if at_s is None or queued_s is None:
        return None
    samples = value.get("memory")
    found = []
    for item in samples if isinstance(samples, list) else ():
        if isinstance(item, list) and len(item) == 2 and type(item[1]) is int and item[1] >= 0:
            sample_s = _seconds(item[0])
            if sample_s is not None:
                found.append((sample_s, item[1]))
    throttled = tuple(reason[:_LONGEST] for reason in texts(value.get("throttled"))[:_MOST_REASONS])
    return Told(at_s, queued_s, tuple(found), throttled, number(value.get("others_bytes")))


def _seconds(value: Any) -> float | None:
    """A number of seconds that can be counted with."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) and 0 <= value < 1e9 else None


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
    """The times of one prompt. `before_s` is between the server's start and the first node.

    `drift_s` is by how much the client's own count from start to end differs from the server's. `by_card`:
    all times are what a simulated server said of its card. `source` says where those of nodes and steps are
    from: the arrival of messages, the simulation, or the server's own benchmark.
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
    source: Source = "messages"


def of_prompt(events: Sequence[Event]) -> PromptTimes:
    """The times of one prompt, from its events."""
    sent = next((event for event in events if isinstance(event, Submitted)), None)
    submitted, part = (sent.at_s, sent.part) if sent is not None else (None, "")
    start = next((event for event in events if isinstance(event, Started)), None)
    end = next((event for event in events if isinstance(event, Ended)), None)
    begun = [event for event in events if isinstance(event, NodeStarted)]
    first_s = start.at_s if start is not None else begun[0].at_s if begun else None
    last_s = end.at_s if end is not None else events[-1].at_s if events else None
    if first_s is None or last_s is None:
        return PromptTimes(0.0, 0.0, 0.0, (), {}, _cached(events), 0.0, False)
    seen_s = last_s - first_s
    by_card = start is not None and start.queued_s is not None
    start_s, end_s = (None if by_card else _by_the_server(events, start, end)) or (first_s, last_s)
    marks = [min(max(node_started.at_s, start_s), end_s) for node_started in begun] + [end_s]
    finished = _finished(events, begun, end)
    nodes = tuple(
        NodeTime(node_started.node, at_s, until_s - at_s, not node_started.late, is_finished)
        for node_started, at_s, until_s, is_finished in zip(begun, marks, marks[1:], finished)
    )
    broken = any(isinstance(event, Disconnected) for event in events)
    return PromptTimes(
        queue_s=_queue_s(start, start_s, submitted),
        total_s=end_s - start_s,
        before_s=marks[0] - start_s,
        nodes=nodes,
        steps=_steps(events, nodes),
        cached=_cached(events),
        drift_s=seen_s - (end_s - start_s),
        complete=not broken and start is not None and end is not None,
        part=part,
        by_card=by_card,
        source="simulation" if by_card else "messages",
    )


def _finished(
    events: Sequence[Event], begun: Sequence[NodeStarted], end: Ended | None
) -> list[bool]:
    """Which nodes came to their end: all behind which another one began, and at a good end all."""
    if end is not None and end.how == "success":
        return [True] * len(begun)
    told = {event.node: event.at_s for event in events if isinstance(event, NodeFinished)}
    last = [node for node in begun[-1:] if told.get(node.node, -inf) >= node.at_s]
    return [True] * (len(begun) - 1) + [bool(last)] * (len(begun) > 0)


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
        event.at_s - event.timestamp_ms / 1000
        for event in events
        if isinstance(event, Started | Cached | Ended) and event.timestamp_ms is not None
    ]
    apart = min(stamped)
    return start.timestamp_ms / 1000 + apart, end.timestamp_ms / 1000 + apart


def _steps(events: Sequence[Event], nodes: Sequence[NodeTime]) -> dict[str, tuple[float, ...]]:
    """For each node, when its steps were done, counted from its start. A skipped step is spread.

    A node in a loop runs several times: its steps then follow each other as its own time goes on.
    """
    runs: dict[str, list[NodeTime]] = {}
    for node_time in nodes:
        runs.setdefault(node_time.node, []).append(node_time)
    found: dict[str, list[float]] = {}
    begun: dict[str, int] = {}
    steps_before: dict[str, int] = {}
    for event in events:
        if isinstance(event, NodeStarted):
            begun[event.node] = begun.get(event.node, 0) + 1
            steps_before[event.node] = len(found.get(event.node, ()))
        elif isinstance(event, Step) and event.node in begun:
            done = found.setdefault(event.node, [])
            earlier = runs[event.node][: begun[event.node] - 1]
            own = runs[event.node][begun[event.node] - 1]
            before_s = sum(node_time.seconds for node_time in earlier)
            at_s = before_s + min(max(event.at_s - own.start_s, 0.0), own.seconds)
            last_s = done[-1] if done else 0.0
            missing = event.value - (len(done) - steps_before[event.node])
            done += [last_s + (at_s - last_s) * (n + 1) / missing for n in range(missing)]
    return {node: tuple(done) for node, done in found.items()}


def _cached(events: Iterable[Event]) -> frozenset[str]:
    return frozenset(node for event in events if isinstance(event, Cached) for node in event.nodes)
