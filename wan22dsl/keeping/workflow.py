"""The workflow JSON of a graph with the looks of its original, and what is to be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.formats.workflow_read import read
from wan22dsl.formats.workflow_write import dump, notes
from wan22dsl.importing.simplified import runs_alike
from wan22dsl.keeping.edits import Edits, paired
from wan22dsl.keeping.page import CannotKeepError
from wan22dsl.keeping.redrawn import redrawn
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.formats.workflow_write import Origin
    from wan22dsl.graph.model import CheckedGraph, Graph
    from wan22dsl.keeping.edits import Pairing
    from wan22dsl.keeping.original import Original

#: Of another workflow at most so many nodes are in the original with all their values.
_LEAST_ALIKE = 0.25

#: In so many of its forms the original is tried.
_MOST_TRIES = 2


class Kept(NamedTuple):
    """The workflow, and what was done in a line."""

    workflow: dict[str, Any]
    note: str


def write(checked: CheckedGraph, original: Original, origin: Origin | None = None) -> Kept:
    """The workflow JSON of a graph, drawn as the original; with an `origin`, `extra.wan` has the text.

    Raises CommandError where the original is another workflow.
    """
    wanted = checked.whole or checked.graph
    pairings = paired(original.graph, wanted)
    pairing = pairings[0]
    if pairing.alike < _LEAST_ALIKE:
        count = round(pairing.alike * len(wanted.nodes))
        raise CommandError(
            f"{original.name}: another workflow: it has only {count} of the {len(wanted.nodes)} nodes "
            "with their values. Give the file that the pipeline was imported from, or use `--like none`."
        )
    made: dict[str, Any] | None = None
    why = ""
    for each in pairings[:_MOST_TRIES]:
        try:
            made, note = _changed(checked, original, each)
            break
        except CannotKeepError as error:
            why = why or str(error)
    if made is None:
        made, count = redrawn(checked, original, pairing)
        note = f"the places of {count} nodes are from {original.name}; the rest is new: {why}"
    if origin is not None:
        _tell_origin(made, origin)
    return Kept(made, note)


def _changed(
    checked: CheckedGraph, original: Original, pairing: Pairing
) -> tuple[dict[str, Any], str]:
    """The original, changed in place, and what was done. Raises CannotKeepError where that cannot be."""
    wanted = checked.whole or checked.graph
    page = original.page()
    edits = Edits(original, wanted, pairing, page)
    edits.make()
    again = _read_again(page.value, checked.graph)
    if again is not None and not runs_alike(again, wanted, original.graph):
        edits.make_sure(again)
        again = _read_again(page.value, checked.graph)
    if again is None or not runs_alike(again, wanted, original.graph):
        raise CannotKeepError("its structure does not allow the changes")
    return page.value, _note(edits, original)


def _read_again(workflow: dict[str, Any], graph: Graph) -> Graph | None:
    return read(Source(dump(workflow), "kept.json"), graph.catalogue)[0]


def _note(edits: Edits, original: Original) -> str:
    done = [
        f"{count} {what}"
        for count, what in (
            (edits.changed, "changed"),
            (len(edits.added), "new"),
            (len(edits.removed), "removed"),
        )
        if count
    ]
    return f"drawn as in {original.name}" + (f": {', '.join(done)}" if done else "")


def _tell_origin(workflow: dict[str, Any], origin: Origin) -> None:
    """Puts the text beside the graph, and into the note that shows it, where there is one."""
    extra = workflow.get("extra")
    if not isinstance(extra, dict):
        extra = workflow["extra"] = {}
    extra["wan"] = {**notes.extra(origin), "like": True}
    for node in workflow["nodes"]:
        if (node.get("properties") or {}).get("wan note") is True:
            node["widgets_values"] = [notes.text_of(origin)]
