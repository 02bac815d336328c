"""Code lenses above pipelines, graphs and benches: commands that the editor has to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl.editor import lenses
from wan22dsl.editor.records import Records

if TYPE_CHECKING:
    from wan22dsl.editor.lenses import Lens
    from wan22dsl.editor.lsp.server import WanServer

#: What the names of the editor's commands begin with. Those of the server (`wan.compile`) are others.
_EDITOR = "wan.ui."


def register(server: WanServer) -> None:
    """`textDocument/codeLens`, and `codeLens/resolve` for titles that cost time."""
    records = Records()

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    def lenses_of(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        view = server.view(uri)
        if view is None:
            return []
        shown = server.project.settings.lenses
        return [
            types.CodeLens(
                server.places.range(view.source, lens.start, lens.end),
                command=_command(lens.title, lens.what, _about(uri, lens)) if lens.title else None,
                data={"what": lens.what, **_about(uri, lens)},
            )
            for lens in lenses.of(server.project, view, records, shown)
        ]

    @server.command("wan.refreshLenses")
    def refresh(*arguments: object) -> None:
        """A run has ended: the client asks for the lenses again."""
        if server.can("workspace", "code_lens", "refresh_support"):
            server.workspace_code_lens_refresh(None)

    @server.feature(types.CODE_LENS_RESOLVE)
    def resolved(lens: types.CodeLens) -> types.CodeLens:
        data = lens.data
        if lens.command is None and isinstance(data, dict):
            about = {name: value for name, value in data.items() if name != "what"}
            what, uri, name = (str(data.get(key, "")) for key in ("what", "uri", "pipeline"))
            view = server.view(uri)
            title = (
                lenses.title_of(server.project, view, records, what, name)
                if view is not None
                else "Describe"
            )
            lens.command = _command(title, what, about)
        return lens


def _about(uri: str, lens: Lens) -> dict[str, Any]:
    about = {"uri": uri, "pipeline": lens.name}
    return {**about, "record": lens.record} if lens.record else about


def _command(title: str, what: str, about: dict[str, Any]) -> types.Command:
    return types.Command(title, f"{_EDITOR}{what}", arguments=[about])
