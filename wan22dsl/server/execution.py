"""What the worker is at, and what it keeps of the nodes that ran: ComfyUI's cache of one prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.server.ends import Interrupted
from wan22dsl.server.saving import temp_prefix
from wan22dsl.server.signatures import NEVER
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    import asyncio

    from wan22dsl.server.flow import Flow


class Kept(NamedTuple):
    """What is kept of a node that ran: its outputs, and what it showed."""

    outputs: tuple[Flow, ...]
    shown: dict[str, Any] | None


class Execution:
    """The prompt that runs, and the results of the one before.

    `client_id` is who submitted it, `node` what runs of it, `task` the work itself while there is some.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._interrupted = False
        self.client_id: str | None = None
        self.node: str | None = None
        self.task: asyncio.Task[None] | None = None
        self.is_killed = False
        self.temp_prefix = temp_prefix()

    def begin(self, client_id: str | None) -> None:
        """A prompt begins: nobody has interrupted it yet."""
        self.client_id, self._interrupted = client_id, False

    def interrupt(self) -> None:
        """Asks the running prompt to stop, at the next step or node."""
        self._interrupted = True

    def check(self) -> None:
        """Raises Interrupted when someone asked for that."""
        if self._interrupted:
            self._interrupted = False
            raise Interrupted

    def kill(self) -> None:
        """Ends what runs at once and forgets everything; a dead worker lives again."""
        self.forget()
        self.temp_prefix = temp_prefix()
        self.client_id = self.node = None
        if self.task is not None:
            self.is_killed = True
            self.task.cancel()

    def kept(self, signature: str) -> Kept | None:
        """What is kept of work with that signature."""
        return self._kept.get(signature) if signature != NEVER else None

    def keep(self, signature: str, kept: Kept) -> None:
        """Keeps what a node gave."""
        if signature != NEVER:
            self._kept[signature] = kept

    def keep_only(self, wanted: set[str]) -> None:
        """Forgets what the prompt that begins has no use for: only one prompt's work is kept."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in wanted}

    def forget(self) -> None:
        """Forgets all results."""
        self._kept.clear()
