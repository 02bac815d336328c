"""Outputs: names that cannot climb out of the folder, no file overwritten, damage told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.errors import ServerAnswered
from wan22dsl.run import download
from wan22dsl.run.client import RemoteFile
from wan22dsl.run.download import Failed, Fetched, fetch, plain, suffix_of
from wan22dsl.run.verify import damage

PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + PNG_END


def box(kind, size):
    return (size + 8).to_bytes(4, "big") + kind + b"\x00" * size


MP4 = box(b"ftyp", 12) + box(b"mdat", 500) + box(b"moov", 40)


def header(reported):
    text = json.dumps(reported).encode()
    return len(text).to_bytes(8, "little") + text


def tensors(data):
    return header({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}) + data


class Server:
    """Gives the same bytes for every file."""

    def __init__(self, data):
        self.data = data

    def download(self, file, most_bytes):
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
        ("a.latent", header({"a": {"data_offsets": [0, "x"]}}), False),
        (
            "a.latent",
            header({"a": {"data_offsets": [0, None]}, "b": {"data_offsets": [0, 4]}}),
            False,
        ),
        ("a.latent", header({"a": 7}), False),
        ("a.latent", header([1]), False),
        ("a.mp4", box(b"free", 0) * 200_001, False),
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


class Refusing:
    """Answers the first requests with a status, and then gives the bytes."""

    def __init__(self, status, times=99, data=PNG):
        self.status, self.times, self.data = status, times, data
        self.requests = 0

    def download(self, file, most_bytes):
        self.requests += 1
        if self.requests <= self.times:
            raise ServerAnswered("http://x", "/view", self.status)
        yield self.data


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_file_that_is_not_there_or_not_for_us_is_asked_for_once(tmp_path, monkeypatch, status):
    monkeypatch.setattr(download, "sleep", lambda _: None)
    server = Refusing(status)
    got = fetch(server, RemoteFile("a.mp4", "", "output"), "save", tmp_path, "clip")
    assert isinstance(got, Failed) and got.kept is None
    assert got.reason.startswith(f"answered /view with HTTP {status}")
    assert server.requests == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_server_that_cannot_answer_now_is_asked_again(tmp_path, monkeypatch, status):
    monkeypatch.setattr(download, "sleep", lambda _: None)
    server = Refusing(status, times=3)
    got = fetch(server, RemoteFile("a.png", "", "output"), "save", tmp_path, "clip")
    assert isinstance(got, Fetched)
    assert server.requests == 4


def test_where_there_are_no_links_files_are_moved_and_none_is_overwritten(tmp_path, monkeypatch):
    def without(*_: object) -> None:
        raise OSError(95, "no links here")

    monkeypatch.setattr(os, "link", without)
    (tmp_path / "clip-0001.png").write_bytes(b"mine")
    got = fetch(Server(PNG), RemoteFile("x.png", "", "output"), "save", tmp_path, "clip")
    assert got.path.name == "clip-0002.png" and got.path.read_bytes() == PNG
    assert (tmp_path / "clip-0001.png").read_bytes() == b"mine"


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    got = fetch(Server(PNG), RemoteFile("x.png", "sub", "output"), "save", tmp_path, "clip")
    assert isinstance(got, Failed) and got.remote == "sub/x.png"
    assert "No space left on device" in got.reason
    assert not list(tmp_path.iterdir())


def test_stopped_while_a_name_is_given_no_empty_file_stays(tmp_path, monkeypatch):
    def without(*_: object) -> None:
        raise OSError(95, "no links here")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", without)
    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch(Server(PNG), RemoteFile("x.png", "", "output"), "save", tmp_path, "clip")
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
        ("a.exe", ".bin"),
        ("a.mp4.lnk", ".bin"),
        ("a.mp4.", ".bin"),
        ("a.mp4 ", ".bin"),
        ("a.mp4:x.png", ".png"),
        ("nul", ".bin"),
    ],
)
def test_only_a_plain_ending_is_taken_over(name, ending):
    assert suffix_of(name) == ending


@pytest.mark.parametrize(
    ("prefix", "stem"),
    [
        ("base_3.5", "base_3.5"),
        ("video/base_{cfg}", "base__cfg"),
        ("../..\\x y", "x_y"),
        ("a/..", "clip"),
        ("", "clip"),
        ("視頻", "clip"),
        (["1", 0], "clip"),
        (None, "clip"),
    ],
)
def test_a_file_is_named_as_the_prompt_saves_it_else_as_the_pipeline(prefix, stem):
    prompt = {"save": {"class_type": "SaveVideo", "inputs": {"filename_prefix": prefix}}}
    assert download.stem_of(prompt, "save", {"save"}, "clip") == stem


def test_files_that_are_saved_alike_have_the_node_in_their_names():
    inputs = {"inputs": {"filename_prefix": "x"}}
    prompt = {"one": inputs, "two": inputs, "three": {"inputs": {"filename_prefix": "y"}}}
    found = [download.stem_of(prompt, node, set(prompt), "clip") for node in prompt]
    assert found == ["x-one", "x-two", "y"]


@pytest.mark.parametrize(
    ("more", "reason"), [(0, None), (1, None), (-1, "it has 107 of 108 bytes")]
)
def test_a_riff_file_may_have_bytes_behind_its_end_and_lacks_none(tmp_path, more, reason):
    """Some programs pad files; ComfyUI's own readers stop at the stated end."""
    whole = b"RIFF" + (100).to_bytes(4, "little") + b"WEBP" + bytes(96)
    (tmp_path / "a.webp").write_bytes((whole + bytes(8))[: len(whole) + more])
    assert damage(tmp_path / "a.webp") == reason
