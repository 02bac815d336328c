"""The JSON Schemas that are made of the shapes in the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def schemas() -> Iterator[tuple[str, str]]:
    """The name of each file in `schemas/`, with its text."""
    from wan22dsl.run.models.schema import schemas as made

    for name, text in made().items():
        yield f"{name}.schema.json", text
