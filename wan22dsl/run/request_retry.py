"""Retry policy for requests that may be sent twice: a bad answer is asked for again, with growing pauses.

Everything that `wan run` asks before the submit goes through here: `/system_stats`, `/object_info`, `/view`
of inputs, and uploads (the same bytes under the same name give the same file). The submit has a policy of
its own (`submit`), and so has watching (`inquiry`).
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

from wan22dsl.errors import (
    ServerAnswered,
    ServerError,
    ServerSilent,
    ServerTooLarge,
    ServerUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: Seconds between two attempts; the last one is repeated until the deadline.
PAUSES_S = (0.1, 0.3, 1.0, 2.0, 4.0)

#: How long one request is made again, in seconds: a proxy answers 502 for some seconds while ComfyUI
#: restarts, and a fault that lasts should still be reported within half a minute.
DEADLINE_S = 20.0

#: HTTP statuses below 500 that say "later": request timeout, too early, too many requests.
_LATER = frozenset({408, 425, 429})


def is_passing(error: ServerError) -> bool:
    """Whether the same request may get a better answer: a 5xx, a cut or late answer, a lost connection."""
    if isinstance(error, ServerAnswered):
        return error.status >= 500 or error.status in _LATER
    return isinstance(error, ServerSilent) and not isinstance(error, ServerTooLarge)


def again(
    request: Callable[[], T], *, deadline_s: float | None = None, first_contact: bool = False
) -> T:
    """What a request gives, asked again while the failure may pass and the deadline is not over.

    `first_contact`: where no server answers at all, there probably is none, and the error comes at once.
    Raises ServerError, the last one.
    """
    until_s = monotonic() + (DEADLINE_S if deadline_s is None else deadline_s)
    attempt = 0
    while True:
        try:
            return request()
        except ServerError as error:
            pause_s = PAUSES_S[min(attempt, len(PAUSES_S) - 1)]
            is_absent = first_contact and not attempt and isinstance(error, ServerUnreachable)
            if is_absent or not is_passing(error) or monotonic() + pause_s > until_s:
                raise
        sleep(pause_s)
        attempt += 1
