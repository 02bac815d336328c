"""The files of a simulated server really open: PyAV and Pillow find in them what was to be written."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av
import pytest
from PIL import Image

from wan22dsl.comfyui.nodes.latents_saved import latent_in
from wan22dsl.graph.model import Facts
from wan22dsl.server.flow import Flow
from wan22dsl.server.media.drawing import Clip, Drawing
from wan22dsl.server.media.latent import MOST_BYTES, Shape, latent
from wan22dsl.server.media.pictures import animated_png, gif, png, webp
from wan22dsl.server.media.reading import digest_of_file, mark, marked
from wan22dsl.server.media.video import PERIOD_FRAMES, video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLIPS = [
    Clip(832, 1216, 81, 16.0, "ab12cd34"),
    Clip(64, 96, 5, 16.0, "0f"),
    Clip(72, 66, 300, 23.976, "ffeedd"),
    Clip(16, 16, 1, 30.0, ""),
    Clip(2, 4, 7, 32.0, "77"),
]
#: Sides that H.264 cannot have.
ODD = [Clip(1, 1, 6, 16.0, "0f"), Clip(33, 7, 3, 24.0, "0f")]

METADATA = {"prompt": '{"1": "ü"}', "wan": "a 雨 " * 100}

VIDEOS: dict[str, Callable[[Clip], bytes]] = {
    "mp4": lambda clip: video(clip, "mp4", METADATA),
    "mov": lambda clip: video(clip, "mov", METADATA),
    "matroska": lambda clip: video(clip, "matroska", METADATA),
    "webm": lambda clip: video(clip, "webm", METADATA),
}
PICTURES: dict[str, Callable[[Clip], bytes]] = {
    "PNG": lambda clip: animated_png(clip, METADATA),
    "WEBP": lambda clip: webp(clip, METADATA),
    "GIF": gif,
}


@pytest.mark.parametrize("clip", CLIPS, ids=str)
@pytest.mark.parametrize("kind", VIDEOS)
def test_a_video_has_its_size_its_frames_its_rate_and_its_tags(kind: str, clip: Clip) -> None:
    with av.open(io.BytesIO(VIDEOS[kind](clip))) as file:
        stream = file.streams.video[0]
        assert stream.codec_context.name == ("vp9" if kind == "webm" else "h264")
        assert (stream.width, stream.height) == (clip.width_px, clip.height_px)
        assert stream.pix_fmt == "yuv420p"
        assert sum(1 for _ in file.decode(video=0)) == clip.frames
        if clip.frames > 1:
            assert float(stream.average_rate) == pytest.approx(clip.fps, rel=0.001)
        tags = {key.lower(): text for key, text in file.metadata.items()}
    assert {key: tags[key] for key in METADATA} == METADATA


@pytest.mark.parametrize("clip", ODD, ids=str)
def test_odd_sides_are_for_webm_and_refused_by_h264(clip: Clip) -> None:
    with av.open(io.BytesIO(VIDEOS["webm"](clip))) as file:
        stream = file.streams.video[0]
        assert (stream.width, stream.height) == (clip.width_px, clip.height_px)
    with pytest.raises(av.error.FFmpegError):
        VIDEOS["mp4"](clip)


@pytest.mark.parametrize("clip", [*CLIPS, *ODD], ids=str)
@pytest.mark.parametrize("kind", PICTURES)
def test_moving_pictures_have_their_size_their_frames_and_their_rate(kind: str, clip: Clip) -> None:
    with Image.open(io.BytesIO(PICTURES[kind](clip))) as image:
        assert image.format == kind
        assert image.size == (clip.width_px, clip.height_px)
        assert getattr(image, "n_frames", 1) == clip.frames
        image.seek(clip.frames - 1)
        image.load()
        if clip.frames > 1:
            step_ms = 10 if kind == "GIF" else 1
            assert image.info["duration"] == pytest.approx(1000 / clip.fps, abs=step_ms)


@pytest.mark.parametrize("kind", [*PICTURES, *VIDEOS])
def test_each_frame_shows_what_is_drawn(kind: str) -> None:
    """In its own shades: letters are bright on a dark ground, and no frame is late."""
    clip = Clip(300, 200, PERIOD_FRAMES * 2 + 1, 16.0, "ab12cd34")
    shown = _frames((PICTURES | VIDEOS)[kind](clip))
    assert len(shown) == clip.frames
    for pixels, drawn in zip(shown, Drawing(clip, PERIOD_FRAMES if kind in VIDEOS else 0)):
        pairs = list(zip(pixels, drawn.tobytes()))
        letters = [pixel for pixel, shade in pairs if shade == 255]
        ground = [pixel for pixel, shade in pairs if shade == 0]
        assert sum(letters) / len(letters) > 200
        assert sum(ground) / len(ground) < 100
        corner = clip.width_px * (clip.height_px - 2) + 1
        assert (pixels[corner] > 150) == (drawn.getpixel((1, clip.height_px - 2)) == 255)


def _frames(data: bytes) -> list[bytes]:
    """The shades of every frame of a file."""
    if data.startswith((b"\x89PNG", b"RIFF", b"GIF8")):
        found = []
        with Image.open(io.BytesIO(data)) as image:
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                found.append(image.convert("L").tobytes())
        return found
    with av.open(io.BytesIO(data)) as file:
        return [frame.to_image().convert("L").tobytes() for frame in file.decode(video=0)]


def test_frames_in_a_row_differ_however_small_they_are() -> None:
    for clip in [*CLIPS, *ODD]:
        frames = [frame.tobytes() for frame in Drawing(clip._replace(frames=5))]
        assert all(frame != following for frame, following in pairwise(frames))


def test_other_work_has_another_colour() -> None:
    assert gif(CLIPS[1]) != gif(CLIPS[1]._replace(digest="f0f0f0"))


@pytest.mark.parametrize("kind", [*PICTURES, *VIDEOS])
def test_two_runs_write_the_same_bytes(kind: str) -> None:
    write = (PICTURES | VIDEOS)[kind]
    assert write(CLIPS[1]) == write(CLIPS[1])


def test_a_picture_carries_its_texts() -> None:
    with Image.open(io.BytesIO(png(CLIPS[1], 0, METADATA))) as image:
        image.load()
        assert {key: image.info[key] for key in METADATA} == METADATA
        assert image.size == (64, 96)
    with Image.open(io.BytesIO(webp(CLIPS[1], METADATA))) as image:
        exif: Any = image.getexif()
        assert _utf8(exif[0x0110]) == f"prompt:{METADATA['prompt']}"
        assert _utf8(exif[0x010F]) == f"wan:{METADATA['wan']}"
    with Image.open(io.BytesIO(animated_png(CLIPS[1], METADATA))) as image:
        image.seek(image.n_frames - 1)  # they are behind the last frame
        image.load()
        texts = [chunk[1] for chunk in image.private_chunks if chunk[0] == b"comf"]
        assert texts == [f"{key}\0{text}".encode() for key, text in METADATA.items()]


def _utf8(text: str) -> str:
    """Pillow reads Exif as Latin-1."""
    return text.encode("latin-1").decode()


@pytest.mark.parametrize("kind", ["mp4", "webm", "matroska", "comment", "WEBP", "PNG", "latent"])
def test_what_was_written_here_is_known_again(tmp_path: Path, kind: str) -> None:
    clip = Clip(64, 96, 5, 16.0, "0f")
    flow = Flow("IMAGE", "0badcafe", 64, 96, 5, fps=16.0)
    facts = Facts(frames=5, fps=16.0, width=64, height=96)
    tags = {"prompt": '{"1": {"class_type": "x"}}', "simulated": mark(flow, facts)}
    file = tmp_path / "output"
    if kind == "latent":
        file.write_bytes(latent(Shape(64, 96, 5, 1), tags))
    elif kind == "comment":
        file.write_bytes(video(clip, "mp4", {"comment": json.dumps(tags)}))
    elif kind in ("WEBP", "PNG"):
        file.write_bytes((webp if kind == "WEBP" else animated_png)(clip, tags))
    else:
        file.write_bytes(video(clip, kind, tags))  # type: ignore[arg-type]
    assert marked(file) == facts._replace(clips=1)
    assert digest_of_file(file, "IMAGE") == "0badcafe"


@pytest.mark.parametrize(
    "shape",
    [
        Shape(832, 1216, 81, 1),
        Shape(64, 96, 5, 3),
        Shape(16, 8, 1, 1),
        Shape(1280, 704, 121, 1, channels=48),
    ],
)
def test_a_latent_says_its_frames_and_its_size(tmp_path: Path, shape: Shape) -> None:
    file = tmp_path / "a.latent"
    file.write_bytes(latent(shape, METADATA))
    found = latent_in(file)
    assert (found.facts.width, found.facts.height) == (shape.width_px, shape.height_px)
    assert (found.facts.frames, found.facts.clips) == (shape.frames, shape.clips)
    assert found.channels == shape.channels


@pytest.mark.parametrize(
    "shape", [Shape(64, 96, 5, 1), Shape(8192, 8192, 4001, 9), Shape(0, 0, 0, 1)]
)
def test_a_latent_has_as_many_bytes_as_its_header_says(shape: Shape) -> None:
    data = latent(shape, METADATA)
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    assert size % 8 == 0
    assert header["__metadata__"] == METADATA
    assert len(data) == 8 + size + header["latent_tensor"]["data_offsets"][1]
    assert len(data) < MOST_BYTES + 10_000
