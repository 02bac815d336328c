"""WAN805: a picture much larger or smaller than the models were made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.wording import called, place
from wan22dsl.lint.rules.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View

MESSAGE = Message(
    code="WAN805",
    name="size-off-area",
    severity=Severity.WARNING,
    summary="A frame size is far from the sizes of the model's training",
    text="{who} makes frames of {size}, {much} that its model was made for ({official}){cost}.",
    why=(
        "Above its training sizes a model repeats itself: second heads, doubled limbs, drifting "
        "backgrounds. Time and memory grow faster than the area. Up to a seventh more is not "
        "reported, and of single pictures up to 1536x1536. Far below them there are too few pixels "
        "for a face or a hand."
    ),
    help="Use {help}, and enlarge the frames: `-> upscale(…)`.",
    bad=portrait('wan22.high -> wan22.low -> save("demo")', size="1088x1920"),
    good=portrait('wan22.high -> wan22.low -> save("demo")', size="720x1280"),
    source="Wan-Video/Wan2.2: 832x480 and 1280x720, either way up; the 5B model 1280x704",
)

#: The largest official area, in pixels, by family; for the 5B model 1280x704.
_LARGEST_PX = 1280 * 720
_TOLERANCE = 1.15

#: The models make single pictures of up to 1536x1536 well, and people use them for that.
_TOLERANCE_STILLS = 2.7

#: The smaller official area, and what is so far below it that little comes of it.
_OFFICIAL_PX = 832 * 480
_SMALLEST_PX = _OFFICIAL_PX * 0.3

_FAMILIES = frozenset(
    {"i2v_14b", "t2v_14b", "fun_control_14b", "fun_inpaint_14b", "fun_camera_14b", "ti2v_5b"}
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every clip that is too large, once for all passes over it."""
    seen = set()
    for pass_ in view.passes:
        width, height = pass_.latent.width, pass_.latent.height
        if width is None or height is None or pass_.model is None:
            continue
        if (
            width * height < _SMALLEST_PX
            and pass_.model.family in _FAMILIES
            and pass_.latent.frames != 1
        ):
            if pass_.before is None:
                yield _too_small(pass_, width, height)
            continue
        key = (pass_.conditioning.id if pass_.conditioning is not None else pass_.id, width, height)
        tolerance = _TOLERANCE_STILLS if pass_.latent.frames == 1 else _TOLERANCE
        if pass_.model.family not in _FAMILIES or width * height <= _LARGEST_PX * tolerance:
            continue
        if key in seen or pass_.handoff == "encoded" or pass_.before is not None:
            continue  # enlarging in a second pass, at a low denoise, is another matter
        seen.add(key)
        small = pass_.model.family == "ti2v_5b"
        best = _help(width, height, small=small)
        yield MESSAGE.at(
            place(pass_.conditioning or pass_.node, "width"),
            who=called(pass_),
            size=f"{width}x{height}",
            much=f"{number(round(width * height / _LARGEST_PX, 1))} times the largest area",
            official="1280x704" if small else "1280x720",
            cost=_cost(width, height, pass_.latent.frames, best),
            help=f"{best[0]}x{best[1]}",
        )


def _too_small(pass_: Pass, width: int, height: int) -> Diagnostic:
    small = pass_.model is not None and pass_.model.family == "ti2v_5b"
    return MESSAGE.at(
        place(pass_.conditioning or pass_.node, "width"),
        severity=Severity.NOTE,
        who=called(pass_),
        size=f"{width}x{height}",
        much=f"{number(round(100 * width * height / _OFFICIAL_PX))} % of the smallest area",
        official="1280x704" if small else "832x480",
        cost="",
        help="1280x704" if small else "832x480, or 480x832",
    )


def _help(width: int, height: int, *, small: bool) -> tuple[int, int]:
    """A size of about the same shape within the official area."""
    grid_px = 32 if small else 16
    factor = (_LARGEST_PX / (width * height)) ** 0.5
    return (
        max(grid_px, int(width * factor / grid_px + 0.5) * grid_px),
        max(grid_px, int(height * factor / grid_px + 0.5) * grid_px),
    )


def _cost(width: int, height: int, frames: int | None, best: tuple[int, int]) -> str:
    if frames is None:
        return ""
    from wan22dsl.graph.cost.formulas import (
        Shape,
        forward_flop,  # only where something is wrong
    )

    times = forward_flop(Shape(width, height, frames)) / forward_flop(Shape(*best, frames))
    return f"; a step takes {number(round(times, 1))} times as long as at {best[0]}x{best[1]}"
