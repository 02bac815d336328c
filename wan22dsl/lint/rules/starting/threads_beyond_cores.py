"""WAN973: more threads than cores, or a number of threads that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Message, Severity
from wan22dsl.lint.rules.starting.example import profile
from wan22dsl.lint.rules.starting.view import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.lint.rules.starting.view import Start

MESSAGE = Message(
    code="WAN973",
    name="threads-beyond-cores",
    severity=Severity.WARNING,
    summary="The number of threads is impossible, or more than the cores",
    text="`{name}` is {value}: {problem}.",
    why=(
        "Threads beyond the cores wait for each other. The cores are known where ComfyUI is started on "
        "this machine; a file that is only checked may be for another."
    ),
    help="{help}",
    bad=profile(env="OMP_NUM_THREADS = 0"),
    good=profile(env="OMP_NUM_THREADS = 8"),
    source="OpenMP API, OMP_NUM_THREADS: a list of positive whole numbers",
)

_NAMES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")


def check(start: Start) -> Iterator[Diagnostic]:
    """The numbers of threads that no machine has, and where the cores are known those that are too many."""
    for name in _NAMES:
        variable = start.profile.variable(name)
        if variable is None or "$" in variable.value or "%" in variable.value:
            continue
        counts = [part.strip() for part in variable.value.split(",")]
        if not all(count.isascii() and count.isdigit() and int(count) > 0 for count in counts):
            problem = "a number of threads is a whole number from 1 on"
            help = "Write the number of physical cores, or remove it."
        elif start.cores is not None and max(map(int, counts)) > start.cores:
            problem = f"this machine has {start.cores} logical cores"
            help = f"Write at most {start.cores}, or remove it: torch counts the cores itself."
        else:
            continue
        span = place(variable.span, variable.name_span, start.profile.span)
        yield MESSAGE.at(span, name=name, value=variable.value, problem=problem, help=help)
