"""By what ComfyUI knows that a node need not run again: its class, its values and all that leads to it.

The ids of nodes do not count. A file that is read counts by its content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.server.flow import digest_of
from wan22dsl.server.order import is_link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Given to what can never be found again: a link to nothing, or a circle.
NEVER = ""


def signatures(
    prompt: Mapping[str, Any], changed: Callable[[Mapping[str, Any]], Any]
) -> dict[str, str]:
    """The signature of every node. `changed` tells what stands for the files that a node reads.

    Raises KeyError for a node without `inputs`: ComfyUI's worker does not survive that either.
    """
    reader = _Reader(prompt, changed)
    return {node: reader.of(node) for node in prompt}


class _Reader:
    def __init__(
        self, prompt: Mapping[str, Any], changed: Callable[[Mapping[str, Any]], Any]
    ) -> None:
        self._prompt = prompt
        self._changed = changed
        self._known: dict[str, str] = {}

    def of(self, start: str) -> str:
        """The signature of a node; without recursion, since a prompt may be deeper than the stack."""
        todo, path = [start], set[str]()
        while todo:
            node = todo[-1]
            if node in self._known:
                todo.pop()
                continue
            waiting = [source for source in self._sources(node) if source not in self._known]
            if node in path or not waiting:
                # Met again before what leads to it is known: a circle.
                self._known[node] = NEVER if waiting else self._own(node)
                todo.pop()
            else:
                path.add(node)
                todo += waiting
        return self._known[start]

    def _sources(self, node: str) -> list[str]:
        values = self._prompt[node]["inputs"].values()
        return [value[0] for value in values if is_link(value) and value[0] in self._prompt]

    def _own(self, node: str) -> str:
        inputs = self._prompt[node]["inputs"]
        parts: list[Any] = [self._prompt[node].get("class_type"), self._changed(self._prompt[node])]
        for name in sorted(inputs):
            value = inputs[name]
            if not is_link(value):
                parts.append([name, value])
                continue
            source = self._known.get(value[0], NEVER)
            if source == NEVER:
                return NEVER
            parts.append([name, "link", source, value[1]])
        return digest_of(*parts)
