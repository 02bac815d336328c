"""The folder of a pack: which of its files are read, and which of their classes are nodes."""

from __future__ import annotations

import ast
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.comfyui.catalogue.learning import classes, schemas
from wan22dsl.comfyui.catalogue.learning.classes import Definition
from wan22dsl.comfyui.catalogue.learning.values import MOST_STEPS, Names, Scope, assigned, value_of
from wan22dsl.errors import CatalogueError, UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.comfyui.catalogue.schema import NodeClass

#: So much of a folder is read: the largest known packs have some hundred files of Python.
MOST_FILES, MOST_BYTES, MOST_BYTES_OF_A_FILE, _DEEPEST = 2_000, 64 * 1024**2, 4 * 1024**2, 20

#: Folders that are not of the pack itself.
_LEFT_OUT = frozenset({"__pycache__", "node_modules", "venv", "site-packages", "tests", "test"})

_MAPPINGS = "NODE_CLASS_MAPPINGS"


class Learned(NamedTuple):
    """The classes of a pack, with what could not be read of each, and what could not be read at all."""

    classes: tuple[tuple[NodeClass, tuple[str, ...]], ...]
    unread: tuple[str, ...]


class _File(NamedTuple):
    """A file that was read: its statements, and the constants that they set."""

    path: str
    body: list[ast.stmt]
    names: Names


def learn(folder: str) -> Learned:
    """What the node classes of a pack are; no code of it runs. Raises CatalogueError where there is none."""
    if not Path(folder).is_dir():
        raise CatalogueError(f"{folder}: is not a folder; name the folder of a pack")
    unread: list[str] = []
    steps = [MOST_STEPS]
    files = [
        file for path in _paths(folder, unread) if (file := _read(folder, path, unread, steps))
    ]
    by_name = _definitions(files)
    pack = Path(folder).resolve().name
    found: dict[str, tuple[NodeClass, tuple[str, ...]]] = {}
    for name, definition in _mapped(files, by_name, unread):
        if definition.method("define_schema") is not None:
            continue
        made, missing = classes.read(name, definition, pack)
        _add(found, name, made, missing, unread)
    for definition in by_name.values():
        if definition.method("define_schema") is not None and not _is_base(definition):
            made, name, missing = schemas.read(definition, pack)
            _add(found, name, made, missing, unread)
    return Learned(tuple(found[name] for name in sorted(found)), tuple(unread))


def _add(
    found: dict[str, tuple[NodeClass, tuple[str, ...]]],
    name: str,
    made: NodeClass | None,
    missing: list[str],
    unread: list[str],
) -> None:
    if made is None:
        unread.append(f"{name}: {'; '.join(missing)}")
    else:
        found.setdefault(name, (made, tuple(missing)))


def _is_base(definition: Definition) -> bool:
    """Whether a class of this form is only there for others: it says nothing of its own."""
    return not any(
        isinstance(node, ast.FunctionDef) and node.name == "define_schema"
        for node in definition.node.body
    )


# --- files ---


def _paths(folder: str, unread: list[str]) -> Iterator[str]:
    """The files of Python in a folder, in order. Links are followed to nothing that is outside."""
    top = os.path.realpath(folder)
    count = total = 0
    for place, folders, names in os.walk(folder):
        depth = os.path.relpath(place, folder).count(os.sep)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _LEFT_OUT and not name.startswith(".") and depth < _DEEPEST
        )
        for name in sorted(names):
            path = f"{place}{os.sep}{name}"
            if not name.endswith(".py") or name.startswith("."):
                continue
            shown = os.path.relpath(path, folder)
            if os.path.commonpath([top, os.path.realpath(path)]) != top:
                unread.append(f"{shown}: a link out of the folder")
                continue
            count, total = count + 1, total + Path(path).stat().st_size
            if count > MOST_FILES or total > MOST_BYTES:
                unread.append(f"{shown} and all behind it: the folder has too many files")
                return
            yield path


def _read(folder: str, path: str, unread: list[str], steps: list[int]) -> _File | None:
    shown = os.path.relpath(path, folder).replace(os.sep, "/")
    try:
        data = disk.read(path, shown, MOST_BYTES_OF_A_FILE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(data).body
    except UnreadableFile as error:
        unread.append(f"{shown}: {error.reason}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        unread.append(f"{shown}: is not Python that can be read")
    else:
        return _File(shown, body, Names(assigned(body), steps))
    return None


# --- classes ---


def _definitions(files: list[_File]) -> dict[str, Definition]:
    """The classes of all files by name; of two with one name the first."""
    found: dict[str, Definition] = {}
    for file in files:
        for node in _each(file.body):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, Definition(node, file.names))
    for definition in found.values():
        bases = map(_last, definition.node.bases)
        definition.bases = [
            found[base] for base in bases if base in found and found[base] is not definition
        ]
    return found


def _each(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a file, in `if`, `try` and `with` too."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            inner = [*node.body, *getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            inner += [item for handler in getattr(node, "handlers", ()) for item in handler.body]
            waiting += reversed(inner)


def _last(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _mapped(
    files: list[_File], by_name: dict[str, Definition], unread: list[str]
) -> Iterator[tuple[str, Definition]]:
    """The names that ComfyUI has for classes, with the classes.

    Packs gather them in many ways, so every dictionary of a file counts whose values are such classes, as
    they are or under `class`.
    """
    for file in files:
        own = {node.name: node for node in _each(file.body) if isinstance(node, ast.ClassDef)}
        for key, item, is_mapping in _entries(file):
            class_name = _last(item)
            definition = by_name.get(class_name)
            if (
                definition is not None
                and own.get(class_name, definition.node) is not definition.node
            ):
                same = Definition(own[class_name], file.names)
                same.bases = definition.bases
                definition = same
            if definition is None or not _is_node(definition):
                if is_mapping and class_name:
                    unread.append(f"{class_name}: it is no class of the folder with INPUT_TYPES")
                continue
            name = _key(key, file, by_name)
            if name:
                yield name, definition
            else:
                unread.append(f"{class_name}: the name that ComfyUI has for it is computed")


def _is_node(definition: Definition) -> bool:
    return any(definition.method(name) is not None for name in ("INPUT_TYPES", "define_schema"))


def _key(key: ast.expr, file: _File, by_name: dict[str, Definition]) -> str:
    """The name of a class; empty where it is computed."""
    home = by_name.get(_last(key.value)) if isinstance(key, ast.Attribute) else None
    if home is not None and isinstance(key, ast.Attribute):
        found = home.attribute(key.attr)
        name = None if found is None else value_of(*found)
    else:
        name = value_of(key, Scope(file.names))
    return name if isinstance(name, str) else ""


def _entries(file: _File) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """The entries of dictionaries at the top of a file, with whether they are of NODE_CLASS_MAPPINGS."""
    for node in _each(file.body):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and _last(target.value) == _MAPPINGS:
                yield target.slice, node.value, True
        elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
            target = node.target
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func
            target = function.value if isinstance(function, ast.Attribute) else function
        else:
            continue
        for inner in _dictionaries(getattr(node, "value", None)):
            for key, item in zip(inner.keys, inner.values):
                if isinstance(item, ast.Dict):
                    named = zip(item.keys, item.values)
                    of_class = [value for name, value in named if _constant(name) == "class"]
                    if key is not None and of_class:
                        yield key, of_class[0], False
                elif key is not None:
                    yield key, item, _last(target) == _MAPPINGS


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _dictionaries(value: ast.expr | None) -> Iterator[ast.Dict]:
    """The dictionaries in `{…}`, `{…} | {…}` and `name.update({…})`."""
    if isinstance(value, ast.Dict):
        yield value
    elif isinstance(value, ast.BinOp):
        yield from _dictionaries(value.left)
        yield from _dictionaries(value.right)
    elif isinstance(value, ast.Call):
        for argument in value.args:
            yield from _dictionaries(argument)
