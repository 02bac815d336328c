"""wan22dsl: a small text language for Wan 2.2 video pipelines on ComfyUI.

    import wan22dsl

    result = wan22dsl.compile("portrait.wan", values={"seed": 7})
    if result.prompt is None:
        print(wan22dsl.render(result.diagnostics))

    report = wan22dsl.lint_files(".")
    print(report.verdict, len(report.findings), "findings in", len(report.files), "files")

`lint_files` judges many files with their configuration, suppressions and baseline, as `wan lint` does;
`check` judges one text, and `run_file` runs it on a ComfyUI server. (The packages `wan22dsl.lint` and
`wan22dsl.run` are modules, so no function has their names.)
Nothing of what `__all__` names is imported before it is used, so `import wan22dsl` costs next to nothing.

The packages, from text to JSON:

    source, diagnostics, errors, disk   sources and places in them, findings as data, faults, files
    network/      every connection: to whom, with which login, for how long
    language/     what a `.wan` file says
      syntax/       text ↔ tree: grammar tables, parser, recovery, printer; knows no meaning
      program/      names, modules, parameters, types and units → the resolved program
      library/      *.wan: the standard library, in the language itself
    comfyui/      what ComfyUI has, and what it does
      catalogue/    which node classes exist, with their inputs and outputs
      nodes/        what the nodes of a class mean
    graph/        ComfyUI nodes and the links between them, and what is known of each link
      build/        program → graph
      passes/       recognised on the graph: model chains, schedules, noise levels, hand-offs
      analysis/     what a graph is, in facts
      cost/         cards, time, memory
    lint/         what is wrong: rules/ (one rule, one file), policy/ (which findings count), fixing
    formats/      one format, one file or folder: what is read and written
    importing/    any graph → a `.wan` text
    comparing/    what differs in meaning between two files
    keeping/      a graph as a workflow that looks like its original
    server/       the simulated ComfyUI server
    run/          one run on a server: events, timing, memory, record
    api/          the phases in order, and a run of the linter: called alike by commands and from Python
    report/       one output, one file: how findings are shown
    cli/          one command, one file

`docs/architecture.md` says which of them may import which, and where a new thing goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.api import (
        DEFAULT_TARGET,
        Checked,
        Compiled,
        Described,
        Drawn,
        FixedFile,
        Options,
        Report,
        RunOptions,
        RunResult,
        RunWatcher,
        Verdict,
        check,
        compile,
        describe,
        diff,
        draw,
        expand,
        format,
        import_file,
        lint_files,
        run_file,
        workflow,
        workflow_like,
    )
    from wan22dsl.diagnostics import Diagnostic, Edit, Fix, Label, Message, Severity
    from wan22dsl.errors import CatalogueError, CommandError, ServerError, UnreadableFile, WanError
    from wan22dsl.report.text import render
    from wan22dsl.source import Position, Source, Span

__version__ = "0.1.0"

__all__ = [
    "DEFAULT_TARGET",
    "CatalogueError",
    "Checked",
    "CommandError",
    "Compiled",
    "Described",
    "Diagnostic",
    "Drawn",
    "Edit",
    "Fix",
    "FixedFile",
    "Label",
    "Message",
    "Options",
    "Position",
    "Report",
    "RunOptions",
    "RunResult",
    "RunWatcher",
    "ServerError",
    "Severity",
    "Source",
    "Span",
    "UnreadableFile",
    "Verdict",
    "WanError",
    "__version__",
    "check",
    "compile",
    "describe",
    "diff",
    "draw",
    "expand",
    "format",
    "import_file",
    "lint_files",
    "load",
    "render",
    "run_file",
    "workflow",
    "workflow_like",
]

_HOMES = {
    "api": "DEFAULT_TARGET Checked Compiled Described Drawn FixedFile Options Report RunOptions "
    "RunResult RunWatcher Verdict check compile describe diff draw expand format import_file lint_files "
    "run_file workflow workflow_like",
    "diagnostics": "Diagnostic Edit Fix Label Message Severity",
    "errors": "CatalogueError CommandError ServerError UnreadableFile WanError",
    "report.text": "render",
    "source": "Position Source Span",
}


def load(file: Path | str) -> Source:
    """The source of a `.wan` file, for the other functions: so it is read only once.

    Raises UnreadableFile when it is missing, a folder, or not UTF-8.
    """
    from pathlib import Path

    from wan22dsl.source import Source

    return Source.read(Path(file))


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used."""
    from wan22dsl.lazy import offered

    return offered(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return __all__
