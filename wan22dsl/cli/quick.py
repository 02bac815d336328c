"""An ordinary command line, read without any import. Whatever is not ordinary is left to typer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.cli.declare import Argument, Group, Option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wan22dsl.cli.declare import Command


def find(
    declared: Command | Group, words: Sequence[str]
) -> tuple[Callable[..., int], dict[str, Any]] | None:
    """The function to call, with its values by name; None when typer should look at the words."""
    command: Command | None
    if isinstance(declared, Group):
        command, rest = declared.meant(words)
    else:
        command, rest = declared, words
    values = read(command, rest) if command is not None else None
    return None if command is None or values is None else (command.run, values)


def read(command: Command, words: Sequence[str]) -> dict[str, Any] | None:
    """The values by name; None when typer should look at the words.

    None does not mean that they are wrong: `--`, `-oOUT`, an option that is given twice and the like are
    right, only rare.
    """
    options = {
        flag: take for take in command.takes if isinstance(take, Option) for flag in take.flags
    }
    given: dict[str, Any] = {}
    bare: list[str] = []
    rest = iter(words)
    for word in rest:
        if not _is_option(word):
            bare.append(word)
            continue
        flag, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        option = options.get(flag)
        if option is None or (equals and not option.metavar):
            return None
        if not option.metavar:
            given[option.name] = True
            continue
        taken: str | None = value
        if not equals:
            taken = next(rest, None)
        if not _take(given, option, taken):
            return None
    arguments = [take for take in command.takes if isinstance(take, Argument)]
    if not _place(given, arguments, bare):
        return None
    return {take.name: given.get(take.name, _default(take)) for take in command.takes}


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _take(given: dict[str, Any], option: Option, value: str | None) -> bool:
    if value is None or _is_option(value) or (option.choices and value not in option.choices):
        return False
    if option.many:
        given.setdefault(option.name, []).append(value)
        return True
    if option.name in given:
        return False
    given[option.name] = value
    return True


def _place(given: dict[str, Any], arguments: list[Argument], bare: list[str]) -> bool:
    """Hands the words without a name to the arguments; False when there are too few or too many."""
    if any(word == "" for word in bare):
        return False
    for argument in arguments:
        if bare and argument.many:
            given[argument.name] = bare
            bare = []
        elif bare:
            given[argument.name] = bare[0]
            bare = bare[1:]
        elif argument.required:
            return False
    return not bare


def _default(value: Argument | Option) -> Any:
    if isinstance(value, Argument):
        return [] if value.many else value.default
    if not value.metavar:
        return False
    return [] if value.many else value.default
