"""Results that are kept are used while nothing that they depend on differs, and never longer."""

from __future__ import annotations

import os
import struct
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from wan22dsl import Options, lint_files
from wan22dsl.api import workers
from wan22dsl.language.asked import Question, answer, as_data, from_data
from wan22dsl.language.workspace import Workspace
from wan22dsl.report.json import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLIP = """\
wan 1
use wan22
{use}
param who: text = "a"

pipeline clip {{
    image  = {image}
    prompt = "a harbour"
    size   = 832x480
    length = 81f
    flow   = wan22.high -> wan22.low -> save("clip")
}}
"""

#: A file that is used, with a mistake in it.
WRONG = "wan 1\nlet x = y\n"
RIGHT = "wan 1\nlet x = 1\n"


def png(width: int, height: int) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Project:
    """A folder with a project, and what the linter finds in its `main.wan`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.judged = 0
        monkeypatch.chdir(folder)
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "user"))
        monkeypatch.setenv("HOME", str(folder.parent / "user"))
        monkeypatch.setenv("LOCALAPPDATA", str(folder.parent / "user"))
        check = workers.check

        def counting(*words: object) -> object:
            self.judged += 1
            return check(*words)  # type: ignore[arg-type]

        monkeypatch.setattr(workers, "check", counting)
        self.write(".git/x", "")

    def write(self, name: str, text: str | bytes) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def clip(self, image: str = '"a.png"', use: str = "") -> None:
        self.write("main.wan", CLIP.format(image=image, use=use))

    def found(self, **options: object) -> str:
        report = lint_files("main.wan", Options(**options))  # type: ignore[arg-type]
        inputs = [finding.message for finding in report.inputs]
        return render(report.findings, len(report.files), "1") + repr(inputs)

    def is_judged_again(self, **options: object) -> bool:
        before = self.judged
        assert self.found(**options) == self.found(cache=False, **options)
        return self.judged > before + 1


@pytest.fixture
def at(tmp_path, monkeypatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder, monkeypatch)


def link(at: Project, name: str, to: str) -> None:
    path = at.folder / name
    path.unlink(missing_ok=True)
    path.symlink_to(to)


def swap_links(at: Project) -> None:
    link(at, "a.png", "c.png")


NODES = """\
wan 1

node `My VFI`(images: IMAGE, times: INT = 2 in 1..{most}) -> (frames: IMAGE) {{
    length = images.length
}}
"""

#: What a project has at first; a change; what of the linter's is given.
CHANGES: dict[str, tuple[Callable[[Project], object], Callable[[Project], object]]] = {
    "the text": (lambda at: at.clip(), lambda at: at.clip('"b.png"')),
    "a picture comes": (lambda at: at.clip(), lambda at: at.write("a.png", png(832, 480))),
    "a picture below comes": (
        lambda at: at.clip('"in/a.png"'),
        lambda at: at.write("in/a.png", png(832, 480)),
    ),
    "a picture with other letters comes": (
        lambda at: at.clip('"ä.png"'),
        lambda at: at.write("ä.png", png(832, 480)),
    ),
    "a picture of a name that is put together": (
        lambda at: at.clip('"deep/{who}.png"'),
        lambda at: at.write("deep/a.png", png(832, 480)),
    ),
    "a picture of a name with an escape": (
        lambda at: at.clip('"\\u{61}.png"'),
        lambda at: at.write("a.png", png(832, 480)),
    ),
    "a picture goes": (
        lambda at: (at.clip(), at.write("a.png", png(832, 480))),
        lambda at: (at.folder / "a.png").unlink(),
    ),
    "another picture": (
        lambda at: (at.clip(), at.write("a.png", png(832, 480))),
        lambda at: at.write("a.png", png(480, 832)),
    ),
    "a folder in the place of a picture": (
        lambda at: (at.clip(), at.write("a.png", png(832, 480))),
        lambda at: ((at.folder / "a.png").unlink(), (at.folder / "a.png").mkdir()),
    ),
    "a file that is used": (
        lambda at: (at.clip(use='use "o.wan" as o'), at.write("o.wan", RIGHT)),
        lambda at: at.write("o.wan", WRONG),
    ),
    "a file that is used comes": (
        lambda at: at.clip(use='use "lib/o.wan" as o'),
        lambda at: at.write("lib/o.wan", WRONG),
    ),
    "a file that is used goes": (
        lambda at: (at.clip(use='use "o.wan" as o'), at.write("o.wan", RIGHT)),
        lambda at: (at.folder / "o.wan").unlink(),
    ),
    "a file that is used by an escape": (
        lambda at: (at.clip(use='use "\\u{6f}.wan" as o'), at.write("o.wan", RIGHT)),
        lambda at: at.write("o.wan", WRONG),
    ),
    "a file that a used file uses": (
        lambda at: (
            at.clip(use='use "lib/o.wan" as o'),
            at.write("lib/o.wan", 'wan 1\nuse "../p.wan" as p\nlet x = p.x\n'),
            at.write("p.wan", RIGHT),
        ),
        lambda at: at.write("p.wan", WRONG),
    ),
    "a file that cannot be read": (
        lambda at: (at.clip(use='use "o.wan" as o'), at.write("o.wan", RIGHT)),
        lambda at: at.write("o.wan", b"\xff"),
    ),
    "a folder in the place of a file that is used": (
        lambda at: at.clip(use='use "o.wan" as o'),
        lambda at: (at.folder / "o.wan").mkdir(),
    ),
    "a file that is used, with a syntax error beside it": (
        lambda at: (at.clip(use='use "o.wan" as o\nlet = 1'), at.write("o.wan", RIGHT)),
        lambda at: at.write("o.wan", WRONG),
    ),
    "a file of node declarations": (
        lambda at: (
            at.write("wan.toml", 'nodes = ["packs/*.wan"]\n'),
            at.write("packs/mine.wan", NODES.format(most=8)),
            at.write(
                "main.wan",
                CLIP.format(image='"a.png"', use="").replace(
                    "save(", "`My VFI`(images = _, times = 4) -> save("
                ),
            ),
        ),
        lambda at: at.write("packs/mine.wan", NODES.format(most=3)),
    ),
    "the top of the project": (
        lambda at: (
            at.write("main.wan", 'wan 1\nuse "sub/m.wan" as m\nlet x = m.x\n'),
            at.write("sub/m.wan", 'wan 1\nuse "../o.wan" as o\nlet x = o.x\n'),
            at.write("o.wan", RIGHT),
        ),
        lambda at: at.write("sub/wan.toml", ""),
    ),
}

LINKS: dict[str, tuple[Callable[[Project], object], Callable[[Project], object]]] = {
    "a link to a picture": (
        lambda at: (
            at.clip(),
            at.write("b.png", png(832, 480)),
            at.write("c.png", png(480, 832)),
            link(at, "a.png", "b.png"),
        ),
        swap_links,
    ),
    "a link out of the folder": (
        lambda at: (
            at.clip(),
            at.write("a.png", png(832, 480)),
            at.write("../outside.png", png(832, 480)),
        ),
        lambda at: link(at, "a.png", "../outside.png"),
    ),
    "a link to a file that is used": (
        lambda at: (
            at.clip(use='use "o.wan" as o'),
            at.write("right.wan", RIGHT),
            at.write("wrong.wan", WRONG),
            link(at, "o.wan", "right.wan"),
        ),
        lambda at: link(at, "o.wan", "wrong.wan"),
    ),
    "a link out of the project": (
        lambda at: (
            at.clip(use='use "o.wan" as o'),
            at.write("right.wan", RIGHT),
            at.write("../outside.wan", RIGHT),
            link(at, "o.wan", "right.wan"),
        ),
        lambda at: link(at, "o.wan", "../outside.wan"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(at, name):
    before, change = CHANGES[name]
    before(at)
    first = at.found()
    assert not at.is_judged_again()
    change(at)
    assert at.is_judged_again()
    assert not at.is_judged_again()
    assert at.found() != first, "the change makes a difference"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_leads_elsewhere_is_seen(at, name):
    before, change = LINKS[name]
    before(at)
    at.found()
    assert not at.is_judged_again()
    change(at)
    assert at.is_judged_again()


def test_a_value_from_outside_that_names_a_file_is_one_of_what_a_result_depends_on(at):
    at.clip("who")
    at.found(values={"who": "a.png"})
    at.write("a.png", png(480, 832))
    assert at.is_judged_again(values={"who": "a.png"})
    assert not at.is_judged_again(values={"who": "a.png"})


@pytest.mark.parametrize("name", ["b.png", "wan_output/clip.mp4", "in/a.png", "o.wan", "wan.toml"])
def test_a_file_that_nobody_names_changes_nothing(at, name):
    at.clip()
    at.found()
    at.write(name, "")
    assert not at.is_judged_again()


def test_a_syntax_error_is_kept_like_any_other_finding(at):
    at.write("main.wan", "wan 1\nlet = 1\n")
    assert at.is_judged_again()
    assert not at.is_judged_again()


def test_a_workspace_keeps_what_was_asked_and_another_gets_the_same_answers(at):
    at.write("o.wan", RIGHT)
    at.write("a.png", png(8, 8))
    workspace = Workspace(keeps_asked=True)
    workspace.read(at.folder / "o.wan")
    workspace.input_file(at.folder, "a.png")
    workspace.input_file(at.folder, "b.png")
    workspace.stamp(at.folder / "a.png")
    workspace.real_path(at.folder / "deep" / ".." / "o.wan")
    workspace.project_of(at.folder / "o.wan")
    workspace.exists(at.folder / "none")
    workspace.is_folder(at.folder)
    asked = workspace.asked
    assert asked is not None and len(asked) == 8
    assert {question: answer(question) for question in asked} == asked
    assert from_data(as_data(asked)) == asked
    assert Workspace().asked is None


def test_a_path_that_no_system_has_is_a_path_where_nothing_is():
    for kind in ("real path", "project", "folder", "exists", "input file", "stamp"):
        assert answer(Question(kind, "a\0b", "c\0d")) == ""


@pytest.mark.parametrize(
    "data", [None, {}, [1], [["text", "a"]], [["text", "a", "", 1]], [["other", "a", "", ""]]]
)
def test_what_does_not_have_the_shape_of_questions_is_none(data):
    assert from_data(data) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(at):
    at.clip(use='use "o.wan" as o')
    at.write("o.wan", RIGHT)
    at.found()
    (at.folder / "o.wan").unlink()
    os.mkfifo(at.folder / "o.wan")
    assert at.is_judged_again()
