"""Our own form of a catalogue: a text file in which one class is one line of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.lines import SortedLines
from wan22dsl.comfyui.catalogue.schema import Growing, Input, NodeClass, Output
from wan22dsl.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.comfyui.catalogue.lines import Data


#: What else is known of an input: the key in the file, the field, and its value when it is not
#: there.
_FIELDS = (
    ("default", "default", None),
    ("min", "minimum", None),
    ("max", "maximum", None),
    ("step", "step", None),
    ("round", "round", None),
    ("options", "options", None),
    ("files", "files", None),
    ("fixed", "fixed", ()),
    ("flat", "flat", False),
    ("template", "template", ""),
    ("force", "force_input", False),
    ("widget", "widget", False),
    ("dynamic_prompts", "dynamic_prompts", False),
    ("sent", "sent", False),
    ("control", "control", None),
    ("unchecked", "unchecked", False),
)
_NAMES = {key: field for key, field, _ in _FIELDS}


def record_of(node_class: NodeClass) -> dict[str, Any]:
    """What a line of the file says of a class."""
    record: dict[str, Any] = {"class": node_class.name}
    if node_class.pack is not None:
        record["pack"] = node_class.pack
    if node_class.is_output:
        record["output_node"] = True
    if node_class.takes_anything:
        record["takes_anything"] = True
    record["inputs"] = [_input_record(each) for each in node_class.inputs]
    record["outputs"] = [_output_record(each) for each in node_class.outputs]
    return record


def _input_record(input_: Input) -> list[Any]:
    about: dict[str, Any] = {} if input_.required else {"optional": True}
    for key, field, absent in _FIELDS:
        value = getattr(input_, field)
        if value != absent or type(value) is not type(absent):
            about[key] = value
    if input_.branches is not None:
        about["branches"] = {
            key: [_input_record(each) for each in inputs] for key, inputs in input_.branches.items()
        }
    if input_.grows is not None:
        about["grows"] = _growing_record(input_.grows)
    return [input_.name, input_.type, about] if about else [input_.name, input_.type]


def _growing_record(grows: Growing) -> dict[str, Any]:
    limits = {"min": grows.minimum, "max": grows.maximum}
    if grows.row:
        return {"row": [_input_record(each) for each in grows.row], **limits}
    names: dict[str, Any] = {"names": grows.names} if grows.names else {"prefix": grows.prefix}
    return {"item": _input_record(grows.item), **limits, **names}


def _output_record(output: Output) -> list[Any]:
    about: dict[str, Any] = {"list": True} if output.is_list else {}
    if output.template:
        about["template"] = output.template
    return [output.name, output.type, about] if about else [output.name, output.type]


def class_of(record: dict[str, Any]) -> NodeClass:
    """The class that a line of the file describes.

    Raises KeyError, TypeError, ValueError or IndexError when it does not.
    """
    return NodeClass(
        record["class"],
        tuple([_read_input(*each) for each in record["inputs"]]),
        tuple([_read_output(*each) for each in record["outputs"]]),
        record.get("output_node", False),
        record.get("pack"),
        takes_anything=record.get("takes_anything", False),
    )


def _read_input(name: str, kind: str, about: dict[str, Any] | None = None) -> Input:
    if about is None:
        return Input(name, kind)
    known: dict[str, Any] = {}
    for key, value in about.items():
        if key == "optional":
            known["required"] = False
        elif key == "branches":
            known["branches"] = {
                choice: tuple([_read_input(*each) for each in inputs])
                for choice, inputs in value.items()
            }
        elif key == "grows":
            known["grows"] = _read_growing(name, kind, value)
        else:
            known[_NAMES[key]] = tuple(value) if key in {"options", "fixed"} else value
    return Input(name, kind, **known)


def _read_growing(name: str, kind: str, about: dict[str, Any]) -> Growing:
    limits = about["min"], about["max"]
    if "row" in about:
        row = tuple([_read_input(*each) for each in about["row"]])
        return Growing(Input(name, kind), *limits, row=row)
    names = tuple(about.get("names", ()))
    return Growing(_read_input(*about["item"]), *limits, names, about.get("prefix", ""))


def _read_output(name: str, kind: str, about: dict[str, Any] | None = None) -> Output:
    if about is None:
        return Output(name, kind)
    return Output(name, kind, about.get("list", False), about.get("template", ""))


#: The version of this form; a file says in its first line which one it has. Version 3 added `row`, `control`,
#: `unchecked` and `takes_anything`.
VERSION = 3

#: The versions that are read.
_READ = (2, VERSION)

_HEADER = b'{"catalogue":'
_KEY = b'{"class":"'


def is_compact(data: bytes) -> bool:
    """Whether the bytes of a file are in this form, of whatever version."""
    return data.startswith(_HEADER)


def write(target: str, classes: Iterable[NodeClass]) -> str:
    """The text of a file. The same classes give the same text, in whatever order they come."""
    header = _json({"catalogue": VERSION, "target": target})
    lines = {_key(node_class.name): line_of(node_class) for node_class in classes}
    return "".join(line + "\n" for line in [header, *(lines[key] for key in sorted(lines))])


def line_of(node_class: NodeClass) -> str:
    """The line of a class, without its line end."""
    return _json(record_of(node_class))


def _key(name: str) -> bytes:
    """How the line of a class begins; the lines are sorted by it."""
    return b'{"class":%s,' % _json(name).encode("utf-8", "surrogatepass")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class CompactFile:
    """A catalogue in this form, of which only the classes that are asked for are decoded."""

    def __init__(self, data: Data, path: str) -> None:
        """Takes the bytes of a file, or a map of it; `path` is its name for people.

        Raises CatalogueError when it is in another form or a later version of this one.
        """
        self.data = data
        self._path = path
        end = data.find(b"\n") + 1 or len(data)
        try:
            header = json.loads(data[:end])
            version, self.target = int(header["catalogue"]), str(header["target"])
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogueError(f"{path}: is not a catalogue of node classes") from error
        if version not in _READ:
            raise CatalogueError(
                f"{path}: is a catalogue in format {version}, but this wan22dsl reads format "
                f"{VERSION}; create it again with `wan nodes pull`"
            )
        self._lines = SortedLines(data, end)

    def __contains__(self, name: str) -> bool:
        return self._lines.find(_key(name)) is not None

    def get(self, name: str) -> NodeClass | None:
        """The class of that name, found by halving, since the lines are sorted."""
        found = self._lines.find(_key(name))
        return None if found is None else self._class(*found)

    def names(self) -> Iterator[str]:
        """The names of all classes, in the order of the lines."""
        for start, end in self._lines:
            yield self._name(start, end)

    def _name(self, start: int, end: int) -> str:
        """The name of the class in that line; the whole line is read only where it must be."""
        name, found, _ = self.data[start + len(_KEY) : end].partition(b'",')
        if not found or b"\\" in name:
            return self._class(start, end).name
        return name.decode("utf-8", "replace")

    def _class(self, start: int, end: int) -> NodeClass:
        try:
            return class_of(json.loads(self.data[start:end]))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise self._damaged(start) from error

    def _damaged(self, start: int) -> CatalogueError:
        line = self.data[:start].count(b"\n") + 1
        return CatalogueError(
            f"{self._path}: line {line} does not describe a class; create the file again "
            "with `wan nodes pull`"
        )
