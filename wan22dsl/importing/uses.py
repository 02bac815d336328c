"""Who takes what: which units are needed, and what each of them has to have written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.graph.model import Link
from wan22dsl.importing.settle import satisfied
from wan22dsl.importing.units import PassUnit

if TYPE_CHECKING:
    from wan22dsl.importing.reader import Reader
    from wan22dsl.importing.settle import Settled
    from wan22dsl.importing.sight import Target
    from wan22dsl.importing.units import Argument, Unit


class Use(NamedTuple):
    """Who takes a link: as what the arrow brings, or else as an argument or a setting."""

    unit: str
    brought: bool


class Uses:
    """The uses of the links of a graph."""

    def __init__(self, reader: Reader, settled: Settled) -> None:
        self._reader = reader
        self._settled = settled
        self._uses: dict[Link, list[Use]] = {}
        self._links_of: dict[str, list[Link]] = {}
        self._needed: dict[str, None] = {}

    def follow(self, ends: list[Unit], settings: list[Target]) -> None:
        """Finds out what is needed, and by whom."""
        waiting = []
        for target in settings:
            if isinstance(target, Link) and self._is_unit(target, "IMAGE"):
                self._use(target, Use("", False))
                waiting.append(self._reader.unit(target.node))
        waiting += reversed(ends)
        while waiting:
            unit = waiting.pop()
            if unit.id in self._needed:
                continue
            self._needed[unit.id] = None
            for link, brought in self._links(unit):
                self._use(link, Use(unit.id, brought))
                waiting.append(self._reader.unit(link.node))

    def _use(self, link: Link, use: Use) -> None:
        if link not in self._uses:
            self._links_of.setdefault(link.node, []).append(link)
        self._uses.setdefault(link, []).append(use)

    def _links(self, unit: Unit) -> list[tuple[Link, bool]]:
        found = []
        if unit.brought is not None and self._reader.is_unit(unit.brought):
            found.append((unit.brought, True))
        if isinstance(unit, PassUnit):
            targets = [(one.target, one.kind) for one in unit.given]
            targets += [(one.target, one.kind) for two in unit.patches for one in two.arguments]
            own = self._settled.passes.get(unit.id, {})
            targets += [(target, self._settled.types[name]) for name, target in own.items()]
            if unit.model is not None:
                targets.append((unit.model, "MODEL"))
        else:
            targets = [
                (one.target, one.kind if unit.is_stage else "") for one in self.written(unit)
            ]
        found += [
            (target, False)
            for target, kind in targets
            if isinstance(target, Link) and self._is_unit(target, kind)
        ]
        return found

    def _is_unit(self, link: Link, kind: str) -> bool:
        return self._reader.is_unit(link) and self._reader.file(link, kind) is None

    def written(self, unit: Unit) -> list[Argument]:
        """The arguments of a call that have to be written."""
        forced = self._reader.plain.written
        return [
            one
            for one in unit.arguments
            if (unit.id, one.name) in forced
            or not (
                one.open
                or (one.wants is not None and satisfied(self._reader, self._settled, one.wants))
            )
        ]

    @property
    def runs(self) -> int:
        """How many elements of flows run when the text is built: a flow runs wherever it is used."""
        found: dict[str, int] = {}
        for node in reversed(self._reader.sight.ordered):
            if node.id in self._needed:
                uses = [use for link in self._links_of.get(node.id, ()) for use in self._uses[link]]
                found[node.id] = max(1, sum(found.get(use.unit, 1) for use in uses))
        return sum(found.values())

    @property
    def units(self) -> list[Unit]:
        """The units that are needed."""
        return [self._reader.units[id] for id in self._needed]

    def is_local(self, target: Target, kind: str) -> bool:
        """Whether a value can only be written inside of the pipeline."""
        return isinstance(target, Link) and self._is_unit(target, kind)

    def _links_from(self, id: str) -> list[Link]:
        return self._links_of.get(id, [])

    def _passing(self, link: Link) -> list[Unit]:
        """The stages that hand on what comes by a link."""
        uses = self._uses.get(link, [])
        units = [self._reader.units[use.unit] for use in uses if use.brought]
        return [unit for unit in units if unit.hands_on]
