"""Text ↔ tree. Knows no meaning: what a setting is, and whether a name exists, is asked elsewhere.

tree        what is written, and where; walks over it, and the order of operators
spelling    how texts and names are spelled, in both directions
parser      a file, or a single value, read with all its mistakes
printer     a tree in the canonical layout
comments    the comments of a file, and which of them are documentation
messages    what can be wrong with the syntax of a file

machine     the fast path: tables at work, for texts without mistakes
builders    how a rule of the grammar becomes a node of the tree
tables      from grammar/wan.lark to tables.json, which the machine runs on
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.lazy import offered

if TYPE_CHECKING:
    from wan22dsl.language.syntax.comments import doc_of, file_doc
    from wan22dsl.language.syntax.parser import parse, parse_expression
    from wan22dsl.language.syntax.printing.printer import print_file

__all__ = ["doc_of", "file_doc", "parse", "parse_expression", "print_file"]

_HOMES = {
    "comments": "doc_of file_doc",
    "parser": "parse parse_expression",
    "printing.printer": "print_file",
}


def __getattr__(name: str) -> Any:
    """Imports a function when it is first used."""
    return offered(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return __all__
