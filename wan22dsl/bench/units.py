"""Figures by their names: their unit, which direction is worse, and from when on a difference matters.

A figure is `total_s`, `peak_bytes`, `high.step_s`, `rife.seconds` or one of quality (`quality.sharpness`).
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Literal

from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Unit = Literal["s", "bytes", ""]

_MIB = 1024**2
_BYTES = {"B": 1, "KiB": 1024, "MiB": _MIB, "GiB": 1024**3}


class Limit(NamedTuple):
    """A difference matters when it is beyond both: percent, and the floor in the figure's unit."""

    percent: float
    floor: float


#: Percent and floor as FastVideo has them for the parts and the memory (docs/contributing/
#: performance_benchmarks.md: 5 % and .25 s, 5 % and 256 MB, and .5 s for the whole). Its 8 % for the whole
#: would find a bench that is 8 % slower every other time: `python -m benchmarks gate` has the figures.
_TOTAL = Limit(5.0, 0.5)
_PART = Limit(5.0, 0.25)
_MEMORY = Limit(5.0, 256.0 * _MIB)


def unit_of(figure: str) -> Unit:
    """The unit of a figure, by its name."""
    if figure.endswith(("_s", ".seconds")):
        return "s"
    return "bytes" if figure.endswith("_bytes") else ""


def worse(figure: str) -> Literal["more", "either"]:
    """Which direction is worse. Of figures of quality that is unknown: any change counts."""
    return "more" if unit_of(figure) else "either"


def limit_of(figure: str) -> Limit | None:
    """What a figure may differ by default; None where only the user knows it."""
    if figure == "total_s":
        return _TOTAL
    if unit_of(figure) == "bytes":
        return _MEMORY
    return _PART if unit_of(figure) == "s" else None


def label(figure: str) -> str:
    """A figure as people call it; those without a name of their own are called as for `--figure`."""
    return {"total_s": "total", "peak_bytes": "peak memory"}.get(figure, figure)


def shown(figure: str, value: float, *, signed: bool = False) -> str:
    """A value of a figure for people."""
    sign = "+" if signed else ""
    unit = unit_of(figure)
    if unit == "bytes":
        gib = abs(value) >= 1024**3
        number = f"{value / 1024**3:{sign}.1f}" if gib else f"{value / _MIB:{sign}.0f}"
        return f"{number} {'GiB' if gib else 'MiB'}"
    if unit == "s":
        digits = 1 if abs(value) >= 10 else 2
        return f"{value:{sign}.{digits}f} s"
    return f"{value:{sign}.4g}"


def percent_of(text: str) -> float:
    """`8%` or `8` as a number. Raises CommandError."""
    return _number(
        text.strip().removesuffix("%"), "", f"--threshold {text}: expected a percentage such as 8%"
    )


def floor_of(text: str, figures: Iterable[str]) -> float:
    """`0.5s`, `256MiB` or `0.5`, in the unit of the figures. Raises CommandError for another unit."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([A-Za-z]*)\s*", text)
    problem = f"--floor {text}: expected a value such as 0.5s or 256MiB"
    if found is None:
        raise CommandError(problem)
    number, unit = found[1], found[2]
    for figure in figures:
        wanted = unit_of(figure)
        fits = unit == "s" if wanted == "s" else unit in _BYTES if wanted == "bytes" else not unit
        if not fits:
            needs = {
                "s": "seconds, such as 0.5s",
                "bytes": "bytes, such as 256MiB",
                "": "a plain number",
            }
            raise CommandError(f"--floor {text}: `{figure}` needs {needs[wanted]}")
    return _number(number, unit, problem)


def _number(text: str, unit: str, problem: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise CommandError(problem) from None
    if not isfinite(value) or value < 0:
        raise CommandError(problem)
    return value * _BYTES.get(unit, 1)
