"""What is compared, by a path: the folder of a bench, or the file of a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.bench import measured

if TYPE_CHECKING:
    from wan22dsl.bench.measured import Measured


def bench(path: str) -> Measured:
    """A bench by its folder. Raises CommandError."""
    from wan22dsl.bench import cells, store

    stored = store.load(Path(path))
    return measured.of_bench(stored, cells.outcomes(stored))


def either(path: str) -> Measured:
    """A bench by its folder, or a baseline by its file. Raises CommandError."""
    if Path(path).is_dir():
        return bench(path)
    from wan22dsl.bench import baseline

    return baseline.measured(baseline.load(path), path)
