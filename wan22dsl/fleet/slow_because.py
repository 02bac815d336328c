"""What may explain that a server is slower than its equals, by the snapshots next to the records: what its
machine has and theirs have not, and why its clocks were lowered. That it is the cause is not known.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wan22dsl.machine import difference, effects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.fleet.slow import Finding, Run
    from wan22dsl.machine.difference import Difference
    from wan22dsl.machine.snapshot import Snapshot

#: Effects that can make all of a run slower; of them the first that differ are named.
_CAUSES = tuple(
    effect.name
    for effect in (
        *(effects.POWER, effects.PCIE, effects.DRIVER, effects.ATTENTION, effects.LOADER),
        *(effects.TORCH, effects.COMFYUI, effects.FLAGS, effects.ENVIRONMENT, effects.MEMORY),
    )
)

_MOST = 3

#: A reason for throttling counts where most of the runs had it, and few of those of the equals.
_MOST_OF, _FEW_OF = 0.5, 0.1

#: How properties of a card are called, with their units.
_WORDS = {
    "card power_limit_w": ("power limit", " W"),
    "card clock_max_mhz": ("highest clock", " MHz"),
    "card memory_clock_max_mhz": ("highest memory clock", " MHz"),
    "card pcie_generation_max": ("PCIe generation", ""),
    "card pcie_width_max": ("PCIe lanes", ""),
    "card ecc": ("ECC", ""),
    "driver version": ("driver", ""),
}


def because(finding: Finding) -> tuple[str, ...]:
    """What differs from all equals of which a snapshot is there, what matters most coming first."""
    found = [*_throttled(finding)]
    own = _snapshot(finding.runs)
    if own is not None:
        found += _against_equals(finding, own)
    return tuple(dict.fromkeys(found))[:_MOST]


def _throttled(finding: Finding) -> list[str]:
    reasons = dict.fromkeys(
        reason for run in finding.runs for reason in run.throttled.split(", ") if reason
    )

    def share(runs: Sequence[Run], reason: str) -> float:
        return sum(reason in run.throttled.split(", ") for run in runs) / max(1, len(runs))

    return [
        f"its clocks were lowered: {reason}"
        for reason in reasons
        if share(finding.runs, reason) > _MOST_OF and share(finding.others, reason) < _FEW_OF
    ]


def _against_equals(finding: Finding, own: Snapshot) -> list[str]:
    snapshots = [
        snapshot
        for name in finding.equals
        if (snapshot := _snapshot([run for run in finding.others if run.server == name]))
    ]
    if not snapshots:
        return []
    tables = [_causes(difference.compare(own, other).differences) for other in snapshots]
    shared = [name for name in tables[0] if all(name in table for table in tables)]
    changed: set[str] = set()
    before = _snapshot(finding.before)
    if before is not None:
        changed = set(_causes(difference.compare(before, own).differences))
    # What has changed when the server became slow comes first, then what is known to matter most.
    shared.sort(key=lambda name: (name not in changed, _rank(tables[0][name])))
    return [_line([table[name] for table in tables]) for name in shared]


def _causes(differences: Sequence[Difference]) -> dict[str, Difference]:
    return {found.name: found for found in differences if found.effect.name in _CAUSES}


def _rank(found: Difference) -> int:
    return _CAUSES.index(found.effect.name)


def _line(found: Sequence[Difference]) -> str:
    """`power limit 350 W against 450 W`; of several values of the equals, all."""
    name, unit = _WORDS.get(found[0].name, (found[0].name, ""))
    own = found[0].shown[0]
    others = dict.fromkeys(each.shown[1] for each in found)
    return f"{name} {own}{unit} against {', '.join(others)}{unit}"


def _snapshot(runs: Sequence[Run]) -> Snapshot | None:
    """The snapshot of the newest of these runs that has one."""
    from wan22dsl.run import snapshots

    seen: set[tuple[str, str]] = set()
    for run in reversed(runs):
        key = (run.folder, run.snapshot)
        if run.snapshot and key not in seen:
            seen.add(key)
            found = snapshots.find(Path(run.folder), run.snapshot)
            if found is not None:
                return found
    return None
