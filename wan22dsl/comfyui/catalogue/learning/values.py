"""The value of a Python expression without running it: literals, constants of the file, and their sums."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Unread:
    """What the value of an expression is that only running it would tell."""

    def __repr__(self) -> str:
        return "UNREAD"


class Files:
    """A list of files, which each machine has its own of: `folder_paths.get_filename_list("loras")`."""

    def __repr__(self) -> str:
        return "FILES"


UNREAD, FILES = Unread(), Files()

#: Deeper nests of expressions than this, and longer lists, are not read.
_DEEPEST, _MOST_ITEMS, _LONGEST = 60, 5_000, 100_000

_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}

#: ComfyUI's own names of types that differ from what they stand for (comfy/comfy_types/node_typing.py).
_TYPES = {"ANY": "*", "NUMBER": "FLOAT,INT", "PRIMITIVE": "STRING,FLOAT,INT,BOOLEAN"}

#: Calls that give the files of a folder.
_OF_FILES = frozenset(
    {"get_filename_list", "listdir", "get_input_directory", "filter_files_content_types"}
)


class Names(dict[str, ast.expr]):
    """The names that a file sets; `steps` is how many parts of expressions of the pack may still be read."""

    def __init__(self, names: Mapping[str, ast.expr], steps: list[int]) -> None:
        super().__init__(names)
        self.steps = steps


#: So many parts of expressions are read of a pack: names that name each other twice would have no end.
MOST_STEPS = 2_000_000


class Scope:
    """The names that an expression can use: those of the function, of the class, and of the file."""

    def __init__(
        self,
        names: Names,
        of_class: Mapping[str, ast.expr] | None = None,
        own: Mapping[str, ast.expr] | None = None,
    ) -> None:
        self._names, self._of_class, self._own = names, of_class or {}, own or {}
        self._unknown: frozenset[str] = frozenset()
        self.steps = names.steps

    def without(self, names: frozenset[str]) -> Scope:
        """The same, where nothing is known of some names."""
        found = Scope(self._names, self._of_class, self._own)
        found._unknown = names
        return found

    def find(self, name: str) -> ast.expr | None:
        """What a name was last set to in the function, or in the file; None where that is not known."""
        if name in self._unknown:
            return None
        return self._own.get(name) or self._names.get(name)

    def of_class(self, name: str) -> ast.expr | None:
        """What an attribute of the class is set to."""
        return self._of_class.get(name)


def value_of(node: ast.AST | None, scope: Scope, depth: int = 0) -> Any:
    """The value of an expression; UNREAD where it is not known, FILES for a list of files."""
    scope.steps[0] -= 1
    if node is None or depth > _DEEPEST or scope.steps[0] < 0:
        return UNREAD
    if isinstance(node, ast.Constant):
        return node.value
    read = _READERS.get(type(node))
    try:
        found = UNREAD if read is None else read(node, scope, depth + 1)
    except (TypeError, ValueError, ArithmeticError, LookupError, MemoryError):
        return UNREAD
    return UNREAD if _is_too_large(found) else found


def _is_too_large(value: Any) -> bool:
    if isinstance(value, int):
        return value.bit_length() > 1_000
    return isinstance(value, (str, bytes, list, tuple, dict)) and len(value) > _LONGEST


def _name(node: ast.Name, scope: Scope, depth: int) -> Any:
    return value_of(scope.find(node.id), scope, depth)


def _attribute(node: ast.Attribute, scope: Scope, depth: int) -> Any:
    home = node.value
    if isinstance(home, ast.Name):
        if home.id in ("IO", "io"):  # comfy.comfy_types.IO
            return _TYPES.get(node.attr, node.attr) if node.attr.isupper() else UNREAD
        if home.id == "sys" and node.attr == "maxsize":
            return 2**63 - 1
        found = scope.of_class(node.attr)
        if found is not None:
            return value_of(found, scope, depth)
    return UNREAD


def _items(nodes: list[ast.expr], scope: Scope, depth: int) -> list[Any] | Unread:
    found: list[Any] = []
    for node in nodes[:_MOST_ITEMS]:
        if isinstance(node, ast.Starred):
            inner = value_of(node.value, scope, depth)
            if not isinstance(inner, (list, tuple)):
                return UNREAD
            found += inner
        else:
            found.append(value_of(node, scope, depth))
    return found if len(nodes) <= _MOST_ITEMS else UNREAD


def _list(node: ast.List, scope: Scope, depth: int) -> Any:
    return _items(node.elts, scope, depth)


def _tuple(node: ast.Tuple, scope: Scope, depth: int) -> Any:
    found = _items(node.elts, scope, depth)
    return tuple(found) if isinstance(found, list) else found


def _dict(node: ast.Dict, scope: Scope, depth: int) -> Any:
    found: dict[Any, Any] = {}
    for key, item in list(zip(node.keys, node.values))[:_MOST_ITEMS]:
        value = value_of(item, scope, depth)
        if key is None:  # `**other`
            if not isinstance(value, dict):
                return UNREAD
            found.update(value)
            continue
        name = value_of(key, scope, depth)
        if isinstance(name, (str, int, float, bool, tuple)):
            found[name] = value
        else:
            return UNREAD
    return found


def _unary(node: ast.UnaryOp, scope: Scope, depth: int) -> Any:
    found = value_of(node.operand, scope, depth)
    if isinstance(node.op, ast.USub) and isinstance(found, (int, float)):
        return -found
    if isinstance(node.op, ast.Not) and isinstance(found, bool):
        return not found
    return UNREAD


def _binary(node: ast.BinOp, scope: Scope, depth: int) -> Any:
    left, right = value_of(node.left, scope, depth), value_of(node.right, scope, depth)
    if isinstance(left, list) and isinstance(right, list) and isinstance(node.op, ast.Add):
        return left + right
    if left is FILES or right is FILES:
        return FILES
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    strings = isinstance(left, str) and isinstance(right, str) and isinstance(node.op, ast.Add)
    if not (numbers or strings) or type(node.op) not in _OPERATORS:
        return UNREAD
    if isinstance(node.op, (ast.Pow, ast.LShift)) and not (
        0 <= right <= 512 and abs(left) <= 2**64
    ):
        return UNREAD
    return _OPERATORS[type(node.op)](left, right)


def _call(node: ast.Call, scope: Scope, depth: int) -> Any:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _OF_FILES:
        return FILES
    arguments = [value_of(argument, scope, depth) for argument in node.args[:3]]
    if name in ("list", "sorted", "tuple") and len(arguments) == 1:
        inner = arguments[0]
        if isinstance(inner, (list, tuple, dict)):
            items = list(inner)
            plain = all(isinstance(item, str) for item in items)
            return sorted(items) if name == "sorted" and plain else items
        return FILES if inner is FILES else UNREAD
    if name == "keys" and isinstance(node.func, ast.Attribute):
        inner = value_of(node.func.value, scope, depth)
        return list(inner) if isinstance(inner, dict) else UNREAD
    if name == "float" and arguments and isinstance(arguments[0], (str, int, float)):
        return float(arguments[0])
    if "any" in name.lower() and arguments == ["*"]:  # `AnyType("*")`, as many packs have it
        return "*"
    return UNREAD


def _chosen(node: ast.IfExp, scope: Scope, depth: int) -> Any:
    """Both sides where they are the same, else what is not known."""
    first, second = value_of(node.body, scope, depth), value_of(node.orelse, scope, depth)
    return first if repr(first) == repr(second) else UNREAD


_READERS: dict[type[ast.AST], Callable[[Any, Scope, int], Any]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Dict: _dict,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Call: _call,
    ast.IfExp: _chosen,
}


def assigned(body: list[ast.stmt]) -> dict[str, ast.expr]:
    """The names that statements set, each with the last expression; in `if`, `try` and `with` too."""
    found: dict[str, ast.expr] = {}
    waiting: list[ast.stmt] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign):
            found.update(
                (target.id, node.value) for target in node.targets if isinstance(target, ast.Name)
            )
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.value is not None:
                found[node.target.id] = node.value
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            inner = [*node.body, *getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            waiting += reversed(inner)
    return found
