"""No place of any text, sound or broken, is too strange to be asked about; what is offered can be read."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from wan22dsl.editor import signatures
from wan22dsl.editor.completion.complete import suggest
from wan22dsl.editor.project import Project
from wan22dsl.language.syntax import parse
from wan22dsl.language.syntax.tree import Attribute, walk
from wan22dsl.source import Source

EXAMPLES = sorted((ROOT / "examples").rglob("*.wan"))[::4]

each_example = pytest.mark.parametrize(
    "file", EXAMPLES, ids=[file.relative_to(ROOT).as_posix() for file in EXAMPLES]
)


@each_example
def test_every_place_of_an_example_is_answered_with_the_word_around_it(file):
    text = file.read_text(encoding="utf-8")
    project = Project()
    project.open(file, text)
    view = project.view(file)
    for offset in range(0, len(text) + 1, 11):
        found = suggest(view, offset)
        assert found.start <= offset <= found.end
        assert "\n" not in text[found.start : found.end] or text[found.start] == '"'
        signatures.at(view, offset)


@each_example
def test_an_example_that_breaks_off_is_answered_where_it_ends(file):
    text = file.read_text(encoding="utf-8")
    project = Project()
    for end in range(7, len(text), max(len(text) // 3, 1)):
        project.open(file, text[:end])
        assert suggest(project.view(file), end).end == end
        signatures.at(project.view(file), end)


def test_what_is_offered_for_a_value_can_be_read_by_the_parser():
    file = ROOT / "examples" / "portrait.wan"
    text = file.read_text(encoding="utf-8")
    project = Project()
    for declared in parse(Source(text))[0].declarations:
        for item in walk(declared):
            if not isinstance(item, Attribute):
                continue
            broken = text[: item.value.start] + text[item.value.end :]
            project.open(file, broken)
            found = suggest(project.view(file), item.value.start)
            assert found.items
            for each in found.items[:10]:
                if "$" not in each.insert:
                    made = broken[: found.start] + each.text + broken[found.end :]
                    assert not parse(Source(made))[1], each
