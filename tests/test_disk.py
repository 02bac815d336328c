"""Files are read only where they are files, and written whole or not at all."""

from __future__ import annotations

import ast
import errno
import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile

PACKAGE = Path(disk.__file__).parent

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture(autouse=True)
def in_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def make(kind: str) -> str:
    """Something in the current folder that is no file, and its name."""
    if kind == "pipe":
        os.mkfifo("pipe")
    elif kind == "folder":
        os.mkdir("folder")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("socket")
    elif kind == "link to a pipe":
        os.mkfifo("behind")
        os.symlink("behind", kind)
    elif kind == "link to a device":
        os.symlink("/dev/zero", kind)
    elif kind == "circle of links":
        os.symlink(kind, kind)
    return kind


KINDS = {
    "pipe": "is a pipe",
    "folder": "is a folder",
    "socket": "is a socket",
    "link to a pipe": "is a pipe",
    "link to a device": "is a device",
    "circle of links": os.strerror(errno.ELOOP),
    "nothing": os.strerror(errno.ENOENT),
    "a\0b": "is not a file name",
    "n" * 5000: os.strerror(errno.ENAMETOOLONG),
}


@posix
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_refused_at_once(kind):
    name = make(kind)
    with pytest.raises(UnreadableFile) as reported:
        disk.read(name)
    assert KINDS[kind] in str(reported.value)
    assert reported.value.path == name


def test_a_file_may_have_as_many_bytes_as_are_allowed(tmp_path):
    Path("a").write_bytes(b"12345")
    assert disk.read("a", most_bytes=5) == b"12345"
    with pytest.raises(UnreadableFile, match=r"^a: is too large \(limit: 4 bytes\)$"):
        disk.read("a", most_bytes=4)
    with pytest.raises(UnreadableFile, match="limit: 64 MiB"):
        with Path("large").open("wb") as file:
            file.truncate(disk.MOST_BYTES + 1)
        disk.read("large")


@posix
@pytest.mark.parametrize("kind", ["pipe", "folder", "socket", "link to a pipe", "link to a device"])
def test_what_is_no_file_is_not_written_to(kind):
    name = make(kind)
    with pytest.raises(CommandError, match=KINDS[kind]):
        disk.write(name, b"x")


@posix
def test_a_device_is_written_to_by_its_own_name():
    disk.write("/dev/null", b"x")
    with pytest.raises(CommandError, match=r"^/dev/full: No space left on device$"):
        disk.write("/dev/full", b"x")


@pytest.mark.parametrize("fails", ["fsync", "replace", "chmod"])
def test_when_writing_fails_the_old_file_stays_and_nothing_beside_it(monkeypatch, fails):
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("a.json").write_text("old")
    monkeypatch.setattr(os, fails, full)
    with pytest.raises(CommandError, match=r"^a\.json: No space left on device$"):
        disk.write("a.json", b"new")
    assert Path("a.json").read_text() == "old"
    assert os.listdir() == ["a.json"]
    if fails != "chmod":
        with pytest.raises(CommandError):
            disk.write("b.json", b"new")
        assert os.listdir() == ["a.json"]


@links
@pytest.mark.parametrize("top", ["", "wan.toml", "pyproject.toml", ".git"])
def test_a_link_out_of_the_project_is_not_written_through(tmp_path, monkeypatch, top):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.wan").write_text("theirs")
    project = tmp_path / "project"
    (project / "sub").mkdir(parents=True)
    monkeypatch.chdir(project)
    if top:
        Path(top).touch()
    Path("a.wan").symlink_to("../outside/a.wan")
    Path("new.json").symlink_to(outside / "new.json")
    Path("folder").symlink_to("../outside")
    Path("sub/inner.wan").symlink_to("../a.wan")
    for name in ("a.wan", "new.json", "folder/a.wan", "sub/inner.wan", str(project / "a.wan")):
        with pytest.raises(CommandError, match="a link in the path leads out of the project"):
            disk.write(name, b"ours")
    assert (outside / "a.wan").read_text() == "theirs"
    assert os.listdir(outside) == ["a.wan"]


@links
def test_a_link_to_another_project_is_one_out_of_this_one(tmp_path):
    for name in ("one/.git", "two/.git"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "one" / "sub").symlink_to("../two")
    assert disk.leads_out("one/sub/a.wan")
    assert not disk.leads_out("two/a.wan")


@links
def test_a_link_within_the_project_and_a_path_elsewhere_are_written(tmp_path, monkeypatch):
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    (project / ".git").mkdir(parents=True)
    (project / "real").mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(project)
    Path("a.wan").symlink_to("real/a.wan")
    Path("folder").symlink_to("real")
    for name in ("a.wan", "folder/b.wan", "../elsewhere/c.json", str(elsewhere / "d.json")):
        disk.write(name, b"x")
    assert sorted(os.listdir("real")) == ["a.wan", "b.wan"]
    assert sorted(os.listdir(elsewhere)) == ["c.json", "d.json"]
    assert Path("a.wan").is_symlink()


@links
def test_a_project_that_is_reached_through_a_link_is_written_to(tmp_path):
    (tmp_path / "real" / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    disk.write("link/a.json", b"x")
    disk.write(str(tmp_path / "link" / "b.json"), b"x")
    assert sorted(os.listdir("real")) == [".git", "a.json", "b.json"]


@posix
def test_a_file_keeps_its_mode():
    Path("a").write_text("old")
    Path("a").chmod(0o640)
    disk.write("a", b"new")
    assert stat.S_IMODE(Path("a").stat().st_mode) == 0o640


#: Who else opens files: what comes with the package, the drafts of downloads and records, and the folders of
#: the simulated server, which nobody but it writes to.
OWN = {
    "disk.py": "the place for it",
    "resources.py": "the grammar and the schemas",
    "language/syntax/tables.py": "the grammar",
    "cli/new.py": "templates",
    "lint/policy/cache.py": "drafts of results, and the installation itself",
    "cli/streams.py": "the null device",
    "comfyui/starting/flags.py": "the flags of each version",
    "launch/container/__init__.py": "the programs of an image",
    "machine/kept_snapshots.py": "drafts",
    "model_files/fetch.py": "drafts",
    "model_files/published.py": "the published files",
    "network/http.py": "connections",
    "run/download.py": "drafts",
    "run/store.py": "drafts",
    "run/uploads.py": "as here, and through no link",
    "run/verify.py": "drafts",
    "importing/files.py": "a temporary folder, with a copy of standard input",
}
OPENING = {"open", "read_bytes", "read_text", "write_bytes", "write_text", "fdopen"}


def opens(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id == "open":
                found.append("open")
            elif isinstance(called, ast.Attribute) and called.attr in OPENING:
                owner = ast.unparse(called.value)
                if owner not in {
                    "files",
                    "configuring",
                    "self._opener",
                    "self._http",
                    "self.workspace",  # what an editor has open
                    "server.project",
                    "Nvml",
                    "av",
                    "Image",
                }:
                    found.append(f"{owner}.{called.attr}")
    return found


@pytest.mark.parametrize(
    "file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.relative_to(PACKAGE).as_posix()
)
def test_files_are_opened_in_one_place(file):
    name = file.relative_to(PACKAGE).as_posix()
    if name not in OWN and not name.startswith("server/"):
        assert not opens(file)
