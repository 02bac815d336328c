"""How findings are made: where they are, in frames and seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.quality.models import Finding, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: A finding lists at most so many places.
_MOST_SPANS = 100


def runs(frames: Iterable[int]) -> list[tuple[int, int]]:
    """Frames in a row as first and last: 3 4 5 9 is 3–5 and 9–9."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(frames)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def spans(frames: Iterable[tuple[int, int]], times_s: Sequence[float | None]) -> tuple[Span, ...]:
    """Frames with the times when they are shown."""
    return tuple(
        Span(first_frame=first, last_frame=last, start_s=times_s[first], end_s=times_s[last])
        for first, last in list(frames)[:_MOST_SPANS]
    )


def finding(
    name: str,
    message: str,
    why: str,
    help: str,
    *,
    frames: Iterable[int] = (),
    times_s: Sequence[float | None] = (),
    value: float | None = None,
    limit: float | None = None,
) -> Finding:
    """A finding about some frames, or about the whole video."""
    frames = sorted(set(frames))
    return Finding(
        name=name,
        message=message,
        at=spans(runs(frames), times_s),
        count=len(frames) if frames else None,
        value=None if value is None else float(f"{value:.4g}"),
        limit=limit,
        why=why,
        help=help,
    )


def in_words(frames: Iterable[int], most: int = 4) -> str:
    """`frame 3`, `frames 3 to 5`, `frames 3, 9, 12 to 14 and 20 more`."""
    found = runs(frames)
    shown = [f"{first} to {last}" if last > first else f"{first}" for first, last in found[:most]]
    left = sum(last - first + 1 for first, last in found[most:])
    is_one = len(found) == 1 and found[0][0] == found[0][1]
    text = ", ".join(shown)
    if left:
        text += f" and {left} more"
    elif len(shown) > 1:
        text = f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"{'frame' if is_one else 'frames'} {text}"
