"""Files that are worked on in several threads at once come to what they come to one after the other."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.language.program import modules
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILES = sorted((ROOT / "examples").rglob("*.wan"))
THREADS = 8


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns so often that what they share shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def checked(file: Path) -> Any:
    found = compiler.check(file)
    return [
        (each.code, each.message, each.span and (each.span.source.path, each.span.start))
        for each in found.diagnostics
    ], [list(graph.graph.nodes) for graph in found.graphs.values()]


@cache
def names_in(file: Path) -> tuple[str, ...]:
    return tuple(compiler.check(file).graphs)


def compiled(file: Path) -> Any:
    return [compiler.compile(file, pipeline=name).prompt for name in names_in(file)]


def laid_out(file: Path) -> Any:
    return compiler.format(Source(file.read_text(encoding="utf-8").replace("    ", " ")))[0]


def imported(file: Path) -> Any:
    texts = []
    for name in names_in(file):
        prompt = compiler.compile(file, pipeline=name).prompt
        if prompt is not None:
            texts.append(compiler.import_file(dump(prompt).encode(), shown="p.json").text)
    return texts


@pytest.mark.parametrize("work", [checked, compiled, laid_out, imported])
def test_several_threads_come_to_the_same(
    work: Callable[[Path], Any], switching_often: None
) -> None:
    files = FILES if work is not imported else FILES[:12]
    one_by_one = [work(file) for file in files]
    modules.library_module.cache_clear()  # what is read once in a process is read by all of them at once
    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(work, files)) == one_by_one


def test_the_recursion_limit_stays_what_it_is() -> None:
    before = sys.getrecursionlimit()
    deep = "wan 1\n\n" + "".join(f"let a{n} = [a{n - 1}]\n" for n in range(1, 400))
    compiler.check(Source(deep.replace("a0", "1"), "deep.wan"))
    assert sys.getrecursionlimit() == before
