"""The shapes of what a bench writes: `bench.json`, the plan, and `bench.jsonl`, a line for each thing that
happened. The records of its runs are beside them, as `wan run` writes them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Union

from pydantic import Field

from wan22dsl.shapes import Count, Hash, Seconds, Shape, Text

#: Version of these shapes.
VERSION = 1

#: What a run is for. Only `measured` runs are compared; `cold` ones are shown by themselves.
Role = Literal["warmup", "cold", "measured"]

#: Why a run or a session is no measure of what was to be measured.
Cause = Literal[
    "does not compile",  # the cell has errors; nothing was started
    "not started",  # ComfyUI did not start with this profile
    "not as set",  # another attention, another flag than the profile says
    "out of memory",
    "fell back",  # the run came to its end with less memory than was set: staged, tiled decode
    "throttled",
    "shared card",  # other programs used the card
    "cached",  # the server had the result already
    "incomplete",  # the connection broke: times are not exact
    "stuck",  # no progress for too long
    "server died",
    "failed",  # any other error of the server
    "not counted",  # a simulation does not know what a part of it costs
    "stopped",  # by Ctrl-C, or as the budget was spent
    "broken video",  # its quality: black, frozen, noise
]


class Reason(Shape):
    """Why something is no measure. `text` is a sentence for people."""

    cause: Cause
    text: Text


class Value(Shape):
    """What a cell varies: a parameter, a setting of the pipeline or of a pass (`high.cfg`), as written."""

    name: Text
    value: Text


class Cell(Shape):
    """One configuration of a bench."""

    id: Annotated[Text, Field(description="Unique in the bench, such as `sage, high.cfg 3.5`.")]
    place: Annotated[
        Text, Field(description="Where: an install, a server's address, or `simulated RTX 4090`.")
    ]
    profile: Annotated[Text, Field(description="Empty: the server is used as it was started.")]
    values: tuple[Value, ...]
    is_baseline: bool
    recipe: Annotated[
        Hash | None,
        Field(description="Digest of the prompt without seeds. Null if it does not compile."),
    ]
    workload: Annotated[
        Text,
        Field(
            description="What is made: width x height, frames, frames per second, as far as known."
        ),
    ]
    problem: Annotated[Reason | None, Field(description="Why it cannot be measured at all.")] = None
    not_simulated: Annotated[
        tuple[Text, ...],
        Field(
            description=(
                "Flags and variables of the profile whose effect a simulation does not know. Its times "
                "are those without them."
            )
        ),
    ] = ()
    estimate_s: Annotated[
        Seconds | None, Field(description="One warm run, by earlier records or the cost model.")
    ] = None
    cold_estimate_s: Annotated[
        Seconds | None, Field(description="The same of a run with nothing loaded.")
    ] = None
    compiles: Annotated[
        bool, Field(description="Something compiles in its first runs: it needs more warm-ups.")
    ] = False


class Session(Shape):
    """One start of ComfyUI, or one stretch on a running server, and the cells in it, in order."""

    number: Annotated[int, Field(ge=1)]
    round: Annotated[int, Field(ge=1, le=2, description="2: only what was suspicious.")]
    place: Text
    profile: Text
    cells: tuple[Text, ...]


class Design(Shape):
    """How is measured."""

    repeat: Annotated[int, Field(ge=1, description="Measured runs for each cell and session.")]
    warmups: Annotated[int, Field(ge=0, description="Discarded runs before them.")]
    compile_warmups: Annotated[int, Field(ge=0, description="The same where something compiles.")]
    cold: Annotated[int, Field(ge=0, description="Runs with nothing loaded, for each cell.")]
    suspicious_percent: Annotated[
        float, Field(description="Differences above it get a second round, in reverse order.")
    ]
    threshold_percent: float
    threshold_s: Seconds
    seed_shift: Annotated[Count, Field(description="Offset of the first run's seeds.")] = 0
    quality: bool = False


class Plan(Shape):
    """`bench.json`: what is to be measured. Written before the first run."""

    bench: Annotated[Literal[1], Field(description="Version of this schema.")]
    id: Text
    name: Text
    file: Text
    pipeline: Text
    source: Annotated[Text, Field(description="Text of the file.")]
    uses: Annotated[dict[Text, Text], Field(description="Text of the files that it uses.")]
    wan22dsl: Text
    made: Annotated[Text, Field(description="In UTC, ISO 8601.")]
    simulated: bool
    design: Design
    cells: tuple[Cell, ...]
    sessions: tuple[Session, ...]


class PassFigures(Shape):
    """A pass. `step_s` is the median of its steps but the first."""

    name: Text
    total_s: Seconds
    load_s: Seconds
    sampling_s: Seconds
    step_s: Seconds | None
    steps: Count
    decode_s: Seconds
    peak_bytes: int | None


class StageFigures(Shape):
    """A step behind the passes, such as an interpolation."""

    name: Text
    seconds: Seconds


class Figures(Shape):
    """What is compared of a run. The sums are over its passes; `post_s` is all that follows them."""

    total_s: Seconds
    load_s: Seconds
    sampling_s: Seconds
    decode_s: Seconds
    post_s: Seconds
    passes: tuple[PassFigures, ...]
    stages: tuple[StageFigures, ...]
    peak_bytes: int | None
    quality: Annotated[
        dict[Text, float],
        Field(
            default_factory=dict,
            description="Figures of its first video, such as `sharpness`; empty if it was not measured.",
        ),
    ]


class SessionStarted(Shape):
    """ComfyUI answers, or was reached. `reason` says why nothing of it counts."""

    line: Literal["session"]
    number: int
    round: int
    place: Text
    profile: Text
    started: Text
    ready_s: Seconds | None
    snapshot: Hash | None
    comfyui: Text
    pytorch: Text
    card: Text
    flags: tuple[Text, ...]
    findings: Annotated[tuple[Text, ...], Field(description="Differences from the profile.")]
    reason: Reason | None


class RunEnded(Shape):
    """A run. With `reasons` it is a result, but none of its times counts."""

    line: Literal["run"]
    session: int
    cell: Text
    number: Annotated[int, Field(ge=1, description="Within its cell, session and role.")]
    role: Role
    record: Annotated[Text | None, Field(description="Its id; null if there is no record.")]
    started: Text
    seconds: Annotated[Seconds, Field(description="By the clock of this machine, with everything.")]
    figures: Figures | None
    reasons: tuple[Reason, ...]


class SessionEnded(Shape):
    """The session is over."""

    line: Literal["session_end"]
    number: int
    ended: Text


class BenchEnded(Shape):
    """The command came to its end."""

    line: Literal["end"]
    ended: Text
    how: Literal["finished", "stopped", "budget"]


Line = Annotated[
    Union[SessionStarted, RunEnded, SessionEnded, BenchEnded], Field(discriminator="line")
]
