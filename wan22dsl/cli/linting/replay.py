"""A run of which nothing has changed is told again: the same words, without importing what found them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from wan22dsl.cli import streams
from wan22dsl.errors import UnreadableFile
from wan22dsl.policy.cache import NAME, Cache, of_this_machine
from wan22dsl.policy.config import locate, read_bytes
from wan22dsl.policy.digest import Digest, of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.cli.linting.inputs import Inputs
    from wan22dsl.cli.linting.tasks import Task
    from wan22dsl.cli.linting.wishes import Wishes
    from wan22dsl.policy.config import Configs

#: What can stand on a stream: its name with a text. A name that is no stream's is that of a file.
Told = list[tuple[str, str]]
OUT, ERR = "<out>", "<err>"


def cache_of(wishes: Wishes) -> Cache:
    """Where results are kept: beside the configuration or at the top of the repository, if there is one."""
    if wishes.no_cache:
        return Cache(None)
    if wishes.cache_dir is not None:
        return Cache(os.path.abspath(wishes.cache_dir))
    top = locate(os.getcwd())
    return Cache(None if top is None else os.path.join(top, NAME))


class Replay:
    """What was told in the last run with the same command line, and whether that still holds."""

    def __init__(self, cache: Cache, wishes: Wishes) -> None:
        self._cache = cache
        self._name = ""
        kept: Any = None
        if cache.folder is not None and not wishes.changes_files and not _asks_elsewhere(wishes):
            self._name = f"run-{of(of_this_machine(), os.getcwd(), repr(tuple(wishes)))}"
            kept = cache.read(self._name)
        self._kept: dict[str, Any] = kept if isinstance(kept, dict) else {}

    @property
    def configs(self) -> dict[str, Any]:
        """The configurations as they were read then."""
        return dict(self._kept.get("configs", {}))

    def told(self, whole: str | None) -> tuple[Told, int] | None:
        """What was told about these inputs, and the exit code."""
        if whole is None or self._kept.get("whole") != whole:
            return None
        told = [(str(stream), str(text)) for stream, text in self._kept["told"]]
        return told, int(self._kept["status"])

    def keep(self, whole: str | None, configs: Configs, told: Told, status: int) -> None:
        """Keeps what was told for the next run."""
        if whole is not None and self._name:
            values = {"whole": whole, "configs": configs.parsed, "told": told, "status": status}
            self._cache.write(self._name, values)


def whole(
    inputs: Inputs, tasks: Iterable[Task], configs: Configs, files: Iterable[str]
) -> str | None:
    """One digest of everything that a run reads; None when something of it cannot be known."""
    if inputs.unreadable:
        return None
    texts = sorted((path, text) for path, (text, _) in configs.parsed.items())
    found = Digest(repr((texts, inputs.left_out)))
    for task in tasks:
        if task.digest is None:
            return None
        found.add(task.input.path, task.digest)
    for file in files:
        try:
            found.add(file, read_bytes(file))
        except UnreadableFile:
            return None
    return str(found)


def tell(told: Told) -> None:
    """Puts each text where it belongs."""
    for stream, text in told:
        if stream == OUT:
            streams.put(text)
        elif stream == ERR:
            streams.tell(text)
        else:
            from wan22dsl.cli import files

            files.write(stream, text)


def _asks_elsewhere(wishes: Wishes) -> bool:
    """Whether the answer comes from outside of the disk, or is made for the terminal of the moment."""
    from wan22dsl.report.terminal import wants_colour

    shown = sys.stdout.isatty() or wants_colour(sys.stdout)
    return shown or bool(wishes.server) or "-" in wishes.paths
