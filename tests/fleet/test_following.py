"""A batch that is read while it is written: at every moment the same as one that is read at once."""

from __future__ import annotations

import pytest

from tests.fleet.made_batch import made
from wan22dsl.fleet import store
from wan22dsl.fleet.following import Following


def same(folder, following):
    at_once = store.load(folder, with_records=False)
    found = following.read()
    assert (found.lines, found.problems) == (at_once.lines, at_once.problems)
    assert dict(found.jobs) == dict(at_once.jobs)


@pytest.fixture
def whole(tmp_path):
    made(8, 2, broken=("0003",), away={"gpu-01": (0.05, 0.1)}).put(tmp_path, with_records=False)
    return tmp_path, (tmp_path / store.LINES).read_bytes()


def test_what_grows_by_any_bytes_is_read_as_if_at_once(whole):
    folder, text = whole
    place, following = folder / store.LINES, Following(folder)
    place.unlink()
    same(folder, following)
    for size in range(0, len(text), 37):
        place.write_bytes(text[:size])
        same(folder, following)
    place.write_bytes(text)
    same(folder, following)


@pytest.mark.parametrize(
    "damage", [b"{]\n", b'{"line": "set aside", "at": "x", "job": "none", "reason": ""}\n', b"\n"]
)
def test_damaged_lines_are_left_out_with_their_numbers(whole, damage):
    folder, text = whole
    place, following = folder / store.LINES, Following(folder)
    half = text[: text.index(b"\n", len(text) // 2) + 1]
    place.write_bytes(half)
    same(folder, following)
    place.write_bytes(half + damage + damage + text[len(half) :])
    same(folder, following)


def test_a_file_that_was_cut_or_replaced_is_read_anew(whole):
    folder, text = whole
    place, following = folder / store.LINES, Following(folder)
    same(folder, following)
    for other in (text[: len(text) // 2], text[text.index(b"\n") + 1 :] + text, text, b""):
        place.write_bytes(other)
        same(folder, following)
