"""A class as a JSON object, and back: how a line of a catalogue in our own form describes it.

An input is `[name, type]`, or `[name, type, {what else is known}]`; an output the same. Only what
differs from the usual is written.
"""

from __future__ import annotations

from typing import Any

from wan22dsl.catalogue.schema import Growing, Input, NodeClass, Output

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
)
_NAMES = {key: field for key, field, _ in _FIELDS}


def record_of(one: NodeClass) -> dict[str, Any]:
    """What a line of the file says of a class."""
    record: dict[str, Any] = {"class": one.name}
    if one.pack is not None:
        record["pack"] = one.pack
    if one.is_output:
        record["output_node"] = True
    record["inputs"] = [_input_record(each) for each in one.inputs]
    record["outputs"] = [_output_record(each) for each in one.outputs]
    return record


def _input_record(one: Input) -> list[Any]:
    about: dict[str, Any] = {} if one.required else {"optional": True}
    for key, field, absent in _FIELDS:
        value = getattr(one, field)
        if value != absent or type(value) is not type(absent):
            about[key] = value
    if one.branches is not None:
        about["branches"] = {
            key: [_input_record(each) for each in inputs] for key, inputs in one.branches.items()
        }
    if one.grows is not None:
        grows = one.grows
        names: dict[str, Any] = {"names": grows.names} if grows.names else {"prefix": grows.prefix}
        about["grows"] = {
            "item": _input_record(grows.item),
            "min": grows.minimum,
            "max": grows.maximum,
            **names,
        }
    return [one.name, one.type, about] if about else [one.name, one.type]


def _output_record(one: Output) -> list[Any]:
    about: dict[str, Any] = {"list": True} if one.is_list else {}
    if one.template:
        about["template"] = one.template
    return [one.name, one.type, about] if about else [one.name, one.type]


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
            item, names = _read_input(*value["item"]), tuple(value.get("names", ()))
            known["grows"] = Growing(
                item, value["min"], value["max"], names, value.get("prefix", "")
            )
        else:
            known[_NAMES[key]] = tuple(value) if key in {"options", "fixed"} else value
    return Input(name, kind, **known)


def _read_output(name: str, kind: str, about: dict[str, Any] | None = None) -> Output:
    if about is None:
        return Output(name, kind)
    return Output(name, kind, about.get("list", False), about.get("template", ""))
