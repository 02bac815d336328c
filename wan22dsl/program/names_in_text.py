"""What a setting in the braces of a string was probably meant to read: the pipeline's, or that of a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.program import kinds, names
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Block, Call, Derived, Name
from wan22dsl.syntax.walk import walk

if TYPE_CHECKING:
    from wan22dsl.program.modules import Module
    from wan22dsl.program.names import Named

#: How many copies of copies are followed to find a setting of a pass.
_COPIES = 50


def meant(module: Module, owner: str, written: str) -> tuple[str, str, bool]:
    """The help, the name to write (or nothing), and whether that is sure.

    `owner` is the declaration that the string is in.
    """
    block = module.names.get(owner)
    word = block.word.text if block is not None else ""
    if written in kinds.PASS_SETTINGS and word in ("pipeline", "pass", "stage"):
        read = f"pipeline.{written}"
        if isinstance(block, Block) and word == "pipeline" and written not in kinds.DEFAULTS:
            if not _has(block, written):
                passes = _passes(module, block, written)
                if len(passes) == 1:
                    return (
                        f"Write `{{{passes[0]}.{written}}}`, the setting of that pass.",
                        (f"{passes[0]}.{written}"),
                        False,
                    )
                more = "" if not passes else f", or of one pass `{{{passes[0]}.{written}}}`"
                help = f"Write `{written} = …` into the pipeline, and `{{{read}}}` here{more}."
                return help, "", False
        return f"Write `{{{read}}}`.", read, word == "pipeline"
    return f"Declare it, or write `\\{{{written}}}` for the braces themselves.", "", False


def _has(block: Block, setting: str) -> bool:
    return any(
        isinstance(one, Attribute) and spelling.plain(one.key.text) == setting
        for one in block.items
    )


def _passes(module: Module, block: Block, setting: str) -> list[str]:
    """The passes that a pipeline names and that have a setting; none where it changes one in place."""
    found = []
    for one in walk(block):
        if isinstance(one, Call) and any(
            isinstance(item, Attribute) and spelling.plain(item.key.text) == setting
            for item in one.arguments
        ):
            return []
        if isinstance(one, Name):
            head, *rest = spelling.name_parts(one.text)
            declared, rest = names.declared(module, head, rest)
            if declared is not None and not rest and _gives(*declared, setting):
                found.append(one.text)
    return list(dict.fromkeys(found))


def _gives(module: Module, declared: Named, setting: str) -> bool:
    """Whether a pass has a setting, itself or from the one that it is a copy of."""
    for _ in range(_COPIES):
        if declared.word.text != "pass":
            return False
        if isinstance(declared, Block):
            return _has(declared, setting)
        call = declared.value if isinstance(declared, Derived) else None
        if not isinstance(call, Call) or not isinstance(call.callee, Name):
            return False
        for item in call.arguments:
            if isinstance(item, Attribute) and spelling.plain(item.key.text) == setting:
                return True
        head, *rest = spelling.name_parts(call.callee.text)
        found, rest = names.declared(module, head, rest)
        if found is None or rest:
            return False
        module, declared = found
    return False
