"""The server with all that it answers: each module of `_FEATURES` adds its own with `register`."""

from __future__ import annotations

from wan22dsl.editor.lsp import (
    acting,
    calling,
    colouring,
    commands,
    completing,
    configuring,
    diagnosing,
    documents,
    formatting,
    hinting,
    hovering,
    lenses,
    library,
    navigating,
    outlining,
    renaming,
    signatures,
    watching,
    workspace,
)
from wan22dsl.editor.lsp.server import WanServer

_FEATURES = (
    acting,
    calling,
    colouring,
    commands,
    completing,
    configuring,
    diagnosing,
    documents,
    formatting,
    hinting,
    hovering,
    lenses,
    library,
    navigating,
    outlining,
    renaming,
    signatures,
    watching,
    workspace,
)


def new_server() -> WanServer:
    """A server that answers everything, and serves nobody yet."""
    server = WanServer()
    for feature in _FEATURES:
        feature.register(server)
    return server
