"""What many tests need of the examples, made once in a process: it is needed when tests are collected."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.api.codes import all_messages, answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import CheckedGraph

EXAMPLES = ROOT / "examples"


@cache
def graphs_of(file: Path) -> Mapping[str, CheckedGraph]:
    """The sound pipelines and graphs of a file, by name."""
    return compiler.check(file).graphs


@cache
def examples() -> tuple[tuple[Path, str, CheckedGraph], ...]:
    """Every sound pipeline of the files in `examples/`, in order."""
    files = sorted(EXAMPLES.glob("*.wan"))
    return tuple((file, *each) for file in files for each in graphs_of(file).items())


@cache
def answers() -> Mapping[str, Diagnostic | None]:
    """By code, the finding in the wrong example of each message; None where its example has none."""
    return {code: answer(message) for code, message in all_messages().items()}
