"""A typer app from what a command declares: for help, mistakes and unusual spellings."""

from __future__ import annotations

import io
from enum import Enum
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from wan22dsl.cli import streams
from wan22dsl.cli.declare import Argument, Command, Group, Option
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def empty_app() -> typer.Typer:
    """A typer app with nothing in it that is slow: no colours, no completion, no tracebacks."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )


def app_of(declared: Command | Group, words: Sequence[str] = ()) -> typer.Typer:
    """The app of a command, or of one with commands below it.

    Of one with a default, the words say whether the app is that of the default.
    """
    app = empty_app()
    if isinstance(declared, Group):
        default = declared.default
        if default is not None and declared.meant(words)[0] is default:
            app.command(epilog=_listed(declared) if declared.commands else None)(
                _function_of(default)
            )
            return app
        app.callback()(_nothing_with(declared.help))
        for name, command in declared.commands.items():
            app.command(name)(_function_of(command))
    else:
        app.command()(_function_of(declared))
    return app


def _listed(group: Group) -> str:
    """The commands of a group, each with the first line of its help; click keeps the lines of such a text."""
    width = max(map(len, group.commands), default=0)
    rows = (
        f"  {name:<{width}}  {(command.run.__doc__ or '').partition(chr(10))[0]}"
        for name, command in group.commands.items()
    )
    return "\b\n" + "\n".join(["Commands:", *rows])


def _nothing_with(help: str) -> Callable[[], None]:
    """A function with this help that does nothing."""

    def nothing() -> None:
        pass

    nothing.__doc__ = help
    return nothing


def _function_of(command: Command) -> Callable[..., int]:
    """A function with the signature that typer reads."""

    def call(**values: Any) -> int:
        return command.run(**{take.name: _plain(take, values[take.name]) for take in command.takes})

    parameters = [_parameter(take) for take in command.takes]
    call.__doc__ = command.run.__doc__
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return call


def run(app: typer.Typer, name: str, words: Sequence[str]) -> int:
    """Runs an app by the name that people typed; their mistakes are shown, and give 2."""
    try:
        code = get_command(app).main(list(words), prog_name=name, standalone_mode=False)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except Exception as error:
        # A wrong command line: click's ClickException, which newer typers bring along themselves.
        if not (hasattr(error, "show") and hasattr(error, "exit_code")):
            raise
        shown = io.StringIO()
        error.show(shown)
        streams.tell(_in_one_line(shown.getvalue(), words))
        return 2
    return code if isinstance(code, int) else 0


def _in_one_line(text: str, words: Sequence[str]) -> str:
    """A message about words, without the line ends that these have."""
    for word in words:
        for part in (word, *word.split("=")):
            if part and not part.isprintable():
                text = text.replace(part, one_line(part))
    return text


def _parameter(value: Argument | Option) -> Parameter:
    default: Any = Parameter.empty
    if isinstance(value, Argument):
        kind: Any = list[str] if value.many else str
        shown = value.default is not None
        info: Any = typer.Argument(metavar=value.metavar, help=value.help, show_default=shown)
        if not value.required:
            kind, default = kind | None, value.default
    else:
        kind, default = _kind(value), value.default if value.metavar else False
        shown = value.default is not None
        metavar = None if value.choices else value.metavar or None
        info = typer.Option(
            *value.flags, metavar=metavar, help=value.help, show_default=shown, hidden=value.hidden
        )
    annotation = Annotated[kind, info]
    return Parameter(
        value.name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation
    )


def _kind(option: Option) -> Any:
    if not option.metavar:
        return bool
    if option.choices:
        return Enum("Choice", {choice: choice for choice in option.choices}, type=str)
    return list[str] | None if option.many else str | None


def _plain(this_value: Argument | Option, value: Any) -> Any:
    if this_value.many:
        return list(value or ())
    return value.value if isinstance(value, Enum) else value
