"""Outputs: names that cannot climb out of the folder, no file overwritten, damage told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.errors import ServerAnswered
from wan22dsl.run.client import RemoteFile
from wan22dsl.run.download import Failed, Fetched, fetch, plain, suffix_of
from wan22dsl.run.verify import damage

PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + PNG_END


def box(kind, size):
    return (size + 8).to_bytes(4, "big") + kind + b"\x00" * size


MP4 = box(b"ftyp", 12) + box(b"mdat", 500) + box(b"moov", 40)


def tensors(data):
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return len(header).to_bytes(8, "little") + header + data


class Server:
    """Gives the same bytes for every file."""

    def __init__(self, data):
        self.data = data

    def download(self, file):
        yield self.data


@pytest.mark.parametrize(
    ("name", "data", "whole"),
    [
        ("a.png", PNG, True),
        ("a.png", PNG[:-5], False),
        ("a.png", b"<html>", False),
        ("a.mp4", MP4, True),
        ("a.mp4", MP4[:-1], False),
        ("a.mp4", MP4[:100], False),
        ("a.mp4", box(b"ftyp", 12) + box(b"mdat", 9), False),
        ("a.mp4", b"gone", False),
        ("a.webp", b"RIFF" + (20).to_bytes(4, "little") + b"\x00" * 20, True),
        ("a.webp", b"RIFF" + (20).to_bytes(4, "little") + b"\x00" * 10, False),
        ("a.webm", b"\x1aE\xdf\xa3rest", True),
        ("a.webm", b"nothing", False),
        ("a.latent", tensors(b"1234"), True),
        ("a.latent", tensors(b"12"), False),
        ("a.latent", b"\xff" * 20, False),
        ("a.txt", b"anything", True),
        ("a.txt", b"", False),
    ],
)
def test_damage_is_seen_from_the_file_itself(tmp_path, name, data, whole):
    file = tmp_path / name
    file.write_bytes(data)
    assert (damage(file) is None) == whole


def test_files_are_numbered_and_none_is_overwritten(tmp_path):
    (tmp_path / "clip-0002.png").write_bytes(b"mine")
    names = []
    for _ in range(3):
        got = fetch(Server(PNG), RemoteFile("x_00001_.png", "", "output"), "save", tmp_path, "clip")
        assert isinstance(got, Fetched)
        names.append(got.path.name)
    assert names == ["clip-0001.png", "clip-0003.png", "clip-0004.png"]
    assert (tmp_path / "clip-0002.png").read_bytes() == b"mine"


def test_a_file_that_is_not_there_is_told_at_once(tmp_path):
    class Without:
        def download(self, file):
            raise ServerAnswered("http://x", "/view", 404)
            yield b""

    got = fetch(Without(), RemoteFile("a.mp4", "", "output"), "save", tmp_path, "clip")
    assert got == Failed("a.mp4", "answered /view with HTTP 404", None)
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_name_of_a_server_or_node_leaves_the_folder(filename, stem):
    ending = suffix_of(filename)
    for part in (plain(stem), ending):
        assert not set(part) & set("/\\:\0\n<>|?*\"'")
    assert not plain(stem).startswith(".")
    assert ".." not in ending


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.mp4", ".mp4"),
        ("../../etc/cron.d/a.MP4", ".mp4"),
        ("..\\..\\a.png", ".png"),
        ("a", ".bin"),
        ("a.mp4/../../x", ".bin"),
        ("a.m p", ".bin"),
        ("..", ".bin"),
    ],
)
def test_only_a_plain_ending_is_taken_over(name, ending):
    assert suffix_of(name) == ending
