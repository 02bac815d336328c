"""docs/cli.md: every command, from what the commands themselves declare."""

from __future__ import annotations

from importlib import import_module
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, NamedTuple

from typer.main import get_command

from wan22dsl.cli import COMMANDS, module_of
from wan22dsl.cli.declare import Argument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.cli.declare import Command, Option

HEAD = """\
# The command line

<!-- Made by docs/generate.py from the commands themselves. -->

`wan COMMAND --help` shows the same. A file named `-` is standard input, an output named `-` standard
output. Results go to standard output, messages to standard error.

| exit code | meaning |
|---|---|
| 0 | success; there may be warnings and notes |
| 1 | errors in the file (`wan fmt --check`: a file would change) |
| 2 | wrong command, or a file cannot be read or written |
| 70 | an internal error; `WAN_TRACEBACK=1` shows where |
| 130 | stopped with Ctrl-C |
| 141 | nobody reads the output any more, as after `\\| head -1` |

Environment: `NO_COLOR` and `FORCE_COLOR` turn colours off and on (default: on for a terminal);
`WAN_TRACEBACK=1` shows the traceback of an internal error.
"""


class Row(NamedTuple):
    """Something that a command takes."""

    spelled: str
    help: str
    default: str
    is_option: bool


def page() -> str:
    """The text of the page."""
    return "\n".join([HEAD, *(_section(name) for name in COMMANDS)])


def _section(name: str) -> str:
    module = import_module(module_of(name))
    declared: Command | None = getattr(module, "COMMAND", None)
    if declared is not None:
        rows = [_declared_row(take) for take in declared.takes if not _is_hidden(take)]
        return _command(f"wan {name}", declared.run.__doc__, rows, "##")
    group: Any = get_command(module.app)
    head = f"## wan {name}\n\n{cleandoc(group.help)}\n"
    parts = (
        _command(
            f"wan {name} {command.name}", command.help, list(map(_typer_row, command.params)), "###"
        )
        for command in group.commands.values()
    )
    return "\n".join([head, *parts])


def _command(name: str, doc: str | None, rows: list[Row], level: str) -> str:
    words = [name, *(row.spelled.replace("\\", "") for row in rows if not row.is_option)]
    words += ["[OPTIONS]"] if any(row.is_option for row in rows) else []
    lines = [f"{level} {name}", "", f"    {' '.join(words)}", "", cleandoc(doc or ""), ""]
    lines += ["| | | default |", "|---|---|---|"]
    lines += [f"| `{row.spelled}` | {row.help} | {row.default} |" for row in rows]
    return "\n".join([*lines, ""])


def _is_hidden(take: Argument | Option) -> bool:
    return not isinstance(take, Argument) and take.hidden


def _declared_row(take: Argument | Option) -> Row:
    if isinstance(take, Argument):
        return _row([], take.metavar, take.help, required=take.required, many=take.many)
    return _row(take.flags, r"\|".join(take.choices) or take.metavar, take.help, take.default)


def _typer_row(param: Any) -> Row:
    """The same for a parameter of typer's, of a command that has subcommands."""
    if param.param_type_name == "argument":
        return _row([], param.metavar, param.help, required=param.required, many=param.nargs == -1)
    flags = sorted(param.opts, key=len, reverse=True)
    return _row(flags, "" if param.is_flag else param.metavar, param.help, param.default)


def _row(
    flags: Sequence[str],
    value: str,
    says: str,
    default: object = None,
    *,
    required: bool = True,
    many: bool = False,
) -> Row:
    spelled = " ".join([*", ".join(flags).split(), *([value] if value else [])])
    spelled += "…" if many and not flags else ""
    shown = f"`{default}`" if default and isinstance(default, str) else ""
    return Row(spelled if required else f"[{spelled}]", says, shown, bool(flags))
