"""An action: what an editor offers to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic, Edit

#: The kinds of actions, in the words of the protocol. An editor that asks for a kind takes those below it
#: too: `source.fixAll` is what runs on save.
QUICK_FIX = "quickfix"
FIX_ALL = "source.fixAll.wan"
KINDS = (QUICK_FIX, FIX_ALL)


class Action(NamedTuple):
    """An action. `finding` is what it is about.

    `edits` are what it changes. Where these take long to find they are None, and `later` says what to ask
    for when it is chosen. `is_preferred`: it is what is most probably wanted.
    """

    title: str
    kind: str
    edits: tuple[Edit, ...] | None = None
    finding: Diagnostic | None = None
    is_preferred: bool = False
    later: tuple[str, ...] = ()


def is_wanted(kind: str, only: tuple[str, ...] | None) -> bool:
    """Whether a kind is one of those that were asked for, or below one; None: all are."""
    return only is None or any(
        not each or kind == each or kind.startswith(f"{each}.") for each in only
    )
