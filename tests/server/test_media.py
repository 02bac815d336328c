"""The files really open: they are read here by libraries that know nothing of us."""

from __future__ import annotations

import io

import av
import pytest
from PIL import Image

from wan22dsl.server.media import gif, latent, matroska, mp4, png, webp
from wan22dsl.server.media.cells import WORD, Clip, number_cells, picture, word_cells
from wan22dsl.server.media.h264 import unit

CLIPS = [
    Clip(832, 1216, 81, 16.0, "ab12cd34"),
    Clip(64, 96, 5, 16.0, "0f"),
    Clip(72, 66, 300, 23.976, "ffeedd"),
    Clip(16, 16, 1, 30.0, ""),
]
METADATA = {"prompt": '{"1": "ü"}', "wan": "a 雨 " * 100}


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("write", [mp4.video, matroska.video])
def test_a_video_has_its_size_its_frames_and_its_rate(clip: Clip, write: object) -> None:
    assert callable(write)
    with av.open(io.BytesIO(write(clip, METADATA))) as file:
        stream = file.streams.video[0]
        frames = [one.to_ndarray(format="gray") for one in file.decode(video=0)]
        assert stream.codec_context.name == "h264"
        assert (stream.width, stream.height) == (clip.width_px, clip.height_px)
        assert len(frames) == clip.frames
        assert float(stream.average_rate or clip.fps) == pytest.approx(clip.fps, rel=0.02)
        tags = {key.lower(): text for key, text in file.metadata.items()}
        assert tags["prompt"] == METADATA["prompt"]
        assert tags["wan"] == METADATA["wan"]
    wanted = picture(clip, word_cells(clip) | number_cells(clip, clip.frames - 1))
    brightest = frames[-1].max()
    if max(map(max, wanted)):
        assert [bytes(row == brightest) for row in frames[-1]] == wanted


@pytest.mark.parametrize("clip", CLIPS)
def test_moving_pictures_have_their_size_and_their_frames(clip: Clip) -> None:
    files = {
        "PNG": png.animation(clip, METADATA),
        "WEBP": webp.animation(clip, METADATA),
        "GIF": gif.animation(clip),
    }
    for form, data in files.items():
        with Image.open(io.BytesIO(data)) as image:
            assert image.format == form
            assert image.size == (clip.width_px, clip.height_px)
            assert getattr(image, "n_frames", 1) == clip.frames
            image.seek(clip.frames - 1)
            shown = image.convert("RGB")
            green = list(shown.getchannel("G").tobytes())
        wanted = b"".join(picture(clip, word_cells(clip) | number_cells(clip, clip.frames - 1)))
        ground, letter = clip.colour[1], 250
        assert green == [letter if one else ground for one in wanted]


def test_a_picture_carries_its_texts() -> None:
    with Image.open(io.BytesIO(png.image(CLIPS[1], 0, METADATA))) as image:
        image.load()
        assert {key: image.info[key] for key in METADATA} == METADATA
    with Image.open(io.BytesIO(webp.animation(CLIPS[1], METADATA))) as image:
        exif = image.getexif()
        assert exif[0x0110] == "prompt:" + METADATA["prompt"].encode().decode("latin-1")


def test_the_word_is_there_in_full_where_it_fits() -> None:
    columns = {column for column, _ in word_cells(CLIPS[0])}
    assert len(word_cells(CLIPS[0])) == len(WORD) * (len(columns) // len(WORD)) ** 2


def test_no_bytes_of_a_unit_look_like_the_beginning_of_another() -> None:
    for zeros in range(2, 9):
        data = unit(0x65, bytes(zeros) + b"\1" + bytes(zeros) + b"\4")
        assert not any(bytes(2) + bytes([low]) in data for low in range(3))


def test_a_latent_is_a_safetensors_file_of_nearly_nothing() -> None:
    data = latent.latent(METADATA)
    size = int.from_bytes(data[:8], "little")
    assert size % 8 == 0
    assert len(data) == 8 + size + 4
