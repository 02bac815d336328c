"""How far a run is, kept from its events: one row for each pass and stage, for whoever shows it."""

from __future__ import annotations

from statistics import median
from time import monotonic
from typing import TYPE_CHECKING

from wan22dsl.run.events import (
    Cached,
    Connected,
    Disconnected,
    Downloaded,
    Ended,
    Health,
    NodeStarted,
    Queued,
    Retry,
    Step,
    Submitted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.events import Event


class Row:
    """A pass or stage. `doing` is "" before it begins, then "loading", "sampling", …, at last "done".

    At last "ended" where the prompt failed or was stopped in it.
    """

    def __init__(self, name: str, steps: int | None, is_pass: bool) -> None:
        self.name = name
        self.is_pass = is_pass
        self._planned_steps = steps
        self.reset()

    def reset(self) -> None:
        """As if it had not begun: a further attempt starts anew."""
        self.steps = self._planned_steps
        self.step = 0
        self.doing = ""
        self._since_s: float | None = None
        self._spent_s = 0.0
        self.peak_bytes = 0
        self._marks: list[float] = []

    def begin(self, at_s: float, doing: str) -> None:
        """Something of it runs now."""
        self._since_s = at_s if self._since_s is None else self._since_s
        self.doing = doing

    def mark(self, at_s: float, value: int, maximum: int) -> None:
        """A step is done."""
        self.step, self.steps = value, maximum
        self._marks.append(at_s)

    def end(self, at_s: float, doing: str = "done") -> None:
        """Something else runs now, or nothing any more."""
        if self._since_s is not None:
            self._spent_s += at_s - self._since_s
            self._since_s = None
            self.doing = doing

    def elapsed_s(self, now_s: float) -> float:
        """How long it has run, without what ran in between: a node of `low` can come before all of `high`."""
        return self._spent_s + (now_s - self._since_s if self._since_s is not None else 0.0)

    @property
    def step_s(self) -> float | None:
        """The usual time of a step; None before two are done."""
        each = [until - since for since, until in zip(self._marks, self._marks[1:])]
        return median(each) if each else None

    def expected_s(self, now_s: float) -> float | None:
        """How long its sampling will take from now; None where that cannot be told yet."""
        if self.step_s is None or self.steps is None or self._since_s is None:
            return None
        return max(0.0, (self.steps - self.step) * self.step_s - (now_s - self._marks[-1]))


class Board:
    """All rows. `receive` gives what is worth a line where nothing can be drawn.

    `speed` is by how much the times of events pass faster than this machine's; None: as fast as it can.
    """

    def __init__(self, plan: Plan, speed: float | None = 1.0) -> None:
        self._plan = plan
        self._speed = speed
        self._zero_s: float | None = None
        self._last_s = self._received_s = monotonic()
        self.rows = {
            pass_plan.name: Row(pass_plan.name, pass_plan.steps, True) for pass_plan in plan.passes
        }
        self.rows.update({name: Row(name, None, False) for name in plan.stages})
        self.current: Row | None = None
        self.note = ""
        self._piece = ""

    def receive(self, event: Event) -> list[str]:
        """Takes an event in."""
        if self._zero_s is None:
            self._zero_s = event.at_s
        self._last_s, self._received_s = event.at_s, monotonic()
        if isinstance(event, Health):
            if self.current is not None and event.used_bytes:
                self.current.peak_bytes = max(self.current.peak_bytes, event.used_bytes)
            return []
        if isinstance(event, NodeStarted):
            return list(self._node(event))
        if isinstance(event, Step):
            return list(self._step(event))
        return list(self._other(event))

    def now_s(self) -> float:
        """The time now, as events have it: where a simulation is faster than its card, so is this."""
        if self._speed is None:
            return self._last_s
        return self._last_s + (monotonic() - self._received_s) * self._speed

    def _node(self, event: NodeStarted) -> Iterator[str]:
        part = self._plan.part_of(event.node, self._piece)
        if part is None:
            return
        row = self.rows[part.owner]
        if self.current is not None and self.current is not row:
            yield from self._leave(event.at_s)
        doing = {"load": "loading", "sample": "sampling", "decode": "decoding"}.get(part.role, "")
        doing = doing or ("preparing" if row.is_pass else "running")
        if row.doing != doing:
            yield f"{self._at(event)} {row.name}: {doing}"
        row.begin(event.at_s, doing)
        self.current, self.note = row, ""

    def _leave(self, at_s: float, doing: str = "done") -> Iterator[str]:
        row = self.current
        if row is not None:
            row.end(at_s, doing)
            self.current = None
            took = f"{'' if doing == 'done' else 'ended after '}{row.elapsed_s(at_s):.1f} s"
            yield f"[{at_s - (self._zero_s or 0.0):7.1f} s] {row.name}: {took}"

    def _step(self, event: Step) -> Iterator[str]:
        part = self._plan.part_of(event.node, self._piece)
        if part is None:
            return
        row = self.rows[part.owner]
        if part.role == "sample":
            row.mark(event.at_s, event.value, event.maximum)
            pace = f", {row.step_s:.2f} s a step" if row.step_s else ""
            yield f"{self._at(event)} {row.name}: step {event.value} of {event.maximum}{pace}"
        elif not row.is_pass:
            row.step, row.steps = event.value, event.maximum

    def _other(self, event: Event) -> Iterator[str]:
        if isinstance(event, Queued):
            self.note = f"waiting: {event.ahead} before it" if event.ahead else "next in the queue"
        elif isinstance(event, Submitted):
            self._piece = event.part
            self.note = f"submitted{f' ({event.part})' if event.part else ''}"
        elif isinstance(event, Disconnected):
            self.note = f"connection lost ({event.reason}); reconnecting"
        elif isinstance(event, Connected):
            self.note = "reconnected"
        elif isinstance(event, Retry):
            self.note = f"{event.why}; next: {event.name}"
            for row in self.rows.values():
                row.reset()
        elif isinstance(event, Downloaded):
            self.note = f"saved {event.path}"
        elif isinstance(event, Cached):
            held = {
                self._plan.parts[node].owner for node in event.nodes if node in self._plan.parts
            }
            named = [name for name in self.rows if name in held]
            if not named:
                return
            nodes = "node" if len(event.nodes) == 1 else "nodes"
            self.note = f"{len(event.nodes)} {nodes} from the cache, of {', '.join(named)}"
        elif isinstance(event, Ended):
            yield from self._leave(event.at_s, "done" if event.how == "success" else "ended")
            return
        else:
            return
        yield f"{self._at(event)} {self.note}"

    def _at(self, event: Event) -> str:
        return f"[{event.at_s - (self._zero_s or 0.0):7.1f} s]"
