"""What the versions of ComfyUI have in different ways in one class."""

from __future__ import annotations

from typing import Any

from wan22dsl.tuples import NamedTuple


class Automatic(NamedTuple):
    """An input whose `word` stands for the value that fits another input, `by`: `values` of that, and it."""

    input: str
    word: str
    by: str
    values: tuple[tuple[Any, Any], ...]


class Moved(NamedTuple):
    """An input that newer versions of ComfyUI have on the node linked to `link`, under the name `to`."""

    input: str
    link: str
    to: str


class Versions(NamedTuple):
    """The differences of a class.

    `moved` are inputs that newer versions have on another node. `automatic` are inputs with a word for the
    value that fits another one. `added` are defaults that came with a newer version, which the editor sends
    of every node. `choice_sent` tells that the editor sends the inputs of its choice, and that the class has
    their defaults where they are missing.
    """

    moved: tuple[Moved, ...] = ()
    automatic: tuple[Automatic, ...] = ()
    added: tuple[tuple[str, Any], ...] = ()
    choice_sent: bool = False
