"""The types of values: ours, and the sockets of ComfyUI."""

from __future__ import annotations

from wan22dsl.tuples import NamedTuple


class Type(NamedTuple):
    """A type: `name` is ours or ComfyUI's (a socket); for a list, `item` is the type of its items."""

    name: str
    item: Type | None = None

    @property
    def is_socket(self) -> bool:
        """Whether it is one of ComfyUI's types, which only a link (or what fits by itself) satisfies."""
        return self.item is None and not self.name[:1].islower()

    def __str__(self) -> str:
        return f"[{self.item}]" if self.item is not None else self.name
