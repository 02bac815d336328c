"""Checks files again and again, as an editor does: only what an edit can have changed is built again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.kept_pipelines import KeptPipelines
from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.language.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue


class Session:
    """A workspace, and what was found in its files.

    `check` gives what `compiler.check` gives for the same files. A session is for one thread.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        target: Catalogue | str = DEFAULT_TARGET,
        card: str | None = None,
    ) -> None:
        self.workspace = workspace if workspace is not None else Workspace()
        self._target = target
        self._card = card
        self._kept: dict[Path, KeptPipelines] = {}

    @property
    def catalogue(self) -> Catalogue:
        """The node classes by which it judges. Raises CatalogueError."""
        if isinstance(self._target, str):
            self._target = compiler.catalogue_of(self._target)
        return self._target

    def check(
        self, file: Path | str, *, values: Mapping[str, Any] | None = None
    ) -> compiler.Checked:
        """Judges a whole file. Raises what `compiler.check` raises."""
        kept = self._kept.setdefault(Path(file), KeptPipelines())
        return compiler.check(
            file,
            values=values,
            target=self.catalogue,
            card=self._card,
            workspace=self.workspace,
            kept=kept,
        )

    def forget(self, file: Path | str) -> None:
        """Drops what is kept of a file, which no one has open any more."""
        self._kept.pop(Path(file), None)
