"""Profiles by their name or their card: those of a file, and those of the library."""

from __future__ import annotations

import pytest

from wan22dsl.api.profiles import find, profiles_of
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.source import Source

HOUSE = Source(
    'wan 1\n\nprofile desktop { card = "RTX 4090" }\n'
    "profile quiet = desktop(flags = { reserve_vram = 2 })\n"
    'profile rack { card = "NVIDIA H100 80GB HBM3" }\n',
    "house.wan",
)


def test_the_library_has_profiles_and_none_has_a_finding():
    profiles, findings = profiles_of()
    assert profiles
    assert not findings


@pytest.mark.parametrize("name", ["rtx_5090", "RTX 5090", "5090", "NVIDIA GeForce RTX 5090"])
def test_a_profile_of_the_library_is_found_by_its_name_and_by_its_card(name):
    assert find(name).profile.name == "rtx_5090"
    assert find(name, HOUSE).profile.name == "rtx_5090"


def test_a_profile_of_the_file_comes_first():
    assert find("desktop", HOUSE).profile.card == "RTX 4090"
    assert find("H100", HOUSE).profile.name == "rack"


def test_of_several_profiles_for_a_card_one_has_to_be_named():
    with pytest.raises(CommandError, match="several profiles are for the RTX 4090: `desktop`"):
        find("4090", HOUSE)


def test_a_name_that_nothing_has_is_answered_by_the_nearest():
    with pytest.raises(CommandError, match="Did you mean `desktop`"):
        find("destkop", HOUSE)
    with pytest.raises(CommandError, match="no profile is called `zzz`"):
        find("zzz")


def test_a_profile_comes_with_its_own_findings_only():
    text = 'wan 1\nprofile a { flags = { port = 5s } }\nprofile b { card = "RTX 4090" }\n'
    assert [finding.code for finding in find("a", Source(text, "x.wan")).findings] == ["WAN302"]
    assert find("b", Source(text, "x.wan")).findings == ()


def test_a_copy_has_the_findings_of_what_it_takes_over():
    text = 'wan 1\nprofile a { card = 1 }\nprofile b = a(comfyui = "0.39")\n'
    assert [finding.code for finding in find("b", Source(text, "x.wan")).findings] == ["WAN302"]


def test_mistakes_in_pipelines_are_not_those_of_a_profile():
    text = HOUSE.text + 'pipeline p { flow = nothing_here }\nlora x { fille = "y" }\n'
    assert not profiles_of(Source(text, "house.wan"))[1]
    assert find("rack", Source(text, "house.wan")).findings == ()


def test_a_file_that_is_not_there_is_unreadable(tmp_path):
    with pytest.raises(UnreadableFile):
        profiles_of(tmp_path / "nothing.wan")
