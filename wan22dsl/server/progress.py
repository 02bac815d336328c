"""What is told of a prompt while it runs: `executing`, `progress`, `progress_state`, in ComfyUI's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.server.sockets import Preview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.server.clock import CardClock
    from wan22dsl.server.sockets import Sockets


class Progress:
    """The messages of one prompt. Without a client, what is for one client is not sent at all."""

    def __init__(
        self, sockets: Sockets, clock: CardClock, prompt_id: str, client_id: str | None
    ) -> None:
        self._sockets, self._clock = sockets, clock
        self._prompt_id = prompt_id
        self._client_id = client_id
        self._nodes: dict[str, dict[str, Any]] = {}
        self._shown: Mapping[str, str] = {}
        self._parents: Mapping[str, str] = {}
        self.messages: list[list[Any]] = []

    def show(self, shown: Mapping[str, str], parents: Mapping[str, str]) -> None:
        """By which id the copy of a node in a loop is shown, and which node made it."""
        self._shown, self._parents = shown, parents

    def tell(self, kind: str, data: dict[str, Any], *, to_all: bool = False) -> None:
        """A message that also stays in the history, with the time in milliseconds."""
        data = {"prompt_id": self._prompt_id, **data, "timestamp": self._clock.timestamp_ms}
        self.messages.append([kind, data])
        if self._client_id is not None or to_all:
            self._sockets.send(kind, data, self._client_id)

    def begin(self, node: str) -> None:
        """A node begins."""
        self._state(node, 0.0, 1.0, "running")
        if self._client_id is not None:
            shown = self._shown.get(node, node)
            data = {"node": node, "display_node": shown, "prompt_id": self._prompt_id}
            self._sockets.send("executing", data, self._client_id)

    def step(self, node: str, value: int, maximum: int, preview: bytes | None) -> None:
        """A step of a sampler is done."""
        self._state(node, value, maximum, "running")
        # A client that understands metadata gets the preview before the number, others after it.
        first = self._sockets.wants_metadata(self._client_id)
        if preview is not None and first:
            self._preview(node, preview)
        data = {"value": value, "max": maximum, "prompt_id": self._prompt_id, "node": node}
        self._sockets.send("progress", data, self._client_id)
        if preview is not None and not first:
            self._preview(node, preview)

    def output(self, node: str, output: dict[str, Any] | None) -> None:
        """A node has something to show, or had it the last time."""
        if self._client_id is not None:
            shown = self._shown.get(node, node)
            data = {"node": node, "display_node": shown, "output": output}
            data["prompt_id"] = self._prompt_id
            self._sockets.send("executed", data, self._client_id)

    def finish(self, node: str) -> None:
        """A node is done."""
        known = self._nodes.get(node, {"max": 1.0})
        self._state(node, known["max"], known["max"], "finished")

    def _preview(self, node: str, image: bytes) -> None:
        about: dict[str, Any] = {
            "node_id": node,
            "prompt_id": self._prompt_id,
            "display_node_id": self._shown.get(node, node),
        }
        about |= {
            "parent_node_id": self._parents.get(node),
            "real_node_id": self._parents.get(node, node),
        }
        self._sockets.send("preview", Preview(image, about), self._client_id)

    def _state(self, node: str, value: float, maximum: float, state: str) -> None:
        self._nodes[node] = {
            "value": value,
            "max": maximum,
            "state": state,
            "node_id": node,
            "prompt_id": self._prompt_id,
            "display_node_id": self._shown.get(node, node),
            "parent_node_id": self._parents.get(node),
            "real_node_id": self._parents.get(node, node),
        }
        data = {"prompt_id": self._prompt_id, "nodes": dict(self._nodes)}
        self._sockets.send("progress_state", data, self._client_id)
