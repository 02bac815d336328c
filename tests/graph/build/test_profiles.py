"""`profile` declarations: what they come to, where each value is, and mistakes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wan22dsl.api.compiler import check, compile
from wan22dsl.api.profiles import profiles_of
from wan22dsl.comfyui.starting.flags import argv
from wan22dsl.language.syntax import parse, print_file
from wan22dsl.source import Source

if TYPE_CHECKING:
    from wan22dsl.comfyui.starting.profile import Profile
    from wan22dsl.diagnostics import Diagnostic

HEAD = "wan 1\n"

ANY = "`true`, a number, a string, or a list of these"

DESKTOP = """\
# At home.
profile desktop {
    card    = "RTX 5090"
    comfyui = "0.39"
    flags   = { reserve_vram = 1.0, fast = ["fp16_accumulation"] }
    env     = { OMP_NUM_THREADS = 8 }
}
"""


def read(text: str) -> tuple[dict[str, Profile], list[Diagnostic]]:
    found, diagnostics = profiles_of(Source(f"{HEAD}{text}", "launch.wan"))
    diagnostics = [finding for finding in diagnostics if not finding.code.startswith("WAN9")]
    return {profile.name: profile for profile in found}, diagnostics


def one(text: str) -> Profile:
    found, diagnostics = read(text)
    assert not diagnostics, [finding.message for finding in diagnostics]
    return list(found.values())[-1]


def in_braces(inner: str) -> Profile:
    return one(f"profile p {{ {inner} }}\n")


def mistake(inner: str) -> tuple[str, str, str]:
    """The code of the only mistake in a profile, where it is, and its help."""
    _, (finding,) = read(f"profile p {{ {inner} }}\n")
    assert finding.span is not None
    return finding.code, finding.span.text, finding.help


def test_a_profile_has_card_version_flags_variables_packages_and_its_comment():
    profile = one(DESKTOP)
    assert (profile.name, profile.card, profile.comfyui) == ("desktop", "RTX 5090", "0.39")
    assert argv(profile) == ["--reserve-vram", "1", "--fast", "fp16_accumulation"]
    assert [(each.name, each.value) for each in profile.environment] == [("OMP_NUM_THREADS", "8")]
    assert profile.packages == ()
    assert profile.doc == "At home."


def test_a_copy_adds_flags_with_plus_and_has_the_rest():
    copy = one(
        f"{DESKTOP}profile sage = desktop(flags = desktop.flags + {{ use_sage_attention = true, "
        'reserve_vram = 2 }, packages = ["sageattention"])'
    )
    assert argv(copy) == [
        "--reserve-vram",
        "2",
        "--fast",
        "fp16_accumulation",
        "--use-sage-attention",
    ]
    assert copy.packages == ("sageattention",)
    assert (copy.card, copy.environment[0].value) == ("RTX 5090", "8")
    assert copy.span is not None
    assert copy.span.text == "sage"


def test_none_in_the_right_record_takes_an_entry_away():
    copy = one(f"{DESKTOP}profile slow = desktop(flags = desktop.flags + {{ fast = none }})")
    assert argv(copy) == ["--reserve-vram", "1"]


def test_false_switches_a_flag_off():
    copy = one(f"{DESKTOP}profile slow = desktop(flags = desktop.flags + {{ fast = false }})")
    assert argv(copy) == ["--reserve-vram", "1"]
    assert copy.flag("--fast") is None


def test_flags_may_come_from_a_let_and_from_another_file(tmp_path):
    (tmp_path / "wan.toml").write_text("")
    (tmp_path / "house.wan").write_text(HEAD + DESKTOP)
    main = tmp_path / "main.wan"
    main.write_text(
        f'{HEAD}use "house.wan" as house\nlet more = {{ high_ram = true }}\n'
        "profile p = house.desktop(flags = house.desktop.flags + more)\n"
    )
    (profile,), diagnostics = profiles_of(main)
    assert not diagnostics
    assert argv(profile)[-1] == "--high-ram"
    places = [
        (flag.name_span.source.path, flag.name_span.text)
        for flag in profile.flags
        if flag.name_span
    ]
    assert [(path.rpartition("/")[2], text) for path, text in places] == [
        ("house.wan", "reserve_vram"),
        ("house.wan", "fast"),
        ("main.wan", "high_ram"),
    ]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("lowvram = true", ["--lowvram"]),
        ("fp8_e4m3fn_unet = true", ["--fp8_e4m3fn-unet"]),
        ("supports_fp8_compute = true", ["--supports-fp8-compute"]),
        ("`--fp8_e4m3fn-unet` = true", ["--fp8_e4m3fn-unet"]),
        ("`reserve-vram` = 2", ["--reserve-vram", "2"]),
        ("reserve_vram = 1GiB", ["--reserve-vram", "1"]),
        ("reserve_vram = 512MiB", ["--reserve-vram", "0.5"]),
        ("cache_ram = [8, 20]", ["--cache-ram", "8", "20"]),
        ("cache_ram = 8GiB", ["--cache-ram", "8"]),
        ("fast = true", ["--fast"]),
        ("fast = []", ["--fast"]),
        ('fast = "autotune"', ["--fast", "autotune"]),
        ('listen = "0.0.0.0"', ["--listen", "0.0.0.0"]),
        ("async_offload = 4", ["--async-offload", "4"]),
        ('feature_flag = ["a", "b"]', ["--feature-flag", "a", "--feature-flag", "b"]),
        ("my_own_flag = true", ["--my-own-flag"]),
        ("lowvram = true, `--lowvram` = false", []),
    ],
)
def test_a_key_is_a_flag_with_underscores_or_as_comfyui_writes_it(entry, words):
    assert argv(in_braces(f"flags = {{ {entry} }}")) == words


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("flags = { lowvram = 5s }", ("WAN302", "5s", "Write a number without a unit.")),
        (
            "flags = { reserve_vram = { a = 1 } }",
            ("WAN302", "{ a = 1 }", f"Write {ANY}."),
        ),
        ("flags = { port = 1GiB }", ("WAN302", "1GiB", "Write a number without a unit.")),
        ("flags = 4", ("WAN302", "4", "Write `{ reserve_vram = 1.0 }`.")),
        ('env = ["A"]', ("WAN302", '["A"]', "Write `{ OMP_NUM_THREADS = 8 }`.")),
        ("env = { A = true }", ("WAN302", "true", 'Write `"1"`.')),
        ("env = { A = 5s }", ("WAN302", "5s", "Write the value as a string.")),
        ("comfyui = 0.39", ("WAN302", "0.39", 'Write `"0.39"`.')),
        ("card = 5090", ("WAN302", "5090", 'Write `"5090"`.')),
    ],
)
def test_a_value_of_the_wrong_type_is_reported_where_it_is(inner, expected):
    assert mistake(inner) == expected


def test_packages_are_a_list_of_strings():
    assert mistake('packages = "sageattention"')[0] == "WAN302"
    assert in_braces('packages = ["sageattention", "triton"]').packages == (
        "sageattention",
        "triton",
    )


def test_a_misspelt_setting_of_a_profile_is_reported():
    assert mistake('comfy = "0.39"') == ("WAN210", "comfy", "Did you mean `comfyui`?")


def test_what_a_copy_has_from_another_profile_is_reported_once():
    found, diagnostics = read(
        'profile a { flags = { lowvram = 5s } }\nprofile b = a(card = "RTX 4090")\n'
    )
    assert [finding.code for finding in diagnostics] == ["WAN302"]
    assert list(found) == ["a", "b"]


PIPELINE = """\
use wan22

pipeline p {
    image  = "portrait.png"
    prompt = "She smiles"
    size   = 832x480
    length = 81f
    flow   = wan22.high -> wan22.low -> save("p")
}
"""


def test_a_profile_changes_nothing_of_the_pipelines_in_its_file():
    alone = compile(Source(HEAD + PIPELINE, "p.wan"))
    beside = compile(Source(HEAD + PIPELINE + DESKTOP, "p.wan"))
    assert alone.prompt is not None
    assert beside.prompt == alone.prompt
    assert beside.diagnostics == alone.diagnostics


def test_a_file_of_profiles_alone_is_fine():
    assert not check(Source(HEAD + DESKTOP, "launch.wan")).diagnostics


def test_profiles_keep_their_canonical_layout():
    file, found = parse(Source(HEAD + "\n" + DESKTOP, "launch.wan"))
    assert not found
    assert print_file(file) == HEAD + "\n" + DESKTOP


def test_a_chain_of_copies_that_is_too_deep_ends_in_a_message():
    chain = "".join(f"profile a{n} = a{n + 1}()\n" for n in range(20_000))
    found = check(Source(f'{HEAD}{chain}profile a20000 {{ card = "RTX 4090" }}\n', "deep.wan"))
    assert {finding.code for finding in found.diagnostics} <= {"WAN415"}


def test_records_that_go_round_in_a_circle_end_in_a_message():
    _, found = read("profile a = b(flags = b.flags)\nprofile b = a(flags = a.flags)\n")
    assert found
