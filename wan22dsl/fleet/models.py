"""The shapes of what a batch writes: `batch.json`, the plan, and `batch.jsonl`, a line for each thing that
happened. The records of its runs are beside them, as `wan run` writes them.

What happened is written before the next thing is done: whoever reads the lines after a loss knows for every
job whether it has ended, and where else it may still be.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import Field

from wan22dsl.shapes import Count, Seconds, Shape, Text

#: Version of these shapes.
VERSION = 1

#: How an attempt at a job ended. Only `success` gives a video.
#: "error": the server failed while it ran it. "out of memory": the same, by its memory. "refused": the server
#: did not take it, so that nothing ran. "lost": the server, or the connection to it, is gone, and nothing
#: says that it ended. "stopped": taken back by us. "not possible": this server lacks what the job needs.
How = Literal["success", "error", "out of memory", "refused", "lost", "stopped", "not possible"]

#: What is known of a server. "held": another batch has it. "busy": prompts of others are in its queue.
ServerState = Literal["ready", "busy", "held", "away", "drained"]


class Value(Shape):
    """The value of a parameter or a setting, as after `--set`.

    `of` is another job of the batch: the value is made of what that job gives, and `take` says what of it.
    """

    name: Text
    value: Annotated[Any, Field(description="JSON. Null where it comes from another job.")] = None
    of: Annotated[Text, Field(description="Id of the job that it comes from; empty: none.")] = ""
    take: Literal["", "last frame", "video", "latent"] = ""


class Job(Shape):
    """One run that is to be made somewhere."""

    id: Annotated[Text, Field(description="Unique in the batch: `0001`, or as the row names it.")]
    label: Annotated[
        Text, Field(description="For people: what makes it different from the others.")
    ]
    source: Annotated[Count, Field(description="Index into `sources`.")]
    pipeline: Text
    values: tuple[Value, ...] = ()
    seed_shift: Count = 0
    after: Annotated[
        tuple[Text, ...], Field(description="Ids of jobs that must succeed first.")
    ] = ()
    priority: Annotated[int, Field(description="Higher first; 0 is usual.")] = 0
    due: Annotated[Text | None, Field(description="In UTC, ISO 8601.")] = None
    tags: Annotated[tuple[Text, ...], Field(description="Tags that its server must have.")] = ()
    recipe: Annotated[
        Text, Field(description="The same for jobs that cost the same; empty: not known.")
    ] = ""
    workload: Annotated[
        Text,
        Field(description="What is made, for people: `832x1216, 81 frames`; empty: not known."),
    ] = ""


class Source(Shape):
    """A file of which jobs are runs, as it was when the batch was planned."""

    file: Text
    text: Text
    uses: Annotated[dict[Text, Text], Field(description="Text of the files that it uses.")]


class ServerOfBatch(Shape):
    """A server that may take jobs."""

    name: Text
    address: Annotated[Text, Field(description="Without name, password and query.")]
    card: Annotated[Text, Field(description="As configured or as the server says; empty: unknown.")]
    tags: tuple[Text, ...] = ()


class Options(Shape):
    """How every job is run; as the options of `wan run`."""

    staged: bool = False
    cold: bool = False
    retry: bool = True
    quality: bool = False
    most_attempts: Annotated[
        int, Field(ge=1, description="Failures on different servers before a job is set aside.")
    ] = 3


class Plan(Shape):
    """`batch.json`: what is to be made. Written before the first job is sent."""

    batch: Annotated[Literal[1], Field(description="Version of this schema.")]
    id: Text
    name: Text
    wan22dsl: Text
    made: Annotated[Text, Field(description="In UTC, ISO 8601.")]
    fleet: Annotated[
        Text, Field(description="Name of the fleet; empty for servers that were named.")
    ]
    scheduler: Annotated[
        Text, Field(description="Address of the Dask scheduler; empty where there was none.")
    ] = ""
    simulated: bool
    servers: tuple[ServerOfBatch, ...]
    sources: tuple[Source, ...]
    jobs: tuple[Job, ...]
    options: Options


class _Line(Shape):
    at: Annotated[Text, Field(description="By the clock of the driver, in UTC, ISO 8601.")]


class DriverStarted(_Line):
    """A process takes the batch on: the first, or one that resumes it."""

    line: Literal["driver"] = "driver"
    driver: Annotated[Text, Field(description="Unique for each start.")]
    wan22dsl: Text


class Placed(_Line):
    """A job is given to a server. Its run writes a record before its prompt is sent."""

    line: Literal["placed"] = "placed"
    job: Text
    attempt: Annotated[int, Field(ge=1, description="Counted over all servers and drivers.")]
    server: Text
    record: Annotated[Text, Field(description="Id of the record that the run writes.")]
    expected_s: Annotated[Seconds | None, Field(description="Null: nothing is known.")] = None
    basis: Annotated[
        Literal["measured", "estimate", "unknown"], Field(description="What `expected_s` rests on.")
    ] = "unknown"
    is_warm: Annotated[bool, Field(description="Whether its models were thought to be loaded.")] = (
        False
    )
    why: Annotated[Text, Field(description="Why this server.")] = ""


class JobEnded(_Line):
    """An attempt at a job is over."""

    line: Literal["ended"] = "ended"
    job: Text
    attempt: Annotated[int, Field(ge=1)]
    server: Text
    record: Annotated[Text | None, Field(description="Null where none could be written.")]
    how: How
    reason: Annotated[Text, Field(description="For people; empty for success.")] = ""
    seconds: Annotated[Seconds | None, Field(description="Of the whole run.")] = None
    load_s: Annotated[Seconds | None, Field(description="Loading models; null: not known.")] = None
    adopted: Annotated[
        bool, Field(description="It was found on its server after a loss, and not sent again.")
    ] = False
    is_settled: Annotated[
        bool,
        Field(
            description=(
                "Of `lost` and `stopped`: its server has said since that it has nothing of it, so that "
                "nothing can come late."
            )
        ),
    ] = False


class SetAside(_Line):
    """A job that is not tried any more, and does not stop the others."""

    line: Literal["set aside"] = "set aside"
    job: Text
    reason: Text


class ServerChanged(_Line):
    """What is known of a server has changed."""

    line: Literal["server"] = "server"
    server: Text
    state: ServerState
    reason: Text = ""


class BatchEnded(_Line):
    """A driver ends: all jobs have an end, or it was stopped."""

    line: Literal["batch ended"] = "batch ended"
    driver: Text
    how: Literal["complete", "stopped", "no servers"]


Line = Annotated[
    Union[DriverStarted, Placed, JobEnded, SetAside, ServerChanged, BatchEnded],
    Field(discriminator="line"),
]
