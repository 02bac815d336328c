"""What is shown of a finding, where, and when it is sent again."""

from __future__ import annotations

import pytest

BROKEN = "wan 1\nlet size = nothing\n"
USES = 'wan 1\nuse "house.wan" as house\nlet a = house.size\n'


def test_a_finding_has_the_page_of_its_rule_and_what_a_fix_needs(editor):
    uri = editor.open("a.wan", "wan 1\nuse wan22\nlet a = wan22.lightx2v_hihg\n")
    found = next(each for each in editor.diagnostics(uri) if each["severity"] == 1)
    page = f"docs/rules/{found['code']}-{found['data']['name']}.md"
    assert found["codeDescription"]["href"].endswith(page)
    assert "\n" in found["message"] and found["source"] == "wan"
    assert set(found["data"]) == {"name", "fix"}


def test_an_unused_name_is_faded_and_a_second_declaration_leads_to_the_first(editor):
    uri = editor.open("a.wan", "wan 1\npass a { steps = 4 }\npass a { steps = 4 }\n")
    related = [
        each["relatedInformation"]
        for each in editor.diagnostics(uri)
        if "relatedInformation" in each
    ]
    assert related[0][0]["location"] == {"uri": uri, "range": editor.range(uri, "a {")} or related
    suppressed = editor.open(
        "b.wan", "# wan: allow-file(unknown-name) no reason\nwan 1\nlet a = 5\n"
    )
    assert [
        each.get("tags") for each in editor.diagnostics(suppressed) if each["code"] == "WAN001"
    ] == [[1]]


def test_findings_in_a_used_file_are_shown_there_and_go_with_it(editor):
    editor.save("house.wan", BROKEN)
    uri = editor.open("a.wan", USES)
    used = editor.uri("house.wan")
    assert "WAN207" in editor.codes(used)
    assert "version" not in editor.pushed[used]
    assert "WAN207" not in editor.codes(uri)
    editor.shut(uri)
    assert editor.diagnostics(used) == []


def test_an_unsaved_change_of_a_used_file_shows_where_it_is_used(editor):
    editor.save("house.wan", "wan 1\nlet size = 832x480\n")
    uri = editor.open("a.wan", USES)
    assert not [each for each in editor.diagnostics(uri) if each["severity"] == 1]
    used = editor.open("house.wan", "wan 1\nlet size = 832x480\n")
    editor.type(used, "size", "sizes")
    assert [each for each in editor.diagnostics(uri) if each["severity"] == 1]
    editor.type(used, "sizes", "size")
    assert not [each for each in editor.diagnostics(uri) if each["severity"] == 1]


def test_nothing_is_sent_again_that_is_as_it_was(editor):
    uri = editor.open("a.wan", BROKEN)
    editor.open("b.wan", BROKEN)
    sent = editor.sent_of("textDocument/publishDiagnostics")
    assert [each["uri"] for each in sent] == [uri, editor.uri("b.wan")]


def test_a_wrong_configuration_is_told_once_and_shown_at_its_line(editor):
    editor.save("wan.toml", 'card = "RTX 4090"\nselekt = ["WAN7"]\n')
    uri = editor.open("a.wan", BROKEN)
    at = editor.pushed[editor.uri("wan.toml")]["diagnostics"]
    assert [each["range"]["start"]["line"] for each in at] == [1]
    assert "did you mean `select`" in at[0]["message"]
    editor.type(uri, "nothing", "nothings")
    assert len(editor.sent_of("window/showMessage")) == 1
    editor.save("wan.toml", 'card = "RTX 4090"\n')
    change = {"uri": editor.uri("wan.toml"), "type": 2}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
    assert editor.pushed[editor.uri("wan.toml")]["diagnostics"] == []
    assert editor.codes(uri) == ["WAN207"]


@pytest.mark.parametrize(
    ("text", "needle", "said"),
    [
        ("x = = 1\n", "= 1", "is not TOML"),
        ('ignore = ["WAN7", "unknwon-name"]\n', "unknwon-name", "unknown-name"),
        ('card = "RTX 490"\n', 'card = "RTX 490"', "RTX 4090"),
        ('strict = true\ntarget = "0.39.9.9"\n', 'target = "0.39.9.9"', "0.39"),
        ('[profile.night]\ncard = "RTX 490"\n', 'card = "RTX 490"', "RTX 4090"),
        ('nodes = ["none/*.wan"]\n', 'nodes = ["none/*.wan"]', "no file matches"),
    ],
)
def test_a_configuration_is_judged_as_it_is_typed(editor, text, needle, said):
    uri = editor.open("wan.toml", text, "toml")
    (found,) = editor.diagnostics(uri)
    assert said in found["message"]
    assert found["range"]["start"] == editor.range(uri, needle)["start"]
    text = f"[tool.wan]\n{text}".replace("[profile", "[tool.wan.profile")
    other = editor.open("pyproject.toml", text, "toml")
    assert said in editor.diagnostics(other)[0]["message"]


def test_what_the_configuration_excludes_has_no_findings_but_is_known(editor):
    editor.save("wan.toml", 'exclude = ["old"]\n')
    uri = editor.open("old/a.wan", BROKEN)
    assert editor.diagnostics(uri) == []
    assert editor.server.view(uri).module is not None


# --- pulled ---


def pulled(editor, uri, previous=None):
    return editor.request("textDocument/diagnostic", editor.of(uri, previousResultId=previous))


def test_a_client_that_pulls_is_pushed_nothing(new_editor, pull):
    editor = new_editor(pull)
    uri = editor.open("a.wan", BROKEN)
    assert not editor.pushed
    first = pulled(editor, uri)
    assert [each["code"] for each in first["items"]] == ["WAN207"]
    assert pulled(editor, uri, first["resultId"]) == {
        "kind": "unchanged",
        "resultId": first["resultId"],
    }
    editor.type(uri, "nothing", "5s")
    assert pulled(editor, uri, first["resultId"])["items"] == []


def test_a_pulled_report_has_what_is_found_in_files_that_are_not_open(new_editor, pull):
    editor = new_editor(pull)
    editor.save("house.wan", BROKEN)
    uri = editor.open("a.wan", USES)
    related = pulled(editor, uri)["relatedDocuments"]
    assert [each["code"] for each in related[editor.uri("house.wan")]["items"]] == ["WAN207"]


def test_a_change_of_a_used_file_has_the_client_pull_again(new_editor, pull):
    editor = new_editor(pull)
    editor.save("house.wan", "wan 1\nlet size = 832x480\n")
    uri = editor.open("a.wan", USES)
    used = editor.open("house.wan", "wan 1\nlet size = 832x480\n")
    pulled(editor, uri)
    before = len(editor.sent_of("workspace/diagnostic/refresh"))
    editor.type(used, "size", "sizes")
    assert len(editor.sent_of("workspace/diagnostic/refresh")) == before + 1


def test_a_folder_is_judged_whole_and_then_by_what_changes(new_editor, pull):
    editor = new_editor(pull)
    editor.save("a.wan", BROKEN)
    editor.save("deep/b.wan", BROKEN)
    editor.save("package.json", "{}")
    first = editor.request("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert {each["uri"] for each in first} == {editor.uri("a.wan"), editor.uri("deep/b.wan")}
    known = [{"uri": each["uri"], "value": each["resultId"]} for each in first]
    again = editor.request("workspace/diagnostic", {"previousResultIds": known})["items"]
    assert {each["kind"] for each in again} == {"unchanged"}
    editor.save("a.wan", "wan 1\nlet size = nothing_else\n")
    (editor.folder / "deep" / "b.wan").unlink()
    after = editor.request("workspace/diagnostic", {"previousResultIds": known})["items"]
    found = {
        each["uri"]: [item["message"].split("\n")[0] for item in each["items"]] for each in after
    }
    assert found == {
        editor.uri("a.wan"): ["unknown name `nothing_else`"],
        editor.uri("deep/b.wan"): [],
    }


def test_the_text_of_the_editor_counts_for_an_open_file_of_the_folder(new_editor, pull):
    editor = new_editor(pull)
    editor.save("a.wan", BROKEN)
    editor.open("a.wan", "wan 1\n")
    (only,) = editor.request("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert (only["items"], only["version"]) == ([], 1)


def test_judging_a_folder_shows_how_far_it_is(new_editor, pull):
    editor = new_editor(pull)
    for number in range(4):
        editor.save(f"{number}.wan", BROKEN)
    editor.request("workspace/diagnostic", {"previousResultIds": [], "workDoneToken": "bar"})
    values = [each["value"] for each in editor.sent_of("$/progress")]
    assert [each["kind"] for each in values] == ["begin", *["report"] * 4, "end"]
    assert values[2]["percentage"] == 50
