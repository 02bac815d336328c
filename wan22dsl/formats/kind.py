"""One door for every JSON: what a text is, told by what is in it and not by its name.

A `.wan` file never begins with a bracket. JSON is a prompt or a workflow, by itself or within what ComfyUI
and its clients wrap it in: the body of a `POST /prompt`, an entry of the history, or what an output file
carries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.source import Span

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.formats.envelopes import Found
<<<<<<< HEAD
    from wan22dsl.formats.unquoted import Unquoted
=======
>>>>>>> f4f5c1e (All graphs of a JSON file are judged, what several have in common once (WAN573))
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source

#: A table of TOML or INI, which JSON is not: its words are in quotes, but for these three.
_TABLE = r"\s*\[\[?(?!(?:true|false|null)\b)[A-Za-z_][\w.-]*\]\]?[ \t]*(?:[#;\n\r]|$)"


def is_json(source: Source) -> bool:
    """Whether a text is meant to be JSON. An empty one goes by its name."""
    text = source.text
    first = text.lstrip()[:1] if text[:1].isspace() else text[:1]
    if first in {"{", "["}:
        return re.match(_TABLE, text) is None
    return not text.strip() and source.path.lower().endswith(".json")


def read(source: Source, catalogue: Catalogue) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph of a JSON of any of these forms; None when its form is not right, which is then told."""
    from wan22dsl.formats.envelopes import opened
    from wan22dsl.formats.json_text import BrokenJsonError, document
    from wan22dsl.formats.prompt_read import broken

    template = None
    try:
        value, start, _ = document(source.text)
    except BrokenJsonError as error:
<<<<<<< HEAD
        template = _template(source)
        if template is None:
            return None, [broken(source, error)]
        value, start, _ = document(template.source.text)
    shown = source if template is None else template.source
    inner = opened(shown.text, value, start)
    graph, found = _read_inner(shown, catalogue, inner)
    if template is not None:
        found = template.findings(found)
        if graph is not None:
            template.restore(graph)
=======
        return None, [broken(source, error)]
    inner = opened(source.text, value, start)
    graph, found = _read_found(source, catalogue, inner)
    if inner.others:
        from wan22dsl.formats.messages import SEVERAL_GRAPHS

        span = Span(source, inner.start, inner.start + 1)
        found = [
            *found,
            SEVERAL_GRAPHS.at(span, count=inner.others + 1, read="only the first is read"),
        ]
    return graph, found


def read_all(source: Source, catalogue: Catalogue) -> list[tuple[Graph | None, list[Diagnostic]]]:
    """The graphs of a JSON of any of these forms, each with what is to be said of its form.

    Of more than `_MOST_GRAPHS` the first ones are read.
    """
    from wan22dsl.formats.envelopes import all_opened
    from wan22dsl.formats.json_text import BrokenJsonError, document

    try:
        value, start, _ = document(source.text)
    except BrokenJsonError:
        return [read(source, catalogue)]
    inner = all_opened(source.text, value, start, _MOST_GRAPHS)
    if not inner:
        return [read(source, catalogue)]
    if len(inner) == 1:
        return [_read_found(source, catalogue, inner[0])]
    from wan22dsl.diagnostics import Severity
    from wan22dsl.formats.messages import SEVERAL_GRAPHS

    made = [_read_found(source, catalogue, each) for each in inner]
    count, several = inner[0].others + 1, "all are checked"
    if count > len(inner):
        several = f"the first {len(inner)} are checked"
    note = SEVERAL_GRAPHS.at(
        Span(source, inner[0].start, inner[0].start + 1),
        severity=Severity.NOTE if count == len(inner) else None,
        count=count,
        read=f"{several}, and other commands read only the first",
    )
    return [(made[0][0], [*made[0][1], note]), *made[1:]]


#: So many graphs of one file are judged.
_MOST_GRAPHS = 20


def _read_found(
    source: Source, catalogue: Catalogue, inner: Found
) -> tuple[Graph | None, list[Diagnostic]]:
    from wan22dsl.formats.envelopes import is_workflow
    from wan22dsl.formats.prompt_read import read_at

    if isinstance(inner.value, str):
        graph, found = _read_string(source, catalogue, inner.value, inner.start)
    elif is_workflow(inner.value):
        from wan22dsl.formats import workflow_read

        graph, found = workflow_read.read_at(source, catalogue, inner.value, inner.start)
    else:
        graph, found = read_at(source, catalogue, inner.value, inner.start)
>>>>>>> f4f5c1e (All graphs of a JSON file are judged, what several have in common once (WAN573))
    if graph is not None and not isinstance(inner.value, str):
        from wan22dsl.formats.placeholders import note

        found = [*found, *note(graph)]
    return graph, found


def _template(source: Source) -> Unquoted | None:
    """A text that is JSON once its placeholders are filled in; None where it has another fault."""
    from wan22dsl.formats.json_text import BrokenJsonError, document
    from wan22dsl.formats.unquoted import Unquoted

    template = Unquoted(source)
    if not template.is_template:
        return None
    try:
        document(template.source.text)
    except BrokenJsonError:
        return None
    return template


def _read_inner(
    source: Source, catalogue: Catalogue, inner: Found
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph in what was found in a text."""
    if isinstance(inner.value, str):
        return _read_string(source, catalogue, inner.value, inner.start)
    from wan22dsl.formats.envelopes import is_workflow

    if is_workflow(inner.value):
        from wan22dsl.formats import workflow_read

        return workflow_read.read_at(source, catalogue, inner.value, inner.start)
    from wan22dsl.formats.prompt_read import read_at

    return read_at(source, catalogue, inner.value, inner.start)


def _read_string(
    source: Source, catalogue: Catalogue, value: str, start: int
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph in the string that is at `start`."""
    from wan22dsl.formats.string_in_json import StringInJson

    string = StringInJson(source, value, start)
    graph, found = read(string.source, catalogue)
    if graph is not None:
        string.place(graph)
    return graph, string.findings(found)
