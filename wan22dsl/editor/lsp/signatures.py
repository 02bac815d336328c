"""Signature help: what a call takes, with the argument at the cursor marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from wan22dsl.editor import signatures

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer


def register(server: WanServer) -> None:
    """What is asked while a call is typed."""
    options = types.SignatureHelpOptions(
        trigger_characters=["(", ","], retrigger_characters=["=", ")", "\n"]
    )

    @server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, options)
    def signature_help(params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        view, offset = server.place(
            types.TextDocumentPositionParams(params.text_document, params.position)
        )
        found = signatures.at(view, offset) if view is not None else None
        return None if found is None else _help(found)


def _help(found: signatures.Signature) -> types.SignatureHelp:
    parameters = [
        types.ParameterInformation(
            _slice(found.label, each), _markdown(each.doc) if each.doc else None
        )
        for each in found.parameters
    ]
    # Clients mark the first where none is said: one behind the last marks none.
    active = found.active if found.active is not None else len(parameters)
    signature = types.SignatureInformation(
        found.label, _markdown(found.doc) if found.doc else None, parameters, active
    )
    return types.SignatureHelp([signature], 0, active)


def _slice(label: str, parameter: signatures.Parameter) -> tuple[int, int]:
    """Where a parameter is in the label, in UTF-16 units, as the protocol counts there."""
    return _units(label[: parameter.start]), _units(label[: parameter.end])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)
