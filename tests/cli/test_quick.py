"""The command line is declared once, and the quick reader and typer read every command line alike."""

from __future__ import annotations

import ast
from importlib import import_module
from inspect import signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from wan22dsl.cli import COMMANDS, module_of, quick, typed
from wan22dsl.cli.declare import Argument, Command, Group, Option


def each() -> dict[str, Command]:
    """Every command by its words, also those below another one."""
    found = {}
    for name in COMMANDS:
        declared = import_module(module_of(name)).COMMAND
        if isinstance(declared, Group):
            for below, command in declared.commands.items():
                found[f"{name} {below}"] = command
            if declared.default is not None:
                found[name] = declared.default
        else:
            found[name] = declared
    return found


DECLARED = each()
of_each_command = pytest.mark.parametrize("name", DECLARED)


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
    flags = [flag for take in command.takes if isinstance(take, Option) for flag in take.flags]
    choices = [c for take in command.takes if isinstance(take, Option) for c in take.choices]
    values = ["a.wan", "b c", "-", "x=1", "--x", "", "--", "-x", "ü", "-1", "a=b=c", *choices]
    loose = st.sampled_from(flags + values)
    joined = st.tuples(st.sampled_from(flags or ["--x"]), st.sampled_from(values)).map("=".join)
    pairs = st.tuples(st.sampled_from(flags or ["--x"]), st.sampled_from(values))
    parts = st.one_of(loose.map(lambda w: (w,)), joined.map(lambda w: (w,)), pairs)
    return st.lists(parts, max_size=6).map(lambda found: [w for part in found for w in part])


@st.composite
def ordinary(draw: st.DrawFn, command: Command) -> list[str]:
    """Command lines as people write them: each option at most once or, if it may be, several times."""
    value = st.sampled_from(["a.wan", "-", "b c", "x=1", "ü", "12", "a/b.json"])
    parts: list[list[str]] = []
    for take in command.takes:
        if isinstance(take, Argument):
            least = 1 if take.required else 0
            words = draw(st.lists(value, min_size=least, max_size=3 if take.many else 1))
            if not words and not take.required:
                break  # what follows would be taken for it
            parts.append(words)
    named: list[list[str]] = []
    for take in command.takes:
        if isinstance(take, Option):
            for _ in range(draw(st.integers(0, 2 if take.many else 1))):
                named.append(draw(spelled(take, value)))
    for part in draw(st.permutations(named)):
        parts.insert(draw(st.integers(0, len(parts))), part)
    return [word for part in parts for word in part]


@st.composite
def spelled(draw: st.DrawFn, option: Option, value: st.SearchStrategy[str]) -> list[str]:
    """An option with its value, in one of the ways to write it."""
    flag = draw(st.sampled_from(option.flags))
    if not option.metavar:
        return [flag]
    given_value = draw(st.sampled_from(option.choices) if option.choices else value)
    if flag.startswith("--") and draw(st.booleans()):
        return [f"{flag}={given_value}"]
    return [flag, given_value]


@of_each_command
def test_what_the_quick_reader_reads_typer_reads_alike(name):
    command = DECLARED[name]

    @given(words=words_for(command))
    def law(words):
        values = quick.read(command, words)
        if values is not None:
            assert values == by_typer(command, words)

    law()


@of_each_command
def test_an_ordinary_line_of_every_command_is_read_by_both_alike(name):
    command = DECLARED[name]

    @given(words=ordinary(command))
    def law(words):
        values = quick.read(command, words)
        assert values is not None, words
        assert values == by_typer(command, words)

    law()


@of_each_command
def test_a_command_gets_what_it_declares(name):
    command = DECLARED[name]
    names = [take.name for take in command.takes]
    assert len(names) == len(set(names))
    parameters = signature(command.run).parameters.values()
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        assert sorted(parameter.name for parameter in parameters) == sorted(names)


@of_each_command
def test_the_help_has_everything_that_is_declared(name, wan):
    shown = " ".join(wan(*name.split(), "--help").stdout.split())
    for take in DECLARED[name].takes:
        words = [take.help]
        if isinstance(take, Option):
            words += take.flags
            words += ["|".join(take.choices)] if take.choices else [take.metavar]
            words += [f"[default: {take.default}]"] if take.default is not None else []
            if take.hidden:
                assert take.help not in shown
                continue
        else:
            words += [take.metavar]
            words += [f"[default: {take.default}]"] if take.default is not None else []
        for word in words:
            assert word in shown, take


@pytest.mark.parametrize(
    "words", [[], ["--help"], ["lst"], ["list", "--help"], ["show", "--nonsense"], ["--json"]]
)
def test_a_line_of_a_group_that_is_not_ordinary_is_left_to_typer(words):
    assert quick.find(import_module(module_of("runs")).COMMAND, words) is None


def test_only_one_file_makes_a_typer_app_and_all_of_it_from_declarations():
    users = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "wan22dsl").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_bytes()))
        if (
            isinstance(node, ast.Import)
            and any(n.name.split(".")[0] == "typer" for n in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "typer")
    }
    assert users == {"wan22dsl/cli/typed.py"}


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["a"], {"a": "a", "text": "t", "many": [], "flag": False, "one_of": None, "b": "last"}),
        (["-", "c"], {"a": "-", "text": "t", "many": [], "flag": False, "one_of": None, "b": "c"}),
        (
            ["--text", "x", "a", "--many=1", "-m", "2", "--flag", "--one-of", "yes"],
            {
                "a": "a",
                "text": "x",
                "many": ["1", "2"],
                "flag": True,
                "one_of": "yes",
                "b": "last",
            },
        ),
        (
            ["a", "--text="],
            {"a": "a", "text": "", "many": [], "flag": False, "one_of": None, "b": "last"},
        ),
    ],
)
def test_an_ordinary_command_line_needs_no_typer(words, values):
    takes = (
        Argument("a", "A", ""),
        Argument("b", "B", "", required=False, default="last"),
        Option("text", ("--text",), "", "T", default="t"),
        Option("many", ("--many", "-m"), "", "M", many=True),
        Option("flag", ("--flag",), ""),
        Option("one_of", ("--one-of",), "", "O", choices=("yes", "no")),
    )
    command = Command(lambda: 0, takes)
    assert quick.read(command, words) == values == by_typer(command, words)


def group_with_default(seen: list[object]) -> Group:
    """`g FILE [--on]` beside `g show WHAT`."""

    def default(**values: object) -> int:
        """Do it."""
        seen.append(values)
        return 0

    def show(**values: object) -> int:
        """Show it."""
        seen.append(values)
        return 3

    on, what = Option("on", ("--on",), "Switch"), Argument("what", "WHAT", "Thing")
    file = Argument("file", "FILE", "File")
    return Group("Do it.", {"show": Command(show, (what,))}, Command(default, (file, on)))


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["a.wan"], {"file": "a.wan", "on": False}),
        (["--on", "a.wan"], {"file": "a.wan", "on": True}),
        (["./show", "--on"], {"file": "./show", "on": True}),
        (["show", "b"], {"what": "b"}),
        (["other"], {"file": "other", "on": False}),
    ],
)
def test_a_group_with_a_default_runs_it_where_the_first_word_is_no_name(words, values):
    seen: list[object] = []
    group = group_with_default(seen)
    found = quick.find(group, words)
    assert found is not None
    assert found[1] == values
    typed.run(typed.app_of(group, words), "g", words)
    assert seen == [values]


def test_the_help_of_a_default_lists_the_commands_beside_it(capsys):
    group = group_with_default([])
    for words in ([], ["--help"], ["--on"]):
        assert quick.find(group, words) is None
    assert typed.run(typed.app_of(group, ["--help"]), "g", ["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: g [OPTIONS] ")
    assert shown.partition("Commands:")[2].split() == ["show", "Show", "it."]
    assert typed.run(typed.app_of(group, ["show", "-h"]), "g", ["show", "-h"]) == 0
    assert "WHAT" in capsys.readouterr().out
