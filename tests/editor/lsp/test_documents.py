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


def test_a_lone_cr_next_to_a_line_end_is_no_line_of_its_own(editor):
    uri = editor.open("a.wan", "wan 1\nlet size = nothing\n")
    end = {"line": 0, "character": 5}
    editor.change(uri, {"range": {"start": end, "end": end}, "text": "\r"})
    assert editor.diagnostics(uri)[0]["range"]["start"] == {"line": 1, "character": 11}
    # The text is now "wan 1\r\nlet …": taking the first half of the line end away leaves the other.
    text = "wan 1\r\nlet size = nothing\n"
    assert editor.server.documents[uri].text == text


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 20), ("utf-16", 16), ("utf-32", 15)])
def test_columns_are_counted_as_the_client_and_the_server_agree(new_editor, encoding, character):
    general = {"general": {"positionEncodings": [encoding]}}
    editor = new_editor(general)
    assert editor.capabilities["positionEncoding"] == encoding
    text = 'wan 1\nlet a = ["\u2028😀", nothing]\n'
    uri = editor.open("a.wan", text)
    found = editor.diagnostics(uri)[0]["range"]
    assert found["start"] == {"line": 1, "character": character}
    editor.change(uri, {"range": found, "text": "5"})
    assert editor.diagnostics(uri) == []
    assert editor.server.documents[uri].text == text.replace("nothing", "5")


def test_a_tab_is_one_column_and_half_a_character_is_no_end(editor):
    uri = editor.open("a.wan", 'wan 1\nlet a = "\ud83d"\n\tlet b = nothing\n')
    assert editor.diagnostics(uri)[-1]["range"]["start"] == {"line": 2, "character": 9}


def test_places_behind_the_end_are_the_end(editor):
    uri = editor.open("a.wan", "wan 1\n")
    far = {"line": 900, "character": 900}
    editor.change(uri, {"range": {"start": far, "end": far}, "text": "let a = nothing"})
    assert editor.server.documents[uri].text == "wan 1\nlet a = nothing"
    assert editor.codes(uri) == ["WAN207"]


def test_a_document_without_a_file_finds_what_is_in_the_folder(editor):
    editor.save("house.wan", "wan 1\nlet length = 5s\n")
    uri = editor.open(
        "untitled:Untitled-1", 'wan 1\nuse "house.wan" as house\nlet a = house.lenght\n'
    )
    assert [each["range"]["start"]["line"] for each in editor.diagnostics(uri)] == [2]


def test_a_closed_document_has_no_findings_any_more(editor):
    uri = editor.open("a.wan", "let size = nothing\n")
    assert editor.codes(uri)
    editor.shut(uri)
    assert editor.pushed[uri] == {"uri": uri, "diagnostics": []}


@pytest.mark.parametrize("name", ["a b.wan", "ä😀.wan", "100%.wan", "#1?.wan"])
def test_a_file_of_any_name_is_known_by_every_way_to_write_its_uri(editor, name):
    uri = editor.open(name, "let size = nothing\n")
    every = "file://" + "".join(
        each if each == "/" else "".join(f"%{byte:02x}" for byte in each.encode())
        for each in (editor.folder / name).as_posix()
    )
    assert editor.server.file(uri) == editor.server.file(every) == editor.folder / name


def test_json_of_others_and_ordinary_scripts_are_left_alone(editor):
    for name, text in [
        ("package.json", '{"name": "x", "nodes": 3,}'),
        ("settings.json", "{"),
        ("run.sh", "python train.py --lowvram\n"),
        ("compose.yml", "a: 1\n"),
        ("notes.txt", "pass high {"),
        ("pyproject.toml", "[tool.other]\nx = 1\nx = 2\n"),
    ]:
        assert editor.diagnostics(editor.open(name, text, "plaintext")) == [], name


def test_comfyui_json_and_a_launcher_of_comfyui_are_judged(editor):
    prompt = '{"1": {"class_type": "KSamplr", "inputs": {}}}'
    assert editor.codes(editor.open("prompt.json", prompt, "json"))
    assert editor.codes(editor.open("untitled:Untitled-2", prompt, "json"))
    start = "python main.py --lowvram\n"
    assert editor.codes(editor.open("start.sh", start, "shellscript")) == ["WAN975"]


def test_a_json_of_one_long_line_is_changed_where_the_client_means(editor):
    text = '["' + "é😀" * 600_000 + '"]'
    uri = editor.open("a.json", text, "json")
    place = {"line": 0, "character": 2 + 3 * 500_000}
    editor.change(uri, {"range": {"start": place, "end": place}, "text": "x"})
    changed = editor.server.documents[uri].text
    assert changed == text[: 2 + 2 * 500_000] + "x" + text[2 + 2 * 500_000 :]
    assert "Not checked while you type" in editor.diagnostics(uri)[0]["message"]


def test_a_text_that_is_too_long_is_told_and_not_judged(editor):
    uri = editor.open("a.wan", "# long\n" * 40_000 + "pass {\n")
    (found,) = editor.diagnostics(uri)
    assert "Not checked while you type: 280,007 characters" in found["message"]
    assert found["severity"] == 3
