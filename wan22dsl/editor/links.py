"""What can be opened from a text: files that it names, and the pages of the rules that it allows."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from wan22dsl import __version__, disk
from wan22dsl.about import rule_url
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Header, Text, walk
from wan22dsl.lint.policy.suppressions import comments
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from wan22dsl.editor.project import Project
    from wan22dsl.editor.view import View


class Link(NamedTuple):
    """A stretch of a text that leads to a file, or else to a page on the web."""

    start: int
    end: int
    file: Path | None
    url: str = ""


def of(project: Project, view: View) -> tuple[Link, ...]:
    """The links of a file, in order."""
    return tuple(sorted((*_files(project, view), *_rules(view)), key=lambda link: link.start))


def _files(project: Project, view: View) -> Iterator[Link]:
    for declaration in view.tree.declarations if view.tree is not None else ():
        for node in walk(declaration):
            if isinstance(node, Text):
                file = file_of(project, view, node, is_use=isinstance(declaration, Header))
                if file is not None:
                    yield Link(node.start + 1, node.end - 1, file)


def file_of(project: Project, view: View, text: Text, *, is_use: bool | None = None) -> Path | None:
    """The file that a string names: one beside the file or below it, or one that it uses."""
    if view.source.file is None or text.end - text.start < 3 or text.text.startswith('"""'):
        return None
    parts = spelling.text_parts(text.text)
    if len(parts) != 1 or not isinstance(parts[0], str) or "." not in parts[0]:
        return None
    written, folder = parts[0], view.source.file.parent
    if is_use is None:
        is_use = _is_used(view, text)
    if is_use:
        return _used(project, view, written)
    if written.rpartition(".")[2].lower() not in spelling.FILE_ENDINGS:
        return None
    return project.workspace.input_file(folder, written)


def _is_used(view: View, text: Text) -> bool:
    declarations = view.tree.declarations if view.tree is not None else ()
    return any(isinstance(each, Header) and each.value == text for each in declarations)


def _used(project: Project, view: View, written: str) -> Path | None:
    """The file of a `use`, which may be above, but not outside of the project."""
    assert view.source.file is not None
    if "\\" in written or written.startswith("//"):
        return None
    workspace = project.workspace
    try:
        file = disk.real_path(view.source.file.parent / written)
        is_inside = file.is_relative_to(workspace.project_of(view.source.file))
        return file if is_inside and workspace.exists(file) else None
    except (OSError, ValueError, RuntimeError):
        return None


def _rules(view: View) -> Iterator[Link]:
    """The names of rules in `# wan: allow(…)`."""
    if view.tree is None:
        return
    names = None
    for comment in comments(view.source):
        text = view.source.text[comment.span.start : comment.span.end]
        allowed = re.search(r"\(([^()]*)\)", text)
        if allowed is None:
            continue
        names = names if names is not None else _pages()
        for word in re.finditer(r"[\w-]+", allowed[1]):
            url = names.get(word[0])
            if url is not None:
                start = comment.span.start + allowed.start(1) + word.start()
                yield Link(start, start + len(word[0]), None, url)


@cache
def _pages() -> Mapping[str, str]:
    """The page of each rule, by its code and by its name."""
    from wan22dsl.api.codes import all_messages

    found: dict[str, str] = {}
    for code, message in all_messages().items():
        found[code] = found[message.name] = rule_url(code, message.name, __version__)
    return found
