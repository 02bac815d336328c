"""What a job takes on a card: by what was measured, else by the cost model, else unknown.

Estimates are corrected by what was measured of other recipes on the same card, and of the same recipe on
other cards. Times are warm; loading is counted apart, because it depends on what a server has loaded.
"""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING, Literal, Protocol

from wan22dsl.errors import CommandError
from wan22dsl.fleet.needs import Needs, Read, files_of, needs_of_read, read
from wan22dsl.graph.cost.cards import CARDS, DEFAULT_CARD, GIB, card_named
from wan22dsl.graph.cost.estimate import estimate_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.fleet.needs import ModelFile
    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Graph

Basis = Literal["measured", "estimate", "unknown"]

#: So many of the newest runs count: enough for a median, few enough to follow a card that has changed.
_NEWEST = 15

#: A correction that changes by less leaves the estimates as they are.
_NOTICED = 0.02

#: A card that is not in the table reads from the disk as fast as most of those that are.
_DISK_BYTES_PER_S = 1.5e9


class Expected(NamedTuple):
    """What a job takes. `seconds` is the whole run with its models loaded, `load_s` what loading adds.

    From `Expectations.of` that is loading all of them; in a `Choice`, those that the server has not loaded.
    `fits` is whether the card has the memory; `least_bytes` what any card must have beside weights, which
    can be sent to it in each step. None is unknown.
    """

    seconds: float | None
    load_s: float | None
    basis: Basis
    peak_bytes: int | None = None
    fits: bool | None = None
    least_bytes: int | None = None

    @property
    def whole_s(self) -> float | None:
        """With loading; None where either is unknown."""
        if self.seconds is None or self.load_s is None:
            return None
        return self.seconds + self.load_s


class Estimated(NamedTuple):
    """What the cost model says of a recipe on a card."""

    seconds: float | None = None
    peak_bytes: int | None = None
    fits: bool | None = None
    least_bytes: int | None = None


UNKNOWN = Estimated()


class Costs(Protocol):
    """Where estimates come from."""

    def of(self, recipe: str, card: str) -> Estimated:
        """What is estimated of a recipe on a card of this name."""

    def files(self, recipe: str) -> tuple[ModelFile, ...]:
        """The files that it reads."""


class CostModel:
    """The cost model of `graph/cost`, for the recipes that were added."""

    def __init__(self) -> None:
        self._read: dict[str, Read] = {}
        self._needs: dict[str, Needs] = {}

    def add(self, graph: Graph) -> Needs:
        """Takes a compiled graph; what it needs, with its recipe."""
        found = read(graph)
        needs = needs_of_read(found)
        self._read.setdefault(needs.recipe, found)
        return self._needs.setdefault(needs.recipe, needs)

    @property
    def needs(self) -> dict[str, Needs]:
        """What the recipes need."""
        return dict(self._needs)

    def of(self, recipe: str, card: str) -> Estimated:
        """What is estimated of a recipe; of a card that is not in the table only `least_bytes`."""
        found, known = self._read.get(recipe), known_card(card)
        if found is None:
            return UNKNOWN
        estimate = estimate_of(*found, known or CARDS[DEFAULT_CARD])
        least = max((cost.working_bytes for cost in estimate.passes), default=0)
        if known is None:
            return Estimated(least_bytes=least)
        fails = any(cost.fit == "fails" for cost in estimate.passes)
        fits = False if fails else None if estimate.uncounted else True
        return Estimated(estimate.seconds, estimate.peak_bytes, fits, least)

    def files(self, recipe: str) -> tuple[ModelFile, ...]:
        """The files that it reads, each once."""
        needs = self._needs.get(recipe)
        return () if needs is None else files_of(needs.models)


def known_card(name: str) -> Card | None:
    """The card of the table that is meant; None where it is not in it."""
    if not name.strip():
        return None
    try:
        return card_named(name)
    except CommandError:
        return None


def too_small(expected: Expected, vram_bytes: int | None) -> bool:
    """Whether a card has too little memory: by its name, else by what it is known to have."""
    if expected.fits is False:
        return True
    if vram_bytes is None or expected.least_bytes is None or expected.fits:
        return False
    return expected.least_bytes > max(vram_bytes - GIB, 0)


class Expectations:
    """What jobs are expected to take, which is corrected by every run that is learned.

    `version` counts the changes that matter: whoever keeps answers asks it.
    """

    def __init__(self, costs: Costs | None = None) -> None:
        self.costs: Costs = costs or CostModel()
        self.version = 0
        self._warm_s: dict[tuple[str, str], deque[float]] = {}
        self._loads: dict[str, deque[float]] = {}
        self._estimates: dict[tuple[str, str], Estimated] = {}
        self._answers: dict[tuple[str, str], Expected] = {}
        self._of_card: dict[str, float] = {}
        self._of_load: dict[str, float] = {}
        self._of_recipe: dict[str, float] = {}
        self._cards: dict[str, tuple[str, Card | None]] = {}

    def of(self, recipe: str, card: str) -> Expected:
        """What a job of this recipe takes on a card of this name, warm, and with all to load."""
        answer = self._answers.get((recipe, card))
        if answer is None:
            answer = self._answers[recipe, card] = self._worked_out(recipe, card)
        return answer

    def load_s(self, card: str, files: Iterable[ModelFile]) -> float | None:
        """Seconds to read these files on a server with this card; None where a size is not known."""
        total = 0
        for file in files:
            if file.size_bytes is None:
                return None
            total += file.size_bytes
        return self.read_s(card, total)

    def read_s(self, card: str, size_bytes: float) -> float:
        """Seconds to read so much on a server with this card."""
        name, known = self._card(card)
        rate = _DISK_BYTES_PER_S if known is None else known.disk_bytes_per_s
        return size_bytes / rate * self._of_load.get(name, 1.0)

    def learned(
        self,
        recipe: str,
        card: str,
        seconds: float,
        load_s: float | None,
        read_bytes: int | None = None,
    ) -> None:
        """A job has run: the seconds of the whole, those of loading where they are known.

        `read_bytes` is what had to be read, by what was thought to be loaded; it corrects the rate.
        """
        name, known = self._card(card)
        runs = self._warm_s.setdefault((recipe, name), deque(maxlen=_NEWEST))
        runs.append(max(seconds - (load_s or 0.0), 0.0))
        if load_s is not None and read_bytes:
            rate = _DISK_BYTES_PER_S if known is None else known.disk_bytes_per_s
            ratios = self._loads.setdefault(name, deque(maxlen=_NEWEST))
            ratios.append(load_s * rate / read_bytes)
            self._change(self._of_load, name, median(ratios))
        self._answers = {key: kept for key, kept in self._answers.items() if key[0] != recipe}
        self._correct(recipe, name)
        self.version += 1

    def measured_s(self, recipe: str, card: str) -> float | None:
        """The median of the measured warm seconds; None where nothing was measured."""
        runs = self._warm_s.get((recipe, self._card(card)[0]))
        return median(runs) if runs else None

    # --- corrections ---

    def _correct(self, recipe: str, card: str) -> None:
        """Measured by estimated: of the card over its recipes, of the recipe over its cards."""
        of_card = [
            median(runs) / estimated
            for (own, name), runs in self._warm_s.items()
            if name == card and (estimated := self._estimate(own, name).seconds)
        ]
        if of_card and self._change(self._of_card, card, median(of_card)):
            self._answers.clear()
        of_recipe = [
            median(runs) / estimated / self._of_card.get(name, 1.0)
            for (own, name), runs in self._warm_s.items()
            if own == recipe and (estimated := self._estimate(own, name).seconds)
        ]
        if of_recipe:
            self._change(self._of_recipe, recipe, median(of_recipe))

    @staticmethod
    def _change(kept: dict[str, float], name: str, value: float) -> bool:
        if value <= 0 or abs(kept.get(name, 1.0) / value - 1) < _NOTICED:
            return False
        kept[name] = value
        return True

    def _worked_out(self, recipe: str, card: str) -> Expected:
        name, _ = self._card(card)
        estimate = self._estimate(recipe, name)
        load = self.load_s(card, self.costs.files(recipe))
        rest = (estimate.peak_bytes, estimate.fits, estimate.least_bytes)
        runs = self._warm_s.get((recipe, name))
        if runs:
            # It has run there: that is known better than by any estimate.
            return Expected(median(runs), load, "measured", estimate.peak_bytes, True, rest[2])
        if estimate.seconds is not None:
            factor = self._of_card.get(name, 1.0) * self._of_recipe.get(recipe, 1.0)
            return Expected(estimate.seconds * factor, load, "estimate", *rest)
        scaled = None if estimate.fits is False else self._scaled(recipe, name)
        if scaled is not None:
            return Expected(scaled, load, "estimate", *rest)
        return Expected(None, load, "unknown", *rest)

    def _scaled(self, recipe: str, card: str) -> float | None:
        """What was measured on other cards, by the speeds of the cards."""
        own = known_card(card)
        if own is None:
            return None
        found = [
            median(runs) * other.effective_tflops / own.effective_tflops
            for (name, on), runs in self._warm_s.items()
            if name == recipe and (other := known_card(on)) is not None
        ]
        return median(found) if found else None

    def _estimate(self, recipe: str, card: str) -> Estimated:
        found = self._estimates.get((recipe, card))
        if found is None:
            found = self._estimates[recipe, card] = self.costs.of(recipe, card)
        return found

    def _card(self, name: str) -> tuple[str, Card | None]:
        """The name that all ways to write a card have, and what is known of it."""
        found = self._cards.get(name)
        if found is None:
            known = known_card(name)
            found = self._cards[name] = (name if known is None else known.name, known)
        return found
