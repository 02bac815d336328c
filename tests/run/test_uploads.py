"""Only pictures, videos, sound and tensors of the project reach a server."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.errors import UnreadableFile
from wan22dsl.run import uploads
from wan22dsl.server.embedded import EmbeddedServer
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.pictures import png

PICTURE = png(Clip(64, 96, 1, 16.0, "0badcafe"), 0, {})

CLIP = """\
wan 1
use wan22

pipeline clip {
    prompt = "A lighthouse at dusk"
    image  = "NAME"
    size   = 832x1216
    length = 81f
    flow   = wan22.high -> wan22.low -> save("clip")
}
"""

MPEG_TS = (b"\x47" + bytes(187)) * 3

KINDS = {
    "picture": [
        PICTURE,
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"GIF89a\1\0",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        b"II*\0\x08\0\0\0",
        b"\0\0\0\x1cftypavif\0\0\0\0",
    ],
    "video": [
        b"\0\0\0\x20ftypisom\0\0\2\0",
        b"\x1aE\xdf\xa3\x9fB\x86",
        b"RIFF\x24\0\0\0AVI LIST",
        MPEG_TS,
        b"\0\0\x01\xba\x44\0",
    ],
    "sound": [
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"fLaC\0\0\0\x22",
        b"ID3\4\0\0\0\0",
        b"\xff\xfb\x90\x44" + bytes(9),
        b"\xff\xf1\x50\x80" + bytes(9),
        b"OggS\0\2",
    ],
    "tensors": [struct.pack("<Q", 13) + b'{"__metadata__"'],
}

SECRETS = [
    b"[core]\n\trepositoryformatversion = 0\n",
    b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
    b"AWS_SECRET_ACCESS_KEY=x\n",
    b"root:x:0:0:root:/root:/bin/bash\n",
    b'{"token": "x"}',
    b"SQLite format 3\0",
    b"PK\x03\x04",
    b"\x7fELF\2\1\1",
    b"BM is a text",
    "BMW".encode("utf-16"),
    "A secret".encode("utf-16"),
    b"%PDF-1.7",
    b"<html>",
    b"<svg xmlns='http://www.w3.org/2000/svg'>",
    b"DIRC\0\0\0\2",
    b"",
]


@pytest.mark.parametrize(
    ("kind", "head"), [(kind, head) for kind, heads in KINDS.items() for head in heads]
)
def test_a_kind_is_known_by_the_first_bytes(kind, head):
    assert uploads.kind_of(head) == kind


@pytest.mark.parametrize("data", SECRETS)
def test_what_may_hold_a_secret_is_of_no_kind(data):
    assert uploads.kind_of(data) is None


@given(st.text(min_size=1))
def test_no_text_is_of_a_kind(text):
    starts = ("GIF87a", "GIF89a", "OggS", "fLaC", "ID3", "#?RADIANCE", "II*\0", "MM\0*", "FLV\1")
    if not text.startswith(starts):
        assert uploads.kind_of(text.encode("utf-8", "replace")[:512]) is None


@pytest.mark.parametrize(
    ("class_input", "kinds"),
    [
        ("LoadImage.image", {"picture"}),
        ("LoadVideo.file", {"video", "picture"}),
        ("VHS_LoadVideo.video", {"video", "picture"}),
        ("LoadAudio.audio", {"sound", "video"}),
        ("LoadLatent.latent", {"tensors"}),
        ("SomePack.file", {"picture", "video", "sound", "tensors"}),
    ],
)
def test_an_input_gets_what_it_takes_and_nothing_else(tmp_path, class_input, kinds):
    for kind, heads in KINDS.items():
        file = tmp_path / "a.png"
        file.write_bytes(heads[0])
        reason = uploads.reason_against(file, "a.png", class_input, uploads.Rules(tmp_path))
        assert (reason is None) == (kind in kinds)


def run(wan, name):
    """`wan run` of a pipeline that names a file; what the server got, and the result."""
    with EmbeddedServer(speed=1000) as server:
        wan.write("project/clip.wan", CLIP.replace("NAME", name))
        result = wan("run", "project/clip.wan", "--server", server.url, "--quiet")
        return sorted(path.name for path in (server.place / "input").iterdir()), result


def test_a_picture_beside_the_file_is_uploaded(wan):
    wan.write("project/sub/a.png", PICTURE)
    arrived, result = run(wan, "sub/a.png")
    assert (arrived, result.status) == (["a.png"], 0)


@pytest.mark.parametrize("name", [".git/config", ".env", "sub/.ssh/id", "../secret", "notes.txt"])
def test_a_secret_of_the_folder_does_not_reach_the_server(wan, name):
    wan.write(f"project/{name}", b"a secret")
    arrived, result = run(wan, name)
    assert (arrived, result.status) == ([], 1)
    assert "WAN904" in result.stderr and "is not uploaded" in result.stderr


@pytest.mark.parametrize("name", [".git/a.png", "sub/.hidden.png"])
def test_a_hidden_picture_is_not_uploaded(wan, name):
    arrived, result = run(wan.write(f"project/{name}", PICTURE), name)
    assert (arrived, result.status) == ([], 1)
    assert "start with a dot" in result.stderr


def test_an_absolute_path_is_not_uploaded(wan):
    wan.write("out/a.png", PICTURE)
    arrived, result = run(wan, (wan.folder / "out/a.png").as_posix())
    assert (arrived, result.status) == ([], 1)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("target", ["../out/a.png", ".git/a.png", "../out"])
def test_no_link_leads_to_a_file_outside_or_hidden(wan, target):
    wan.write("out/a.png", PICTURE).write("project/.git/a.png", PICTURE)
    link = wan.folder / "project/link"
    link.symlink_to(target)
    name = "link/a.png" if target == "../out" else "link"
    arrived, result = run(wan, name)
    assert (arrived, result.status) == ([], 1)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_inside_the_folder_is_followed(wan):
    wan.write("project/real/a.png", PICTURE)
    (wan.folder / "project/link.png").symlink_to("real/a.png")
    arrived, result = run(wan, "link.png")
    assert (arrived, result.status) == (["link.png"], 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_only_a_regular_file_is_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("fifo", "link", ".", "missing"):
        with pytest.raises(UnreadableFile), uploads.content(tmp_path / name):
            pass


def test_a_file_may_not_be_larger_than_the_option_says(wan):
    wan.write("project/a.png", PICTURE + bytes(2000))
    with EmbeddedServer(speed=1000) as server:
        wan.write("project/clip.wan", CLIP.replace("NAME", "a.png"))
        result = wan("run", "project/clip.wan", "--server", server.url, "--max-upload", "1KB")
        assert not list((server.place / "input").iterdir())
    assert result.status == 1 and "`--max-upload` allows 1024" in result.stderr


def test_a_file_may_have_as_many_bytes_as_the_option_says(tmp_path):
    (tmp_path / "a.png").write_bytes(PICTURE)
    with uploads.content(tmp_path / "a.png", len(PICTURE)) as data:
        assert data.read() == PICTURE
    too_large = pytest.raises(UnreadableFile, match="--max-upload")
    with too_large, uploads.content(tmp_path / "a.png", len(PICTURE) - 1):
        pass


def test_a_file_that_is_exchanged_after_the_check_is_not_followed(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(PICTURE)
    rules = uploads.Rules(tmp_path)
    assert uploads.reason_against(file, "a.png", "LoadImage.image", rules) is None
    if os.name != "nt":
        file.unlink()
        file.symlink_to(Path("/etc/hostname"))
        with pytest.raises(UnreadableFile, match="is a link"), uploads.content(file):
            pass


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5GB", "GB", "9" * 20, "1XB", "²"])
def test_a_size_that_cannot_be_is_reported(wan, text):
    wan.write("clip.wan", CLIP)
    for option in ("--max-upload", "--max-download"):
        result = wan("run", "clip.wan", f"{option}={text}")
        assert result.status == 2 and "give a size such as 500MB" in result.stderr


@pytest.mark.parametrize(
    ("places", "kind"), [((0, 188, 376), "video"), ((0, 188), None), ((0, 376), None)]
)
def test_mpeg_ts_has_a_mark_before_each_packet(places, kind):
    head = bytearray(512)
    for place in places:
        head[place] = 0x47
    assert uploads.kind_of(bytes(head)) == kind
