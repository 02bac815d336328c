"""A whole import: what a file carries, read and written as a text, or the `.wan` text that it was made of."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError, UnreadableFile, WanError
from wan22dsl.formats import embedded
from wan22dsl.formats.json_text import value_of
from wan22dsl.formats.kind import is_json, read
from wan22dsl.formats.labels import of_one_class
from wan22dsl.formats.messages import UNNAMED_VALUES
from wan22dsl.formats.placeholders import with_placeholders
from wan22dsl.graph.build import build
from wan22dsl.graph.build.declared_nodes import with_nodes
from wan22dsl.graph.equality import same
from wan22dsl.graph.model import Graph
from wan22dsl.graph.modes import active
from wan22dsl.importing.candidates import Best, search
from wan22dsl.importing.comments import (
    added,
    left_out,
    sections,
    unneeded,
    without_effect,
    without_input,
)
from wan22dsl.importing.simplified import (
    Computed,
    computed,
    has_all_of,
    linked,
    nameless,
    needed,
    obstacles,
    without_defaults,
    without_idle,
    without_stray,
    writable,
)
from wan22dsl.importing.spellings import name_of
from wan22dsl.importing.text import Comments, notes
from wan22dsl.importing.vocabulary import Used, Vocabulary
from wan22dsl.language.program import load_program, modules
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Node

_CHANGED = (
    "the .wan source in the file does not match its graph, which was changed later; the "
    "graph is imported"
)

#: A path in a file that leads further up than this is nobody's own.
_MOST_FOLDERS = 20


class Own(NamedTuple):
    """The text, None where it does not make the graph any more; and what is to be said of it."""

    text: str | None
    hints: tuple[str, ...]


def carried_text(wan: Mapping[str, Any], graph: Graph, source: Source) -> Own:
    """The text of which a file was made; `graph` is that of its `source`, as far as the classes are known.

    The text may declare node classes, by which the graph is then read again.
    """
    text, name = wan.get("source"), wan.get("pipeline")
    uses, values = wan.get("uses"), wan.get("parameters")
    if not isinstance(text, str) or not isinstance(name, str):
        return Own(None, ())
    files = uses if isinstance(uses, dict) else {}
    given = values if isinstance(values, dict) else {}
    built = _built(text, name, files, given, graph)
    if built is not None and built.catalogue is not graph.catalogue:
        graph = read(source, built.catalogue)[0] or graph
    alike = _has_all_of if wan.get("like") is True else _is_same
    if built is None or not alike(built, graph):
        return Own(None, (_CHANGED,))
    return Own(text, tuple(_remarks(files, given)))


def _is_same(built: Graph, graph: Graph) -> bool:
    """Whether the text means what the file has. The editor sends defaults that nobody wrote.

    A workflow has its muted and bypassed nodes too, and they have to be the same ones.
    """
    made, wanted = without_defaults(built), without_defaults(graph)
    return same(made, wanted) if graph.drawn else same(active(made), active(wanted))


def _has_all_of(built: Graph, graph: Graph) -> bool:
    """Whether a workflow with the layout of another one has what the text means; it may have more."""
    return has_all_of(graph, built)


def _remarks(files: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    found = []
    if given:
        settings = " ".join(f"--set {key}={value}" for key, value in sorted(given.items()))
        found.append(f"the file was made with {settings}")
    if files:
        found.append(f"the source uses {', '.join(sorted(files))}")
    return found


def _built(
    text: str, name: str, files: Mapping[str, Any], given: Mapping[str, Any], graph: Graph
) -> Graph | None:
    """The graph of the text, beside the files that it uses; None where it has mistakes."""
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, *["inner"] * _deepest(files))
        folder.mkdir(parents=True, exist_ok=True)
        Path(top, "wan.toml").write_text("", encoding="utf-8")
        try:
            if not _written(files, folder, Path(top).resolve()):
                return None
            program, found = load_program(Source(text, "main.wan", folder / "main.wan"), given)
        except (WanError, OSError, ValueError):  # a path that no system has, for one
            return None
        if any(finding.is_error for finding in found) or name not in program.main.names:
            return None
        catalogue, _ = with_nodes(graph.catalogue, [program.main])
        built, _ = build(program, name, catalogue)
    return built if isinstance(built, Graph) else None


def _written(files: Mapping[str, Any], folder: Path, top: Path) -> bool:
    """Writes the used files; False where one of them would be outside of `top`."""
    for path, inside in files.items():
        target = (folder / path).resolve()
        if not isinstance(inside, str) or not target.is_relative_to(top):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(inside, encoding="utf-8", newline="\n")
    return True


def _deepest(files: Mapping[str, Any]) -> int:
    """How many folders upwards the paths lead at most."""
    ups = max((PurePosixPath(file).parts.count("..") for file in files), default=0)
    return min(ups, _MOST_FOLDERS)


class Carried(NamedTuple):
    """What was found: the JSON to read, and what the file says of the text that it was made of."""

    source: Source
    wan: dict[str, Any] | None = None


def carried(data: bytes, shown: str, file: Path | None) -> Carried:
    """What the bytes of a file carry.

    Raises UnreadableFile when they are neither JSON nor an output file that can be read, and CommandError
    when there is no graph in them.
    """
    if not embedded.is_one(data[:16]):
        source = _text(data, shown, file)
        return Carried(source, _beside(source.text))
    found = _from_output(data, shown, file)
    text = found.prompt or found.workflow
    if text is None:
        raise CommandError(
            f"{shown}: the file contains no workflow. ComfyUI's save nodes embed it, unless "
            "ComfyUI is started with --disable-metadata; websites and messengers remove it "
            "when they convert a file."
        )
    if text is found.prompt:
        text = _with_lists(text)
    return Carried(Source(text, shown), found.wan or _beside(found.workflow or ""))


def _with_lists(text: str) -> str:
    """The prompt of an output file as it was sent: the server takes lists of data out of their wrapping."""
    prompt = value_of(text)
    found: dict[str, Any] = {}
    for id, node in prompt.items() if isinstance(prompt, dict) else ():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        if not isinstance(inputs, dict):
            continue
        lists = {
            name: {"__value__": value}
            for name, value in inputs.items()
            if isinstance(value, list) and not _is_link(value)
        }
        if lists:
            found[id] = {**node, "inputs": {**inputs, **lists}}
    return json.dumps({**prompt, **found}, ensure_ascii=False) if found else text


def _is_link(value: list[Any]) -> bool:
    return len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _beside(text: str) -> dict[str, Any] | None:
    """What JSON says of the `.wan` text: under `extra.wan` of a workflow, or beside a prompt that is sent."""
    if '"wan"' not in text:
        return None
    value = value_of(text)
    for path in (("extra", "wan"), ("extra_data", "extra_pnginfo", "wan")):
        found = value
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return found
    return None


def _text(data: bytes, shown: str, file: Path | None) -> Source:
    source = Source.decode(data, shown, file)
    if is_json(source):
        return source
    if not source.text.strip():
        raise UnreadableFile(shown, "is empty")
    raise CommandError(
        f"{shown}: not ComfyUI JSON. `wan import` reads prompt JSON, workflow JSON, and the "
        "PNG, WebP, MP4, WebM and latent files that ComfyUI writes."
    )


def _from_output(data: bytes, shown: str, file: Path | None) -> embedded.Embedded:
    if file is not None:
        return embedded.read(file)
    import tempfile
    from pathlib import Path as _Path

    with tempfile.TemporaryDirectory() as folder:
        copy = _Path(folder, "standard-input")
        copy.write_bytes(data)
        try:
            return embedded.read(copy)
        except UnreadableFile as error:
            raise UnreadableFile(shown, error.reason) from error


_SILENT = "{} muted or bypassed nodes became comments; --muted keeps them if possible"


class Imported(NamedTuple):
    """The text of an import, None where `diagnostics` say why there is none.

    `hints` are what to tell the user; `own` tells that it is the text that the file was made
    of, and not one made of its graph.
    """

    text: str | None
    diagnostics: list[Diagnostic]
    hints: tuple[str, ...] = ()
    own: bool = False


def import_bytes(
    data: bytes,
    shown: str,
    file: Path | None,
    catalogue: Catalogue,
    *,
    uses: tuple[tuple[str, str], ...] = (),
    from_graph: bool = False,
    exact: bool = False,
    muted: bool = False,
    folder: Path | None = None,
) -> Imported:
    """The text for what the bytes of a file carry.

    `uses` are files of stages, assets and node classes, with the name for each; `folder` is where the text
    will be. What is known without running is put in; with `exact` the text is the graph node by node. With
    `from_graph` a text that the file carries is not looked at; with `muted` nodes that are switched off
    stay nodes wherever they can. Raises
    UnreadableFile and CommandError.
    """
    found = carried(data, shown, file)
    used = tuple(_used(path, name, folder) for path, name in uses)
    catalogue, of_nodes = with_nodes(catalogue, [words.module for words in used])
    graph, diagnostics = read(found.source, catalogue)
    if graph is None:
        return Imported(None, diagnostics)
    graph = with_placeholders(graph)
    if found.wan is not None and not from_graph:
        own = carried_text(found.wan, graph, found.source)
        if own.text is not None:
            return Imported(own.text, [], (*own.hints, *_more_notes(found.source)), own=True)
        hints = own.hints
    else:
        hints = ()
    made = text_of(graph, _origin(shown), used=used, folder=folder, exact=exact, muted=muted)
    if made.silent and not muted:
        hints = (*hints, _SILENT.format(made.silent))
    text = made.text and _with_uses(made.text, used, graph)
    unnamed = [] if text is None else [*_unnamed(graph), *_of_other_versions(graph)]
    return Imported(text, [*of_nodes, *diagnostics, *made.diagnostics, *unnamed], hints)


def _with_uses(text: str, used: tuple[Used, ...], graph: Graph) -> str:
    """The text with the `use` lines of the files that declare its node classes."""
    classes = {node.class_name for node in graph.nodes.values()}
    lines = text.split("\n")
    for words in used:
        if words.line not in lines and not classes.isdisjoint(words.module.all_nodes):
            lines.insert(lines.index("wan 1") + 1, words.line)
    return "\n".join(lines)


def _of_other_versions(graph: Graph) -> list[Diagnostic]:
    """A note for each other version of ComfyUI that has classes that this one lacks."""
    if all(graph.catalogue.get(node.class_name) is not None for node in graph.nodes.values()):
        return []
    from wan22dsl.diagnostics import Severity
    from wan22dsl.lint.rules.generic.unknown_class import of_other_versions, of_version
    from wan22dsl.lint.rules.view import View

    view = View(active(graph))
    return [
        of_version(view, version, nodes, Severity.NOTE)
        for version, nodes in of_other_versions(view).items()
    ]


def _unnamed(graph: Graph) -> list[Diagnostic]:
    """What to say of values without names, once for all nodes of a class that have such."""
    classes: dict[str, list[Node]] = {}
    for node in graph.nodes.values():
        if isinstance(node.widgets, list):
            classes.setdefault(node.class_name, []).append(node)
    return [
        UNNAMED_VALUES.at(
            nodes[0].span,
            nodes=of_one_class([node.label for node in nodes], name),
            target=graph.catalogue.target,
        )
        for name, nodes in classes.items()
    ]


def _more_notes(source: Source) -> list[str]:
    """What to say of notes that somebody has put beside the graph since."""
    if not notes(source.text):
        return []
    return ["the graph has notes; --from-graph imports them as comments"]


def _origin(shown: str) -> str:
    return "standard input" if shown.startswith("<") else shown.rpartition("/")[2]


def _used(path: str, name: str, folder: Path | None) -> Used:
    """A file whose words the text may use. Raises CommandError where it has mistakes."""
    line = f'use "{path}" as {name}'
    at = None if folder is None else folder / "imported.wan"
    main, found = modules.load(Source(f"wan 1\n{line}\n", "imported.wan", at))
    wrong: list[Any] = [finding for finding in found if finding.is_error]
    if wrong:
        raise CommandError(f"--use {path}: {wrong[0].message}")
    return Used(line, f"{name}.", main.uses[name])


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
    groups = sections(_file_text(graph))

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
    return Written(found.final, [], _modes(graph) - _modes(shown))


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
    off = left_out(gone)
    idle = unneeded(gone, ran.nodes, shown.origins)
    less = without_effect(graph.nodes, shown.graph.nodes.values())
    more = without_input(shown.graph.nodes.values())
    new = added(shown.graph)
    return [*notes(_file_text(graph)), *off, *idle, *less, *more, *new][1:]


def _file_text(graph: Graph) -> str:
    """The file that a graph is from."""
    return graph.span.source.text if graph.span is not None else ""


def _modes(graph: Graph) -> int:
    """How many nodes of a graph are muted or bypassed."""
    return sum(node.mode != "active" for node in graph.nodes.values())
