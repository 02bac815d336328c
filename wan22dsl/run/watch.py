"""One prompt, from its submission to its end, whatever happens on the way.

The history is the authority: only it says how a prompt ended and what it gave. The socket adds progress, and
tells at once when to look. Without the socket the history is asked for until it answers.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import uuid4

from wan22dsl.errors import ServerAnswered, ServerError, ServerSilent
from wan22dsl.run import judging
from wan22dsl.run.events import (
    Cached,
    Closing,
    Connected,
    Disconnected,
    Ended,
    NodeOutput,
    QueueChanged,
    Queued,
    Started,
    Submitted,
)
from wan22dsl.run.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.run.client import Client, Queue
    from wan22dsl.run.events import Event, Fault
    from wan22dsl.run.stream import Frame, Stream

Outcome = Literal["success", "error", "interrupted", "lost", "removed", "dead", "stuck", "gone"]


class Limits(NamedTuple):
    """How long what may take before it counts as broken, in seconds.

    `silence_s` is for a node that says nothing: reading 14 GB from a slow disk, decoding or interpolating
    81 frames, or one step on a slow card take minutes, and no message comes meanwhile. Before the first
    node there is nothing to wait for: `begin_s`. A server that cannot be reached is given `gone_s` to come
    back, which is what ComfyUI with many packs takes to start.
    """

    silence_s: float = 600.0
    begin_s: float = 60.0
    gone_s: float = 180.0
    quiet_s: float = 2.0
    confirm_s: float = 5.0


class Ending(NamedTuple):
    """How a prompt ended. `outputs` are by node, in the server's shape. `seen` is all that happened.

    `detail` has what the message for people needs: for how long, where, why.
    """

    how: Outcome
    outputs: Mapping[str, dict[str, Any]]
    seen: tuple[Event, ...]
    fault: Fault | None = None
    detail: Mapping[str, str] = {}


def submit(
    client: Client, prompt: dict[str, Any], extra: dict[str, Any], patience_s: float = 30.0
) -> tuple[str, dict[str, Any]]:
    """Hands a prompt over, once, even when the answer gets lost. Gives its id and the answer.

    Raises ServerAnswered when it is refused, ServerSilent when the server does not come back.
    """
    prompt_id = str(uuid4())
    until_s = monotonic() + patience_s
    while True:
        try:
            return prompt_id, client.submit(prompt, prompt_id, extra)
        except ServerAnswered as error:
            if error.status < 500 or monotonic() > until_s:
                raise
        except ServerSilent:
            if monotonic() > until_s:
                raise
        # It may have been taken all the same: then its id is in the queue or in the history.
        sleep(0.5)
        if _is_there(client, prompt_id):
            return prompt_id, {"prompt_id": prompt_id, "node_errors": {}}


def _is_there(client: Client, prompt_id: str) -> bool:
    try:
        return client.queue().holds(prompt_id) or client.history(prompt_id) is not None
    except ServerError:
        return False


class Watch:
    """Waits for the end of one prompt, and tells every event to `tell` meanwhile."""

    def __init__(
        self,
        client: Client,
        stream: Stream,
        prompt_id: str,
        nodes: Mapping[str, Any],
        limits: Limits,
        tell: Callable[[Event], None],
        part: str = "",
    ) -> None:
        self._client, self._stream, self._limits, self._say = client, stream, limits, tell
        self._id = prompt_id
        self._protocol = Protocol(prompt_id, nodes)
        self._seen: list[Event] = []
        self._outputs: dict[str, dict[str, Any]] = {}
        self._connected = stream.is_open
        self._broke = False
        self._asked_s = self._news_s = self._moved_s = monotonic()
        self._failing_s: float | None = None
        self._reason = ""
        self._missed = 0
        self._queue: Queue | None = None
        self._ahead = -1
        self._tell(Submitted(monotonic(), prompt_id, part))

    def wait(self, each: Callable[[], None] = lambda: None) -> Ending:
        """The end of the prompt. `each` is called several times a second."""
        while True:
            frame = self._stream.next(0.2)
            if frame is not None:
                self._take(frame)
            each()
            ending = self._confirm() if self._protocol.state == "ended" else self._look()
            if ending is not None:
                return ending

    def _tell(self, event: Event) -> None:
        self._seen.append(event)
        if isinstance(event, NodeOutput):
            self._outputs[event.node] = event.output
        self._say(event)

    def _take(self, frame: Frame) -> None:
        if frame.kind == "open":
            if not self._connected:
                self._connected = True
                self._protocol.resumed()
                self._tell(Connected(frame.at_s, True))
        elif frame.kind == "gone":
            if self._connected:
                self._connected = False
                self._broke = True
                self._tell(Disconnected(frame.at_s, str(frame.content)))
        else:
            for event in self._protocol.receive(frame.content, frame.at_s):
                if not isinstance(event, QueueChanged | Closing):
                    self._news_s = max(self._news_s, frame.at_s)
                self._tell(event)

    def _look(self) -> Ending | None:
        """Asks the server where the socket does not say enough; the end, where that is one."""
        now_s = monotonic()
        waiting = self._protocol.state == "sent"
        heard_s = now_s - self._news_s
        every_s = 1.0 if waiting or not self._connected else self._limits.quiet_s
        if (heard_s < every_s and self._connected) or now_s - self._asked_s < every_s:
            return None
        self._asked_s = now_s
        try:
            history = self._client.history(self._id)
            if history is not None and judging.verdict(history) is not None:
                return self._ended(history)
            self._queue = self._client.queue()
        except ServerError as error:
            return self._unanswered(error, now_s)
        self._failing_s = None
        return self._by_queue(self._queue, now_s)

    def _unanswered(self, error: ServerError, now_s: float) -> Ending | None:
        self._reason = error.reason
        if isinstance(error, ServerSilent):
            self._broke = True
        if self._failing_s is None:
            self._failing_s = now_s
        if now_s - self._failing_s < self._limits.gone_s:
            return None
        return self._broken("gone", now_s - self._failing_s, reason=self._reason)

    def _by_queue(self, queue: Queue, now_s: float) -> Ending | None:
        if self._id in queue.pending:
            self._missed = 0
            return self._waits(queue, now_s)
        if self._id in queue.running:
            self._missed = 0
            return self._runs(now_s)
        # Between the queue and the history there is a moment, so it is looked for several times.
        self._missed += 1
        if self._missed < 4:
            return None
        return self._broken("lost" if self._broke else "removed", 0.0)

    def _waits(self, queue: Queue, now_s: float) -> Ending | None:
        ahead = len(queue.running) + queue.pending.index(self._id)
        if ahead != self._ahead:
            self._ahead, self._moved_s = ahead, now_s
            self._tell(Queued(now_s, ahead))
        still_s = now_s - self._moved_s
        if still_s < 3 * self._limits.silence_s:
            return None
        return self._broken("stuck", still_s, running=(queue.running or ("?",))[0])

    def _runs(self, now_s: float) -> Ending | None:
        if self._ahead > 0:
            self._ahead, self._news_s = 0, now_s
        limit_s = self._limits.silence_s
        if self._protocol.current is None and self._connected and not self._broke:
            limit_s = min(limit_s, self._limits.begin_s)
        elif not self._connected:
            limit_s *= 3  # there may be news that does not reach us
        heard_s = now_s - self._news_s
        if heard_s < limit_s:
            return None
        node = self._protocol.current
        where = f"in node `{node}`" if node is not None else "before its first node"
        return self._broken("dead", heard_s, where=where)

    def _broken(self, how: Outcome, for_s: float, **detail: str) -> Ending:
        detail["silence"] = _duration(for_s)
        detail["longer"] = str(int(3 * max(for_s, self._limits.silence_s)))
        return Ending(how, dict(self._outputs), tuple(self._seen), None, detail)

    def _confirm(self) -> Ending:
        """The socket says that it is over: what does the history say?"""
        until_s = monotonic() + self._limits.confirm_s
        while monotonic() < until_s:
            try:
                history = self._client.history(self._id)
            except ServerError:
                history = None
            if history is not None and judging.verdict(history) is not None:
                return self._ended(history)
            frame = self._stream.next(0.05)
            if frame is not None:
                self._take(frame)
        end = next(one for one in reversed(self._seen) if isinstance(one, Ended))
        return Ending(end.how, dict(self._outputs), tuple(self._seen), end.fault)

    def _ended(self, history: dict[str, Any]) -> Ending:
        verdict = judging.verdict(history)
        assert verdict is not None
        now_s = monotonic()
        if not any(isinstance(one, Started) for one in self._seen):
            if verdict.cached:
                self._seen.insert(1, Cached(now_s, verdict.cached, None))
            took_s = ((verdict.ended_ms or 0) - (verdict.started_ms or 0)) / 1000
            self._seen.insert(1, Started(now_s - max(0.0, took_s), verdict.started_ms))
        if not any(isinstance(one, Ended) for one in self._seen):
            self._tell(Ended(now_s, verdict.how, verdict.ended_ms, verdict.fault))
        outputs = {**self._outputs, **verdict.outputs}
        return Ending(verdict.how, outputs, tuple(self._seen), verdict.fault)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.0f} minutes"
