"""What a command takes, as plain data: the only description of the command line.

What several commands take is worded here, once. docs/cli.md is made of the data, and `wan` reads it twice: by
`quick`, which understands an ordinary command line without any import, and by `typed`, which makes a typer
app of it for everything else: help, mistakes, unusual spellings. Importing typer takes longer than compiling
a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api.targets import DEFAULT_TARGET
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Argument(NamedTuple):
    """A word on a command line without a name; `many` takes one or more of them.

    A `default` is for one that is not `required`.
    """

    name: str
    metavar: str
    help: str
    required: bool = True
    many: bool = False
    default: str | None = None


class Option(NamedTuple):
    """What is given by a name, such as `--output OUT`.

    An option without a `metavar` is a flag, which is on or off; one with `many` may be given several
    times; one with `choices` takes only these. A `hidden` one is accepted, and in no help.
    """

    name: str
    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    default: str | None = None
    many: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False


class Command(NamedTuple):
    """A command: the function that does it, whose docstring is its help, and what it takes.

    The function gets everything by the name of its parameter and gives the exit code.
    """

    run: Callable[..., int]
    takes: tuple[Argument | Option, ...]


class Group(NamedTuple):
    """A command that has commands of its own below it, by their names, and its help.

    `default` runs when the first word is none of the names: `wan bench FILE` beside `wan bench show`. Its
    help begins as that of the group, and lists the commands. A file that is called as one is `./show`.
    """

    help: str
    commands: Mapping[str, Command]
    default: Command | None = None

    def meant(self, words: Sequence[str]) -> tuple[Command | None, Sequence[str]]:
        """The command that the words mean, and the words for it; None where they name none."""
        command = self.commands.get(words[0]) if words else None
        if command is not None:
            return command, words[1:]
        if words and self.default is not None:
            self._look(words[0])
        return self.default, words

    def _look(self, word: str) -> None:
        """Raises CommandError for a word that is no file, and nearly the name of a command."""
        if word.startswith("-") or not word.isidentifier():
            return
        from pathlib import Path

        from wan22dsl.diagnostics import nearest
        from wan22dsl.errors import CommandError

        close = nearest(word, self.commands)
        if close is not None and not Path(word).exists():
            raise CommandError(f"{word}: no such file, and no command; did you mean `{close}`?")


FILE = Argument("file", "FILE", "`.wan` file; `-` reads standard input")
PATHS = Argument(
    "paths",
    "PATHS",
    "`.wan` files, or folders of them; `-` reads standard input",
    many=True,
)
INPUTS = Argument(
    "paths",
    "PATHS",
    "`.wan` files, ComfyUI JSON, or folders of them; `-` reads standard input",
    many=True,
)
OUTPUT = Option(
    "output", ("--output", "-o"), "File to write; `-` is standard output", "OUT", default="-"
)
PIPELINE = Option(
    "pipeline", ("--pipeline", "-p"), "Pipeline or graph, if the file has several", "NAME"
)
SET = Option(
    "settings",
    ("--set", "-s"),
    "Set a parameter or setting (`high.cfg=3.5`); repeatable; `seed=random` draws a seed",
    "NAME=VALUE",
    many=True,
)
PARAMS = Option("params", ("--params",), "TOML or JSON file of parameters", "FILE")
COMFYUI = Option(
    "comfyui", ("--comfyui",), "Folder of ComfyUI, or the name of a configured install", "DIR"
)
PYTHON = Option("python", ("--python",), "Python that ComfyUI runs with", "EXE")
FAULT = Option(
    "fault", ("--fault",), "Fault to inject, such as `oom at low.sampler`; repeatable",
    "FAULT", many=True,
)  # fmt: skip
DISTURB = Option(
    "disturb", ("--disturb",),
    "Disturbance to simulate, such as `8 % slower at low.sampler`; repeatable",
    "DISTURBANCE", many=True,
)  # fmt: skip
SILENCE = Option(
    "silence",
    ("--silence",),
    "Seconds without progress before the server counts as stuck",
    "SECONDS",
    default="600",
)
ALLOW = Option(
    "allow_project",
    ("--allow-project",),
    "Allow, this time only, programs, folders and servers that project files name",
)
#: For commands that also work where no server answers.
MAYBE_SERVER = Option(
    "server",
    ("--server",),
    "ComfyUI server (default: WAN_SERVER, else http://127.0.0.1:8188, if it answers)",
    "URL",
)
TARGET = Option(
    "target",
    ("--target", "-t"),
    f"ComfyUI version, object_info file or server URL (default: the configuration's, else {DEFAULT_TARGET})",
    "TARGET",
)
