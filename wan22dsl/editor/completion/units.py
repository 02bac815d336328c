"""Units behind a number: `5` becomes `5s`, `81f`, `16fps`, `24GiB`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.editor.completion.suggestion import Suggestion
from wan22dsl.language.program import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.completion.want import Want

_UNITS = {
    "s": "seconds",
    "f": "frames",
    "fps": "frames per second",
    "GiB": "memory",
    "MiB": "memory",
}

#: The units that a type takes, the most usual first.
_OF_TYPE = {
    "frames": ("s", "f"),
    "seconds": ("s",),
    "fps": ("fps",),
    "bytes": ("GiB", "MiB"),
}

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)([A-Za-z]*)\Z")
_HALF_SIZE = re.compile(r"(\d{2,4})x(\d*)\Z")

_SIDES = (480, 512, 640, 720, 832, 1216, 1280)


def units(written: str, want: Want, fps: int) -> Iterator[Suggestion]:
    """A number with each unit that fits."""
    half = _HALF_SIZE.match(written)
    if half is not None and want.type in ("size", "", "*"):
        for side in _SIDES:
            if str(side).startswith(half[2]) and (side != int(half[1]) or side == 640):
                yield Suggestion(f"{half[1]}x{side}", "unit", detail="size")
        return
    match = _NUMBER.match(written)
    if match is None:
        return
    number, begun = match.groups()
    usual = _OF_TYPE.get(want.type, tuple(_UNITS) if want.type in ("", "*") else ())
    if want.owner in ("node", "") and want.type not in _OF_TYPE:
        usual = () if want.argument is not None else usual
    for unit in usual:
        if not unit.startswith(begun) or (unit == "f" and "." in number):
            continue
        yield Suggestion(f"{number}{unit}", "unit", detail=_detail(number, unit, fps))
    if want.type == "steps" and not begun and "." not in number:
        yield Suggestion(f"0..{number} of {2 * int(number)}", "value", detail="first half")
        yield Suggestion(
            f"{number}..{2 * int(number)} of {2 * int(number)}", "value", detail="second half"
        )


def _detail(number: str, unit: str, fps: int) -> str:
    if unit == "s":
        return f"{values.frames_of(float(number), fps)} frames at {fps} fps"
    if unit == "f" and fps:
        return f"{(int(number) - 1) / fps:.3g} s at {fps} fps"
    return _UNITS[unit]
