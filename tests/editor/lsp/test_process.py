"""The language server as a process, with a client that others have written."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

from wan22dsl.editor.lsp.places import uri_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _pushed(process):
    found = process.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return await asyncio.wait_for(found, 120)


def _opened(uri, text):
    return types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "wan", 1, text))


async def test_findings_come_while_typing_with_the_version_that_they_are_of(process, tmp_path):
    uri = uri_of(tmp_path / "a.wan")
    process.text_document_did_open(_opened(uri, "wan 1\nlet size = nothing\n"))
    await _pushed(process)
    assert [each.code for each in process.diagnostics[uri]] == ["WAN207"]
    document = types.VersionedTextDocumentIdentifier(2, uri)
    edit = types.TextDocumentContentChangePartial(
        types.Range(types.Position(1, 11), types.Position(1, 18)), "832x480"
    )
    process.text_document_did_change(types.DidChangeTextDocumentParams(document, [edit]))
    pushed = await _pushed(process)
    assert pushed.version == 2 and not pushed.diagnostics
