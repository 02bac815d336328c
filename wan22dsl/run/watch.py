"""One prompt, from its submission to its end, whatever happens on the way.

The history is the authority: only it says how a prompt ended and what it gave. The socket adds progress, and
tells at once when to look. Without the socket the history is asked for until it answers.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import ServerError
from wan22dsl.run.clocks import Timeline
from wan22dsl.run.ending import Ending, broken
from wan22dsl.run.events import (
    Cached,
    Closing,
    Connected,
    Disconnected,
    Ended,
    Garbled,
    NodeOutput,
    QueueChanged,
    Started,
    Step,
    Submitted,
)
from wan22dsl.run.protocol import Protocol
from wan22dsl.run.server_history import Broken, Heard, Inquiry, with_more

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.run.client import Client
    from wan22dsl.run.ending import Limits
    from wan22dsl.run.events import Event
    from wan22dsl.run.server_history import Verdict
    from wan22dsl.run.stream import Frame, Stream


#: A prompt of 10 clips with 100 steps each and a message a frame has some 20,000 events.
MOST_SEEN = 200_000

#: How long messages may come later than the history says that a prompt is over.
_LATE_S = 1.0


def _nobody(event: Event) -> None:
    """Whom events are told after Ctrl-C."""


class Watch:
    """Waits for the end of one prompt, and tells every event to `tell` meanwhile.

    `is_joined`: an earlier process has sent it, and what came before is not known.
    """

    def __init__(
        self,
        client: Client,
        stream: Stream,
        prompt_id: str,
        nodes: Mapping[str, Any],
        limits: Limits,
        tell: Callable[[Event], None],
        part: str = "",
        timeline: Timeline | None = None,
        *,
        is_joined: bool = False,
    ) -> None:
        self._stream, self._limits, self._say = stream, limits, tell
        self._timeline = timeline = timeline or Timeline()
        self._protocol = Protocol(prompt_id, nodes, timeline)
        self._inquiry = Inquiry(client, prompt_id, limits, self._tell_now)
        self._seen: list[Event] = []
        self._outputs: dict[str, dict[str, Any]] = {}
        self._connected = stream.is_open
        self._broke = False
        self._news_s = monotonic()
        self._tell(Submitted(timeline.now(), prompt_id, part))
        if is_joined:
            self._broke = True
            self._protocol.resumed()
            self._seen.append(Disconnected(timeline.now(), "it was sent by an earlier process"))

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

    def so_far(self, wait_s: float) -> Ending:
        """What was seen until somebody stopped it, and what the server still says of it within a moment."""
        self._say = _nobody
        self._listen(wait_s)
        ended = any(isinstance(event, Ended) for event in self._seen)
        if not ended and any(isinstance(event, Started) for event in self._seen):
            self._tell(Ended(self._timeline.now(), "interrupted", None, None))
        return Ending("interrupted", dict(self._outputs), tuple(self._seen))

    def _listen(self, wait_s: float) -> None:
        """Takes in what the socket still has to say, until it says that all is over."""
        until_s = monotonic() + wait_s
        while self._protocol.state != "ended" and (left_s := until_s - monotonic()) > 0:
            frame = self._stream.next(min(left_s, 0.1))
            if frame is not None:
                self._take(frame)

    def _tell(self, event: Event) -> None:
        # Steps and noise without end must not fill the memory; what begins and ends a node is always kept.
        if len(self._seen) < MOST_SEEN or not isinstance(event, Step | Garbled | QueueChanged):
            self._seen.append(event)
        if isinstance(event, NodeOutput):
            self._outputs[event.node] = with_more(self._outputs.get(event.node), event.output)
        self._say(event)

    def _tell_now(self, event: Event) -> None:
        """An event that is of this machine's clock."""
        self._tell(event._replace(at_s=self._timeline.of(event.at_s)))

    def _take(self, frame: Frame) -> None:
        if frame.kind == "open":
            if not self._connected:
                self._connected = True
                self._protocol.resumed()
                self._tell_now(Connected(frame.at_s, True))
        elif frame.kind == "gone":
            if self._connected:
                self._connected = False
                self._broke = True
                self._tell_now(Disconnected(frame.at_s, str(frame.content)))
        else:
            for event in self._protocol.receive(frame.content, frame.at_s):
                # What says nothing of this prompt is no news of it.
                if not isinstance(event, QueueChanged | Closing | Garbled):
                    self._news_s = max(self._news_s, frame.at_s)
                self._tell(event)

    def _look(self) -> Ending | None:
        """Asks the server where the socket does not say enough; the end, where that is one."""
        protocol = self._protocol
        waiting = protocol.state == "sent"
        found = self._inquiry.look(
            Heard(self._connected, self._broke, self._news_s, protocol.current, waiting)
        )
        if isinstance(found, Broken):
            seen, outputs = tuple(self._seen), dict(self._outputs)
            return broken(found.how, seen, outputs, found.for_s, **found.detail)
        if found is None:
            return None
        if self._connected:  # the history was quicker than the messages that are on their way
            self._listen(_LATE_S)
        return self._ended(found)

    def _confirm(self) -> Ending:
        """The socket says that it is over: what does the history say?"""
        until_s = monotonic() + self._limits.confirm_s
        while monotonic() < until_s:
            try:
                verdict = self._inquiry.verdict()
            except ServerError:
                verdict = None
            if verdict is not None:
                return self._ended(verdict)
            frame = self._stream.next(0.05)
            if frame is not None:
                self._take(frame)
        end = next(event for event in reversed(self._seen) if isinstance(event, Ended))
        return Ending(end.how, dict(self._outputs), tuple(self._seen), end.fault)

    def _ended_s(self, verdict: Verdict) -> float:
        """When it ended: now; of a simulated server that says it in its history only, by that."""
        started = next((event for event in self._seen if isinstance(event, Started)), None)
        if (
            self._timeline.is_told
            and verdict.started_ms is not None
            and verdict.ended_ms is not None
        ):
            took_s = max(0.0, (verdict.ended_ms - verdict.started_ms) / 1000)
            if not any(isinstance(event, Ended) for event in self._seen):
                end_s = self._timeline.card(self._protocol.prompt_id, took_s)
                return end_s if started is None else started.at_s + took_s
        return self._timeline.now()

    def _ended(self, verdict: Verdict) -> Ending:
        now_s = self._ended_s(verdict)
        if not any(isinstance(event, Started) for event in self._seen):
            if verdict.cached:
                self._seen.insert(1, Cached(now_s, verdict.cached, None))
            took_s = ((verdict.ended_ms or 0) - (verdict.started_ms or 0)) / 1000
            self._seen.insert(1, Started(now_s - max(0.0, took_s), verdict.started_ms))
        if not any(isinstance(event, Ended) for event in self._seen):
            self._tell(Ended(now_s, verdict.how, verdict.ended_ms, verdict.fault))
        outputs = {**self._outputs, **verdict.outputs}
        return Ending(
            verdict.how, outputs, tuple(self._seen), verdict.fault, benchmark=verdict.benchmark
        )
