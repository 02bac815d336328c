"""Values of parameters from outside a file, before any file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Values(dict[str, Any]):
    """Values of parameters by name; `shared` are those that a file of parameters has."""

    def __init__(self, values: Mapping[str, Any], shared: Collection[str] = ()) -> None:
        super().__init__(values)
        self.shared = frozenset(shared)
