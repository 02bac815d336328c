"""What is said of a small file: each finding as `WAN302 4:10`, and where it is not in the file, whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.api.compiler import check, compile
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.diagnostics import Diagnostic

HEAD = "wan 1\nuse wan22\n"

SETTINGS = """\
    image  = "a.png"
    prompt = "x"
    size   = 832x480
    length = 81f
"""


def piped(
    flow: str = 'wan22.high -> wan22.low -> save("x")',
    more: str = "",
    declarations: str = "",
    settings: str = SETTINGS,
) -> str:
    """A file with one pipeline: `wan 1`, `use wan22`, declarations from line 3, then the pipeline."""
    above = f"{declarations}\n" if declarations else ""
    return f"{HEAD}{above}pipeline p {{\n{settings}{more}    flow   = {flow}\n}}\n"


def said(text: str | Path, *, compiling: bool = False, **options: Any) -> list[Diagnostic]:
    """The diagnostics of a file, in order."""
    source = Source(text, "test.wan") if isinstance(text, str) else text
    return (compile if compiling else check)(source, **options).diagnostics


def places(text: str | Path, **options: Any) -> list[str]:
    """Each finding as its code and place."""
    return [place(line) for line in said(text, **options)]


def place(one: Diagnostic) -> str:
    """`WAN302 4:10`; the name of another file stands in front of the line."""
    if one.span is None:
        return one.code
    line, column = one.span.first
    path = one.span.source.path.rpartition("/")[2]
    return f"{one.code} {'' if path == 'test.wan' else path + ':'}{line}:{column}"
