"""The JSON Schemas that are made of the shapes in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def schemas() -> Iterator[tuple[str, str]]:
    """The name of each file in `schemas/`, with its text."""
    from wan22dsl.bench import schema as of_bench
    from wan22dsl.fleet import schema as of_batch
    from wan22dsl.run.models import schema as of_run

    for name, text in (of_run.schemas() | of_bench.schemas() | of_batch.schemas()).items():
        yield f"{name}.schema.json", text
