"""Makes a file of a catalogue from what ComfyUI says: a running server, or a saved `/object_info`.

The bundled data is made with this too (`wan nodes pull FILE --no-files`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.compact import write
from wan22dsl.comfyui.catalogue.object_info import is_object_info, read_class
from wan22dsl.comfyui.catalogue.open import is_address, read_file, read_json
from wan22dsl.errors import CatalogueError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.comfyui.catalogue.schema import NodeClass


class Pulled(NamedTuple):
    """The text of the file, how many classes it has, and what was left out: a sentence for each."""

    text: str
    classes: int
    left_out: tuple[str, ...]


def pull(source: str, *, files: bool = True, target: str = "") -> Pulled:
    """A catalogue in our own form, from the URL of a server or the path of a saved answer.

    Without `files`, the names of the user's own files stay out. `target` says what it is a
    catalogue of; left empty, that is the version that the server names, or else the source. One
    class that is described in a shape of its own does not spoil the rest: it is left out.

    Raises CatalogueError.
    """
    found = classes_of(source, files=files)
    return Pulled(write(target or found.name, found.classes), len(found.classes), found.left_out)


class Classes(NamedTuple):
    """All classes of a source, what the source is called, and what was left out: a sentence for each."""

    classes: tuple[NodeClass, ...]
    name: str
    left_out: tuple[str, ...]


def classes_of(source: str, *, files: bool = True) -> Classes:
    """The classes of the URL of a server or the path of a saved answer. Raises CatalogueError."""
    found, name = _answer(source)
    classes, left_out = [], []
    for each, info in found.items():
        try:
            classes.append(read_class(each, info, files=files))
        except CatalogueError as error:
            left_out.append(str(error))
    return Classes(tuple(classes), name, tuple(left_out))


def _answer(source: str) -> tuple[Mapping[str, Any], str]:
    """What all classes are described as, and what the source is called."""
    if is_address(source):
        from wan22dsl.comfyui.catalogue.server import Server

        server = Server(source)
        found = server.object_info()
        version = server.version()
        return found, f"ComfyUI {version}" if version else server.shown
    path = Path(source)
    answer = read_json(read_file(path), path.as_posix())
    if not is_object_info(answer):
        raise CatalogueError(f"{path.as_posix()}: is not a response of ComfyUI's /object_info")
    return answer, path.name
