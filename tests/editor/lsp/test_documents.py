"""Documents as an editor changes them: the text that is judged is the one that the editor has."""

from __future__ import annotations

import pytest


def test_an_edit_of_a_range_is_judged_at_once(editor):
    uri = editor.open("a.wan", "wan 1\nlet size = nothing\n")
    assert editor.codes(uri) == ["WAN207"]
    editor.type(uri, "nothing", "832x480")
    assert editor.pushed[uri] == {"uri": uri, "version": 2, "diagnostics": []}


def test_places_behind_a_wide_character_count_its_units(editor):
    uri = editor.open("a.wan", 'wan 1\nlet a = ["😀", nothing]\n')
    found = editor.diagnostics(uri)[0]["range"]
    assert found == editor.range(uri, "nothing")
    assert found["start"] == {"line": 1, "character": 15}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_are_one(editor, end):
    uri = editor.open("a.wan", f"wan 1{end}let size = 5s{end}let other = nothing{end}")
    assert editor.diagnostics(uri)[0]["range"]["start"] == {"line": 2, "character": 12}
