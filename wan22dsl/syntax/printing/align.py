"""Where `=` stands in braces: aligned over neighbouring settings of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.syntax.printing import words
from wan22dsl.syntax.printing.flat import WIDTH, Flat
from wan22dsl.syntax.tree import Attribute, Name, Number, Sampler, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.syntax.printing.gaps import Gaps

_UNBREAKABLE = (Name, Number, Sampler, Text)


def pads(items: Sequence[Any], indent: int, flat: Flat, gaps: Gaps) -> dict[int, int | None]:
    """How many spaces an item has before its `=` beyond the usual one.

    None says that it would fit on one line, but not aligned with its neighbours: then it is no
    neighbour, and breaks over lines.
    """
    found: dict[int, int | None] = {}
    groups = _neighbours(items, indent, flat, gaps)
    while groups:
        group = groups.pop()
        width = max(len(words.key(items[at].key)) for at in group)
        for place, at in enumerate(group):
            if _too_long(items[at], indent + width + 3, flat):
                found[at] = None
                groups += [part for part in (group[:place], group[place + 1 :]) if part]
                break
        else:
            found.update((at, width - len(words.key(items[at].key))) for at in group)
    return found


def _neighbours(items: Sequence[Any], indent: int, flat: Flat, gaps: Gaps) -> list[list[int]]:
    """Runs of settings of one line, with no blank line between them."""
    groups: list[list[int]] = []
    last = -2
    for at, item in enumerate(items):
        if not isinstance(item, Attribute) or flat.of(item.value) is None:
            continue
        if _too_long(item, indent + len(words.key(item.key)) + 3, flat):
            continue
        if last == at - 1 and not _blank_between(gaps, items[last].end, item.start):
            groups[-1].append(at)
        else:
            groups.append([at])
        last = at
    return groups


def _blank_between(gaps: Gaps, start: int, end: int) -> bool:
    gap = gaps.between(start, end)
    return gap.blank or any(blank for blank, _ in gap.lines)


def _too_long(item: Attribute, column: int, flat: Flat) -> bool:
    """Whether the value would have to be broken, if it began in this column."""
    value = flat.bare(item.value)
    return not isinstance(value, _UNBREAKABLE) and column + len(flat.of(value) or "") > WIDTH
