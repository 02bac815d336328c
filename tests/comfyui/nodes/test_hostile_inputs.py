"""What a file has in its inputs never breaks a record: it makes facts, or nothing is known."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest

from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.comfyui.nodes import records
from wan22dsl.graph.facts import derive
from wan22dsl.graph.model import Facts, Link, Node

CATALOGUE = open_catalogue("0.33.0")

VALUES: list[Any] = [
    *(0, 1, -1, 2, 16, 81, 10**9, -(10**9), 2**64, 10**40, 0.0, 0.5, -2.5, 1e-300, 1e308),
    *(float("inf"), float("-inf"), float("nan"), True, False, None),
    *("", "a", "4", "4.0", "1e999", "9" * 400, "16:9", "0:0", "99999:1", "a * b", "a ** 9999999"),
    *("1, 2", "((((", "\x00", "none", "enable", "True", "pixels", "stretch", "resize", "custom"),
    *([], [1, 2], {}, {"__value__": [1]}, [["a", 0]], [], {}, [1, 2], {"a": 1}),
]
LINKED = [
    Facts(),
    Facts(is_none=True),
    Facts(frames=81, fps=16.0, width=832, height=480),
    Facts(frames=0, fps=0.0, width=0, height=0),
    Facts(frames=1, width=10**29, height=1),
    Facts(value=10**29),
    Facts(value=4.5),
    Facts(value="text"),
    Facts(value=True),
    Facts(numbers=(1.0, 0.0)),
    Facts(fields=(("model", Link("x", 0)), ("clip", None))),
]
#: Inputs beyond those of a schema, such as nodes with any number of them have.
MORE = (
    "any_01",
    "any_02",
    "ctx_01",
    "ctx_02",
    "input1",
    "input2",
    "image_3",
    "variables.a",
    "values.a",
)
CHOICES = 100


def _inputs(record_name: str, chance: random.Random) -> tuple[dict[str, Any], dict[Link, Facts]]:
    known = CATALOGUE.get(record_name)
    names = [input_.name for input_ in known.inputs] if known is not None else []
    inputs: dict[str, Any] = {}
    links: dict[Link, Facts] = {}
    for number, name in enumerate((*names, *MORE)):
        kind = chance.randrange(4)
        if kind == 0:
            continue
        options = (
            [] if known is None or number >= len(names) else known.inputs[number].options or ()
        )
        if kind == 1 and options:
            inputs[name] = chance.choice(list(options))
        elif kind == 2:
            link = Link(f"n{number}", 0)
            inputs[name], links[link] = link, chance.choice(LINKED)
        else:
            inputs[name] = chance.choice(VALUES)
    return inputs, links


def _known(links: dict[Link, Facts], link: Link) -> Facts:
    return links.get(link, Facts())


@pytest.mark.parametrize(
    "record", [each for each in records() if each.facts], ids=lambda record: record.class_name
)
def test_no_input_breaks_what_is_known_of_an_output(record):
    chance = random.Random(record.class_name)
    known = CATALOGUE.get(record.class_name)
    for _ in range(CHOICES):
        inputs, links = _inputs(record.class_name, chance)
        for node_class in (known, None):
            for slot in (0, 1, 2, 3, 8, 99):
                made = Node("node", record.class_name, inputs)
                found = derive(made, slot, node_class, partial(_known, links))
                assert isinstance(found, Facts)
                assert found.value is None or isinstance(found.value, (int, float, str, bool))
