"""In which order ComfyUI runs the nodes of a prompt, measured on ComfyUI 0.3.64.

What is to be done is found from the outputs backwards, depth first with the last input first; of the
nodes that are ready the earliest found one runs, unless another leads to an output within two links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class MissingNode(Exception):
    """A link names a node that is not in the prompt. Nothing in ComfyUI's worker expects this."""


def is_link(value: Any) -> bool:
    """Whether ComfyUI takes a value for a link when it runs the prompt: `[text, number]`."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and type(value[1]) in (int, float)
    )


class Order:
    """What of a prompt is still to run. `is_cached` tells which nodes need not.

    `after` has further nodes that have to be over before a node may run.
    """

    def __init__(
        self,
        prompt: Mapping[str, Any],
        is_output: Callable[[str], bool],
        is_cached: Callable[[str], bool],
        after: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._prompt = prompt
        self._is_output = is_output
        self._is_cached = is_cached
        self._after = after or {}
        self._waits_for: dict[str, set[str]] = {}
        self._leads_to: dict[str, dict[str, None]] = {}

    def add(self, output: str) -> None:
        """Adds an output and all that it needs. Raises MissingNode."""
        found = [output]
        links: list[tuple[str, str]] = []
        while found:
            node = found.pop()
            if node in self._waits_for:
                continue
            if node not in self._prompt:
                raise MissingNode(node)
            self._waits_for[node] = set()
            self._leads_to[node] = {}
            sources = _sources(self._prompt[node]["inputs"].values())
            for source in (*sources, *self._after.get(node, ())):
                links.append((source, node))
                if source not in self._prompt or not self._is_cached(source):
                    found.append(source)
        for source, node in links:
            if not self._is_cached(source):
                self._leads_to[source][node] = None
                self._waits_for[node].add(source)

    def __bool__(self) -> bool:
        return bool(self._waits_for)

    def next(self) -> str | None:
        """The node that runs now; None when those that are left wait for each other."""
        ready = [node for node, sources in self._waits_for.items() if not sources]
        for distance in range(3):
            for node in ready:
                if any(map(self._is_output, self._reached(node, distance))):
                    return node
        return ready[0] if ready else None

    def in_circle(self) -> str:
        """One of the nodes that wait for each other: the first one found."""
        return next(iter(self._waits_for))

    def done(self, node: str) -> None:
        """Takes a node that has run off the list."""
        del self._waits_for[node]
        for follower in self._leads_to.pop(node):
            self._waits_for[follower].discard(node)

    def _reached(self, node: str, distance: int) -> Iterable[str]:
        if distance == 0:
            return [node]
        return [far for near in self._leads_to[node] for far in self._reached(near, distance - 1)]


def _sources(values: Iterable[Any]) -> list[str]:
    return [value[0] for value in values if is_link(value)]
