"""The workflow that is taken as a model: its JSON, its graph, and where each node is in the file."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.formats import embedded
from wan22dsl.formats.envelopes import is_workflow
from wan22dsl.formats.envelopes import opened as unwrapped
from wan22dsl.formats.json_text import BrokenJsonError, document, elements, member
from wan22dsl.formats.kind import is_json
from wan22dsl.formats.placeholders import with_placeholders
from wan22dsl.formats.widgets import CONTROL
from wan22dsl.formats.workflow_read import read_at
from wan22dsl.formats.workflow_read.drawing import read_drawing
from wan22dsl.formats.workflow_read.sheet import Sheet
from wan22dsl.keeping.page import Page, Spot
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.formats.workflow_read.parts import Raw
    from wan22dsl.graph.model import Graph


class Original:
    """A workflow with its graph; raises CommandError where the file has none that could be a model."""

    def __init__(self, source: Source, value: dict[str, Any], start: int, graph: Graph) -> None:
        self.name = source.path.rpartition("/")[2]
        self.graph = graph
        self._text, self._start, self._value = source.text, start, value

    def page(self) -> Page:
        """The JSON, to be changed."""
        value = deepcopy(self._value)
        return Page(value, [level for level, _ in _levels(self._text, value, self._start)])

    def spot(self, id: str) -> Spot | None:
        """Where a node of the graph is in the file; None where it has no place of its own there."""
        span = self.graph.nodes[id].span
        return None if span is None else self._by_type.get(span.start)

    def spot_of(self, raw: Raw) -> Spot | None:
        """Where a node is in the file."""
        return self._spots.get(raw.start)

    def raw(self, spot: Spot) -> Raw:
        """A node as it is read."""
        return self._raws[spot]

    def path(self, id: str) -> str:
        """Where a node of the graph is: the ids of the instances of subgraphs around it."""
        spot = self.spot(id)
        return "" if spot is None or spot.level == 0 else id.rpartition(":")[0]

    @cached_property
    def _spots(self) -> dict[int, Spot]:
        found = {}
        for number, (level, start) in enumerate(_levels(self._text, self._value, self._start)):
            if level.get("nodes"):
                listed = elements(self._text, member(self._text, start, "nodes").start)
                found.update({each.start: Spot(number, at) for at, each in enumerate(listed)})
        return found

    @cached_property
    def _raws(self) -> dict[Spot, Raw]:
        sheet = Sheet(Source(self._text, self.name))
        drawing = read_drawing(sheet, self._value, self._start)
        levels = (drawing.root, *drawing.subgraphs.values())
        raws = [raw for level in levels for raw in level.nodes.values()]
        return {self._spots[raw.start]: raw for raw in raws if raw.start in self._spots}

    @cached_property
    def _by_type(self) -> dict[int, Spot]:
        return {
            member(self._text, raw.start, "type").start: spot for spot, raw in self._raws.items()
        }


def _levels(text: str, value: dict[str, Any], start: int) -> Iterator[tuple[dict[str, Any], int]]:
    """The outer graph and the definitions of subgraphs, each with its place in the text."""
    yield value, start
    waiting = [(value, start)]
    while waiting:
        about, at = waiting.pop()
        definitions = about.get("definitions")
        listed = definitions.get("subgraphs") if isinstance(definitions, dict) else None
        if not listed:
            continue
        inside = member(text, member(text, at, "definitions").start, "subgraphs")
        for level, element in zip(listed, elements(text, inside.start)):
            waiting.append((level, element.start))
            yield level, element.start


def opened(data: bytes, shown: str, file: Path | None, catalogue: Catalogue) -> Original:
    """The workflow in a file: workflow JSON, or a picture or video that carries it.

    Raises UnreadableFile, and CommandError where there is no workflow in it that can be read.
    """
    source = _source(data, shown, file)
    try:
        value, start, _ = document(source.text)
    except BrokenJsonError as error:
        raise CommandError(f"{shown}: {error}. A layout is taken from workflow JSON.") from error
    inner = unwrapped(source.text, value, start)
    if not is_workflow(inner.value):
        raise CommandError(
            f"{shown}: no workflow JSON, so there is no layout in it. Prompt JSON (the API format) has no "
            "positions: save the workflow in ComfyUI's editor with File > Save, and give that file."
        )
    graph, found = read_at(source, catalogue, inner.value, inner.start)
    if graph is None:
        wrong = next((finding.message for finding in found if finding.is_error), "it is damaged")
        raise CommandError(f"{shown}: the workflow cannot be read: {wrong}")
    return Original(source, inner.value, inner.start, with_placeholders(graph))


def changed_after_a_run(original: Original) -> list[str]:
    """The values that the editor changes after each run: `noise_seed` of #57 "High" (randomize)."""
    found = []
    for id, node in (original.graph.stored or {}).items():
        active = id in original.graph.nodes and original.graph.nodes[id].mode == "active"
        for name, value in node.values.items() if active else ():
            control, _, of = name.partition(f"{CONTROL} of ")
            if not control and of and isinstance(value, str) and value != "fixed":
                found.append(f"`{of}` of {node.label} ({value})")
    return found


def _source(data: bytes, shown: str, file: Path | None) -> Source:
    if embedded.is_one(data[:16]) and file is not None:
        text = embedded.read(file).workflow
        if text is None:
            raise CommandError(f"{shown}: the file carries no workflow JSON.")
        return Source(text, shown)
    source = Source.decode(data, shown, file)
    if not is_json(source):
        raise CommandError(f"{shown}: not JSON. A layout is taken from workflow JSON.")
    return source
