"""What a job needs of its server: models in the order in which its passes load them, node classes, files.

All of it is the same for jobs of one recipe. A recipe is a graph without what costs nothing: seeds, the
texts of prompts, titles, and the names of files that are read or written. Jobs of one recipe cost the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.digest import Digest, of
from wan22dsl.graph.cost.weights import known_bytes, lora_bytes
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import Link
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes.recognition import in_flow_order, recognise
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass

#: Folders of files that belong to a job, not to a server.
_OF_JOBS = ("input", "output", "temp")

#: Inputs that change no time: seeds, and names of files.
_FREE = frozenset(("seed", "noise_seed", "image", "filename_prefix"))

#: Folders of what is loaded before the passes; everything else that is loaded comes after them.
_BEFORE = ("text_encoders", "clip", "clip_vision", "audio_encoders")


class ModelFile(NamedTuple):
    """A file of a model. `size_bytes` is None where neither a list nor its name tells."""

    name: str
    size_bytes: int | None


class ModelUse(NamedTuple):
    """A model as a pass has it: file, dtype and LoRAs in order make one `key`.

    `files` are what is read for it: the model, then its LoRAs. `size_bytes` is the sum; None where a size
    is not known.
    """

    key: str
    size_bytes: int | None
    files: tuple[ModelFile, ...] = ()


class Needs(NamedTuple):
    """What all jobs of a recipe need. `files` are (folder, name); `label` is for people."""

    recipe: str
    models: tuple[ModelUse, ...]
    classes: frozenset[str] = frozenset()
    files: frozenset[tuple[str, str]] = frozenset()
    label: str = ""


class Read(NamedTuple):
    """A graph as it runs, with its facts and passes, worked out once."""

    graph: Graph
    facts: FactTable
    passes: list[Pass]


def read(graph: Graph) -> Read:
    """Works a graph out."""
    graph = active(graph)
    facts = FactTable(graph)
    return Read(graph, facts, recognise(graph, facts))


def files_of(models: Iterable[ModelUse]) -> tuple[ModelFile, ...]:
    """The files of models, each once; a model whose files are not known is one of its key and size."""
    found: dict[str, ModelFile] = {}
    for use in models:
        for file in use.files or (ModelFile(use.key, use.size_bytes),):
            found.setdefault(file.name, file)
    return tuple(found.values())


def needs_of(graph: Graph) -> Needs:
    """What a job with this compiled graph needs."""
    return needs_of_read(read(graph))


def needs_of_read(found: Read) -> Needs:
    """The same where the graph is worked out already."""
    recipe = _recipe(found)
    files = frozenset(_files(found.graph))
    return Needs(
        recipe,
        tuple(_models(found, files, recipe)),
        frozenset(node.class_name for node in found.graph.nodes.values()),
        files,
        _label(found),
    )


def recipe_of(graph: Graph) -> str:
    """The digest of what costs time or memory in a graph."""
    return _recipe(read(graph))


# --- the recipe ---


def _recipe(found: Read) -> str:
    """Ids and the order of nodes do not count: a node is what it is and where its links come from."""
    graph = found.graph
    texts = _of_texts(graph)
    known: dict[str, str] = {}
    for id in graph.nodes:
        _digest(id, graph, texts, known)
    sizes = [
        f"{pass_.latent.width}x{pass_.latent.height}x{pass_.latent.frames}"
        for pass_ in in_flow_order(found.passes)
    ]
    # What is loaded from a file of the user's own costs what its size makes it cost.
    for node in graph.nodes.values():
        if node.own_files:
            facts = found.facts.of(Link(node.id, 0))
            size = (facts.width, facts.height, facts.frames)
            if size != (None, None, None):
                sizes.append("x".join(map(str, size)))
    return of(*sorted(known.values()), *sorted(sizes))


def _digest(start: str, graph: Graph, texts: Mapping[str, set[str]], known: dict[str, str]) -> None:
    """Works out the digests of a node and of all that it needs, without recursion."""
    waiting, begun = [start], set()
    while waiting:
        id = waiting[-1]
        if id in known:
            waiting.pop()
            continue
        node = graph.nodes[id]
        if id not in begun:
            begun.add(id)
            missing = [
                link.node
                for _, link in node.links()
                if link.node in graph.nodes and link.node not in known and link.node not in begun
            ]
            if missing:
                waiting += missing
                continue
        made = Digest(node.class_name)
        # A prompt calls an input of a dynamic choice `format.codec`, the language `codec`.
        for last, name in sorted((name.rpartition(".")[2], name) for name in node.inputs):
            shown = _shown(name, node.inputs[name], node, texts, known)
            if shown is not None:
                made.add(last, shown)
        known[id] = str(made)
        waiting.pop()


def _shown(
    name: str, value: Any, node: Node, texts: Mapping[str, set[str]], known: Mapping[str, str]
) -> str | None:
    """An input as the digest has it; None where it costs nothing."""
    if isinstance(value, Link):
        # A link of a loop leads to a node that is not finished: then the class behind it must do.
        return f"link {known.get(value.node, '')} {value.slot}"
    if name in _FREE or name in node.own_files or name in texts.get(node.id, ()):
        return None
    return f"{type(value).__name__} {value!r}"


def _of_texts(graph: Graph) -> dict[str, set[str]]:
    """The inputs that hold the text of a prompt: of encoders, and of the nodes that only bring them one."""
    found: dict[str, set[str]] = {}
    edges: set[tuple[str, str]] = set()
    waiting: list[str] = []
    for node in graph.nodes.values():
        record = record_of(node.class_name)
        names = set(record.texts) | ({"text"} if record.work == "encode_text" else set())
        for name in names & node.inputs.keys():
            value = node.inputs[name]
            if isinstance(value, str):
                found.setdefault(node.id, set()).add(name)
            elif isinstance(value, Link) and value.node in graph.nodes:
                edges.add((node.id, name))
                waiting.append(value.node)
    while waiting:
        node = graph.nodes[waiting.pop()]
        takers = graph.consumers.get(node.id, [])
        if node.id in found or any((id, name) not in edges for id, name, _ in takers):
            continue
        found[node.id] = {name for name, value in node.inputs.items() if isinstance(value, str)}
        for name, link in node.links():
            edges.add((node.id, name))
            if link.node in graph.nodes:
                waiting.append(link.node)
    return found


# --- models and files ---


def _files(graph: Graph) -> Iterator[tuple[str, str]]:
    """The model files that the nodes name, by folder."""
    for node in graph.nodes.values():
        node_class = graph.class_of(node)
        if node_class is None:
            continue
        for name, input_ in inputs_of(node_class, node.inputs).items():
            value = node.inputs.get(name)
            if input_.files is None or input_.files in _OF_JOBS or not isinstance(value, str):
                continue
            if value and value not in input_.fixed:
                yield str(input_.files), value


def _models(found: Read, files: Iterable[tuple[str, str]], recipe: str) -> Iterator[ModelUse]:
    """What is loaded, each once: encoders, the models of the passes in their order, then the others."""
    uses = {use.key: use for use in _of_passes(found, recipe)}
    taken = {file.name for use in uses.values() for file in use.files}
    rest = sorted((folder, name) for folder, name in files if name not in taken)
    yield from (_alone(folder, name) for folder, name in rest if folder in _BEFORE)
    yield from uses.values()
    yield from (_alone(folder, name) for folder, name in rest if folder not in _BEFORE)


def _alone(folder: str, name: str) -> ModelUse:
    size = lora_bytes(name) if folder == "loras" else known_bytes(name)
    return ModelUse(f"{folder}/{name}", size, (ModelFile(name, size),))


def _of_passes(found: Read, recipe: str) -> Iterator[ModelUse]:
    for pass_ in in_flow_order(found.passes):
        model = pass_.model
        if model is None or not model.file:
            # Two models of which nothing is known are not the same one, unless the recipe is.
            yield ModelUse(f"{recipe}/{pass_.id}", None)
            continue
        dtype = found.facts.constant(model.node, "weight_dtype")
        parts = [model.file, dtype if isinstance(dtype, str) else "", *map(_lora, pass_.loras)]
        if pass_.has_unknown_lora:
            parts.append(f"{recipe}/{pass_.id}")
        read = (
            ModelFile(model.file, known_bytes(model.file)),
            *(ModelFile(lora.file, lora_bytes(lora.file)) for lora in pass_.loras),
        )
        yield ModelUse("|".join(parts), _total(read), read)


def _lora(lora: LoadedLora) -> str:
    return f"{lora.file}*{'?' if lora.strength is None else format(lora.strength, 'g')}"


def _total(files: Iterable[ModelFile]) -> int | None:
    total = 0
    for file in files:
        if file.size_bytes is None:
            return None
        total += file.size_bytes
    return total


def _label(found: Read) -> str:
    """`832x1216, 81 frames, 4 steps`, as far as it is known: of the first pass, and the steps of all."""
    passes = in_flow_order(found.passes)
    if not passes:
        return ""
    first = passes[0].latent
    size = f"{first.width}x{first.height}" if first.width and first.height else ""
    frames = f"{first.frames} frames" if first.frames else ""
    counts = [
        pass_.settings.end - pass_.settings.start
        for pass_ in passes
        if pass_.settings.start is not None and pass_.settings.end is not None
    ]
    steps = f"{sum(counts)} steps" if len(counts) == len(passes) else ""
    return ", ".join(filter(None, (size, frames, steps)))
