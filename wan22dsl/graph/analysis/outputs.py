"""What is saved or shown, and the way of the frames there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.analysis.model import Output, Step
from wan22dsl.graph.analysis.passes import called
from wan22dsl.graph.analysis.starts import file_of
from wan22dsl.graph.model import NOTHING_KNOWN, Link
from wan22dsl.graph.passes.samplers import latent_of
from wan22dsl.graph.tracing import step_back
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Facts, Graph, Node
    from wan22dsl.graph.passes.recognition import Pass

#: So many steps of a way are told at its beginning, and as many at its end: no real way is longer.
_TOLD = 50

#: What is followed back, in this order: a video is made of frames, and these of a latent.
_FRAMES = ("VIDEO", "IMAGE", "LATENT")


def outputs_of(graph: Graph, facts: FactTable, passes: list[Pass]) -> tuple[Output, ...]:
    """Every node that saves or shows frames, in the order of the graph."""
    last = {pass_.node.id: pass_.id for pass_ in passes}
    ways = _Ways(graph, facts)
    found = []
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is not None and node_class.is_output and not _only_acts(node):
            link = _frames_before(graph, facts, Link(node.id, 0))
            if link is not None:
                found.append(_output(graph, facts, node, link, ways, last))
    return tuple(found)


def _only_acts(node: Node) -> bool:
    """Whether an output hands on what it gets, and shows nothing of it: it frees memory."""
    record = record_of(node.class_name)
    return record.acts and record.saving is None


def _output(
    graph: Graph, facts: FactTable, node: Node, link: Link, ways: _Ways, samplers: dict[str, str]
) -> Output:
    way = ways.to(link)
    saved = facts.saved(node)
    known = facts.of(link) if saved is None else saved
    fps = known.fps or (_rate(node, facts) if saved is None else None)
    start = graph.nodes.get(way.links[0].node)
    from_pass = samplers.get(start.id) if start is not None else None
    return Output(
        node=node.id,
        class_name=node.class_name,
        file=_text(facts, node, "filename_prefix"),
        format=_text(facts, node, "format"),
        from_pass=from_pass,
        from_file=file_of(facts, start) if start is not None and from_pass is None else None,
        steps=tuple(map(ways.step, way.links)),
        steps_left_out=way.left_out,
        frames=known.frames,
        fps=fps,
        width_px=known.width,
        height_px=known.height,
        duration_s=known.frames / fps if known.frames and fps else None,
    )


class _Way(NamedTuple):
    """Links from the sampler or the loader to the last one; `left_out` are missing behind the first half."""

    links: tuple[Link, ...]
    left_out: int


class _Ways:
    """The ways of frames. Each step is looked at once: what is saved last goes on from the others."""

    def __init__(self, graph: Graph, facts: FactTable) -> None:
        self._graph = graph
        self._facts = facts
        self._before: dict[Link, Link | None] = {}
        self._beginnings: dict[Link, tuple[tuple[Link, ...], int]] = {}
        self._steps: dict[Link, Step] = {}

    def to(self, link: Link) -> _Way:
        """The way to a link; of frames that are joined, that of the first."""
        beginning, length = self._beginning(link)
        if length <= 2 * _TOLD:
            end = self._end(link, length - len(beginning))
            return _Way((*beginning, *end), 0)
        return _Way((*beginning, *self._end(link, _TOLD)), length - 2 * _TOLD)

    def step(self, link: Link) -> Step:
        """What there is at a link."""
        found = self._steps.get(link)
        if found is None:
            found = self._steps[link] = _step(self._graph, self._facts, link)
        return found

    def _end(self, link: Link | None, count: int) -> list[Link]:
        found: list[Link] = []
        while link is not None and len(found) < count:
            found.append(link)
            link = self._before[link]
        return found[::-1]

    def _beginning(self, link: Link) -> tuple[tuple[Link, ...], int]:
        """The first links of a way, and how many there are in all. A circle is gone round once."""
        new: dict[Link, None] = {}
        current: Link | None = link
        while current is not None and current not in new and current not in self._beginnings:
            new[current] = None
            before = self._before[current] = self._one_before(current)
            current = before
        links: tuple[Link, ...] = ()
        length = 0
        if current is not None and current in self._beginnings:
            links, length = self._beginnings[current]
        for passed in reversed(new):
            links, length = (*links, passed) if length < _TOLD else links, length + 1
            self._beginnings[passed] = links, length
        return self._beginnings[link]

    def _one_before(self, link: Link) -> Link | None:
        node = self._graph.nodes.get(link.node)
        if node is None or latent_of(node) is not None:
            return None
        return _frames_before(self._graph, self._facts, link)


def _frames_before(graph: Graph, facts: FactTable, link: Link) -> Link | None:
    """The frames that the node behind a link takes: as a video, as pictures, or as a latent."""
    for kind in _FRAMES:
        before = step_back(graph, link, kind, facts)
        if before is not None:
            return before
    return None


def _step(graph: Graph, facts: FactTable, link: Link) -> Step:
    node = graph.nodes.get(link.node)
    known: Facts = facts.of(link) if node is not None else NOTHING_KNOWN
    times = None
    how = record_of(node.class_name).interpolation if node is not None else None
    if node is not None and how is not None:
        value = facts.constant(node, how.times)
        times = value if type(value) is int else 2
    return Step(
        node=link.node,
        name=link.node if node is None else called(node),
        class_name="" if node is None else node.class_name,
        times=times,
        frames=known.frames,
        fps=known.fps,
        width_px=known.width,
        height_px=known.height,
    )


def _rate(node: Node, facts: FactTable) -> float | None:
    for name in ("fps", "frame_rate"):
        value = facts.constant(node, name)
        if type(value) in {int, float} and value > 0:
            return float(value)
    return None


def _text(facts: FactTable, node: Node, name: str) -> str | None:
    value = facts.constant(node, name)
    return value if isinstance(value, str) else None
