"""What a comparison is about: attention, order, cfg, …, by what the cell and its baseline differ in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.machine import effects

if TYPE_CHECKING:
    from wan22dsl.bench.models import Cell
    from wan22dsl.bench.store import Stored

#: What the guide asks of each card, in its order.
TOPICS = (
    "attention",
    "pass order",
    "cfg",
    "shift",
    "interpolation",
    "precision",
    "offload and memory",
    "compile",
)

#: A comparison of cells that differ in several of them, or in none of them.
SEVERAL, OTHER = "several together", "other"

_BY_NAME = (
    (re.compile(r"(.*\.)?cfg"), "cfg"),
    (re.compile(r"(.*\.)?shift"), "shift"),
    (re.compile(r"(.*\.)?(steps|order|flow)"), "pass order"),
)

#: A value says more than its name: a flow with RIFE in the place of FILM is about interpolation.
_BY_VALUE = (
    (re.compile(r"compile"), "compile"),
    (re.compile(r"sage|flash|attention|sdpa|xformers"), "attention"),
    (re.compile(r"rife|film|interpol"), "interpolation"),
    (re.compile(r"offload|block_?swap|vram"), "offload and memory"),
    (re.compile(r"fp8|fp16|bf16|gguf|q[2-8]_|dtype|precision|scaled"), "precision"),
)

_PRECISION = re.compile(r"--(fast|.*fp(8|16|32|64).*|bf16-.*|supports-fp8-compute)")


def topic(stored: Stored, cell: Cell, baseline: Cell) -> str:
    """The topic of a comparison."""
    found = {*_of_values(cell, baseline), *_of_flags(stored, cell, baseline)}
    if cell.compiles != baseline.compiles:
        found.add("compile")
    named = found - {OTHER}
    if len(named) > 1:
        return SEVERAL
    return next(iter(named or found), OTHER)


def _of_values(cell: Cell, baseline: Cell) -> set[str]:
    own = {value.name: value.value for value in cell.values}
    others = {value.name: value.value for value in baseline.values}
    found = set()
    for name in own.keys() | others.keys():
        if own.get(name) != others.get(name):
            found.add(_of_value(name, f"{own.get(name, '')} {others.get(name, '')}"))
    return found


def _of_value(name: str, values: str) -> str:
    plain = next((topic for pattern, topic in _BY_NAME if pattern.fullmatch(name)), "")
    if plain in ("cfg", "shift"):
        return plain
    text = f"{name} {values}".lower()
    return next((topic for pattern, topic in _BY_VALUE if pattern.search(text)), plain or OTHER)


def _of_flags(stored: Stored, cell: Cell, baseline: Cell) -> set[str]:
    """Topics of the flags in which the sessions of both differ."""
    own, others = (_flags(stored, each) for each in (cell, baseline))
    if own is None or others is None:
        return {OTHER} if cell.profile != baseline.profile else set()
    return {_of_flag(flag) for flag in own ^ others}


def _of_flag(flag: str) -> str:
    name = flag.split()[0].partition("=")[0]
    if _PRECISION.fullmatch(name):
        return "precision"
    effect = effects.of_flag(name)
    if effect is effects.ATTENTION:
        return "attention"
    return "offload and memory" if effect is effects.LOADER else OTHER


def _flags(stored: Stored, cell: Cell) -> frozenset[str] | None:
    """The flags of the sessions of a cell; None where none was started."""
    for session in stored.sessions:
        if (session.place, session.profile) == (
            cell.place,
            cell.profile,
        ) and session.reason is None:
            return frozenset(flag for flag in session.flags if flag.startswith("--"))
    return None
