"""What to run, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.network import limits as network_limits
from wan22dsl.run.ending import Limits
from wan22dsl.run.uploads import MOST_BYTES
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.record import OfBatch, OfBench, Subject


class Job(NamedTuple):
    """What to run. `prompt` is ready for this server; `extra` goes into every file it writes.

    `bench` is what the run is in a bench, `batch` what it is in a batch. `id` is that of its record, where
    it has to be known before the run begins; otherwise the run makes one.
    """

    subject: Subject
    prompt: dict[str, Any]
    graph: Graph
    plan: Plan
    extra: dict[str, Any]
    seed_shift: int = 0
    bench: OfBench | None = None
    batch: OfBatch | None = None
    id: str = ""


class Options(NamedTuple):
    """How to run it."""

    folder: Path
    staged: bool = False
    cold: bool = False
    retry: bool = True
    target_s: float | None = None
    limits: Limits = Limits()
    most_upload_bytes: int = MOST_BYTES
    most_output_bytes: int = network_limits.OUTPUTS_BYTES
    most_outputs: int = network_limits.OUTPUTS
    quality: bool = False
