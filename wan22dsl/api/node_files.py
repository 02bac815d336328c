"""Files of `node` declarations for all files of a project: those that the configuration names in `nodes`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.asked import Asked
    from wan22dsl.language.workspace import Workspace
    from wan22dsl.lint.policy.config import Config

#: So many files a configuration may name, and so many names are looked at to find them.
MOST_FILES, _MOST_NAMES = 200, 5_000


def node_files_for(file: str = "") -> tuple[str, ...]:
    """The files of declarations that hold for a file, by its path; without one, for the current folder.

    Raises CommandError for a configuration that is wrong.
    """
    from wan22dsl.lint.policy.config import Configs

    return node_files_of(Configs().of_file("" if file in {"", "-"} else file))


def node_files_of(config: Config) -> tuple[str, ...]:
    """The files of declarations that a configuration names. Raises CommandError where it names none."""
    found: dict[str, None] = {}
    for pattern in config.values.get("nodes", ()):
        files = sorted(_matching(config, pattern))
        if not files:
            raise CommandError(f"{config.shown}: `nodes`: no file matches `{pattern}`")
        found.update(dict.fromkeys(files))
    if len(found) > MOST_FILES:
        raise CommandError(f"{config.shown}: `nodes` names more than {MOST_FILES} files")
    return tuple(found)


def _matching(config: Config, pattern: str) -> list[str]:
    """The files of a pattern, as paths from the current folder where they are below it."""
    from wan22dsl import disk
    from wan22dsl.lint.policy.config import show

    written = pattern.replace("\\", "/") if os.name == "nt" else pattern
    parts = [part for part in written.split("/") if part not in ("", ".")]
    if written.startswith("/") or ".." in parts or ":" in written.partition("/")[0]:
        raise CommandError(
            f"{config.shown}: `nodes`: `{pattern}` is not a path below the folder of the configuration"
        )
    budget = [_MOST_NAMES]
    found = []
    for path in _walk(config.folder, parts, budget):
        if disk.is_outside(path, config.folder):
            raise CommandError(f"{config.shown}: `nodes`: `{pattern}` leads out of the project")
        found.append(show(path))
    if budget[0] < 0:
        raise CommandError(
            f"{config.shown}: `nodes`: `{pattern}` looks through more than {_MOST_NAMES} files"
        )
    return found


def _walk(folder: str, parts: Sequence[str], budget: list[int]) -> Iterator[str]:
    """The files below a folder that fit the parts of a pattern; `**` does not follow links to folders."""
    from fnmatch import fnmatchcase

    if not parts:
        return
    first, *rest = parts
    if not any(sign in first for sign in "*?["):
        path = os.path.join(folder, first)
        if rest:
            yield from _walk(path, rest, budget)
        elif os.path.isfile(path):
            yield path
        return
    if first == "**":
        yield from _walk(folder, rest or ["*"], budget)
    try:
        with os.scandir(folder) as entries:
            names = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in names:
        budget[0] -= 1
        if budget[0] < 0:
            return
        if entry.name.startswith("."):
            continue
        is_folder = entry.is_dir(follow_symlinks=first != "**")
        if first == "**":
            if is_folder:
                yield from _walk(entry.path, parts, budget)
        elif fnmatchcase(entry.name, first):
            if rest and is_folder:
                yield from _walk(entry.path, rest, budget)
            elif not rest and entry.is_file():
                yield entry.path


def with_node_files(
    target: Catalogue | str, files: Sequence[str | Path], workspace: Workspace | None = None
) -> tuple[Catalogue, list[Diagnostic]]:
    """The node classes of a target with what files declare, to be given as `target`; and their findings.

    Raises CatalogueError, and CommandError for a file that cannot be read.
    """
    from wan22dsl.api.compiler import catalogue_of

    catalogue = catalogue_of(target)
    if not files:
        return catalogue, []
    from pathlib import Path

    from wan22dsl.diagnostics import in_order
    from wan22dsl.graph.build.declared_nodes import with_nodes
    from wan22dsl.language.program import modules
    from wan22dsl.language.workspace import Workspace as Disk

    read_from = workspace if workspace is not None else Disk()
    found: list[Diagnostic] = []
    mains = []
    for file in files:
        try:
            source = read_from.read(Path(file), Path(file).as_posix())
        except UnreadableFile as error:
            raise CommandError(f"a file of `nodes`: {error}") from error
        main, of_file = modules.load(source, read_from)
        mains.append(main)
        found += of_file
    catalogue, of_nodes = with_nodes(catalogue, mains)
    return catalogue, in_order([*found, *of_nodes])


class JudgedBy(NamedTuple):
    """What to judge by, the findings in the files of declarations, and what was asked for them."""

    target: Catalogue | str
    found: list[Diagnostic]
    asked: Asked


class Catalogues:
    """The catalogues of a run of the linter, by their targets and files of declarations, each made once."""

    def __init__(self) -> None:
        self._made: dict[Any, JudgedBy] = {}

    def of(self, target: Catalogue | str, files: tuple[str, ...]) -> JudgedBy:
        """What to judge by, with the findings in the files of declarations."""
        if not files:
            return JudgedBy(target, [], {})
        key = (target if isinstance(target, str) else id(target), files)
        if key not in self._made:
            from wan22dsl.language.workspace import Workspace

            workspace = Workspace(keeps_asked=True)
            catalogue, found = with_node_files(target, files, workspace)
            self._made[key] = JudgedBy(catalogue, found, workspace.asked or {})
        return self._made[key]
