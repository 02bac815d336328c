"""Sections of one shape become one pipeline and copies of it.

Whoever makes a long video in parts copies the nodes of one part and changes prompt, seed and what it goes on
from. Each part becomes a pipeline: the first has all, and the others say what they change of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.importing.alike import (
    Item,
    Place,
    Sections,
    Whole,
    declared_in,
    expression,
    items_of,
    names_of,
    start_of,
)
from wan22dsl.importing.comments import one_line
from wan22dsl.importing.settings import PIPELINE_ORDER
from wan22dsl.importing.spellings import Namings, name_of
from wan22dsl.importing.unified import names_in
from wan22dsl.language.syntax import parse, print_file, spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Derived,
    Let,
    Name,
    walk,
)
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from wan22dsl.language.syntax.tree import File

#: A file has to become so many lines shorter.
_LEAST_SAVED = 6

#: Calls that are no longer than this are inside of another one.
_SHORT = 60

#: So often at most settings are left out that nothing reads.
_MOST_UNREAD = 4


#: So many texts are tried in all.
_MOST_TRIES = 8


class Tried(NamedTuple):
    """Whether a text makes the same graph; if not only because of settings that nothing reads, these."""

    holds: bool
    unread: tuple[int, ...] = ()


def lines_of(text: str) -> int:
    """The lines of a text that are neither blank nor comment."""
    return sum(1 for line in text.splitlines() if line.strip() and line.strip()[0] != "#")


def with_copies(
    text: str,
    name: str,
    titles: Sequence[str],
    library: Iterable[str],
    tried: Callable[[str], Tried],
) -> str:
    """The text with its repeated sections as pipelines, if that is shorter and makes the same; else
    the text.

    `name` is that of its pipeline, `titles` are those of the groups of its nodes, `library` the names of the
    passes that a file may use without declaring them.
    """
    best = text
    tree, problems = parse(Source(text, "imported"))
    if problems:
        return text
    whole = Whole.of(tree, name, titles, library)
    if whole is None:
        return text
    trials = _AtMost(_MOST_TRIES, tried)
    for places in whole.repeated():
        if not trials.left:
            break
        for candidate in _texts(whole, places):
            if not trials.left:
                break
            if lines_of(candidate) <= min(lines_of(text) - _LEAST_SAVED, lines_of(best) - 1):
                found = _held(candidate, trials)
                if found is not None:
                    best = found
                    break
    return best


def _texts(whole: Whole, places: list[Place]) -> Iterator[str]:
    """The texts with sections: with the settings in the first section only, and in the rest too."""
    for sections in whole.versions(places):
        for is_shared, is_least in ((False, False), (True, True), (True, False)):
            writer = _Writer(whole, sections, sections.places, is_shared)
            writer.is_least = is_least
            text = writer.text()
            if text is not None:
                yield text


class _AtMost:
    """The same trial, which fails after so many times; `left` is how many more there are."""

    def __init__(self, left: int, tried: Callable[[str], Tried]) -> None:
        self.left = left
        self._tried = tried

    def __call__(self, text: str) -> Tried:
        if not self.left:
            return Tried(False)
        self.left -= 1
        return self._tried(text)


def _held(text: str, tried: Callable[[str], Tried]) -> str | None:
    """The text without settings that nothing in their pipeline reads; None where it is not right."""
    for _ in range(_MOST_UNREAD):
        found = tried(text)
        if found.holds:
            return text
        if not found.unread:
            break
        tree, _ = parse(Source(text, "imported"))
        for start, end in sorted(_lines_at(tree, found.unread), reverse=True):
            text = text[:start] + text[end:]
        text = print_file(parse(Source(text, "imported"))[0])
    return None


def _lines_at(tree: File, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the settings begin and end that are at some places; a comment behind one stays."""
    for declared in tree.declarations:
        for item in declared.items if isinstance(declared, Block) else ():
            if isinstance(item, Attribute) and any(item.start <= at < item.end for at in places):
                yield item.start, item.end


class _Writer:
    """Writes the sections as pipelines; `is_shared` tells that the rest has the settings too."""

    def __init__(
        self, whole: Whole, sections: Sections, places: list[Place], is_shared: bool
    ) -> None:
        self._whole = whole
        self._read = sections.read
        self._flow = sections.found or ""
        ordered = sorted(self._read.parameters, key=_place)
        self._parameters = {name: self._read.parameters[name] for name in ordered}
        self._own_lets = {names[0]: text for names, text in self._read.included.items()}
        for name in [*self._own_lets]:
            self._put_in(name)
        self._places = places
        self._is_shared = is_shared
        self.is_least = False
        self._included = sections.included()
        names = Namings({*declared_in(whole.tree), *whole.lets, *whole.settings})
        self._ends: dict[str, str] = {}
        self._moved: dict[str, int] = {}
        self._known_names: dict[Any, set[str]] = {}
        self._titles = [self._titles_of(number) for number in range(len(places))]
        self._names = [names.new(*wishes) for wishes in self._wishes()]
        for place, name in zip(places, self._names):
            item = whole.items[place.statement]
            flow = item.flows[place.flow]
            rest = "".join(f" -> {whole.slice(element)}" for element in flow[place.element + 1 :])
            is_short = not rest or (
                len(name + rest) <= _SHORT
                and not item.comments
                and whole.uses(item.name) == [item.name]
                and not names_in(item.value) & self._gone
            )
            if isinstance(item.node, Let) and is_short:
                self._ends[item.name] = name + rest
        self._moved = self._inlined()

    def _inlined(self) -> dict[str, int]:
        """The `let`s that are there for one section only, as the value of one parameter, by its number."""
        found = {}
        for values in self._parameters.values():
            for number, value in enumerate(values):
                name = value or ""
                if name in self._whole.lets and name not in self._gone:
                    users = [each for each in values if each is not None and name in names_of(each)]
                    others = self._whole.uses(name)
                    if len(users) == 1 and len(others) == 1 and name not in self._used_late:
                        found[name] = number
        return found

    @property
    def _used_late(self) -> set[str]:
        return {name for text in self._whole.settings.values() for name in names_of(text)}

    def _wishes(self) -> Iterator[list[str]]:
        """What the sections may be called: after their groups, or by their number."""
        only = [titles[0] if len(titles) == 1 else "" for titles in self._titles]
        plain = [re.sub(r"\(.*?\)", "", title) for title in only]
        are_telling = all(only) and len({*map(name_of, plain)}) == len(plain)
        for number, title in enumerate(plain):
            yield [*([title] if are_telling else []), f"section_{number + 1}"]

    def _put_in(self, name: str) -> None:
        """Puts a short call that is used once where it is used."""
        text = self._own_lets[name]
        inside = rf"(?<![\w.]){name}(?![\w.\[])"
        users = [other for other, each in self._own_lets.items() if _names_count(each, name)]
        if (
            len(text) > _SHORT
            or " -> " in text
            or _names_count(self._flow, name)
            or len(users) != 1
        ):
            return
        user = self._own_lets[users[0]]
        if _names_count(user, name) == 1 and len(re.findall(inside, user)) == 1:
            self._own_lets[users[0]] = re.sub(inside, lambda _: text, user)
            del self._own_lets[name]

    def _items_of(self, number: int) -> list[Item]:
        """The statements of a section."""
        own = {name for name, section in self._included.items() if section == number}
        end = self._places[number].statement
        return [
            item
            for at, item in enumerate(self._whole.items)
            if at == end
            or (isinstance(item.node, Let) and item.name in own)
            or (isinstance(item.node, Let) and self._moved.get(item.name) == number)
        ]

    def _titles_of(self, number: int) -> list[str]:
        return list(dict.fromkeys(item.title for item in self._items_of(number) if item.title))

    def text(self) -> str | None:
        """The whole file; None where it cannot be written."""
        whole = self._whole
        used_inside = self._needed(
            {
                name
                for text in (self._flow, *self._read.included.values())
                for name in names_of(text)
            }
        )
        used_by_values = self._needed(
            {
                name
                for values in self._parameters.values()
                for value in values
                if value is not None
                for name in names_of(self._value(value))
            }
        )
        settings = self._needed(
            {name for text in whole.settings.values() for name in names_of(text)}
        )
        main = self._main_items()
        rest = self._needed({name for item in main for name in self._names_of(item)})
        own = (used_inside | settings) - rest - used_by_values
        outer = (used_inside | used_by_values | settings) - own
        if self._is_shared:
            own, outer = own - settings, outer | settings
        inner = [item for item in whole.items if item.name in own and isinstance(item.node, Let)]
        hoisted = [
            item for item in whole.items if item.name in outer and isinstance(item.node, Let)
        ]
        if any("pipeline." in whole.slice(item.value) for item in hoisted):
            return None
        blocks = [
            self._hoisted(hoisted),
            self._first(inner),
            *self._copies(),
            self._main(main, outer),
        ]
        return self._laid_out([block for block in blocks if block])

    def _needed(self, names: set[str]) -> set[str]:
        """The `let`s among some names that stay, with those that they need."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self._whole.lets and name not in found and name not in self._gone:
                found.add(name)
                waiting += self._names_of(self._whole.lets[name])
        return found

    def _names_of(self, item: Item) -> set[str]:
        """The names in a statement, once sections are written in it by theirs."""
        if item.node not in self._known_names:
            self._known_names[item.node] = names_of(self._renamed(item.value))
        return self._known_names[item.node]

    @property
    def _gone(self) -> set[str]:
        return {*self._included, *self._ends, *self._moved}

    def _main_items(self) -> list[Item]:
        """The statements of the pipeline that stay there, whoever else needs them."""
        ends = [
            self._whole.items[place.statement].name
            for place in self._places
            if isinstance(self._whole.items[place.statement].node, Let)
        ]
        used = self._needed(
            {
                name
                for item in self._whole.items
                if item.name == "flow" or not isinstance(item.node, (Let, Attribute))
                for name in self._names_of(item)
            }
        )
        return [
            item
            for item in self._whole.items
            if (isinstance(item.node, Let) and item.name in used and item.name not in self._gone)
            or (isinstance(item.node, Let) and item.name in ends and item.name not in self._gone)
            or (not isinstance(item.node, Let) and (self._is_shared or item.name == "flow"))
            or not isinstance(item.node, (Let, Attribute))
        ]

    def _renamed(self, node: Any) -> str:
        """An expression with the sections by their names, and the flows that end in it begun by them."""
        return self._renamed_text(self._whole.slice(node), node, node.start)

    def _renamed_text(self, text: str, node: Any, start: int) -> str:
        changes = [
            (found.start - start, len(spelling.name_parts(found.text)[0]), self._ends[head])
            for found in walk(node)
            if isinstance(found, Name)
            and (head := spelling.name_parts(found.text)[0]) in self._ends
        ]
        changes += [
            (flow[0].start - start, flow[place.element].end - flow[0].start, name)
            for place, name in zip(self._places, self._names)
            if (flow := self._whole.items[place.statement].flows[place.flow])
            and node.start <= flow[0].start
            and flow[place.element].end <= node.end
        ]
        for at, length, name in sorted(changes, reverse=True):
            text = text[:at] + name + text[at + length :]
        return text

    def _value(self, text: str) -> str:
        """The value of a parameter with the sections by their names, or that of a `let` of its own."""
        if text in self._moved:
            return self._renamed(self._whole.lets[text].value)
        node = expression(text)
        return text if node is None else self._renamed_text(text, node, node.start)

    def _hoisted(self, items: list[Item]) -> str:
        lines = []
        for place, item in enumerate(items):
            is_new = item.title and (place == 0 or items[place - 1].title != item.title)
            above = [*([item.title] if is_new else []), *item.comments]
            lines += [f"# {comment}" for comment in above]
            lines.append(f"let {item.name} = {self._renamed(item.value)}")
        return "\n".join(lines)

    def _about(self, number: int) -> list[str]:
        """What is above a section: the titles of its groups, and where its values come from."""
        said = [comment for item in self._items_of(number) for comment in item.comments]
        return [
            f"# {line}" for line in dict.fromkeys([*self._titles[number], *map(one_line, said)])
        ]

    def _first(self, inner: list[Item]) -> str:
        whole, settings = self._whole, []
        parameters = dict(self._parameters)
        for item in whole.items:
            if isinstance(item.node, Attribute) and item.name != "flow":
                if self.is_least and not self._reads(item.name):
                    continue
                value = self._renamed(item.value)
                if item.name in parameters:
                    value = self._value(parameters.pop(item.name)[0] or "none")
                behind = f" # {'; '.join(item.comments)}" if item.comments else ""
                settings.append((item, f"{item.name} = {value}{behind}"))
        late = self._needed_late()
        lines = [line for item, line in settings if item.name not in late]
        lines += [
            f"{name} = {self._value(values[0])}"
            for name, values in parameters.items()
            if values[0] is not None
        ]
        lines += self._lets(inner)
        lines += [line for item, line in settings if item.name in late]
        return "\n".join(
            [
                *self._about(0),
                f"pipeline {self._names[0]} {{",
                *lines,
                "",
                f"flow = {self._flow}",
                "}",
            ]
        )

    def _lets(self, inner: list[Item]) -> Iterator[str]:
        """The `let`s of a section: those that all sections share, and its own."""
        for place, item in enumerate(inner):
            if place == 0 or inner[place - 1].title != item.title:
                yield f"\n# {item.title}" if item.title else ""
            yield from (f"# {comment}" for comment in item.comments)
            yield f"let {item.name} = {self._renamed(item.value)}"
        if self._own_lets:
            yield ""
        yield from (f"let {name} = {text}" for name, text in self._own_lets.items())

    def _reads(self, name: str) -> bool:
        """Whether the first section names a setting, or gives it a value of its own."""
        written = (self._flow, *self._own_lets.values())
        return name in self._parameters or any(f"pipeline.{name}" in text for text in written)

    def _needed_late(self) -> set[str]:
        """The settings that need a `let`."""
        return {
            name
            for name, text in self._whole.settings.items()
            if names_of(text) & self._whole.lets.keys()
        }

    def _copies(self) -> Iterator[str]:
        for number in range(1, len(self._places)):
            found = []
            for base in range(number):
                changes = [
                    (name, values[number])
                    for name, values in self._parameters.items()
                    if values[number] != values[base]
                ]
                found.append((len(changes), -base, changes))
            _, place, changes = min(found)
            inside = ", ".join(
                f"{name} = {'none' if value is None else self._value(value)}"
                for name, value in changes
            )
            declared = f"pipeline {self._names[number]} = {self._names[-place]}({inside})"
            yield "\n".join([*self._about(number), declared])

    def _main(self, items: list[Item], outer: set[str]) -> str:
        lines, current = [], ""
        for item in items:
            if isinstance(item.node, Let) and item.name in outer:
                continue
            if item.title != current:
                lines.append(f"\n# {item.title}" if item.title else "")
            elif item.name == "flow":
                lines.append("")
            current = item.title
            is_setting = isinstance(item.node, Attribute) and item.name != "flow"
            behind = f" # {'; '.join(item.comments)}" if item.comments and is_setting else ""
            lines += [f"# {comment}" for comment in item.comments if not is_setting]
            value = self._renamed(item.value) + behind
            if isinstance(item.node, Let):
                lines.append(f"let {item.name} = {value}")
            elif isinstance(item.node, Attribute):
                lines.append(f"{self._whole.slice(item.node.key)} = {value}")
            else:
                lines.append(value)
        return "\n".join([f"pipeline {self._whole.pipeline.name.text} {{", *lines, "}"])

    def _laid_out(self, blocks: list[str]) -> str | None:
        """The whole file in the canonical layout, without passes that nothing uses any more."""
        whole = self._whole
        text = whole.text
        start = start_of(whole.tree, whole.pipeline)
        new = text[:start] + "\n\n".join(blocks) + text[whole.pipeline.end :]
        before = _comments(text)
        while True:
            tree, problems = parse(Source(new, "imported"))
            if problems:
                return None
            unused = _unused_passes(tree)
            if not unused:
                break
            for begin, end in reversed(unused):
                new = new[:begin] + new[end:]
        new = print_file(parse(Source(self._without_own(tree), "imported"))[0])
        there = {*_comments(new)}
        lost = [comment for comment in before if comment not in there]
        if lost:
            at = new.index(f"pipeline {self._names[0]} ")
            start = new.rindex("\n\n", 0, at) + 2
            new = new[:start] + "".join(f"{comment}\n" for comment in lost) + new[start:]
        return new

    def _without_own(self, tree: File) -> str:
        """The text without settings of passes that every section sets itself."""
        used = [
            node.text
            for declared in tree.declarations
            for node in walk(declared)
            if isinstance(node, Name) and node is not getattr(declared, "name", None)
        ]
        gone = [
            item
            for declared in tree.declarations
            if isinstance(declared, (Block, Derived)) and used.count(declared.name.text) == 1
            for item in items_of(declared)
            if (declared.name.text, item.key.text) in self._read.overridden
        ]
        return _without_items(tree.source.text, gone)


def _without_items(text: str, items: Sequence[Any]) -> str:
    """A text without some settings, and without what separates them from the others."""
    for item in sorted(items, key=lambda item: item.start, reverse=True):
        end = item.end
        while text[end] in " \t,":
            end += 1
        start = item.start
        if text[end] == "\n":
            start = (
                text.rfind("\n", 0, start)
                if not text[text.rfind("\n", 0, start) + 1 : start].strip()
                else start
            )
        text = text[:start] + text[end:]
    return text


def _place(name: str) -> float:
    """Where people write a setting: prompts behind what is seen, seeds last."""
    if name.endswith("seed"):
        return len(PIPELINE_ORDER)
    return PIPELINE_ORDER.index(name) if name in PIPELINE_ORDER else 4.5


def _comments(text: str) -> list[str]:
    tree, _ = parse(Source(text, "imported"))
    found = [text[start:end].strip() for start, end in tree.comments]
    return list(dict.fromkeys(comment for comment in found if comment != "#"))


def _unused_passes(tree: File) -> list[tuple[int, int]]:
    """Where passes are declared that nothing uses."""
    used: set[str] = set()
    for declared in tree.declarations:
        own = getattr(declared, "name", None)
        used |= {spelling.name_parts(node.text)[0] for node in walk(declared)
                 if isinstance(node, Name) and node is not own}  # fmt: skip
    return [
        (start_of(tree, declared), tree.source.text.find("\n", declared.end) + 1)
        for declared in tree.declarations
        if isinstance(declared, (Block, Derived))
        and declared.word.text == "pass"
        and declared.name.text not in used
    ]


def _names_count(text: str, name: str) -> int:
    """How often an expression begins a reference with a name."""
    node = expression(text)
    found = (each for each in walk(node) if isinstance(each, Name)) if node is not None else ()
    return sum(spelling.name_parts(each.text)[0] == name for each in found)
