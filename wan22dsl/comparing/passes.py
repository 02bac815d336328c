"""What a pass is told, as words: two passes differ where these do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Link
from wan22dsl.graph.passes.recognition import in_flow_order, recognise
from wan22dsl.importing.constants import json_value, number
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes.recognition import Pass

#: The inputs of conditioning nodes, by what people call them.
_WORDS = {"length": "length", "batch_size": "batch"}

_FILES = ("image", "video", "audio", "file")


class Told:
    """A pass with its name and what it is told; `nodes` are those that belong to it."""

    def __init__(self, name: str, pass_: Pass, graph: Graph, facts: FactTable) -> None:
        self.name = name
        self.id = pass_.node.id
        self.noise = pass_.noise
        self.nodes = {pass_.node.id}
        self._graph = graph
        self.settings = {key: value for key, value in self._read(pass_, facts) if value is not None}

    def _read(self, pass_: Pass, facts: FactTable) -> list[tuple[str, str | None]]:
        told = pass_.settings
        steps = f"{_said(told.start)}..{_said(told.end)} of {_said(told.steps)}"
        return [
            ("model", None if pass_.model is None else pass_.model.file),
            ("loras", _list([f"{a.file} at {_said(a.strength)}" for a in pass_.loras])),
            ("patches", _list([self._call(node) for node in pass_.patches])),
            ("shift", _said(pass_.shift)),
            ("sampler", f"{told.sampler or '?'}/{told.scheduler or '?'}"),
            ("cfg", _said(told.cfg)),
            ("steps", steps),
            ("denoise", _said(told.denoise)),
            ("adds noise", _yes(told.add_noise)),
            ("leaves noise", _yes(told.leftover_noise)),
            ("seed", _said(told.seed) if told.add_noise is not False else None),
            ("takes", pass_.handoff or "nothing"),
            *self._conditioned(pass_, facts),
        ]

    def _conditioned(self, pass_: Pass, facts: FactTable) -> list[tuple[str, str | None]]:
        known = pass_.latent
        size = f"{known.width}x{known.height}" if known.width and known.height else None
        found: list[tuple[str, str | None]] = [
            ("prompt", self._text(pass_.settings.positive, "positive", facts)),
            ("negative", self._text(pass_.settings.negative, "negative", facts)),
            ("size", size),
            ("length", f"{known.frames}f" if known.frames else None),
            ("vae", self._loaded(known.vae)),
        ]
        node = pass_.conditioning
        if node is not None:
            self.nodes.add(node.id)
            found.append(("conditioning", node.class_name))
            for name, value in node.inputs.items():
                file = self._file(value) if isinstance(value, Link) else None
                if file is not None:
                    found.append((name, file))
                elif not isinstance(value, Link) and name not in ("width", "height", "length"):
                    found.append((_WORDS.get(name, name), json_value(value)))
        return found

    def _text(self, link: Link | None, side: str, facts: FactTable) -> str | None:
        """The prompt that a link comes from, through what changes it."""
        for _ in range(50):
            node = self._graph.nodes.get(link.node) if link is not None else None
            if node is None:
                return None
            text = facts.constant(node, "text")
            if isinstance(text, str):
                self.nodes.add(node.id)
                return spelling.quote(text)
            follow = node.inputs.get(side, node.inputs.get("conditioning"))
            link = follow if isinstance(follow, Link) else None
        return None

    def _loaded(self, link: Link | None) -> str | None:
        node = self._graph.nodes.get(link.node) if link is not None else None
        names = [value for value in node.inputs.values() if isinstance(value, str)] if node else []
        return names[0] if names else None

    def _file(self, link: Link) -> str | None:
        """The file that a loader behind a link loads."""
        node = self._graph.nodes.get(link.node)
        if node is None or any(node.links()):
            return None
        self.nodes.add(node.id)
        return next(
            (
                spelling.quote(value)
                for name, value in node.inputs.items()
                if name in _FILES and isinstance(value, str)
            ),
            None,
        )

    def _call(self, node: Node) -> str:
        constants = ", ".join(
            f"{name} = {json_value(value)}"
            for name, value in sorted(node.inputs.items())
            if not isinstance(value, Link)
        )
        return f"{node.class_name}({constants})"


def told(graph: Graph, facts: FactTable) -> list[Told]:
    """The passes of a graph, in the order of the flow, with names: `high`, `low`, `pass 3`."""
    found = in_flow_order(recognise(graph, facts))
    levels = [pass_.noise for pass_ in found]
    names = []
    for place, level in enumerate(levels):
        alone = level is not None and levels.count(level) == 1
        names.append(f"pass {level}" if alone else f"pass {place + 1}")
    return [Told(name, pass_, graph, facts) for name, pass_ in zip(names, found)]


def _said(value: float | None) -> str | None:
    return None if value is None else number(value)


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _list(values: list[Any]) -> str:
    return ", ".join(values) or "none"
