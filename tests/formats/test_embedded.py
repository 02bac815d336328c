"""What output files carry is found again, in each kind of file that ComfyUI writes."""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from struct import pack

import pytest

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.formats import embedded
from wan22dsl.formats.embedded import Embedded
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.latent import Shape, latent
from wan22dsl.server.media.pictures import animated_png, png, webp
from wan22dsl.server.media.video import video

CLIP = Clip(64, 96, 3, 16.0, "0f")
TEXTS = {
    "prompt": '{"1": {"class_type": "über", "inputs": {}}}',
    "workflow": '{"nodes": []}',
    "wan": '{"source": "wan 1\\n", "name": "a.wan"}',
}
COMMENT = {"comment": json.dumps(TEXTS)}

FILES = {
    "png": png(CLIP, 0, TEXTS),
    "animated png": animated_png(CLIP, TEXTS),
    "webp": webp(CLIP, TEXTS),
    "webm": video(CLIP, "webm", TEXTS),
    "mp4": video(CLIP, "mp4", TEXTS),
    "combined mp4": video(CLIP, "mp4", COMMENT),
    "combined webm": video(CLIP, "webm", COMMENT),
    "latent": latent(Shape(64, 96, 5, 1), TEXTS),
}


@pytest.mark.parametrize("kind", FILES)
def test_prompt_workflow_and_source_are_found(tmp_path, kind):
    file = tmp_path / "output"
    file.write_bytes(FILES[kind])
    assert embedded.is_one(FILES[kind][:16])
    wan = {"source": "wan 1\n", "name": "a.wan"}
    assert embedded.read(file) == Embedded(TEXTS["prompt"], TEXTS["workflow"], wan)


def test_a_latent_carries_them_in_its_header(tmp_path):
    header = json.dumps({"__metadata__": {"prompt": "{}", "wan": '{"source": "x"}'}}).encode()
    file = tmp_path / "a.latent"
    file.write_bytes(len(header).to_bytes(8, "little") + header)
    assert embedded.is_one(file.read_bytes()[:16])
    assert embedded.read(file) == Embedded("{}", None, {"source": "x"})


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_cut_short_gives_what_it_has_or_is_called_damaged(tmp_path, kind):
    whole = FILES[kind]
    file = tmp_path / "output"
    for length in (9, 20, len(whole) // 3, len(whole) - 3):
        file.write_bytes(whole[:length])
        try:
            assert isinstance(embedded.read(file), Embedded)
        except UnreadableFile as error:
            assert file.as_posix() in str(error)


@pytest.mark.parametrize("data", [b"", b"wan 1\n", b"{}", b"\x00" * 40])
def test_other_files_carry_nothing(tmp_path, data):
    file = tmp_path / "x"
    file.write_bytes(data)
    assert not embedded.is_one(data[:16])
    assert embedded.read(file) == Embedded()


def test_a_missing_file_and_a_missing_library_are_told(tmp_path, monkeypatch):
    with pytest.raises(UnreadableFile, match="No such file"):
        embedded.read(tmp_path / "absent.png")
    monkeypatch.setitem(sys.modules, "PIL", None)
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    with pytest.raises(CommandError, match=r"wan22dsl\[files\]"):
        embedded.read(tmp_path / "x.png")


def chunk(kind, data):
    return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))


def with_chunk(kind, data):
    """The PNG with one more chunk before its pixels."""
    whole = FILES["png"]
    at = whole.index(b"IDAT") - 4
    return whole[:at] + chunk(kind, data) + whole[at:]


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("data", "carries"),
    [
        (with_chunk(b"eXIf", b"II*\0"), None),
        (with_chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff"), None),
        (with_chunk(b"zTXt", b"prompt\0\1x"), None),
        (with_chunk(b"iTXt", b"prompt\0\1\0\0\0" + zlib.compress(bytes(80 << 20))), None),
        (with_chunk(b"tEXt", b"comment\0" + DEEP), TEXTS["prompt"]),
        (png(CLIP, 0, {"prompt": "{}", "wan": DEEP.decode()}), "{}"),
    ],
)
def test_whatever_a_library_runs_into_is_damage_of_the_file(wan, data, carries):
    wan.write("a.png", data)
    try:
        assert embedded.read(Path("a.png")).prompt == carries
    except UnreadableFile as error:
        assert carries is None and "is damaged" in str(error)
    for words in (("import", "a.png"), ("lint", "a.png"), ("diff", "a.png", "a.png")):
        assert wan(*words).status in (0, 1, 2)


@pytest.mark.filterwarnings("ignore")
def test_a_picture_with_more_pixels_than_any_video_is_not_unpacked(tmp_path):
    file = tmp_path / "a.png"
    head = pack(">2I5B", 9_500, 9_500, 16, 6, 0, 0, 0)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b""))
    with pytest.raises(UnreadableFile, match="more pixels than any video"):
        embedded.read(file)


def test_the_pixels_of_a_webp_are_not_unpacked(tmp_path):
    file = tmp_path / "a.webp"
    whole = FILES["webp"]
    pixels = whole.index(b"VP8L") + 13
    file.write_bytes(whole[:pixels] + b"\xff" * 8 + whole[pixels + 8 :])
    assert embedded.read(file).prompt == TEXTS["prompt"]


def test_what_libraries_warn_of_is_not_shown(wan):
    wan.write("a.png", with_chunk(b"acTL", pack(">2I", 0, 0)))
    assert "Warning" not in wan.process("import", "a.png").stderr
