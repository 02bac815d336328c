"""What several pieces of a text have in common, and what differs: pieces of one shape become one, with
parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.importing.spellings import name_of
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Call,
    Chain,
    ClassName,
    Group,
    Index,
    List,
    Member,
    Name,
    Record,
    Text,
    nest,
    walk,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

#: The elements of a flow; an expression without an arrow is its only one.
Elements = tuple[Any, ...]

#: What an arrow brings to a stage or a pass, among its arguments.
_BROUGHT = "->"

#: The settings that say what is in a video: a pass takes them from its pipeline, where they differ.
_CONTENT = ("prompt", "negative", "image", "end_image", "size", "length", "seed", "batch")

#: Names that a parameter of a node must not have: they are settings with a meaning and a type.
_MEANT = {*kinds.PASS_SETTINGS, *kinds.FAMILY_SETTINGS, "flow", "family"}

#: What is said about a node whose parts mean nothing alone: values without names.
_WHOLE = ("widgets",)

_PROMPTS = {"positive": "prompt", "negative": "negative"}


def elements(value: Any) -> Elements:
    """The elements of a flow, one behind the other."""
    if isinstance(value, Chain) and "->" in value.operators:
        return tuple(nest(value).elements)  # type: ignore[union-attr]
    return (value,)


class PassWritten(NamedTuple):
    """A pass of the file: the one that it is a copy of in the end, and what it changes of that."""

    root: str
    changes: dict[str, Any]


class Hint(NamedTuple):
    """Where a value is: the call, and the name of the argument that it is in, or leads to."""

    call: str
    key: str


class Unified:
    """Makes one piece of several; `parameters` has what differs: name → the value in each piece.

    A value is None where a piece has none. `included` are the `let`s that the piece has of its own, by the
    names that they have in the pieces, each with its text; `overridden` the settings of passes that
    each piece sets itself.
    """

    def __init__(
        self,
        text: str,
        lets: Mapping[str, Any],
        passes: Mapping[str, PassWritten],
        own: Mapping[str, Mapping[str, Any]],
        settings: Mapping[str, str],
        kept: Iterable[str] = (),
        spelled: Callable[[str], str] = "pipeline.{}".format,
    ) -> None:
        self._text = text
        self._lets = lets
        self._passes = passes
        self._own = own
        self._settings = settings
        self._kept = set(kept)
        self._spelled = spelled
        self.parameters: dict[str, tuple[str | None, ...]] = {}
        self.hints: dict[str, Hint] = {}
        self.included: dict[tuple[str, ...], str] = {}
        self.overridden: set[tuple[str, str]] = set()

    def piece(self, found: Sequence[Elements], hint: Hint) -> str | None:
        """One text for pieces of one shape; None where they have none in common."""
        if all(len(each) == 1 for each in found):
            return self._single([each[0] for each in found], hint)
        return self._element([each[-1] for each in found], [each[:-1] for each in found], hint)

    def text(self, found: Elements) -> str:
        """Elements as they are written."""
        return " -> ".join(self._slice(element) for element in found)

    def _slice(self, node: Any) -> str:
        return self._text[node.start : node.end]

    def _value(self, found: Sequence[Elements], hint: Hint) -> str:
        texts = {self.text(each) for each in found}
        if len(texts) == 1:
            return texts.pop()
        return self.piece(found, hint) or self._parameter(
            [self.text(each) for each in found], hint, is_text=_are_texts(found)
        )

    # --- shapes ---

    def _single(self, nodes: list[Any], hint: Hint) -> str | None:
        first = nodes[0]
        if isinstance(first, Group):
            nodes = [node.inner if isinstance(node, Group) else node for node in nodes]
            inner = self.piece([elements(node) for node in nodes], hint)
            return None if inner is None else f"({inner})"
        if any(type(node) is not type(first) for node in nodes):
            if all(isinstance(node, (Call, Name)) for node in nodes):
                return self._element(nodes, [()] * len(nodes), hint)
            return None
        if isinstance(first, (Name, Index)) and self._is_let(first):
            return self._let(nodes, hint)
        if isinstance(first, (Call, Name, Member, Index)):
            return self._element(nodes, [()] * len(nodes), hint)
        if isinstance(first, List):
            return self._list(nodes, hint)
        return self._record(nodes, hint) if isinstance(first, Record) else None

    def _list(self, nodes: list[List], hint: Hint) -> str | None:
        if len({len(node.items) for node in nodes}) != 1:
            return None
        items = zip(*(node.items for node in nodes))
        inside = [self._value([elements(item) for item in same], hint) for same in items]
        return f"[{', '.join(inside)}]"

    def _record(self, nodes: list[Record], hint: Hint) -> str | None:
        keys = [_keys(node.items) for node in nodes]
        if any(names != keys[0] for names in keys) or None in keys[0]:
            return None
        return f"{{ {self._items([node.items for node in nodes], hint.call)} }}"

    def _items(self, found: list[tuple[Any, ...]], call: str) -> str:
        inside = []
        for same in zip(*found):
            key = spelling.plain(same[0].key.text)
            found = [elements(item.value) for item in same]
            if key in _WHOLE and len({*map(self.text, found)}) > 1:
                value = self._parameter([self.text(each) for each in found], Hint(call, key))
            else:
                value = self._value(found, Hint(call, key))
            inside.append(f"{self._slice(same[0].key)} = {value}")
        return ", ".join(inside)

    def _is_let(self, node: Any) -> bool:
        return _head(node) in self._lets

    def _let(self, nodes: list[Any], hint: Hint) -> str | None:
        """A `let` of each piece: it is one of the piece's own, where all have the same shape."""
        heads = tuple(_head(node) for node in nodes)
        tails = {self._slice(node)[len(head) :] for node, head in zip(nodes, heads)}
        if len(tails) != 1 or len({*heads}) != len(heads) or not self._are_free(heads):
            return None
        if heads not in self.included:
            lets = [elements(self._lets[head]) for head in heads]
            found = self.piece(lets, hint)
            if found is None:
                return None
            self.included[heads] = found
        return heads[0] + tails.pop()

    def _are_free(self, heads: tuple[str, ...]) -> bool:
        others = {name for names in self.included if names != heads for name in names}
        return all(head in self._lets for head in heads) and not {*heads} & (self._kept | others)

    def _element(self, last: list[Any], before: list[Elements], hint: Hint) -> str | None:
        """The last element of a flow, with what is before it."""
        tail = ""
        while isinstance(last[0], (Member, Index)):
            tails = {self._text[node.target.end : node.end] for node in last
                     if isinstance(node, (Member, Index))}  # fmt: skip
            if len(tails) != 1 or any(type(node) is not type(last[0]) for node in last):
                return None
            last, tail = [node.target for node in last], tails.pop() + tail
        calls = [_Called.of(node, self._passes) for node in last]
        first = calls[0]
        if first is None or any(call is None or call.name != first.name for call in calls):
            return None
        known = [call for call in calls if call is not None]
        if any(_keys(call.about) != _keys(first.about) for call in known):
            return None
        if self._titles([call.about for call in known]):
            return None
        arguments = [_with_brought(call, elements) for call, elements in zip(known, before) if call]
        if any(each is None for each in arguments):
            return None
        given = [each for each in arguments if each is not None]
        if not (first.is_class or first.is_pass) and len({frozenset(each) for each in given}) > 1:
            return None  # a parameter of a stage that gets nothing has not its default
        return self._call(first, given, [call.about for call in known], hint) + tail

    def _titles(self, abouts: list[tuple[Any, ...]]) -> bool:
        """Whether pieces have titles that differ, and so nodes that are to stay apart."""
        return (
            len(
                {
                    self._slice(item)
                    for about in abouts
                    for item in about
                    if isinstance(item, Attribute) and item.key.text == "title"
                }
            )
            > 1
        )

    def _call(
        self,
        call: _Called,
        given: list[dict[str, Elements]],
        abouts: list[tuple[Any, ...]],
        hint: Hint,
    ) -> str:
        ordered = [key for each in sorted(given, key=len, reverse=True) for key in each]
        keys = dict.fromkeys(sorted(ordered, key=_BROUGHT.__ne__))
        short = name_of(call.name.rpartition(".")[2])
        brought, inside = "", []
        for key in keys:
            values = [each.get(key) for each in given]
            if call.is_pass and key != _BROUGHT:
                inside += self._of_pass(call, key, values, short)
                continue
            name = key or hint.key
            at = Hint(short, hint.key if key == _BROUGHT else name)
            there = [value for value in values if value is not None]
            if len(there) < len(values):
                texts = [None if value is None else self.text(value) for value in values]
                value = self._parameter(texts, at, is_text=_are_texts(there))
            else:
                value = self._value(there, at)
            if key == _BROUGHT:
                brought = f"{value} -> "
            elif any(value is not None and len(value) > 1 for value in values) and "->" in value:
                brought = f"{value} -> "
                inside.insert(0, f"{key} = _")
            else:
                inside.append(f"{key} = {value}" if key else value)
        about = self._items(abouts, short) if call.about else ""
        arguments = f"({', '.join(inside)})" if inside or call.is_class else ""
        return f"{brought}{call.written}{arguments}{f' {{ {about} }}' if about else ''}"

    def _of_pass(
        self, call: _Called, key: str, values: list[Elements | None], short: str
    ) -> list[str]:
        """The setting of a pass, written where its pipeline does not give it."""
        own = self._own.get(call.name, {}).get(key)
        usual = self._settings.get(key) if own is None else self._slice(own)
        there = [value for value in values if value is not None]
        if len(there) == len(values):
            found = self.piece(there, Hint(short, key))
            texts = {self.text(value) for value in there}
            if len(texts) == 1:
                return [f"{key} = {texts.pop()}"]
            if found is not None:
                return [f"{key} = {found}"]
        told = [usual if value is None else self.text(value) for value in values]
        if len({*told}) == 1 and own is not None:
            return []
        if key in _CONTENT and own is None and len(there) < len(values):
            value = self._parameter(told, Hint(short, key), is_setting=True)
            if value == self._spelled(key):
                return []
        else:
            value = self._parameter(told, Hint(short, f"{short}_{key}"))
            self.overridden.add((call.name, key))
        return [f"{key} = {value}"]

    # --- parameters ---

    def _parameter(
        self,
        values: Sequence[str | None],
        hint: Hint,
        *,
        is_setting: bool = False,
        is_text: bool = False,
    ) -> str:
        """A parameter with these values, the same where another has them too."""
        wanted = tuple(values)
        wish = _PROMPTS.get(hint.key, hint.key) if is_text else hint.key
        for name, known in self.parameters.items():
            if known == wanted and (name == wish or name not in _MEANT):
                return self._spelled(name)
        is_meant = is_setting or (is_text and wish in _PROMPTS.values())
        meant = f"encoded_{wish}" if wish in _PROMPTS else f"node_{wish}"
        wishes = [wish, meant, f"{hint.call}_{wish}"]
        free = [
            name
            for each in wishes
            if (name := name_of(each)) not in self.parameters
            and (name not in _MEANT or (is_meant and name == wish))
            and (name not in self._settings or is_setting)
            and name not in ("", *kinds.NOT_NAMES)
        ]
        base = name_of(wishes[-1]) or "value"
        name, count = free[0] if free else base, 1
        while name in self.parameters:
            count += 1
            name = f"{base}_{count}"
        self.parameters[name] = wanted
        self.hints[name] = hint
        return self._spelled(name)


class _Called(NamedTuple):
    """A call, or the bare name of a stage or pass: the `name` of what is called, how it is `written`."""

    name: str
    written: str
    arguments: dict[str, Elements]
    about: tuple[Any, ...]
    is_class: bool
    is_pass: bool

    @staticmethod
    def of(node: Any, passes: Mapping[str, PassWritten]) -> _Called | None:
        callee = node.callee if isinstance(node, Call) else node
        if not isinstance(callee, (Name, ClassName)):
            return None
        arguments: dict[str, Elements] = {}
        for item in node.arguments if isinstance(node, Call) else ():
            is_named = isinstance(item, Attribute)
            arguments[item.key.text if is_named else ""] = elements(
                item.value if is_named else item
            )
        about = (node.about or ()) if isinstance(node, Call) else ()
        name, is_class = callee.text, isinstance(callee, ClassName)
        found = passes.get(name)
        if found is None:
            return _Called(name, name, arguments, about, is_class, False)
        changes = {key: elements(value) for key, value in found.changes.items()}
        return _Called(found.root, found.root, {**changes, **arguments}, about, False, True)


def _with_brought(call: _Called, before: Elements) -> dict[str, Elements] | None:
    """The arguments of a call with what the arrow brings; None where that goes deeper into them."""
    waiting = [key for key, value in call.arguments.items() if _has_blank(value)]
    if not before:
        return None if waiting else dict(call.arguments)
    if not waiting:
        return None if call.is_class else {**call.arguments, _BROUGHT: before}
    value = call.arguments[waiting[0]]
    if len(waiting) > 1 or len(value) > 1 or not isinstance(value[0], Name):
        return None
    return {**call.arguments, waiting[0]: before}


def _has_blank(value: Elements) -> bool:
    return any(isinstance(node, Name) and node.text == "_" for part in value for node in walk(part))


def _are_texts(found: Sequence[Elements]) -> bool:
    return all(len(each) == 1 and isinstance(each[0], Text) for each in found)


def _keys(items: tuple[Any, ...]) -> list[str | None]:
    return [item.key.text if isinstance(item, Attribute) else None for item in items]


def _head(node: Any) -> str:
    """The name with which a reference begins."""
    if isinstance(node, Index):
        return _head(node.target) if isinstance(node.target, Name) else ""
    return spelling.name_parts(node.text)[0] if isinstance(node, Name) else ""


def names_in(node: Any) -> set[str]:
    """The names that an expression begins a reference with."""
    return {_head(found) for found in walk(node) if isinstance(found, Name)}


__all__ = ["Elements", "Hint", "PassWritten", "Unified", "elements", "names_in"]
