"""`lint_files`: the linter from Python gives data, and says what `wan lint` says."""

from __future__ import annotations

import json

import pytest

import wan22dsl
from tests.cli.test_lint_ci import BAD, CODE, CUT, NAME, WHOLE
from wan22dsl import Options, Verdict, lint_files
from wan22dsl.api import lint
from wan22dsl.errors import CommandError
from wan22dsl.report.lint_report import FOR_PROGRAMS, render


@pytest.fixture
def wan(wan):
    """A repository with a warning in one file and an error in the other."""
    (wan.folder / ".git").mkdir()
    return wan.write("a.wan", CUT).write("b.wan", BAD)


def test_a_report_has_the_findings_of_each_file(wan):
    wan.write("c.wan", WHOLE)
    report = lint_files(".")
    assert report.files == ("a.wan", "b.wan", "c.wan")
    codes = {path: [finding.code for finding in found] for path, found in report.by_file.items()}
    assert codes == {"a.wan": [CODE], "b.wan": ["WAN207"], "c.wan": []}
    assert (report.verdict, report.exit_code) == (Verdict.FAILED, 1)


def test_what_is_printed_and_read_from_the_terminal_is_nothing(wan, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setattr("sys.argv", None)
    lint_files(
        ["a.wan", "-", "missing.wan"], Options(fix=True, unsafe_fixes=True), stdin=b"wan 1\n"
    )
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("form", FOR_PROGRAMS)
@pytest.mark.parametrize("words", [(), ("--strict",), ("--select", "WAN8"), ("--ignore", "WAN2")])
def test_it_says_what_the_command_says(wan, form, words):
    options = {
        "strict": "--strict" in words,
        "select": ("WAN8",) if "--select" in words else (),
        "ignore": ("WAN2",) if "--ignore" in words else (),
    }
    report = lint_files(["."], Options(**options))
    command = wan("lint", ".", "--output-format", form, *words)
    assert (render(report, form), report.exit_code) == (command.stdout, command.status)


def test_one_path_may_be_a_string_or_a_path(wan):
    assert [finding.code for finding in lint_files("a.wan").findings] == [CODE]
    assert [finding.code for finding in lint_files(wan.folder / "a.wan").findings] == [CODE]


def test_the_verdict_tells_whether_it_passed(wan):
    assert lint_files("a.wan").verdict is Verdict.PASSED
    assert lint_files("a.wan", Options(strict=True)).verdict is Verdict.FAILED
    missing = lint_files(["a.wan", "missing.wan"])
    assert (missing.verdict, missing.exit_code) == (Verdict.INCOMPLETE, 2)
    (reason,) = missing.unreadable
    assert reason.startswith("missing.wan: ")


def test_what_does_not_count_is_counted(wan):
    wan.write("a.wan", f"# wan: allow-file({NAME}) the last frame is cut later\n{CUT}")
    wan("lint", "b.wan", "--write-baseline", "--baseline", "known.json")
    report = lint_files(".", Options(baseline="known.json"))
    assert (report.suppressed, report.in_baseline, report.findings) == (1, 1, ())
    assert report.verdict is Verdict.PASSED


def test_a_suppressed_error_is_counted_as_such(wan):
    wan.write("b.wan", BAD.replace("wan 1", "# wan: allow-file(unknown-name) a template\nwan 1"))
    report = lint_files("b.wan")
    assert (report.suppressed, report.suppressed_errors) == (1, 1)


def test_the_severity_of_a_rule_can_be_given(wan):
    (finding,) = lint_files("a.wan", Options(severity={NAME: "error"})).findings
    assert finding.is_error


def test_parameters_are_given_by_name(wan):
    text = CUT.replace("82f", "frames").replace(
        "pipeline", "param frames: frames = 81f\n\npipeline", 1
    )
    wan.write("a.wan", text).write("more.toml", 'frames = "82f"\n')
    for options, codes in (
        (Options(), []),
        (Options(values={"frames": "82f"}), [CODE]),
        (Options(params="more.toml"), [CODE]),
        (Options(values={"frames": "81f"}, params="more.toml"), []),
    ):
        assert [finding.code for finding in lint_files("a.wan", options).findings] == codes


def test_fixes_are_shown_and_written_only_when_that_is_wanted(wan):
    options = Options(diff=True, unsafe_fixes=True)
    (fixed,) = lint_files("a.wan", options).fixed
    assert (fixed.path, fixed.before, fixed.after) == ("a.wan", CUT, WHOLE)
    assert wan.read("a.wan") == CUT
    report = lint_files("a.wan", options._replace(diff=False, fix=True))
    assert [each[:3] for each in report.fixed] == [fixed[:3]]
    assert report.findings == ()
    assert wan.read("a.wan") == WHOLE


def test_standard_input_is_given_and_its_fixes_come_back(wan):
    options = Options(fix=True, unsafe_fixes=True, stdin_filename="new.wan")
    report = lint_files("-", options, stdin=CUT.encode())
    assert (report.files, report.stdin_text) == (("new.wan",), WHOLE)
    with pytest.raises(CommandError, match="standard input"):
        lint_files("-")


def test_a_baseline_is_written_and_passes(wan):
    report = lint_files(".", Options(baseline="known.json", write_baseline=True))
    assert (report.baselines, report.verdict) == (("known.json",), Verdict.PASSED)
    assert len(json.loads(wan.read("known.json"))["findings"]) == 2


@pytest.mark.parametrize(
    "options",
    [
        Options(unsafe_fixes=True),
        Options(fix=True, diff=True),
        Options(jobs=0),
        Options(severity={"WAN801": "loud"}),
        Options(server="http://127.0.0.1:1", target="0.33.0"),
        Options(write_baseline=True, fix=True),
        Options(select=("no-such-rule",)),
        Options(profile="nobody"),
    ],
    ids=lambda options: ", ".join(
        name for name, value in options._asdict().items() if value != Options()._asdict()[name]
    ),
)
def test_options_that_mean_nothing_raise(wan, options):
    with pytest.raises(CommandError):
        lint_files("a.wan", options)


def test_every_option_says_what_it_does(wan):
    """Each field has a comment above it, so that nobody has to guess."""
    from pathlib import Path

    from wan22dsl.api import options, report

    for module, record in ((options, Options), (report, wan22dsl.Report)):
        lines = Path(module.__file__).read_text(encoding="utf-8").splitlines()
        start = lines.index(f"class {record.__name__}(NamedTuple):")
        for name in record._fields:
            at = next(
                n for n, line in enumerate(lines) if n > start and line.startswith(f"    {name}: ")
            )
            assert lines[at - 1].lstrip().startswith("#"), name


def test_an_answer_is_kept_until_something_changes(wan):
    run = lint.prepare("a.wan", answer_key="mine")
    assert run.kept_answer() is None
    report = run.report()
    run.keep_answer([len(report.findings)])
    assert lint.prepare("a.wan", answer_key="mine").kept_answer() == [1]
    assert lint.prepare("a.wan", answer_key="another").kept_answer() is None
    assert lint.prepare("a.wan", Options(strict=True), answer_key="mine").kept_answer() is None
    wan.write("a.wan", WHOLE)
    assert lint.prepare("a.wan", answer_key="mine").kept_answer() is None


def test_no_answer_is_kept_of_a_run_that_writes_or_misses_a_file(wan):
    for paths, options in ((["a.wan", "no.wan"], Options()), (["a.wan"], Options(diff=True))):
        run = lint.prepare(paths, options, answer_key="mine")
        run.report()
        run.keep_answer("x")
        assert lint.prepare(paths, options, answer_key="mine").kept_answer() is None
