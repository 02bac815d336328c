"""The quick reader and typer read every command line alike."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.cli import COMMANDS, module_of, quick, typed
from wan22dsl.cli.declare import Argument, Command, Option

DECLARED = {
    name: module.COMMAND
    for name in COMMANDS
    if hasattr(module := import_module(module_of(name)), "COMMAND")
}


def by_typer(command: Command, words: list[str]) -> dict[str, object] | None:
    """What typer makes of the words; None when it finds them wrong."""
    seen: list[dict[str, object]] = []

    def run(**values: object) -> int:
        seen.append(values)
        return 0

    typed.run(typed.app_of(Command(run, command.takes)), "wan", words)
    return seen[0] if seen else None


def words_for(command: Command) -> st.SearchStrategy[list[str]]:
    """Command lines that are nearly right: its own options, values, and some noise."""
    flags = [flag for one in command.takes if isinstance(one, Option) for flag in one.flags]
    choices = [c for one in command.takes if isinstance(one, Option) for c in one.choices]
    values = ["a.wan", "b c", "-", "x=1", "--x", "", "--", "-x", "ü", *choices]
    loose = st.sampled_from(flags + values)
    joined = st.tuples(st.sampled_from(flags or ["--x"]), st.sampled_from(values)).map("=".join)
    pairs = st.tuples(st.sampled_from(flags or ["--x"]), st.sampled_from(values))
    parts = st.one_of(loose.map(lambda w: (w,)), joined.map(lambda w: (w,)), pairs)
    return st.lists(parts, max_size=4).map(lambda found: [w for part in found for w in part])


@pytest.mark.parametrize("name", DECLARED)
def test_what_the_quick_reader_reads_typer_reads_alike(name):
    command = DECLARED[name]

    @given(words=words_for(command))
    def law(words):
        values = quick.read(command, words)
        if values is not None:
            assert values == by_typer(command, words)

    law()


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["a"], {"a": "a", "text": "t", "many": [], "flag": False, "one_of": None}),
        (["-"], {"a": "-", "text": "t", "many": [], "flag": False, "one_of": None}),
        (
            ["--text", "x", "a", "--many=1", "-m", "2", "--flag", "--one-of", "yes"],
            {"a": "a", "text": "x", "many": ["1", "2"], "flag": True, "one_of": "yes"},
        ),
        (["a", "--text="], {"a": "a", "text": "", "many": [], "flag": False, "one_of": None}),
    ],
)
def test_an_ordinary_command_line_needs_no_typer(words, values):
    takes = (
        Argument("a", "A", ""),
        Option("text", ("--text",), "", "T", default="t"),
        Option("many", ("--many", "-m"), "", "M", many=True),
        Option("flag", ("--flag",), ""),
        Option("one_of", ("--one-of",), "", "O", choices=("yes", "no")),
    )
    command = Command(lambda: 0, takes)
    assert quick.read(command, words) == values == by_typer(command, words)
