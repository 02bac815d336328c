"""Operators are put in their order."""

from __future__ import annotations

import pytest

from wan22dsl.language.syntax import parse_expression
from wan22dsl.language.syntax.tree import Arrow, Binary, nest
from wan22dsl.source import Source


def ordered(text: str):
    """The chain of a text, with parentheses around everything."""
    value, diagnostics = parse_expression(Source(text))
    assert not diagnostics
    return written(nest(value))


def written(node) -> str:
    if isinstance(node, Arrow):
        return " -> ".join(map(written, node.elements))
    if isinstance(node, Binary):
        return f"({written(node.left)} {node.operator} {written(node.right)})"
    return node.text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a * b + c", "((a * b) + c)"),
        ("a - b - c", "((a - b) - c)"),
        ("0..2 of 4", "((0 .. 2) of 4)"),
        ("a + 1..b * 2 of c - 1", "(((a + 1) .. (b * 2)) of (c - 1))"),
        ("1..a / 2 of a", "((1 .. (a / 2)) of a)"),
        ("a / b * c", "((a / b) * c)"),
        ("a -> b + c -> d", "a -> (b + c) -> d"),
        ("a -> b -> c", "a -> b -> c"),
        ("81f -1f", "(81f - 1f)"),
    ],
)
def test_tighter_operators_come_first_and_equal_ones_from_the_left(text, meant):
    assert ordered(text) == meant


def test_every_part_knows_where_it_stands():
    text = "a + b * c -> d"
    value, _ = parse_expression(Source(text))
    arrow = nest(value)
    total = arrow.elements[0]
    assert (arrow.start, arrow.end) == (0, len(text))
    assert text[total.start : total.end] == "a + b * c"
    assert text[total.right.start : total.right.end] == "b * c"


def test_a_chain_may_be_as_long_as_it_likes():
    value, _ = parse_expression(Source(" + ".join(["a"] * 50_000)))
    node, length = nest(value), 1
    while isinstance(node, Binary):
        node, length = node.left, length + 1
    assert length == 50_000
    flow, _ = parse_expression(Source(" -> ".join(["a"] * 50_000)))
    assert len(nest(flow).elements) == 50_000
