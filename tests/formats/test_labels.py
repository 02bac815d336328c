"""What people call a node of a file of JSON."""

from __future__ import annotations

import pytest

from wan22dsl.formats.labels import label


@pytest.mark.parametrize(
    ("id", "title", "reported"),
    [
        ("57", "low pass", '#57 "low pass"'),
        ("57", "low\n pass", '#57 "low pass"'),
        ("57", "", "#57 (KSampler)"),
        ("57", "KSampler", "#57 (KSampler)"),
        ("low.sampler", "low.sampler", "#low.sampler (KSampler)"),
        ("57", "x" * 50, f'#57 "{"x" * 39}…"'),
    ],
)
def test_a_node_is_named_by_id_and_by_what_else_tells_it_apart(id, title, reported):
    assert label(id, title, "KSampler") == reported
