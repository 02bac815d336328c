"""Findings in the files of the folders, also in those that are not open, and what is known of their state."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl import disk
from wan22dsl.editor import diagnostics
from wan22dsl.editor.folder_findings import Judge, files_of
from wan22dsl.editor.lsp.diagnosing import Diagnoser
from wan22dsl.editor.lsp.places import file_of, uri_of
from wan22dsl.editor.lsp.protocol import Json
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.editor.lsp.server import WanServer

#: From so many files that nobody has judged yet, the client is asked to show a bar.
_MANY = 50


def register(server: WanServer) -> None:
    """What is asked of whole folders."""
    folders = _Folders(server)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def pulled(params: types.WorkspaceDiagnosticParams) -> Json:
        return Json(await folders.report(params))


class _Known(NamedTuple):
    """The report on a file, and by what it was made: its state on disk, and the state of all else."""

    stamp: tuple[int, int]
    state: int
    report: dict[str, Any]


class _Folders:
    """The reports on the files of the folders."""

    def __init__(self, server: WanServer) -> None:
        self._server = server
        self._known: dict[Path, _Known] = {}
        self._is_told = False

    async def report(self, params: types.WorkspaceDiagnosticParams) -> Any:
        """A report on each file: with its findings, or that they are those that the client has."""
        before = {each.uri: each.value for each in params.previous_result_ids}
        found = await self._found(params.work_done_token)
        items = []
        for uri, (version, report) in found.items():
            is_same = before.get(uri) == report["resultId"]
            if is_same:
                report = {"kind": "unchanged", "resultId": report["resultId"]}
            if is_same or report["items"] or uri in before or version is not None:
                items.append({**report, "uri": uri, "version": version})
        for uri in before.keys() - found.keys():
            items.append({"kind": "full", "uri": uri, "version": None, "items": []})
        return {"items": items}

    async def _found(self, token: Any) -> dict[str, tuple[int | None, dict[str, Any]]]:
        """The reports by URI. Between two files others are answered, and the client may take this back."""
        server, project = self._server, self._server.project
        diagnoser = Diagnoser(server)
        found: dict[str, tuple[int | None, dict[str, Any]]] = {}
        for uri, document in server.documents.items():
            view = server.view(uri)
            if view is not None and view.source.file is not None:
                own = diagnostics.by_file(view)[view.source.file]
                found[uri] = document.version, diagnoser.full(own)
        files = [file for file in self._files() if disk.real_path(file) not in project.open_files]
        state = project.state
        missing = [file for file in files if not self._is_known(file, state)]
        if missing:
            await self._judge(missing, state, diagnoser, token)
        for file in files:
            known = self._known.get(file)
            if known is not None:
                found[uri_of(file)] = None, known.report
        self._known = {file: self._known[file] for file in files if file in self._known}
        return found

    def _files(self) -> list[Path]:
        folders = [file_of(uri) for uri in self._server.workspace.folders]
        files, are_all = files_of(
            [each for each in folders if each is not None], self._server.project.settings
        )
        if not are_all and not self._is_told:
            self._is_told = True
            self._server.log(
                f"The folder has very many files: only {len(files)} are checked before they are opened. "
                "`exclude` in wan.toml leaves folders out.",
                types.MessageType.Warning,
            )
        return files

    def _is_known(self, file: Path, state: int) -> bool:
        known = self._known.get(file)
        return known is not None and known.state == state and known.stamp == _stamp(file)

    async def _judge(self, files: list[Path], state: int, diagnoser: Diagnoser, token: Any) -> None:
        judge = Judge(self._server.project.settings)
        bar = _Bar(self._server, token, len(files))
        await bar.begin()
        try:
            for number, file in enumerate(files):
                stamp = _stamp(file)
                judged = judge.findings(file)
                shown = [] if judged is None else diagnostics.all_shown(judged[1], judged[0])
                self._known[file] = _Known(stamp, state, diagnoser.full(shown))
                bar.step(number + 1)
                await asyncio.sleep(0)
        finally:
            judge.save()
            bar.end()


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


class _Bar:
    """The progress of judging, where the client has a bar for it or can make one."""

    def __init__(self, server: WanServer, token: Any, count: int) -> None:
        self._server, self._token, self._count = server, token, count
        self._percent = 0

    async def begin(self) -> None:
        """Shows it."""
        progress = self._server.work_done_progress
        if self._token is None:
            if self._count < _MANY or not self._server.can("window", "work_done_progress"):
                return
            self._token = f"wan-folders-{id(self)}"
            await progress.create_async(self._token)
        progress.begin(
            self._token,
            types.WorkDoneProgressBegin("Checking files", percentage=0, cancellable=False),
        )

    def step(self, done: int) -> None:
        """So many are done."""
        percent = 100 * done // self._count
        if self._token is not None and percent > self._percent:
            self._percent = percent
            text = f"{done} of {self._count}"
            self._server.work_done_progress.report(
                self._token, types.WorkDoneProgressReport(message=text, percentage=percent)
            )

    def end(self) -> None:
        """Takes it away."""
        if self._token is not None:
            self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd())
