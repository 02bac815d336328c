"""Guesses a text, compiles it, and holds what comes out against the graph: the richest that is equal wins.

The last of them is the plain `graph`, which holds for every graph.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import written
from wan22dsl.formats.placeholders import has_some
from wan22dsl.graph.build import build
from wan22dsl.graph.build.messages import HIDDEN_SETTING, UNREAD_SETTING
from wan22dsl.graph.equality import digests, same
from wan22dsl.graph.model import Graph, Link
from wan22dsl.graph.modes import active
from wan22dsl.importing.comments import Remarks, Statement, in_sections, with_titles
from wan22dsl.importing.copies import Tried, with_copies
from wan22dsl.importing.flow import about
from wan22dsl.importing.placeholders import Params, StandIns
from wan22dsl.importing.reader import Plain, Reader
from wan22dsl.importing.repeated import with_named_texts, with_stages
from wan22dsl.importing.simplified import (
    needed,
    with_old_spelling,
    without_added,
    without_loader_defaults,
)
from wan22dsl.importing.spellings import Namings, json_value, of_title
from wan22dsl.importing.text import CannotWriteError, Pipeline, groups, joined, laid_out
from wan22dsl.importing.units import Sight
from wan22dsl.language.program import load_program
from wan22dsl.language.syntax import spelling
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node
    from wan22dsl.importing.comments import Origins
    from wan22dsl.importing.text import Candidate, Comments
    from wan22dsl.importing.vocabulary import Vocabulary
    from wan22dsl.language.program.program import Program

#: So many arguments at most are left out one by one, each of which makes so many nodes again at most in all;
#: else only all of one name together.
_MOST_SINGLY, _MOST_AGAIN = 12, 800

#: So often at most a text is made anew. After so many tries what is read more plainly is all of one class.
_MOST_TRIES, _PATIENCE = 60, 8

#: So many elements of flows are named at most, in all texts together. Each flow runs once, but in a graph
#: that branches and joins again and again what names it doubles each time.
_MOST_RUNS = 10_000_000

#: Graphs with more nodes than this are written as they are: no one has made them by hand.
_MOST_NODES = 2000


class Best(NamedTuple):
    """A text of a graph, and how many passes it has; -1 where it is a plain graph.

    `shortened` makes of it the text without what goes without saying, and `copied` of that one the text in
    which what repeats is written once: long work, for the text that is taken only.
    """

    text: str
    passes: int
    shortened: Callable[[], str] | None = None
    copied: Callable[[str], str] | None = None

    @property
    def short(self) -> str:
        """The text without what goes without saying."""
        return self.text if self.shortened is None else self.shortened()

    @property
    def final(self) -> str:
        """The text to be written."""
        return self.short if self.copied is None else self.copied(self.short)


class Search:
    """The search for the text of one graph."""

    def __init__(
        self,
        graph: Graph,
        words: Vocabulary,
        name: str,
        folder: Path | None,
        origins: Origins | None = None,
    ) -> None:
        self._exact = with_old_spelling(graph)
        self._drawn = graph.drawn
        self._graph = graph = without_loader_defaults(self._shown(self._exact))
        self._words = words
        self._name = name
        self._folder = folder
        self._origins = origins or {}
        self._start = Plain()
        self._digests = self._digests_of(graph)
        self._has_modes = any(node.mode != "active" for node in graph.nodes.values())

    def best(self, comments: Comments) -> Best:
        """The richest text that means the same as the graph.

        A pipeline has no place for nodes that lead to no output; where there are some, the graph is plain.
        """
        if any(map(has_some, self._graph.nodes.values())):
            found = self._template(comments)
            return found or Best(plain_text(self._exact, self._name, comments, self._origins), -1)
        nodes = len(self._graph.nodes)
        if nodes <= _MOST_NODES and len(needed(self._graph).nodes) == nodes:
            found = self._pipeline(comments)
            if found is not None:
                return found
        return Best(plain_text(self._exact, self._name, comments, self._origins), -1)

    def _template(self, comments: Comments) -> Best | None:
        """The text of a graph with placeholders, where values can stand in for them."""
        stand_ins = StandIns(self._exact)
        if stand_ins.graph is None:
            return None
        search = Search(stand_ins.graph, self._words, self._name, self._folder, self._origins)
        search._start = Plain(frozenset(stand_ins.samplers))
        found = search.best(comments)
        filled = stand_ins.with_params(found.short)
        if found.passes < 0 or filled is None:
            return None
        built = search._built(filled.text, filled.values)
        return Best(filled.text, found.passes) if built and search._is_same(built) else None

    def _pipeline(self, comments: Comments) -> Best | None:
        choice, effort = self._start, 0
        for tried in range(_MOST_TRIES):
            reader, names = self._reader(choice)
            try:
                candidate = Pipeline(reader, names, self._name, self._origins).write(comments)
            except CannotWriteError as error:
                if error.id in choice.nodes or not error.id:
                    return None
                choice = choice._replace(nodes=choice.nodes | {error.id})
                continue
            effort += candidate.runs
            if effort > _MOST_RUNS:
                return None
            if not any(unit.is_stage or unit.is_pass for unit in reader.units.values()):
                return None
            built = self._built(candidate.text)
            if built is not None and self._is_same(built):
                return Best(
                    candidate.text,
                    len(reader.passes),
                    partial(self._shortened, candidate, choice, comments),
                    partial(self._with_copies, comments),
                )
            if built is not None and self._has_same_nodes(built) and choice.decodes:
                return None  # what is switched off leads elsewhere, however plainly the rest is written
            again = self._plainer(choice, candidate, reader, built)
            if again is None:
                return None
            if tried >= _PATIENCE:
                again = self._of_one_class(again, again.nodes - choice.nodes, reader)
            choice = again
        return None

    def _of_one_class(self, choice: Plain, new: frozenset[str] | set[str], reader: Reader) -> Plain:
        """Also those units more plainly whose nodes have the classes of the new ones: they fail alike.

        A long video of twenty clips would else be tried twenty times.
        """
        classes = {self._graph.nodes[id].class_name for id in new if id in self._graph.nodes}
        more = {
            unit.id
            for unit in reader.units.values()
            if (unit.is_stage or unit.is_pass)
            and unit.id in self._graph.nodes
            and self._graph.nodes[unit.id].class_name in classes
        }
        return choice._replace(nodes=choice.nodes | more)

    def _with_copies(self, comments: Comments, text: str) -> str:
        """The text with repeated sections written once, where that is shorter and makes the same graph."""

        def tried(shorter: str) -> Tried:
            program, found = self._loaded(shorter)
            if any(finding.is_error for finding in found):
                return Tried(False)
            built, found = build(program, self._name, self._graph.catalogue)
            wrong = [finding for finding in found if finding.is_error]
            if isinstance(built, Graph):
                return Tried(not wrong and self._is_same(built))
            idle = (UNREAD_SETTING, HIDDEN_SETTING)
            unread = [finding.span.start for finding in wrong
                      if finding.kind in idle and finding.span is not None]  # fmt: skip
            return Tried(False, tuple(unread) if len(unread) == len(wrong) else ())

        library = [pass_word.name for pass_word in self._words.passes]
        titles, catalogue = comments.sections.titles, self._graph.catalogue
        text = with_copies(text, self._name, titles, library, tried)
        taken = {word.name for word in self._words.stages if "." not in word.name}
        text = with_stages(text, catalogue, taken, tried)
        return with_named_texts(text, tried)

    def _reader(self, choice: Plain) -> tuple[Reader, Namings]:
        taken = {used.prefix.rstrip(".") for used in self._words.used}
        taken |= {
            stage_word.name for stage_word in self._words.stages if "." not in stage_word.name
        }
        taken |= {
            asset_word.name for asset_word in self._words.assets if "." not in asset_word.name
        }
        names = Namings({*taken, self._name})
        return Reader(self._graph, self._words, names, choice), names

    def _built(self, text: str, values: Mapping[str, Any] | None = None) -> Graph | None:
        """The graph that a text makes; None where it has mistakes. `values` are those of its parameters."""
        program, found = self._loaded(text, values)
        if any(finding.is_error for finding in found):
            return None
        graph, found = build(program, self._name, self._graph.catalogue)
        return graph if isinstance(graph, Graph) else None

    def _loaded(
        self, text: str, values: Mapping[str, Any] | None = None
    ) -> tuple[Program, list[Diagnostic]]:
        file = None if self._folder is None else self._folder / "imported.wan"
        return load_program(Source(text, "imported.wan", file), values)

    def _is_same(self, built: Graph) -> bool:
        if not self._has_same_nodes(built):
            return False
        return not self._has_modes or same(active(self._shown(built)), active(self._graph))

    def _has_same_nodes(self, built: Graph) -> bool:
        return Counter(self._digests_of(built).values()) == Counter(self._digests.values())

    def _digests_of(self, graph: Graph) -> dict[str, str]:
        return digests(self._shown(graph))

    def _shown(self, graph: Graph) -> Graph:
        """The graph as it is read: of a workflow without what the editor sends though nobody chose it."""
        return without_added(graph) if self._drawn else graph

    def _plainer(
        self, choice: Plain, candidate: Candidate, reader: Reader, built: Graph | None
    ) -> Plain | None:
        """What to read more plainly next, told by the first nodes that did not come back."""
        unwritten = set(candidate.open) - choice.written
        if unwritten:
            return choice._replace(written=choice.written | unwritten)
        if built is None:
            return self._without_build(choice, reader)
        lost = self._lost(built)
        nodes = {
            unit.id
            for unit in reader.units.values()
            if (unit.is_stage or unit.is_pass) and unit.nodes & lost and unit.id not in choice.nodes
        }
        decodes = {id for id in lost if self._graph.nodes[id].class_name == written.DECODER}
        nodes |= decodes - choice.nodes
        nodes = nodes or self._made_twice(built, reader) - choice.nodes
        if not nodes:
            return self._without_build(choice, reader)
        return choice._replace(nodes=choice.nodes | nodes)

    def _without_build(self, choice: Plain, reader: Reader) -> Plain | None:
        if not choice.decodes:
            return choice._replace(decodes=True)
        rest = [
            unit.id
            for unit in reader.units.values()
            if (unit.is_stage or unit.is_pass) and unit.id not in choice.nodes
        ]
        return choice._replace(nodes=choice.nodes | {rest[0]}) if rest else None

    def _made_twice(self, built: Graph, reader: Reader) -> set[str]:
        """Stages and passes that stand for a node which a plain one stands for too, in another spelling."""
        wanted, made = Counter(self._digests.values()), Counter[str]()
        classes = set()
        for id, digest in self._digests_of(built).items():
            made[digest] += 1
            if made[digest] > wanted[digest]:
                classes.add(built.nodes[id].class_name)
        units = reader.units.values()
        plain = {unit.id for unit in units if not unit.is_stage and not unit.is_pass}
        twice = {id for id in plain if self._graph.nodes[id].class_name in classes}
        return {unit.id for unit in units if (unit.is_stage or unit.is_pass) and unit.nodes & twice}

    def _lost(self, built: Graph) -> set[str]:
        """The first nodes that were not made: all that they need was."""
        made = Counter(self._digests_of(built).values())
        missing = set()
        for id, digest in self._digests.items():
            made[digest] -= 1
            if made[digest] < 0:
                missing.add(id)
        return {
            id
            for id in missing
            if not any(link.node in missing for _, link in self._graph.nodes[id].links())
        }

    def _shortened(self, candidate: Candidate, choice: Plain, comments: Comments) -> str:
        """The text without those arguments that turn out to go without saying."""
        text = candidate.text
        groups = [
            {item for item in choice.written if item[1] == name}
            for name in sorted({name for _, name in choice.written})
        ]
        if len(choice.written) <= min(_MOST_SINGLY, _MOST_AGAIN // len(self._graph.nodes)):
            groups += [{item} for item in sorted(choice.written)]
        for group in groups:
            if not group & choice.written:
                continue
            fewer = choice._replace(written=choice.written - group)
            reader, names = self._reader(fewer)
            shorter = Pipeline(reader, names, self._name, self._origins).write(comments)
            built = self._built(shorter.text)
            if built is not None and self._is_same(built):
                text, choice = shorter.text, fewer
        return text


def search(
    graph: Graph,
    words: Vocabulary,
    name: str,
    comments: Comments,
    folder: Path | None = None,
    origins: Origins | None = None,
) -> Best:
    """The text of a graph. `folder` is where files are looked for that it uses.

    `origins` says where values come from that were computed; the text names it.
    """
    return Search(graph, words, name, folder, origins).best(comments)


def plain_text(graph: Graph, name: str, comments: Comments, origins: Origins) -> str:
    """The text of a graph whose links all lead somewhere and never in a circle."""
    sight = Sight(graph)
    used = {link.node for node in graph.nodes.values() for _, link in node.links()}
    names, remarks = Namings(), Remarks(origins)
    params = Params(names)
    called: dict[str, str] = {}
    lines = []
    of = comments.sections.of
    ordered = in_sections([node.id for node in sight.ordered], sight.needs, of)
    for node in map(sight.node, ordered):
        title = of_title(node.title or node.id, node.class_name)
        call = _call(node, sight, called, title, params)
        if node.id in used:
            called[node.id] = names.new(title, node.class_name, f"node_{node.id}")
            call = f"let {called[node.id]} = {call}"
        lines.append((node.id, Statement(call, remarks.of_nodes([node.id])).shown))
    shown = {of.get(id) for id in ordered}
    untitled = [title for title in comments.sections.titles if title not in shown]
    comments = comments._replace(below=joined(comments.below, groups(untitled)))
    body = "\n".join([f"graph {name} {{", *with_titles(lines, of), "}"])
    return laid_out(comments, [], [*params.declared(), body])


def _call(node: Node, sight: Sight, called: dict[str, str], title: str, params: Params) -> str:
    arguments = ", ".join(
        f"{spelling.key(name)} = "
        + (
            params.used(value, sight.type_of_input(node, name))
            if name in node.placeholders
            else params.inside(value)
            if isinstance(value, (dict, list))
            else _value(value, sight, called)
        )
        for name, value in node.inputs.items()
    )
    says_more = node.title and node.title not in (node.class_name, title)
    behind = about(node.title if says_more else "", node)
    return f"{spelling.class_name(node.class_name)}({arguments}){behind}"


def _value(value: object, sight: Sight, called: dict[str, str]) -> str:
    if not isinstance(value, Link):
        return json_value(value)
    found = sight.class_of(value.node)
    name = called[value.node]
    if found is None or not 0 <= value.slot < len(found.outputs):
        return f"{name}[{value.slot}]"
    if len(found.outputs) == 1:
        return name
    output = found.outputs[value.slot].name
    if not output or sight.slot_named(value.node, output) is None:
        return f"{name}[{value.slot}]"
    return f"{name}.{spelling.member(output)}"
