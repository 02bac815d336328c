"""What results depend on: the digest changes whenever an answer could, and stays where none can."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.spelling import text_parts
from wan22dsl.language.syntax.tree import Text, walk
from wan22dsl.lint.policy.surroundings import Surroundings, quoted
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

MORE = '''\
wan 1
use "a.wan" as a
let x = "b.png" # it's "c
let y = [`q"r`, "d.png", "\\"e.png"]
graph g { let n = LoadImage(image = "f.png") { title = "g" }
    let m = LoadImage(image = "h {who}.png")
    let o = LoadImage(image = """
        i.png
        """)
}
'''


@pytest.mark.parametrize(
    "text",
    [MORE, *(one.read_text(encoding="utf-8") for one in sorted(ROOT.glob("examples/**/*.wan")))],
)
def test_everything_that_stands_in_quotes_is_seen(text):
    seen = set(quoted(text))
    tokens = [one for one in walk(parse(Source(text))[0]) if isinstance(one, Text)]
    assert tokens
    for one in tokens:
        inner = "".join(map(str, text_parts(one.text)))
        if one.text.startswith('"""') or "\\" not in one.text:
            raw = one.text[1:-1]
            assert inner in seen or raw in seen or "\n" in raw.strip('"').strip()


class Folder:
    """A file `main.wan` in a folder, and what its digest is now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(".git/x", "")

    def write(self, name: str, text: str = "") -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def digest(self, *given: str) -> str | None:
        file = self.folder / "main.wan"
        return Surroundings(given).digest(str(file), file.read_bytes())


@pytest.fixture
def at(tmp_path) -> Folder:
    return Folder(tmp_path)


def test_the_digest_changes_with_the_text(at):
    at.write("main.wan", "a")
    before = at.digest()
    assert before == at.digest()
    at.write("main.wan", "b")
    assert at.digest() != before


def test_the_digest_changes_with_the_files_that_are_used_however_deep(at):
    at.write("main.wan", 'wan 1\nuse "lib/one.wan" as one\n')
    missing = at.digest()
    at.write("lib/one.wan", '  use "../two.wan" as two\n')
    found = at.digest()
    at.write("two.wan", "x")
    deep = at.digest()
    at.write("two.wan", "y")
    assert len({missing, found, deep, at.digest()}) == 4
    at.write("lib/other.wan", "x")
    at.write("two.wan", "x")
    assert at.digest() == deep


def test_files_that_use_each_other_come_to_an_end(at):
    at.write("main.wan", 'use "two.wan" as two\n')
    at.write("two.wan", 'use "main.wan" as main\n')
    assert at.digest() == at.digest()


def test_the_digest_changes_when_the_top_of_the_project_does(at):
    at.write("deep/one.wan", "")
    at.write("main.wan", 'use "deep/one.wan" as one\n')
    before = at.digest()
    at.write("wan.toml", "")
    middle = at.digest()
    assert (at.folder / "wan.toml").exists()
    assert before == middle  # `.git` is in the same folder
    main = at.folder / "deep" / "main.wan"
    main.write_text('use "one.wan" as one\n', encoding="utf-8")
    first = Surroundings().digest(str(main), main.read_bytes())
    at.write("deep/wan.toml", "")
    assert Surroundings().digest(str(main), main.read_bytes()) != first


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('image = "a.png"', "a.png"),
        ('image = "in/a.png"', "in/a.png"),
        ('image = "A.png"', "A.png"),
        ('image = "ä.png"', "ä.png"),
        ('image = """\n    a.png\n    """', "a.png"),
        ('image = "{who}.png"', "deep/b.png"),
        ('image = "{who}.PNG"', "deep/b.png"),
        ('image = "{who}"', "deep/b"),
        ('image = "in/{who}/{what}"', "in/a/b.png"),
        ('image = "\\u{61}.png"', "a.png"),
    ],
)
def test_the_digest_changes_when_a_file_that_is_named_comes(at, text, name):
    at.write("main.wan", text)
    before = at.digest()
    at.write(name)
    assert at.digest() != before


def test_it_stays_when_other_files_come(at):
    at.write("main.wan", 'image = "a.png"')
    before = at.digest()
    at.write("b.png")
    at.write("wan_output/clip.mp4")
    assert at.digest() == before


def test_a_name_that_is_put_together_means_only_files_that_end_alike(at):
    at.write("main.wan", 'prompt = "{who} walks, slowly"\nimage = "{who}.png"')
    before = at.digest()
    at.write("deep/b.mp4")
    at.write(".wan_cache/b.png")
    assert at.digest() == before


def test_values_from_outside_may_name_files_too(at):
    at.write("main.wan", "")
    before = at.digest("a.png")
    at.write("a.png")
    assert at.digest("a.png") != before


def test_a_path_that_cannot_be_told_is_not_kept(at):
    at.write("main.wan", 'use "\\u{61}.wan" as a\n')
    assert at.digest() is None


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_the_digest_changes_when_a_link_leads_elsewhere(at):
    at.write("main.wan", 'image = "a.png"')
    at.write("b.png")
    at.write("c.png")
    (at.folder / "a.png").symlink_to("b.png")
    before = at.digest()
    (at.folder / "a.png").unlink()
    (at.folder / "a.png").symlink_to("c.png")
    assert at.digest() != before


@pytest.mark.parametrize(
    ("written", "name"),
    [("face.png", "face.png"), ("clip.mp4", "clip.mp4"), ("{who}.webm", "old.webm")],
)
def test_the_digest_changes_when_a_picture_or_a_video_does(at, written, name):
    at.write("main.wan", f'image = "{written}"')
    at.write(name, "before")
    before = at.digest()
    assert at.digest() == before
    at.write(name, "after it")
    assert at.digest() != before
