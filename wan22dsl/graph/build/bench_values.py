"""The values that a bench varies: short texts that tell its cases apart, and which of them are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wan22dsl.graph.build.settings import Settings
from wan22dsl.language.program.program import Given
from wan22dsl.language.program.values import Constant
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.records import Place
    from wan22dsl.graph.build.values import Value
    from wan22dsl.language.syntax.tree import Attribute, Expression

#: Longer values are cut.
_LONGEST = 60


class Row(NamedTuple):
    """The values of a case: names with texts, and with expressions."""

    values: tuple[tuple[str, str], ...]
    changes: Mapping[str, Given]
    places: tuple[Place, ...] = ()


def text_of(place: Place) -> str:
    """A value as it is written, in one line."""
    text = " ".join(place.env.span(place.node).text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def unique(b: Builder, rows: Sequence[Sequence[tuple[str, Place, Attribute]]]) -> list[Row]:
    """The rows with texts that no two values of one name share: a second `…` is `… (2)`."""
    known: dict[tuple[str, str], dict[str, str]] = {}
    found = []
    for row in rows:
        values, changes = [], {}
        for name, place, item in row:
            span = place.env.span(place.node)
            whole = " ".join(span.text.split())
            texts = known.setdefault((name, text_of(place)), {})
            text = text_of(place)
            if whole not in texts:
                texts[whole] = f"{text} ({len(texts) + 1})" if texts else text
            values.append((name, texts[whole]))
            changes[name] = Given(cast("Expression", place.node), place.env.module, key=item)
        found.append(Row(tuple(values), changes, tuple(place for _, place, _ in row)))
    return found


def same(b: Builder, value: Place, other: Place) -> bool:
    """Whether two expressions are one value: written alike, or equal constants."""
    texts = ["".join(each.env.span(each.node).text.split()) for each in (value, other)]
    if texts[0] == texts[1]:
        return True
    found = _constant(b, value)
    return found is not None and found == _constant(b, other)


def scratch(b: Builder, place: Place) -> Value:
    """What an expression stands for; what is wrong with it is reported by the case that has it."""
    before = list(b.diagnostics)
    found = b.evaluate(place.node, place.env, Settings(b, ()))
    b.diagnostics[:] = before
    return found


def _constant(b: Builder, place: Place) -> object | None:
    found = scratch(b, place)
    if not isinstance(found, Constant):
        return None
    number = found.type in ("int", "float")
    return ("number" if number else found.type, found.data)
