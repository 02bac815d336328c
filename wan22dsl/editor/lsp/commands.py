"""The commands of the server: what an editor can have made of a file, as JSON (`docs/editors.md`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from wan22dsl.editor import commands
from wan22dsl.editor.lsp.places import file_of, uri_of
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.commands import Answer
    from wan22dsl.editor.lsp.server import WanServer
    from wan22dsl.editor.view import View


def register(server: WanServer) -> None:
    """A command for each line of the table; each takes one object, and answers with one."""

    def of_file(name: str, answer: Callable[[View, _Asked], Answer]) -> None:
        """A command about the file `uri`."""

        @server.command(name)
        def run(*arguments: Any) -> dict[str, Any]:
            asked = _Asked(server, arguments)
            view = server.view(asked.text("uri") or "")
            if view is None:
                return _written(server, commands.Answer(problem="`uri` names no file to read"))
            return _written(server, answer(view, asked))

    of_file(
        "wan.compile",
        lambda view, asked: commands.compile(
            server.project,
            view,
            asked.text("pipeline"),
            asked.text("format") or "prompt",
            asked.record("values"),
        ),
    )
    of_file(
        "wan.expand",
        lambda view, asked: commands.expand(
            server.project, view, asked.text("pipeline"), asked.record("values")
        ),
    )
    of_file(
        "wan.describe",
        lambda view, asked: commands.describe(view, asked.text("pipeline")),
    )
    of_file(
        "wan.estimate",
        lambda view, asked: commands.estimate(view, asked.text("pipeline")),
    )
    of_file(
        "wan.graph",
        lambda view, asked: commands.graph(view, asked.text("pipeline"), asked.offset(view)),
    )
    of_file(
        "wan.graphAt",
        lambda view, asked: commands.graph_at(
            view, asked.text("pipeline"), asked.offset(view) or 0
        ),
    )
    of_file(
        "wan.runCommand",
        lambda view, asked: commands.run_command(
            server.project,
            view,
            asked.text("pipeline"),
            simulate=asked.given.get("simulate") is True,
            json=asked.given.get("json") is True,
            more=asked.words("more"),
        ),
    )
    of_file("wan.diff", lambda view, asked: _diff(server, view, asked))

    @server.command("wan.import")
    def import_(*arguments: Any) -> dict[str, Any]:
        asked = _Asked(server, arguments)
        file = asked.file("path")
        if file is None:
            return _written(server, commands.Answer(problem="`path` names no file"))
        return _written(server, commands.import_file(server.project, file, asked.file("folder")))


def _diff(server: WanServer, view: View, asked: _Asked) -> Answer:
    other = asked.file("other")
    if other is None:
        return commands.Answer(problem="`other` names no file")
    return commands.diff(server.project, view, other, asked.text("pipeline"))


class _Asked:
    """The object that a command was given. What it lacks, or has of another type, counts as not given."""

    def __init__(self, server: WanServer, arguments: tuple[Any, ...]) -> None:
        self._server = server
        first = arguments[0] if arguments else None
        self.given: Mapping[str, Any] = first if isinstance(first, dict) else {}

    def text(self, name: str) -> str | None:
        """A string."""
        found = self.given.get(name)
        return found if isinstance(found, str) and found else None

    def words(self, name: str) -> list[str]:
        """A list of strings."""
        found = self.given.get(name)
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def record(self, name: str) -> dict[str, Any]:
        """An object."""
        found = self.given.get(name)
        return found if isinstance(found, dict) else {}

    def file(self, name: str) -> Path | None:
        """A file by its path or its URI."""
        found = self.text(name)
        if found is None:
            return None
        document = self._server.file(found) if ":" in found[2:] else None
        return document or file_of(found) or Path(found)

    def offset(self, view: View) -> int | None:
        """The place `position` in a file."""
        found = self.given.get("position")
        if not isinstance(found, dict):
            return None
        line, character = found.get("line"), found.get("character")
        if type(line) is not int or type(character) is not int or line < 0 or character < 0:
            return None
        return self._server.places.offset(view.source, types.Position(line, character))


def _written(server: WanServer, answer: Answer) -> dict[str, Any]:
    """An answer as JSON, with the places as the client counts them."""
    data = {name: _value(server, value) for name, value in answer.data.items()}
    findings = [_finding(server, each) for each in answer.findings]
    return {**data, "problem": answer.problem, "findings": findings}


def _value(server: WanServer, value: Any) -> Any:
    if isinstance(value, Span):
        return _place(server, value)
    if isinstance(value, dict):
        return {name: _value(server, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(server, item) for item in value]
    return value


def _place(server: WanServer, span: Span) -> dict[str, Any]:
    file, places = span.source.file, server.places
    found = places.range(span.source, span.start, span.end)
    return {"uri": None if file is None else uri_of(file), "range": _range(found)}


def _range(found: types.Range) -> dict[str, Any]:
    return {
        "start": {"line": found.start.line, "character": found.start.character},
        "end": {"line": found.end.line, "character": found.end.character},
    }


def _finding(server: WanServer, finding: Diagnostic) -> dict[str, Any]:
    place = None if finding.span is None else _place(server, finding.span)
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        "place": place,
    }
