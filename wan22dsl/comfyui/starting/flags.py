"""The flags of ComfyUI's command line, by version: read from a command line, and written to one.

`flags.json` has them: Comfy-Org/ComfyUI, comfy/cli_args.py of each version, by its own parser. A row of a
flag holds for the versions in `in`, for all without it. What a version between two of them has is not known
where the two differ. `unproven` flags are in an open pull request (ComfyUI#16000), so nothing is reported
about them.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.comfyui.starting.profile import Flag
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.comfyui.starting.profile import FlagValue, Profile

_DATA = Path(__file__).parent / "flags.json"

#: A version as ComfyUI counts: `0.39`, `0.3.64`, `v0.33.0`.
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)(?:[-+.]?[A-Za-z].*)?")

#: What ComfyUI's parser takes for a value although it begins with a dash.
_NEGATIVE = re.compile(r"-\d+|-\d*\.\d+")


class FlagInfo(NamedTuple):
    """What a version takes a flag for.

    `kind` is `switch`, `number`, `whole number`, `text` or `words`. `takes` is how many values it takes: ``
    (none), `one`, `optional` (at most one), `any`, `some` (at least one); with `repeats` also several times.
    `const` is what it means without its optional value, `default` what holds without it, where that is fixed.
    `group` has the flags that exclude each other, this one too. `folder`: ComfyUI does not start unless the
    folder is there. `same_as` is the flag that it is another name of; an `idle` flag is accepted and does
    nothing. `versions` are those of which it is known that they have it.
    """

    name: str
    kind: str
    takes: str = ""
    choices: tuple[str, ...] = ()
    const: object = None
    default: object = None
    group: tuple[str, ...] = ()
    folder: bool = False
    repeats: bool = False
    same_as: str = ""
    idle: bool = False
    unproven: bool = False
    versions: tuple[str, ...] = ()


class FlagCatalogue(NamedTuple):
    """The flags of one version.

    `version` is the known version whose flags these are, `above` the next known one where the version that
    was wanted is between the two: a flag that only one of them has may be there or not.
    """

    version: str
    flags: dict[str, FlagInfo]
    above: str = ""

    def get(self, name: str) -> FlagInfo | None:
        """A flag by the name that ComfyUI has for it: `--reserve-vram`."""
        return self.flags.get(name)

    def by_key(self, key: str) -> str:
        """The name of the flag that a profile's key means: `reserve_vram` is `--reserve-vram`.

        An own underscore of a name stays: `fp8_e4m3fn_unet` is `--fp8_e4m3fn-unet`, in whichever version that
        is. A key that is no flag of any version is written with dashes.
        """
        plain = _key(key)
        return _names_by_key().get(plain, "--" + plain.replace("_", "-"))

    def versions(self) -> tuple[str, ...]:
        """Every version whose flags are known, the oldest first."""
        return _versions()

    def has(self, name: str) -> bool | None:
        """Whether the version has a flag; None where that is not known."""
        info = self.flags.get(name)
        if not self.above:
            return info is not None
        later = catalogue(self.above).flags.get(name)
        return info is not None if (info is None) == (later is None) else None

    def abbreviated(self, word: str) -> tuple[str, ...]:
        """The flags that a word stands for: itself, or those that begin with it, as ComfyUI reads it."""
        if word in self.flags:
            return (word,)
        if not word.startswith("--") or len(word) < 3:
            return ()
        return tuple(
            name for name, info in self.flags.items() if name.startswith(word) and not info.unproven
        )


class Argument(NamedTuple):
    """A flag in a command line.

    `name` is its full name, or the word as it is written where no flag or more than one has it. `at` is the
    index of its word, `words` those of its values in the command line (none with `--flag=value`).
    """

    written: str
    name: str
    info: FlagInfo | None
    value: FlagValue
    values: tuple[str, ...]
    at: int
    words: tuple[int, ...] = ()


@cache
def _data() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(disk.read(str(_DATA)))
    return read


@cache
def _versions() -> tuple[str, ...]:
    return tuple(_data()["versions"])


@cache
def _names_by_key() -> dict[str, str]:
    return {_key(name): name for name in _data()["flags"]}


def _key(name: str) -> str:
    return name.strip().lstrip("-").replace("-", "_")


def numbers(version: str) -> tuple[int, ...] | None:
    """A version as its numbers, without zeros at the end; None where it is none: a commit, `nightly`."""
    match = _VERSION.fullmatch(version.strip())
    if match is None:
        return None
    found = [int(part) for part in match[1].split(".")]
    while len(found) > 1 and found[-1] == 0:
        found.pop()
    return tuple(found)


def flags_of(version: str = "") -> FlagCatalogue:
    """The flags of a version: of the nearest known one at or below it.

    Below the oldest that is known, those of the oldest; for what is no version, and without one, those of the
    newest.
    """
    wanted = numbers(version)
    known = _versions()
    if wanted is None:
        return catalogue(known[-1])
    below = [name for name in known if (numbers(name) or ()) <= wanted]
    if not below:
        return catalogue(known[0])
    position = len(below) - 1
    if numbers(below[-1]) == wanted or position + 1 == len(known):
        return catalogue(below[-1])
    return FlagCatalogue(below[-1], catalogue(below[-1]).flags, known[position + 1])


@cache
def catalogue(version: str) -> FlagCatalogue:
    """The flags of a known version."""
    data = _data()
    groups = {name: tuple(group) for group in data["exclusive"] for name in group}
    flags: dict[str, FlagInfo] = {}
    for name, rows in data["flags"].items():
        there = tuple(
            v for v in _versions() if any(v in row.get("in", _versions()) for row in rows)
        )
        for row in rows:
            if version in row.get("in", _versions()):
                flags[name] = _info(name, row, groups.get(name, ()), there)
    return FlagCatalogue(version, flags)


def _info(
    name: str, row: dict[str, Any], group: tuple[str, ...], versions: tuple[str, ...]
) -> FlagInfo:
    kind = row["kind"]
    return FlagInfo(
        name,
        kind,
        "" if kind == "switch" else row.get("takes", "one"),
        tuple(row.get("choices", ())),
        row.get("const"),
        row.get("default"),
        group,
        row.get("folder", False),
        row.get("repeats", False),
        row.get("same_as", ""),
        row.get("idle", False),
        row.get("unproven", False),
        versions,
    )


def versions_with(name: str) -> tuple[str, ...]:
    """The known versions that have a flag, the oldest first; none where no version has it."""
    return tuple(v for v in _versions() if name in catalogue(v).flags)


# --- from a command line ---


def parse(argv: Iterable[str], version: str = "") -> tuple[Flag, ...]:
    """All flags of a command line, with their values, as ComfyUI's own parser reads it.

    A first word that is no flag is the program, as in the `argv` of a running ComfyUI. An abbreviation
    becomes the flag that it stands for, and of a flag that is there twice the later counts. Nothing is left
    out: a flag that the version does not know is kept with the words behind it, and so is a word that belongs
    to no flag.
    """
    words = list(argv)
    if words and not words[0].startswith("-"):
        words = words[1:]
    found: dict[str, Flag] = {}
    for argument in arguments(words, version):
        value = argument.value
        before = found.pop(argument.name, None)
        if before is not None and argument.info is not None and argument.info.repeats:
            value = (*_listed(before.value), *_listed(value))
        found[argument.name] = Flag(argument.name, value)
    return tuple(found.values())


def arguments(words: Sequence[str], version: str = "") -> Iterator[Argument]:
    """Every flag of a command line in its order, with where it is and what its values are."""
    known = flags_of(version)
    at = 0
    while at < len(words):
        word = words[at]
        if not _is_flag(word):
            yield Argument(word, word, None, True, (), at)
            at += 1
            continue
        written, equals, attached = word.partition("=")
        names = known.abbreviated(written)
        info = known.flags[names[0]] if len(names) == 1 else None
        name = written if info is None else info.name
        behind = [] if equals else _values(words, at + 1, info)
        values = (attached,) if equals else tuple(words[index] for index in behind)
        yield Argument(written, name, info, value_of(values, info), values, at, tuple(behind))
        at += 1 + len(behind)


def _is_flag(word: str) -> bool:
    if len(word) < 2 or word[0] != "-" or _NEGATIVE.fullmatch(word):
        return False
    return " " not in word.partition("=")[0]


def _values(words: Sequence[str], start: int, info: FlagInfo | None) -> list[int]:
    """Where the values of a flag are; behind an unknown one everything up to the next flag."""
    takes = "any" if info is None else info.takes
    most = {"": 0, "one": 1, "optional": 1}.get(takes, len(words))
    found: list[int] = []
    for index in range(start, len(words)):
        if len(found) == most or _is_flag(words[index]):
            break
        found.append(index)
    return found


def value_of(values: Sequence[str], info: FlagInfo | None) -> FlagValue:
    """The values behind a flag as a profile has them; what is not of its kind stays text."""
    if not values:
        return True
    if info is None:
        return values[0] if len(values) == 1 else tuple(values)
    read = tuple(_read(value, info.kind) for value in values)
    return read if info.takes in ("any", "some") or info.repeats or len(read) > 1 else read[0]


def _read(value: str, kind: str) -> str | int | float:
    try:
        if kind == "whole number":
            return int(value)
        return float(value) if kind == "number" else value
    except ValueError:
        return value


def usual(value: FlagValue, info: FlagInfo | None) -> FlagValue:
    """A value as `parse` gives it, so that equal ones compare equal: `1` as `1.0` where it is a number."""
    if isinstance(value, bool):
        return value
    words = _listed(value)
    if info is None:
        return words[0] if len(words) == 1 else words
    if info.kind == "number":
        words = tuple(float(word) if isinstance(word, int) else word for word in words)
    listed = info.takes in ("any", "some") or info.repeats or len(words) != 1
    return (words or True) if listed else words[0]


def _listed(value: FlagValue) -> tuple[str | int | float, ...]:
    if isinstance(value, bool):
        return ()
    return value if isinstance(value, tuple) else (value,)


# --- to a command line ---


def argv(profile: Profile) -> list[str]:
    """The flags of a profile as words of a command line, in their order; `parse` reads the same from them."""
    known = flags_of(profile.comfyui)
    words: list[str] = []
    for flag in profile.flags:
        words += in_words(flag, known.get(flag.name))
    return words


def in_words(flag: Flag, info: FlagInfo | None) -> list[str]:
    """A flag as the words that a command line has for it; none where it is switched off."""
    if isinstance(flag.value, bool):
        return [flag.name] if flag.value else []
    values = [spelled(value) for value in _listed(flag.value)]
    if info is not None and info.repeats and info.takes == "one":
        return [word for value in values for word in _with_value(flag.name, value)]
    if len(values) == 1:
        return _with_value(flag.name, values[0])
    return [flag.name, *values]


def _with_value(name: str, value: str) -> list[str]:
    """A value that looks like a flag only counts as one behind `=`."""
    return [f"{name}={value}"] if _is_flag(value) or not value else [name, value]


def spelled(value: str | int | float) -> str:
    """A value as a command line has it: `1.0` is `1`."""
    text = str(value)
    return text.removesuffix(".0") if isinstance(value, float) else text
