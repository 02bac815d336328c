"""`wan lint` in CI: configuration, selection, suppressions, baselines, exit codes, and what a server adds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wan22dsl.server.embedded import EmbeddedServer

CLEAN = "wan 1\n\nparam seed: int = 42\n"
BAD = "wan 1\n\nparam seed: int = wrong\n"

#: A pipeline with one warning: 82 frames are cut to 81.
CUT = """\
wan 1
use wan22

pipeline p {
    fps    = 16fps
    prompt = "x"
    size   = 832x480
    length = 82f
    flow   = wan22.text_high -> wan22.text_low -> save("x")
}
"""
WHOLE = CUT.replace("82f", "81f")
CODE, NAME = "WAN801", "frames-off-formula"


@pytest.fixture
def wan(wan):
    """`wan` in a repository of its own."""
    (wan.folder / ".git").mkdir()
    return wan.write("a.wan", CUT)


def codes(result) -> list[str]:
    """The codes of a report in JSON."""
    return [one["code"] for one in json.loads(result.stdout)["diagnostics"]]


def linted(wan, *words: str) -> list[str]:
    return codes(wan("lint", ".", "--output-format", "json", *words))


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ((), 0),
        (("--strict",), 1),
        (("--strict", "--exit-zero"), 0),
        (("--severity", f"{CODE}=error"), 1),
        (("--severity", f"{NAME}=error", "--exit-zero"), 0),
        (("--severity", f"WAN8=error,{CODE}=note", "--strict"), 0),
        (("--strict", "--ignore", CODE), 0),
        (("--strict", "--select", "WAN1,WAN2"), 0),
        (("--select", "WAN8", "--strict"), 1),
    ],
)
def test_the_exit_code_says_whether_it_fails(wan, words, status):
    assert wan("lint", "a.wan", *words).status == status


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--select", "frames-of-formula"), f"did you mean `{NAME}`?"),
        (("--ignore", "WAN09"), "there is no rule `WAN09`"),
        (("--severity", "WAN801=bad"), "write it as CODE=error"),
        (("--severity", "WAN8O1=error"), "there is no rule `WAN8O1`"),
        (("--unsafe-fixes",), "requires --fix or --diff"),
        (("--fix", "--diff"), "use one of them"),
        (("--jobs", "0"), "use a whole number from 1"),
        (("--profile", "x"), "there is no profile `x`"),
        (("--server", "http://127.0.0.1:1", "--target", "0.3.64"), "omit --target"),
        (("--baseline", "none.json"), "none.json: "),
        (("--write-baseline",), "no file for the baseline"),
        (("--target", "0.33"), "unknown target `0.33`"),
        (("--card", "RTX 409"), "RTX 409"),
        (("missing/*.wan",), "no file matches"),
    ],
)
def test_a_wrong_command_gives_2(wan, words, said):
    result = wan("lint", "a.wan", *words)
    assert (result.stdout, result.status) == ("", 2)
    assert said.lower() in result.stderr.lower()


def test_a_wrong_configuration_gives_2_and_its_place(wan):
    wan.write("wan.toml", 'tarjet = "0.33.0"\n')("lint", "a.wan").gives(
        stderr="error: wan.toml:1:1: unknown setting `tarjet`; did you mean `target`?\n",
        status=2,
    )
    wan.write("wan.toml", 'ignore = ["WAN8O1"]\n')
    assert wan("lint", "a.wan").stderr.startswith(
        "error: wan.toml: ignore: there is no rule `WAN8O1`"
    )


def test_the_configuration_selects_and_the_command_line_stands_above_it(wan):
    wan.write("wan.toml", f'ignore = ["{NAME}"]\n')
    assert linted(wan) == []
    assert linted(wan, "--select", CODE) == [CODE]
    wan.write("wan.toml", f'severity = {{ {CODE} = "error" }}\n')
    assert wan("lint", ".").status == 1
    assert wan("lint", ".", "--severity", f"{CODE}=note").status == 0


def test_each_file_has_the_configuration_that_is_nearest(wan):
    wan.write("b/a.wan", CUT).write("b/wan.toml", 'ignore = ["all"]\n').write(
        "wan.toml", "strict = true\n"
    )
    assert linted(wan) == [CODE]
    assert wan("lint", "a.wan").status == 1
    assert wan("lint", "b").status == 0


def test_rules_for_some_files_profiles_and_strictness(wan):
    wan.write(
        "pyproject.toml",
        "[tool.wan]\n"
        f'per-file = [{{ files = ["old/**"], ignore = ["{CODE}"] }}]\n'
        f'[tool.wan.profile.house]\nignore = ["{CODE}"]\n[tool.wan.profile.ci]\nstrict = true\n',
    ).write("old/b.wan", CUT)
    assert linted(wan) == [CODE]
    assert linted(wan, "--profile", "house") == []
    assert wan("lint", ".", "--profile", "ci").status == 1
    assert wan("lint", "old", "--profile", "ci").status == 0


def test_a_target_beside_the_configuration(wan):
    wan.write("sub/wan.toml", 'target = "0.3.64"\n').write("sub/a.wan", WHOLE)
    assert wan("lint", "sub/a.wan").status == 0
    wan.write("sub/wan.toml", 'target = "nodes.json"\n').write("sub/nodes.json", "{}")
    assert "is JSON, but not a catalogue" in wan("lint", "sub/a.wan").stderr


def test_excluded_files_are_left_out_and_named_ones_are_told(wan):
    wan.write("wan.toml", 'exclude = ["gen"]\n').write("gen/b.wan", BAD)
    assert "1 warning in 1 file\n" in wan("lint", ".").stdout
    wan("lint", "gen/b.wan").gives(
        stdout="no problems found in 0 files\n",
        stderr="left out: gen/b.wan (`exclude` in the configuration)\n",
    )


def test_an_suppression_takes_the_finding_away_and_is_counted(wan):
    wan.write("a.wan", CUT.replace("82f", f"82f # wan: allow({NAME}) cut later on"))
    wan("lint", ".", "--strict").gives(stdout="no problems found in 1 file (1 suppressed)\n")


def test_a_suppressed_error_still_stops_compiling_and_is_counted(wan):
    wan.write("a.wan", BAD.replace("wrong", "wrong # wan: allow(all) not my file"))
    wan("lint", "a.wan").gives(
        stdout="no problems found in 1 file (1 suppressed)\n"
        "1 suppressed error still stops `wan compile` and `wan run`\n"
    )
    assert wan("compile", "a.wan").status == 1


def test_an_unused_suppression_is_fixed_away(wan):
    wan.write("a.wan", WHOLE.replace("81f", f"81f # wan: allow({NAME}) cut later on"))
    assert linted(wan) == ["WAN001"]
    wan("lint", ".", "--fix").gives(
        stdout="no problems found in 1 file\n", stderr="fixed 1 finding in 1 file\n"
    )
    assert wan.read("a.wan") == WHOLE


def test_an_suppression_in_a_file_that_is_used_holds_for_those_that_use_it(wan):
    wan.write("house.wan", CUT.replace("82f", f"82f # wan: allow({NAME}) so"))
    wan.write("a.wan", 'wan 1\nuse "house.wan" as house\n\nparam seed: int = 1\n')
    assert wan("lint", "a.wan", "--strict").status == 0


def test_a_report_goes_to_a_file_and_its_last_line_is_shown(wan):
    wan("lint", ".", "--output-format", "json", "--output-file", "out.json").gives(
        stdout="1 warning in 1 file\n"
    )
    assert [one["code"] for one in json.loads(wan.read("out.json"))["diagnostics"]] == [CODE]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("sarif", '"ruleId": "WAN801"'),
        ("github", "::warning file=a.wan,line=8,"),
        ("gitlab", '"check_name": "WAN801"'),
        ("junit", "<testsuites"),
    ],
)
def test_every_form_of_report_is_given(wan, form, said):
    result = wan("lint", ".", "--output-format", form)
    assert (said in result.stdout, result.stderr, result.status) == (True, "", 0)


def test_statistics_count_the_findings_of_each_rule(wan):
    wan.write("b.wan", CUT)
    stdout = wan("lint", ".", "--statistics").stdout
    assert stdout.startswith("2  WAN801 ? frames-off-formula\n")
    assert json.loads(wan("lint", ".", "--statistics", "--output-format", "json").stdout)


@pytest.mark.parametrize("form", ["sarif", "github", "gitlab", "junit"])
@pytest.mark.parametrize("more", [(), ("--output-file", "report"), ("--fix",), ("--diff",)])
def test_statistics_never_break_a_format_for_programs(wan, form, more):
    result = wan("lint", ".", "--statistics", "--output-format", form, *more)
    assert (result.status, result.stdout) == (2, "")
    assert f"`{form}` has no place for numbers" in result.stderr
    assert "--output-format json" in result.stderr
    assert not Path("report").exists()


@pytest.mark.parametrize("form", ["text", "full", "concise", "json"])
def test_statistics_go_with_the_other_formats(wan, form):
    result = wan("lint", ".", "--statistics", "--output-format", form, "--output-file", "report")
    assert result.status == 0
    assert CODE in Path("report").read_text("utf-8")


def test_a_server_adds_what_only_it_knows(wan):
    shown = CUT.replace("fps    = 16fps", 'image  = "absent.png"').replace("text_", "")
    wan.write("a.wan", shown)
    with EmbeddedServer() as server:
        result = wan("lint", "a.wan", "--server", server.url, "--output-format", "json")
        found = codes(result)
        assert CODE in found
        assert any(code.startswith("WAN9") for code in found), found
        assert result.status == 1


def test_a_server_that_is_silent_gives_2(wan):
    result = wan("lint", "a.wan", "--server", "http://127.0.0.1:9")
    assert (result.stdout, result.status) == ("", 2)
    assert "127.0.0.1:9" in result.stderr


def test_help_has_the_exit_codes(wan):
    shown = " ".join(wan("lint", "--help").stdout.split())
    assert "Exit codes: 0, no errors; 1, errors" in shown
