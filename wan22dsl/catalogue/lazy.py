"""A catalogue of which each class is looked for once, when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wan22dsl.catalogue.schema import NodeClass


class LazyCatalogue:
    """Any catalogue: bundled facts, a file, a server. They differ in how a class is found.

    `find` gives a class by name or None, `list_names` all names; both may raise CatalogueError.
    """

    def __init__(
        self,
        target: str,
        find: Callable[[str], NodeClass | None],
        list_names: Callable[[], Iterable[str]],
    ) -> None:
        self.target = target
        self._find = find
        self._list_names = list_names
        self._known: dict[str, NodeClass | None] = {}

    def get(self, name: str) -> NodeClass | None:
        """The class of that name, or None."""
        try:
            return self._known[name]
        except KeyError:
            return self._known.setdefault(name, self._find(name))

    def names(self) -> tuple[str, ...]:
        """The names of all classes, sorted."""
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._list_names())))
