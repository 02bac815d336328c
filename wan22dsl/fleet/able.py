"""Hard needs: which server can take which job at all, and what it then takes there."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.fleet.places import Place, Places
    from wan22dsl.fleet.queue import Key
    from wan22dsl.fleet.weighing import Weighing

#: A reason names at most so many servers, and so many reasons are named.
_NAMED = 3

#: A job whose end is overdue is expected to take this share of what it has taken more.
_OVERDUE = 0.1


class Able:
    """Answers are kept by kind of server, until `changed`."""

    def __init__(self, weighing: Weighing, places: Places) -> None:
        self.weighing = weighing
        self.places = places
        self._reasons: dict[tuple[Key, int], str] = {}
        self._seconds: dict[Key, tuple[float, ...]] = {}

    def changed(self) -> None:
        """Servers, or what is known of the memory that recipes need, are not what they were."""
        self._reasons.clear()
        self._seconds.clear()

    def refresh(self) -> None:
        """Takes over what was learned of times."""
        self.weighing.refresh()
        self._seconds.clear()

    # --- who can ---

    def cannot(self, key: Key, place: Place) -> str:
        """Why a server can never take a job with this key; empty if it can."""
        reason = self._kind_cannot(key, place.kind)
        if reason:
            return reason
        if place.lacks:
            lacks = place.lacks.get(self.weighing.profiles[key.profile].recipe)
            if lacks:
                return lacks
        return "the job has failed there" if place.name in key.failed else ""

    def nowhere(self, key: Key) -> str:
        """Why no server that is there can take a job with this key; empty if one can."""
        reasons: dict[str, list[str]] = {}
        for place in self.places:
            if place.is_there:
                reason = self.cannot(key, place)
                if not reason:
                    return ""
                reasons.setdefault(reason, []).append(place.name)
        if not reasons:
            return "has no server that takes jobs"
        said = [f"{_names(names)}: {reason}" for reason, names in reasons.items()]
        more = f"; and {len(said) - _NAMED} more reasons" if len(said) > _NAMED else ""
        return f"has no server that can take it ({'; '.join(said[:_NAMED])}{more})"

    def not_on(self, key: Key) -> frozenset[str]:
        """The servers, of kinds that can take such jobs, that are not to take one."""
        recipe = self.weighing.profiles[key.profile].recipe
        lacking = {place.name for place in self.places if recipe in place.lacks}
        lost = key.lost if key.lost and self.others_can(key) else frozenset()
        return frozenset({*key.failed, *lost, *lacking})

    def others_can(self, key: Key) -> bool:
        """Whether a server that has not lost a job with this key can take it."""
        return any(
            place.is_there and place.name not in key.lost and not self.cannot(key, place)
            for place in self.places
        )

    def _kind_cannot(self, key: Key, number: int) -> str:
        reason = self._reasons.get((key, number))
        if reason is None:
            reason = self._reasons[key, number] = self._why_not(key, number)
        return reason

    def _why_not(self, key: Key, number: int) -> str:
        kind = self.places.kinds[number]
        missing = sorted(key.tags - kind.tags)
        if missing:
            return f"no tag `{missing[0]}`"
        if self.weighing.lacks_memory(key.profile, kind):
            return f"too little memory on {kind.card or 'the card'}"
        if not key.staged:
            for card, vram in sorted(key.full, key=str):
                sizes = (kind.vram_bytes, vram)
                smaller = None not in sizes and (kind.vram_bytes or 0) <= (vram or 0)
                # Of two cards of which nothing is known, one may be as small as the other.
                if smaller or card == kind.card:
                    return f"the job has run out of memory on {card or 'a card that is not known'}"
        return ""

    # --- in what time ---

    def seconds(self, key: Key) -> tuple[float, ...]:
        """The seconds of a job by kind of server, infinite where it can never run."""
        found = self._seconds.get(key)
        if found is None or len(found) != len(self.places.kinds):
            found = self._seconds[key] = tuple(
                inf
                if self._kind_cannot(key, number)
                else self.weighing.seconds(key.profile, kind.card)
                for number, kind in enumerate(self.places.kinds)
            )
        return found

    def quickest_s(self, key: Key) -> float:
        """The seconds on the card that is the quickest for it; 0 where none can run it."""
        quickest = min(self.seconds(key), default=inf)
        return 0.0 if quickest == inf else quickest

    def models(self, key: Key) -> int:
        """The number of the models of a job."""
        return self.weighing.profiles[key.profile].models

    def load_s(self, kind: int, loaded: int, wanted: int) -> float:
        """The seconds to load one set of models where another is loaded."""
        if loaded == wanted:
            return 0.0
        return self.weighing.load_s(self.places.kinds[kind].card, loaded, wanted)

    def free_s(self, place: Place, now_s: float) -> float:
        """When a server is free: one that is overdue takes somewhat longer still."""
        entry = place.entry
        if entry is None:
            return now_s
        if place.until_s > now_s:
            return place.until_s
        return now_s + _OVERDUE * max(now_s - entry.began_s, 0.0)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
