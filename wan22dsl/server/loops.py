"""Loops written out: what a StartLoop does when it runs, done before the prompt runs.

The nodes of a body are copied for each iteration. A copy has an id of its own, and is shown by the id of the
node that it is a copy of (Comfy-Org/ComfyUI 0.36: comfy_extras, the nodes of "utilities/looping").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import loops as records
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.facts import FactTable, reading_of
from wan22dsl.graph.loops import loops_of
from wan22dsl.graph.prompts import graph_of
from wan22dsl.server.order import is_link
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.graph.loops import BadLoop, Loop
    from wan22dsl.graph.model import Graph
    from wan22dsl.server.memory import Log

#: More copies of nodes than this are not made: somebody has written too large a number.
_MOST_COPIES = 20_000


class WrittenOut(NamedTuple):
    """A prompt without loops. `shown` has the id by which a copy is shown, `start` that of its StartLoop.

    `after` has what has to be over before a node may run: the iteration before. `bodies` are the nodes that
    run as copies only.
    """

    prompt: dict[str, Any]
    shown: Mapping[str, str] = {}
    start: Mapping[str, str] = {}
    after: Mapping[str, tuple[str, ...]] = {}
    bodies: frozenset[str] = frozenset()


def bad_loop(prompt: Mapping[str, Any], catalogue: Catalogue) -> BadLoop | None:
    """The loop for which a prompt is refused; None where there is none."""
    return loops_of(graph_of(prompt, catalogue)).bad if _has_loops(prompt) else None


def written_out(prompt: dict[str, Any], catalogue: Catalogue, log: Log) -> WrittenOut:
    """A prompt with its loops written out, outer ones first."""
    found = WrittenOut(prompt)
    waiting = list(loops_of(graph_of(prompt, catalogue)).found) if _has_loops(prompt) else []
    while waiting:
        loop = waiting.pop()  # inner ones stand before outer ones
        times = _times(graph_of(found.prompt, catalogue), loop, log)
        copies = _Copies(found, loop, times)
        found = copies.written_out()
        inner = [each for each in waiting if each.start in loop.body]
        waiting = [each for each in waiting if each.start not in loop.body]
        waiting += [copies.loop(each, position) for position in range(times) for each in inner]
    return found


def _has_loops(prompt: Mapping[str, Any]) -> bool:
    return any(
        isinstance(node, dict) and record_of(str(node.get("class_type"))).loop == "end"
        for node in prompt.values()
    )


def _times(graph: Graph, loop: Loop, log: Log) -> int:
    """How often a body runs; once where that is not known."""
    start = graph.nodes[loop.start]
    facts = FactTable(graph)
    found = records.times(reading_of(start, 0, graph.class_of(start), facts.of))
    if found is None:
        log.add(f"{loop.start}: how often the loop runs is not known, 1 iteration is simulated")
        return 1
    most = max(_MOST_COPIES // max(len(loop.body), 1), 1)
    if found > most:
        log.add(f"{loop.start}: {most} of {found} iterations are simulated")
    return min(found, most)


class _Copies:
    """The copies of the body of one loop."""

    def __init__(self, before: WrittenOut, loop: Loop, times: int) -> None:
        self._before, self._loop, self._times = before, loop, times
        self._start: dict[str, Any] = before.prompt[loop.start]["inputs"]
        self._end: dict[str, Any] = before.prompt[loop.end]["inputs"]
        self._ends = {
            name: value
            for name, value in self._end.items()
            if is_link(value) and name != "next_iteration_value"
        }

    def written_out(self) -> WrittenOut:
        """The prompt with the copies in the place of the body; the end gets what the last one makes."""
        loop, old = self._loop, self._before
        prompt = {id: node for id, node in old.prompt.items() if id not in loop.body}
        shown, start, after = dict(old.shown), dict(old.start), dict(old.after)
        carried: Any = self._start.get("initial_iteration_value")
        ran: tuple[str, ...] = (loop.start,)
        ends: dict[str, Any] = {}
        for position in range(self._times):
            link = self._links(position, carried)
            for id in sorted(loop.body):
                copy = self._copy(position, id)
                node = old.prompt[id]
                inputs = {name: link(value) for name, value in node["inputs"].items()}
                kept = {name: value for name, value in inputs.items() if value is not None}
                prompt[copy] = {**node, "inputs": kept}
                shown[copy] = old.shown.get(id, id)
                start[copy] = old.start.get(id, loop.start)
                after[copy] = (*old.after.get(id, ()), *ran)
            made = {name: link(value) for name, value in self._ends.items()}
            for name, value in made.items():
                ends[name if name == "output_value" else f"terminations.termination{len(ends)}"] = (
                    value
                )
            if is_link(self._end.get("next_iteration_value")):
                carried = link(self._end["next_iteration_value"])
            ran = tuple(value[0] for value in [*made.values(), carried] if is_link(value))
        prompt[loop.end] = {
            **old.prompt[loop.end],
            "inputs": {"accumulate": False, **ends},
        }
        after[loop.end] = (*after.get(loop.end, ()), *ran)
        return WrittenOut(prompt, shown, start, after, old.bodies | loop.body)

    def loop(self, inner: Loop, position: int) -> Loop:
        """The copy of a loop that is in the body."""
        start, end = self._copy(position, inner.start), self._copy(position, inner.end)
        return type(inner)(start, end, frozenset(self._copy(position, id) for id in inner.body))

    def _copy(self, position: int, id: str) -> str:
        return f"{self._loop.start}.0.0.{position}_{id}"

    def _links(self, position: int, carried: Any) -> Callable[[Any], Any]:
        """What stands in an iteration for the values of the body: None where there is nothing."""
        of_start = (
            self._index(position),
            position == 0,
            position == self._times - 1,
            self._start.get("mode.list"),
            carried,
        )

        def link(value: Any) -> Any:
            if not is_link(value):
                return value
            source, slot = value
            if source == self._loop.start:
                return of_start[int(slot)] if 0 <= slot < len(of_start) else None
            return [self._copy(position, source), slot] if source in self._loop.body else value

        return link

    def _index(self, position: int) -> int:
        first, step = self._start.get("mode.start_iteration_index"), self._start.get("mode.step")
        if self._start.get("mode") != "For" or type(first) is not int or type(step) is not int:
            return position
        return first + position * step
