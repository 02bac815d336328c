"""The size of a picture from its first bytes, and what the linter makes of it."""

from __future__ import annotations

import struct

import pytest

from tests.findings import piped, places
from wan22dsl.comfyui.nodes.pictures import size_of


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + b"\0" * 8


def jpeg(width: int, height: int, orientation: int | None = None, order: str = "<") -> bytes:
    made = b"\xff\xd8"
    if orientation is not None:
        mark = b"II*\0" if order == "<" else b"MM\0*"
        entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
        exif = b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 1) + entry
        made += b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    table = b"\xff\xdb" + struct.pack(">H", 67) + b"\1" * 65
    return made + table + b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\0" * 9


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(1024, 768), (1024, 768)),
        (jpeg(640, 480), (640, 480)),
        (jpeg(640, 480, 1), (640, 480)),
        (jpeg(640, 480, 6), (480, 640)),
        (jpeg(640, 480, 8, ">"), (480, 640)),
        (b"GIF89a", None),
        (b"", None),
        (png(1, 1)[:18], None),
        (jpeg(640, 480)[:40], None),
        (b"\xff\xd8\xff\xe1\0\0", None),
    ],
)
def test_the_size_is_that_of_the_picture_as_it_is_loaded(tmp_path, data, size):
    file = tmp_path / "picture"
    file.write_bytes(data)
    assert size_of(file) == size


def test_a_picture_that_is_not_there_has_no_size(tmp_path):
    assert size_of(tmp_path / "none.png") is None
    assert size_of(tmp_path) is None


@pytest.mark.parametrize(("size", "reported"), [((832, 480), []), ((480, 832), ["WAN808 4:14"])])
def test_a_picture_beside_the_file_is_held_against_the_size_of_the_video(tmp_path, size, reported):
    (tmp_path / "a.png").write_bytes(png(*size))
    (tmp_path / "test.wan").write_text(piped(), encoding="utf-8")
    assert places(tmp_path / "test.wan") == reported
