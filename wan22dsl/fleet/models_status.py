"""The shape of what `wan fleet status --json` writes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wan22dsl.shapes import Count, Shape, Text

#: "takes": it could take the file now. "cannot": it lacks something, or its card is too small. "unknown":
#: the server did not say enough.
Takes = Literal["takes", "cannot", "unknown"]


class Queue(Shape):
    """The prompts that a server has, running and waiting."""

    ours: Annotated[Count, Field(description="Sent by wan22dsl, from wherever.")]
    others: Count


class ForFile(Shape):
    """Whether a server could run the file."""

    takes: Takes
    classes: Annotated[tuple[Text, ...], Field(description="Node classes that it lacks.")]
    files: Annotated[
        tuple[Text, ...], Field(description="Model files that it lacks, with the input in front.")
    ]
    other: Annotated[tuple[Text, ...], Field(description="What else keeps it from running it.")]
    fits: Annotated[
        bool | None, Field(description="Whether its card has the memory. Null: not known.")
    ]
    warm: Annotated[
        bool | None,
        Field(description="Whether its last prompt used all the model files. Null: not known."),
    ] = None


class Slow(Shape):
    """That a server is slower than its equals."""

    percent: float
    equals: tuple[Text, ...]
    since: Annotated[Text | None, Field(description="In UTC, ISO 8601. Null: all along.")]
    because: Annotated[tuple[Text, ...], Field(description="Differences that may explain it.")]
    text: Text


class ServerStatus(Shape):
    """A server. What it did not say is null."""

    name: Text
    address: Annotated[Text, Field(description="Without name, password and query.")]
    reachable: bool
    reason: Annotated[Text, Field(description="Why it is not reachable, or what is not known.")]
    tags: tuple[Text, ...]
    drained: bool
    drain_reason: Text
    comfyui: Text | None
    card: Text | None
    configured_card: Annotated[Text, Field(description="Empty where none is configured.")]
    simulated: bool
    vram_bytes: Count | None
    vram_free_bytes: Count | None
    queue: Queue | None
    last_models: Annotated[
        tuple[Text, ...] | None,
        Field(description="Model files of the prompt that ended last; they may be loaded still."),
    ]
    held_by: Annotated[
        Text | None,
        Field(
            description=(
                "Batch that has it, and so keeps other batches out; its driver may be gone. Null: none, or "
                "not known."
            )
        ),
    ] = None
    for_file: ForFile | None = None
    slow: Slow | None = None


class FleetStatus(Shape):
    """All servers of a fleet, in the order of the configuration."""

    fleet_status: Annotated[Literal[1], Field(description="Version of this schema.")]
    fleet: Annotated[Text, Field(description="Empty for servers that were named.")]
    asked: Annotated[Text, Field(description="In UTC, ISO 8601.")]
    file: Text | None
    scheduler: Annotated[Text, Field(description="Address of a Dask scheduler; empty: none.")]
    ready: Annotated[
        Count,
        Field(description="Servers that can be given jobs: for the file, where one is named."),
    ]
    servers: tuple[ServerStatus, ...]
