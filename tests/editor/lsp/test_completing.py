"""Completion as the protocol has it."""

from __future__ import annotations

import copy

import pytest

PASS = "wan 1\nuse wan22\n\npass high {\n    model = \n    de\n}\n"


def _snippets(capabilities):
    made = copy.deepcopy(capabilities)
    made["textDocument"]["completion"] = {"completionItem": {"snippetSupport": True}}
    return made


def test_suggestions_keep_their_order_and_replace_the_word(editor):
    uri = editor.open("a.wan", PASS)
    found = editor.request("textDocument/completion", editor.at(uri, "de\n", 1))
    first = min(found["items"], key=lambda item: item["sortText"])
    assert first["label"] == "denoise"
    assert first["textEdit"] == {
        "range": editor.range(uri, "de\n") | {"end": {"line": 5, "character": 6}},
        "newText": "denoise = ",
    }


def test_the_documentation_of_a_name_comes_when_it_is_asked_for(editor):
    uri = editor.open("a.wan", PASS)
    found = editor.request("textDocument/completion", editor.at(uri, "= \n", 2))["items"][0]
    assert found["label"] == "wan22.i2v_high" and "documentation" not in found
    resolved = editor.request("completionItem/resolve", found)
    assert "high-noise expert" in resolved["documentation"]["value"]


def test_snippets_are_for_clients_that_know_them(new_editor, pull):
    plain = new_editor()
    uri = plain.open("a.wan", "wan 1\nuse wan22\n\nprofi\n")
    item = plain.request("textDocument/completion", plain.at(uri, "profi", 5))["items"][0]
    assert item["textEdit"]["newText"].startswith('profile desktop {\n    card  = "RTX 4090"\n')
    assert "command" not in item
    knowing = new_editor(_snippets(pull))
    uri = knowing.open("b.wan", plain.texts[uri])
    item = knowing.request("textDocument/completion", knowing.at(uri, "profi", 5))["items"][0]
    assert "${1:desktop}" in item["textEdit"]["newText"] and item["insertTextFormat"] == 2


@pytest.mark.parametrize("line", [0, 99])
def test_a_place_outside_and_a_file_that_is_no_wan_file_are_no_error(editor, line):
    uri = editor.open("a.json", "{}", "json")
    params = editor.of(uri, position={"line": line, "character": 50})
    assert editor.request("textDocument/completion", params)["items"] == []
