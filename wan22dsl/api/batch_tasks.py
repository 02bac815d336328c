"""The tasks of an agent, which works for one server of a batch, and what they give.

An order says all that has to be known, so that an agent may be in another process, or on another machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.fleet import models
    from wan22dsl.fleet.lease import Holder
    from wan22dsl.fleet.models import How, ServerState
    from wan22dsl.run.earlier import Remains
    from wan22dsl.run.models.record import RunRecord


class Look(NamedTuple):
    """The task of looking at a server. `holder` wants it for itself; without one it is only looked at.

    `runs` are runs of ours that may still be there; `gone` are drivers that are not there any more.
    """

    holder: Holder | None = None
    runs: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class LookFor(NamedTuple):
    """The task of finding out what is left of runs: gives a `Remains` for each. `over` are runs that have
    ended: what arrived of them too late is taken out of the queue. `batch` is theirs, for an agent that is
    elsewhere.
    """

    runs: tuple[tuple[str, RunRecord | None], ...]
    over: tuple[str, ...] = ()
    batch: str = ""


class TakeBack(NamedTuple):
    """The task of taking the prompts of a run out of a server: gives why that failed, or an empty text."""

    remains: Remains


class Order(NamedTuple):
    """The task of running a job. `record` is the id of the record that the run writes.

    `handed` has for a value the file that another job has given; `folder` is that of the batch. With
    `remains` the run is one that was begun before, and is taken over.
    """

    batch: str
    job: models.Job
    source: models.Source
    attempt: int
    record: str
    folder: str
    handed: tuple[tuple[str, str], ...] = ()
    staged: bool = False
    cold: bool = False
    retry: bool = True
    quality: bool = False
    silence_s: float = 600.0
    gone_s: float = 180.0
    remains: Remains | None = None


class Seen(NamedTuple):
    """What a look at a server gave. `others` are prompts in its queue that are not ours.

    `note` is worth saying once.
    """

    state: ServerState
    reason: str = ""
    card: str = ""
    vram_bytes: int | None = None
    free_bytes: int | None = None
    others: int = 0
    version: str = ""
    note: str = ""


class Progress(NamedTuple):
    """How far a run is. `at` names a pass or a stage; `step_s` is in seconds of the card."""

    job: str
    at: str
    doing: str
    step: int = 0
    steps: int | None = None
    step_s: float | None = None
    note: str = ""


class Outcome(NamedTuple):
    """How an attempt ended. `record` is None where none was written, `files` are what it has made here.

    `lacks`: the server cannot run what the job needs. `is_written`: the disk here took everything; if not,
    the server still has the outputs. `others`: the server had prompts of others meanwhile.
    """

    how: How
    reason: str = ""
    record: str | None = None
    seconds: float | None = None
    load_s: float | None = None
    files: tuple[str, ...] = ()
    lacks: bool = False
    is_written: bool = True
    was_cached: bool = False
    others: bool = False
    adopted: bool = False
    found: tuple[str, ...] = ()
