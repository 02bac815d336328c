"""The shape of a record: what stays of a run, in `run-ID.json` beside its outputs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from wan22dsl.quality.models import Quality  # noqa: TC001 - pydantic reads it
from wan22dsl.run.models.timing import Timing, Usage
from wan22dsl.shapes import Count, Hash, Seconds, Shape, Text

#: "unfinished": written when the prompt was submitted; the command has not come to its end, or was killed.
Result = Literal["success", "error", "interrupted", "stopped", "unfinished"]


class Source(Shape):
    """The source that was run."""

    file: Text
    pipeline: Text
    text: Text
    sha256: Hash
    uses: Annotated[
        dict[Text, Text],
        Field(
            default_factory=dict,
            description="Files that it uses, by their relative path; without those of the library.",
        ),
    ]


class Prompt(Shape):
    """What it was compiled to."""

    graph: Annotated[dict[str, Any], Field(alias="json", description="Prompt JSON as submitted.")]
    sha256: Annotated[
        Hash, Field(description=("SHA-256 of the JSON with sorted keys and without spaces."))
    ]


class Device(Shape):
    """A card, or the CPU, as the server names it."""

    name: Text
    type: Text
    memory_bytes: int | None


class FlagOfServer(Shape):
    """A flag that the server was started with."""

    name: Text
    value: Annotated[
        bool | int | float | Text | tuple[bool | int | float | Text, ...],
        Field(description="True for a switch; `(not kept)` for a value that may be private."),
    ]


class Server(Shape):
    """Where it ran, as far as the server says it."""

    address: Annotated[Text, Field(description="Without name, password and query.")]
    comfyui: Text
    pytorch: Text
    python: Text
    os: Text
    arguments: Annotated[
        tuple[Text, ...],
        Field(description="Names of the server's flags; `flags` has their values."),
    ]
    flags: Annotated[
        tuple[FlagOfServer, ...] | None,
        Field(
            description=(
                "Flags of the server with their values, sorted. Null if the server does not say "
                "them, and in records of earlier versions, whose `arguments` are not all flags."
            )
        ),
    ] = None
    devices: tuple[Device, ...]


class NoCard(Shape):
    """Why nothing is known of the card."""

    note: Text

    @property
    def usage(self) -> Usage | None:
        """Nothing."""
        return None


class Card(Usage):
    """The card during the whole run."""

    note: Text

    @property
    def usage(self) -> Usage | None:
        """Itself."""
        return self


class Rating(Shape):
    """How good a time or a peak of memory was, against a target."""

    what: Annotated[Text, Field(description="A pass, a stage, or their combination.")]
    seconds: Annotated[Seconds | None, Field(description="Null for memory.")]
    verdict: Literal["excellent", "good", "slow", "too much", "not rated"]
    target: Annotated[Text, Field(description="Limits of the grades, and the name of the target.")]
    note: Text
    peak_bytes: Annotated[
        int | None,
        Field(description="Peak memory of the card, where it was rated and measured."),
    ] = None


class Attempt(Shape):
    """One try. `after` is what was changed for it."""

    number: Annotated[int, Field(ge=1)]
    after: Literal["", "free", "staged", "tiled decode", "submit again"]
    staged: bool
    tiled: bool
    how: Text
    reason: Text
    seconds: float
    prompt_ids: tuple[Text, ...]


class Output(Shape):
    """A file that is here."""

    path: Text
    size_bytes: Count
    sha256: Hash
    remote: Annotated[Text, Field(description="Name on the server.")]
    node: Annotated[Text, Field(description="Node that wrote it.")]


class Remote(Shape):
    """A file that the server says it has written, and that is not here."""

    node: Annotated[Text, Field(description="Node that wrote it.")]
    filename: Text
    subfolder: Text
    type: Text

    @property
    def path(self) -> str:
        """Its name with its folder."""
        return f"{self.subfolder}/{self.filename}".lstrip("/")


class Place(Shape):
    """A place in a source; lines and columns are counted from 1."""

    path: Text
    line: Annotated[int, Field(ge=1)]
    column: Annotated[int, Field(ge=1)]


class Finding(Shape):
    """What there was to say of the run; `wan explain CODE` tells more."""

    code: Annotated[str, Field(pattern="^WAN[0-9]{3}$")]
    name: Text
    severity: Literal["error", "warning", "note"]
    message: Text
    place: Place | None


class Load(Shape):
    """A model that was brought to the card, as the server's log says it. What it does not say is null."""

    loader: Annotated[
        Literal["legacy", "dynamic"], Field(description="`dynamic` is ComfyUI's DynamicVRAM.")
    ]
    model: Annotated[Text | None, Field(description="ComfyUI's class, such as WAN21.")]
    loaded_bytes: Annotated[int | None, Field(description="On the card.")]
    offloaded_bytes: Annotated[
        int | None, Field(description="Not on the card, and sent there in every step.")
    ]
    staged_bytes: Annotated[
        int | None,
        Field(
            description="All weights that DynamicVRAM may bring to the card; it does not say more."
        ),
    ]
    patches: Annotated[int | None, Field(description="Weights that LoRAs change.")]


class Resident(Shape):
    """What was in memory and on the card right behind a load: a line of ComfyUI's log level DETAIL.

    DynamicVRAM brings weights to the card only when they are used, so that right behind a load it has few.
    """

    model: Text
    patcher: Annotated[Text, Field(description="ComfyUI's class of the loader.")]
    ram_bytes: Count
    vram_bytes: Count


class AttentionFailed(Shape):
    """An attention that failed, and what was used in its place."""

    attention: Text
    used: Text
    reason: Text
    count: Annotated[Count, Field(description="Lines of the log that say it.")]


class Log(Shape):
    """What the server's log says of the run."""

    whole: Annotated[
        bool, Field(description="False if the server no longer had the first lines of the run.")
    ]
    loads: tuple[Load, ...]
    residents: tuple[Resident, ...] = ()
    attention_failed: tuple[AttentionFailed, ...]
    weight_dtypes: tuple[Text, ...]
    native_ops: Annotated[
        tuple[Text, ...], Field(description="Formats of weights that the card computes with.")
    ]
    emulated_ops: Annotated[
        tuple[Text, ...], Field(description="Formats of weights that are converted first.")
    ]
    lora_keys_not_loaded: Count
    lora_keys_of_other_shape: Count
    tiled_decode: Annotated[
        bool, Field(description="The VAE ran out of memory and decoded in tiles.")
    ]


class OfBench(Shape):
    """What a run is in a bench."""

    id: Annotated[Text, Field(description="Id of the bench, in its `bench.json`.")]
    cell: Annotated[Text, Field(description="Id of the cell.")]
    role: Annotated[
        Literal["warmup", "cold", "measured"], Field(description="Only `measured` runs count.")
    ]
    session: Annotated[int, Field(ge=1)]
    number: Annotated[int, Field(ge=1, description="Within its cell, session and role.")]


class OfBatch(Shape):
    """What a run is in a batch."""

    id: Annotated[Text, Field(description="Id of the batch, in its `batch.json`.")]
    job: Annotated[Text, Field(description="Id of the job.")]
    attempt: Annotated[int, Field(ge=1, description="Counted over all servers.")]


class QualityOfOutput(Shape):
    """A video of the run, measured."""

    path: Annotated[Text, Field(description="The output, as in `outputs`.")]
    quality: Annotated[Quality | None, Field(description="Null if it could not be measured.")]
    not_measured: Annotated[Text, Field(description="Why; empty if it was measured.")] = ""


class RunRecord(Shape):
    """All of it. Times are seconds, sizes bytes; `started` is in UTC, in ISO 8601."""

    record: Annotated[Literal[1], Field(description="Version of this schema.")]
    id: Annotated[Text, Field(description="Sorts by time; unique.")]
    wan22dsl: Annotated[Text, Field(description="Version of wan22dsl that made the run.")]
    started: Annotated[Text, Field(description="Start time, in UTC, ISO 8601.")]
    result: Result
    simulated: Annotated[
        bool,
        Field(description="Whether no model was run: the times are then estimates for a card."),
    ]
    speed: Annotated[
        float | None,
        Field(
            description=(
                "Speed of the simulation relative to its card, null: as fast as possible; all "
                "times here are those of the card. 1 for a real run."
            )
        ),
    ]
    source: Source
    parameters: Annotated[dict[str, Any], Field(description="Parameters set from outside.")]
    seed_shift: Annotated[Count, Field(description="Offset of all seeds, for repeated runs.")]
    target: Annotated[Text, Field(description="Catalogue that checked the prompt.")]
    prompt: Prompt
    not_counted: Annotated[
        tuple[Text, ...],
        Field(
            description=(
                "Parts that the simulation does not count; `total_s` is the sum of the counted parts."
            )
        ),
    ] = ()
    server: Server
    timing: Annotated[Timing | None, Field(description="Null if nothing was run.")]
    memory: Annotated[Card | NoCard, Field(union_mode="left_to_right")]
    ratings: tuple[Rating, ...]
    attempts: Annotated[tuple[Attempt, ...], Field(description="Every attempt, in order.")]
    outputs: tuple[Output, ...]
    findings: tuple[Finding, ...]
    snapshot: Annotated[
        Hash | None,
        Field(
            description=(
                "Digest of the machine that it ran on; `snapshot-DIGEST.json` next to the record, "
                "with the first 16 digits, has the snapshot. Null if none was taken."
            )
        ),
    ] = None
    left_on_server: Annotated[
        tuple[Text, ...],
        Field(description="Latents of a staged run, in the server's output folder."),
    ]
    not_fetched: Annotated[
        tuple[Remote, ...],
        Field(description="Outputs that the server reported and that were not downloaded."),
    ] = ()
    log: Annotated[
        Log | None,
        Field(description="Null if the server gives no log, and in records of earlier versions."),
    ] = None
    benchmarks: Annotated[
        tuple[dict[str, Any], ...],
        Field(
            description=(
                "What the server measured of each prompt by itself, in its own names: device, "
                "durations, summary. Empty where it does not."
            )
        ),
    ] = ()
    not_as_set: Annotated[
        tuple[Text, ...],
        Field(
            description=(
                "Why the times measure something else than was set, such as another attention. They "
                "are then not comparable with those of other runs."
            )
        ),
    ] = ()
    bench: Annotated[
        OfBench | None, Field(description="Null if the run was not part of a bench.")
    ] = None
    batch: Annotated[
        OfBatch | None, Field(description="Null if the run was not part of a batch.")
    ] = None
    quality: Annotated[
        tuple[QualityOfOutput, ...] | None,
        Field(
            description=(
                "The videos of the run, measured: `wan run --quality`. Null if that was not asked for, and "
                "in records of earlier versions."
            )
        ),
    ] = None
