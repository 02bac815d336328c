"""How many frames, of what size and at what rate, run along the links of a simulated prompt.

They are the facts of `graph.facts`, the same that `wan describe` shows. Stand-ins fill only what is not
known: a video has 81 frames of 832x480 at 16 fps, or as many as its loader's `frame_load_cap`, a picture
1024x1024, and a node of an unknown class gives what its first input has. The server's log names each node
that needed one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.comfyui.nodes.loading import OF_THE_FILE
from wan22dsl.comfyui.nodes.pictures import size_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.model import NOTHING_KNOWN, Facts, Link, OwnFile
from wan22dsl.graph.prompts import graph_of
from wan22dsl.server.media.reading import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.server.folders import Folders
    from wan22dsl.server.memory import Log

#: What stands in for a clip, and for a picture, of which nothing is known.
CLIP = Facts(frames=81, fps=16.0, width=832, height=480)
PICTURE = Facts(frames=1, width=1024, height=1024)

#: What runs along links that is made of frames.
_VISUAL = frozenset({"IMAGE", "LATENT", "VIDEO", "MASK"})

_SIDES = ("frames", "width", "height")

#: The key under `_meta` of a node by which a client says what it knows of the node's outputs.
STATED = "facts"


class Shapes:
    """The facts of every output of one prompt, without gaps where frames are saved."""

    def __init__(
        self, prompt: Mapping[str, Any], catalogue: Catalogue, folders: Folders, log: Log
    ) -> None:
        self._graph = graph_of(prompt, catalogue)
        self._log = log
        self._said: set[str] = set()
        for node in self._graph.nodes.values():
            _know_files(node, self._graph, folders)
            node.stated = _stated(prompt[node.id])
        self._facts = FactTable(self._graph, self._completed)

    def of(self, node: str, slot: int) -> Facts:
        """The facts of an output."""
        return self._facts.of(Link(node, slot))

    def saved(self, node: str) -> Facts | None:
        """What the file of a node that saves has; None for a node that is not known to save."""
        found = self._graph.nodes.get(node)
        return None if found is None else self._facts.saved(found)

    def _completed(
        self, node: Node, slot: int, facts: Facts, known: Callable[[Link], Facts]
    ) -> Facts:
        kind = self._kind(node, slot)
        lacks = [name for name in _SIDES if getattr(facts, name) is None]
        if kind == "VIDEO" and facts.fps is None:
            lacks.append("fps")
        if kind not in _VISUAL or not lacks:
            return facts
        before = next(
            (given for given in map(known, self._links(node)) if given.width is not None),
            None,
        )
        stand_in = before or _alone(node, self._graph)
        found = facts._replace(**{name: getattr(stand_in, name) for name in lacks})
        if found.fps is None and kind == "VIDEO":
            found = found._replace(fps=CLIP.fps)
        if kind != "MASK":
            self._say(node, lacks, found)
        return found._replace(clips=found.clips or 1)

    def _kind(self, node: Node, slot: int) -> str:
        if slot == OF_THE_FILE:
            return "VIDEO"
        node_class = self._graph.class_of(node)
        if node_class is None or not 0 <= slot < len(node_class.outputs):
            return ""
        return node_class.outputs[slot].type

    def _links(self, node: Node) -> list[Link]:
        return [link for _, link in node.links()]

    def _say(self, node: Node, lacks: list[str], found: Facts) -> None:
        if node.id in self._said:
            return
        self._said.add(node.id)
        names = ", ".join("rate" if name == "fps" else name for name in lacks)
        rate = f" at {found.fps:g} fps" if found.fps else ""
        self._log.add(
            f"simulated: {names} of node {node.id} ({node.class_name}) are unknown; using "
            f"{found.frames} frames of {found.width}x{found.height}{rate}"
        )


def _alone(node: Node, graph: Graph) -> Facts:
    """What stands in where nothing comes in that has a size."""
    node_class = graph.class_of(node)
    types = {output.type for output in node_class.outputs} if node_class is not None else set()
    file = record_of(node.class_name).file
    loads_video = file is not None and file.kind == "video"
    if not types & {"VIDEO", "LATENT"} and not loads_video:
        return PICTURE
    cap = node.inputs.get("frame_load_cap")
    return CLIP._replace(frames=cap) if isinstance(cap, int) and cap > 0 else CLIP


def _know_files(node: Node, graph: Graph, folders: Folders) -> None:
    """Notes the files that a node reads. What was written here carries its own facts."""
    node_class = graph.class_of(node)
    for input_ in node_class.inputs if node_class is not None else ():
        name = node.inputs.get(input_.name)
        if input_.files in ("input", "output") and isinstance(name, str):
            path = folders.find(name, input_.files)
            if path is not None:
                node.own_files[input_.name] = OwnFile(name, name, path, _facts_in(path))


def _facts_in(path: Path) -> Facts | None:
    """What is known of a file without looking at its frames.

    A picture of one pixel is what a client sends for a file that is not there: nothing is known of it.
    """
    found = marked(path)
    if found is not None:
        return found
    return NOTHING_KNOWN if size_of(path) == (1, 1) else None


def _stated(entry: Mapping[str, Any]) -> Facts:
    """What the client says of a node's outputs, beside its title."""
    meta = entry.get("_meta")
    said = meta.get(STATED) if isinstance(meta, dict) else None
    if not isinstance(said, dict):
        return NOTHING_KNOWN
    sides = {name: said[name] for name in _SIDES if type(said.get(name)) is int and said[name] > 0}
    fps = said.get("fps")
    rate = float(fps) if isinstance(fps, (int, float)) and 0 < fps <= 1000 else None
    found = Facts(fps=rate, **sides)
    return NOTHING_KNOWN if found == NOTHING_KNOWN else found
