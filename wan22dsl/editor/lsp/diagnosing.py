"""Findings as diagnostics: pushed after each change with the version that they are of, or pulled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl import disk
from wan22dsl.diagnostics import Severity
from wan22dsl.digest import of
from wan22dsl.editor import diagnostics
from wan22dsl.editor.lsp.places import uri_of
from wan22dsl.editor.lsp.protocol import Json
from wan22dsl.editor.mistakes import placed
from wan22dsl.errors import UnreadableFile
from wan22dsl.lint.policy.config import nearest_file
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.editor.diagnostics import Shown
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.view import View

_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.NOTE: 3}
_HINT = 4
_UNNECESSARY, _DEPRECATED = 1, 2


def register(server: WanServer) -> None:
    """Pushes to clients that do not pull."""
    diagnoser = Diagnoser(server)
    server.protocol.when_idle.append(diagnoser.follow)

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=True, identifier="wan"
        ),
    )
    def pulled(params: types.DocumentDiagnosticParams) -> Json:
        return Json(diagnoser.report(params.text_document.uri, params.previous_result_id))


class _Known(NamedTuple):
    """What is found by one view, by files, and as JSON where that was made."""

    view: View
    by_file: dict[Path, list[Shown]]


class Diagnoser:
    """What every open document has to show, and what of it the client has been shown."""

    def __init__(self, server: WanServer) -> None:
        self._server = server
        self._known: dict[str, _Known] = {}
        self._pushed: dict[str, tuple[int | None, list[Any]]] = {}
        self._told: set[str] = set()

    # --- after changes ---

    def follow(self) -> None:
        """Tells of wrong configurations, and pushes what has changed."""
        if not self._server.protocol.is_begun:
            return
        views = self._views()
        self._tell(views.values())
        if not self._server.can("text_document", "diagnostic"):
            self._push(views)

    def _push(self, views: dict[str, View]) -> None:
        wanted: dict[str, tuple[int | None, list[Any]]] = {}
        found = self._by_file(views)
        for uri, view in views.items():
            assert view.source.file is not None
            own = found.pop(view.source.file, [])
            wanted[uri] = self._server.documents[uri].version, self.converted(own)
        for file, others in found.items():
            wanted.setdefault(uri_of(file), (None, self.converted(others)))
        for uri, (version, shown) in wanted.items():
            if self._pushed.get(uri) != (version, shown):
                self._send(uri, version, shown)
        for uri in self._pushed.keys() - wanted.keys():
            self._send(uri, None, [])
        self._pushed = wanted

    def _send(self, uri: str, version: int | None, shown: list[Any]) -> None:
        params: dict[str, Any] = {"uri": uri, "diagnostics": shown}
        if version is not None:
            params["version"] = version
        self._server.protocol.send(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _tell(self, views: Iterable[View]) -> None:
        """Shows what is wrong with a configuration, once until it is right."""
        problems = {view.problem for view in views if view.problem}
        for problem in sorted(problems - self._told):
            self._server.show(f"No findings until this is fixed: {problem}")
        self._told = problems

    # --- what there is ---

    def _views(self) -> dict[str, View]:
        found = {}
        for uri in self._server.documents:
            view = self._server.view(uri)
            if view is not None:
                found[uri] = view
        return found

    def _by_file(self, views: dict[str, View]) -> dict[Path, list[Shown]]:
        """What all open documents show, by the files that it is in."""
        for uri in self._known.keys() - views.keys():
            del self._known[uri]
        found: dict[Path, list[Shown]] = {}
        for uri, view in views.items():
            for file, shown in self._of(uri, view).by_file.items():
                if file == view.source.file:
                    found[file] = diagnostics.merged(shown, found.get(file, []))
                else:
                    found[file] = diagnostics.merged(found.get(file, []), shown)
        return found

    def _of(self, uri: str, view: View) -> _Known:
        known = self._known.get(uri)
        if known is None or known.view is not view:
            by_file = {**diagnostics.by_file(view), **self._of_configuration(view)}
            known = self._known[uri] = _Known(view, by_file)
        return known

    def _of_configuration(self, view: View) -> dict[Path, list[Shown]]:
        """What is wrong with the configuration of a file, at that configuration."""
        if not view.problem:
            return {}
        file = nearest_file(view.source.path)
        source = view.source
        if file is not None:
            try:
                source = self._server.project.workspace.read(Path(file))
            except UnreadableFile:
                source = Source("", Path(file).as_posix(), Path(file))
        assert source.file is not None
        shown = [
            diagnostics.Shown(source, start, end, Severity.ERROR, text)
            for start, end, text in placed(source, view.problem)
        ]
        # One that is open says so itself.
        return (
            {}
            if disk.real_path(source.file) in self._server.project.open_files
            else {source.file: shown}
        )

    # --- pulled ---

    def report(self, uri: str, previous: str | None) -> Any:
        """The report on a document, and on files in which something is found by it."""
        view = self._server.view(uri)
        if view is None or view.source.file is None:
            return {"kind": "full", "items": []}
        views = self._views()
        views[uri] = view
        found = self._by_file(views)
        own = self.full(found.get(view.source.file, []))
        report: dict[str, Any] = own
        if own["resultId"] == previous:
            report = {"kind": "unchanged", "resultId": previous}
        if self._server.can("text_document", "diagnostic", "related_document_support"):
            open_files = self._server.project.open_files
            others = {
                uri_of(file): self.full(found[file])
                for file in self._of(uri, view).by_file
                if file != view.source.file and disk.real_path(file) not in open_files
            }
            report = {**report, "relatedDocuments": others} if others else report
        return report

    def full(self, shown: Iterable[Shown]) -> dict[str, Any]:
        """A report with its result id, which is of what it says."""
        items = self.converted(shown)
        return {"kind": "full", "resultId": of(repr(items)), "items": items}

    # --- as JSON ---

    def converted(self, shown: Iterable[Shown]) -> list[Any]:
        """Findings as the client has them."""
        return [self._converted(each) for each in shown]

    def _converted(self, shown: Shown) -> dict[str, Any]:
        places = self._server.places
        found: dict[str, Any] = {
            "range": places.json_range(shown.source, shown.start, shown.end),
            "severity": _HINT if shown.is_hint else _SEVERITIES[shown.severity],
            "source": "wan",
            "message": shown.message,
        }
        if shown.code:
            found["code"] = shown.code
            found["codeDescription"] = {"href": shown.url}
            found["data"] = shown.data
        if shown.is_unnecessary or shown.is_deprecated:
            found["tags"] = [_UNNECESSARY if shown.is_unnecessary else _DEPRECATED]
        related = [
            {
                "location": {
                    "uri": uri_of(label.span.source.file),
                    "range": places.json_range(label.span.source, label.span.start, label.span.end),
                },
                "message": label.text,
            }
            for label in shown.related
            if label.span.source.file is not None
        ]
        if related:
            found["relatedInformation"] = related
        return found
