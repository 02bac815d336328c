"""Code actions: what the editor offers about findings, and what a rule means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl import __version__
from wan22dsl.about import rule_url
from wan22dsl.api import codes
from wan22dsl.editor.actions import fix_all, offered
from wan22dsl.editor.actions.model import KINDS
from wan22dsl.editor.lsp.edits import workspace_edit
from wan22dsl.report.explanation import markdown, outline, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.editor.actions.model import Action
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.view import View

#: The command that explains a rule. A client that shows the Markdown itself says so when it begins, with
#: `"wanExplain": true` among its experimental capabilities; for the others the page of the rule is opened.
EXPLAIN = "wan.explain"

#: More than these are offered by no editor in a way that anybody reads.
_MOST_ACTIONS = 100


def register(server: WanServer) -> None:
    """Code actions, what they change once they are chosen, and the command that explains."""
    options = types.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def actions(params: types.CodeActionParams) -> list[types.CodeAction] | None:
        uri = params.text_document.uri
        view = server.view(uri)
        if view is None:
            return None
        start, end = sorted(server.places.span(view.source, params.range))
        only, automatic = params.context.only, types.CodeActionTriggerKind.Automatic
        found = offered.at(
            server.project,
            view,
            start,
            end,
            None if only is None else tuple(str(getattr(kind, "value", kind)) for kind in only),
            asked=params.context.trigger_kind != automatic,
        )
        shown: list[types.CodeAction] = []
        for action in found:
            made = _action(server, view, uri, action, params.context.diagnostics)
            if made is not None:
                shown.append(made)
            if len(shown) == _MOST_ACTIONS:
                break
        return shown

    @server.feature(types.CODE_ACTION_RESOLVE)
    def chosen(action: types.CodeAction) -> types.CodeAction:
        data = action.data
        if isinstance(data, dict) and action.edit is None:
            view = server.view(str(data.get("uri")))
            if view is not None and data.get("do") == "fix-all":
                edits = fix_all.edits(server.project, view, str(data.get("code", "")))
                action.edit = workspace_edit(server, edits)
        return action

    @server.command(EXPLAIN)
    def explain(*arguments: Any) -> dict[str, str] | None:
        message = codes.find(str(arguments[0])) if arguments else None
        if message is None:
            return None
        url = rule_url(message.code, message.name, __version__)
        if not _explains(server):
            _open(server, url, summary(message))
        return {
            "code": message.code,
            "name": message.name,
            "title": summary(message),
            "markdown": markdown(outline(message, codes.answer(message))),
            "url": url,
        }


def _action(
    server: WanServer, view: View, uri: str, action: Action, shown: Sequence[types.Diagnostic]
) -> types.CodeAction | None:
    """An action as the client has it; None where the client cannot make what it changes."""
    edit, command, data = None, None, None
    what, *rest = action.later or ("",)
    if what == "explain":
        command = types.Command(action.title, EXPLAIN, arguments=rest)
    elif what == "fix-all" and _resolves(server):
        data = {"uri": uri, "do": what, "code": rest[0]}
    else:
        edits = action.edits
        if edits is None:
            edits = fix_all.edits(server.project, view, rest[0])
        edit = workspace_edit(server, edits)
        if edit is None:
            return None
    return types.CodeAction(
        action.title,
        kind=action.kind,
        diagnostics=_of_action(server, view, action, shown),
        is_preferred=True if action.is_preferred else None,
        edit=edit,
        command=command,
        data=data,
    )


def _of_action(
    server: WanServer, view: View, action: Action, shown: Sequence[types.Diagnostic]
) -> list[types.Diagnostic] | None:
    """The diagnostic of the client that an action is about."""
    finding = action.finding
    if finding is None:
        return None
    span = finding.span
    start, end = (0, 0) if span is None else (span.start, span.end)
    place = server.places.range(view.source, start, end)
    same = [each for each in shown if each.code == finding.code and each.range == place]
    return same[:1] or None


def _resolves(server: WanServer) -> bool:
    """Whether the client asks for the edit of an action when it is chosen."""
    told = server.client_capabilities.text_document
    able = told.code_action if told is not None else None
    resolves = able.resolve_support if able is not None else None
    return (
        resolves is not None and "edit" in resolves.properties and bool(able and able.data_support)
    )


def _explains(server: WanServer) -> bool:
    own: Any = server.client_capabilities.experimental
    if isinstance(own, dict):
        return own.get("wanExplain") is True
    return getattr(own, "wanExplain", False) is True


def _open(server: WanServer, url: str, title: str) -> None:
    """Opens the page of a rule in a browser, or says where it is."""
    if server.can("window", "show_document", "support"):
        server.window_show_document(types.ShowDocumentParams(url, external=True))
    else:
        server.show(f"{title}: {url}", types.MessageType.Info)
