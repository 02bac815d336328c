"""Signature help as the protocol has it."""

from __future__ import annotations


def test_the_active_parameter_is_a_part_of_the_label(editor):
    text = 'wan 1\nuse wan22\n\nlet a = wan22.high -> save("x", fps = 16fps)\n'
    uri = editor.open("a.wan", text)
    found = editor.request("textDocument/signatureHelp", editor.at(uri, "fps = ", 6))
    signature = found["signatures"][0]
    start, end = signature["parameters"][found["activeParameter"]]["label"]
    assert signature["label"][start:end] == "fps: fps = frames.fps"
    assert editor.request("textDocument/signatureHelp", editor.at(uri, "wan22.high")) is None
