"""The text of a whole graph: what is read of it, what is left out, and what is told of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.graph.modes import active
from wan22dsl.importing import text as texts
from wan22dsl.importing.candidates import Best, search
from wan22dsl.importing.computed import Computed, computed
from wan22dsl.importing.sections import sections
from wan22dsl.importing.simplified import without_idle, without_stray
from wan22dsl.importing.spellings import name_of
from wan22dsl.importing.text import Comments
from wan22dsl.importing.vocabulary import Vocabulary
from wan22dsl.importing.writable import linked, nameless, needed, obstacles, writable
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.importing.vocabulary import Used


class Written(NamedTuple):
    """The text of a graph; None where `diagnostics` say why there is none.

    `silent` is the number of muted and bypassed nodes of which the text has comments only.
    """

    text: str | None
    diagnostics: list[Diagnostic]
    silent: int = 0


def text_of(
    graph: Graph,
    origin: str,
    *,
    used: tuple[Used, ...] = (),
    folder: Path | None = None,
    exact: bool = False,
    muted: bool = False,
) -> Written:
    """The text of a graph; none, with the reasons, where what is needed goes round in a circle or links to
    nothing. Raises CommandError where an input has no name.

    `origin` is the name of the file that it is from; its notes become comments. Muted and bypassed nodes
    stay what they are if they are linked to what runs; others become comments, or with `muted` stay too,
    wherever the text has a place for them. `folder` is where the text will be, from where `used`
    files are found. What is known without running is put in, so that the text makes fewer nodes that do the
    same; with `exact` it makes the graph node by node.
    """
    whole = active(graph)
    kept = _kept(whole, exact=exact)
    wrong = obstacles(kept.graph)
    if wrong:
        return Written(None, wrong)
    kept = kept._replace(graph=writable(kept.graph))
    unnamed = nameless(kept.graph)
    if unnamed is not None:
        raise CommandError(
            f"{origin}: #{unnamed.id} ({unnamed.class_name}) has an input without a name, "
            "but a .wan file names every input. Use the name from its class, or remove it."
        )
    words = Vocabulary(used, {node.class_name for node in kept.graph.nodes.values()})
    name = _name(origin, words)
    groups = sections(_text(graph))

    def best(shown: Computed) -> Best:
        below = _below(graph, needed(whole), shown)
        comments = Comments([f"Imported from {origin}."], below, groups)
        return search(shown.graph, words, name, comments, folder, shown.origins)

    found, shown = best(kept), kept.graph
    off = _kept(graph if muted else linked(graph, kept.graph.nodes), exact=exact)
    if _modes(off.graph) and not obstacles(off.graph) and nameless(off.graph) is None:
        off = off._replace(graph=writable(off.graph))
        with_modes = best(off)
        if with_modes.passes >= found.passes:
            found, shown = with_modes, off.graph
    return Written(found.text, [], _modes(graph) - _modes(shown))


def _name(origin: str, words: Vocabulary) -> str:
    """The name of the file, where it is not that of a module that the text may use."""
    name = name_of(origin.rpartition(".")[0] or origin) or "imported"
    modules = {used.prefix.rstrip(".") for used in words.used}
    return f"{name}_1" if name in modules else name


def _kept(graph: Graph, *, exact: bool) -> Computed:
    """What of a graph becomes nodes: all of a prompt, and else what leads to an output."""
    if exact:
        return Computed(needed(graph) if graph.drawn else graph, {})
    made = computed(graph)
    left = needed(without_idle(without_stray(made.graph)), graph)
    origins = {key: origin for key, origin in made.origins.items() if key[0] in left.nodes}
    return Computed(left, origins)


def _below(graph: Graph, ran: Graph, shown: Computed) -> list[str]:
    """The comments below a text: notes of the file, and the nodes that are not in the text.

    `ran` has those that lead to an output in the file.
    """
    gone = [node for id, node in graph.nodes.items() if id not in shown.graph.nodes]
    off = texts.left_out(gone)
    idle = texts.unneeded(gone, ran.nodes, shown.origins)
    less = texts.without_effect(graph.nodes, shown.graph.nodes.values())
    more = texts.without_input(shown.graph.nodes.values())
    return [*texts.notes(_text(graph)), *off, *idle, *less, *more][1:]


def _text(graph: Graph) -> str:
    """The file that a graph is from."""
    return graph.span.source.text if graph.span is not None else ""


def _modes(graph: Graph) -> int:
    """How many nodes of a graph are muted or bypassed."""
    return sum(node.mode != "active" for node in graph.nodes.values())
