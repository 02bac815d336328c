"""Where the entries of a record and the items of a list are written, followed through names and sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import declared
from wan22dsl.graph.build.settings import Settings
from wan22dsl.graph.build.values import Declared, Env
from wan22dsl.language.program import names
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Binary,
    Chain,
    Derived,
    Group,
    List,
    Name,
    Param,
    Record,
    nest,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.language.syntax.tree import Nested

#: So many names are followed.
_FAR = 40

#: An entry of a record, and where its names are looked up.
Entry = tuple[Attribute, Env]


class Place(NamedTuple):
    """An expression, and where its names are looked up."""

    node: Nested
    env: Env


def entries(b: Builder, node: Nested, env: Env) -> dict[str, Entry]:
    """The entries of a record by their keys; of two sums the right one wins. Empty where it is none."""
    return _entries(b, *_followed(b, node, env, 0))


def is_record(b: Builder, node: Nested, env: Env) -> bool:
    """Whether an expression is a record, or a sum of some."""
    node, env, far = _followed(b, node, env, 0)
    if isinstance(node, Binary) and far < _FAR:
        return is_record(b, node.left, env) and is_record(b, node.right, env)
    return isinstance(node, Record)


def items(b: Builder, node: Nested, env: Env) -> list[Place] | None:
    """The items of a list, or of a sum of some; None where it is none."""
    return _items(b, node, env, 0)


def _entries(b: Builder, node: Nested, env: Env, far: int) -> dict[str, Entry]:
    if isinstance(node, Record):
        return {
            spelling.plain(item.key.text): (item, env)
            for item in node.items
            if isinstance(item, Attribute)
        }
    if isinstance(node, Binary) and far < _FAR:
        left = _entries(b, *_followed(b, node.left, env, far + 1))
        return {**left, **_entries(b, *_followed(b, node.right, env, far + 1))}
    return {}


def _items(b: Builder, node: Nested, env: Env, far: int) -> list[Place] | None:
    node, env, far = _followed(b, node, env, far)
    if isinstance(node, List):
        return [Place(item, env) for item in node.items]
    if isinstance(node, Binary) and node.operator == "+" and far < _FAR:
        left = _items(b, node.left, env, far + 1)
        right = _items(b, node.right, env, far + 1)
        return None if left is None or right is None else left + right
    return None


def _followed(b: Builder, node: Nested, env: Env, far: int) -> tuple[Nested, Env, int]:
    """What a name stands for, as it is written: of a `let`, of a parameter, or of a setting of a block."""
    while far <= _FAR:
        if isinstance(node, Group):
            node = node.inner
        elif isinstance(node, Chain):
            nested = nest(node)
            if not isinstance(nested, Binary):
                return node, env, far
            node = nested
        elif isinstance(node, Name):
            found = _named(b, node, env)
            if found is None:
                return node, env, far
            (node, env), far = found, far + 1
        else:
            return node, env, far
    return node, env, far


def _named(b: Builder, node: Name, env: Env) -> Place | None:
    head, *rest = spelling.name_parts(node.text)
    meant, rest = names.declared(env.module, head, rest)
    if meant is None:
        return None
    module, expression = meant
    if isinstance(expression, Param):
        given = b.program.value_of(module, expression.name.text)
        value = expression.default if given is None else given.expression
        home = module if given is None else given.module
        return None if value is None or rest else Place(value, Env(home))
    if isinstance(expression, Derived) and expression.word.text == "let":
        return None if rest else Place(expression.value, Env(module))
    if not rest:
        return None
    found = declared.value(b, module, expression, Settings(b, ()))
    setting = found.settings.get(rest[0]) if isinstance(found, Declared) else None
    return None if setting is None else Place(setting.value, setting.env)
