"""Which files are meant, and what each is judged by.

A file is meant by its name, by a folder above it, by a pattern, or by `-` (standard input). A `Task` is one
with its target, its card, and a digest of both and of its text.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.api.node_files import node_files_of
from wan22dsl.api.targets import target_of
from wan22dsl.digest import of
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.lint.policy.config import read_bytes
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from wan22dsl.api.options import Options
    from wan22dsl.lint.policy.config import Config, Configs
    from wan22dsl.source import Source

STANDARD = "-"

#: Folders that hold the work of others.
_OF_OTHERS = frozenset({"node_modules", "venv", "__pycache__"})


class Input(NamedTuple):
    """A file with its bytes. `path` is its name to show; `is_stdin`: it is standard input."""

    path: str
    data: bytes
    is_stdin: bool = False

    def source(self) -> Source:
        """Its text. Raises UnreadableFile when it is not UTF-8."""
        from wan22dsl.comfyui.starting.launchers.kinds import as_utf8
        from wan22dsl.source import Source

        file = None if self.path.startswith("<") else self.path
        data = self.data if self.data.isascii() else as_utf8(self.data, self.path)
        return Source.decode(data, self.path, file)


class Inputs(NamedTuple):
    """The files; those that are left out, each with the reason; and those that cannot be read."""

    files: list[Input]
    left_out: list[str]
    unreadable: list[str]


class Task(NamedTuple):
    """A file to judge. `digest` is of its text and its target; None when its findings cannot be kept.

    What else its findings depend on is known when it has been judged. `nodes` are the files of node
    declarations that the configuration names.
    """

    input: Input
    target: str
    card: str | None
    digest: str | None
    nodes: tuple[str, ...] = ()


def gather(
    paths: Iterable[str],
    configs: Configs,
    stdin: bytes | None = None,
    stdin_name: str | None = None,
) -> Inputs:
    """The files that are meant, each once, in order. `stdin` is what `-` stands for, with a name to show.

    Raises CommandError for a folder or a pattern with no such file.
    """
    found = Inputs([], [], [])
    seen: set[str] = set()
    for name in paths:
        if name == STANDARD:
            if stdin is None:
                raise CommandError("`-` reads standard input, which is not available")
            if name not in seen:
                found.files.append(Input(stdin_name or "<stdin>", stdin, is_stdin=True))
            seen.add(name)
            continue
        for path, is_named in _meant(name, configs):
            identity = os.path.normcase(os.path.abspath(path))
            if identity not in seen:
                seen.add(identity)
                _take(path, is_named, configs, found)
    return found


def _take(path: str, is_named: bool, configs: Configs, found: Inputs) -> None:
    if is_named and configs.of_file(path).leaves_out(path):
        found.left_out.append(f"{path} (`exclude` in the configuration)")
        return
    if not is_named and os.path.islink(path) and disk.leads_out(path):
        found.left_out.append(f"{path} (a link out of the project)")
        return
    try:
        data = read_bytes(path)
    except UnreadableFile as error:
        found.unreadable.append(str(disk.with_hint(error)))
        return
    if is_named or not path.endswith(".json") or is_comfyui(data):
        found.files.append(Input(path, data))


def is_comfyui(data: bytes) -> bool:
    """Whether JSON is that of ComfyUI: a prompt has nodes with classes, a workflow nodes with types.

    Either may be in what a client wraps it in, such as the body of a request or an entry of the history.
    Broken JSON counts as ComfyUI's where it has words that only that has.
    """
    if b"class_type" not in data and b"nodes" not in data:
        return False
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return b'"class_type"' in data or b'"widgets_values"' in data
    from wan22dsl.formats.envelopes import graph_in

    value = graph_in(value)
    if not isinstance(value, dict):
        return isinstance(value, str)
    nodes = value.get("nodes")
    if isinstance(nodes, list):
        return "links" in value and all(isinstance(node, dict) and "type" in node for node in nodes)
    return any(isinstance(item, dict) and "class_type" in item for item in value.values())


def _meant(name: str, configs: Configs) -> Iterator[tuple[str, bool]]:
    """The files that a path means, each with whether it was named itself."""
    if os.path.isdir(name):
        found = sorted(below(name, configs))
        if not found:
            raise CommandError(f"{name}: no .wan file and no ComfyUI JSON in it")
        yield from ((path, False) for path in found)
    elif _is_pattern(name):
        matching = sorted(_matching(name))
        if not matching:
            raise CommandError(f"{name}: no file matches")
        for path in matching:
            if os.path.isdir(path):
                yield from ((item, False) for item in sorted(below(path, configs)))
            else:
                yield _posix(path), False
    else:
        yield _posix(os.path.normpath(name)), True


def _matching(pattern: str) -> Iterator[str]:
    """The files and folders of a pattern.

    Python's own `glob` follows links to folders for `**`: two that lead to `.` would never come to an end.
    """
    if "**" not in pattern:
        from glob import glob

        yield from glob(pattern)
        return
    from fnmatch import fnmatch

    from wan22dsl.lint.policy.config import fits

    parts = _posix(pattern).split("/")
    first = next(number for number, part in enumerate(parts) if any(sign in part for sign in "*?["))
    top = "/".join(parts[:first]) or ("/" if first else "")
    for place, folders, files in os.walk(top or "."):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for item in (*folders, *(file for file in files if not file.startswith("."))):
            path = os.path.join(place, item) if top else os.path.normpath(os.path.join(place, item))
            below = _posix(os.path.relpath(path, top or ".")).split("/")
            if fits(parts[first:], below, lambda part, name: fnmatch(name, part)):
                yield path


def _is_pattern(name: str) -> bool:
    return any(sign in name for sign in "*?[") and not os.path.exists(name)


def below(
    folder: str, configs: Configs, entered: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """The files below a folder that may be meant. Links to folders are not followed.

    `entered` is called for each folder; what it raises ends the search.
    """
    entered()
    config = configs.of(folder)
    with os.scandir(folder) as entries:
        for entry in entries:
            path = os.path.normpath(entry.path)
            if entry.name.startswith(".") or config.leaves_out(path):
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _OF_OTHERS:
                    yield from below(path, configs, entered)
            elif entry.name.endswith((".wan", ".json")):
                yield _posix(path)


def _posix(path: str) -> str:
    return path.replace(os.sep, "/")


def tasks_of(
    files: Iterable[Input], options: Options, configs: Configs, *, keeps: bool
) -> list[Task]:
    """A task for each file; `keeps` says whether results are kept at all. Raises CommandError."""
    targets: dict[str, str] = {}
    declared: dict[str, tuple[str, ...]] = {}
    found = []
    for file in files:
        config = config_of(file.path, configs)
        target = options.target if options.target is not None else target_of(config)
        if target not in targets:
            targets[target] = _digest_of(target)
        if config.shown not in declared:
            declared[config.shown] = node_files_of(config)
        nodes, digest = declared[config.shown], None
        if keeps and targets[target] and not file.is_stdin and not options.server:
            digest = f"{of(file.data)} {targets[target]} {nodes}"
        card = options.card or config.text("card")
        found.append(Task(file, target, card, digest, nodes))
    return found


def also_read(options: Options, configs: Configs) -> Iterator[str]:
    """The files, besides the judged ones, that decide what is reported."""
    if options.params is not None:
        yield options.params
    for config in configs.used():
        file = baseline_file(options, config)
        if file is not None:
            yield file
    if options.baseline is not None:
        yield options.baseline


def config_of(path: str, configs: Configs) -> Config:
    """The configuration that holds for a file, by its name to show."""
    return configs.of("" if path.startswith("<") else os.path.dirname(path))


def baseline_file(options: Options, config: Config) -> str | None:
    """The baseline that holds where a configuration does, as an absolute path."""
    if options.baseline is None:
        return config.path("baseline")
    return os.path.abspath(options.baseline)


def _digest_of(target: str) -> str:
    """What a target is; nothing for a server, which may be another tomorrow."""
    if target.lower().startswith(("http://", "https://")):
        return ""
    if not os.path.isfile(target):
        return target
    try:
        return of(read_bytes(target))
    except UnreadableFile:
        return ""
