"""How much a build may do, and how deep it may nest: counted, and never limited by the stack of the host.

What is written twice in each of forty levels would be made a million million times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wan22dsl.graph.build.values import Wire
from wan22dsl.language.program.values import BROKEN, Unknown
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Flow, Flows, Value


#: Calls of stages and runs of flows that a pipeline may take, or a declaration by itself. A long video of a
#: hundred parts takes about four thousand.
MOST_CALLS = 25_000

#: A pass, or a pipeline in another one, is as much work as so many calls.
OF_A_PASS = 10


class TooMuchError(RecursionError):
    """A build that would take too long; nobody could run what it makes."""


class _Ran(NamedTuple):
    """What a flow came to, `base` and `pending` of the branch behind it, and what its key is made of."""

    value: Value
    base: str
    pending: bool
    kept: tuple[object, ...]


class Work:
    """Counts what a build does, and keeps what its flows came to."""

    __slots__ = ("_builder", "_calls", "_ran")

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._calls = 0
        self._ran: dict[tuple[object, ...], _Ran] = {}

    def spend(self, calls: int = 1) -> None:
        """Counts what is done next; raises TooMuchError when that is too much."""
        self._calls += calls
        if self._calls > MOST_CALLS:
            raise TooMuchError

    def begin(self) -> None:
        """Counts from nothing again, for another declaration."""
        self._calls = 0

    def once(
        self,
        flow: Flow | Flows,
        brought: Value | None,
        settings: Settings,
        run: Callable[[], Value],
    ) -> Value:
        """What a flow comes to. With the same settings and the same value in front it is run once.

        A name that is used twice stands for the same nodes, so they need not be made again to find that
        they are there. One that nests too deeply, or is too much, is that for all who name it.
        """
        b = self._builder
        front = brought if brought is None or isinstance(brought, (Wire, Unknown)) else id(brought)
        key = (id(flow), id(settings), front, b.base if b.pending else None)
        kept = self._ran.get(key)
        if kept is None:
            self.spend()
            try:
                value = b.nesting.deeper(run)
            except RecursionError:
                self._ran[key] = _Ran(BROKEN, b.base, b.pending, (flow, settings, brought))
                raise
            self._ran[key] = _Ran(value, b.base, b.pending, (flow, settings, brought))
            return value
        if b.pending:  # the first stage of a branch names what is behind it
            b.base, b.pending = kept.base, kept.pending
        return kept.value


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
    import threading  # hardly any pipeline nests so deep

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
