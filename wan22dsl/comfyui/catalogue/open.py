"""From the name of a target to its catalogue: `0.39`, a file, or the URL of a running server."""

from __future__ import annotations

import json
import os.path
from functools import cache
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.comfyui.catalogue.compact import CompactFile, is_compact
from wan22dsl.comfyui.catalogue.schema import LazyCatalogue
from wan22dsl.errors import CatalogueError, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass


#: The versions of ComfyUI whose facts are bundled, the default one first. To add one, save what its server
#: answers to /object_info, make its file with the command below, and name it here. A new default is also
#: `DEFAULT_TARGET` in api/targets.py.
BUNDLED = ("0.39", "0.33.0", "0.3.64")

#: Made with `wan nodes pull ANSWER --no-files --name "ComfyUI 0.33.0" -o data/0.33.0.jsonl`. That of
#: 0.39 is 0.33.0's with the classes of 0.39 put in (release 0.39.2 of October 2026); the classes of partners,
#: which need an account, are known by their names only. SaveImageWebsocket, which ComfyUI brings in its own
#: `custom_nodes/websocket_image_save.py`, was put in, since those servers ran without custom nodes.
_DATA = os.path.join(os.path.dirname(__file__), "data")


def open_catalogue(target: str) -> Catalogue:
    """The catalogue of a target: a bundled version, the path of a file, or the URL of a server.

    A file may be in our own form (`wan nodes pull`) or an answer of `/object_info` as it came.
    Nothing is asked of a server yet: it is asked for each class when that is needed.

    Raises CatalogueError when there is no such target, or the file is unreadable or of another
    shape.
    """
    if target in BUNDLED:
        return _bundled(target)
    if is_address(target):
        from wan22dsl.comfyui.catalogue.server import Server

        return Server(target).catalogue()
    if os.path.exists(target):  # the text may be no path at all
        from pathlib import Path

        return _from_file(Path(target))
    raise CatalogueError(_unknown(target))


def is_own(class_name: str) -> bool:
    """Whether ComfyUI itself has a class, in the first version that is bundled. Nothing is decoded for it."""
    return class_name in _data(BUNDLED[0])


def is_address(target: str) -> bool:
    """Whether a target is the URL of a server."""
    return target.lower().startswith(("http://", "https://"))


@cache
def _bundled(version: str) -> LazyCatalogue:
    def find(name: str) -> NodeClass | None:
        # A pack cannot take the place of a class of ComfyUI's own, so those come first.
        own = _data(version).get(name)
        if own is not None:
            return own
        from wan22dsl.comfyui.catalogue.pack_classes import pack_classes

        return pack_classes().get(name)

    def names() -> Iterator[str]:
        from wan22dsl.comfyui.catalogue.pack_classes import pack_classes

        yield from _data(version).names()
        yield from pack_classes().names()

    return LazyCatalogue(_data(version).target, find, names)


@cache
def _data(name: str) -> CompactFile:
    file = f"{name}.jsonl"
    return CompactFile(_read(os.path.join(_DATA, file)), file)


def _from_file(path: Path) -> LazyCatalogue:
    shown = path.as_posix()
    data = read_file(path)
    if is_compact(data):
        file = CompactFile(data, shown)
        found = LazyCatalogue(f"{shown} ({file.target})", file.get, file.names)
    else:
        found = from_object_info(shown, read_json(data, shown))
    return LazyCatalogue(found.target, lambda name: _with_known_files(found.get(name)), found.names)


def _with_known_files(node_class: NodeClass | None) -> NodeClass | None:
    """The class without empty lists of files: a machine without models says nothing of others."""
    if node_class is None or all(each.options != () for each in node_class.inputs):
        return node_class
    inputs = tuple(
        each._replace(options=None) if each.options == () and each.files is not None else each
        for each in node_class.inputs
    )
    return node_class._replace(inputs=inputs)


def read_file(path: Path) -> bytes:
    """What a file holds, without a byte-order mark. Raises CatalogueError when unreadable."""
    return _read(str(path), path.as_posix())


def _read(path: str, shown: str | None = None) -> bytes:
    try:
        return disk.read(path, shown).removeprefix(b"\xef\xbb\xbf")
    except UnreadableFile as error:
        raise CatalogueError(str(error)) from error


def read_json(data: bytes, shown: str) -> Any:
    """What a file of JSON holds. Raises CatalogueError when it is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CatalogueError(
            f"{shown}: is not a catalogue of node classes (it is not JSON); create one with "
            "`wan nodes pull http://127.0.0.1:8188 -o FILE`"
        ) from error


def from_object_info(target: str, data: Any) -> LazyCatalogue:
    """A catalogue of an answer of `/object_info`. Raises CatalogueError when it is none."""
    from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class

    if not is_object_info(data):
        raise CatalogueError(
            f"{target}: is JSON, but not a catalogue of node classes from ComfyUI's "
            "/object_info or `wan nodes pull`"
        )

    def find(name: str) -> NodeClass | None:
        return read_class(name, data[name]) if name in data else None

    return LazyCatalogue(target, find, lambda: data)


def _unknown(target: str) -> str:
    """What to say of a target that is nothing we know."""
    from wan22dsl.diagnostics import nearest

    said = (
        f"unknown target `{target}`: it is neither a version with a bundled catalogue "
        f"({', '.join(BUNDLED)}), nor a file, nor the address of a server"
    )
    host, _, port = target.partition(":")
    if host and port.partition("/")[0].isdigit():
        return f"{said}; did you mean `http://{target}`?"
    close = nearest(target, BUNDLED)
    return f"{said}; did you mean `{close}`?" if close else said
