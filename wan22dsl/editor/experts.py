"""Which expert of Wan 2.2 a pass, a model or a LoRA is for, by what the text says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.program import denoting, kinds
from wan22dsl.language.program.denoting import Settings
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Call, Name, Text

if TYPE_CHECKING:
    from wan22dsl.language.program.module import Declaration, Module

#: What has an expert.
KINDS = frozenset({"pass", "model", "lora"})

#: Copies are followed so far: what is longer comes back to itself.
_FARTHEST = 50


def of(declaration: Declaration) -> str:
    """`high` or `low`; empty for both, for neither, and where it is not written."""
    module = declaration.module
    if module is None or declaration.kind not in KINDS:
        return ""
    known: dict[int, str] = module.kept.setdefault("experts", {})
    if declaration.start not in known:
        known[declaration.start] = ""  # of a circle
        block = denoting.meant(declaration)
        noise = _setting(block, "noise" if declaration.kind != "pass" else "model")
        if noise is not None:
            known[declaration.start] = _expert(*noise)
    return known[declaration.start]


def _expert(module: Module, value: Any) -> str:
    if isinstance(value, Text):
        written = value.text[1:-1]
        return written if written in kinds.EXPERTS else ""
    while isinstance(value, Call) and isinstance(value.callee, Name):
        value = value.callee
    if not isinstance(value, Name):
        return ""
    last = value.start + spelling.name_places(value.text)[-1][0]
    found = denoting.references(module).get(last)
    return of(found.declaration) if found is not None else ""


def _setting(block: object, name: str) -> tuple[Module, Any] | None:
    """The value of a setting of a block, or of what it is a copy of, and the file in which it is."""
    for _ in range(_FARTHEST):
        if not isinstance(block, Settings):
            return None
        module, node = block
        value = node if isinstance(node, Call) else getattr(node, "value", None)
        items = value.arguments if isinstance(value, Call) else getattr(node, "items", ())
        for item in items:
            if isinstance(item, Attribute) and item.key.text == name:
                return module, item.value
        if value is None:
            return None
        following = value.callee if isinstance(value, Call) else value
        block = denoting.denoted(module, following)
    return None
