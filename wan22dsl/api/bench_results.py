"""Benches that were measured: what they came to, against an accepted baseline, and against each other.

accept_benches(["out/bench"], "bench-baseline.json")
gate = gate_bench("out/bench2", "bench-baseline.json")
print(gate.state, [cell.id for cell in gate.cells if cell.worse])
"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.bench import baseline as baselines
from wan22dsl.bench import between_benches, kept_videos, reading, store
from wan22dsl.bench import gate as gates
from wan22dsl.bench.outcome import outcome_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.bench.baseline import Accepted
    from wan22dsl.bench.between_benches import CellComparison
    from wan22dsl.bench.gate import Gate, Options
    from wan22dsl.bench.kept_videos import Written
    from wan22dsl.bench.outcome import Outcome
    from wan22dsl.bench.units import Limit

_DEFAULT = gates.Options()


def outcome_of_bench(folder: Path | str) -> Outcome:
    """What a bench came to, also while it is measured, as `wan bench show` says it. Raises CommandError."""
    return outcome_of(store.load(Path(folder)))


def gate_bench(folder: Path | str, baseline: Path | str, options: Options = _DEFAULT) -> Gate:
    """A bench against its baseline, which is a file of `accept_benches` or the folder of another bench.

    Without that file every cell is `NO_BASELINE`. Raises CommandError.
    """
    old = reading.either(str(baseline)) if Path(baseline).exists() else None
    return gates.gate(reading.bench(str(folder)), old, Path(baseline).as_posix(), options)


def compare_benches(
    first: Path | str,
    second: Path | str,
    *,
    figure: str = "total_s",
    limit: Limit | None = None,
    may_differ: Sequence[str] = between_benches.MAY_DIFFER,
) -> tuple[CellComparison, ...]:
    """Two benches, or baselines, cell by cell, the earlier one first. Raises CommandError."""
    before, now = reading.either(str(first)), reading.either(str(second))
    return between_benches.compare(before, now, may_differ=may_differ, figure=figure, limit=limit)


def accept_benches(
    folders: Sequence[Path | str],
    baseline: Path | str,
    *,
    note: str = "",
    allow_partial: bool = False,
    with_videos: bool = True,
) -> tuple[Accepted, Written]:
    """Makes benches the baseline, and writes its file and its videos. Raises CommandError.

    Benches that are not whole are refused, unless `allow_partial`.
    """
    from wan22dsl import __version__, disk

    path = str(baseline)
    old = baselines.load(path) if Path(path).exists() else None
    found = baselines.accept(
        [reading.bench(str(folder)) for folder in folders],
        old,
        at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        note=note,
        made_by=__version__,
        allow_partial=allow_partial,
        with_videos=with_videos,
    )
    videos = kept_videos.write(path, found.videos)
    disk.write(path, baselines.dump(found.baseline).encode("utf-8"))
    kept_videos.remove(path, old, found.baseline)
    return found, videos
