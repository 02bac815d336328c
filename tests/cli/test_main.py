"""What `wan` does before and after a command."""

from __future__ import annotations

import os
from importlib import import_module

import pytest

from wan22dsl import __version__
from wan22dsl.cli import COMMANDS, module_of, overview, streams, typed
from wan22dsl.cli.declare import Group


def test_help_lists_every_command(wan):
    assert wan("--help").gives(stdout=overview()) == wan("-h") == wan("help")
    assert all(f"  {name} " in overview() for name in COMMANDS)


def test_without_a_command_the_commands_are_listed(wan):
    wan().gives(stderr=overview(), status=2)


def test_for_an_unknown_command_the_nearest_is_named(wan):
    hint = "error: unknown command `lnit`. Did you mean `wan lint`?\n\n"
    wan("lnit", "a.wan").gives(stderr=hint + overview(), status=2)
    assert wan("--frobnicate").stderr.startswith("error: unknown command `--frobnicate`.\n")


def test_the_version_is_told(wan):
    wan("--version").gives(stdout=f"wan22dsl {__version__}\n")
    wan.process("--version").gives(stdout=f"wan22dsl {__version__}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_begins_as_the_list_says(wan, command):
    shown = wan(command, "--help")
    assert (shown.status, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"Usage: wan {command} ")
    assert wan("help", command) == shown == wan(command, "-h")
    declared = import_module(module_of(command)).COMMAND
    help = declared.help if isinstance(declared, Group) else declared.run.__doc__
    assert help.partition("\n")[0] == COMMANDS[command]
    if isinstance(declared, Group) and declared.default is not None:
        assert (declared.default.run.__doc__ or "").partition("\n")[0] == COMMANDS[command]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("compile",), "Missing argument 'FILE'"),
        (("compile", "a.wan", "b.wan"), "unexpected extra argument"),
        (("compile", "a.wan", "--frobnicate"), "No such option: --frobnicate"),
        (("compile", "a.wan", "-o"), "requires an argument"),
        (("lint", "a.wan", "--output-format", "xml"), "'--output-format'"),
    ],
)
def test_a_wrong_command_line_is_answered_without_a_traceback(wan, words, complaint):
    result = wan(*words)
    assert (result.stdout, result.status) == ("", 2)
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr


def broken(*_args, **_kwargs):
    raise ZeroDivisionError("division by zero")


def test_a_fault_of_ours_is_called_that(wan, monkeypatch):
    monkeypatch.setattr("wan22dsl.resources.schema_names", broken)
    result = wan("schema")
    assert (result.stdout, result.status) == ("", 70)
    head = f"error: internal error in wan22dsl {__version__}: ZeroDivisionError in test_main.py:"
    assert result.stderr.startswith(head)
    assert "This is not a mistake in your file." in result.stderr
    assert "Traceback" not in result.stderr


def test_the_traceback_of_a_fault_is_shown_on_demand(wan, monkeypatch):
    monkeypatch.setattr("wan22dsl.resources.schema_names", broken)
    monkeypatch.setenv("WAN_TRACEBACK", "1")
    assert "Traceback (most recent call last):" in wan("schema").stderr


def interrupted(*_args, **_kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize("words", [("schema",), ("schema", "--")])
def test_ctrl_c_is_quiet(wan, monkeypatch, words):
    """Also where typer reads the command line, as it does for the second."""
    monkeypatch.setattr("wan22dsl.resources.schema_names", interrupted)
    wan(*words).gives(status=130)


def test_a_closed_pipe_is_quiet(wan):
    read_end, write_end = os.pipe()
    os.close(read_end)
    process = wan.start("schema", "prompt", stdout=write_end)
    os.close(write_end)
    assert process.communicate(timeout=60) == (None, b"")
    assert process.returncode == 141


def test_output_is_utf_8_whatever_the_console_is(wan):
    shown = wan.process("--help", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert shown.stdout == overview()


def test_what_cannot_be_encoded_is_written_in_words(capsys):
    with streams.open_gate():
        streams.put("half a pair: \ud800\n")
    assert capsys.readouterr().out == "half a pair: \\ud800\n"


def test_an_exit_code_of_a_typer_app_is_handed_on(wan):
    app = typed.empty_app()

    @app.command()
    def three() -> int:
        return 3

    assert typed.run(app, "three", []) == 3


def test_the_help_of_an_option_is_one_short_phrase():
    """At most 16 words, and no period: a phrase, not a paragraph."""
    for command in COMMANDS:
        declared = import_module(module_of(command)).COMMAND
        if isinstance(declared, Group):
            commands = [*declared.commands.values(), *filter(None, [declared.default])]
        else:
            commands = [declared]
        for take in (take for each in commands for take in each.takes):
            assert not take.help.endswith("."), (command, take.name)
            assert len(take.help.split()) <= 16, (command, take.name)


def test_a_hidden_option_is_in_no_help(wan):
    assert "--simulate" not in wan("serve", "--help").stdout.split("Options:")[1]
