"""How deep a build nests: counted, and never limited by the stack of the program that runs it.

Stages, flows, pipelines and values are built inside each other, so a build recurses. Python's recursion
limit counts the frames of a whole thread, the caller's too, and differs in meaning between versions;
raising it changes the process for all other threads, which can then overflow the real stack. So levels are
counted here, and a deep build goes on in the empty stack of a further thread, one at a time.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: Levels that are built: a stage, a flow or a `let` inside another is one, a pipeline in another four.
DEEPEST = 2_000

#: Levels that are built on one stack. A level takes 16 frames at most, so a segment stays at half of
#: Python's default limit of 1,000 frames, and a host may have used the other half.
_SEGMENT = 32


class TooDeepError(RecursionError):
    """What is built nests more than `DEEPEST` levels deep."""


class Nesting:
    """The level that a build is at."""

    __slots__ = ("level",)

    def __init__(self) -> None:
        self.level = 0

    def deeper(self, build: Callable[[], T]) -> T:
        """Builds one level further down. Raises TooDeepError, and what `build` raises."""
        self.level += 1
        try:
            if self.level % _SEGMENT:
                return build()
            if self.level > DEEPEST:
                raise TooDeepError
            return _on_a_new_stack(build)
        finally:
            self.level -= 1


def _on_a_new_stack(build: Callable[[], T]) -> T:
    """The result of `build`, run to its end in a thread while this one waits."""
    results: list[T] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            results.append(build())
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run, name="wan22dsl build", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:  # no threads here, as in a browser, or no more of them
        raise TooDeepError from error
    thread.join()
    if faults:
        raise faults[0]
    return results[0]
