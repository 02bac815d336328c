"""The settings of the client: those that it is started with, and those that its user changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl.editor import configuration
from wan22dsl.editor.lsp.watching import watch

if TYPE_CHECKING:
    from wan22dsl.editor.lsp.server import WanServer

_SECTION = "wan"


def register(server: WanServer) -> None:
    """What is told of settings."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        given = params.initialization_options
        inner = given.get("settings") if isinstance(given, dict) else None
        _take(server, given if inner is None else inner)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        watch(server)
        if server.can("workspace", "did_change_configuration", "dynamic_registration"):
            await server.client_register_capability_async(
                types.RegistrationParams(
                    [
                        types.Registration(
                            "wan.settings",
                            types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                            types.DidChangeConfigurationRegistrationOptions(_SECTION),
                        )
                    ]
                )
            )
        await _ask(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        if server.can("workspace", "configuration"):
            await _ask(server)
        else:
            _take(server, params.settings)


async def _ask(server: WanServer) -> None:
    """Asks the client for the settings, where it can be asked."""
    if not server.can("workspace", "configuration"):
        return
    item = types.ConfigurationItem(section=_SECTION)
    answer = await server.workspace_configuration_async(types.ConfigurationParams([item]))
    found = answer[0] if answer else None
    if found is not None:  # else those that it was started with hold
        _take(server, found)


def _take(server: WanServer, found: Any) -> None:
    """The settings from now on. Some clients give all that they have, with ours in a table of their own."""
    if isinstance(found, dict) and isinstance(found.get(_SECTION), dict):
        found = found[_SECTION]
    settings, wrong = configuration.read(found)
    for problem in wrong:
        server.show(problem)
    if settings != server.project.settings:
        server.project.settings = settings
        if server.protocol.is_ready:
            server.ask_again()
