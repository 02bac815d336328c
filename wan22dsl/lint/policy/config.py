"""The configuration of a file: `wan.toml`, or `[tool.wan]` in `pyproject.toml`, and path patterns in it."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


_THROUGH = "**"


def covers(patterns: Iterable[str], path: str) -> bool:
    """Whether a path, relative to the folder of the configuration, is meant by one of the patterns.

    A pattern without a slash means files and folders of that name anywhere; a folder stands for all
    that is in it. `*` and `?` stay within a name, `**` alone between slashes goes through folders.
    """
    parts = path.split("/")
    return any(fits((*_parts(pattern), _THROUGH), parts, _part) for pattern in patterns)


@cache
def _parts(pattern: str) -> tuple[str, ...]:
    anchored = pattern.removeprefix("./").rstrip("/")
    if "/" not in anchored:
        return (_THROUGH, anchored)
    parts = tuple(anchored.removeprefix("/").split("/"))
    return (*parts, "*") if parts[-1] == _THROUGH else parts  # what is in a folder, not the folder


def fits(pattern: Sequence[str], parts: Sequence[str], part: Callable[[str, str], bool]) -> bool:
    """Whether the parts of a path are those of a pattern, where `**` is any number of parts.

    `part` says whether a part of the path fits one of the pattern.
    """
    at = back = (
        0  # where the pattern goes on, and where the parts do if the last `**` takes one more
    )
    through = -1
    here = 0
    while here < len(parts):
        if at < len(pattern) and pattern[at] == _THROUGH:
            through, back = at, here
            at += 1
        elif at < len(pattern) and part(pattern[at], parts[here]):
            at, here = at + 1, here + 1
        elif through >= 0:
            back += 1
            at, here = through + 1, back
        else:
            return False
    return all(item == _THROUGH for item in pattern[at:])


def _part(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern with `*` and `?`."""
    if "*" not in pattern:
        return _same(pattern, name)
    first, *middle, last = pattern.split("*")
    if len(name) < len(first) + len(last) or not _same(first, name[: len(first)]):
        return False
    at, end = len(first), len(name) - len(last)
    for piece in middle:
        while piece and at + len(piece) <= end and not _same(piece, name[at : at + len(piece)]):
            at += 1
        at += len(piece)
        if at > end:
            return False
    return _same(last, name[end:])


def _same(pattern: str, text: str) -> bool:
    if "?" not in pattern:
        return pattern == text
    return len(pattern) == len(text) and all(
        item in ("?", other) for item, other in zip(pattern, text)
    )


OWN, SHARED = "wan.toml", "pyproject.toml"

#: The tables above ours in the shared file, and what shows that they are there.
_ABOVE = ("tool", "wan")
_TABLE = rb"""^[ \t]*\[\[?[ \t]*["']?tool["']?[ \t]*\.[ \t]*["']?wan["']?[ \t]*[.\]]"""

#: The largest configuration that is read; one of a whole project has some 10 kB.
_MOST_BYTES = 256 * 1024


class Layer(NamedTuple):
    """What one place says about which rules count; the next layer overrides it."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Layer:
        """The layer that a table says."""
        return cls(
            tuple(values.get("select", ())),
            tuple(values.get("ignore", ())),
            tuple(values.get("severity", {}).items()),
        )

    def words(self) -> tuple[str, ...]:
        """All words that choose rules."""
        return (*self.select, *self.ignore, *(word for word, _ in self.severity))


class Config(NamedTuple):
    """A configuration with a profile chosen. `shown` is its file, `folder` where its patterns begin."""

    shown: str
    folder: str
    values: Mapping[str, Any]
    profile: Mapping[str, Any]

    def text(self, key: str) -> str | None:
        """A setting: that of the profile, else that of the file."""
        found = self.profile.get(key, self.values.get(key))
        return found if isinstance(found, str) else None

    def path(self, key: str) -> str | None:
        """A setting that names a file, from the folder of the configuration.

        Raises CommandError for a network share: Windows would log in to whatever machine it names.
        """
        found = self.text(key)
        if found is None:
            return None
        if found.replace("\\", "/").startswith("//"):
            raise CommandError(
                f"{self.shown}: `{key}` names a network share, which a configuration file "
                "may not; copy that file into the project"
            )
        return os.path.join(self.folder, found)

    @property
    def strict(self) -> bool:
        """Whether warnings fail."""
        return bool(self.profile.get("strict", self.values.get("strict", False)))

    def relative(self, file: str) -> str:
        """A path as the patterns of the configuration see it."""
        try:
            return os.path.relpath(file, self.folder).replace(os.sep, "/")
        except ValueError:  # another drive of Windows
            return file.replace(os.sep, "/")

    def leaves_out(self, file: str) -> bool:
        """Whether a file or a folder is excluded."""
        patterns = self.values.get("exclude", ())
        return bool(patterns) and _covers(patterns, self.relative(file))

    def layers(self, file: str) -> list[Layer]:
        """What is said of a file, the weakest first."""
        found = [Layer.of(self.values), Layer.of(self.profile)]
        for item in self.values.get("per-file", ()):
            if _covers(item["files"], self.relative(file)):
                found.append(Layer.of(item))
        return found

    def words(self) -> tuple[tuple[str, str], ...]:
        """All words that choose rules, each with the setting that says it, for messages."""
        tables = [("", self.values)]
        tables += [("per-file ", item) for item in self.values.get("per-file", ())]
        tables += [(f"profile {k} ", item) for k, item in self.values.get("profile", {}).items()]
        return tuple(
            (word, f"{self.shown}: {where}{key}".rstrip())
            for where, table in tables
            for key in ("select", "ignore", "severity")
            for word in table.get(key, ())
        )


#: Where there is no configuration.
NONE = Config("", "", {}, {})


class Configs:
    """The configurations of a run. `parsed` are texts that were read before, by path, with their data."""

    def __init__(self, profile: str | None = None, parsed: Mapping[str, Any] | None = None) -> None:
        self._profile = profile
        self._before = dict(parsed or {})
        self._by_folder: dict[str, Config] = {}
        self._by_file: dict[str, Config] = {}
        #: Each configuration that was read: its path, with its text and what that says.
        self.parsed: dict[str, tuple[str, Any]] = {}

    def used(self) -> list[Config]:
        """The configurations that hold for anything."""
        return list(self._by_file.values())

    def of(self, folder: str) -> Config:
        """What holds for the files in a folder. Raises CommandError, UnreadableFile."""
        folder = os.path.abspath(folder or ".")
        below: list[str] = []
        while folder not in self._by_folder:
            found = _here(folder)
            above = os.path.dirname(folder)
            if found is not None:
                self._by_folder[folder] = self._load(found)
            elif above == folder or os.path.exists(os.path.join(folder, ".git")):
                self._by_folder[folder] = self._no_more()
            else:
                below.append(folder)
                folder = above
        config = self._by_folder[folder]
        self._by_folder.update(dict.fromkeys(below, config))
        return config

    def of_file(self, file: str) -> Config:
        """What holds for a file."""
        return self.of(os.path.dirname(file))

    def _no_more(self) -> Config:
        if self._profile is not None:
            raise CommandError(
                f"there is no profile `{self._profile}`: no {OWN} and no [tool.wan] in a "
                f"{SHARED} applies here"
            )
        return NONE

    def _load(self, file: str) -> Config:
        if file not in self._by_file:
            data = _read(file)
            text = data.decode("utf-8", "surrogateescape")
            before = self._before.get(file)
            values = before[1] if before and before[0] == text else values_in(file, data)
            self.parsed[file] = (text, values)
            shown, folder = show(file), os.path.dirname(file)
            self._by_file[file] = Config(shown, folder, values, self._chosen(values, shown))
        return self._by_file[file]

    def _chosen(self, values: Mapping[str, Any], shown: str) -> Mapping[str, Any]:
        if self._profile is None:
            return {}
        profiles: Mapping[str, Mapping[str, Any]] = values.get("profile", {})
        if self._profile in profiles:
            return profiles[self._profile]
        from wan22dsl.diagnostics import nearest

        close = nearest(self._profile, profiles)
        there = f"profiles: {', '.join(sorted(profiles))}" if profiles else "it defines none"
        hint = f"did you mean `{close}`?" if close else there
        raise CommandError(f"{shown}: there is no profile `{self._profile}`; {hint}")


def _here(folder: str) -> str | None:
    """The configuration in a folder itself; a `pyproject.toml` counts where it has `[tool.wan]`."""
    own = os.path.join(folder, OWN)
    if os.path.lexists(own):  # whatever it is: what is no file is told when it is read
        return own
    shared = os.path.join(folder, SHARED)
    if os.path.lexists(shared) and has_table(_read(shared)):
        return shared
    return None


def _covers(patterns: Sequence[str], path: str) -> bool:

    return covers(patterns, path)


def has_table(data: bytes) -> bool:
    """Whether a `pyproject.toml` has settings of ours."""
    return b"wan" in data and re.search(_TABLE, data, re.MULTILINE) is not None


def nearest_file(file: str) -> str | None:
    """The configuration that holds for a file, whatever is in it."""
    folder = os.path.dirname(os.path.abspath(file))
    while True:
        try:
            found = _here(folder)
        except UnreadableFile:
            found = os.path.join(folder, SHARED)
        parent = os.path.dirname(folder)
        if found or parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return found
        folder = parent


def above(file: str) -> tuple[str, ...]:
    """The tables around our settings in a file."""
    return _ABOVE if os.path.basename(file) == SHARED else ()


def values_in(file: str, data: bytes) -> Mapping[str, Any]:
    """What a configuration says. Raises CommandError and UnreadableFile where that is not a configuration."""
    from wan22dsl.lint.policy import settings, toml

    shown = show(file)
    values: Any = toml.read(data, shown)
    for key in above(file):
        values = values.get(key, {}) if isinstance(values, dict) else {}
    if not isinstance(values, dict):
        raise CommandError(f"{shown}: [tool.wan] must be a table of settings")
    settings.check(values, data, shown, above(file))
    return values


def _read(file: str) -> bytes:
    return disk.read(file, show(file), _MOST_BYTES)


def read_bytes(file: str) -> bytes:
    """The bytes of a file. Raises UnreadableFile."""
    return disk.read(file, show(file))


def show(file: str) -> str:
    """A path as people know it: from where they are, if it is below."""
    try:
        found = os.path.relpath(file)
    except ValueError:
        found = file
    return (file if found.startswith("..") else found).replace(os.sep, "/")
