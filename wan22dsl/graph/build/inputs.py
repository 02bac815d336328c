"""Inputs of a node that has just been made: the user's own files, and values that another node takes.

Own files are beside the `.wan` file that is compiled. `wan run` puts them into the server's input folder,
where they have only a name and no folder, so the node has the bare name too. Every other name is left to
the server's input folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.build import messages
from wan22dsl.graph.model import Link, OwnFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass
    from wan22dsl.comfyui.nodes.record import Moved
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.source import Span


def note_own_files(b: Builder, node: Node, schema: NodeClass) -> None:
    """Notes them in a node: what is in them is known while the rest is built."""
    main = b.program.main.source.file
    if main is None or not any(input_.files == "input" for input_ in schema.inputs):
        return
    for name in _inputs_with_files(schema, node):
        written = node.inputs[name]
        file = b.program.workspace.input_file(main.parent, written)
        b.files_asked.add((written, file, b.program.workspace.stamp(file) if file else None))
        if file is not None:
            node.own_files[name] = OwnFile(written, (main.parent / written).name, file)


def name_own_files(b: Builder, graph: Graph) -> None:
    """Gives the inputs of a finished graph the bare names, and reports two files of one name."""
    by_name: dict[str, OwnFile] = {}
    for node in graph.nodes.values():
        for input_name, own in node.own_files.items():
            span = node.spans.get(input_name, node.span)
            first = by_name.setdefault(own.name, own)
            if first.file != own.file and span is not None:
                b.say(messages.ONE_NAME, span, one=first.written, other=own.written)
            node.inputs[input_name] = own.name
            _say_problem(b, node, input_name, own, span)


def _say_problem(b: Builder, node: Node, name: str, own: OwnFile, span: Span | None) -> None:
    """Reports a file that a node loads as a video or a latent and that is none, or is damaged."""
    kind = problem = ""
    loaded = record_of(node.class_name).file
    loads = loaded.kind if loaded is not None and loaded.input == name else ""
    if loads == "video":
        from wan22dsl.comfyui.filenames import is_video
        from wan22dsl.comfyui.nodes.media import look_into

        if is_video(own.name):
            kind, problem = "video", look_into(own.file).problem
    elif loads == "latent":
        from wan22dsl.comfyui.nodes.latents_saved import latent_in

        kind, problem = "latent", latent_in(own.file).problem
    if problem and own.facts is None and span is not None:
        b.say(messages.UNREADABLE_INPUT, span, file=own.written, kind=kind, problem=problem)


def own_files(graph: Graph) -> Iterator[Diagnostic]:
    """For each input file of a graph, where it is."""
    for node in graph.nodes.values():
        for name in _file_inputs(graph, node):
            own, span = node.own_files.get(name), node.spans.get(name, node.span)
            if own is None:
                file, where = node.inputs[name], "in the server's input folder"
            else:
                file, where = own.written, f"next to the .wan file{_unread(own)}"
            yield messages.INPUT_FILE.at(span, file=file, where=where)


def _unread(own: OwnFile) -> str:
    """What reads a video that nothing here can read."""
    from wan22dsl.comfyui.nodes.media import INSTALL, is_readable

    if is_readable(own.file):
        return ""
    return f" (install `{INSTALL}` to read its frames, rate and size)"


def _file_inputs(graph: Graph, node: Node) -> list[str]:
    """The inputs that name a file of the server's input folder."""
    schema = graph.class_of(node)
    if schema is None or not any(input_.files == "input" for input_ in schema.inputs):
        return []
    return _inputs_with_files(schema, node)


def _inputs_with_files(schema: NodeClass, node: Node) -> list[str]:
    known = inputs_of(schema, node.inputs).items()
    texts = [name for name, input_ in known if input_.files == "input"]
    return [name for name in texts if isinstance(node.inputs.get(name), str)]


def move_values(
    b: Builder,
    class_name: str,
    inputs: dict[str, Any],
    known: Mapping[str, Input],
    spans: Mapping[str, Span],
) -> None:
    """Takes values out of `inputs` that the node before has an input for, and this class has none.

    A newer ComfyUI has them on another node: so a file serves both versions.
    """
    for moved in record_of(class_name).versions.moved:
        link = inputs.get(moved.link)
        if moved.input in inputs and moved.input not in known and isinstance(link, Link):
            _to_source(b, moved, link, inputs, spans)


def _to_source(
    b: Builder, moved: Moved, link: Link, inputs: dict[str, Any], spans: Mapping[str, Span]
) -> None:
    source, value = b.nodes.get(link.node), inputs[moved.input]
    schema = b.schemas.get(source.class_name) if source is not None else None
    if source is None or schema is None or moved.to in source.inputs:
        return
    taken = b.schemas.inputs(schema, source.inputs).get(moved.to)
    if taken is None or isinstance(value, Link) or value not in (taken.options or (value,)):
        return
    if any(link.node in _sources(node.inputs) for node in b.nodes.values()):
        inputs[moved.link] = Link(b.unique(source.id), link.slot)
    else:
        b.forget(source.id)
    there = {moved.to: spans[moved.input]} if moved.input in spans else {}
    id = inputs[moved.link].node
    b.nodes[id] = source.changed(
        id=id, inputs={**source.inputs, moved.to: value}, spans={**source.spans, **there}
    )
    del inputs[moved.input]


def _sources(inputs: Mapping[str, Any]) -> set[str]:
    return {value.node for value in inputs.values() if isinstance(value, Link)}
