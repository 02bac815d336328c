"""ComfyUI's messages about one prompt → events. No I/O: frames go in, events come out.

What is measured of the order and the shapes (ComfyUI 0.3.64 and 0.25): `execution_start`, `execution_cached`,
then per node `progress_state` and `executing`, `progress` per step, `executed` where there is something to
show; at last success, error or interrupted, and `executing` with no node. Nothing here relies on the order,
and no message can make it raise: a server is not trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.network.http import parse
from wan22dsl.run.clocks import Timeline, told
from wan22dsl.run.events import (
    Cached,
    Closing,
    Ended,
    Fault,
    Garbled,
    NodeFinished,
    NodeOutput,
    NodeStarted,
    QueueChanged,
    Started,
    Step,
)
from wan22dsl.run.wire import number, texts

if TYPE_CHECKING:
    from collections.abc import Collection

    from wan22dsl.run.events import Event, How

_ENDINGS: dict[str, How] = {
    "execution_success": "success",
    "execution_error": "error",
    "execution_interrupted": "interrupted",
}

#: A message longer than this is not read. An error message brings up to 50 kB of inputs along.
LONGEST_TEXT = 16 * 1024 * 1024

#: No node does more steps, frames or tiles than this.
_MOST_STEPS = 1_000_000


class Protocol:
    """The state of one prompt. `state` is "sent", "running" or "ended"."""

    def __init__(
        self, prompt_id: str, nodes: Collection[str], timeline: Timeline | None = None
    ) -> None:
        self.prompt_id = prompt_id
        self._timeline = timeline or Timeline()
        self.state = "sent"
        self.current: str | None = None
        self._nodes = frozenset(nodes)
        self._started: set[str] = set()
        self._finished: set[str] = set()
        self._cached: set[str] = set()
        self._steps: dict[str, int] = {}
        self._shown: dict[str, str] = {}
        self._gap = False

    def resumed(self) -> None:
        """The socket was gone and is there again: what is new in the next message happened before."""
        self._gap = True

    def receive(self, frame: str | bytes, at_s: float) -> list[Event]:
        """The events that a frame stands for. Binary frames are pictures, which nobody asked for."""
        if isinstance(frame, bytes):
            return []
        if len(frame) > LONGEST_TEXT:
            return [Garbled(at_s, f"a message of {len(frame)} characters")]
        try:
            message = parse(frame)
        except ValueError:
            return [Garbled(at_s, "a message that is not JSON")]
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            return [Garbled(at_s, "a message without a type")]
        data = message.get("data")
        if not isinstance(data, dict):
            return [Garbled(at_s, f"a message `{message['type'][:60]}` without data")]
        timeline, simulated = self._timeline, None
        if timeline.is_told and self.state != "ended":
            simulated = told(message.get("simulated"), self.prompt_id)
        if simulated is None:
            return self._take(message["type"], data, timeline.of(at_s), None)
        card_s = timeline.card(self.prompt_id, simulated.at_s)
        found = self._take(message["type"], data, card_s, simulated.queued_s)
        return [*timeline.sampled(simulated), *found]

    def _take(
        self, kind: str, data: dict[str, Any], at_s: float, queued_s: float | None
    ) -> list[Event]:
        if kind == "status":
            return _status(data, at_s)
        whose = data.get("prompt_id")
        if whose != self.prompt_id and not (whose is None and kind == "executing"):
            return []
        if kind in _ENDINGS:
            return self._end(_ENDINGS[kind], data, at_s)
        if self.state == "ended" and kind != "executing":
            return []
        if kind == "execution_start":
            self.state = "running"
            return [Started(at_s, stamp_of(data), queued_s)]
        if kind == "execution_cached":
            nodes = texts(data.get("nodes"))
            self._cached.update(nodes)
            return [Cached(at_s, nodes, stamp_of(data))]
        if kind == "executing":
            return self._executing(data, at_s)
        if kind == "progress_state":
            return self._progress_state(data, at_s)
        if kind == "progress":
            return self._progress(data.get("node"), data, at_s)
        if kind == "executed":
            return self._executed(data, at_s)
        return []  # a kind that is newer than we are

    def _executing(self, data: dict[str, Any], at_s: float) -> list[Event]:
        node = data.get("node")
        if node is None:
            # Without an id it may be about anybody's prompt.
            return [Closing(at_s)] if data.get("prompt_id") == self.prompt_id else []
        if not isinstance(node, str):
            return [Garbled(at_s, "a node without a name")]
        shown = data.get("display_node")
        if isinstance(shown, str):
            self._shown[node] = shown
        if data.get("prompt_id") is None and (self.state != "running" or node not in self._nodes):
            return []  # sent on connecting; it names whatever node the server runs just now
        return self._begin(node, at_s)

    def _begin(self, name: str, at_s: float) -> list[Event]:
        """A node begins; the body of a loop runs as copies, of which each begins."""
        node = self.current = self._shown.get(name, name)
        if name in self._started or self.state == "ended":
            return []
        self.state = "running"
        self._started.add(name)
        return [NodeStarted(at_s, node, self._gap)]

    def _progress_state(self, data: dict[str, Any], at_s: float) -> list[Event]:
        nodes = data.get("nodes")
        if not isinstance(nodes, dict):
            return [Garbled(at_s, "a state of progress without nodes")]
        found: list[Event] = []
        running: list[str] = []
        for name, item in nodes.items():
            if not isinstance(item, dict):
                found.append(Garbled(at_s, "a state of progress of another shape"))
                continue
            shown = item.get("display_node_id")
            node = self._shown[name] = shown if isinstance(shown, str) else name
            if item.get("state") == "finished":
                found += self._finish(name, at_s) if name == node else self._finish_copy(name, at_s)
            elif item.get("state") == "running":
                running.append(node)
                found += self._begin(name, at_s)
                found += self._progress(name, item, at_s)
        self._gap = False
        return found

    def _finish_copy(self, name: str, at_s: float) -> list[Event]:
        """A copy of a node is done; what comes from the cache of a loop never began."""
        if name in self._finished or name not in self._started:
            return []
        self._finished.add(name)
        return [NodeFinished(at_s, self._shown[name], self._gap)]

    def _finish(self, node: str, at_s: float) -> list[Event]:
        if node in self._finished:
            return []
        self._finished.add(node)
        if node in self._started:
            return [NodeFinished(at_s, node, self._gap)]
        if self._gap:
            self._started.add(node)
            return [NodeStarted(at_s, node, True), NodeFinished(at_s, node, True)]
        # Finished, and never begun: what a saving node shows comes from the cache too.
        if node in self._cached:
            return []
        self._cached.add(node)
        return [Cached(at_s, (node,), None)]

    def _progress(self, name: Any, data: dict[str, Any], at_s: float) -> list[Event]:
        value, maximum = number(data.get("value")), number(data.get("max"))
        if not isinstance(name, str) or value is None or maximum is None or value > _MOST_STEPS:
            return [Garbled(at_s, "progress without numbers")]
        if value <= 0 or maximum <= 0 or value <= self._steps.get(name, 0):
            if 0 < value < self._steps.get(name, 0):  # a node that counts a second time
                self._steps[name] = value
            return []
        self._steps[name] = value
        return [Step(at_s, self._shown.get(name, name), value, maximum)]

    def _executed(self, data: dict[str, Any], at_s: float) -> list[Event]:
        node, output = data.get("display_node") or data.get("node"), data.get("output")
        if not isinstance(node, str):
            return [Garbled(at_s, "an output without a node")]
        return [NodeOutput(at_s, node, output)] if isinstance(output, dict) else []

    def _end(self, how: How, data: dict[str, Any], at_s: float) -> list[Event]:
        if self.state == "ended":
            return []
        self.state = "ended"
        return [Ended(at_s, how, stamp_of(data), fault_of(data) if how == "error" else None)]


def fault_of(data: dict[str, Any]) -> Fault:
    """What an `execution_error` says, as far as it says it."""

    def text(name: str) -> str:
        value = data.get(name)
        return value if isinstance(value, str) else ""

    return Fault(
        text("node_id"),
        text("node_type"),
        text("exception_type"),
        text("exception_message").strip(),
        tuple(line.rstrip("\n") for line in texts(data.get("traceback"))),
    )


def _status(data: dict[str, Any], at_s: float) -> list[Event]:
    status = data.get("status")
    info = status.get("exec_info") if isinstance(status, dict) else None
    remaining = number(info.get("queue_remaining")) if isinstance(info, dict) else None
    if remaining is None:
        return [Garbled(at_s, "a status without a queue")]
    return [QueueChanged(at_s, remaining)]


def stamp_of(data: dict[str, Any]) -> int | None:
    """The server's time of a message, in milliseconds since 1970; None where it says none."""
    stamp = number(data.get("timestamp"))
    return stamp if stamp is not None and stamp >= 0 else None
