"""A node class with `define_schema`, which gives an `io.Schema` (ComfyUI's V3 nodes, comfy_api/latest)."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.learning.classes import made
from wan22dsl.comfyui.catalogue.learning.values import UNREAD, value_of
from wan22dsl.comfyui.catalogue.schema import NodeClass, Output

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.learning.classes import Definition, Unreadable
    from wan22dsl.comfyui.catalogue.learning.values import Scope
    from wan22dsl.comfyui.catalogue.schema import Input

#: Types whose names are not their words in capitals (comfy_api/latest/_io.py).
_TYPES = {
    "AnyType": "*",
    "MatchType": "*",
    "Vae": "VAE",
    "Load3D": "LOAD_3D",
    "Load3DAnimation": "LOAD_3D_ANIMATION",
    "LoraModel": "LORA_MODEL",
    "File3D": "FILE_3D",
}

#: Inputs that bring others, which a declaration has no words for.
_DYNAMIC = frozenset({"Autogrow", "DynamicCombo", "DynamicSlot"})


def read(definition: Definition, pack: str) -> tuple[NodeClass | None, str, Unreadable]:
    """A class of this form with ComfyUI's name for it; None where the schema is only known when it runs."""
    unread: Unreadable = []
    found = definition.method("define_schema")
    schema = None if found is None else _schema(*found)
    if found is None or schema is None:
        return None, definition.node.name, ["its define_schema is computed when it runs"]
    scope = found[1]
    given = {keyword.arg: keyword.value for keyword in schema.keywords if keyword.arg}
    name = value_of(given.get("node_id") or (schema.args[0] if schema.args else None), scope)
    if not isinstance(name, str) or not name:
        return None, definition.node.name, ["its node_id"]
    inputs: list[Input] = []
    for node in _parts(given.get("inputs"), scope, "its inputs", unread):
        input_ = _input(node, scope, unread)
        if input_ is None:
            return None, name, unread
        inputs.append(input_)
    outputs = [
        _output(node, scope, slot, unread)
        for slot, node in enumerate(_parts(given.get("outputs"), scope, "its outputs", unread))
    ]
    is_output = value_of(given.get("is_output_node"), scope) is True
    ordered = [
        *(each for each in inputs if each.required),
        *(each for each in inputs if not each.required),
    ]
    return NodeClass(name, tuple(ordered), tuple(outputs), is_output, pack), name, unread


def _schema(function: ast.FunctionDef, scope: Scope) -> ast.Call | None:
    """The call of `io.Schema` that the function returns."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return):
            value = scope.find(node.value.id) if isinstance(node.value, ast.Name) else node.value
            if isinstance(value, ast.Call) and _last(value.func) == "Schema":
                return value
    return None


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _parts(node: ast.expr | None, scope: Scope, what: str, unread: Unreadable) -> list[ast.Call]:
    """The items of a list as it is written, and what those are that are names of others."""
    if isinstance(node, ast.Name):
        node = scope.find(node.id)
    if node is None:
        return []
    if not isinstance(node, (ast.List, ast.Tuple)):
        unread.append(what)
        return []
    found: list[ast.Call] = []
    for item in node.elts:
        meant = scope.find(item.id) if isinstance(item, ast.Name) else item
        if isinstance(meant, ast.Call):
            found.append(meant)
        else:
            unread.append(f"a part of {what}")
    return found


def _type(node: ast.expr, scope: Scope) -> str | None:
    """The type in `io.Image.Input(…)`; None for one that is not known."""
    function = node.func if isinstance(node, ast.Call) else node
    home = function.value if isinstance(function, ast.Attribute) else None
    if isinstance(home, ast.Call) and _last(home.func) == "Custom" and home.args:
        custom = value_of(home.args[0], scope)
        return custom if isinstance(custom, str) else None
    word = _last(home) if home is not None else ""
    if not word or word in _DYNAMIC:
        return None
    return _TYPES.get(word) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).upper()


def _input(node: ast.Call, scope: Scope, unread: Unreadable) -> Input | None:
    given = {
        keyword.arg: value_of(keyword.value, scope) for keyword in node.keywords if keyword.arg
    }
    name = given.get("id", value_of(node.args[0], scope) if node.args else UNREAD)
    kind: Any = _type(node, scope)
    word = _last(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if not isinstance(name, str) or word in _DYNAMIC:
        shown = name if isinstance(name, str) else "an input"
        unread.append(f"`{shown}` brings other inputs, which a declaration cannot have")
        return None
    if word == "MultiType":
        kinds = [_type(item, scope) for item in _list(node, "types")]
        kind = ",".join(each for each in kinds if each) or UNREAD
    elif word == "MultiCombo" or kind is None:
        kind = UNREAD
    about = {**given, "forceInput": word == "MatchType" or given.get("force_input") is True}
    if kind == "COMBO" and "options" not in given and len(node.args) > 1:
        about["options"] = value_of(node.args[1], scope)
    required = given.get("optional") is not True
    return made(name, kind, about, required=required, unread=unread)


def _list(node: ast.Call, name: str) -> list[ast.expr]:
    found = next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
    found = found or (node.args[1] if len(node.args) > 1 else None)
    return (
        [ast.Attribute(item, "Input") for item in found.elts] if isinstance(found, ast.List) else []
    )


def _output(node: ast.Call, scope: Scope, slot: int, unread: Unreadable) -> Output:
    kind = _type(node, scope)
    if kind is None:
        unread.append(f"the type of output {slot}")
    given = {
        keyword.arg: value_of(keyword.value, scope) for keyword in node.keywords if keyword.arg
    }
    shown = given.get("display_name")
    return Output(shown if isinstance(shown, str) and shown else kind or "*", kind or "*")
