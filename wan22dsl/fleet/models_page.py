"""The shapes of a batch at this moment: `now.json` of its driver, and `/data.json` of `wan fleet ui`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wan22dsl.fleet.models_status import FleetStatus  # noqa: TC001 - pydantic reads it
from wan22dsl.shapes import Count, Seconds, Shape, Text

#: What a server does in a stretch of its timeline.
Kind = Literal["done", "failed", "lost", "taken back", "running", "not known", "away", "not free"]

#: "silent": a driver is there by the lines, and has written nothing for minutes.
State = Literal["not begun", "running", "silent", "lost", "stopped", "no servers", "complete"]


class Progress(Shape):
    """How far a run is, as its server tells it."""

    server: Text
    job: Text
    at: Annotated[Text, Field(description="The pass or stage; empty: not known.")] = ""
    doing: Text = ""
    step: Count = 0
    steps: Count | None = None


class Now(Shape):
    """`now.json`: what only the driver knows. It is replaced every few seconds while the batch runs."""

    now: Annotated[Literal[1], Field(description="Version of this schema.")]
    batch: Text
    at: Annotated[Text, Field(description="By the clock of the driver, in UTC, ISO 8601.")]
    running: tuple[Progress, ...] = ()
    expected_end: Annotated[
        Text | None, Field(description="In UTC, ISO 8601. Null: not known.")
    ] = None
    late: Annotated[Count, Field(description="Jobs that are expected to miss their deadlines.")] = 0


class JobCounts(Shape):
    """How many jobs are where; `blocked` wait for other jobs, `unknown` may still be on a server."""

    waiting: Count
    blocked: Count
    running: Count
    unknown: Count
    done: Count
    set_aside: Count


class RunningJob(Shape):
    """A job on a server now."""

    job: Text
    label: Text
    server: Text
    attempt: Count
    running_s: Seconds
    expected_s: Seconds | None
    at: Annotated[Text, Field(description="Pass or stage, and step; empty: not known.")]
    part: Annotated[
        float | None, Field(description="Of the steps of this pass, 0 to 1. Null: not known.")
    ]


class Cause(Shape):
    """A reason, with what it happened to."""

    how: Text
    text: Text
    times: Count
    jobs: Annotated[tuple[Text, ...], Field(description="Some of them, by id.")]
    servers: Annotated[tuple[Text, ...], Field(description="Some of them.")]


class Stretch(Shape):
    """What was so on a server, in seconds from the begin of the batch."""

    from_s: Seconds
    to_s: Seconds
    kind: Annotated[
        Kind,
        Field(description="`not free`: held, busy with prompts of others, or drained."),
    ]


class PageServer(Shape):
    """A server, as the batch has seen it."""

    name: Text
    card: Text
    state: Annotated[Text, Field(description="As the driver saw it last; empty: not known.")]
    reason: Text
    done: Count
    failures: Count
    loads: Count | None
    busy_s: Seconds
    against_equals: Annotated[
        float | None,
        Field(
            description="Its seconds against those of servers with the same card. Null: unknown."
        ),
    ]
    timeline: tuple[Stretch, ...]


class PageBatch(Shape):
    """A batch at this moment."""

    id: Text
    name: Text
    simulated: bool
    state: State
    sentence: Annotated[Text, Field(description="The state for people.")]
    jobs: JobCounts
    began: Annotated[Text | None, Field(description="In UTC, ISO 8601.")]
    driven_s: Annotated[Seconds, Field(description="Time in which a driver was there.")]
    span_s: Annotated[Seconds, Field(description="From the begin until now, or the last end.")]
    silent_s: Annotated[Seconds, Field(description="Since something was written.")]
    rate_per_h: Annotated[float | None, Field(description="Of the last half hour.")]
    expected_end: Text | None
    expected_by: Annotated[
        Literal["driver", "rate", ""], Field(description="What `expected_end` rests on.")
    ]
    late: Count
    running: tuple[RunningJob, ...]
    queue: Annotated[tuple[Text, ...], Field(description="The first waiting jobs, for people.")]
    servers: tuple[PageServer, ...]
    set_aside: tuple[Cause, ...]
    failures: tuple[Cause, ...]
    notes: tuple[Text, ...]


class PageData(Shape):
    """`/data.json`: a batch, and its servers as they are now."""

    fleet_page: Annotated[Literal[1], Field(description="Version of this schema.")]
    at: Annotated[Text, Field(description="In UTC, ISO 8601.")]
    batch: Annotated[PageBatch | None, Field(description="Null where no batch is shown.")]
    fleet: Annotated[
        FleetStatus | None, Field(description="What servers say now; null: they were not asked.")
    ]
    fleet_note: Annotated[Text, Field(description="Why servers were not asked; empty: they were.")]
    slow: Annotated[tuple[Text, ...], Field(description="Servers slower than their equals.")]
    dashboard: Annotated[Text, Field(description="Address of the Dask dashboard; empty: none.")]
