"""A session of random edits of the examples: after each, the findings are those of `wan lint` of the text.

Some are made in `make test`, and 10,000 with `WAN_DEEP=1`.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from wan22dsl.api import Options, lint_files
from wan22dsl.api.policy import INPUT_FILE
from wan22dsl.editor.lsp.places import uri_of

DEEP = bool(os.environ.get("WAN_DEEP"))
EDITS = 10_000 if DEEP else 120

#: So many edits are made of a text before it is as it was again.
ROUND = 40

STRANGE = [
    "😀",
    "é",
    "\u2028",
    "\t",
    "\u00a0",
    "\x00",
    "\u202e",
    "„",
    "\r\n",
    '"',
    "{",
    "}",
    "(",
    ")",
    "#",
]
WORDS = [
    "wan22.",
    "high",
    "->",
    "steps",
    "= 0..2 of 4",
    "832x480",
    "5s",
    "euler/simple",
    "[",
    "let x = ",
]

FILES = sorted(file.relative_to(ROOT / "examples") for file in (ROOT / "examples").rglob("*.wan"))


class Typist:
    """Somebody who types, deletes, pastes and takes back, in one document; `text` is what the client has."""

    def __init__(self, chance, text, others):
        self.chance, self.text, self.others = chance, text, others
        self.before = [text]

    def edit(self):
        """The next change, as (start, end, new). No editor puts a cursor into the middle of a CRLF."""
        start, end, new = self._edit()
        return self._outside(start), max(self._outside(start), self._outside(end)), new

    def _outside(self, at):
        return at - 1 if self.text[at - 1 : at + 1] == "\r\n" and at else at

    def _edit(self):
        chance = self.chance
        kind = chance.choice(
            ["type", "type", "delete", "word", "paste", "strange", "undo", "undo", "line"]
        )
        at = chance.randrange(len(self.text) + 1)
        end = min(len(self.text), at + chance.choice([1, 1, 2, 5, 40]))
        if kind == "undo":
            return self._undo()
        if kind == "delete":
            return at, end, ""
        if kind == "paste":
            other = chance.choice(self.others)
            start = chance.randrange(len(other))
            return at, at, other[start : start + chance.choice([10, 60, 400])]
        if kind == "word":
            found = [each.span() for each in re.finditer(r"[\w.]+", self.text)]
            if found:
                return (*chance.choice(found), chance.choice(WORDS))
        if kind == "line":
            starts = [0, *(each.end() for each in re.finditer("\n", self.text))]
            number = chance.randrange(len(starts))
            stop = starts[number + 1] if number + 1 < len(starts) else len(self.text)
            line = self.text[starts[number] : stop]
            return starts[number], stop, chance.choice(["", line + line])
        if kind == "strange":
            return at, at, chance.choice(STRANGE)
        return at, at, chance.choice(["a", "1", " ", "\n", ".", "=", "_", ",", "x"])

    def _undo(self):
        earlier = self.before[-2] if len(self.before) > 1 else self.before[0]
        del self.before[-2:]
        return 0, len(self.text), earlier

    def make(self, start, end, new):
        self.text = self.text[:start] + new + self.text[end:]
        self.before.append(self.text)


def position(text, offset):
    """A place as LSP defines it: lines end with LF, CR or CRLF, columns are UTF-16 units."""
    before = text[:offset]
    if before.endswith("\r") and text[offset : offset + 1] == "\n":
        before = before[:-1]
    lines = re.split("\r\n|\r|\n", before)
    return {"line": len(lines) - 1, "character": len(lines[-1].encode("utf-16-le")) // 2}


def linted(file, text):
    """The diagnostics that `wan lint` would have of a text, by URI."""
    options = Options(stdin_filename=file.as_posix(), cache=False)
    sound = re.sub("\r\n?", "\n", text)
    report = lint_files("-", options, stdin=sound.encode("utf-8"))
    found = {uri_of(file): []}
    for finding in (*report.findings, *report.inputs):
        span = finding.span
        place = Path(span.source.file).resolve() if span is not None else file
        start, end = (
            ((1, 1), (1, 1)) if span is None else (span.source.utf16(at) for at in span[1:])
        )
        level = {"error": 1, "warning": 2, "note": 3}[finding.severity.value]
        shown = {
            "code": finding.code,
            "severity": 4 if finding.code == INPUT_FILE else level,
            "message": f"{finding.message}\n{finding.help}".removesuffix("\n"),
            "range": {
                "start": {"line": start[0] - 1, "character": start[1] - 1},
                "end": {"line": end[0] - 1, "character": end[1] - 1},
            },
        }
        found.setdefault(uri_of(place), []).append(shown)
    return found


def shown(editor, uri):
    """What the client has of a document, as far as it is compared."""
    names = ("code", "severity", "message", "range")
    return [{name: each[name] for name in names} for each in editor.pushed[uri]["diagnostics"]]


def used_bytes():
    """The memory of this process; 0 where the system does not tell it so."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("seed", [1])
def test_after_each_edit_the_findings_are_those_of_wan_lint(editor, seed):
    chance = random.Random(seed)
    shutil.copytree(ROOT / "examples", editor.folder, dirs_exist_ok=True)
    texts = [(ROOT / "examples" / name).read_text(encoding="utf-8") for name in FILES]
    memory, made = [], 0
    while made < EDITS:
        name = chance.choice(FILES)
        file = editor.folder / name
        typist = Typist(chance, file.read_text(encoding="utf-8"), texts)
        uri = editor.open(name.as_posix(), typist.text)
        for _ in range(min(ROUND, EDITS - made)):
            start, end, new = typist.edit()
            places = {"start": position(typist.text, start), "end": position(typist.text, end)}
            before = typist.text
            typist.make(start, end, new)
            editor.change(uri, {"range": places, "text": new})
            made += 1
            wanted = linted(file, typist.text)
            where = f"{name}, edit {made}: {before[start:end]!r} becomes {new!r}"
            assert editor.pushed[uri]["version"] == editor.versions[uri], where
            for other, found in wanted.items():
                assert shown(editor, other) == found, where
        editor.shut(uri)
        assert editor.diagnostics(uri) == []
        del editor.sent[:]
        memory.append(used_bytes())
        if DEEP:
            print(f"{made} edits, {memory[-1] / 2**20:.0f} MiB", flush=True)
    assert not editor.sent_of("window/logMessage")
    if DEEP:  # after a fifth everything that is made once has been made
        assert memory[-1] - memory[len(memory) // 5] < 30 * 2**20
