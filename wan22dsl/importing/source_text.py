"""The `.wan` text that a workflow or an output file carries, where it still makes the graph beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.errors import WanError
from wan22dsl.graph.build import build
from wan22dsl.graph.equality import same
from wan22dsl.graph.model import Graph
from wan22dsl.graph.modes import active
from wan22dsl.importing.defaults import without_defaults
from wan22dsl.program import load_program
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping


_CHANGED = (
    "the .wan text that the file carries makes another graph than the one beside it, which was changed "
    "since; this is made of the graph"
)

#: A path in a file that leads further up than this is nobody's own.
_MOST_FOLDERS = 20


class Own(NamedTuple):
    """The text, None where it does not make the graph any more; and what is to be said of it."""

    text: str | None
    remarks: tuple[str, ...]


def own(wan: Mapping[str, Any], graph: Graph) -> Own:
    """The text of which a file was made."""
    text, name = wan.get("source"), wan.get("pipeline")
    uses, values = wan.get("uses"), wan.get("parameters")
    if not isinstance(text, str) or not isinstance(name, str):
        return Own(None, ())
    files = uses if isinstance(uses, dict) else {}
    given = values if isinstance(values, dict) else {}
    built = _built(text, name, files, given, graph)
    if built is None or not _is_same(built, graph):
        return Own(None, (_CHANGED,))
    return Own(text, tuple(_remarks(files, given)))


def _is_same(built: Graph, graph: Graph) -> bool:
    """Whether the text means what the file has. The editor sends defaults that nobody wrote.

    A workflow has its muted and bypassed nodes too, and they have to be the same ones.
    """
    one, other = without_defaults(built), without_defaults(graph)
    return same(one, other) if graph.drawn else same(active(one), active(other))


def _remarks(files: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    found = []
    if given:
        settings = " ".join(f"--set {key}={value}" for key, value in sorted(given.items()))
        found.append(f"the file was made with {settings}")
    if files:
        found.append(f"the text uses {', '.join(sorted(files))}")
    return found


def _built(
    text: str, name: str, files: Mapping[str, Any], given: Mapping[str, Any], graph: Graph
) -> Graph | None:
    """The graph of the text, beside the files that it uses; None where it has mistakes."""
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top, *["inner"] * _deepest(files))
        folder.mkdir(parents=True, exist_ok=True)
        Path(top, "wan.toml").write_text("", encoding="utf-8")
        try:
            if not _written(files, folder, Path(top).resolve()):
                return None
            program, found = load_program(Source(text, "main.wan", folder / "main.wan"), given)
        except (WanError, OSError, ValueError):  # a path that no system has, for one
            return None
        if any(one.is_error for one in found) or name not in program.main.names:
            return None
        built, _ = build(program, name, graph.catalogue)
    return built if isinstance(built, Graph) else None


def _written(files: Mapping[str, Any], folder: Path, top: Path) -> bool:
    """Writes the used files; False where one of them would lie outside of `top`."""
    for path, inside in files.items():
        target = (folder / path).resolve()
        if not isinstance(inside, str) or not target.is_relative_to(top):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(inside, encoding="utf-8", newline="\n")
    return True


def _deepest(files: Mapping[str, Any]) -> int:
    """How many folders upwards the paths lead at most."""
    ups = max((PurePosixPath(one).parts.count("..") for one in files), default=0)
    return min(ups, _MOST_FOLDERS)
