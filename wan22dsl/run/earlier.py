"""What an earlier process has left of a run: on the server, and in the record that it wrote while it could.

A run whose process is gone is played again from that: prompts that the server knows are waited for and not
sent, attempts that were over stay as the record has them, and what is missing is done.
"""

from __future__ import annotations

import re
from time import monotonic, sleep
from typing import TYPE_CHECKING, Literal

from wan22dsl.errors import ServerError
from wan22dsl.run import server_history, staged
from wan22dsl.run.prompt_ids import prompt_id
from wan22dsl.run.record import Attempt
from wan22dsl.run.retry_policy import AGAIN, Mode
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.run.client import Client
    from wan22dsl.run.models.record import Output, RunRecord

State = Literal["ended", "runs", "waits", "gone", "unknown"]

#: So many prompts in a row that a server does not know are looked for behind the last one that is known: one
#: that was taken out of the queue leaves no trace, and retries follow each other.
_BEYOND = 4

#: No run has more prompts than this.
_MOST_PROMPTS = 200

_AGAIN_S = 0.5


class Known(NamedTuple):
    """A prompt of the run that the server knows, by its number in the run."""

    number: int
    id: str
    state: Literal["ended", "runs", "waits"]
    how: str = ""


class Remains(NamedTuple):
    """What is left of a run, as far as the server says it.

    "ended": the last prompt that it was given is over, or the record names what it has saved. "gone": the
    server answers, and has nothing of it. "unknown": it does not answer, for this `reason`.
    """

    run: str
    state: State
    known: tuple[Known, ...] = ()
    record: RunRecord | None = None
    reason: str = ""

    @property
    def is_on_server(self) -> bool:
        """Whether a prompt of it runs or waits there."""
        return self.state in ("runs", "waits")

    @property
    def is_fetched_only(self) -> bool:
        """Whether all prompts came to a good end while they were watched: only outputs may be missing."""
        record = self.record
        return record is not None and bool(record.attempts) and record.attempts[-1].how == "success"

    @property
    def can_go_on(self) -> bool:
        """Whether a staged run of which the server has lost the last prompt can be taken on where it was:
        the server's disk has the latents of the passes before.
        """
        record = self.record
        if self.state != "gone" or record is None or not record.attempts:
            return False
        retries = [attempt.after for attempt in record.attempts]
        return bool(record.attempts[-1].staged and record.left_on_server and AGAIN not in retries)


class Earlier(NamedTuple):
    """Where a run goes on. `attempts` are over, with the `retries` that led to them and to this one.

    `mode` is that of the attempt that goes on; None: as the options say. Its first prompt has this `number`.
    `known` are ids of prompts that the server knows; they are waited for, not sent. `latents` are names of
    files in the server's output folder.
    """

    attempts: tuple[Attempt, ...] = ()
    retries: tuple[str, ...] = ()
    mode: Mode | None = None
    number: int = 0
    known: frozenset[str] = frozenset()
    latents: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    started: str = ""

    def has(self, piece: staged.Piece, run: str) -> dict[tuple[str, int], str]:
        """The latents that a piece of a staged run has given; empty where not all are known."""
        if len(piece.gives) != 1:  # which of two latents is which cannot be told from their names
            return {}
        name = re.compile(rf"{re.escape(f'{staged.FOLDER}/{run}-{piece.name}')}_\d+_\.latent")
        found = [file for file in self.latents if name.fullmatch(file)]
        return dict.fromkeys(piece.gives.values(), found[-1]) if found else {}


def look(
    client: Client, run: str, record: RunRecord | None = None, *, confirm_s: float = 3.0
) -> Remains:
    """What a server has of a run. `record` is that of the run, where there is one.

    What was sent just before the sender died may still be on its way: before "gone" is said, the server is
    asked again for `confirm_s`.
    """
    told = sum(len(attempt.prompt_ids) for attempt in record.attempts) if record is not None else 0
    until_s = monotonic() + confirm_s
    while True:
        try:
            known = _known(client, run, told)
        except ServerError as error:
            return Remains(run, "unknown", (), record, str(error))
        if known or monotonic() >= until_s:
            break
        sleep(_AGAIN_S)
    found = Remains(run, _state(known), known, record)
    if found.state == "gone" and found.is_fetched_only:
        return found._replace(state="ended")
    return found


def _known(client: Client, run: str, told: int) -> tuple[Known, ...]:
    """The prompts of a run that a server knows. Raises ServerError.

    The queue is asked first: a prompt that ends meanwhile goes from there into the history, at once.
    """
    queue = client.queue()
    found: list[Known] = []
    number, last = 0, told - 1
    while number <= min(last + _BEYOND, _MOST_PROMPTS):
        id = prompt_id(run, number)
        if id in queue.running:
            found.append(Known(number, id, "runs"))
        elif id in queue.pending:
            found.append(Known(number, id, "waits"))
        elif (history := client.history(id)) is not None:
            verdict = server_history.verdict(history)
            found.append(Known(number, id, "ended", verdict.how if verdict is not None else ""))
        if found and found[-1].number == number:
            last = max(last, number)
        number += 1
    return tuple(found)


def _state(known: tuple[Known, ...]) -> State:
    states = {each.state for each in known}
    if "runs" in states:
        return "runs"
    if "waits" in states:
        return "waits"
    return "ended" if known else "gone"


def earlier_of(remains: Remains) -> Earlier:
    """Where a run goes on."""
    record = remains.record
    known = frozenset(each.id for each in remains.known)
    if record is None or not record.attempts:
        # The first prompts may be forgotten: a server that was restarted has lost them.
        number = min((each.number for each in remains.known), default=0)
        return Earlier(retries=(AGAIN,) if number else (), number=number, known=known)
    attempts = tuple(
        Attempt(**{field: getattr(each, field) for field in Attempt._fields})
        for each in record.attempts
    )
    last = attempts[-1]
    retries = tuple(attempt.after for attempt in attempts if attempt.after)
    before = sum(len(attempt.prompt_ids) for attempt in attempts[:-1])
    found = Earlier(
        attempts[:-1],
        retries,
        Mode(last.staged, last.tiled),
        before,
        known,
        record.left_on_server,
        record.outputs,
        record.started,
    )
    if remains.can_go_on:
        lost = last._replace(how="lost", reason="the server was restarted")
        return found._replace(
            attempts=(*attempts[:-1], lost),
            retries=(*retries, AGAIN),
            number=before + len(last.prompt_ids),
        )
    return found
