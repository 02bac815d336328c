"""The flags of ComfyUI: which version has which, and command lines as ComfyUI's own parser reads them."""

from __future__ import annotations

import argparse
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.comfyui.starting.flags import (
    FlagInfo,
    argv,
    catalogue,
    flags_of,
    parse,
    usual,
    versions_with,
)
from wan22dsl.comfyui.starting.profile import Flag, Profile

VERSIONS = ("0.3.64", "0.33.0", "0.39")

of_each_version = pytest.mark.parametrize("version", VERSIONS)

TYPES: dict[str, Any] = {"number": float, "whole number": int}


def as_comfyui_reads_it(version: str) -> argparse.ArgumentParser:
    """A parser with the flags of a version, made as comfy/cli_args.py makes its own."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    for info in catalogue(version).flags.values():
        if info.unproven:
            continue
        if info.kind == "switch":
            parser.add_argument(info.name, action="store_true")
            continue
        nargs = {"one": None, "optional": "?", "any": "*", "some": "+"}[info.takes]
        parser.add_argument(
            info.name,
            type=TYPES.get(info.kind, str),
            nargs=nargs,
            const=True if nargs == "?" else None,
            choices=info.choices or None,
            action="append" if info.repeats else "store",
            default=argparse.SUPPRESS,
        )
    return parser


def words_of(info: FlagInfo) -> st.SearchStrategy[list[str]]:
    """A flag with values that it takes."""
    value = {
        "number": st.floats(0, 100).map(str),
        "whole number": st.integers(-1, 99).map(str),
    }.get(info.kind, st.sampled_from(info.choices or ("a", "C:\\b c", "0.0.0.0")))
    least, most = {"": (0, 0), "one": (1, 1), "optional": (0, 1), "any": (0, 3), "some": (1, 3)}[
        info.takes
    ]
    return st.lists(value, min_size=least, max_size=most).map(lambda values: [info.name, *values])


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    version = draw(st.sampled_from(VERSIONS))
    known = [info for info in catalogue(version).flags.values() if not info.unproven]
    chosen = draw(st.lists(st.sampled_from(known), max_size=6, unique_by=lambda info: info.name))
    return version, [word for info in chosen for word in draw(words_of(info))]


@given(command_lines())
def test_a_command_line_is_read_as_argparse_reads_it(case):
    version, words = case
    read = vars(as_comfyui_reads_it(version).parse_args(words))
    found = {flag.name.lstrip("-").replace("-", "_"): flag.value for flag in parse(words, version)}
    assert found.keys() == {name for name, value in read.items() if value is not False}
    for name, value in found.items():
        wanted = read[name]
        if isinstance(wanted, list):  # a list in a list where a flag may be there several times
            flat = [x for item in wanted for x in (item if isinstance(item, list) else [item])]
            assert value == (tuple(flat) or True)
        else:
            assert value == wanted


@given(command_lines())
def test_the_words_of_a_profile_are_read_as_the_same_flags(case):
    version, words = case
    flags = parse(words, version)
    again = parse(argv(Profile("p", comfyui=version, flags=flags)), version)
    assert again == flags


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("--reserve-vram 2", [("--reserve-vram", 2.0)]),
        ("--reserve-vram=8", [("--reserve-vram", 8.0)]),
        ("--reserve 2.5", [("--reserve-vram", 2.5)]),
        ("--reserve-vram lots", [("--reserve-vram", "lots")]),
        ("--fast", [("--fast", True)]),
        ("--fast fp16_accumulation", [("--fast", ("fp16_accumulation",))]),
        ("--fast fp16_accumulation autotune", [("--fast", ("fp16_accumulation", "autotune"))]),
        ("--fast autotune --port 8189", [("--fast", ("autotune",)), ("--port", 8189)]),
        ("--listen --async-offload 3", [("--listen", True), ("--async-offload", 3)]),
        ("--cache-ram 8 20", [("--cache-ram", (8.0, 20.0))]),
        ("--directml -1", [("--directml", -1)]),
        ("--feature-flag a --feature-flag b=c", [("--feature-flag", ("a", "b=c"))]),
        ("--port 1 --port 2", [("--port", 2)]),
        ("--use-sage-attn --lowvram", [("--use-sage-attn", True), ("--lowvram", True)]),
        ("--attention sage 2 --lowvram", [("--attention", ("sage", "2")), ("--lowvram", True)]),
        ("main.py --lowvram", [("--lowvram", True)]),
        ("--disable-cuda", [("--disable-cuda", True)]),
        ("--lowvram stray", [("--lowvram", True), ("stray", True)]),
    ],
)  # fmt: skip
def test_every_flag_is_kept_with_its_values(line, flags):
    assert list(parse(line.split())) == [Flag(*flag) for flag in flags]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_folder_with_blanks_is_a_value(version):
    folder = "C:\\My Videos"
    wanted = (Flag("--output-directory", folder),)
    assert parse(["--output-directory", folder], version) == wanted
    assert parse([f"--output-directory={folder}"], version) == wanted


def test_an_abbreviation_of_two_flags_is_none_of_them():
    assert catalogue("0.39").abbreviated("--use") > ("--use",)
    assert parse(["--use-s"], "0.39") == (Flag("--use-s", True),)


@of_each_version
def test_every_flag_has_a_key_of_its_own(version):
    known = catalogue(version)
    for name in known.flags:
        assert known.by_key(name.lstrip("-").replace("-", "_")) == name
        assert known.by_key(name) == name


def test_a_key_keeps_the_underscore_of_its_flag():
    assert flags_of().by_key("fp8_e4m3fn_unet") == "--fp8_e4m3fn-unet"
    assert flags_of().by_key("supports_fp8_compute") == "--supports-fp8-compute"
    assert flags_of().by_key("reserve_vram") == "--reserve-vram"
    assert flags_of().by_key("my_flag") == "--my-flag"


@pytest.mark.parametrize(
    ("version", "known", "above"),
    [
        ("0.3.64", "0.3.64", ""),
        ("v0.33", "0.33.0", ""),
        ("0.33.1", "0.33.0", "0.39"),
        ("0.38.1", "0.33.0", "0.39"),
        ("0.3.75", "0.3.64", "0.33.0"),
        ("0.39", "0.39", ""),
        ("0.41.2", "0.39", ""),
        ("0.2", "0.3.64", ""),
        ("nightly", "0.39", ""),
        ("", "0.39", ""),
    ],
)
def test_a_version_has_the_flags_of_the_nearest_below_it(version, known, above):
    found = flags_of(version)
    assert (found.version, found.above) == (known, above)
    assert found.versions() == VERSIONS


def test_between_two_versions_what_only_one_has_is_unknown():
    between = flags_of("0.38")
    assert between.has("--reserve-vram") is True
    assert between.has("--offline") is None
    assert between.has("--no-such-flag") is False
    assert flags_of("0.39").has("--normalvram") is False
    assert flags_of("0.3.70").has("--normalvram") is None


def test_flags_that_came_and_went():
    assert versions_with("--normalvram") == ("0.3.64",)
    assert versions_with("--offline") == ("0.39",)
    assert versions_with("--fast") == VERSIONS
    assert versions_with("--no-such-flag") == ()


def test_flags_that_became_another_or_do_nothing():
    assert catalogue("0.39").flags["--disable-api-nodes"].same_as == "--offline"
    assert catalogue("0.33.0").flags["--disable-api-nodes"].same_as == ""
    assert catalogue("0.39").flags["--enable-assets"].idle
    assert not catalogue("0.33.0").flags["--enable-assets"].idle


def test_the_exclusive_groups_of_a_version_are_symmetric():
    for version in VERSIONS:
        for info in catalogue(version).flags.values():
            assert not info.group or info.name in info.group


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("--reserve-vram", 1, 1.0),
        ("--port", 8188, 8188),
        ("--fast", "autotune", ("autotune",)),
        ("--fast", (), True),
        ("--cache-ram", 8, (8.0,)),
        ("--lowvram", True, True),
        ("--listen", "::", "::"),
    ],
)
def test_a_value_is_compared_as_it_would_be_read(name, written, value):
    assert usual(written, catalogue("0.39").get(name)) == value


def test_a_value_that_looks_like_a_flag_is_written_behind_an_equals_sign():
    flags = (Flag("--output-directory", "--odd"), Flag("--lowvram", False), Flag("--fast", True))
    words = argv(Profile("p", flags=flags))
    assert words == ["--output-directory=--odd", "--fast"]
    assert parse(words) == (flags[0], flags[2])
