"""Clients that send nonsense, take requests back, or come too early: the server goes on."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.editor.lsp.conftest import Failure
from wan22dsl.editor.lsp.stdio import messages


def together(editor, *sent):
    """What the server answers to messages that come at once."""
    answers = []
    editor.write = lambda data: answers.append(json.loads(data))

    async def send():
        for message in sent:
            editor.server.protocol.receive(
                message
                if isinstance(message, bytes)
                else json.dumps({"jsonrpc": "2.0", **message}).encode()
            )
        while not editor.server.protocol.is_idle:
            await asyncio.sleep(0)

    editor._loop.run_until_complete(send())
    del editor.write
    return answers


def test_a_request_that_is_taken_back_while_it_waits_is_not_worked_at(editor):
    made = []
    editor.server.feature("wan/slow")(lambda params: made.append(params) or "done")
    answers = together(
        editor,
        {"id": 50, "method": "wan/slow", "params": {}},
        {"id": 51, "method": "wan/slow", "params": {}},
        {"method": "$/cancelRequest", "params": {"id": 51}},
    )
    assert len(made) == 1
    assert [answer.get("result") for answer in answers if answer["id"] == 50] == ["done"]
    assert [answer["error"]["code"] for answer in answers if answer["id"] == 51] == [-32800]


def test_findings_are_sent_once_for_keys_that_come_at_once(editor):
    uri = editor.open("a.wan", "wan 1\n")
    end = {"line": 1, "character": 0}
    keys = [
        {
            "method": "textDocument/didChange",
            "params": {
                "textDocument": {"uri": uri, "version": number},
                "contentChanges": [{"range": {"start": end, "end": end}, "text": "x"}],
            },
        }
        for number in range(2, 9)
    ]
    (answer,) = together(editor, *keys)
    assert answer["params"]["version"] == 8


def test_a_fault_of_ours_is_one_line_with_how_to_report_it(editor, monkeypatch):
    monkeypatch.delenv("WAN_TRACEBACK", raising=False)

    def broken(params):
        raise KeyError("a\nb")

    editor.server.feature("wan/broken")(broken)
    with pytest.raises(Failure) as failure:
        editor.request("wan/broken", {})
    said = failure.value.error["message"]
    assert "internal error" in said and "/issues" in said and "\n" not in said
    (log,) = editor.sent_of("window/logMessage")
    assert "KeyError" in log["message"] and "Traceback" not in log["message"]
    assert not editor.sent_of("window/showMessage")
    monkeypatch.setenv("WAN_TRACEBACK", "1")
    with pytest.raises(Failure):
        editor.request("wan/broken", {})
    assert "Traceback" in editor.sent_of("window/logMessage")[-1]["message"]
    assert editor.codes(editor.open("a.wan", "let a = b\n"))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[]", -32600),
        (b"[" * 100_000, -32700),
        ({"id": 60, "method": "textDocument/hover", "params": {"textDocument": 5}}, -32602),
        ({"id": 60, "method": "textDocument/hover"}, -32602),
        ({"id": 60, "method": "wan/unknown", "params": {}}, -32601),
        ({"id": 60, "method": "initialize", "params": {"capabilities": {}}}, -32600),
    ],
)
def test_a_message_that_makes_no_sense_is_answered_with_an_error(editor, message, code):
    answers = together(editor, message)
    assert [answer["error"]["code"] for answer in answers if "error" in answer] == [code]
    assert editor.codes(editor.open("a.wan", "let a = b\n"))


def test_notifications_that_make_no_sense_are_ignored(editor):
    for message in (
        {
            "method": "textDocument/didChange",
            "params": {"textDocument": {"uri": "file:///none", "version": 1}, "contentChanges": []},
        },
        {"method": "textDocument/didOpen", "params": None},
        {"method": "$/unknown", "params": {}},
        {"method": "unknown"},
        {"id": 99, "result": None},
        {"method": "$/cancelRequest", "params": {"id": 4711}},
        {"method": "$/cancelRequest"},
    ):
        together(editor, message)
    assert editor.codes(editor.open("a.wan", "let a = b\n"))


def test_requests_before_the_session_and_after_it_are_refused(new_editor):
    editor = new_editor()
    editor.server.protocol.is_begun = False
    hover = {"id": 70, "method": "textDocument/hover", "params": {}}
    assert together(editor, hover)[0]["error"]["code"] == -32002
    editor.server.protocol.is_begun = True
    together(editor, {"id": 71, "method": "shutdown"})
    assert together(editor, hover)[0]["error"]["code"] == -32600
    editor.server.protocol._shutdown = False


def test_messages_are_read_whatever_the_pieces_are_and_around_what_is_none():
    data = (
        b"rubbish\nContent-Length: x\r\n\r\ncontent-length:2\r\nContent-Type: a\r\n\r\n{}"
        b"Content-Length: 5\n\n[1,2]\r\nContent-Length: 3\r\n\r\n{"
    )
    for size in (1, 3, 1000):
        pieces = [data[at : at + size] for at in range(0, len(data), size)] + [b""]
        assert list(messages(reading(pieces))) == [b"{}", b"[1,2]"], size


def reading(pieces):
    """What gives one piece after the other."""
    given = iter(pieces)
    return lambda count: next(given)
