"""`wan quality`: what is wrong with a video, and figures to compare it by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command, Option
from wan22dsl.errors import CommandError, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.quality.expected import DecodeTiles, ExpectedVideo
    from wan22dsl.quality.models import Quality

VIDEOS = Argument("videos", "VIDEO", "Videos, animated pictures, or folders of pictures", many=True)
IMAGE = Option("image", ("--image",), "Input image that the first frame should show", "IMAGE")
REFERENCE = Option(
    "reference", ("--reference",), "Video of the same seed and prompt, to compare with", "VIDEO"
)
FRAMES = Option("frames", ("--frames",), "Number of frames that it should have", "N")
FPS = Option(
    "fps", ("--fps",), "Rate that it should have; for a folder of pictures, its rate", "FPS"
)
SIZE = Option("size", ("--size",), "Size that it should have, such as 832x1216", "WxH")
TILES = Option(
    "tiles", ("--tiles",), "Tile size and overlap of the decode, such as 512/64: look for seams",
    "SIZE/OVERLAP",
)  # fmt: skip
SHEET = Option("sheet", ("--sheet",), "Write first, middle and last frames to a PNG", "OUT")
JSON = Option("json", ("--json",), "Print the measurements as JSON")

FINE, BROKEN, UNREADABLE = 0, 1, 2


def run(
    videos: list[str],
    image: str | None,
    reference: str | None,
    frames: str | None,
    fps: str | None,
    size: str | None,
    tiles: str | None,
    sheet: str | None,
    json: bool,
) -> int:
    """Find what is wrong with a video, and measure figures to compare it by.

    Broken is what is black, frozen, doubled, plain noise, or not as expected. Suspicious is what may be
    wrong, with its frames. Figures say something only next to those of the same seed, or of the input image.
    There is no score. Frames are counted from 0. Exit codes: 0, nothing broken; 1, broken; 2, a video cannot
    be read, or wrong command.
    """
    from wan22dsl.api.quality import measure_quality
    from wan22dsl.quality import libraries

    libraries.look()
    expected = _expected(frames, fps, size)
    as_tiles = _tiles(tiles) if tiles is not None else None
    found: list[Quality] = []
    unreadable: list[UnreadableFile] = []
    for video in videos:
        try:
            found.append(
                measure_quality(
                    video, image=image, reference=reference, expected=expected, tiles=as_tiles
                )
            )
        except UnreadableFile as error:
            unreadable.append(error)
    if json:
        _put_json(found, unreadable)
    else:
        _put(found)
    for each in unreadable:
        streams.say(f"error: {each}")
    if sheet is not None and found:
        _write_sheet(sheet, videos, found)
    if unreadable:
        return UNREADABLE
    return BROKEN if any(each.broken for each in found) else FINE


def _put(found: Sequence[Quality]) -> None:
    """An account of each; figures of several side by side."""
    from wan22dsl.cli import show
    from wan22dsl.quality import words
    from wan22dsl.run.table import aligned

    is_one = len(found) == 1
    shown: list[str] = []
    for number, each in enumerate(found):
        shown += [""] if number else []
        shown += words.lines(each, with_figures=is_one)
    if len(found) > 1:
        for at in range(0, len(found), _SIDE_BY_SIDE):
            part = found[at : at + _SIDE_BY_SIDE]
            names = [_letter(at + number) for number in range(len(part))]
            shown += ["", *(f"{name}  {each.video}" for name, each in zip(names, part)), ""]
            shown += aligned(words.table(names, [each.figures for each in part]))
    elif is_one and found[0].against_reference is not None:
        pair = [found[0].figures, found[0].against_reference.figures]
        shown += ["", *aligned(words.table(["this", "reference"], pair))]
    show.account(shown)


_SIDE_BY_SIDE = 6


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"{number + 1}"


def _put_json(found: Sequence[Quality], unreadable: Sequence[UnreadableFile]) -> None:
    import json

    whole = {
        "videos": [each.as_json() for each in found],
        "unreadable": [{"video": each.path, "reason": each.reason} for each in unreadable],
    }
    streams.json(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


def _write_sheet(path: str, videos: Sequence[str], found: Sequence[Quality]) -> None:
    from wan22dsl import disk
    from wan22dsl.quality.sheet import Captioned, contact_sheet
    from wan22dsl.quality.words import verdict

    by_name = {each.video: each for each in found}
    entries = []
    for video in videos:
        name = re.split(r"[\\/]", video.rstrip("/\\"))[-1]
        said = f" - {verdict(by_name[name])}" if name in by_name else ""
        entries.append(Captioned(video, f"{name}{said}"))
    disk.write(path, contact_sheet(entries))
    streams.say(f"wrote {path}")


def _expected(frames: str | None, fps: str | None, size: str | None) -> ExpectedVideo:
    from wan22dsl.quality.expected import ExpectedVideo

    return ExpectedVideo(
        frames=_whole(frames) if frames is not None else None,
        fps=_rate(fps) if fps is not None else None,
        size=_size(size) if size is not None else None,
    )


def _whole(text: str) -> int:
    digits = text.removesuffix("f")
    if not digits.isascii() or not digits.isdecimal() or not 0 < int(digits[:9]) < 10**7:
        raise CommandError(f"--frames takes a number of frames such as 81, not `{text}`")
    return int(digits)


def _rate(text: str) -> float:
    try:
        value = float(text.removesuffix("fps"))
    except ValueError:
        value = 0.0
    if not 0 < value <= 1000:
        raise CommandError(f"--fps takes frames per second such as 16, not `{text}`")
    return value


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})", text, re.ASCII)
    if found is None:
        raise CommandError(f"--size takes width and height such as 832x1216, not `{text}`")
    return int(found[1]), int(found[2])


def _tiles(text: str) -> DecodeTiles:
    from wan22dsl.quality.expected import DecodeTiles, checked

    found = re.fullmatch(r"([1-9][0-9]{0,4})(?:/([0-9]{1,5}))?", text, re.ASCII)
    if found is None:
        raise CommandError(f"--tiles takes tile size and overlap such as 512/64, not `{text}`")
    return checked(DecodeTiles(int(found[1]), int(found[2]) if found[2] else 64))


COMMAND = Command(run, (VIDEOS, IMAGE, REFERENCE, FRAMES, FPS, SIZE, TILES, SHEET, JSON))
