"""A file of which the jobs of a batch are runs, with what can be set in it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.api.values import RANDOM, numbers_of
from wan22dsl.errors import CommandError
from wan22dsl.language.workspace import Workspace
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wan22dsl.fleet import models
    from wan22dsl.language.program.program import Program

#: Types of parameters that are the name of a file, and the settings that take one.
_FILES = ("image", "video", "audio")
_FILE_SETTINGS = ("image",)


#: How files with rows end, which `--each` takes.
_ROWS = (".csv", ".tsv", ".jsonl")


class BatchFile:
    """A `.wan` file as it was when the batch was planned; `uses` are the texts of the files that it uses.

    Raises CommandError for a file that is none of the language.
    """

    def __init__(self, source: Source, uses: Mapping[str, str] | None = None) -> None:
        from wan22dsl.formats.kind import is_json
        from wan22dsl.language.program import load_program
        from wan22dsl.language.program.modules import used_texts

        if is_json(source):
            raise CommandError(
                f"{source.path}: is JSON, and a batch runs .wan files",
                f"Convert it: wan import {source.path}",
            )
        if source.path.lower().endswith(_ROWS):
            raise CommandError(
                f"{source.path}: has rows, and is not a .wan file",
                f"Give it as the rows of a file: wan batch FILE --each {source.path}",
            )
        self.source = source
        self.workspace = _workspace(source, uses)
        self.program: Program = load_program(source, None, self.workspace)[0]
        self.uses = used_texts(source, self.workspace) if uses is None else dict(uses)
        self._types = {name: param.type.text for name, _, param in self.program.parameters()}
        self._limited = {
            name for name, _, param in self.program.parameters() if param.accepts is not None
        }

    @cached_property
    def pipelines(self) -> tuple[str, ...]:
        """The pipelines and graphs that it declares."""
        return tuple(each.name.text for each in self.program.pipelines())

    def pipeline(self, wanted: str | None) -> str:
        """The pipeline of that name, or the one that is meant. Raises CommandError."""
        from wan22dsl.api.pipelines import chosen

        names = {name: name for name in self.pipelines}
        return chosen(names if wanted is not None else self._whole, wanted, "run")

    @cached_property
    def _whole(self) -> dict[str, str]:
        from wan22dsl.api.pipelines import to_compile

        return to_compile(self.program)

    def why_not(self, name: str) -> str:
        """Why a name cannot be set in this file; empty where it can."""
        from wan22dsl.language.program import load_program

        try:
            load_program(self.source, {name: "0"}, self.workspace)
        except CommandError as error:
            return str(error).replace("\n", " ")
        return ""

    def has_parameter(self, name: str) -> bool:
        """Whether it declares a parameter of that name."""
        return name in self._types

    def kind(self, name: str) -> str:
        """What a name takes: "text", "int", "file", or "other" for all else."""
        if name in self._types:
            type_ = self._types[name]
            if type_ in _FILES:
                return "file"
            return type_ if type_ in ("text", "int") and name not in self._limited else "other"
        setting = name.rpartition(".")[2]
        if setting in _FILE_SETTINGS:
            return "file"
        return {"prompt": "text", "negative": "text", "seed": "int"}.get(setting, "other")

    def drawer(self, name: str) -> Callable[[], int] | None:
        """What draws a number for `random`; None where the name takes no such number."""
        return numbers_of(self.source, name)

    def model(self) -> models.Source:
        """The file as the plan of a batch has it."""
        from wan22dsl.fleet import models

        return models.Source(file=self.source.path, text=self.source.text, uses=self.uses)


def opened(file: Source | Path | str) -> BatchFile:
    """A file on the disk. Raises UnreadableFile, CommandError."""
    return BatchFile(compiler.source_of(file))


def of_plan(source: models.Source) -> BatchFile:
    """A file as a plan has it, whatever is on the disk by now."""
    path = Path(source.file)
    named = None if source.file.startswith("<") else path
    return BatchFile(Source(source.text, source.file, named), source.uses)


def _workspace(source: Source, uses: Mapping[str, str] | None) -> Workspace:
    workspace = Workspace()
    if uses is not None and source.file is not None:
        workspace.hold({source.file.parent / path: text for path, text in uses.items()})
    return workspace


def is_random(value: Any) -> bool:
    """Whether a number is to be drawn."""
    return isinstance(value, str) and value == RANDOM
