"""What a server says of a prompt when it is asked: history first, then the queue; and what that means."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import ServerError, ServerSilent
from wan22dsl.run import benchmark
from wan22dsl.run.events import Fault, Queued
from wan22dsl.run.protocol import fault_of, stamp_of
from wan22dsl.run.wire import texts
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wan22dsl.run.benchmark import Benchmark
    from wan22dsl.run.client import Client, Queue, RemoteFile
    from wan22dsl.run.ending import Limits, Outcome
    from wan22dsl.run.events import Event, How


_ENDINGS: dict[str, How] = {
    "execution_success": "success",
    "execution_error": "error",
    "execution_interrupted": "interrupted",
}


class Verdict(NamedTuple):
    """How it ended, what it gave, and when by the server's clock."""

    how: How
    outputs: Mapping[str, dict[str, Any]]
    fault: Fault | None
    started_ms: int | None
    ended_ms: int | None
    cached: tuple[str, ...] = ()
    benchmark: Benchmark | None = None


def verdict(history: dict[str, Any]) -> Verdict | None:
    """The verdict; None where the history does not have an end yet."""
    outputs = _outputs(history)
    status = history.get("status")
    if not isinstance(status, dict):
        # Servers of before 2024 kept no status: what has outputs has run.
        return Verdict("success", outputs, None, None, None) if outputs else None
    started_ms = None
    cached: tuple[str, ...] = ()
    found = list(_messages(status.get("messages")))
    for kind, data in found:
        at_ms = stamp_of(data)
        if kind == "execution_start":
            started_ms = at_ms
        elif kind == "execution_cached":
            cached = texts(data.get("nodes"))
        elif kind in _ENDINGS:
            how = _ENDINGS[kind]
            fault = fault_of(data) if how == "error" else None
            # What the server measured by itself comes behind the end.
            measured = next((more for name, more in found if name == "benchmark"), None)
            return Verdict(how, outputs, fault, started_ms, at_ms, cached, benchmark.read(measured))
    if status.get("status_str") == "success":
        return Verdict("success", outputs, None, started_ms, None)
    if status.get("status_str") == "error":
        silent = Fault("", "", "", "the server's history says that it failed, but not why")
        return Verdict("error", outputs, silent, started_ms, None)
    return None


def _outputs(history: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the nodes gave, those of a loop together: their copies say whose they are in `meta`."""
    given, meta = history.get("outputs"), history.get("meta")
    found: dict[str, dict[str, Any]] = {}
    for name, output in given.items() if isinstance(given, dict) else ():
        if isinstance(output, dict):
            about = meta.get(name) if isinstance(meta, dict) else None
            shown = about.get("display_node") if isinstance(about, dict) else None
            node = shown if isinstance(shown, str) else name
            found[node] = with_more(found.get(node), output)
    return found


def with_more(before: Mapping[str, Any] | None, output: dict[str, Any]) -> dict[str, Any]:
    """What a node gave, with what it gives when it runs once more in a loop."""
    found = dict(before or {})
    for key, value in output.items():
        old = found.get(key)
        if isinstance(old, list) and isinstance(value, list):
            value = [*old, *(item for item in value if item not in old)]
        found[key] = value
    return found


def _messages(messages: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in messages if isinstance(messages, list) else ():
        if isinstance(item, list) and len(item) == 2 and isinstance(item[1], dict):
            yield str(item[0]), item[1]


def files(outputs: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, RemoteFile]]:
    """The files that nodes say they have written, each once, with the node; previews are left out."""
    from wan22dsl.run.client import RemoteFile

    seen: set[RemoteFile] = set()
    for node, output in outputs.items():
        for listed in output.values():
            for item in listed if isinstance(listed, list) else ():
                if not isinstance(item, dict):
                    continue
                name, folder = item.get("filename"), item.get("subfolder") or ""
                kind = item.get("type") or "output"
                if isinstance(name, str) and name and isinstance(folder, str) and kind == "output":
                    file = RemoteFile(name, folder, "output")
                    if file not in seen:
                        seen.add(file)
                        yield node, file


#: Between the queue and the history there is a moment, so a prompt is missed several times before it is
#: gone.
_MISSED = 4

#: So many times as long is waited for the prompts of others, and for a socket to come back.
_LONGER = 3


class Heard(NamedTuple):
    """What the socket has told so far. `node` is the one that runs, `waiting` before the first."""

    connected: bool
    broke: bool
    news_s: float
    node: str | None
    waiting: bool


class Broken(NamedTuple):
    """The prompt is over without an end; `detail` is what a message needs."""

    how: Outcome
    for_s: float
    detail: Mapping[str, str]


class Inquiry:
    """Asks about one prompt."""

    def __init__(
        self, client: Client, prompt_id: str, limits: Limits, tell: Callable[[Event], None]
    ) -> None:
        self._client, self._id, self._limits, self._tell = client, prompt_id, limits, tell
        self._asked_s = self._moved_s = monotonic()
        self._failing_s: float | None = None
        self._broke = False
        self._missed = 0
        self._ahead = -1
        self._began_s = 0.0

    def verdict(self) -> Verdict | None:
        """What the history says now; None where it has no end yet. Raises ServerError."""
        history = self._client.history(self._id)
        return verdict(history) if history is not None else None

    def look(self, heard: Heard) -> Verdict | Broken | None:
        """Asks if it is time to; the end, where that is one."""
        now_s = monotonic()
        quiet_s = 1.0 if heard.waiting or not heard.connected else self._limits.quiet_s
        is_quiet = not heard.connected or now_s - heard.news_s >= quiet_s
        if now_s - self._asked_s < (quiet_s if is_quiet else self._limits.look_s):
            return None
        self._asked_s = now_s
        try:
            verdict = self.verdict()
            if verdict is not None:
                return verdict
            queue = self._client.queue()
        except ServerError as error:
            return self._unanswered(error, now_s)
        self._failing_s = None
        return self._by_queue(queue, heard, now_s)

    def _unanswered(self, error: ServerError, now_s: float) -> Broken | None:
        self._broke = self._broke or isinstance(error, ServerSilent)
        if self._failing_s is None:
            self._failing_s = now_s
        failing_s = now_s - self._failing_s
        if failing_s < self._limits.gone_s:
            return None
        return Broken("gone", failing_s, {"reason": error.reason})

    def _by_queue(self, queue: Queue, heard: Heard, now_s: float) -> Broken | None:
        if queue.holds(self._id):
            self._missed = 0
            waits = self._id in queue.pending
            return self._waits(queue, now_s) if waits else self._runs(heard, now_s)
        self._missed += 1
        if self._missed < _MISSED:
            return None
        return Broken("lost" if self._broke or heard.broke else "removed", 0.0, {})

    def _waits(self, queue: Queue, now_s: float) -> Broken | None:
        ahead = len(queue.running) + queue.pending.index(self._id)
        if ahead != self._ahead:
            self._ahead, self._moved_s = ahead, now_s
            self._tell(Queued(now_s, ahead))
        still_s = now_s - self._moved_s
        if still_s < _LONGER * self._limits.silence_s:
            return None
        return self._silent("stuck", still_s, running=(queue.running or ("?",))[0])

    def _runs(self, heard: Heard, now_s: float) -> Broken | None:
        if self._ahead > 0:
            self._ahead, self._began_s = 0, now_s
        limit_s = self._limits.silence_s
        if heard.node is None and heard.connected and not (heard.broke or self._broke):
            limit_s = min(limit_s, self._limits.begin_s)
        elif not heard.connected:
            limit_s *= _LONGER  # there may be news that does not reach us
        heard_s = now_s - max(heard.news_s, self._began_s)
        if heard_s < limit_s:
            return None
        where = f"in node `{heard.node}`" if heard.node is not None else "before its first node"
        return self._silent("dead", heard_s, where=where)

    def _silent(self, how: Outcome, for_s: float, **detail: str) -> Broken:
        longer_s = int(_LONGER * max(for_s, self._limits.silence_s))
        return Broken(how, for_s, {**detail, "longer": str(longer_s)})
