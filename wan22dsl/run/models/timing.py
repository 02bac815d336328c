"""The shape of what a run cost: seconds, and the card's memory."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wan22dsl.shapes import Count, Seconds, Shape, Text


class Usage(Shape):
    """The card during a pass or a run. What is not known is null."""

    peak_bytes: Count
    total_bytes: int | None
    curve: Annotated[
        tuple[tuple[float, int], ...],
        Field(description="Time in seconds from the start, and bytes in use."),
    ]
    utilisation_percent: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    clock_mhz: Annotated[float | None, Field(description="Minimum.")] = None
    throttled: Annotated[tuple[Text, ...], Field(description="Reasons for throttling.")] = ()
    others_bytes: Annotated[
        int | None, Field(description="Card memory used by other programs.")
    ] = None


class Pass(Shape):
    """`total_s` is the sum of load, sampling, decode and rest."""

    name: Text
    total_s: Seconds
    load_s: Seconds
    patching_s: Annotated[
        Seconds,
        Field(
            description=(
                "Part of `load_s`: how much longer the first step took than the others. An "
                "estimate."
            )
        ),
    ]
    sampling_s: Seconds
    steps_s: tuple[Seconds, ...]
    decode_s: Seconds
    rest_s: Annotated[Seconds, Field(description="Text, image and conditioning.")]
    cached: Annotated[
        bool,
        Field(description="The sampler did not run: the times are no measure of speed."),
    ]
    cached_nodes: Count
    cold: Annotated[bool, Field(description="The model file was read in this run.")]
    complete: Annotated[bool, Field(description="The start of the sampler was observed.")]
    finished: Annotated[
        bool | None,
        Field(
            description=("The end of the sampler was reached. Null in records of earlier versions.")
        ),
    ] = None
    memory: Usage | None = None


class Stage(Shape):
    """What a step behind the passes took."""

    name: Text
    seconds: Seconds
    cached: bool


class Timing(Shape):
    """The parts add up to `total_s`: all passes, all stages, `server_s` and `between_s`."""

    total_s: Annotated[
        Seconds,
        Field(description="From start to end by the server's timestamps, without the queue."),
    ]
    queue_s: Annotated[Seconds, Field(description="From submission to start.")]
    server_s: Annotated[
        Seconds,
        Field(description="Before the first node, and in nodes that a staged run adds."),
    ]
    between_s: Annotated[Seconds, Field(description="Between the prompts of a staged run.")]
    drift_s: Annotated[
        Seconds, Field(description="Difference between the client's and the server's time.")
    ]
    complete: Annotated[
        bool,
        Field(
            description="False if the connection broke: times of single nodes are then not exact."
        ),
    ]
    all_cached: Annotated[
        bool,
        Field(description="All results came from the server's cache."),
    ]
    source: Annotated[
        Literal["messages", "simulation", "server"],
        Field(
            description=(
                "Where times of nodes and steps are from: the arrival of the server's messages, the "
                "simulation, or the server's own benchmark."
            )
        ),
    ] = "messages"
    passes: tuple[Pass, ...]
    stages: tuple[Stage, ...]
