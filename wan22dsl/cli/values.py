"""Values from outside: `--set name=value` and `--params FILE`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wan22dsl.language.program.program import Values


#: Tables of parameters in each other: those of a module, and of the modules that it uses.
_DEEPEST = 32


def gather(settings: Iterable[str] | None, params: str | None) -> Values:
    """Parameters by name; what `--set` says stands above what the file says.

    Texts from `--set` are to be read as the parameter's type asks. Values from a file are Python's.
    Raises CommandError for what is no `name=value` and for a file of another shape, UnreadableFile.
    """
    from wan22dsl.language.program.program import Values

    values = dict(_flat(_read(params), params)) if params is not None else {}
    shared = set(values)
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        name = name.strip()
        if not equals:
            raise CommandError(f"--set {setting}: write `--set name=value`")
        if not name:
            raise CommandError(f"--set {setting}: the name before `=` is missing")
        values[name] = value.strip()
        shared.discard(name)
    return Values(values, shared)


#: What `--set seed=random` says, and a parameters file with `seed = "random"`.
RANDOM = "random"

#: Seeds below it are whole numbers of JavaScript's, so that ComfyUI's editor keeps every digit.
_SEEDS = 2**53

#: A number with so many digits is none of the language (`program.values.read_number`).
_TOO_MANY_DIGITS = 400


def gather_for(
    source: Source, settings: Iterable[str] | None, params: str | None, *, quiet: bool = False
) -> Values:
    """What `gather` gives, with a number in place of every `random`; which one is shown on standard error."""
    given = gather(settings, params)
    drawn = {name: _draw(accepts) for name, accepts in _random(source, given).items()}
    if drawn and not quiet:
        from wan22dsl.cli import streams

        streams.tell("".join(f"{name} = {number} (random)\n" for name, number in drawn.items()))
    return _with(given, drawn)


def _with(given: Mapping[str, Any], drawn: Mapping[str, Any]) -> Values:
    from wan22dsl.language.program.program import Values

    return Values({**given, **drawn}, given.shared if isinstance(given, Values) else ())


def without_random(source: Source, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with 0, or the first accepted number, in place of every `random`: a check draws none."""
    found = _random(source, given)
    if not found:
        return given
    return _with(given, {name: _first(accepts) for name, accepts in found.items()})


def _random(source: Source, given: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of type `int` that are set to `random`, with what they accept, as it is written."""
    if RANDOM not in given.values():
        return {}
    from wan22dsl.formats.kind import is_json
    from wan22dsl.language.program import load_program

    if is_json(source):
        return {}
    found = {}
    for name, module, param in load_program(source)[0].parameters():
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
    text = Source.read(Path(path)).text
    kind = Path(path).suffix.lower()
    if kind == ".json":
        return _json(text, path)
    if kind == ".toml":
        from wan22dsl.lint.policy import toml

        return toml.read(text.encode(), Path(path).as_posix())
    raise CommandError(f"--params {path}: its name should end in .toml or .json")


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
        raise UnreadableFile(path, "is nested too deep") from error
    if not isinstance(values, dict):
        raise UnreadableFile(path, 'should be a JSON object such as {"seed": 42}')
    return values


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _flat(
    values: Mapping[str, Any], path: str, before: str = "", depth: int = 1
) -> Iterator[tuple[str, Any]]:
    """Names with their values: the table `[house]` with `cfg` gives `house.cfg`."""
    if depth > _DEEPEST:
        raise UnreadableFile(path, f"has tables more than {_DEEPEST} deep in each other")
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, path, f"{before}{name}.", depth + 1)
        else:
            yield before + name, value
