"""Findings in the files of a folder that are not open, from the cache of `wan lint`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.api import codes
from wan22dsl.api.cached_run import cache_of
from wan22dsl.api.files import Input, below, is_comfyui, tasks_of
from wan22dsl.api.options import Options
from wan22dsl.api.policy import Policy
from wan22dsl.api.results import CachedFindings, results
from wan22dsl.editor.kinds import kind_of, why_not_judged
from wan22dsl.errors import CatalogueError, CommandError, UnreadableFile
from wan22dsl.lint.policy.config import Configs, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.configuration import Settings
    from wan22dsl.source import Source

#: A folder may be the home of somebody: so many folders are looked into, and so many files judged.
MOST_FOLDERS, MOST_FILES = 5_000, 2_000


class TooLarge(Exception):
    """There are more folders or files than are looked at."""


def files_of(folders: Iterable[Path], settings: Settings) -> tuple[list[Path], bool]:
    """The `.wan` files and the JSON below some folders, and whether these are all that there are.

    What the configuration excludes is left out, as are links out of the project.
    """
    configs = Configs(settings.profile)
    count = 0

    def entered() -> None:
        nonlocal count
        count += 1
        if count > MOST_FOLDERS:
            raise TooLarge

    found: dict[Path, None] = {}
    for folder in folders:
        try:
            for path in below(str(folder), configs, entered):
                if len(found) >= MOST_FILES:
                    raise TooLarge
                if not Path(path).is_symlink():
                    found[Path(path)] = None
        except (CommandError, CatalogueError, OSError):
            continue  # a wrong configuration is told where it is
        except TooLarge:
            return sorted(found), False
    return sorted(found), True


class Judge:
    """Judges files that are not open, one at a time, and keeps what it finds for the next time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._options = Options(
            target=settings.target, card=settings.card, profile=settings.profile
        )
        self._configs = Configs(settings.profile)
        self._kept = CachedFindings(cache_of(self._options), {})

    def findings(self, file: Path) -> tuple[Source, list[Diagnostic]] | None:
        """A file with its findings; None where it is not ours, not readable, or wrongly configured."""
        try:
            data = read_bytes(str(file))
        except UnreadableFile:
            return None
        kind = kind_of(str(file))
        if kind == "json" and not is_comfyui(data):
            return None
        try:
            given = Input(file.as_posix(), data)
            source = given.source()
            if not self._settings.lint or why_not_judged(kind, source.text):
                return source, []
            task = tasks_of([given], self._options, self._configs, keeps=True)[0]
            result = next(results([task], {}, self._kept, 1))
            if result.source is None:
                return None
            policy = Policy(self._options, self._configs, lambda: self._kept.known(codes.names))
            outcome = policy.judge([result])
        except (CommandError, CatalogueError, UnreadableFile):
            return None
        return result.source, [*outcome.found, *outcome.inputs]

    def save(self) -> None:
        """Keeps what was found, also for `wan lint`."""
        self._kept.write()
