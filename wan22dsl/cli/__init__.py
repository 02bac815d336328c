"""The command `wan`. One command, one file; only the file of the command that is called is imported.

Exit codes: 0 success; 1 errors in the file; 2 wrong command, or a file or a stream cannot be read or written;
70 an internal error; 130 stopped with Ctrl-C; 141 nobody reads the output any more.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.cli.declare import Command, Group

#: Command → its help in a line. The command `x` is the module `wan22dsl.cli.x` (`module_of`), which declares
#: a COMMAND.
COMMANDS = {
    "new": "Create a file that compiles and lints clean.",
    "lint": "Find mistakes in pipelines and ComfyUI workflows.",
    "fmt": "Format files in the canonical layout.",
    "compile": "Compile a pipeline to ComfyUI JSON.",
    "run": "Run a pipeline on a ComfyUI server, and time each pass.",
    "runs": "List, show, compare and query the records of runs.",
    "quality": "Find what is wrong with a video, and measure figures to compare it by.",
    "bench": "Find out which configuration is fastest on a card.",
    "batch": "Run many jobs on a fleet of ComfyUI servers.",
    "worker": "Run the jobs of batches on the ComfyUI server of this machine.",
    "fleet": "Show and change the ComfyUI servers that take work.",
    "report": "Write a report of benches, batches and runs, as a page or as Markdown.",
    "doctor": "Find what slows down or breaks ComfyUI on a machine, and how to fix it.",
    "snapshot": "Record what determines how fast a ComfyUI is, or compare two snapshots.",
    "launch": "Start ComfyUI from a profile, or write a launcher.",
    "serve": "Simulate a ComfyUI server, without ComfyUI or a GPU.",
    "import": "Convert a ComfyUI workflow, or a file that ComfyUI made, to a .wan file.",
    "diff": "Show how two files of any kind differ in meaning.",
    "expand": "Show the plain graph of a pipeline.",
    "describe": "Describe a pipeline or a ComfyUI workflow.",
    "graph": "Draw a pipeline or a ComfyUI workflow.",
    "explain": "Explain a code such as WAN201.",
    "nodes": "List, show and declare the node classes of ComfyUI and of packs.",
    "models": "List, check and download the model files that pipelines need.",
    "lsp": "Serve editors: findings as you type, completion, hover, renaming and the rest.",
    "schema": "Show the JSON Schemas of what wan reads and writes.",
}

FINE, HAS_ERRORS, WRONG_COMMAND, FAULT, STOPPED, CLOSED_PIPE = 0, 1, 2, 70, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line, by default that of the process, and gives the exit code."""
    if arguments is not None:
        return _main(list(arguments))
    import gc
    import os
    import warnings

    # What a command makes mostly lives until it ends: Python's own rhythm would look through it, and
    # let go of it at the end, for a fifth of the time that it takes to lint a file.
    gc.set_threshold(50_000)
    # What libraries warn of is for those who program with them; what matters to a user is reported by us.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    try:
        code = _main(sys.argv[1:])
    finally:
        gc.freeze()
    if not ("threading" in sys.modules or sys.getprofile()):
        # Everything is written, and nobody waits for anything: there is no thread, no process and no
        # profiler. Taking a few hundred modules apart would take as long as building a pipeline.
        os._exit(code)
    return code


def _main(words: list[str]) -> int:
    from wan22dsl.cli import streams

    with streams.open_gate() as (out, err):
        try:
            code = _guarded(words)
            if out.failure:
                streams.say(f"error: {out.failure}")
        except streams.ClosedPipe:
            return CLOSED_PIPE
        failed = out.failure or err.failure
        return WRONG_COMMAND if failed and code in (FINE, HAS_ERRORS) else code


def _guarded(words: list[str]) -> int:
    """Runs a command line; what was raised is shown."""
    from wan22dsl.cli import streams
    from wan22dsl.errors import WanError

    try:
        return _run(words)
    except WanError as error:
        streams.tell(f"error: {error}\n")
        return WRONG_COMMAND
    except KeyboardInterrupt:
        return STOPPED
    except OSError as error:
        # The disk, a stream or the limits of the system: whatever it is, it is not a fault of the program.
        streams.say(f"error: {_of_system(error)}")
        return _traced(error, WRONG_COMMAND)
    except MemoryError as error:
        streams.say("error: out of memory")
        return _traced(error, WRONG_COMMAND)
    except Exception as error:
        return _own_fault(error)


def _of_system(error: OSError) -> str:
    """What the system says, with the file that it is about."""
    from wan22dsl.disk import reason

    names = [item for item in (error.filename, error.filename2) if isinstance(item, str)]
    return ": ".join([*names, reason(error)])


def _run(words: list[str]) -> int:
    from wan22dsl.cli.streams import put, tell

    command, *rest = words or [""]
    if command in COMMANDS:
        return _call(command, rest)
    if command in ("--version", "-V"):
        from wan22dsl import __version__

        put(f"wan22dsl {__version__}\n")
        return FINE
    if command in ("--help", "-h", "help"):
        if rest and rest[0] in COMMANDS:
            return _call(rest[0], ["--help"])
        put(overview())
        return FINE
    tell(_unknown(command) + overview())
    return WRONG_COMMAND


def _call(command: str, words: list[str]) -> int:
    from importlib import import_module

    from wan22dsl.cli import quick

    declared: Command | Group = import_module(module_of(command)).COMMAND
    found = quick.find(declared, words)
    if found is not None:
        run, values = found
        return run(**values)
    from wan22dsl.cli import typed

    return typed.run(typed.app_of(declared, words), f"wan {command}", words)


def module_of(command: str) -> str:
    """The module of a command; `import` is a word of Python, and so cannot be the name of one."""
    return f"wan22dsl.cli.{'import_' if command == 'import' else command}"


def overview() -> str:
    """What `wan --help` shows."""
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:<{width}}  {text}\n" for name, text in COMMANDS.items())
    return (
        "Usage: wan COMMAND [OPTIONS] …\n\n"
        "Wan 2.2 video pipelines for ComfyUI, as text: write, lint, compile, run.\n\n"
        f"Commands:\n{commands}\n"
        "`wan COMMAND --help` explains a command; `wan --version` shows the version.\n"
        "Exit codes: 0 success; 1 errors in the file; 2 wrong command, or reading or writing failed.\n"
    )


def _unknown(command: str) -> str:
    if not command:
        return ""
    from wan22dsl.diagnostics import nearest
    from wan22dsl.escapes import one_line

    close = nearest(command, COMMANDS)
    hint = f" Did you mean `wan {close}`?" if close else ""
    return f"error: unknown command `{one_line(command)}`.{hint}\n\n"


def _own_fault(error: Exception) -> int:
    import os
    import traceback

    from wan22dsl import __version__
    from wan22dsl.cli.streams import tell
    from wan22dsl.escapes import one_line

    _traced(error, FAULT)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119 - no pathlib here
    what = f"{type(error).__name__} in {where}: {one_line(str(error))}"
    tell(
        f"error: internal error in wan22dsl {__version__}: {what}\n"
        "This is not a mistake in your file. Please report it, with the file and the command.\n"
        "WAN_TRACEBACK=1 in the environment shows the traceback.\n"
    )
    return FAULT


def _traced(error: BaseException, code: int) -> int:
    """The exit code, when the traceback has been shown to whoever wants it."""
    import os

    if os.environ.get("WAN_TRACEBACK"):
        import traceback

        from wan22dsl.cli.streams import tell

        tell("".join(traceback.format_exception(error)))
    return code
