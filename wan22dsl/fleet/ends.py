"""How an attempt ended, read from the record of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from wan22dsl.run import here, retry_policy
from wan22dsl.run.ending import UNCLEAR
from wan22dsl.run.events import Fault
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.fleet.models import How, JobEnded, Placed
    from wan22dsl.run.models.record import RunRecord


class End(NamedTuple):
    """How an attempt ended, why, and what it took; None is not known."""

    how: How
    reason: str = ""
    seconds: float | None = None
    load_s: float | None = None


def end_of(record: RunRecord) -> End | None:
    """The end of an attempt; None where it has none: it may still be on its server.

    "lost": its process saw no end of it, and its server may still have the prompt.
    """
    if record.result == "unfinished":
        return None
    seconds = record.timing.total_s if record.timing is not None else None
    load_s = (
        sum(each.load_s for each in record.timing.passes) if record.timing is not None else None
    )
    last = record.attempts[-1] if record.attempts else None
    if record.result == "success":
        return End("success", "", seconds, load_s)
    if last is None:
        return End("stopped", "it was stopped before it was sent")
    if last.how in UNCLEAR or (last.how == "stopped" and record.result == "stopped"):
        return End("lost" if last.how in UNCLEAR else "stopped", last.reason or last.how)
    if last.how == "refused":
        return End("refused", last.reason)
    if last.how == "lost":
        return End("lost", last.reason or "the server was restarted while it ran", seconds)
    type, _, message = last.reason.partition(": ")
    if last.how == "error" and retry_policy.is_out_of_memory(Fault("", "", type, message)):
        return End("out of memory", last.reason, seconds, load_s)
    errors = [finding.message for finding in record.findings if finding.severity == "error"]
    return End("error", last.reason or (errors[0] if errors else last.how), seconds, load_s)


def is_kept(record: RunRecord, folder: Path) -> bool:
    """Whether an attempt succeeded and all its outputs are here: its server need not be asked."""
    return (
        record.result == "success"
        and not record.not_fetched
        and all(here.is_here(output, folder) for output in record.outputs)
    )


def line_of(placed: Placed, end: End, at: str, *, has_record: bool = True, **more: Any) -> JobEnded:
    """The line for the end of an attempt."""
    from wan22dsl.fleet.models import How, JobEnded

    assert end.how in get_args(How)
    return JobEnded(
        at=at,
        job=placed.job,
        attempt=placed.attempt,
        server=placed.server,
        record=placed.record if has_record else None,
        how=end.how,
        reason=end.reason,
        seconds=end.seconds,
        load_s=end.load_s,
        **more,
    )
