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


def test_a_folder_may_have_no_files(wan):
    (wan.folder / "empty").mkdir()
    assert files.find(["empty"]) == []


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


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("command", ["lint", "fmt"])
def test_in_a_folder_links_out_of_the_project_are_left_out(wan, command):
    wan.write("outside.wan", "secret = 1\n").write("p/.git/x", "").write("p/a.wan", "wan 1\n")
    (wan.folder / "p" / "link.wan").symlink_to("../outside.wan")
    (wan.folder / "p" / "loop").symlink_to(".")
    (wan.folder / "p" / "again").symlink_to(".")
    for name in ("p", "p/**/*.wan") if command == "lint" else ("p",):
        done = wan(command, name)
        assert "left out: p/link.wan (a link out of the project)\n" in done.stderr
        assert "secret" not in done.stdout + done.stderr
    assert "secret" in wan("lint", "p/link.wan").stdout  # whoever names it means it


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_neither_fmt_nor_fix_nor_compile_writes_through_a_link_out_of_the_project(wan):
    text = "wan 1\nlet x   = 1\n"
    wan.write("outside.wan", text).write("p/.git/x", "").write("p/new.wan", "")
    (wan.folder / "p" / "link.wan").symlink_to("../outside.wan")
    (wan.folder / "p" / "out.json").symlink_to("../out.json")
    done = wan("fmt", "p/link.wan")
    assert (done.status, wan.read("outside.wan")) == (2, text)
    assert "a link in the path leads out of the project; to write there, use" in done.stderr
    (wan.folder / "p" / "new.wan").unlink()
    wan("new", "p/new.wan")
    wan("compile", "p/new.wan", "-o", "p/out.json")
    wan("lint", "p/new.wan", "--output-file", "p/out.json")
    wan("lint", "p/new.wan", "--write-baseline", "--baseline", "p/out.json")
    assert not (wan.folder / "out.json").exists()


def test_a_baseline_of_the_configuration_is_not_written_outside_of_the_repository(wan):
    wan.write("p/.git/x", "").write("p/wan.toml", 'baseline = "../b.json"\n')
    wan("new", "p/new.wan")
    done = wan("lint", "p/new.wan", "--write-baseline")
    assert "`baseline` in p/wan.toml leads out of the repository" in done.stderr
    assert (done.status, (wan.folder / "b.json").exists()) == (2, False)
    assert wan("lint", "p/new.wan", "--write-baseline", "--baseline", "b.json").status == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize(
    "words",
    [
        *[("lint", "a.wan", "b.wan"), ("lint", "."), ("fmt", "a.wan"), ("compile", "a.wan")],
        *[("expand", "b.wan"), ("describe", "a.wan"), ("graph", "b.wan"), ("import", "a.wan")],
        *[("import", "b.json"), ("diff", "a.wan", "ok.wan"), ("diff", "ok.wan", "b.json")],
        *[("lint", "ok.wan", option, "a.wan") for option in ("--baseline", "--target")],
        *[("lint", "ok.wan", "--params", "p.json"), ("compile", "ok.wan", "--params", "p.toml")],
        *[("lint", "use.wan"), ("nodes", "list", "--target", "a.wan"), ("nodes", "pull", "b.json")],
        *[("runs", "show", "p.json"), ("schema", "prompt", "--check", "b.json")],
        *[("compile", "ok.wan", "-o", "a.wan"), ("lint", "ok.wan", "--output-file", "p.json")],
        *[("run", "--simulate", "b.wan")],
    ],
    ids=" ".join,
)
def test_pipes_and_devices_are_refused_by_every_command(wan, words):
    for name in ("a.wan", "p.json", "p.toml"):
        os.mkfifo(name)
    for name in ("b.wan", "b.json"):
        (wan.folder / name).symlink_to("/dev/zero")
    wan.write("use.wan", 'wan 1\nuse "a.wan" as a\n')
    wan("new", "ok.wan")
    done = wan(*words)
    assert "is a pipe, not a file" in done.stdout + done.stderr or "is a device" in done.stderr
    assert done.status == (1 if words[-1] == "use.wan" else 2)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file")
def test_a_device_is_written_to(wan):
    files.write("/dev/null", "x")
    assert Path("/dev/null").is_char_device()
