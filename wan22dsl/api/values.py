"""Values of parameters from outside: strings as after `--set`, a file as after `--params`, random seeds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.language.outside import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from wan22dsl.source import Source

#: Most levels of tables in a file: those of a module, and of the modules that it uses.
_DEEPEST = 32


def by_name(settings: Iterable[str]) -> dict[str, str]:
    """The values of `NAME=VALUE` by name; of two for one name the last counts. Raises CommandError."""
    values = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip()
        if not equals:
            raise CommandError(f"--set {setting}: write `--set name=value`")
        if not name:
            raise CommandError(f"--set {setting}: the name before `=` is missing")
        values[name] = value.strip()
    return values


def gather(values: Mapping[str, Any], params: str | None = None) -> Values:
    """Parameters by name: `values`, and those of a TOML or JSON file, which `values` override.

    Strings in `values` are read as the parameter's type needs; values from a file are Python's.
    Raises CommandError for a file of another kind, UnreadableFile.
    """
    shared = dict(_flat(_read(params), params)) if params is not None else {}
    return Values({**shared, **values}, set(shared).difference(values))


#: The value of a seed that is to be drawn: `--set seed=random`, or `seed = "random"` in a file.
RANDOM = "random"

#: Seeds below it are exact in JavaScript, so that ComfyUI's editor keeps every digit.
_SEEDS = 2**53

#: The language has no number with so many digits (`program.values.read_number`).
_TOO_MANY_DIGITS = 400


def draw(source: Source, given: Mapping[str, Any]) -> tuple[Values, dict[str, int]]:
    """The values with a number in place of every `random`, and the numbers that were drawn, by name."""
    drawn = {name: _draw(accepts) for name, accepts in _random(source, given).items()}
    return _with(given, drawn), drawn


def _with(given: Mapping[str, Any], drawn: Mapping[str, Any]) -> Values:
    return Values({**given, **drawn}, given.shared if isinstance(given, Values) else ())


def numbers_of(source: Source, name: str) -> Callable[[], int] | None:
    """What draws numbers for a parameter of type `int` or a seed; None for any other name."""
    accepts = _random(source, {name: RANDOM}).get(name)
    return None if accepts is None else lambda: _draw(accepts)


def without_random(source: Source, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with 0, or the first accepted number, in place of every `random`: a check draws none."""
    found = _random(source, given)
    if not found:
        return given
    return _with(given, {name: _first(accepts) for name, accepts in found.items()})


def _random(source: Source, given: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of type `int` and the seeds that are set to `random`, with the source of what they
    accept.
    """
    if RANDOM not in given.values():
        return {}
    from wan22dsl.formats.kind import is_json
    from wan22dsl.language.program import load_program
    from wan22dsl.language.program.changes import is_change

    if is_json(source):
        return {}
    found = {}
    program = load_program(source)[0]
    known = {name for name, _, _ in program.parameters()}
    for name, value in given.items():
        of_setting = name.rpartition(".")[2] == "seed" and name not in known
        if value == RANDOM and of_setting and is_change(name, program.main):
            found[name] = ""
    for name, module, param in program.parameters():
        if given.get(name) == RANDOM and param.type.text == "int":
            accepts = param.accepts
            found[name] = "" if accepts is None else module.span(accepts.start, accepts.end).text
    return found


def _draw(accepts: str) -> int:
    from random import SystemRandom

    numbers = _accepted(accepts)
    if isinstance(numbers, range):  # it may be longer than `choice` takes
        return SystemRandom().randrange(numbers.start, numbers.stop)
    return SystemRandom().choice(numbers)


def _first(accepts: str) -> int:
    return _accepted(accepts)[0]


def _accepted(accepts: str) -> Sequence[int]:
    """The numbers to draw from: those of `1..100` and of `[1, 2, 3]`, else all seeds."""
    numbers = [int(item) for item in re.findall(r"[0-9]+", accepts) if len(item) < _TOO_MANY_DIGITS]
    is_range = re.fullmatch(r"[0-9]+ *\.\. *[0-9]+", accepts) is not None
    if is_range and len(numbers) == 2 and numbers[0] <= numbers[1]:
        return range(numbers[0], numbers[1] + 1)
    if numbers and re.fullmatch(r"\[[\s0-9,]*\]", accepts):
        return numbers
    return range(_SEEDS)


def _read(path: str) -> dict[str, Any]:
    from pathlib import Path

    from wan22dsl.source import Source

    text = Source.read(Path(path)).text
    kind = Path(path).suffix.lower()
    if kind == ".json":
        return _json(text, path)
    if kind == ".toml":
        from wan22dsl.lint.policy import toml

        return toml.read(text.encode(), Path(path).as_posix())
    raise CommandError(f"--params {path}: the file name must end in .toml or .json")


def _json(text: str, path: str) -> dict[str, Any]:
    import json

    try:
        values = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UnreadableFile(path, f"is not JSON: {error.msg} ({place})") from error
    except ValueError as error:
        digits = "a number has too many digits" if "digits" in str(error) else error
        raise UnreadableFile(path, f"is not JSON: {digits}") from error
    except RecursionError as error:
        raise UnreadableFile(path, "is nested too deeply") from error
    if not isinstance(values, dict):
        raise UnreadableFile(path, 'must be a JSON object such as {"seed": 42}')
    return values


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _flat(
    values: Mapping[str, Any], path: str, before: str = "", depth: int = 1
) -> Iterator[tuple[str, Any]]:
    """Names with their values: the table `[house]` with `cfg` gives `house.cfg`."""
    if depth > _DEEPEST:
        raise UnreadableFile(path, f"nests tables more than {_DEEPEST} levels deep")
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, path, f"{before}{name}.", depth + 1)
        else:
            yield before + name, value
