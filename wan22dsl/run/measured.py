"""What `--quality` adds to a record: the videos of a run, measured behind its end.

The times of a run are the server's, and end before its outputs are here; measuring costs none of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.graph.facts import FactTable
from wan22dsl.quality.expected import ExpectedVideo
from wan22dsl.quality.measure import is_video, measure
from wan22dsl.run.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.graph.model import Graph
    from wan22dsl.quality.models import Quality
    from wan22dsl.run.download import Fetched
    from wan22dsl.run.models.record import QualityOfOutput, RunRecord

_CHUNK_BYTES = 1024**2


def outputs(
    fetched: Sequence[Fetched], graph: Graph, *, simulated: bool
) -> tuple[QualityOfOutput, ...]:
    """The outputs that are videos, each measured, or the reason why not. Ctrl-C ends the measuring."""
    from wan22dsl.run.models.record import QualityOfOutput

    found: list[QualityOfOutput] = []
    facts = FactTable(graph)
    for output in fetched:
        path, quality, reason = output.path.as_posix(), None, ""
        try:
            if not is_video(output.path):
                continue
            expected = _expected(output.node, graph, facts)
            quality = measure(output.path, expected=expected, simulated=simulated)
        except UnreadableFile as error:
            reason = error.reason
        except KeyboardInterrupt:
            reason = "stopped"
        found.append(QualityOfOutput(path=path, quality=quality, not_measured=reason))
        if reason == "stopped":
            break
    return tuple(found)


def _expected(node_id: str, graph: Graph, facts: FactTable) -> ExpectedVideo:
    """What is known of the file that a node writes, without running it."""
    node = graph.nodes.get(node_id)
    saved = facts.saved(node) if node is not None else None
    if saved is None:
        return ExpectedVideo()
    size = (saved.width, saved.height) if saved.width and saved.height else None
    return ExpectedVideo(saved.frames, saved.fps, size)


def comparison(left: RunRecord, right: RunRecord, folders: tuple[Path, Path]) -> Iterator[str]:
    """The figures of two runs side by side; where the prompts are the same, the pictures too."""
    from wan22dsl.quality import words

    one, other = (_measured(record) for record in (left, right))
    if not one and not other:
        return
    yield ""
    if not one or not other:
        yield f"quality: only {'A' if one else 'B'} was measured; `wan run --quality` measures"
        return
    for (path, mine), (other_path, theirs) in zip(one, other):
        yield f"quality: A {words.head(mine)}: {words.verdict(mine)}"
        yield f"         B {words.head(theirs)}: {words.verdict(theirs)}"
        yield from aligned(words.table(["A", "B"], [mine.figures, theirs.figures]))
        yield _pictures(left, right, (path, other_path), folders, mine)
    if len(one) != len(other):
        yield f"A has {len(one)} videos, B {len(other)}: the others are not compared"


def _measured(record: RunRecord) -> list[tuple[str, Quality]]:
    return [
        (output.path, output.quality)
        for output in record.quality or ()
        if output.quality is not None
    ]


def _pictures(
    left: RunRecord,
    right: RunRecord,
    paths: tuple[str, str],
    folders: tuple[Path, Path],
    mine: Quality,
) -> str:
    """PSNR and SSIM of two videos of the same prompt, or why there are none."""
    from wan22dsl.quality import words

    if left.simulated or right.simulated:
        return "pictures: not compared, they are drawings of a simulation"
    if left.prompt.sha256 != right.prompt.sha256:
        return "pictures: not compared, the prompts or the seeds differ"
    files = [_file(path, folder) for path, folder in zip(paths, folders)]
    missing = [path for path, file in zip(paths, files) if file is None]
    if missing:
        gone = "is" if len(missing) == 1 else "are"
        return f"pictures: not compared, {' and '.join(missing)} {gone} not here any more"
    for record, path, file in zip((left, right), paths, files):
        if not is_unchanged(record, path, file):  # type: ignore[arg-type]
            return f"pictures: not compared, {path} was changed since the run"
    try:
        compared: Any = measure(files[1], reference=files[0])  # type: ignore[arg-type]
    except (UnreadableFile, CommandError) as error:
        return f"pictures: not compared, {error}"
    return f"pictures: B {words.against_reference(compared.against_reference)}"


def _file(path: str, folder: Path) -> Path | None:
    places = (Path(path), folder / Path(path).name)
    return next((place for place in places if place.is_file()), None)


def is_unchanged(record: RunRecord, path: str, file: Path) -> bool:
    """Whether a file is still the output that a record tells of; true where that cannot be told."""
    known = next((output for output in record.outputs if output.path == path), None)
    return known is None or has_content(file, known.size_bytes, known.sha256)


def has_content(file: Path, size_bytes: int, sha256: str) -> bool:
    """Whether a file is what it was; true where it cannot be opened."""
    import hashlib

    found = hashlib.sha256()
    try:
        with disk.opened(str(file), file.as_posix()) as data:
            if os.fstat(data.fileno()).st_size != size_bytes:
                return False
            while chunk := data.read(_CHUNK_BYTES):
                found.update(chunk)
    except (UnreadableFile, OSError):
        return True  # what opens it next says why not
    return found.hexdigest() == sha256
