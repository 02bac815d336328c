"""The files of an editor: what is open and unsaved, what is on disk, and what is known of them.

A `View` is made when somebody asks, and kept until something that it was made of changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.api.compiler import check
from wan22dsl.api.files import Input, is_comfyui, tasks_of
from wan22dsl.api.node_files import Catalogues
from wan22dsl.api.options import Options
from wan22dsl.api.policy import Policy
from wan22dsl.api.results import Result
from wan22dsl.api.session import Session
from wan22dsl.api.workers import findings_of
from wan22dsl.editor.configuration import Settings
from wan22dsl.editor.folders import Folders
from wan22dsl.editor.kinds import kind_of, why_not_judged
from wan22dsl.editor.library import is_library
from wan22dsl.editor.mistakes import in_configuration
from wan22dsl.editor.view import View
from wan22dsl.errors import CatalogueError, CommandError, UnreadableFile
from wan22dsl.language.workspace import Workspace
from wan22dsl.lint.policy.config import Configs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.api.files import Task
    from wan22dsl.api.policy import Outcome
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.policy.config import Config
    from wan22dsl.source import Source


_NOT_TOLD = Settings()

#: The code of what a launcher is told in which no line starts ComfyUI.
_STARTS_NOTHING = "WAN990"


class Project:
    """The files that an editor has open, and those that they use. For one thread.

    `workspace` has the texts that are not saved, and `folders` the `.wan` files that are not open.
    """

    def __init__(self, settings: Settings = _NOT_TOLD) -> None:
        self.workspace = Workspace()
        self.folders = Folders(self.workspace)
        #: Goes up with each change of the disk or of the settings.
        self.state = 0
        self._settings = settings
        self._open: dict[Path, str] = {}
        self._views: dict[Path, View] = {}
        self._sessions: dict[tuple[str, str | None, tuple[str, ...]], Session] = {}
        self._forget_disk()

    # --- what changes ---

    @property
    def settings(self) -> Settings:
        """What the editor was told."""
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        before, self._settings = self._settings, settings
        if settings.judged_by != before.judged_by:
            self._sessions.clear()
            self.disk_changed()

    @property
    def open_files(self) -> frozenset[Path]:
        """The files that are open, by their real paths."""
        return frozenset(self._open)

    def open(self, file: Path, text: str, language: str = "") -> frozenset[Path]:
        """From now on this is the text of a file, whether it was open before or not.

        `language` is what the editor calls its language. Gives the other files whose views changed by it.
        """
        file = disk.real_path(file)
        self.workspace.open(file, text)
        self._open[file] = language
        return self._changed(file)

    def close(self, file: Path) -> None:
        """From now on the text of a file is what is on disk."""
        file = disk.real_path(file)
        self.workspace.close(file)
        self._open.pop(file, None)
        self._changed(file)
        for session in self._sessions.values():
            session.forget(file)

    def disk_changed(self) -> None:
        """Drops all that was read from disk: configurations, declared nodes, where input files are."""
        self.state += 1
        self._views.clear()
        self._forget_disk()

    def _forget_disk(self) -> None:
        self._configs = Configs(self._settings.profile)
        self._catalogues = Catalogues()

    def _changed(self, file: Path) -> frozenset[Path]:
        """Drops the views of a file and of those that use it; gives the latter."""
        others = {other for other, view in self._views.items() if file in view.used_files}
        for other in (file, *others):
            self._views.pop(other, None)
        return frozenset(others - {file})

    # --- what is known ---

    def view(self, file: Path) -> View:
        """A file as it is now. Raises UnreadableFile where it is not open and cannot be read."""
        file = disk.real_path(file)
        found = self._views.get(file)
        if found is None:
            found = self._views[file] = self._look(
                self.workspace.read(file), kind_of(str(file), self._open.get(file, ""))
            )
        return found

    def judge(self, source: Source) -> list[Diagnostic]:
        """The findings that a file would have with another text. Raises CommandError, CatalogueError."""
        task, of_nodes, session = self._task(source)
        checked = check(source, target=session.catalogue, card=task.card, workspace=self.workspace)
        return self._counting(task, source, findings_of(source, of_nodes, checked)).found

    def config(self, file: Path) -> Config:
        """The configuration that holds for a file. Raises CommandError, UnreadableFile."""
        return self._configs.of_file(str(file))

    def _look(self, source: Source, kind: str) -> View:
        """A file with its findings, or why it has none."""
        said = why_not_judged(kind, source.text)
        if said or not kind:
            return View(source, not_judged=said)
        if kind == "configuration":
            return View(source, mistakes=in_configuration(source))
        if kind == "json" and not is_comfyui(source.text.encode("utf-8", "surrogatepass")):
            return View(source)
        try:
            return self._judged(source, kind)
        except (CommandError, CatalogueError, UnreadableFile) as error:
            return View(source, problem=str(error))

    def _judged(self, source: Source, kind: str) -> View:
        """A file with its findings. Raises what a configuration that is wrong raises."""
        assert source.file is not None
        task, of_nodes, session = self._task(source)
        checked = session.check(source.file)
        found = findings_of(source, of_nodes, checked)
        # A file of the library is only read; its own rules are not those of pipelines.
        outcome = self._counting(task, source, [] if is_library(source.file) else found)
        counted = (*outcome.found, *outcome.inputs)
        if kind == "launcher":  # an ordinary script is nobody's business
            counted = tuple(each for each in counted if each.code != _STARTS_NOTHING)
        if not self._settings.lint or self.config(source.file).leaves_out(source.path):
            counted = ()
        return View(source, checked, session.catalogue, task.card, counted)

    def _task(self, source: Source) -> tuple[Task, list[Diagnostic], Session]:
        """How a file is judged, with what is wrong with the nodes that are declared for it."""
        data = Input(source.path, source.text.encode("utf-8", "surrogatepass"))
        task = tasks_of([data], self._options, self._configs, keeps=False)[0]
        target, of_nodes, _ = self._catalogues.of(task.target, task.nodes)
        return task, of_nodes, self._session(task, target)

    def _counting(self, task: Task, source: Source, found: list[Diagnostic]) -> Outcome:
        """Which findings of a file count, by its configuration, its comments and its baseline."""
        policy = Policy(self._options, self._configs, _all_names)
        return policy.judge([Result(task, source, found)])

    @property
    def _options(self) -> Options:
        told = self._settings
        return Options(target=told.target, card=told.card, profile=told.profile)

    def _session(self, task: Task, target: Catalogue | str) -> Session:
        key = (task.target, task.card, task.nodes)
        if key not in self._sessions:
            self._sessions[key] = Session(self.workspace, target=target, card=task.card)
        return self._sessions[key]


def _all_names() -> Mapping[str, str]:
    from wan22dsl.api.codes import names

    return names()
