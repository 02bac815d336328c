"""Any graph of ComfyUI → a `.wan` text that reads as if a person had written it.

What a text means is not argued but tried: a candidate is made of the graph, the richest first; it is
compiled, and what comes out is held against the graph. Where they differ, what differs is written more
plainly. The last candidate is the plain graph, which always holds.

reading      what a file carries: JSON of ComfyUI's, or the text itself
checking     whether a graph can be written as a text at all
candidates   guesses a text, compiles it, compares
reader       a graph as units: passes, calls of stages, plain nodes
sight        the graph as it is looked at
unify        the body of a stage read backwards; `expressions` and `frames` are parts of it
stages       which stage makes a node
passes       which pass a sampler is; `models` and `schedule` are parts of it
assets       models and other files, by the library's names or declared
vocabulary   the words of the library and of files of the user's own
settle       which settings are in the pipeline, and which in a pass
flow         units as flows and `let`s; `uses` tells who takes what
text         the whole file, `naming_passes` its passes, `spelled` its constants, `namings` its names
plain        the whole file as a plain graph
source_text  the text that an output file carries
whole        a whole import
notes      what becomes a comment
needs        what leads to an output
simplify     what is known without running, put in
defaults     what is said twice, left out
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError
from wan22dsl.graph.modes import active
from wan22dsl.importing import text as texts
from wan22dsl.importing.candidates import Best, search
from wan22dsl.importing.computed import Computed, computed
from wan22dsl.importing.namings import name_of
from wan22dsl.importing.plain import linked, nameless, needed, obstacles, writable
from wan22dsl.importing.text import Comments
from wan22dsl.importing.vocabulary import Vocabulary
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
    name = name_of(origin.rpartition(".")[0] or origin) or "imported"

    def best(shown: Computed) -> Best:
        below = _below(graph, needed(whole), shown)
        comments = Comments([f"Imported from {origin}."], below)
        return search(shown.graph, words, name, comments, folder, shown.origins)

    found, shown = best(kept), kept.graph
    off = _kept(graph if muted else linked(graph, kept.graph.nodes), exact=exact)
    if _modes(off.graph) and not obstacles(off.graph) and nameless(off.graph) is None:
        off = off._replace(graph=writable(off.graph))
        with_modes = best(off)
        if with_modes.passes >= found.passes:
            found, shown = with_modes, off.graph
    return Written(found.text, [], _modes(graph) - _modes(shown))


def _kept(graph: Graph, *, exact: bool) -> Computed:
    """What of a graph becomes nodes: all of a prompt, and else what leads to an output."""
    if exact:
        return Computed(needed(graph) if graph.drawn else graph, {})
    made = computed(graph)
    left = needed(made.graph, graph)
    origins = {key: origin for key, origin in made.origins.items() if key[0] in left.nodes}
    return Computed(left, origins)


def _below(graph: Graph, ran: Graph, shown: Computed) -> list[str]:
    """The comments below a text: notes and titles of the file, and the nodes that are not in the text.

    `ran` has those that lead to an output in the file.
    """
    text = graph.span.source.text if graph.span is not None else ""
    gone = [node for id, node in graph.nodes.items() if id not in shown.graph.nodes]
    off = texts.left_out(gone)
    idle = texts.unneeded(gone, ran.nodes, shown.origins)
    more = texts.without_input(shown.graph.nodes.values())
    return [*texts.notes(text), *texts.groups(text), *off, *idle, *more][1:]


def _modes(graph: Graph) -> int:
    """How many nodes of a graph are muted or bypassed."""
    return sum(node.mode != "active" for node in graph.nodes.values())
