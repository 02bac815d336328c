"""Expressions are worked out as each class does, and never by running them."""

from __future__ import annotations

import math
import random

import pytest

from wan22dsl.comfyui.nodes.expression import (
    COMFYUI_MATH,
    CUSTOM_SCRIPTS,
    EASY_USE,
    ESSENTIALS,
    FAILED,
    KJNODES,
    UNKNOWN,
    Outcome,
    evaluate,
)

DIALECTS = {
    "core": COMFYUI_MATH,
    "essentials": ESSENTIALS,
    "scripts": CUSTOM_SCRIPTS,
    "kj": KJNODES,
    "easy": EASY_USE,
}
KNOWN = {"a": 5, "b": 16.0, "c": 3}

HOSTILE = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('/etc/passwd')",
    "(lambda: a)()",
    "[x for x in (1, 2)]",
    "a.__class__",
    "9 ** 9 ** 9 ** 9",
    "10 ** 100000000",
    "1 << 100000000",
    "a * " * 500 + "a",
    "(" * 150 + "a" + ")" * 150,
    "-" * 290 + "a",
    "not " * 70 + "a",
    "round(5.5, -10 ** 9)",
    "max(*(1,) * 10 ** 9)",
    "a if a else" + " a if a else" * 24,
    "f'{a}'",
    "'a' * 1000000000",
    "a\x00",
    "a := 5",
    "５ + a",
    "1or 2",
    "",
    " ",
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("expression", HOSTILE, ids=lambda text: text[:25])
def test_a_hostile_expression_gives_no_value(expression, dialect, recwarn):
    assert evaluate(expression, KNOWN, DIALECTS[dialect]).value in (None, 0)
    assert not recwarn.list


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_value_that_is_not_known_makes_unknown_what_needs_it_and_nothing_else(dialect):
    known = {"a": 5, "b": None}
    assert evaluate("a + b", known, DIALECTS[dialect]) == UNKNOWN
    assert evaluate("a + 1", known, DIALECTS[dialect]).value == 6


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("expression", ["a / 0", "a % 0", "a +", "nobody + 1", "nobody(a)"])
def test_a_fault_that_the_node_finds_is_told_from_what_is_not_known(expression, dialect):
    assert evaluate(expression, KNOWN, DIALECTS[dialect]) == FAILED


@pytest.mark.parametrize(
    ("expression", "dialect", "value"),
    [
        # a chain is compared with its first number
        ("5 > 3 > 4", "essentials", 1),
        ("5 > 3 > 4", "core", False),
        ("5 > 3 > 4", "kj", False),
        ("5 > 3 > 4", "scripts", 1),  # and there only its first two numbers are
        ("a < b", "essentials", 1),
        ("a and c", "essentials", 3),
        ("a and c", "core", 3),
        ("a and c", "kj", True),
        ("a and c", "scripts", 1),
        ("a and c and 0", "scripts", 1),  # two operands and no more
        ("a and c and 0", "kj", False),
        ("a if c else b", "core", 5),
        ("a if c else b", "easy", 5),
        ("a if c else b", "essentials", 0),  # what it has no word for is 0
        ("True", "essentials", 0),
        ("not a", "scripts", 0),
        ("7 // 2", "scripts", 3),
        ("iif(a > 3, 1, 2)", "scripts", 1),
        ("a ^ 1", "scripts", 4),
        ("~a", "scripts", -6),
        ("log(e)", "easy", 1.0),
        ("floor(euler)", "kj", 2),
        ("sum(a, c)", "core", 8),
        ("round(2.5)", "core", 2),
        ("round(2.675, 2)", "kj", 2.67),
    ],
)
def test_each_class_has_rules_of_its_own(expression, dialect, value):
    found = evaluate(expression, KNOWN, DIALECTS[dialect]).value
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("expression", "dialect"),
    [
        ("+a", "essentials"),
        ("abs(a)", "essentials"),
        ("abs(a)", "scripts"),
        ("a and c and 1", "essentials"),
        ("a ^ 1", "kj"),
        ("min(a, b)", "easy"),
        (" a + 1", "essentials"),
        (" a + 1", "kj"),
        ("a +\n1", "kj"),
    ],
)
def test_what_a_class_does_not_know_is_a_fault(expression, dialect):
    assert evaluate(expression, KNOWN, DIALECTS[dialect]).failed


def test_lines_and_spaces_are_no_fault_where_the_class_takes_them():
    assert evaluate("a +\n1", KNOWN, CUSTOM_SCRIPTS) == Outcome(6)
    assert evaluate("  a + 1 ", KNOWN, COMFYUI_MATH) == Outcome(6)
    assert evaluate("\ta + 1 ", KNOWN, EASY_USE) == Outcome(6)


def test_random_functions_have_no_value():
    assert evaluate("randomint(1, 9)", KNOWN, CUSTOM_SCRIPTS) == UNKNOWN
    assert evaluate("randomchoice(1, 9)", KNOWN, CUSTOM_SCRIPTS) == UNKNOWN


def test_sides_of_a_picture_are_known_where_the_picture_is():
    known = {"a": [81, 480, 832, None], "b": None}
    assert evaluate("a.width // 16", known, CUSTOM_SCRIPTS) == Outcome(52)
    assert evaluate("a.height", known, CUSTOM_SCRIPTS) == Outcome(480)
    assert evaluate("b.width", known, CUSTOM_SCRIPTS) == UNKNOWN
    assert evaluate("KSampler.steps", known, CUSTOM_SCRIPTS) == UNKNOWN
    assert evaluate("a[2] - a[1]", known, ESSENTIALS) == Outcome(352)
    assert evaluate("a[3]", known, ESSENTIALS) == UNKNOWN


OPERATORS = ("+", "-", "*", "/", "//", "%")


def _made(chance: random.Random, depth: int) -> str:
    """An expression of numbers, names, operators and functions."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(["a", "b", "c", str(chance.randint(0, 99)), f"{chance.random():.3f}"])
    left, right = _made(chance, depth - 1), _made(chance, depth - 1)
    kind = chance.randrange(6)
    if kind == 0:
        return f"-({left})"
    if kind == 1:
        return f"max({left}, {right})"
    if kind == 2:
        return f"round({left})"
    return f"({left} {chance.choice(OPERATORS)} {right})"


@pytest.mark.parametrize("dialect", ["core", "essentials", "scripts", "kj"])
def test_arithmetic_is_that_of_python(dialect):
    chance = random.Random(1)
    compared = 0
    for _ in range(1500):
        text = _made(chance, 4)
        values = {"a": chance.randint(-50, 50), "b": chance.random() * 9, "c": chance.randint(1, 9)}
        if len(text) > 300:
            continue
        try:
            right = eval(text, {"max": max, "round": round, "__builtins__": {}}, values)
        except (ArithmeticError, ValueError):
            assert evaluate(text, values, DIALECTS[dialect]).value is None
            continue
        if not math.isfinite(right) or abs(right) > 1e30:
            continue
        found = evaluate(text, values, DIALECTS[dialect]).value
        assert (found, type(found)) == (right, type(right)), text
        compared += 1
    assert compared > 500
