"""What can be at a path, and what is said of what cannot be read."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from tests.quality.clips import mp4, names, pan
from wan22dsl.errors import UnreadableFile
from wan22dsl.quality.measure import measure

FRAMES = pan(count=17, width=128, height=96)


def animated(form: str) -> bytes:
    images = [Image.fromarray(frame) for frame in FRAMES]
    data = io.BytesIO()
    images[0].save(data, form, save_all=True, append_images=images[1:], duration=60, lossless=True)
    return data.getvalue()


def png_of(width: int, height: int) -> bytes:
    """The head of a PNG that claims a size, and next to no pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def sound() -> bytes:
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4410), np.float32), "fltp", "mono")
        frame.rate = 44100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return data.getvalue()


HOSTILE = {
    "empty.mp4": (lambda: b"", "is empty"),
    "text.mp4": (lambda: b"this is only a text\n" * 9, "is text, not a video"),
    "json.mp4": (lambda: b'{"a": 1}', "is JSON, not a video"),
    "sound.mp4": (sound, "contains only sound"),
    "cut.mp4": (lambda: mp4(FRAMES)[:2000], "is damaged"),
    "pointer.mp4": (
        lambda: b"version https://git-lfs.github.com/spec/v1\n",
        "is a Git LFS pointer",
    ),
    "huge.png": (lambda: png_of(100_000, 100_000), "more pixels than any video"),
    "large.png": (lambda: png_of(9000, 9000), "is too large to measure: 9000x9000"),
    "lying.png": (lambda: png_of(4000, 4000), "is damaged"),
    "nothing.mkv": (lambda: b"\x1aE\xdf\xa3" + bytes(99), "is damaged"),
    "playlist.mp4": (lambda: b"#EXTM3U\n/etc/passwd\n", "is text, not a video"),
    "other.mp4": (lambda: bytes(range(128, 192)), "is not a video or a picture that can be read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_said_in_a_sentence(name, tmp_path):
    made, said = HOSTILE[name]
    (tmp_path / name).write_bytes(made())
    with pytest.raises(UnreadableFile) as raised:
        measure(tmp_path / name)
    assert said in raised.value.reason
    assert "\n" not in str(raised.value)


def test_what_is_no_file_is_said_in_a_sentence(tmp_path):
    for path, said in ((tmp_path / "none.mp4", "No such file"), (tmp_path, "is a folder without")):
        with pytest.raises(UnreadableFile, match=said):
            measure(path)
    with pytest.raises(UnreadableFile, match="is not a file name"):
        measure("a\0b.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and permissions of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(UnreadableFile, match="is a pipe, not a file"):
        measure(tmp_path / "pipe.mp4")


@pytest.mark.parametrize("form", ["webp", "gif", "png"])
def test_animated_pictures_are_read(form, tmp_path):
    file = tmp_path / f"clip.{form}"
    file.write_bytes(animated(form))
    found = measure(file)
    assert (found.frames, found.size, found.codec) == (17, (128, 96), form)
    assert found.fps == pytest.approx(16.7, abs=0.1)
    assert found.broken == ()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_folder_of_pictures_is_read_by_the_numbers_in_their_names(mode, tmp_path):
    for number, frame in enumerate(FRAMES):
        Image.fromarray(frame).convert(mode).save(tmp_path / f"clip_{number}.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    found = measure(tmp_path)
    assert (found.frames, found.fps, found.codec) == (17, None, "png")
    assert (found.broken, found.suspicious) == ((), ())
    assert "rate" in [each.what for each in found.not_measured]


def test_sixteen_bits_are_read(tmp_path):
    for number, frame in enumerate(FRAMES[:3]):
        Image.fromarray(frame[..., 0].astype(np.uint16) * 257).save(tmp_path / f"{number}.png")
    found = measure(tmp_path)
    assert found.figures.brightness == pytest.approx(FRAMES[1][..., 0].mean(), abs=2)


def test_pictures_of_several_sizes_are_no_video(tmp_path):
    Image.fromarray(FRAMES[0]).save(tmp_path / "a.png")
    Image.fromarray(FRAMES[0][:50]).save(tmp_path / "b.png")
    with pytest.raises(UnreadableFile, match=r"a\.png is 128x96, b\.png is 128x50"):
        measure(tmp_path)


@pytest.mark.parametrize(
    ("ending", "codec", "pixels"),
    [
        ("webm", "libvpx-vp9", "yuv420p"),
        ("mkv", "ffv1", "yuv444p"),
        ("mov", "prores_ks", "yuv422p10le"),
        ("avi", "mpeg4", "yuv420p"),
    ],
)
def test_other_containers_and_codecs_are_read(ending, codec, pixels, tmp_path):
    file = tmp_path / f"clip.{ending}"
    with av.open(str(file), "w") as out:
        stream = out.add_stream(codec, rate=16)
        stream.width, stream.height, stream.pix_fmt = 128, 96, pixels
        for frame in FRAMES:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame)):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    found = measure(file)
    assert (found.frames, found.size) == (17, (128, 96))
    assert found.broken == ()


def test_ten_bits_are_read(tmp_path):
    (tmp_path / "clip.mp4").write_bytes(mp4(FRAMES, pixels="yuv420p10le"))
    assert measure(tmp_path / "clip.mp4").broken == ()


@pytest.mark.parametrize("form", ["gif", "png"])
def test_what_is_left_of_a_file_is_measured_and_called_damaged(form, tmp_path):
    data = animated(form)
    (tmp_path / f"clip.{form}").write_bytes(data[: len(data) // 2])
    found = measure(tmp_path / f"clip.{form}")
    assert names(found.broken)[0] == "damaged"
    assert 0 < found.frames < 17


def test_a_rate_that_is_not_even_is_suspicious(tmp_path):
    file, time = tmp_path / "clip.mp4", 0
    with av.open(str(file), "w") as out:
        stream = out.add_stream("libx264", rate=1000)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, frame in enumerate(FRAMES):
            picture = av.VideoFrame.from_ndarray(frame)
            picture.pts, picture.time_base = time, Fraction(1, 1000)
            time += (40, 80)[number % 2]
            for packet in stream.encode(picture):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    assert names(measure(file).suspicious) == ["uneven-times"]
