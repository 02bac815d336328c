"""`wan lint`."""

from __future__ import annotations

import json

from jsonschema import validate

from wan22dsl import resources

GOOD = "wan 1\n\nparam seed: int = 42\n"
BAD = "wan 1\n\nparam seed: int = wrong\n"


def test_of_a_clean_file_it_is_said_that_it_is_clean(wan):
    wan.write("a.wan", GOOD)("lint", "a.wan").gives(stdout="no problems found in 1 file\n")


def test_errors_are_shown_and_counted(wan):
    result = wan.write("a.wan", BAD)("lint", "a.wan")
    assert (result.stderr, result.status) == ("", 1)
    assert result.stdout.startswith("error[WAN")
    assert " --> a.wan:3:19\n" in result.stdout
    assert result.stdout.endswith("\n\n1 error in 1 file\n")


def test_folders_and_files_are_judged_together(wan):
    wan.write("f/a.wan", GOOD).write("f/g/b.wan", BAD).write("c.wan", BAD)
    result = wan("lint", "f", "c.wan")
    assert " --> f/g/b.wan:3:19\n" in result.stdout
    assert result.stdout.endswith("2 errors in 3 files\n")


def test_standard_input_is_judged(wan):
    assert " --> <stdin>:3:19\n" in wan("lint", "-", stdin=BAD).stdout


def test_the_json_is_as_its_schema_says(wan):
    wan.write("a.wan", BAD)
    result = wan("lint", "a.wan", "--output-format", "json")
    assert (result.stderr, result.status) == ("", 1)
    data = json.loads(result.stdout)
    validate(data, json.loads(resources.schema("lint_report")))
    assert data["summary"] == {"errors": 1, "warnings": 0, "notes": 0, "files": 1}
    assert (data["diagnostics"][0]["path"], data["diagnostics"][0]["line"]) == ("a.wan", 3)


def test_the_json_of_a_clean_file_has_no_diagnostics(wan):
    result = wan.write("a.wan", GOOD)("lint", "a.wan", "--output-format=json")
    assert json.loads(result.stdout)["diagnostics"] == []
    assert result.status == 0


def test_a_file_that_cannot_be_read_does_not_stop_the_others(wan):
    wan.write("a.wan", BAD).write("b.wan", b"\xff")
    result = wan("lint", "a.wan", "b.wan", "missing.wan")
    assert result.status == 2
    assert "b.wan: is not UTF-8" in result.stderr
    assert "missing.wan: " in result.stderr
    assert result.stdout.endswith("1 error in 1 file\n")


def test_a_folder_with_nothing_in_it_is_a_wrong_command(wan):
    said = "error: .: no .wan file and no ComfyUI JSON in it\n"
    wan("lint", ".").gives(stderr=said, status=2)


def test_colours_come_when_they_are_asked_for(wan, monkeypatch):
    wan.write("a.wan", BAD)
    assert "\x1b[" not in wan("lint", "a.wan").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31merror" in wan("lint", "a.wan").stdout


def many(wan, count: int):
    """So many files with a mistake each."""
    for number in range(count):
        wan.write(f"f{number}.wan", BAD)
    return wan


def test_many_findings_are_shortened_and_the_last_line_says_so(wan):
    result = many(wan, 9)("lint", ".")
    assert "f0.wan:3:19: error[WAN" in result.stdout
    assert " --> " not in result.stdout
    assert result.stdout.endswith(
        "shortened; `--output-format full` shows all, `wan explain NAME` explains a rule\n"
    )


def test_all_of_many_findings_is_shown_when_asked_for(wan):
    result = many(wan, 9)("lint", ".", "--output-format", "full")
    assert result.stdout.count(" --> ") == 9
    assert "shortened" not in result.stdout


def test_a_sentence_of_each_finding_is_shown_when_asked_for(wan):
    lines = many(wan, 3)("lint", ".", "--output-format", "concise").stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["f0.wan", "f1.wan", "f2.wan"]
    assert lines[3:] == ["", "3 errors in 3 files"]


def test_a_concise_finding_is_one_line_however_long_the_file_name(wan):
    name = "a folder with a long name/" * 5 + "f.wan"
    wan.write(
        name, "wan 1\nuse wan22\n\npass p = wan22.hihg(cfg: 1.0, loras = [wan22.lightx2v_low])\n"
    )
    result = wan("lint", ".", "--output-format", "concise")
    assert result.status == 1
    findings = result.stdout.partition("\n\n")[0].splitlines()
    assert len(findings) == 2
    assert all(line.startswith(f"{name}:4:") and "error[WAN" in line for line in findings)


def test_a_file_with_the_report_has_all_of_it(wan):
    many(wan, 9)("lint", ".", "--output-file", "report.txt")
    assert (wan.folder / "report.txt").read_text("utf-8").count(" --> ") == 9


def test_where_nothing_could_be_read_no_problems_found_is_not_said(wan):
    result = wan("lint", "nope/")
    assert (result.stdout, result.status) == ("", 2)
    assert "nope" in result.stderr
    assert '"diagnostics": []' in wan("lint", "nope/", "--output-format", "json").stdout
