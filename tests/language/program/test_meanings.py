"""Every word of the language has a sentence that says what it means."""

from __future__ import annotations

import pytest

from wan22dsl.language.program import kinds, meanings

_SETTINGS = [
    *(("pass", name) for name in kinds.PASS_SETTINGS),
    *(("pipeline", name) for name in (*kinds.PASS_SETTINGS, "flow", "family")),
    *((kind, name) for kind, names in kinds.FIXED_SETTINGS.items() for name in names),
    *(("node", name) for name in kinds.NODE_SETTINGS),
]


@pytest.mark.parametrize(("word", "name"), _SETTINGS)
def test_every_setting_has_a_meaning(word, name):
    assert meanings.of_setting(word, name).endswith(".")


def test_no_setting_that_does_not_exist_has_one():
    known = {(word, name) for word, names in meanings.SETTINGS.items() for name in names}
    assert known == set(_SETTINGS)


def test_every_kind_and_every_type_has_a_meaning():
    assert {*kinds.WORDS, "use", "wan"} - {*kinds.RESERVED} == set(meanings.KINDS)
    assert all(meanings.of_type(name) for name in kinds.TYPES)
