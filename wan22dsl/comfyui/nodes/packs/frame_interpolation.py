"""Frames between frames (Fannovel16/ComfyUI-Frame-Interpolation, and others with the same rule)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes.frames import interpolated
from wan22dsl.comfyui.nodes.record import Interpolation, NodeRecord, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.comfyui.nodes.facts import Facts

_PACK = "ComfyUI-Frame-Interpolation"
_WHITE_RABBIT = "comfyui-WhiteRabbit"


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


def _rate_unknown(reading: Reading) -> Facts:
    """More frames than before, by a rule that is not known here."""
    return reading.facts("images")._replace(frames=None, fps=None)


def _resampled(reading: Reading) -> Facts:
    """RIFE_FPS_Resample and RIFEInterpolation: frames at another rate."""
    frames, rate = ("frames", "fps_out") if reading.linked("frames") else ("images", "target_fps")
    return reading.facts(frames)._replace(frames=None, fps=reading.number(rate))


def _multiplied(class_name: str, pack: str = _PACK, *, by_film: bool = False) -> NodeRecord:
    """A class whose `multiplier` says how many frames come of each."""
    how = Interpolation("frames", by_film=by_film)
    return _interpolates(class_name, how, interpolated)._replace(pack=pack)


def _doubled(class_name: str, facts: Callable[[Reading], Facts] = interpolated) -> NodeRecord:
    """A class that always puts one frame between two."""
    return _interpolates(class_name, Interpolation("frames", factor=2), facts)


def _interpolates(
    class_name: str, interpolation: Interpolation, facts: Callable[[Reading], Facts]
) -> NodeRecord:
    return NodeRecord(
        class_name,
        _PACK,
        role="interpolation",
        facts=facts,
        interpolation=interpolation,
        work="interpolate",
    )


RECORDS: tuple[NodeRecord, ...] = (
    _multiplied("RIFE VFI"),
    _multiplied("FILM VFI", by_film=True),
    _multiplied("GMFSS Fortuna VFI"),
    _multiplied("IFRNet VFI"),
    _multiplied("IFUnet VFI"),
    _multiplied("M2M VFI"),
    _multiplied("Sepconv VFI"),
    _multiplied("AMT VFI"),
    _multiplied("CAIN VFI"),
    _doubled("ATM VFI"),
    _doubled("MOMO VFI"),
    _doubled("STMFNet VFI", _by_four),
    _doubled("FLAVR VFI", _by_four),
    _multiplied("RIFE_VFI_Advanced", _WHITE_RABBIT),
    _multiplied("RIFE_VFI_Opt", _WHITE_RABBIT),
    _interpolates(
        "GIMMVFI_interpolate", Interpolation("images", times="interpolation_factor"), interpolated
    )._replace(pack="ComfyUI-GIMM-VFI"),
    NodeRecord("RIFE_FPS_Resample", _WHITE_RABBIT, role="frames", facts=_resampled),
    NodeRecord("RIFEInterpolation", "ComfyUI-VFI", role="frames", facts=_resampled),
    NodeRecord("Film Interpolation (mtb)", "comfy_mtb", role="frames", facts=_rate_unknown),
)
