"""Values from outside."""

from __future__ import annotations

import pytest

from wan22dsl.api.values import by_name, gather, without_random
from wan22dsl.cli.values import gather_for
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.source import Source

SEEDS = Source(
    "wan 1\n\nparam seed: int = 42\nparam few: int = 5 in 5..7\nparam one: int = 2 in [2, 4]\n"
    'param cfg: float = 1.0\nparam prompt: text = "x"\n'
)


def test_set_gives_strings_by_name():
    settings = ["seed=42", "order=low -> high", " house.cfg = 3.5 ", "prompt=a = b", "empty="]
    assert by_name(settings) == {
        "seed": "42",
        "order": "low -> high",
        "house.cfg": "3.5",
        "prompt": "a = b",
        "empty": "",
    }


def test_the_last_of_two_counts():
    assert by_name(["seed=1", "seed=2"]) == {"seed": "2"}


@pytest.mark.parametrize("setting", ["seed", "=4", " =4", ""])
def test_what_is_no_setting_is_refused(setting):
    with pytest.raises(CommandError, match="--set"):
        by_name([setting])


def test_a_toml_file_gives_values(wan):
    wan.write("p.toml", 'seed = 7\nprompt = "ü"\nhouse.cfg = 3.5\n[other]\nflags = [true, false]\n')
    values = {"seed": 7, "prompt": "ü", "house.cfg": 3.5, "other.flags": [True, False]}
    assert gather({}, "p.toml") == values


def test_a_json_file_gives_values(wan):
    wan.write("p.json", b'\xef\xbb\xbf{"seed": 7, "house": {"cfg": 3.5}, "end": null}')
    assert gather({}, "p.json") == {"seed": 7, "house.cfg": 3.5, "end": None}


def test_set_stands_above_the_file(wan):
    wan.write("p.toml", "seed = 7\ncfg = 1.0\n")
    assert gather({"seed": "8"}, "p.toml") == {"seed": "8", "cfg": 1.0}


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("p.toml", "seed = ", "p.toml: is not TOML: "),
        ("p.json", '{"a": 1,\n"b": }', r"p.json: is not JSON: .*line 2, column 6"),
        ("p.json", "[1]", "p.json: must be a JSON object"),
        ("p.json", '{"a": NaN}', "p.json: is not JSON: NaN is not a number"),
        ("p.json", "[" * 200_000, "p.json: is nested too deeply"),
        ("p.toml", b"a = '\xff'", "p.toml: is not UTF-8 text"),
    ],
)
def test_a_file_of_another_shape_is_unreadable(wan, name, text, complaint):
    wan.write(name, text)
    with pytest.raises(UnreadableFile, match=complaint):
        gather({}, name)


def test_the_name_says_what_the_file_is(wan):
    wan.write("p.yaml", "seed: 1")
    with pytest.raises(CommandError, match=r"p\.yaml.*\.toml or \.json"):
        gather({}, "p.yaml")


def test_a_file_that_is_not_there_is_unreadable(wan):
    with pytest.raises(UnreadableFile, match=r"p\.toml"):
        gather({}, "p.toml")


def test_random_draws_a_whole_number_that_the_editor_keeps(capsys):
    drawn = [gather_for(SEEDS, ["seed=random"], None)["seed"] for _ in range(20)]
    assert len(set(drawn)) == 20 and all(0 <= each < 2**53 for each in drawn)
    assert capsys.readouterr().err.splitlines()[0] == f"seed = {drawn[0]} (random)"


def test_random_keeps_to_what_the_parameter_accepts(wan):
    wan.write("p.toml", 'few = "random"\n')
    found = [gather_for(SEEDS, ["one=random"], "p.toml", quiet=True) for _ in range(40)]
    assert {finding["few"] for finding in found} == {5, 6, 7}
    assert {finding["one"] for finding in found} == {2, 4}


def test_random_is_a_word_where_no_whole_number_is_wanted(capsys):
    given = {"cfg": "random", "prompt": "random"}
    assert gather_for(SEEDS, ["cfg=random", "prompt=random"], None) == given
    assert capsys.readouterr().err == ""


def test_a_check_draws_nothing():
    given = {"seed": "random", "few": "random", "cfg": "3.5"}
    assert without_random(SEEDS, given) == {"seed": 0, "few": 5, "cfg": "3.5"}


@pytest.mark.parametrize("digits", [30, 399, 5000])
def test_random_is_drawn_from_ranges_of_any_length(digits):
    source = Source(f"wan 1\nparam few: int = 5 in 5..{'9' * digits}\n")
    assert gather_for(source, ["few=random"], None, quiet=True)["few"] >= 0
    source = Source(f"wan 1\nparam few: int = 5 in [5, {'9' * digits}]\n")
    assert gather_for(source, ["few=random"], None, quiet=True)["few"] >= 5


@pytest.mark.parametrize("levels", [101, 900])
@pytest.mark.parametrize("around", ["[]", '{"a":}'])
def test_a_value_that_is_nested_too_deep_is_told(wan, levels, around):
    opening, closing = around[:-1], around[-1]
    value = opening * levels + "1" + closing * levels
    wan.write("a.wan", "wan 1\nparam n: int = 1\n").write("p.json", f'{{"n": [{value}]}}')
    result = wan("compile", "a.wan", "--params", "p.json")
    assert result.status == 2
    assert "deep" in result.stderr and len(result.stderr) < 200
