"""A rule ignored in the configuration of a file, which keeps its comments and its layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit
from wan22dsl.editor.actions.model import QUICK_FIX, Action
from wan22dsl.editor.changes import edits_to
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.lint.policy import toml, verdict
from wan22dsl.lint.policy.config import OWN, SHARED
from wan22dsl.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View
    from wan22dsl.lint.policy.config import Config

#: What no configuration may ignore: text that cannot be read is judged in part only.
_SYNTAX = "WAN1"


def of_finding(project: Project, view: View, finding: Diagnostic) -> Iterator[Action]:
    """A rule put into `ignore` of the configuration of a file; without one, of a new `wan.toml`."""
    if finding.code.startswith(_SYNTAX) or view.source.file is None:
        return
    try:
        config = project.config(view.source.file)
    except CommandError:
        return
    if not config.shown:
        file = project.workspace.project_of(view.source.file) / OWN
        text = f'ignore = ["{finding.name}"]\n'
        edits: tuple[Edit, ...] = (Edit(Span(Source("", file.as_posix(), file), 0, 0), text),)
    else:
        file = Path(config.folder) / Path(config.shown).name
        edits = _edits(project, config, file, view, finding)
    if edits:
        yield Action(f"Ignore {finding.name} in {file.name}", QUICK_FIX, edits, finding)


def _edits(
    project: Project, config: Config, file: Path, view: View, finding: Diagnostic
) -> tuple[Edit, ...]:
    """The edits of a configuration; none where it cannot be read, or where it would count all the same."""
    try:
        source = project.workspace.read(file)
        text = _with_rule(source.text, file.name == SHARED, finding.name)
        values = toml.read(text.encode("utf-8"), config.shown)
    except (UnreadableFile, CommandError):
        return ()
    if file.name == SHARED:
        values = values["tool"]["wan"]
    after = config._replace(values=values)
    layers = after.layers(str(view.source.file))
    if verdict.is_selected(finding.code, finding.name, layers):
        return ()
    return edits_to(source, text)


def _with_rule(text: str, is_shared: bool, name: str) -> str:
    """A configuration with a rule more in its `ignore`. Raises CommandError where it cannot be put there."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        table = document["tool"]["wan"] if is_shared else document
        if "ignore" in table:
            table["ignore"].append(name)
        else:
            table["ignore"] = [name]
        return tomlkit.dumps(document)
    except (TOMLKitError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CommandError(str(error)) from error
