"""How numbers and names are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wan22dsl.graph.analysis.model import Analysis, Clip, Output, PassFacts, Step

#: From here on most letters are two columns wide: Chinese, Japanese, Korean.
_WIDE = 0x2E80

#: What is not known, or does not count.
NONE = "–"

KINDS = {
    "text_to_video": "text to video",
    "image_to_video": "image to video",
    "first_last_frame": "video between a first and a last picture",
    "last_frame": "video towards a last picture",
    "video_to_video": "video to video",
    "control_video": "video that follows a control video",
    "camera_move": "video with a camera move",
    "vace": "VACE video",
    "character": "character animation",
    "sound": "video that follows a sound",
    "other": "video",
}

_FAMILIES = {
    "i2v_14b": "I2V 14B",
    "t2v_14b": "T2V 14B",
    "ti2v_5b": "TI2V 5B",
    "fun_control_14b": "Fun Control 14B",
    "fun_inpaint_14b": "Fun Inpaint 14B",
    "fun_camera_14b": "Fun Camera 14B",
    "fun_control_5b": "Fun Control 5B",
    "fun_inpaint_5b": "Fun Inpaint 5B",
    "fun_camera_5b": "Fun Camera 5B",
    "fun_vace_14b": "Fun VACE 14B",
    "vace_14b": "VACE 14B",
    "s2v_14b": "S2V 14B",
    "animate_14b": "Animate 14B",
    "1_3b": "1.3B",
    "humo": "HuMo",
    "phantom": "Phantom",
    "infinitetalk": "InfiniteTalk",
}

#: Families that there is no earlier generation of.
_OF_2_2 = ("ti2v", "fun_", "s2v", "animate")


#: The same where there is one frame; and where nothing but the file of the model is known.
_PICTURES = {
    "text_to_video": "text to picture",
    "image_to_video": "picture from a picture",
    "video_to_video": "picture to picture",
}


def kind(clip: Clip) -> str:
    """What is made: a video, a picture, or what nobody knows."""
    if {facts.frames for facts in clip.passes if facts.frames is not None} == {1}:
        return _PICTURES.get(clip.kind, "picture")
    if clip.kind == "other" and clip.family is None:
        return "sampling"
    return KINDS[clip.kind]


def family(clip: Clip) -> str:
    """The family of a clip's models: `Wan 2.2 I2V 14B`."""
    if clip.family is None:
        return next((facts.model for facts in clip.passes if facts.model), "an unknown model")
    new = any(clip.order) or clip.family.startswith(_OF_2_2)
    return f"Wan{' 2.2' if new else ''} {_FAMILIES.get(clip.family, clip.family)}"


def clip_name(clip: Clip, number: int) -> str:
    """What a clip is called where there are several; they are counted from 0."""
    return clip.name or f"clip {number + 1}"


def pass_names(analysis: Analysis) -> dict[str, str]:
    """What each pass is called, by its id: `low`, and where there are several clips `shot_1.low`."""
    return {
        own.id: own.name if len(analysis.clips) == 1 or not clip.name else f"{clip.name}.{own.name}"
        for clip in analysis.clips
        for own in clip.passes
    }


def number(value: float | None) -> str:
    """A number without needless digits."""
    if value is None:
        return NONE
    return f"{value:.6g}" if abs(value) < 1e18 else "a very large number"


def gib(count: int | None) -> str:
    """Bytes as GiB."""
    return NONE if count is None else f"{count / 2**30:.1f} GiB"


def seconds(value: float | None, off: float | None = None) -> str:
    """A time, with how far off it may be; minutes where there are many."""
    if value is None:
        return NONE
    if value >= 600:
        about = "" if off is None else f" ± {off / 60:.0f}"
        return f"{value / 60:.0f}{about} min"
    digits = 1 if value < 10 else 0
    about = "" if off is None else f" ± {off:.{digits}f}"
    return f"{value:.{digits}f}{about} s"


def size(value: PassFacts | Step | Output) -> str:
    """Pixels: `832x1216`; empty where they are not known."""
    return (
        "" if None in (value.width_px, value.height_px) else f"{value.width_px}x{value.height_px}"
    )


def clip_of_frames(frames: int | None, fps: float | None) -> str:
    """`81 frames at 16 fps`, or what is known of that."""
    shown = ("1 frame" if frames == 1 else f"{frames} frames") if frames is not None else ""
    if fps is None or frames == 1:
        return shown
    return f"{shown or 'an unknown number of frames'} at {number(fps)} fps"


def several(words: Iterable[str], last: str = "and") -> str:
    """Words in a row: a, b and c."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def counted(count: int, thing: str) -> str:
    """1 step, 2 steps; passes, which have an e more."""
    plural = thing + ("es" if thing.endswith("s") else "s")
    return f"{count} {thing if count == 1 else plural}"


def quoted(text: str | None, most: int = 160) -> str:
    """A prompt on one line, cut off where it is long; letters that are wide on a terminal count twice."""
    flat = " ".join((text or "").split())
    if not flat.isascii():
        wide = sum(1 for item in flat[:most] if ord(item) >= _WIDE)
        most = min(most, 80) // 2 if wide * 2 > len(flat[:most]) else most
    return f'"{flat}"' if len(flat) <= most else f'"{flat[: most - 1]}…"'


def arrows(names: Sequence[str]) -> str:
    """A flow: high → low."""
    return " → ".join(names)
