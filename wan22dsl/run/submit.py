"""Hands a prompt over once, even when the answer gets lost; and takes one back that nobody wants any more."""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import ServerAnswered, ServerError, ServerSilent
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.run.client import Client

_AGAIN_S = 0.5

#: An interrupt that comes before the server has begun with the prompt is forgotten by ComfyUI.
_INTERRUPT_AGAIN_S = 2.0


def submit(
    client: Client,
    prompt: dict[str, Any],
    prompt_id: str,
    extra: dict[str, Any],
    patience_s: float = 30.0,
) -> dict[str, Any]:
    """Hands a prompt over under an id of our own, and gives the server's answer.

    Raises ServerAnswered when it is refused, ServerSilent when the server does not come back. Then it may
    have the prompt all the same.
    """
    until_s = monotonic() + patience_s
    while True:
        try:
            return client.submit(prompt, prompt_id, extra)
        except ServerAnswered as error:
            if error.status < 500 or monotonic() > until_s:
                raise
        except ServerSilent:
            if monotonic() > until_s:
                raise
        # It may have been taken all the same: then its id is in the queue or in the history. As long as
        # that cannot be told, it is not sent again.
        if _was_taken(client, prompt_id, until_s):
            return {"prompt_id": prompt_id, "node_errors": {}}


def _was_taken(client: Client, prompt_id: str, until_s: float) -> bool:
    """Raises ServerError when the server does not say it in that time."""
    while True:
        sleep(_AGAIN_S)
        try:
            return client.queue().holds(prompt_id) or client.history(prompt_id) is not None
        except ServerError:
            if monotonic() > until_s:
                raise


class Left(NamedTuple):
    """What is left of a prompt on the server: nothing, it is `busy` with it, or that is not known."""

    prompt_id: str
    busy: bool = False
    unknown: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether the server is rid of it."""
        return not self.busy and not self.unknown


def stop(client: Client, prompt_id: str, patience_s: float = 10.0) -> Left:
    """Stops one prompt and nobody else's, whether it runs or waits; says what is left of it."""
    until_s = monotonic() + patience_s
    asked_s = 0.0
    left = Left(prompt_id, busy=True)
    while monotonic() < until_s:
        try:
            queue = client.queue()
            if prompt_id in queue.pending:
                client.delete(prompt_id)
            elif prompt_id not in queue.running:
                return Left(prompt_id)
            elif monotonic() - asked_s > _INTERRUPT_AGAIN_S:
                client.interrupt(prompt_id)
                asked_s = monotonic()
            left = Left(prompt_id, busy=True)
        except ServerError as error:
            left = Left(prompt_id, unknown=error.reason)
        sleep(0.2)
    return left
