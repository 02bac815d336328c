"""Declarations that depend on themselves, each circle with its path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label
from wan22dsl.language.program import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.module import Module


Places = dict[str, tuple[int, int]]

_LONGEST = 40  # characters in front of a name, to see what is called with it


def find_circles(module: Module, references: Mapping[str, Places]) -> list[Diagnostic]:
    """One finding for each circle; all that is on one is marked in `module.circular`.

    `references` gives for each declaration those that it names, with the place. Circles cannot lead
    through other files, since files do not use each other in circles.
    """
    diagnostics: list[Diagnostic] = []
    done: set[str] = set()
    for start in references:
        if start not in done:
            for circle in _walk(start, references, done):
                if not module.circular.issuperset(circle):
                    diagnostics.append(_tell(module, circle, references))
                module.circular.update(circle)
    return diagnostics


def _walk(start: str, references: Mapping[str, Places], done: set[str]) -> list[list[str]]:
    """A depth-first search without recursion; gives the circles that it closes."""
    circles: list[list[str]] = []
    path: list[str] = [start]
    place = {start: 0}
    pending = [iter(references[start])]
    while path:
        following = next(pending[-1], None)
        if following is None:
            pending.pop()
            name = path.pop()
            del place[name]
            done.add(name)
        elif following in place:
            circles.append(path[place[following] :])
        elif following not in done and following in references:
            place[following] = len(path)
            path.append(following)
            pending.append(iter(references[following]))
    return circles


def _tell(module: Module, circle: list[str], references: Mapping[str, Places]) -> Diagnostic:
    steps = list(zip(circle, [*circle[1:], circle[0]]))
    labels = [
        Label(module.span(*references[item][other]), f"`{item}` needs `{other}` here")
        for item, other in steps
    ]
    path = " → ".join([*circle, circle[0]])
    first = module.names[circle[0]].name
    span = module.span(first.start, first.end)
    help, fix = "Break the cycle at one of these places.", None
    aliases = [item for item, used in sorted(module.uses.items()) if circle[0] in used.names]
    if len(circle) == 1 and aliases:
        meant = f"{aliases[0]}.{circle[0]}"
        place = module.span(*references[circle[0]][circle[0]])
        help, fix = (
            f"Did you mean `{meant}`?",
            Fix(f"write `{meant}`", (Edit(place, meant),), safe=False),
        )
    elif len(circle) == 1:
        place = module.span(*references[circle[0]][circle[0]])
        before = module.source.text[max(place.start - _LONGEST, 0) : place.start]
        if re.search(r"\b(?:save\w*|combine)\((?:name *= *)?\Z", before):
            meant = f'"{circle[0]}"'
            help = f"Write `{meant}`: a file name is a string."
            fix = Fix(f"write `{meant}`", (Edit(place, meant),), safe=False)
    return messages.CYCLE.at(span, name=circle[0], path=path, related=labels, help=help, fix=fix)
