"""One door for every JSON: what a text is, told by what is in it and not by its name.

A `.wan` file never begins with a bracket. JSON is a prompt or a workflow, by itself or within what ComfyUI
and its clients wrap it in: the body of a `POST /prompt`, an entry of the history, or what an output file
carries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Severity

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.formats.envelopes import Found
    from wan22dsl.formats.unquoted import Unquoted
    from wan22dsl.graph.model import Graph
    from wan22dsl.source import Source

#: A table of TOML or INI, which JSON is not: its words are in quotes, but for these three.
_TABLE = r"\s*\[\[?(?!(?:true|false|null)\b)[A-Za-z_][\w.-]*\]\]?[ \t]*(?:[#;\n\r]|$)"


def is_json(source: Source) -> bool:
    """Whether a text is meant to be JSON. An empty one goes by its name."""
    text = source.text
    first = text.lstrip()[:1] if text[:1].isspace() else text[:1]
    if first == "[":
        return re.match(_TABLE, text) is None
    if first == "{":
        return True
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
        template = _template(source)
        if template is None:
            return None, [broken(source, error)]
        value, start, _ = document(template.source.text)
    shown = source if template is None else template.source
    inner = opened(shown.text, value, start)
    graph, found = _read_noted(shown, catalogue, inner, template)
    if inner.others:
        found = [*found, _several(source, inner, "only the first is read", Severity.WARNING)]
    return graph, found


def read_all(source: Source, catalogue: Catalogue) -> list[tuple[Graph | None, list[Diagnostic]]]:
    """The graphs of a JSON of any of these forms, each with what is to be said of its form.

    Of more than `_MOST_GRAPHS` the first ones are read. Of a template that is JSON only once it is filled in
    it is the first one.
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
    made = [_read_noted(source, catalogue, each) for each in inner]
    count = inner[0].others + 1
    if count > 1:
        all_ = count == len(inner)
        checked = "all are checked" if all_ else f"the first {len(inner)} are checked"
        severity = Severity.NOTE if all_ else Severity.WARNING
        read_by = f"{checked}, and other commands read only the first"
        made[0] = (made[0][0], [*made[0][1], _several(source, inner[0], read_by, severity)])
    return made


#: So many graphs of one file are judged.
_MOST_GRAPHS = 20


def _several(source: Source, first: Found, read_by: str, severity: Severity) -> Diagnostic:
    from wan22dsl.formats.messages import SEVERAL_GRAPHS
    from wan22dsl.source import Span

    span = Span(source, first.start, first.start + 1)
    return SEVERAL_GRAPHS.at(span, severity=severity, count=first.others + 1, read=read_by)


def _read_noted(
    source: Source, catalogue: Catalogue, inner: Found, template: Unquoted | None = None
) -> tuple[Graph | None, list[Diagnostic]]:
    """The graph in what was found in a text, with a note of the placeholders in it."""
    graph, found = _read_inner(source, catalogue, inner)
    if template is not None:
        found = template.findings(found)
        if graph is not None:
            template.restore(graph)
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
