"""docs/library.md: the standard library, from the comments in its own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import wan22dsl
from wan22dsl.language.syntax.comments import doc_of, file_doc
from wan22dsl.language.syntax.parser import parse
from wan22dsl.language.syntax.tree import Attribute, Block, Call, Derived, Stage
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.language.syntax.tree import Declaration, File

LIBRARY = Path(wan22dsl.__file__).parent / "language" / "library"

HEAD = """\
# The standard library

<!-- Made by docs/generate.py from the comments in wan22dsl/language/library/. -->

The library is written in the language itself. What it has, you can write as well, in the same words.
"""

#: A longer signature stands on several lines.
MOST_COLUMNS = 100

MODULES = {
    "std": "Stages that need no `use`",
    "wan22": "The module `wan22`",
    "guide": "The module `guide`",
}


def page() -> str:
    """The text of the page."""
    parts = [HEAD]
    for name, title in MODULES.items():
        file, found = parse(Source.read(LIBRARY / f"{name}.wan"))
        assert not found, found
        parts.append(f"## {title}\n")
        if name != "std":
            parts.append(_prose(file_doc(file)))
        parts += _module(file, "" if name == "std" else f"{name}.")
    return "\n".join(parts)


def _module(file: File, prefix: str) -> Iterator[str]:
    headings = _headings(file)
    table: list[str] = []
    for one in file.declarations:
        before = [start for start in headings if start < one.start]
        if before:
            yield from _flush(table)
            yield f"### {headings.pop(before[-1])}\n"
            for start in before[:-1]:
                headings.pop(start)
        if isinstance(one, Stage) and not one.name.text.startswith("_"):
            yield from _flush(table)
            yield f"{_signature(file, one, prefix)}\n"
            yield _prose(doc_of(file, one))
        elif isinstance(one, (Block, Derived)) and not one.name.text.startswith("_"):
            table.append(_row(file, one, prefix))
    yield from _flush(table)


def _headings(file: File) -> dict[int, str]:
    """The comments of one line that stand alone: they head what comes after them."""
    text = file.source.text
    first = next(one.start for one in file.declarations)
    found = {}
    for start, end in file.comments:
        alone = text[:start].endswith("\n\n") and text[end : end + 2] == "\n\n"
        if alone and start > first:
            found[start] = text[start:end].lstrip("# ")
    return found


def _flush(table: list[str]) -> Iterator[str]:
    if table:
        yield "\n".join(["| | | file |", "|---|---|---|", *table, ""])
        table.clear()


def _signature(file: File, stage: Stage, prefix: str) -> str:
    text = file.source.text
    name = prefix + stage.name.text
    parameters = [text[one.start : one.end] for one in stage.parameters]
    outputs = ", ".join(text[one.start : one.end] for one in stage.outputs)
    arrow = f" -> ({outputs})" if stage.named else f" -> {outputs}" if outputs else ""
    shown = f"    {name}({', '.join(parameters)}){arrow}"
    if len(shown) > MOST_COLUMNS:
        inner = "\n".join(f"        {one}" for one in parameters)
        shown = f"    {name}(\n{inner}\n    ){arrow}"
    return f"#### {name}\n\n{shown}"


def _row(file: File, one: Block | Derived, prefix: str) -> str:
    says = " ".join(doc_of(file, one).split()).replace("|", "\\|")
    name = f"`{prefix}{one.name.text}`"
    return f"| {name} ({one.word.text}) | {says} | {_file_of(file, one)} |"


def _file_of(file: File, one: Declaration) -> str:
    if isinstance(one, Block):
        items = one.items
    elif isinstance(one, Derived) and isinstance(one.value, Call):
        items = one.value.arguments
    else:
        return ""
    for item in items:
        if isinstance(item, Attribute) and item.key.text == "file":
            return f"`{file.source.text[item.value.start + 1 : item.value.end - 1]}`"
    return ""


def _prose(doc: str) -> str:
    """A comment as Markdown: what is indented in it is shown as it stands."""
    lines = [f"  {line}" if line.startswith("  ") else line for line in doc.split("\n")]
    out: list[str] = []
    for line in lines:
        if line.startswith("    ") and out and out[-1] and not out[-1].startswith("    "):
            out.append("")
        out.append(line)
    return "\n".join(out) + "\n"
