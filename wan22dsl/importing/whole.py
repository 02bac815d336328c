"""A whole import: what a file carries, read, and written as a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import CommandError
from wan22dsl.formats.kind import read
from wan22dsl.importing import source_text, text_of
from wan22dsl.importing.reading import carried
from wan22dsl.importing.remarks import notes
from wan22dsl.importing.vocabulary import Used
from wan22dsl.program import modules
from wan22dsl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from wan22dsl.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic


_SILENT = "{} muted or bypassed nodes became comments; --muted keeps them as nodes wherever it can"


class Imported(NamedTuple):
    """The text of an import, None where `diagnostics` say why there is none.

    `remarks` are what is to be known beside it; `own` tells that it is the text that the file was made
    of, and not one made of its graph.
    """

    text: str | None
    diagnostics: list[Diagnostic]
    remarks: tuple[str, ...] = ()
    own: bool = False


def import_bytes(
    data: bytes,
    shown: str,
    file: Path | None,
    catalogue: Catalogue,
    *,
    uses: tuple[tuple[str, str], ...] = (),
    from_graph: bool = False,
    simplify: bool = False,
    muted: bool = False,
    folder: Path | None = None,
) -> Imported:
    """The text for what the bytes of a file carry.

    `uses` are files of stages and assets, with the name for each; `folder` is where the text will stand.
    With `from_graph` a text that the file carries is not looked at; with `simplify` what is known without
    running is put in; with `muted` nodes that are switched off stay nodes wherever they can. Raises
    UnreadableFile and CommandError.
    """
    found = carried(data, shown, file)
    graph, diagnostics = read(found.source, catalogue)
    if graph is None:
        return Imported(None, diagnostics)
    if found.wan is not None and not from_graph:
        own = source_text.own(found.wan, graph)
        if own.text is not None:
            return Imported(own.text, [], (*own.remarks, *_more_notes(found.source)), own=True)
        remarks = own.remarks
    else:
        remarks = ()
    used = tuple(_used(path, name, folder) for path, name in uses)
    made = text_of(graph, _origin(shown), used=used, folder=folder, simplify=simplify, muted=muted)
    if made.silent and not muted and not simplify:
        remarks = (*remarks, _SILENT.format(made.silent))
    return Imported(made.text, [*diagnostics, *made.diagnostics], remarks)


def _more_notes(source: Source) -> list[str]:
    """What to say of notes that somebody has put beside the graph since."""
    if not notes(source.text):
        return []
    return ["notes were written beside the graph; --from-graph brings them in as comments"]


def _origin(shown: str) -> str:
    return "standard input" if shown.startswith("<") else shown.rpartition("/")[2]


def _used(path: str, name: str, folder: Path | None) -> Used:
    """A file whose words the text may use. Raises CommandError where it has mistakes."""
    line = f'use "{path}" as {name}'
    at = None if folder is None else folder / "imported.wan"
    main, found = modules.load(Source(f"wan 1\n{line}\n", "imported.wan", at))
    wrong: list[Any] = [one for one in found if one.is_error]
    if wrong:
        raise CommandError(f"--use {path}: {wrong[0].message}")
    return Used(line, f"{name}.", main.uses[name])
