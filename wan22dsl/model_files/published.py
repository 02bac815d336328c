"""The published model files: where they are, how large, and their sha256, from `data/published.json`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from wan22dsl import disk
from wan22dsl.tuples import NamedTuple

_DATA = Path(__file__).parent / "data" / "published.json"


class Published(NamedTuple):
    """A published file. `path` is that in the repository on the Hugging Face Hub; None: not known.

    `stated_by` is the number of independent public statements of the sha256 that were seen.
    """

    file: str
    folder: str
    repository: str
    path: str
    size_bytes: int | None
    sha256: str | None
    stated_by: int
    licence: str | None
    family: str | None
    noise: str | None


@cache
def files() -> tuple[Published, ...]:
    """All of them."""
    document = json.loads(disk.read(str(_DATA)))
    return tuple(
        Published(
            file=row["file"],
            folder=row["folder"],
            repository=row["repository"],
            path=row["path"],
            size_bytes=row["bytes"],
            sha256=row["sha256"],
            stated_by=row["stated_by"],
            licence=row["licence"],
            family=row["family"],
            noise=row["noise"],
        )
        for row in document["files"]
    )


def by_name(file: str) -> Published | None:
    """The published file of a name; the folders before it do not count."""
    last = file.replace("\\", "/").rpartition("/")[2].lower()
    return next((each for each in files() if each.file.lower() == last), None)


def by_sha256(sha256: str) -> Published | None:
    """The published file that has this sha256."""
    return next((each for each in files() if each.sha256 == sha256), None)


@cache
def _sizes() -> frozenset[int]:
    return frozenset(each.size_bytes for each in files() if each.size_bytes and each.sha256)


def has_size_of_one(size_bytes: int) -> bool:
    """Whether a published file with a known sha256 has exactly this size, so that hashing would tell."""
    return size_bytes in _sizes()
