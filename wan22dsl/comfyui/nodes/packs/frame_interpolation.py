"""Frames between frames (Fannovel16/ComfyUI-Frame-Interpolation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.frames import interpolated
from wan22dsl.comfyui.nodes.record import Interpolation, NodeRecord

if TYPE_CHECKING:
    from wan22dsl.comfyui.nodes.facts import Facts, Reading

_PACK = "ComfyUI-Frame-Interpolation"


def _by_four(reading: Reading) -> Facts:
    """STMFNet and FLAVR look at four frames at a time, so the first and the last gap stay as they are.

    With `duplicate_first_last_frames` the two frames at the ends are there twice instead.
    """
    before, doubled = reading.facts("frames"), reading.value("duplicate_first_last_frames")
    if not isinstance(doubled, bool) or reading.linked("optional_interpolation_states"):
        return before._replace(frames=None, fps=None)
    enough = before.frames is not None and before.frames >= 4
    frames = 2 * before.frames - (1 if doubled else 3) if enough and before.frames else None
    return before._replace(frames=frames, fps=before.fps and before.fps * 2)


RECORDS: tuple[NodeRecord, ...] = (
    NodeRecord(
        "RIFE VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "FILM VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames", by_film=True),
        work="interpolate",
    ),
    NodeRecord(
        "GMFSS Fortuna VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "IFRNet VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "IFUnet VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "M2M VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "Sepconv VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "AMT VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "CAIN VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames"),
        work="interpolate",
    ),
    NodeRecord(
        "ATM VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames", factor=2),
        work="interpolate",
    ),
    NodeRecord(
        "MOMO VFI",
        _PACK,
        role="interpolation",
        facts=interpolated,
        interpolation=Interpolation("frames", factor=2),
        work="interpolate",
    ),
    NodeRecord(
        "STMFNet VFI",
        _PACK,
        role="interpolation",
        facts=_by_four,
        interpolation=Interpolation("frames", factor=2),
        work="interpolate",
    ),
    NodeRecord(
        "FLAVR VFI",
        _PACK,
        role="interpolation",
        facts=_by_four,
        interpolation=Interpolation("frames", factor=2),
        work="interpolate",
    ),
)
