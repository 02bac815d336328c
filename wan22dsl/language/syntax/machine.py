"""The tables at work: a text becomes the value of a start symbol, or a place where it cannot go on.

This is the fast path, for texts without mistakes; it has no messages.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from wan22dsl.language.syntax.builders import LEAVES, builder, new
from wan22dsl.language.syntax.tables import Tables, load
from wan22dsl.tuples import NamedTuple

BLANK = 1  # the symbol of what is between tokens
END = "the end of the text"  # what the symbol for it leaves

# A state has an entry for each symbol: None where it cannot go on, a list (the state to go to), or a
# tuple (a rule to reduce by: how many values it takes, its symbol, its builder; no builder where the
# one value stays as it is).
State = list[Any]


class Machine(NamedTuple):
    """The tables as they are used."""

    starts: dict[str, State]
    symbols: list[str]
    leaves: list[Any]  # for each symbol that is a terminal, what it leaves in the tree
    token: re.Pattern[
        str
    ]  # the number of its last group says which, the first group where it starts
    terminals: list[str]  # the pattern of each terminal, by its symbol


class Stop(Exception):
    """The text cannot go on at `start`."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


@lru_cache(maxsize=1)
def machine() -> Machine:
    """The machine of this version's grammar."""
    return build(load())


def build(tables: Tables) -> Machine:
    """The machine that works by these tables."""
    names = tables.symbols
    states: list[State] = [[None] * len(names) for _ in tables.states]
    single = _single(tables)
    rules = [
        (
            len(right),
            left,
            None if left in single else builder(names[left], [names[at] for at in right]),
        )
        for left, *right in tables.rules
    ]
    for state, actions in zip(states, tables.states):
        for symbol, action in zip(actions[::2], actions[1::2]):
            state[symbol] = states[action - 1] if action > 0 else rules[-action - 1]
    # Empty groups are behind what they are for: one around a repetition would have it keep, for each
    # round, all groups before it.
    tokens = "|".join(f"(?:{pattern})()" for pattern in tables.terminals)
    blanks = "|".join(tables.ignored)
    return Machine(
        {name: states[at] for name, at in tables.starts.items()},
        names,
        [END if name == "$END" else LEAVES.get(name) for name in names],
        re.compile(rf" ?()(?:{tokens}|{blanks}|[\s\S]()|\Z())"),
        ["", "", *tables.terminals],
    )


def _single(tables: Tables) -> set[int]:
    """The symbols that stand for exactly one other, whose value they have: see tables.py."""
    several = {left for left, *right in tables.rules if len(right) != 1}
    return {rule[0] for rule in tables.rules if tables.symbols[rule[0]][0] == "_"} - several


def run(text: str, symbol: str, begin: int = 0, stop: int | None = None) -> Any:
    """The value of a text that is a `symbol`: the declarations of a file, or an expression.

    With `begin` and `stop` it is that of a stretch of the text, with places in the whole text.

    Raises Stop at the first token that does not fit.
    """
    engine = machine()
    leaves = engine.leaves
    row = engine.starts[symbol]
    stack: list[State] = [row]
    values: list[Any] = []
    start = end = last = begin
    stop = len(text) if stop is None else stop
    while True:
        for match in engine.token.finditer(text, end, stop):
            kind: Any = match.lastindex
            if kind == BLANK:
                continue  # or a comment that ends the text
            start, end = match.start(1), match.end()
            step = row[kind]
            if step is None:
                kind, end = second = _second_choice(engine, row, text, kind, start)
                step = row[kind]
            else:
                second = None
            while step.__class__ is tuple:
                count, left, make = step
                if make is None:
                    stack.pop()
                else:
                    bottom = len(values) - count
                    taken = values[bottom:]
                    del values[bottom:], stack[bottom + 1 :]
                    values.append(make(taken, last))
                row = stack[-1][left]
                stack.append(row)
                step = row[kind]
            if step is None:
                raise Stop(start)
            row = step
            stack.append(row)
            last = end
            leaf = leaves[kind]
            if leaf is None:
                values.append(start)
            elif leaf is str:
                values.append(text[start:end])
            elif leaf is END:
                return values[-1]
            else:
                values.append(new(leaf, (text[start:end], start, end)))
            if second is not None:
                break  # the token is shorter than the one that was found first


def _second_choice(
    engine: Machine, row: State, text: str, kind: int, start: int
) -> tuple[int, int]:
    """The next terminal that the state accepts here, and where its token ends: `of` is no name there."""
    for other in range(kind + 1, len(engine.terminals)):
        if row[other] is not None:
            found = _pattern(engine.terminals[other]).match(text, start)
            if found is not None:
                return other, found.end()
    raise Stop(start)


@cache
def _pattern(terminal: str) -> re.Pattern[str]:
    return re.compile(terminal)
