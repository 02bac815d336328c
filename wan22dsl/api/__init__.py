"""What the command line, Python, editors and agents call alike. Nothing here prints or asks a terminal.

    from wan22dsl import api

    report = api.lint_files("pipelines", api.Options(strict=True))
    print(report.verdict, len(report.findings))

Nothing of what `__all__` names is imported before it is used.

compiler      the phases in order: check, compile, workflow, workflow_like, expand, import_file, diff, format
description   what a pipeline is, in facts: describe
picture       a pipeline as SVG, Mermaid or DOT: draw
lint          a run of the linter over many files: lint_files
  options       what it should do           report        what it found
  files         which files are meant, and what each is judged by
  cached_run    the answer of an earlier run, while nothing has changed
  results       the findings of each file: kept, or made in workers
  workers       judging: here, in several processes, by a server
  policy        which findings count
  fixes         fixes in the text of files
running       a pipeline on a ComfyUI server, from text to video and record: run_file
  on_server     a pipeline that is compiled for a server, ready to run as often as wanted
benching      a bench, from its plan to its outcome: run_bench
  bench_plan    its cells                  bench_places  where it measures
  bench_session a start and its cells      bench_context what all sessions share
  bench_options what it is asked for, and who watches
  bench_results what was measured: gate_bench, accept_benches, compare_benches, outcome_of_bench
machine       snapshots, their differences, what will hurt: take_snapshot, examine_machine
  server_start  what is wrong with how a server was started
quality       what is wrong with a video, and figures to compare: measure_quality
values        parameters from outside, and random seeds
targets       which ComfyUI a file is judged by
profiles      launch profiles of a file and of the library: profiles_of, find
node_files    the node classes that a project declares
pipelines     which pipeline of a file is meant
codes         all messages, by code and name
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.lazy import offered

if TYPE_CHECKING:
    from wan22dsl.api.codes import all_messages
    from wan22dsl.api.compiler import (
        Checked,
        Compiled,
        check,
        compile,
        diff,
        expand,
        format,
        import_file,
        workflow,
        workflow_like,
    )
    from wan22dsl.api.description import Described, describe
    from wan22dsl.api.lint import lint_files
    from wan22dsl.api.node_files import node_files_for, with_node_files
    from wan22dsl.api.options import Options
    from wan22dsl.api.picture import Drawn, draw
    from wan22dsl.api.quality import DecodeTiles, ExpectedVideo, measure_quality
    from wan22dsl.api.report import FixedFile, Report, Verdict
    from wan22dsl.api.running import RunOptions, RunResult, RunWatcher, run_file
    from wan22dsl.api.targets import DEFAULT_TARGET, target_for

__all__ = [
    "DEFAULT_TARGET",
    "Checked",
    "Compiled",
    "DecodeTiles",
    "Described",
    "Drawn",
    "ExpectedVideo",
    "FixedFile",
    "Options",
    "Report",
    "RunOptions",
    "RunResult",
    "RunWatcher",
    "Verdict",
    "all_messages",
    "check",
    "compile",
    "describe",
    "diff",
    "draw",
    "expand",
    "format",
    "import_file",
    "lint_files",
    "measure_quality",
    "node_files_for",
    "run_file",
    "target_for",
    "with_node_files",
    "workflow",
    "workflow_like",
]

#: Module → the names that it offers. No name is that of a module of ours: importing the module would hide it.
HOMES = {
    "codes": "all_messages",
    "compiler": "Checked Compiled check compile diff expand format import_file workflow workflow_like",
    "description": "Described describe",
    "lint": "lint_files",
    "node_files": "node_files_for with_node_files",
    "options": "Options",
    "picture": "Drawn draw",
    "quality": "DecodeTiles ExpectedVideo measure_quality",
    "report": "FixedFile Report Verdict",
    "running": "RunOptions RunResult RunWatcher run_file",
    "targets": "DEFAULT_TARGET target_for",
}


def __getattr__(name: str) -> Any:
    """Imports an offered name when it is first used."""
    return offered(__name__, HOMES, name)


def __dir__() -> list[str]:
    return __all__
