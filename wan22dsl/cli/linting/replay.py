"""A run of which nothing has changed is told again: the same words, without importing what found them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from wan22dsl.cli import streams
from wan22dsl.errors import UnreadableFile
from wan22dsl.lint.policy.cache import Cache, default_folder, of_this_machine
from wan22dsl.lint.policy.config import read_bytes
from wan22dsl.lint.policy.digest import Digest, of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wan22dsl.cli.linting.inputs import Inputs
    from wan22dsl.cli.linting.tasks import Task
    from wan22dsl.cli.linting.wishes import Wishes
    from wan22dsl.lint.policy.config import Configs

#: Texts, each with where it goes: to a stream, in one of the ways of `streams`, or into the file that
#: `--output-file` names in this run.
Told = list[tuple[str, str]]
OUT, ERR, FILE = "out", "err", "file"
DATA, JSON, COMMANDS, STYLED = "data", "json", "commands", "styled"


def cache_of(wishes: Wishes) -> Cache:
    """Where results are kept: in the user's cache folder, or where the command line says."""
    if wishes.no_cache:
        return Cache(None)
    if wishes.cache_dir is not None:
        return Cache(os.path.abspath(wishes.cache_dir))
    return Cache(default_folder())


class Replay:
    """What was told in the last run with the same command line, and whether that still holds."""

    def __init__(self, cache: Cache, wishes: Wishes) -> None:
        self._cache = cache
        self._name = ""
        self._kept: dict[str, Any] = {}
        if cache.folder is not None and not wishes.changes_files and not _asks_elsewhere(wishes):
            self._name = f"run-{of(of_this_machine(), os.getcwd(), repr(tuple(wishes)))}"
            kept = cache.read(self._name)
            self._kept = kept if _is_run(kept) else {}

    @property
    def configs(self) -> dict[str, Any]:
        """The configurations as they were read then."""
        return dict(self._kept.get("configs", {}))

    def told(self, whole: str | None) -> tuple[Told, int] | None:
        """What was told about these inputs, and the exit code."""
        if whole is None or self._kept.get("whole") != whole:
            return None
        return [(place, text) for place, text in self._kept["told"]], self._kept["status"]

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


def _is_run(kept: Any) -> bool:
    """Whether what was kept has the shape of a run."""
    if not isinstance(kept, dict) or not isinstance(kept.get("whole"), str):
        return False
    configs, told, status = (kept.get(key) for key in ("configs", "told", "status"))
    return (
        (type(status) is int and status in (0, 1))
        and isinstance(told, list)
        and all(_is_pair(item) and item[0] in _WAYS and isinstance(item[1], str) for item in told)
        and isinstance(configs, dict)
        and all(_is_pair(config) and isinstance(config[0], str) for config in configs.values())
        and all(_is_sound(config[1]) for config in configs.values())
    )


def _is_sound(values: Any) -> bool:
    from wan22dsl.lint.policy.settings import is_sound

    return is_sound(values)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def tell(told: Told, output_file: str | None) -> None:
    """Puts each text where it belongs."""
    for place, text in told:
        if place != FILE:
            _WAYS[place](text)
        elif output_file is not None:
            from wan22dsl.cli import files

            files.write(output_file, text)


def _style(text: str) -> None:
    streams.styled(sys.stdout).write(text)


_WAYS: dict[str, Callable[[str], object]] = {
    OUT: streams.put,
    ERR: streams.tell,
    FILE: str,
    DATA: streams.data,
    JSON: streams.json,
    COMMANDS: streams.commands,
    STYLED: _style,
}


def _asks_elsewhere(wishes: Wishes) -> bool:
    """Whether the answer comes from outside of the disk, or is made for the terminal of the moment."""
    from wan22dsl.report.terminal import wants_colour

    shown = sys.stdout.isatty() or wants_colour(sys.stdout)
    return shown or bool(wishes.server) or "-" in wishes.paths
