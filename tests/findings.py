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


def findings_of(text: str | Path, *, compiling: bool = False, **options: Any) -> list[Diagnostic]:
    """The diagnostics of a file, in order."""
    source = Source(text, "test.wan") if isinstance(text, str) else text
    return (compile if compiling else check)(source, **options).diagnostics


def places(text: str | Path, **options: Any) -> list[str]:
    """Each finding as its code and place."""
    return [place(finding) for finding in findings_of(text, **options)]


def place(finding: Diagnostic) -> str:
    """`WAN302 4:10`; the name of another file is in front of the line."""
    if finding.span is None:
        return finding.code
    line, column = finding.span.first
    path = finding.span.source.path.rpartition("/")[2]
    return f"{finding.code} {'' if path == 'test.wan' else path + ':'}{line}:{column}"
