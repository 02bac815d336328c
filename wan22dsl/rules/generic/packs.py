"""Classes of packs, whose versions differ more than ComfyUI's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.catalogue.open import BUNDLED

if TYPE_CHECKING:
    from wan22dsl.catalogue.schema import NodeClass
    from wan22dsl.rules.view import View

_BUNDLED = frozenset(f"ComfyUI {version}" for version in BUNDLED)


def may_differ(view: View, node_class: NodeClass) -> bool:
    """Whether another version of it may run: a class of a pack, known from bundled facts only."""
    return node_class.pack is not None and view.graph.catalogue.target in _BUNDLED
