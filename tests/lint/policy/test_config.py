"""Configurations: what they may say, where they are found, and what is said of mistakes in them."""

from __future__ import annotations

import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from wan22dsl import resources
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.lint.policy import settings, toml
from wan22dsl.lint.policy.config import NONE, Configs, Layer
from wan22dsl.lint.policy.settings import check


@pytest.fixture
def wan(wan):
    """A folder with a `.git`, so that nothing above it holds."""
    (wan.folder / ".git").mkdir()
    return wan


def test_the_schema_is_that_of_the_settings():
    text = json.dumps(settings.schema(), indent=2, ensure_ascii=False) + "\n"
    assert resources.schema("config") == text


_WORDS = st.sampled_from(["WAN605", "a", ""])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | _WORDS | st.sampled_from(settings.LEVELS),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from([*settings.SETTINGS, *settings.PER_FILE, "house", "targett"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*settings.SETTINGS, "files"]), _VALUES, max_size=3))
def test_what_the_schema_takes_is_taken_and_nothing_else(values):
    fits = Draft202012Validator(settings.schema()).is_valid(values)
    try:
        check(values, b"", "wan.toml", ())
    except CommandError:
        assert not fits, values
    else:
        assert fits, values


def test_every_mistake_is_told_with_its_place(wan):
    wan.write(
        "wan.toml",
        'tarjet = "0.33.0"\n'
        "strict = 1\n"
        'severity = { WAN605 = "bad" }\n'
        "\n"
        "[[per-file]]\n"
        'ignore = ["WAN7"]\n'
        "\n"
        "[profile.house]\n"
        '  select = "WAN6"\n',
    )
    with pytest.raises(CommandError) as reported:
        Configs().of("")
    assert str(reported.value).splitlines() == [
        "wan.toml:1:1: unknown setting `tarjet`; did you mean `target`?",
        "wan.toml:2:1: `strict` must be true or false",
        'wan.toml:3:14: `WAN605` must be "error", "warning" or "note"',
        'wan.toml:5:1: `files` is missing here: add files = ["old/**"]',
        'wan.toml:9:3: `select` must be a list of strings, such as ["WAN7"]',
    ]


def test_the_place_is_right_in_a_shared_file_too(wan):
    wan.write("pyproject.toml", "[project]\ntarget = 1\n\n[tool.wan]\ntarget = 1\n")
    with pytest.raises(CommandError, match=r"^pyproject\.toml:5:1: `target` must be a string"):
        Configs().of("")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('a = "x"\nb = = 1\n', r"^wan\.toml:2:5: is not TOML: "),
        ("a = [", r"^wan\.toml: is not TOML: |^wan\.toml:1:\d+: is not TOML: "),
        (b"a = 1\n\xff\n", r"^wan\.toml:2: is not UTF-8"),
        ("x = " + "[" * 3000, r"^wan\.toml:?.*: (nests brackets too deeply|is not TOML)"),
    ],
)
def test_what_is_not_toml_is_told_with_its_place(wan, text, shown):
    wan.write("wan.toml", text)
    with pytest.raises(UnreadableFile, match=shown):
        Configs().of("")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (".".join(["a"] * 20_000) + " = 1", r"^wan\.toml:1: has a key of more than 32 parts$"),
        (
            "\n[" + " . ".join(["'a'"] * 20_000) + "]",
            r"^wan\.toml:2: has a key of more than 32 parts$",
        ),
        ("a = 1\nb = " + "9" * 5_000, r"^wan\.toml:2: has a number or a key of more than 1,000 "),
        ("strict = 0x" + "f" * 5_000, r"^wan\.toml:1: has a number or a key of more than 1,000 "),
        ("#" * 300_000, r"^wan\.toml: is too large \(limit: 256 KiB\)$"),
    ],
    ids=["parts", "header", "digits", "hexadecimal", "size"],
)
def test_what_would_take_very_long_to_read_is_refused(wan, text, shown):
    """Python's reader of TOML takes minutes for the first two, and raises something else for the next."""
    wan.write("wan.toml", text)
    with pytest.raises(UnreadableFile, match=shown):
        Configs().of("")


def test_long_texts_and_comments_are_neither_keys_nor_numbers(wan):
    dots = ".".join(["a"] * 100)
    long = f'# {dots}\nignore = ["{dots}", \'{dots}\', """\n{dots}\\"""{dots}"""]\n'
    wan.write("wan.toml", long)
    assert len(Configs().of("").values["ignore"]) == 3


def test_line_ends_are_not_part_of_what_shows_a_table():
    """Where they were, 60,000 of them took the square of that."""
    from wan22dsl.lint.policy import config

    assert config.has_table(b"wan" + b"\n" * 60_000 + b"  [tool.wan]")
    assert re.match(config._TABLE, b"\n[tool.wan]", re.MULTILINE) is None


def test_many_mistakes_are_not_all_told(wan):
    wan.write("wan.toml", "".join(f"k{number} = 1\n" for number in range(100)))
    with pytest.raises(CommandError) as reported:
        Configs().of("")
    lines = str(reported.value).split("\n")
    assert (len(lines), lines[-1]) == (21, "wan.toml: further errors follow")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("target",), (1, 1)),
        (("severity", "WAN605"), (2, 14)),
        (("per-file", 0, "ignore"), (6, 1)),
        (("per-file", 1, "severity", "WAN7"), (10, 1)),
        (("profile", "house", "card"), (13, 3)),
        (("profile", "quoted name", "card"), (15, 1)),
        (("profile", "fast", "strict"), (17, 10)),
    ],
)
def test_a_key_is_found_in_the_text(path, place):
    text = (
        'target = "x" # = no\n'
        'severity = { WAN605 = "error" }\n'
        "\n"
        "[[per-file]]\n"
        'files = ["target = 1"]\n'
        "ignore = []\n"
        "[[per-file]]\n"
        "files = []\n"
        "[per-file.severity]\n"
        'WAN7 = "note"\n'
        "\n"
        "[profile.house]\n"
        '  card = "x"\n'
        '[profile."quoted name"]\n'
        'card = "y"\n'
        "[profile]\n"
        "fast = { strict = true }\n"
    )
    assert toml.place(text.encode(), path) == place


def test_the_nearest_configuration_holds(wan):
    wan.write("pyproject.toml", '[tool.wan]\ntarget = "above"\n')
    wan.write("a/pyproject.toml", '[project]\nname = "[tool.wander]"\n')
    wan.write("a/b/wan.toml", 'target = "own"\n')
    configs = Configs()
    targets = [configs.of(folder).text("target") for folder in ("", "a", "a/b", "a/b/c")]
    assert targets == ["above", "above", "own", "own"]


def test_a_wan_toml_stands_above_a_shared_file_beside_it(wan):
    wan.write("pyproject.toml", '[tool.wan]\ntarget = "shared"\n').write("wan.toml", "")
    assert Configs().of("").text("target") is None


def test_the_search_ends_at_a_repository(wan):
    wan.write("wan.toml", "strict = true\n").write("inner/.git/x", "")
    assert Configs().of("inner") is NONE
    assert Configs().of("other").strict


def test_a_profile_stands_above_the_rest(wan):
    wan.write(
        "wan.toml",
        'target = "a"\ncard = "RTX 4090"\nbaseline = "b.json"\nignore = ["WAN7"]\n'
        '[profile.house]\ntarget = "b"\nstrict = true\nselect = ["WAN7"]\n',
    )
    plain, house = Configs().of(""), Configs("house").of("")
    assert (plain.text("target"), plain.strict) == ("a", False)
    assert (house.text("target"), house.text("card"), house.strict) == ("b", "RTX 4090", True)
    assert house.path("baseline") == str(wan.folder / "b.json")
    assert house.layers("a.wan") == [Layer(ignore=("WAN7",)), Layer(select=("WAN7",))]
    with pytest.raises(CommandError, match=r"no profile `hose`; did you mean `house`\?"):
        Configs("hose").of("")


def test_a_profile_where_there_is_no_configuration_is_a_mistake(wan):
    with pytest.raises(CommandError, match=r"there is no profile `house`: no wan\.toml"):
        Configs("house").of("")


def test_rules_for_some_files_and_files_left_out(wan):
    wan.write(
        "wan.toml",
        'exclude = ["gen"]\n[[per-file]]\nfiles = ["old/**"]\nseverity = { WAN7 = "note" }\n',
    )
    config = Configs().of("")
    assert config.layers("old/a.wan")[2:] == [Layer(severity=(("WAN7", "note"),))]
    assert config.layers("new/a.wan")[2:] == []
    assert config.leaves_out("gen/a.wan")
    assert not config.leaves_out("a.wan")


def test_what_was_read_before_is_not_read_again(wan):
    wan.write("wan.toml", 'target = "a"\n')
    first = Configs()
    first.of("")
    file, (text, _) = next(iter(first.parsed.items()))
    assert Configs(None, {file: [text, {"target": "kept"}]}).of("").text("target") == "kept"
    wan.write("wan.toml", 'target = "b"\n')
    assert Configs(None, {file: [text, {"target": "kept"}]}).of("").text("target") == "b"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["wan.toml", "pyproject.toml"])
def test_a_configuration_that_is_no_file_is_not_passed_over(wan, name):
    (wan.folder / name).symlink_to("/dev/zero")
    with pytest.raises(UnreadableFile, match=rf"^{re.escape(name)}: is a device, not a file$"):
        Configs().of("")
