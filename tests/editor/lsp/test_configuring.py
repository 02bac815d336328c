"""Settings of the client: given at the start, asked for, and changed."""

from __future__ import annotations

BROKEN = "wan 1\nlet size = nothing\n"
PIPELINE = """wan 1
use wan22

pipeline clip {
    image  = "a.png"
    prompt = "a walk"
    flow   = wan22.high -> wan22.low -> save("clip")
}
"""
ASKS = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}}
}


def test_settings_are_given_at_the_start(new_editor):
    editor = new_editor(initializationOptions={"card": "RTX 4090", "hints": {"size": False}})
    settings = editor.server.project.settings
    assert settings.card == "RTX 4090" and not settings.hints.size and settings.hints.frames


def test_settings_are_asked_for_and_count_from_then_on(new_editor):
    editor = new_editor(ASKS)
    uri = editor.open("a.wan", BROKEN)
    assert editor.codes(uri)
    editor.configuration["wan"] = {"lint": False}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    assert editor.diagnostics(uri) == []
    asked = editor.sent_of("workspace/configuration")
    assert [each["items"] for each in asked] == [[{"section": "wan"}]] * 2


def test_a_client_that_cannot_be_asked_tells_its_settings(editor):
    uri = editor.open("a.wan", BROKEN)
    editor.notify("workspace/didChangeConfiguration", {"settings": {"wan": {"lint": False}}})
    assert editor.diagnostics(uri) == []


def test_a_wrong_setting_is_told_and_the_others_count(new_editor):
    options = {"card": "RTX 490", "hints": {"sizes": True}, "lint": "no", "profile": "night"}
    editor = new_editor(initializationOptions=options)
    told = [each["message"] for each in editor.sent_of("window/showMessage")]
    assert len(told) == 3
    assert any("RTX 4090" in each for each in told)
    assert any("did you mean `wan.hints.size`" in each for each in told)
    assert any("`wan.lint` must be true or false" in each for each in told)
    assert editor.server.project.settings.profile == "night"


def test_what_an_editor_keeps_for_itself_is_no_mistake(new_editor):
    given = {
        "server": {"path": "/opt/wan", "arguments": ["lsp"]},
        "run": {"server": "http://127.0.0.1:8188", "where": "ask", "speed": "60"},
        "graph": {"followCursor": True},
        "trace": {"server": "off"},
        "card": "RTX 4090",
    }
    editor = new_editor(initializationOptions={"trusted": True, "settings": given})
    assert not editor.sent_of("window/showMessage")
    settings = editor.server.project.settings
    assert (settings.server, settings.card) == ("http://127.0.0.1:8188", "RTX 4090")
    away = {"run": {"server": "http://10.1.2.3:8188"}, "target": "http://10.1.2.3:8188"}
    editor.notify("workspace/didChangeConfiguration", {"settings": {"wan": away}})
    assert all(
        "have not allowed" in each["message"] for each in editor.sent_of("window/showMessage")
    )
    assert len(editor.sent_of("window/showMessage")) == 2
    assert editor.server.project.settings.server is None


def test_what_matters_on_disk_is_watched(new_editor):
    watch = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    editor = new_editor(watch)
    ((registration,),) = [
        each["registrations"] for each in editor.sent_of("client/registerCapability")
    ]
    patterns = " ".join(each["globPattern"] for each in registration["registerOptions"]["watchers"])
    assert "wan,json" in patterns and "pyproject" in patterns and "png" in patterns


def test_a_picture_that_appears_is_found(editor):
    uri = editor.open("a.wan", PIPELINE)
    before = editor.diagnostics(uri)
    editor.save("a.png", "x")
    change = {"uri": editor.uri("a.png"), "type": 1}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
    assert editor.diagnostics(uri) != before
