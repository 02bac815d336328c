"""A node class with INPUT_TYPES, RETURN_TYPES and RETURN_NAMES, as its Python file has it."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.learning.values import (
    FILES,
    UNREAD,
    Names,
    Scope,
    assigned,
    value_of,
)
from wan22dsl.comfyui.catalogue.schema import Input, NodeClass, Output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: The inputs of INPUT_TYPES that a prompt has.
_GROUPS = ("required", "optional")

#: What could not be read of a class, in words: "the type of `image`".
Unreadable = list[str]


class Definition:
    """A class of a pack: its statements, those of the classes that it inherits from, and its file's names."""

    def __init__(self, node: ast.ClassDef, names: Names) -> None:
        self.node = node
        self.names = names
        self.bases: list[Definition] = []

    def lines(self) -> list[Definition]:
        """The class and what it inherits from, each once, the nearest first."""
        found = [self]
        for definition in found:
            found += (base for base in definition.bases if base not in found)
        return found

    def attribute(self, name: str) -> tuple[ast.expr, Scope] | None:
        """What an attribute is set to, with the names around it."""
        for definition in self.lines():
            own = assigned(definition.node.body)
            if name in own:
                return own[name], Scope(definition.names, own)
        return None

    def method(self, name: str) -> tuple[ast.FunctionDef, Scope] | None:
        """A method, with the names that it can use."""
        for definition in self.lines():
            for node in definition.node.body:
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    own = assigned(node.body)
                    return node, Scope(definition.names, self.attributes(), own)
        return None

    def attributes(self) -> dict[str, ast.expr]:
        """All attributes that are set in the class or in those that it inherits from."""
        found: dict[str, ast.expr] = {}
        for definition in reversed(self.lines()):
            found.update(assigned(definition.node.body))
        return found


def read(name: str, definition: Definition, pack: str) -> tuple[NodeClass | None, Unreadable]:
    """A class that ComfyUI calls by this name; None where its inputs are only known when it runs."""
    unread: Unreadable = []
    given = _inputs(definition, unread)
    if given is None or not all(isinstance(given.get(group, {}), dict) for group in _GROUPS):
        unread[:] = unread or ["its INPUT_TYPES is computed when it runs"]
        return None, unread
    inputs = [
        _input(input_, value, required=group == "required", unread=unread)
        for group in _GROUPS
        for input_, value in given.get(group, {}).items()
        if isinstance(input_, str)
    ]
    outputs = _outputs(definition, unread)
    is_output = _plain(definition, "OUTPUT_NODE") is True
    return NodeClass(name, tuple(inputs), outputs, is_output, pack), unread


def _inputs(definition: Definition, unread: Unreadable) -> dict[Any, Any] | None:
    """What INPUT_TYPES gives; None where that is not a dictionary as it is written."""
    found = definition.method("INPUT_TYPES")
    if found is None:
        constant = definition.attribute("INPUT_TYPES")
        value = UNREAD if constant is None else value_of(*constant)
        if isinstance(value, dict):
            return value
        unread.append("it has no INPUT_TYPES that can be read")
        return None
    function, scope = found
    scope = scope.without(_changed(function))
    returned = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    values = [value_of(node.value, scope) for node in returned]
    read = [value for value in values if isinstance(value, dict)]
    if not read:
        unread.append("its INPUT_TYPES is computed when it runs")
        return None
    if len(values) > 1:
        unread.append("its INPUT_TYPES has several results, of which the first counts")
    return read[0]


#: Methods that change a dictionary or a list.
_CHANGES = frozenset("update setdefault pop popitem append extend insert clear remove".split())


def _changed(function: ast.FunctionDef) -> frozenset[str]:
    """The names whose dictionaries and lists a function changes, so that they are not what is written."""
    found: set[str] = set()
    for node in ast.walk(function):
        changed: list[ast.expr] = []
        if isinstance(node, (ast.Assign, ast.Delete)):
            changed = [item.value for item in node.targets if isinstance(item, ast.Subscript)]
        elif isinstance(node, ast.AugAssign):
            target = node.target
            changed = [target.value if isinstance(target, ast.Subscript) else target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed = [node.func.value] if node.func.attr in _CHANGES else []
        for item in changed:
            while isinstance(item, (ast.Subscript, ast.Attribute)):
                item = item.value
            found.add(getattr(item, "id", ""))
    return frozenset(found)


def _input(name: str, value: Any, *, required: bool, unread: Unreadable) -> Input:
    """An input: `("INT", {"default": 2})`, `(["a", "b"],)`."""
    kind: Any = UNREAD
    about: Any = {}
    if isinstance(value, (tuple, list)) and value:
        kind = value[0]
        about = value[1] if len(value) > 1 else {}
    elif isinstance(value, str):
        kind = value
    if not isinstance(about, dict):
        unread.append(f"the default and the limits of `{name}`")
        about = {}
    return made(name, kind, about, required=required, unread=unread)


def made(
    name: str, kind: Any, about: Mapping[Any, Any], *, required: bool, unread: Unreadable
) -> Input:
    """An input of what its type is, and what is said about it by ComfyUI's names."""
    options = None
    if kind is FILES:
        kind = "COMBO"
    elif isinstance(kind, (list, tuple)):
        kind, options = "COMBO", _choices(name, kind, unread)
    elif kind == "COMBO":
        options = _choices(name, about.get("options"), unread)
    elif not isinstance(kind, str) or not kind:
        unread.append(f"the type of `{name}`")
        kind = "*"
    default = _default(name, kind, about.get("default"), unread)
    low, high = _limit(about.get("min"), kind), _limit(about.get("max"), kind)
    if low is None or high is None or low > high:
        low = high = None
    if options and default not in options:
        default = None
    if low is not None and high is not None and isinstance(default, (int, float)):
        if not low <= default <= high:
            low = high = None
    return Input(
        name,
        kind,
        required=required,
        default=default,
        minimum=low,
        maximum=high,
        options=options or None,
        force_input=about.get("forceInput") is True,
    )


def _choices(name: str, values: Any, unread: Unreadable) -> tuple[Any, ...] | None:
    """The values of a choice; None where not all of them are known."""
    if values is FILES:
        return None
    if not isinstance(values, (list, tuple)) or not values:
        unread.append(f"the choices of `{name}`")
        return None
    if all(isinstance(value, (str, int, float, bool)) for value in values):
        return tuple(dict.fromkeys(values))
    if FILES not in values:
        unread.append(f"the choices of `{name}`")
    return None


def _default(name: str, kind: str, value: Any, unread: Unreadable) -> Any:
    if value is UNREAD or value is FILES:
        unread.append(f"the default of `{name}`")
        return None
    fits: dict[str, Callable[[Any], bool]] = {
        "INT": lambda item: isinstance(item, int) and not isinstance(item, bool),
        "FLOAT": lambda item: isinstance(item, (int, float)) and not isinstance(item, bool),
        "STRING": lambda item: isinstance(item, str),
        "BOOLEAN": lambda item: isinstance(item, bool),
        "COMBO": lambda item: isinstance(item, (str, int, float, bool)),
    }
    if kind not in fits or value is None:
        return None
    if kind == "INT" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if kind == "BOOLEAN" and value in (0, 1):
        value = bool(value)
    if not fits[kind](value) or (isinstance(value, float) and not math.isfinite(value)):
        unread.append(f"the default of `{name}`")
        return None
    return value


def _limit(value: Any, kind: str) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    if kind == "INT":
        return int(value)
    return float(value) if kind == "FLOAT" else None


def _outputs(definition: Definition, unread: Unreadable) -> tuple[Output, ...]:
    types, names = _plain(definition, "RETURN_TYPES"), _plain(definition, "RETURN_NAMES")
    if isinstance(types, str):
        types = (
            types,
        )  # `("IMAGE")` lacks its comma; ComfyUI takes it letter by letter, which nobody means
    if not isinstance(types, (tuple, list)):
        unread.append("its RETURN_TYPES")
        return ()
    named = names if isinstance(names, (tuple, list)) else ()
    found = []
    for slot, stated in enumerate(types):
        kind = stated if isinstance(stated, str) and stated else "*"
        if isinstance(stated, (list, tuple)) or stated is FILES:
            kind = "COMBO"
        elif not isinstance(stated, str):
            unread.append(f"the type of output {slot}")
        name = named[slot] if slot < len(named) else kind
        found.append(Output(name if isinstance(name, str) and name else kind, kind))
    return tuple(found)


def _plain(definition: Definition, name: str) -> Any:
    found = definition.attribute(name)
    return None if found is None else value_of(*found)
