"""Seconds that choices are weighed by: of each recipe on each card, and of loading what is not warm.

Here every time is a number. Where nothing is known, it is what other recipes take; such numbers decide who
goes first, and are never reported.
"""

from __future__ import annotations

from math import inf, log2
from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.fleet.expected import too_small
from wan22dsl.fleet.needs import Needs
from wan22dsl.fleet.warmth import Warmth, weighed_bytes
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.fleet.expected import Expectations, Expected
    from wan22dsl.fleet.places import Kind

#: A job of which nothing is known takes as long as most jobs do; if no job is known either, ten minutes.
_GUESSED_S = 600.0

#: Above so many recipes, those that have the same models and take about the same are weighed as one.
MOST_PROFILES = 128

#: "About the same": within so many steps for twice the time.
_STEPS_OF_TWICE = 6


class Profile(NamedTuple):
    """Recipes that are weighed as one: the first of them stands for all. `models` is their number."""

    recipe: str
    models: int


class Weighing:
    """The profiles of recipes, and their seconds, kept until something is learned."""

    def __init__(self, needs: Mapping[str, Needs], expectations: Expectations) -> None:
        self.needs = dict(needs)
        self.expectations = expectations
        self.warmth = Warmth()
        self.profiles: list[Profile] = []
        self._profile_of: dict[str, int] = {}
        self._alike: dict[tuple[object, ...], int] = {}
        self._version = -1
        self._seconds: dict[tuple[int, str], float] = {}
        self._typical: dict[str, float] = {}
        self._loads: dict[tuple[int, int, str], float] = {}

    def profile(self, recipe: str, kinds: Sequence[Kind], *, alone: bool = False) -> int:
        """The number of the profile that a recipe has; `alone` gives it one of its own."""
        known = self._profile_of.get(recipe)
        if known is not None and not alone:
            return known
        models = self.warmth.number(self.needs_of(recipe).models)
        number = len(self.profiles)
        if number >= MOST_PROFILES and not alone:
            key = (models, *(self._about(recipe, kind) for kind in dict.fromkeys(kinds)))
            number = self._alike.setdefault(key, number)
        if number == len(self.profiles):
            self.profiles.append(Profile(recipe, models))
        self._profile_of[recipe] = number
        return number

    def shares(self, recipe: str) -> bool:
        """Whether other recipes may have the same profile."""
        number = self._profile_of[recipe]
        return number in self._alike.values()

    def needs_of(self, recipe: str) -> Needs:
        """What a recipe needs; nothing is known of one that nobody has stated."""
        return self.needs.get(recipe) or Needs(recipe, ())

    def refresh(self) -> bool:
        """Drops what is kept where something was learned; whether it did."""
        if self._version == self.expectations.version:
            return False
        self._version = self.expectations.version
        self._seconds.clear()
        self._typical.clear()
        self._loads.clear()
        return True

    def seconds(self, profile: int, card: str) -> float:
        """The seconds of a job on a card, warm."""
        found = self._seconds.get((profile, card))
        if found is None:
            own = self.expectations.of(self.profiles[profile].recipe, card).seconds
            found = self._typical_s(card) if own is None else own
            self._seconds[profile, card] = found
        return found

    def load_s(self, card: str, loaded: int, wanted: int) -> float:
        """The seconds to load one set of models where another is loaded."""
        found = self._loads.get((loaded, wanted, card))
        if found is None:
            missing = weighed_bytes(self.warmth.missing(loaded, wanted))
            found = self._loads[loaded, wanted, card] = self.expectations.read_s(card, missing)
        return found

    def expected(self, recipe: str, card: str, loaded: int) -> tuple[Expected, int | None]:
        """What a job takes with what is loaded, as it is reported, and how many bytes it reads for that."""
        models = self.warmth.number(self.needs_of(recipe).models)
        missing = self.warmth.missing(loaded, models)
        found = self.expectations.of(recipe, card)
        sizes = [file.size_bytes for file in missing]
        known = [size for size in sizes if size is not None]
        read = sum(known) if len(known) == len(sizes) else None
        return found._replace(load_s=self.expectations.load_s(card, missing)), read

    def lacks_memory(self, profile: int, kind: Kind) -> bool:
        """Whether a kind of server has too little memory for a recipe."""
        expected = self.expectations.of(self.profiles[profile].recipe, kind.card)
        return too_small(expected, kind.vram_bytes)

    def _typical_s(self, card: str) -> float:
        found = self._typical.get(card)
        if found is None:
            own = [
                seconds
                for profile in self.profiles
                if (seconds := self.expectations.of(profile.recipe, card).seconds) is not None
            ]
            found = self._typical[card] = median(own) if own else _GUESSED_S
        return found

    def _about(self, recipe: str, kind: Kind) -> tuple[int, bool, bool]:
        """What two recipes must have in common on a kind to be weighed as one."""
        found = self.expectations.of(recipe, kind.card)
        seconds = found.seconds
        step = round(_STEPS_OF_TWICE * log2(seconds)) if seconds and seconds < inf else -1000
        return step, seconds is None, too_small(found, kind.vram_bytes)
