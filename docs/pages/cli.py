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
output. Results go to standard output, everything said about them to standard error.

| exit code | meaning |
|---|---|
| 0 | fine; there may be warnings and notes |
| 1 | the file has errors (`wan fmt --check`: a file would change) |
| 2 | the command was wrong, or a file cannot be read or written |
| 70 | a fault of wan22dsl itself; `WAN_TRACEBACK=1` shows where |
| 130 | stopped with Ctrl-C |
| 141 | nobody reads the output any more, as after `\\| head -1` |

Environment: `NO_COLOR` and `FORCE_COLOR` say whether there are colours (otherwise only on a terminal);
`WAN_TRACEBACK=1` shows the traceback of a fault.
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
        rows = [_declared_row(one) for one in declared.takes]
        return _command(f"wan {name}", declared.run.__doc__, rows, "##")
    group: Any = get_command(module.app)
    head = f"## wan {name}\n\n{cleandoc(group.help)}\n"
    parts = (
        _command(f"wan {name} {one.name}", one.help, list(map(_typer_row, one.params)), "###")
        for one in group.commands.values()
    )
    return "\n".join([head, *parts])


def _command(name: str, doc: str | None, rows: list[Row], level: str) -> str:
    words = [name, *(row.spelled.replace("\\", "") for row in rows if not row.is_option)]
    words += ["[OPTIONS]"] if any(row.is_option for row in rows) else []
    lines = [f"{level} {name}", "", f"    {' '.join(words)}", "", cleandoc(doc or ""), ""]
    lines += ["| | | default |", "|---|---|---|"]
    lines += [f"| `{row.spelled}` | {row.help} | {row.default} |" for row in rows]
    return "\n".join([*lines, ""])


def _declared_row(one: Argument | Option) -> Row:
    if isinstance(one, Argument):
        return _row([], one.metavar, one.help, required=one.required, many=one.many)
    return _row(one.flags, r"\|".join(one.choices) or one.metavar, one.help, one.default)


def _typer_row(one: Any) -> Row:
    """The same of a parameter of typer's, for commands with commands of their own below them."""
    if one.param_type_name == "argument":
        return _row([], one.metavar, one.help, required=one.required, many=one.nargs == -1)
    flags = sorted(one.opts, key=len, reverse=True)
    return _row(flags, "" if one.is_flag else one.metavar, one.help, one.default)


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
