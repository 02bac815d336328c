"""Files that are named on the command line."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from wan22dsl.cli import files
from wan22dsl.errors import CommandError, UnreadableFile


def test_a_folder_stands_for_all_files_below_it_sorted_and_once(wan):
    for name in ("b/z.wan", "b/a.wan", "b/c/d.wan", "b/.git/x.wan", "b/no.txt", "a.wan"):
        wan.write(name, "wan 1\n")
    found = ["b/a.wan", "b/c/d.wan", "b/z.wan", "a.wan"]
    assert files.find(["b", "a.wan", "b/z.wan", "./a.wan"]) == found


def test_a_folder_without_files_is_a_mistake(wan):
    (wan.folder / "empty").mkdir()
    with pytest.raises(CommandError, match=r"empty: there is no \.wan file in it"):
        files.find(["empty"])


def test_a_file_is_known_by_the_name_it_was_given(wan):
    source = wan.write("sub/ä.wan", b"\xef\xbb\xbfwan 1\r\n") and files.read("sub/ä.wan")
    assert (source.text, source.path) == ("wan 1\n", "sub/ä.wan")


@pytest.mark.parametrize("name", ["missing.wan", "."])
def test_what_is_no_file_is_unreadable(wan, name):
    with pytest.raises(UnreadableFile):
        files.read(name)


def test_a_file_that_is_not_utf_8_is_unreadable(wan):
    wan.write("a.wan", b"wan 1\n\xff\n")
    with pytest.raises(UnreadableFile, match=r"a\.wan: is not UTF-8 text \(byte 0xff in line 2\)"):
        files.read("a.wan")


def test_a_file_is_written_whole_and_nothing_stays_beside_it(wan):
    wan.write("out.json", "old")
    files.write("out.json", "nü\n")
    assert wan.read("out.json") == "nü\n"
    assert [one.name for one in wan.folder.iterdir()] == ["out.json"]


def test_a_file_that_cannot_be_written_stays_as_it_was(wan):
    with pytest.raises(CommandError, match=r"no/such/folder\.json: "):
        files.write("no/such/folder.json", "x")
    (wan.folder / "folder").mkdir()
    with pytest.raises(CommandError, match="folder: "):
        files.write("folder", "x")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes and links")
def test_a_file_keeps_its_mode_and_a_link_its_file(wan):
    wan.write("real.wan", "old")
    real = wan.folder / "real.wan"
    real.chmod(0o640)
    (wan.folder / "link.wan").symlink_to("real.wan")
    files.write("link.wan", "new")
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert (wan.folder / "link.wan").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file")
def test_a_device_is_written_to(wan):
    files.write("/dev/null", "x")
    assert Path("/dev/null").is_char_device()
