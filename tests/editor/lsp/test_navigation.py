"""Names, places and layout through the protocol: what conversion can get wrong."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.editor.lsp.conftest import PUSH, Failure

HOUSE = (ROOT / "examples/house/house.wan").read_text(encoding="utf-8")
ADA = (ROOT / "examples/house/ada.wan").read_text(encoding="utf-8")
BEA = (ROOT / "examples/house/bea.wan").read_text(encoding="utf-8")


@pytest.fixture
def house(editor):
    """The folder of a house with two open files and one that is not."""
    (editor.folder / "wan.toml").touch()
    editor.save("house.wan", HOUSE)
    editor.save("bea.wan", BEA)
    editor.open("house.wan", HOUSE)
    return editor


def changed(text, edits):
    """A text with edits of the protocol, all ASCII."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines) + 1)]

    def offset(place):
        return min(starts[min(place["line"], len(lines))] + place["character"], len(text))

    for edit in sorted(edits, key=lambda each: offset(each["range"]["start"]), reverse=True):
        start, end = (offset(edit["range"][each]) for each in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def test_a_renamed_pass_has_edits_of_every_file_with_the_versions_of_the_open_ones(house):
    uri = house.open("ada.wan", ADA)
    params = house.at(uri, "house.high", 6)
    assert house.request("textDocument/prepareRename", params)["placeholder"] == "high"
    found = house.request("textDocument/rename", {**params, "newName": "noisy"})
    by_uri = {each["textDocument"]["uri"]: each for each in found["documentChanges"]}
    assert {each: by_uri[each]["textDocument"]["version"] for each in by_uri} == {
        house.uri("house.wan"): 1,
        house.uri("ada.wan"): 1,
        house.uri("bea.wan"): None,
    }
    after = changed(ADA, by_uri[uri]["edits"])
    assert after == ADA.replace("house.high", "house.noisy")


def test_a_name_that_stays_is_an_error_with_the_reason(house):
    uri = house.open("ada.wan", ADA)
    with pytest.raises(Failure, match="has a `low` already"):
        house.request("textDocument/rename", house.at(uri, "house.high", 6, newName="low"))
    with pytest.raises(Failure, match="a setting of the language"):
        house.request("textDocument/prepareRename", house.at(uri, "prompt"))


def test_a_client_without_versions_gets_edits_by_uri(new_editor):
    editor = new_editor({**PUSH, "workspace": {}})
    uri = editor.open("a.wan", HOUSE)
    found = editor.request("textDocument/rename", editor.at(uri, "negative =", newName="kept"))
    assert changed(HOUSE, found["changes"][uri]) == re.sub("(let |= )negative", r"\1kept", HOUSE)


def test_a_file_that_moves_is_used_from_its_new_place(house):
    uri = house.open("ada.wan", ADA)
    files = [{"oldUri": house.uri("house.wan"), "newUri": house.uri("shared/house.wan")}]
    found = house.request("workspace/willRenameFiles", {"files": files})
    texts = {
        each["textDocument"]["uri"]: each["edits"][0]["newText"]
        for each in found["documentChanges"]
    }
    assert texts == {uri: '"shared/house.wan"', house.uri("bea.wan"): '"shared/house.wan"'}


def test_definitions_are_in_other_files_and_in_the_library(house):
    uri = house.open("ada.wan", ADA)
    found = house.request("textDocument/definition", house.at(uri, "house.finish", 6))
    assert found["uri"] == house.uri("house.wan")
    line = HOUSE.split("\n")[found["range"]["start"]["line"]]
    assert line.startswith("stage finish(")
    found = house.request("textDocument/definition", house.at(house.uri("house.wan"), "rife("))
    assert found["uri"].endswith("language/library/std.wan")


def test_a_client_that_asks_for_documents_gets_those_of_the_library(new_editor):
    workspace = {**PUSH["workspace"], "textDocumentContent": {}}
    editor = new_editor({**PUSH, "workspace": workspace})
    assert editor.capabilities["workspace"]["textDocumentContent"] == {"schemes": ["wan-library"]}
    uri = editor.open("a.wan", HOUSE)
    found = editor.request("textDocument/definition", editor.at(uri, "rife("))
    assert found["uri"] == "wan-library:/std.wan"
    text = editor.request("workspace/textDocumentContent", {"uri": found["uri"]})["text"]
    assert text.split("\n")[found["range"]["start"]["line"]].startswith("stage rife(")
    opened = editor.open("wan-library:/std.wan", text)
    assert editor.diagnostics(opened) == []
    assert editor.request("textDocument/documentSymbol", editor.of(opened))
    with pytest.raises(Failure, match="belongs to the standard library"):
        editor.request("textDocument/rename", editor.at(opened, "rife(", newName="x"))
    for wrong in ("wan-library:/../kinds.py", "wan-library:/none.wan", "file:///etc/hosts"):
        with pytest.raises(Failure, match="not a file of the standard library"):
            editor.request("workspace/textDocumentContent", {"uri": wrong})


def test_references_are_those_of_files_that_are_not_open(house):
    uri = house.uri("house.wan")
    context = {"includeDeclaration": False}
    found = house.request("textDocument/references", house.at(uri, "grain {", context=context))
    assert {each["uri"] for each in found} == {uri, house.uri("bea.wan")}
    assert len(found) == 3


def test_highlights_tell_what_sets_from_what_reads(house):
    uri = house.uri("house.wan")
    found = house.request("textDocument/documentHighlight", house.at(uri, "cfg: float"))
    assert [each["kind"] for each in found] == [3, 2, 2]
    assert house.request("textDocument/documentHighlight", house.at(uri, "# What")) is None


def test_colours_are_those_of_the_names_and_change_by_edits(house):
    uri = house.uri("house.wan")
    legend = house.capabilities["semanticTokensProvider"]["legend"]
    first = house.request("textDocument/semanticTokens/full", house.of(uri))
    names = {(text, legend["tokenTypes"][kind]) for text, kind in decoded(HOUSE, first["data"])}
    assert {("grain", "enumMember"), ("finish", "function"), ("cfg", "parameter")} <= names
    house.type(uri, "strength = 0.6", "strength = 0.65")
    delta = house.request(
        "textDocument/semanticTokens/full/delta", house.of(uri, previousResultId=first["resultId"])
    )
    data = first["data"]
    for edit in delta["edits"]:
        end = edit["start"] + edit["deleteCount"]
        data = [*data[: edit["start"]], *edit.get("data", []), *data[end:]]
    again = house.request("textDocument/semanticTokens/full", house.of(uri))
    assert data == again["data"] and 0 < len(delta["edits"][0]["data"]) < 40
    stale = house.request(
        "textDocument/semanticTokens/full/delta", house.of(uri, previousResultId="0")
    )
    assert stale["data"] == data
    part = house.request(
        "textDocument/semanticTokens/range",
        house.of(uri, range=house.range(uri, "stage finish")),
    )
    shown = [text for text, _ in decoded(house.texts[uri], part["data"])]
    assert shown == ["stage", "finish"]


def decoded(text, data):
    """Each token's text and the number of its type."""
    lines, line, column = text.split("\n"), 0, 0
    for down, right, length, kind, _ in zip(*(iter(data),) * 5, strict=True):
        column = right if down else column + right
        line += down
        yield lines[line][column : column + length], kind


def test_a_document_with_wide_characters_is_laid_out_by_its_units(editor):
    uri = editor.open("a.wan", 'wan 1\nlet a   =   "😀😀"\nlet b  = a\n')
    options = {"tabSize": 8, "insertSpaces": False}
    found = editor.request("textDocument/formatting", editor.of(uri, options=options))
    assert [each["newText"] for each in found] == ['let a = "😀😀"\n', "let b = a\n"]
    highlights = editor.request("textDocument/documentHighlight", editor.at(uri, "a\n"))
    assert [each["range"]["start"] for each in highlights] == [
        {"line": 1, "character": 4},
        {"line": 2, "character": 9},
    ]


def test_a_broken_document_is_not_laid_out_and_that_is_told(editor):
    uri = editor.open("a.wan", "wan 1\nlet a = [\n")
    options = {"tabSize": 4, "insertSpaces": True}
    assert editor.request("textDocument/formatting", editor.of(uri, options=options)) is None
    (told,) = editor.sent_of("window/showMessage")
    assert "not formatted, because of a syntax error: line 2" in told["message"]


def test_a_line_that_begins_in_a_block_is_indented(editor):
    uri = editor.open("a.wan", "wan 1\npipeline p {\n\n}\n")
    options = {"tabSize": 2, "insertSpaces": True}
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": 2, "character": 0},
        "ch": "\n",
        "options": options,
    }
    (edit,) = editor.request("textDocument/onTypeFormatting", params)
    assert edit["newText"] == "    "


def test_outlines_folds_and_selections_are_nested(house):
    uri = house.uri("house.wan")
    shown = house.request("textDocument/documentSymbol", house.of(uri))
    assert [each["name"] for each in shown][-2:] == ["finish", "portrait"]
    (folded,) = (
        each
        for each in house.request("textDocument/foldingRange", house.of(uri))
        if HOUSE.split("\n")[each["startLine"]].startswith("pipeline")
    )
    assert HOUSE.split("\n")[folded["endLine"] + 1] == "}"
    position = house.at(uri, "832x1216")["position"]
    (grown,) = house.request("textDocument/selectionRange", house.of(uri, positions=[position]))
    texts = []
    while grown:
        start, end = grown["range"]["start"], grown["range"]["end"]
        if start["line"] == end["line"]:
            line = HOUSE.split("\n")[start["line"]]
            texts.append(line[start["character"] : end["character"]])
        grown = grown.get("parent")
    assert texts == ["832x1216", "size     = 832x1216"]


def test_the_folders_are_looked_through_for_names(house):
    found = house.request("workspace/symbol", {"query": "fin"})
    assert [(each["name"], each["location"]["uri"]) for each in found] == [
        ("finish", house.uri("house.wan"))
    ]


def test_callers_and_callees_go_through_files(house):
    uri = house.uri("house.wan")
    (item,) = house.request("textDocument/prepareCallHierarchy", house.at(uri, "pass high", 5))
    callers = house.request("callHierarchy/incomingCalls", {"item": item})
    assert [(each["from"]["name"], each["from"]["uri"]) for each in callers] == [
        ("portrait", uri),
        ("bea", house.uri("bea.wan")),
    ]
    (caller,) = (each["from"] for each in callers if each["from"]["name"] == "portrait")
    called = house.request("callHierarchy/outgoingCalls", {"item": caller})
    assert [each["to"]["name"] for each in called] == ["negative", "high", "low", "finish"]


def test_links_lead_to_files_and_to_pages_of_rules(house):
    text = '# wan: allow(unused-suppression) kept\nlet a = 1\nuse "house.wan" as house\n'
    uri = house.open("b.wan", text)
    found = house.request("textDocument/documentLink", house.of(uri))
    targets = [each["target"].rpartition("/")[2] for each in found]
    assert targets == ["WAN001-unused-suppression.md", "house.wan"]
    assert found[-1]["target"] == house.uri("house.wan")


def test_json_and_files_that_are_not_there_have_no_names(editor):
    uri = editor.open("a.json", '{"1": {"class_type": "LoadImage", "inputs": {}}}', "json")
    place = editor.at(uri, "LoadImage")
    assert editor.request("textDocument/definition", place) is None
    assert (
        editor.request(
            "textDocument/references", {**place, "context": {"includeDeclaration": True}}
        )
        == []
    )
    shown = editor.request("textDocument/documentSymbol", editor.of(uri))
    assert [each["name"] for each in shown] == ["#1 (LoadImage)"]
    missing = {
        "textDocument": {"uri": editor.uri("none.wan")},
        "position": {"line": 9, "character": 9},
    }
    assert editor.request("textDocument/definition", missing) is None
