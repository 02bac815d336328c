"""`offered` asks what can be written at the `|` of a text."""

from __future__ import annotations

import pytest

from wan22dsl.editor.completion.complete import suggest
from wan22dsl.editor.project import Project


@pytest.fixture
def offered(tmp_path):
    """`offered("pass high { | }")`: what is suggested there, in a file that uses wan22."""

    def ask(text, *, head="wan 1\nuse wan22\n\n", trigger=""):
        before, mark, behind = text.partition("|")
        assert mark, "a text without a place"
        project, file = Project(), tmp_path / "clip.wan"
        project.open(file, head + before + behind)
        return suggest(project.view(file), len(head + before), trigger)

    return ask


@pytest.fixture
def labels(offered):
    """The same, only the labels."""

    def ask(text, **options):
        return [each.label for each in offered(text, **options).items]

    return ask
