"""The sections of a pipeline that have one shape: what they have in common, and where they are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.importing.unified import Hint, PassWritten, Unified, elements, names_in
from wan22dsl.language.syntax import parse_expression, spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Call,
    Derived,
    Let,
    List,
    Name,
    walk,
)
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.importing.unified import Elements
    from wan22dsl.language.syntax.tree import File

#: More parameters are no longer read at a glance.
_MOST_PARAMETERS = 12

#: So many elements behind the last pass of a section are looked at.
_MOST_BEHIND = 3

#: So often at most a section is read anew, because others use what seemed to be its own.
_MOST_READINGS = 8


class Place(NamedTuple):
    """An element of a flow: the statement, which flow of it where it has several, and which element."""

    statement: int
    flow: int
    element: int


class Item(NamedTuple):
    """A `let`, a setting or a flow of the pipeline, with its comments and the title that it is under."""

    node: Any
    name: str
    flows: tuple[Elements, ...]
    comments: tuple[str, ...]
    title: str

    @property
    def value(self) -> Any:
        return self.node.value if isinstance(self.node, (Let, Attribute)) else self.node


class Whole:
    """A file with one pipeline."""

    def __init__(
        self, tree: File, pipeline: Block, titles: Sequence[str], library: Iterable[str]
    ) -> None:
        self.tree = tree
        self.text = tree.source.text
        self.pipeline = pipeline
        self.items = list(self._read(set(titles)))
        self.lets = {item.name: item for item in self.items if isinstance(item.node, Let)}
        self.settings = {
            item.name: self.slice(item.value)
            for item in self.items
            if isinstance(item.node, Attribute) and item.name != "flow"
        }
        self._declared = {
            declared.name.text: declared
            for declared in tree.declarations
            if isinstance(declared, (Block, Derived)) and declared.word.text == "pass"
        }
        self.passes = {name: PassWritten(name, {}) for name in library}
        self.passes.update(self._read_passes())
        self.own = {
            name: dict(_attributes(declared))
            for name, declared in self._declared.items()
            if self.passes[name].root == name
        }

    @staticmethod
    def of(tree: File, name: str, titles: Sequence[str], library: Iterable[str]) -> Whole | None:
        """The file; None where its pipeline is no pipeline."""
        for declared in tree.declarations:
            if isinstance(declared, Block) and declared.name.text == name:
                if declared.word.text == "pipeline":
                    return Whole(tree, declared, titles, library)
        return None

    def slice(self, node: Any) -> str:
        return self.text[node.start : node.end]

    def uses(self, name: str) -> list[str]:
        """The references to a `let`, as they are spelled."""
        return self._references.get(name, [])

    @cached_property
    def _references(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for item in self.items:
            for node in walk(item.value):
                if isinstance(node, Name):
                    found.setdefault(spelling.name_parts(node.text)[0], []).append(node.text)
        return found

    # --- what is there ---

    def _read(self, titles: set[str]) -> Iterator[Item]:
        before, current = self.text.index("{", self.pipeline.start) + 1, ""
        items = self.pipeline.items
        for place, node in enumerate(items):
            end = items[place + 1].start if place + 1 < len(items) else self.pipeline.end
            around = [
                (start, self.text[start:stop])
                for start, stop in self.tree.comments
                if before <= start < end
                and (start < node.end or "\n" not in self.text[node.end : start])
            ]
            comments = [comment.lstrip("#").strip() for _, comment in around]
            between = self.text[before : node.start]
            if "\n\n" in between or place == 0:
                heads = [comment for comment in comments[:1] if comment in titles]
                current = heads[0] if heads and around[0][0] < node.start else ""
            comments = [comment for comment in comments if comment != current]
            value = node.value if isinstance(node, (Let, Attribute)) else node
            name = ""
            if isinstance(node, Let):
                name = node.name.text
            elif isinstance(node, Attribute):
                name = spelling.plain(node.key.text)
            flows = value.items if isinstance(value, List) and name == "flow" else (value,)
            yield Item(node, name, tuple(map(elements, flows)), tuple(comments), current)
            before = around[-1][0] + len(around[-1][1]) if around else node.end
            before = max(before, node.end)

    def _read_passes(self) -> Iterator[tuple[str, PassWritten]]:
        """Each declared pass by the one that it is a copy of in the end."""
        used = {name for item in self.items for name in _callees(item.value)}
        roots: dict[str, str] = {}
        for name in self._declared:
            way, base = [name], self._base(name)
            while base in self._declared:
                way.append(base)
                base = self._base(base)
            changes: dict[str, Any] = {}
            for step in reversed(way[:-1]):
                changes.update(_attributes(self._declared[step]))
            root, of_root = way[-1], dict(_attributes(self._declared[way[-1]]))
            if base in used:
                yield name, PassWritten(base, {**of_root, **changes})
                continue
            first = roots.setdefault(base, root) if base else root
            if first != root:
                of_first = dict(_attributes(self._declared[first]))
                if of_first.keys() <= of_root.keys():
                    changes = {**of_root, **changes}
                    root = first
            different = {
                key: value
                for key, value in changes.items()
                if root == way[-1] or self.slice(value) != self._said(first, key)
            }
            yield name, PassWritten(root, different)

    def _base(self, name: str) -> str:
        """The pass that a declared one is a copy of; empty where it is none."""
        found = self._declared[name]
        value = found.value if isinstance(found, Derived) else None
        callee = value.callee if isinstance(value, Call) else value
        return callee.text if isinstance(callee, Name) else ""

    def _said(self, name: str, key: str) -> str:
        found = dict(_attributes(self._declared[name])).get(key)
        return "" if found is None else self.slice(found)

    def root(self, element: Any) -> str:
        """The pass that an element of a flow is a copy of; empty where it is none."""
        callee = element.callee if isinstance(element, Call) else element
        if not isinstance(callee, Name) or callee.text in self.lets:
            return ""
        found = self.passes.get(callee.text)
        return "" if found is None else found.root

    # --- what repeats ---

    def repeated(self) -> list[list[Place]]:
        """The places of passes that may end the sections of a video: those behind the same passes."""
        found: dict[tuple[str, ...], list[Place]] = {}
        for number, item in enumerate(self.items):
            if not isinstance(item.node, Let) and item.name != "flow":
                continue
            for at, flow in enumerate(item.flows):
                last = -1
                for place, element in enumerate(flow):
                    if self.root(element):
                        last = place
                if last >= 0:
                    place_ = Place(number, at, last)
                    passes = tuple(filter(None, map(self.root, flow[: last + 1])))
                    found.setdefault(passes, []).append(place_)
        groups = []
        for each in found.values():
            places = self._in_order(each)
            for first in range(min(2, len(places) - 1)):
                groups.append(places[first:])
        return groups

    def _in_order(self, places: list[Place]) -> list[Place]:
        """The places with one before the others that begins a flow of the pipeline and needs none of them."""
        lets = {self.items[place.statement].name for place in places} - {"flow"}
        firsts = [
            place
            for place in places
            if self.items[place.statement].name == "flow"
            and not self._above(self.items[place.statement].flows[place.flow][: place.element + 1])
            & lets
        ]
        return [*firsts, *(place for place in places if place not in firsts)]

    def _above(self, flow: Elements) -> set[str]:
        """The `let`s that a flow needs."""
        found: set[str] = set()
        waiting = [name for element in flow for name in names_in(element)]
        while waiting:
            name = waiting.pop()
            if name in self.lets and name not in found:
                found.add(name)
                waiting += names_in(self.lets[name].value)
        return found

    def versions(self, places: list[Place]) -> Iterator[Sections]:
        """The flows up to these places as sections: the longest sections first."""
        flows = [self.items[place.statement].flows[place.flow] for place in places]
        rest = min(len(flow) - place.element for flow, place in zip(flows, places))
        for more in reversed(range(min(rest, _MOST_BEHIND + 1))):
            ends = [place._replace(element=place.element + more) for place in places]
            sections = Sections(self, ends)
            if sections.found is not None:
                yield sections


class Sections:
    """Sections that end at some places, read as one."""

    def __init__(self, whole: Whole, places: list[Place]) -> None:
        self._whole = whole
        self.places = places
        self.found: str | None = None
        self._kept = self._ending()
        lets = {name: item.value for name, item in whole.lets.items()}
        pieces = [self._piece(place) for place in places]
        for _ in range(_MOST_READINGS):
            self.read = Unified(
                whole.text, lets, whole.passes, whole.own, whole.settings, self._kept
            )
            self.found = self.read.piece(pieces, Hint("section", "value"))
            outside = self._used_outside()
            if self.found is None or not outside:
                break
            self._kept |= outside
        else:
            self.found = None
        if len(self.read.parameters) > _MOST_PARAMETERS:
            self.found = None

    def _piece(self, place: Place) -> Elements:
        return self._whole.items[place.statement].flows[place.flow][: place.element + 1]

    def _ending(self) -> set[str]:
        """The `let`s that sections end in."""
        return {
            item.name
            for place in self.places
            if isinstance((item := self._whole.items[place.statement]).node, Let)
        }

    def included(self) -> dict[str, int]:
        """The `let`s of the sections, each with the number of its section."""
        return {name: number for names in self.read.included for number, name in enumerate(names)}

    def _used_outside(self) -> set[str]:
        """Those of the `let`s of all sections of which others use one, or another section does."""
        included = self.included()
        found: set[str] = set()
        for number, item in enumerate(self._whole.items):
            home = included.get(item.name) if isinstance(item.node, Let) else None
            for at, flow in enumerate(item.flows):
                for place, element in enumerate(flow):
                    section = home
                    for index, end in enumerate(self.places):
                        if (number, at) == (end.statement, end.flow) and place <= end.element:
                            section = index
                    used = {name for name in names_in(element) if name in included}
                    found |= {name for name in used if included[name] != section}
        for values in self.read.parameters.values():
            for value in values:
                tree = None if value is None else expression(value)
                found |= names_in(tree) & included.keys() if tree is not None else set()
        return {
            name for names in self.read.included for name in names if not found.isdisjoint(names)
        }


def items_of(declared: Any) -> list[Attribute]:
    """The settings of a block or a copy."""
    if isinstance(declared, Block):
        items: tuple[Any, ...] = declared.items
    else:
        items = declared.value.arguments if isinstance(declared.value, Call) else ()
    return [item for item in items if isinstance(item, Attribute)]


def _attributes(declared: Any) -> Iterable[tuple[str, Any]]:
    return [(item.key.text, item.value) for item in items_of(declared)]


def _callees(node: Any) -> set[str]:
    """The names that an expression calls, or that stand alone in it."""
    return {found.text for found in walk(node) if isinstance(found, Name)}


def expression(text: str) -> Any:
    """An expression that stands alone; its places are those in the text."""
    found, problems = parse_expression(Source(text, "imported"))
    return None if problems else found


def names_of(text: str) -> set[str]:
    node = expression(text)
    return set() if node is None else names_in(node)


def start_of(tree: File, declared: Any) -> int:
    """Where a declaration begins, with the comments directly above it."""
    text, start = tree.source.text, int(declared.start)
    while True:
        line = text.rfind("\n", 0, max(start - 1, 0)) + 1
        if start == 0 or not text[line:start].lstrip().startswith("#"):
            return start
        start = line


def declared_in(tree: File) -> set[str]:
    """The names that a file declares."""
    names = (getattr(declared, "name", None) for declared in tree.declarations)
    return {name.text for name in names if name is not None}
