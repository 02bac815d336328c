"""The shapes of the gate: a baseline, as `wan bench accept` writes it, and the verdict in JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wan22dsl.shapes import Count, Hash, Shape, Text

#: Version of this shape.
VERSION = 1

#: A fact of a machine. Null: not known.
Known = bool | int | float | Text | tuple[bool | int | float | Text, ...] | None

#: Facts by name. A table that is null is not known as a whole.
Table = dict[Text, Known]


class Machine(Shape):
    """What a place with a profile is, as far as it decides about speed.

    `missing` says why something is not known, by `table` or `table.name`.
    """

    card: Table | None
    power: Annotated[Table | None, Field(description="Power limit and PCIe.")]
    comfyui: Table | None
    python: Table | None
    driver: Table | None
    packages: Annotated[Table | None, Field(description="Those with a known effect on speed.")]
    packages_are_all: Annotated[
        bool, Field(description="False: packages that are not listed may be there.")
    ]
    packs: Annotated[Table | None, Field(description="Node packs; null: of unknown version.")]
    flags: Annotated[Table | None, Field(description="Launch flags; null: not known.")]
    environment: Table | None
    started: Annotated[Table | None, Field(description="What ComfyUI switched on at its start.")]
    missing: dict[Text, Text]


class AcceptedVideo(Shape):
    """A video of a cell, in the folder of videos that is next to the baseline."""

    file: Annotated[Text, Field(description="Its name in that folder.", pattern=r"^[\w.-]{1,200}$")]
    size_bytes: Count
    sha256: Hash
    prompt_sha256: Annotated[
        Hash,
        Field(
            description="Of the prompt that made it, with its seeds, as in the record of its run."
        ),
    ]
    seed_shift: Count


class AcceptedCell(Shape):
    """A cell as it was accepted."""

    place: Annotated[Text, Field(description="Empty if the bench has a single place.")]
    profile: Text
    values: dict[Text, Text]
    machine: Annotated[Text, Field(description="Its key in `machines`.")]
    workload: Text
    recipe: Hash | None
    figures: Annotated[
        dict[Text, tuple[float, ...]],
        Field(description="For each figure the medians of its sessions."),
    ]
    video: Annotated[
        AcceptedVideo | None,
        Field(description="What its pictures are compared with. Null if none was kept."),
    ] = None


class Acceptance(Shape):
    """Somebody has accepted a bench. `total_s` holds what each cell took then."""

    at: Annotated[Text, Field(description="In UTC, ISO 8601.")]
    note: Text
    benches: Annotated[tuple[Text, ...], Field(description="Ids of the benches.")]
    wan22dsl: Text
    total_s: dict[Text, float]


class Baseline(Shape):
    """A baseline. Sizes are bytes, names that end with `_s` are seconds."""

    baseline: Annotated[Literal[1], Field(description="Version of this schema.")]
    name: Annotated[Text, Field(description="Name of the bench.")]
    pipeline: Text
    simulated: bool
    design: Annotated[Table, Field(description="How was measured.")]
    machines: dict[Text, Machine]
    cells: dict[Text, AcceptedCell]
    history: Annotated[
        tuple[Acceptance, ...], Field(description="The last acceptances, the newest first.")
    ]


State = Literal["PASS", "REGRESSION", "NO_BASELINE", "NOT_COMPARABLE"]


class About(Shape):
    """A bench or a baseline."""

    path: Text
    id: Text
    name: Text
    pipeline: Text
    made: Annotated[
        Text, Field(description="In UTC, ISO 8601; of a baseline when it was accepted.")
    ]
    simulated: bool
    unfinished: Annotated[Text, Field(description="Why not all was measured; empty where it was.")]


class Figure(Shape):
    """A figure before and now, in its unit. It is worse beyond both limits."""

    figure: Text
    before: float
    now: float
    difference: float
    percent: Annotated[float | None, Field(description="Null where it was zero.")]
    sessions: Annotated[tuple[int, int], Field(description="How many sessions, before and now.")]
    limit_percent: float
    limit: float


class PartOfDifference(Shape):
    """What a pass or a stage contributes. Null where one of the two does not have it."""

    name: Text
    what: Annotated[
        Text, Field(description="`sampling`, `load`, `decode` or `rest`; empty for a stage.")
    ]
    before_s: float | None
    now_s: float | None
    difference_s: float
    note: Annotated[Text, Field(description="Other steps, or what a step takes; else empty.")]


class FactOfCohort(Shape):
    """Something that differs, or that is unknown: then `reason` says why."""

    kind: Annotated[Text, Field(description="The word for `--may-differ`.")]
    name: Text
    before: Known
    now: Known
    effect: Annotated[Text, Field(description="What kind of effect on speed is known of it.")]
    reason: Text
    how: Annotated[Text, Field(description="How to get it.")]


class Picture(Shape):
    """The video of a cell and that of the baseline, of the same prompt and seeds."""

    word: Literal["same", "nearly the same", "changed", "not compared"]
    reason: Annotated[
        Text,
        Field(
            description="Why it was not compared, or not frame by frame; empty if it was compared."
        ),
    ]
    psnr_db: Annotated[
        float | None, Field(description="Median over frames; null for equal pictures.")
    ]
    lowest_psnr_db: float | None
    lowest_psnr_frame: int | None
    ssim: Annotated[float | None, Field(description="Median over every fifth frame.")]
    delta_e: Annotated[
        float | None, Field(description="Delta E (1976) of the mean colours of both videos.")
    ]
    frames: Annotated[int, Field(description="How many were compared.")]
    beyond: Annotated[
        tuple[Text, ...], Field(description="The limits that it exceeds, of those that were set.")
    ]


class CellOfGate(Shape):
    """A cell, and why it is in its state."""

    cell: Text
    state: State
    figures: tuple[Figure, ...]
    worse: Annotated[tuple[Text, ...], Field(description="Names of the figures that are.")]
    better: tuple[Text, ...]
    parts: Annotated[
        tuple[PartOfDifference, ...],
        Field(description="Where the difference of the total comes from, the largest first."),
    ]
    reasons: tuple[Text, ...]
    help: tuple[Text, ...]
    differences: Annotated[
        tuple[FactOfCohort, ...], Field(description="What differs and may differ.")
    ]
    unknown: Annotated[tuple[FactOfCohort, ...], Field(description="What could not be compared.")]
    picture: Annotated[
        Picture | None, Field(description="Null if there is nothing to compare it with.")
    ] = None


class GateReport(Shape):
    """The verdict: the worst state of a cell."""

    gate: Annotated[Literal[1], Field(description="Version of this schema.")]
    state: State
    bench: About
    baseline: Annotated[About | None, Field(description="Null if there is none.")]
    baseline_file: Text
    problems: Annotated[tuple[Text, ...], Field(description="Of the bench as a whole.")]
    cells: tuple[CellOfGate, ...]
