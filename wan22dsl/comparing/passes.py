"""What a pass is told, as words: two passes differ where these do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.graph.model import Link
from wan22dsl.graph.passes import in_flow_order, recognise
from wan22dsl.importing.spelled import json_value, number
from wan22dsl.syntax import spelling

if TYPE_CHECKING:
    from wan22dsl.graph.facts import FactTable
    from wan22dsl.graph.model import Graph, Node
    from wan22dsl.graph.passes import Pass

#: The inputs of conditioning nodes, by what people call them.
_WORDS = {"length": "length", "batch_size": "batch"}

_FILES = ("image", "video", "audio", "file")


class Told:
    """A pass with its name and what it is told; `nodes` are those that belong to it."""

    def __init__(self, name: str, one: Pass, graph: Graph, facts: FactTable) -> None:
        self.name = name
        self.id = one.node.id
        self.noise = one.noise
        self.nodes = {one.node.id}
        self._graph = graph
        self.settings = {key: value for key, value in self._read(one, facts) if value is not None}

    def _read(self, one: Pass, facts: FactTable) -> list[tuple[str, str | None]]:
        told = one.settings
        steps = f"{_said(told.start)}..{_said(told.end)} of {_said(told.steps)}"
        return [
            ("model", None if one.model is None else one.model.file),
            ("loras", _list([f"{a.file} at {_said(a.strength)}" for a in one.loras])),
            ("patches", _list([self._call(node) for node in one.patches])),
            ("shift", _said(one.shift)),
            ("sampler", f"{told.sampler or '?'}/{told.scheduler or '?'}"),
            ("cfg", _said(told.cfg)),
            ("steps", steps),
            ("denoise", _said(told.denoise)),
            ("adds noise", _yes(told.add_noise)),
            ("leaves noise", _yes(told.leftover_noise)),
            ("seed", _said(told.seed) if told.add_noise is not False else None),
            ("takes", one.handoff or "nothing"),
            *self._conditioned(one, facts),
        ]

    def _conditioned(self, one: Pass, facts: FactTable) -> list[tuple[str, str | None]]:
        known = one.latent
        size = f"{known.width}x{known.height}" if known.width and known.height else None
        found: list[tuple[str, str | None]] = [
            ("prompt", self._text(one.settings.positive, "positive", facts)),
            ("negative", self._text(one.settings.negative, "negative", facts)),
            ("size", size),
            ("length", f"{known.frames}f" if known.frames else None),
            ("vae", self._loaded(known.vae)),
        ]
        node = one.conditioning
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
    levels = [one.noise for one in found]
    names = []
    for place, level in enumerate(levels):
        alone = level is not None and levels.count(level) == 1
        names.append(f"pass {level}" if alone else f"pass {place + 1}")
    return [Told(name, one, graph, facts) for name, one in zip(names, found)]


def _said(value: float | None) -> str | None:
    return None if value is None else number(value)


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _list(values: list[Any]) -> str:
    return ", ".join(values) or "none"
