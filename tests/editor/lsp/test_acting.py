"""Code actions through the protocol: what the client asked for, in the form that it can make."""

from __future__ import annotations

from copy import deepcopy

from tests.conftest import ROOT

PORTRAIT = (ROOT / "examples" / "portrait.wan").read_text("utf-8")
MISTYPED = PORTRAIT.replace("lightx2v_high", "lightx2v_hihg")
ACTION = "textDocument/codeAction"


def asked(editor, uri, needle, **context):
    found = editor.range(uri, needle)
    context = {"diagnostics": editor.diagnostics(uri), **context}
    return editor.request(ACTION, editor.of(uri, range=found, context=context))


def made(editor, uri, action):
    """The text with the edit of an action, as a client puts it in."""
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": editor.versions[uri]}
    text = editor.texts[uri]
    lines = text.splitlines(keepends=True)

    def offset(place):
        return sum(map(len, lines[: place["line"]])) + place["character"]

    for edit in reversed(change["edits"]):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def test_the_fix_of_a_mistyped_lora(editor):
    uri = editor.open("portrait.wan", MISTYPED)
    (first, *_) = asked(editor, uri, "hihg")
    assert first["isPreferred"] and first["kind"] == "quickfix"
    assert [each["code"] for each in first["diagnostics"]] == ["WAN207"]
    assert made(editor, uri, first) == PORTRAIT


def test_all_safe_fixes_on_save_are_found_when_they_are_chosen(editor):
    uri = editor.open("a.wan", "wan 1;\nlet a = True\n")
    (action,) = asked(editor, uri, "let", only=["source.fixAll"])
    assert action["kind"] == "source.fixAll.wan" and "edit" not in action
    editor.type(uri, "let a", "let b")
    assert made(editor, uri, editor.request("codeAction/resolve", action)) == (
        "wan 1\nlet b = true\n"
    )


def test_a_client_that_cannot_resolve_gets_the_edits_at_once(new_editor, pull):
    told = deepcopy(pull)
    del told["textDocument"]["codeAction"]["resolveSupport"]
    told["workspace"]["workspaceEdit"] = {}
    editor = new_editor(told)
    uri = editor.open("a.wan", "wan 1;\nlet a = True\n")
    found = editor.range(uri, "wan")
    context = {"diagnostics": [], "only": ["source.fixAll.wan"]}
    (action,) = editor.request(ACTION, editor.of(uri, range=found, context=context))
    assert len(action["edit"]["changes"][uri]) == 2


def test_a_rule_is_explained_and_its_page_opened(editor):
    uri = editor.open("portrait.wan", MISTYPED)
    (action,) = [each for each in asked(editor, uri, "hihg") if "command" in each]
    told = editor.request("workspace/executeCommand", action["command"])
    assert told["code"] == "WAN207" and told["markdown"].startswith("## Why it matters")
    (message,) = editor.sent_of("window/showMessage")
    assert told["url"] in message["message"]


def test_a_client_that_explains_itself_is_only_told(new_editor, pull):
    editor = new_editor({**pull, "experimental": {"wanExplain": True}})
    call = {"command": "wan.explain", "arguments": ["unknown-name"]}
    assert editor.request("workspace/executeCommand", call)["code"] == "WAN207"
    assert not editor.sent_of("window/showMessage")


def test_a_new_configuration_is_made_only_where_the_client_can(new_editor, pull):
    for operations, says_how in (([], True), (["create"], True), (["create"], False)):
        told = deepcopy(pull)
        able = {"resourceOperations": operations, "documentChanges": says_how}
        told["workspace"]["workspaceEdit"] = able
        editor = new_editor(told)
        uri = editor.open("a.wan", MISTYPED)
        found = editor.range(uri, "hihg")
        context = {"diagnostics": []}
        actions = editor.request(ACTION, editor.of(uri, range=found, context=context))
        new = [each for each in actions if each["title"] == "Ignore unknown-name in wan.toml"]
        assert len(new) == len(operations)
        for action in new:
            create, change = action["edit"]["documentChanges"]
            assert create["kind"] == "create" and create["uri"] == editor.uri("wan.toml")
            assert change["edits"][0]["newText"] == 'ignore = ["unknown-name"]\n'


def test_an_unsaved_document_is_changed_by_its_own_name(editor):
    uri = editor.open("untitled:Untitled-1", MISTYPED)
    (first, *_) = asked(editor, uri, "hihg")
    assert made(editor, uri, first) == PORTRAIT
