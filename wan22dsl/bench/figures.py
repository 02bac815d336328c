"""What is compared of a run, and why a run is no measure of what was to be measured."""

from __future__ import annotations

from math import fsum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.bench.models import Cause, Figures, PassFigures, Reason
    from wan22dsl.run.models.record import Attempt, RunRecord
    from wan22dsl.run.models.timing import Pass, Timing

#: A card is shared where other programs hold more of its memory. A desktop and a browser hold .3 to 1.5 GiB,
#: and ComfyUI leaves room for them (`--reserve-vram`); a game or a second ComfyUI holds more, and computes.
SHARED_BYTES = 2 * 1024**3

#: A card that computes is at its power limit most of the time: that is its speed, and no reason.
_USUAL = "power limit"

#: What a run that failed came to, by how its last attempt ended (`run.ending.Outcome`).
_ENDINGS: dict[str, Cause] = {
    "lost": "server died",
    "gone": "server died",
    "dead": "stuck",
    "stuck": "stuck",
    "stopped": "stopped",
    "submitted": "stopped",
    "interrupted": "stopped",
}

_OUT_OF_MEMORY = "WAN909"

#: What to do, by cause, behind what happened.
_WHAT_TO_DO: dict[Cause, str] = {
    "out of memory": "Use fewer frames, a smaller size, or a profile that needs less of the card.",
    "fell back": (
        "The times are those of the fallback. Use fewer frames, a smaller size, or a profile that needs "
        "less of the card."
    ),
    "not as set": (
        "The times are those of something else. Install a build that fits the card and torch, or leave "
        "it out of the profile."
    ),
    "throttled": "Check cooling and power supply, then measure again.",
    "shared card": "Close other programs that use the card, then measure again.",
    "cached": "Nothing was measured. Give the pipeline a seed that can be changed.",
    "incomplete": "Check the network between this machine and the server, then measure again.",
    "stuck": "Restart ComfyUI, look into its log, then measure again.",
    "server died": "Look into its log, often main memory (RAM) ran out; then measure again.",
    "failed": "Fix it, then start a new bench.",
    "not counted": "Measure on a real ComfyUI.",
    "stopped": "Resume the bench with `--resume`.",
    "broken video": "`wan quality` says more of it. A fast run that makes nothing is no result.",
}


def figures_of(record: RunRecord) -> Figures | None:
    """The figures of a run that came to its end; None where there are none."""
    from wan22dsl.bench.models import Figures, StageFigures

    timing = record.timing
    if timing is None or record.result != "success":
        return None
    passes = tuple(_pass(own) for own in timing.passes)
    usage = record.memory.usage
    return Figures(
        total_s=timing.total_s,
        load_s=fsum(own.load_s for own in passes),
        sampling_s=fsum(own.sampling_s for own in passes),
        decode_s=fsum(own.decode_s for own in passes),
        post_s=fsum(stage.seconds for stage in timing.stages),
        passes=passes,
        stages=tuple(StageFigures(name=own.name, seconds=own.seconds) for own in timing.stages),
        peak_bytes=usage.peak_bytes if usage is not None else None,
        quality=_quality(record),
    )


def _quality(record: RunRecord) -> dict[str, float]:
    """The figures of the first video that was measured, but for colours and numbers of frames."""
    for output in record.quality or ():
        if output.quality is not None:
            found = output.quality.figures.model_dump()
            return {name: value for name, value in found.items() if isinstance(value, float)}
    return {}


def _pass(own: Pass) -> PassFigures:
    from wan22dsl.bench.models import PassFigures

    return PassFigures(
        name=own.name,
        total_s=own.total_s,
        load_s=own.load_s,
        sampling_s=own.sampling_s,
        step_s=median(own.steps_s[1:]) if len(own.steps_s) > 1 else None,
        steps=len(own.steps_s),
        decode_s=own.decode_s,
        peak_bytes=own.memory.peak_bytes if own.memory is not None else None,
    )


def reasons_of(
    record: RunRecord, *, simulated: bool, shared_bytes: int = SHARED_BYTES
) -> tuple[Reason, ...]:
    """Why the times of a run do not count, each with what to do; nothing where they do.

    `simulated` tells what the bench is: a real run and a simulated one are never compared. Other programs may
    hold up to `shared_bytes` of the card.
    """
    from wan22dsl.bench.models import Reason

    found = [*_ended(record)]
    if not found:
        found += _measured_something_else(record, simulated)
        found += _disturbed(record, shared_bytes)
        found += _broken(record)
    return tuple(
        Reason(cause=cause, text=f"{said} {_WHAT_TO_DO.get(cause, '')}".strip())
        for cause, said in found
    )


def _ended(record: RunRecord) -> Iterator[tuple[Cause, str]]:
    """How a run ended that did not succeed."""
    if record.result == "success" and record.timing is not None:
        return
    errors = [finding for finding in record.findings if finding.severity == "error"]
    last = record.attempts[-1] if record.attempts else None
    if record.result in ("stopped", "unfinished"):
        yield "stopped", "The run was stopped before its end."
    elif any(finding.code == _OUT_OF_MEMORY for finding in errors) or _is_out_of_memory(last):
        said = next((item.message for item in errors if item.code == _OUT_OF_MEMORY), "")
        yield "out of memory", _sentence(said or "out of memory")
    else:
        cause = _ENDINGS.get(last.how, "failed") if last is not None else "failed"
        yield cause, _sentence(errors[0].message if errors else "The run failed")


def _is_out_of_memory(attempt: Attempt | None) -> bool:
    return attempt is not None and "OutOfMemoryError" in attempt.reason.partition(":")[0]


def _measured_something_else(record: RunRecord, simulated: bool) -> Iterator[tuple[Cause, str]]:
    if record.simulated != simulated:
        kinds = ("simulated", "real") if record.simulated else ("real", "simulated")
        yield "not as set", f"The run was {kinds[0]}, and the bench is {kinds[1]}."
    timing = record.timing
    assert timing is not None
    yield from _fell_back(record)
    yield from _attention(record)
    yield from _cached(timing)
    if record.not_counted:
        names = ", ".join(f"`{name}`" for name in record.not_counted[:3])
        more = f" and {len(record.not_counted) - 3} more" if len(record.not_counted) > 3 else ""
        yield "not counted", f"The simulation does not know what {names}{more} costs."


def _fell_back(record: RunRecord) -> Iterator[tuple[Cause, str]]:
    changes = [attempt.after for attempt in record.attempts if attempt.after]
    retries = [change for change in changes if change != "submit again"]
    if retries:
        words = {
            "free": "freeing the memory",
            "staged": "a staged run",
            "tiled decode": "decoding in tiles",
        }
        said = ", then ".join(words.get(change, change) for change in retries)
        yield "fell back", f"It ran out of memory, and succeeded after {said}."
    elif record.log is not None and record.log.tiled_decode:
        yield "fell back", "The VAE ran out of memory and decoded in tiles."
    elif changes:
        yield "server died", "ComfyUI was restarted during the run, which then began again."


def _attention(record: RunRecord) -> Iterator[tuple[Cause, str]]:
    """What failed without ending the run; a decode in tiles is a fallback."""
    is_tiled = record.log is not None and record.log.tiled_decode
    reported = [said for said in record.not_as_set if not (is_tiled and "decoded in tiles" in said)]
    if reported:
        yield "not as set", _sentence("; ".join(reported))


def _cached(timing: Timing) -> Iterator[tuple[Cause, str]]:
    names = [f"`{own.name}`" for own in timing.passes if own.cached]
    if timing.all_cached or (names and len(names) == len(timing.passes)):
        yield "cached", "The server had the whole result in its cache."
    elif names:
        yield "cached", f"The server had the result of {' and '.join(names)} in its cache."


def _disturbed(record: RunRecord, shared_bytes: int) -> Iterator[tuple[Cause, str]]:
    timing, usage = record.timing, record.memory.usage
    assert timing is not None
    ran = [own for own in timing.passes if not own.cached]
    if not timing.complete or not all(own.complete for own in ran):
        yield "incomplete", "The connection broke, so the times of single nodes are not exact."
    if usage is None:
        return
    lowered = [why for why in usage.throttled if why != _USUAL]
    if lowered:
        yield "throttled", f"The card throttled: {', '.join(lowered)}."
    if (usage.others_bytes or 0) > shared_bytes:
        held = f"{(usage.others_bytes or 0) / 1024**3:.1f} GiB"
        yield "shared card", f"Other programs held {held} of the card's memory."


def _broken(record: RunRecord) -> Iterator[tuple[Cause, str]]:
    """What is wrong with its videos, where they were measured."""
    for output in record.quality or ():
        for finding in output.quality.broken if output.quality is not None else ():
            yield "broken video", _sentence(finding.message)


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text.strip().rstrip(".:;")
    return f"{text[:1].upper()}{text[1:]}."
