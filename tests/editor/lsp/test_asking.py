"""Hover, hints, lenses and commands through the protocol."""

from __future__ import annotations

from tests.conftest import ROOT

PORTRAIT = (ROOT / "examples" / "portrait.wan").read_text("utf-8")


def whole(editor, uri):
    end = editor.place(uri, len(editor.texts[uri]))
    return {"start": {"line": 0, "character": 0}, "end": end}


def test_hover_is_markdown_with_the_range_of_the_name(editor):
    uri = editor.open("a.wan", PORTRAIT)
    found = editor.request("textDocument/hover", editor.at(uri, "high {", 2))
    assert found["contents"]["kind"] == "markdown"
    assert "high-noise expert" in found["contents"]["value"]
    assert found["range"]["end"]["character"] - found["range"]["start"]["character"] == 4
    assert editor.request("textDocument/hover", editor.at(uri, "# Another")) is None


def test_places_behind_wide_characters_are_right(editor):
    uri = editor.open("a.wan", PORTRAIT.replace("length = 5s", 'negative = "😀😀", length = 5s'))
    found = editor.request("textDocument/hover", editor.at(uri, "5s #", 1))
    assert found["range"] == editor.range(uri, "5s")


def test_hints_are_those_of_the_range(editor):
    uri = editor.open("a.wan", PORTRAIT)
    found = editor.request("textDocument/inlayHint", editor.of(uri, range=whole(editor, uri)))
    labels = [each["label"] for each in found]
    assert "81 frames" in labels and "→ σ 0.833" in labels
    here = editor.range(uri, "length = 5s")
    (only,) = editor.request("textDocument/inlayHint", editor.of(uri, range=here))
    assert only["position"] == here["end"]
    assert "81 = 4·20 + 1" in only["tooltip"]["value"]


def test_hints_and_lenses_follow_the_settings_of_the_client(new_editor, pull):
    off = {"hints": False, "lenses": {"run": False, "compile": False}}
    editor = new_editor(pull, initializationOptions=off)
    uri = editor.open("a.wan", PORTRAIT)
    assert editor.request("textDocument/inlayHint", editor.of(uri, range=whole(editor, uri))) == []
    found = editor.request("textDocument/codeLens", editor.of(uri))
    assert [each["data"]["what"] for each in found] == ["estimate", "graph"]


def test_lenses_name_commands_of_the_editor(editor):
    uri = editor.open("a.wan", PORTRAIT)
    found = editor.request("textDocument/codeLens", editor.of(uri))
    commands = [
        editor.request("codeLens/resolve", each)["command"]
        if not each.get("command")
        else each["command"]
        for each in found
    ]
    assert [each["command"] for each in commands] == [
        "wan.ui.run", "wan.ui.compile", "wan.ui.estimate", "wan.ui.graph",
    ]  # fmt: skip
    assert commands[0]["arguments"] == [{"uri": uri, "pipeline": "portrait"}]


def execute(editor, command, *arguments):
    params = {"command": command, "arguments": list(arguments)}
    return editor.request("workspace/executeCommand", params)


def test_lenses_are_asked_for_again_by_clients_that_can(new_editor, pull):
    told = {**pull, "workspace": {"codeLens": {"refreshSupport": True}}}
    for capabilities, times in ((told, 1), (pull, 0)):
        editor = new_editor(capabilities)
        editor.open("a.wan", PORTRAIT)
        assert execute(editor, "wan.refreshLenses") is None
        methods = [each["method"] for each in editor.sent]
        assert methods.count("workspace/codeLens/refresh") == times


def test_commands_answer_with_data(editor):
    uri = editor.open("a.wan", PORTRAIT)
    made = execute(editor, "wan.compile", {"uri": uri})
    assert '"KSamplerAdvanced"' in made["text"] and made["problem"] == ""
    drawn = execute(editor, "wan.graph", {"uri": uri, "position": editor.place(uri, 900)})
    (rife,) = (box for box in drawn["boxes"] if box["node"] == "rife")
    assert rife["places"][0] == {"uri": uri, "range": editor.range(uri, "rife(times = 2)")}
    here = editor.range(uri, "rife(times")["start"]
    assert execute(editor, "wan.graphAt", {"uri": uri, "position": here})["nodes"] == ["rife"]


def test_a_wrong_argument_is_a_problem_and_no_error(editor):
    uri = editor.open("a.wan", PORTRAIT.replace("high -> low", "high -> lowe"))
    for command in ("compile", "expand", "describe", "estimate", "graph", "graphAt", "diff"):
        assert execute(editor, f"wan.{command}")["problem"]
        assert execute(editor, f"wan.{command}", {"uri": 3, "position": "x"})["problem"]
    made = execute(editor, "wan.compile", {"uri": uri, "pipeline": ["x"], "format": None})
    assert made["problem"] == "1 error; nothing was written"
    (finding, *_) = made["findings"]
    assert finding["place"]["range"] == editor.range(uri, "lowe")
    assert execute(editor, "wan.import", {"path": "/nowhere.json"})["problem"]
    assert execute(editor, "wan.diff", {"uri": uri, "other": "file:///nowhere.json"})["problem"]
