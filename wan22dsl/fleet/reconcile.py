"""After a loss of any kind: what became of attempts that have no end, and what is done with them.

Nothing is sent again before the server of the attempt has said that it has nothing of it. An attempt that its
server still has is taken over (`run.adopting`); one that nobody needs any more is cancelled. As long as the
server does not answer, the job waits, unless the caller gives the attempt up: then it is a late twin, and is
cancelled when the server is back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.errors import CommandError, ServerError
from wan22dsl.fleet.ends import End, end_of, is_kept, line_of
from wan22dsl.fleet.store import record_file
from wan22dsl.run import earlier
from wan22dsl.run import store as records
from wan22dsl.run.prompt_ids import usual_ids
from wan22dsl.run.submit import stop
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wan22dsl.fleet.jobs import JobState
    from wan22dsl.fleet.models import JobEnded, Placed
    from wan22dsl.fleet.store import Store
    from wan22dsl.run.client import Client
    from wan22dsl.run.earlier import Remains
    from wan22dsl.run.models.record import RunRecord

Action = Literal["end", "adopt", "cancel", "send again", "wait"]

#: How long a server is asked to let go of a prompt that nobody needs any more.
_PATIENCE_S = 10.0


class Decision(NamedTuple):
    """What to do with an attempt, and why. `end` is its end, where it has one already."""

    action: Action
    why: str
    end: End | None = None


class Waiting(NamedTuple):
    """An attempt that its server still has, to be taken over before that gets anything else."""

    state: JobState
    placed: Placed
    remains: Remains


class Reconciled(NamedTuple):
    """What became of the attempts of a server.

    `adopt` are to be taken over. `unknown` are those of which the server says nothing: their jobs may not be
    sent elsewhere. `lines` were added for the others.
    """

    adopt: tuple[Waiting, ...] = ()
    unknown: tuple[tuple[Placed, str], ...] = ()
    lines: tuple[JobEnded, ...] = ()


def look(client: Client, run: str, folder: Path, *, confirm_s: float = 3.0) -> Remains:
    """What a server has of a run, by the run's id and its record in the folder, if there is one."""
    return earlier.look(client, run, record_of(folder, run), confirm_s=confirm_s)


def record_of(folder: Path, run: str) -> RunRecord | None:
    """The record of a run; None where there is none that can be read."""
    try:
        return records.load(record_file(folder, run))
    except CommandError:
        return None


def decide(state: JobState, placed: Placed, remains: Remains, folder: Path) -> Decision:
    """What to do with an attempt that has no end."""
    record = remains.record
    newer = state.placed is not None and state.placed.attempt > placed.attempt
    end = end_of(record) if record is not None else None
    if not state.is_over and not newer and record is not None and is_kept(record, folder):
        return Decision("end", "its record is whole and its outputs are here", end)
    if remains.state == "unknown":
        return Decision("wait", f"nothing is known of it: {remains.reason}")
    if state.is_over or newer:
        why = "the job has ended" if state.is_over else "the job has been sent elsewhere since"
        return Decision("cancel", why)
    if remains.is_on_server or remains.can_go_on:
        return Decision("adopt", f"{placed.server} has it")
    if remains.state == "ended":
        if remains.known and remains.known[-1].how == "success":
            return Decision("adopt", f"it has ended on {placed.server}")
        if end is not None and end.how not in ("success", "lost") and not _is_only_missing(remains):
            return Decision("end", "its record says how it ended", end)
        return Decision("adopt", f"it has ended on {placed.server}")
    if end is not None and end.how not in ("success", "lost"):
        return Decision("end", "its record says how it ended", end)
    return Decision("send again", _why_gone(record, placed))


def _is_only_missing(remains: Remains) -> bool:
    """Whether it came to a good end, and outputs of it are still to be fetched."""
    return remains.is_fetched_only and bool(remains.record and remains.record.not_fetched)


def _why_gone(record: RunRecord | None, placed: Placed) -> str:
    if record is None:
        return "it had not been sent"
    return f"{placed.server} answers, and has nothing of it: it was restarted, or the prompt was removed"


def reconcile(
    store: Store, client: Client, server: str, *, confirm_s: float = 3.0, at: str = ""
) -> Reconciled:
    """Settles all attempts of a server that have no end, but for those that are to be taken over.

    What is decided is in the store when this comes back. Raises CommandError where it cannot be written.
    """
    adopt: list[Waiting] = []
    unknown: list[tuple[Placed, str]] = []
    lines: list[JobEnded] = []
    for state, placed in store.unsettled(server):
        remains = look(client, placed.record, store.folder, confirm_s=confirm_s)
        decision = decide(state, placed, remains, store.folder)
        if decision.action == "adopt":
            adopt.append(Waiting(state, placed, remains))
        elif decision.action == "wait":
            unknown.append((placed, decision.why))
        elif decision.action == "cancel" and (left := take_back(client, remains)):
            unknown.append((placed, left))
        else:
            lines.append(settle(store, placed, remains, decision, at))
    return Reconciled(tuple(adopt), tuple(unknown), tuple(lines))


def take_back(client: Client, remains: Remains) -> str:
    """Takes the prompts of a run out of a server; empty, or why they may still be there."""
    for known in remains.known:
        if known.state == "ended":
            continue
        try:
            left = stop(client, known.id, _PATIENCE_S)
        except ServerError as error:
            return str(error)
        if left.busy:
            return f"the server does not let go of prompt {known.id}"
        if left.unknown:
            return f"nothing is known of prompt {known.id}: {left.unknown}"
    return ""


def settle(
    store: Store, placed: Placed, remains: Remains, decision: Decision, at: str = ""
) -> JobEnded:
    """Writes down what was decided of an attempt that nobody goes on with, and closes its record.

    What was to be cancelled has been taken back. Raises CommandError where it cannot be written.
    """
    record, at = remains.record, at or records.now()
    if decision.action == "end" and decision.end is not None:
        is_success = decision.end.how == "success"
        line = line_of(placed, decision.end, at, adopted=is_success, is_settled=not is_success)
    else:
        end = End("lost", decision.why)
        if decision.action == "cancel" or record is None:
            end = End("stopped", decision.why)
        if record is not None:
            _close(record, store.folder, end)
        line = line_of(placed, end, at, has_record=record is not None, is_settled=True)
    store.add(line)
    return line


def give_up(store: Store, placed: Placed, reason: str, at: str = "") -> JobEnded:
    """Lets a job be sent elsewhere although its server has not answered. The attempt stays unsettled: it is
    cancelled when the server is back.
    """
    line = line_of(placed, End("lost", reason), at or records.now())
    store.add(line)
    return line


def sweep(client: Client, runs: Iterable[str]) -> tuple[str, ...]:
    """Takes prompts of these runs, which are over, out of a server; gives the ids of those that were there.

    For what arrives after everybody has looked: a request that was on its way when its sender died.
    Raises ServerError.
    """
    queue = client.queue()
    there = {*queue.running, *queue.pending}
    if not there:
        return ()
    ids = usual_ids(runs)
    found = tuple(id for id in (*queue.running, *queue.pending) if id in ids)
    for id in found:
        stop(client, id, _PATIENCE_S)
    return found


def _close(record: RunRecord, folder: Path, end: End) -> None:
    """Writes into a record that nobody goes on with how it ended."""
    if record.result != "unfinished":
        return
    result = "stopped" if end.how == "stopped" else "error"
    attempts = record.attempts
    if attempts:
        last = attempts[-1].model_copy(update={"how": end.how, "reason": end.reason})
        attempts = (*attempts[:-1], last)
    records.write(record.model_copy(update={"result": result, "attempts": attempts}), folder)
