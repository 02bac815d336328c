"""What holds in a builder only while something is made: what it is for, and how its nodes are named.

Classes, since these are entered for every input and every setting: a generator's context takes several times
as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder


class About:
    """Says what a value is for, while it is made."""

    __slots__ = ("_builder", "_outer", "_what")

    def __init__(self, builder: Builder, what: str) -> None:
        self._builder = builder
        self._what = what

    def __enter__(self) -> None:
        self._outer = self._builder.what
        self._builder.what = self._what

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._builder.what = self._outer


class Within:
    """What the ids of what is made meanwhile begin with, and the stage that it belongs to."""

    __slots__ = ("_builder", "_names", "_outer")

    def __init__(self, builder: Builder, names: tuple[str, str, bool]) -> None:
        self._builder = builder
        self._names = names

    def __enter__(self) -> None:
        b = self._builder
        self._outer = b.base, b.stage, b.pending
        b.base, b.stage, b.pending = self._names

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        b = self._builder
        b.base, b.stage, b.pending = self._outer
