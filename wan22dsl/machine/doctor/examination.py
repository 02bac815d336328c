"""All checks of a machine, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Severity
from wan22dsl.machine.doctor import cards, room, software
from wan22dsl.machine.doctor.facts import gib
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.machine.doctor.facts import Facts
    from wan22dsl.machine.doctor.finding import Finding

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


class Examination(NamedTuple):
    """`seen` are sentences about what is there, `findings` what is wrong or worth knowing, the worst first.

    `unknown` are the parts of a machine that could not be looked at, each with the reason.
    """

    seen: tuple[str, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[tuple[str, str], ...]

    @property
    def hurts(self) -> bool:
        """Whether anything is wrong."""
        return any(finding.hurts for finding in self.findings)

    def lines(self) -> list[str]:
        """For people: what is there, what is wrong and what to do, what is not known."""
        found = list(self.seen)
        for finding in self.findings:
            found += [
                "",
                f"{finding.severity.value}: {finding.message}",
                f"why:  {finding.why}",
                f"help: {finding.help}",
            ]
        if self.unknown:
            found += [
                "",
                *(f"not known: {parts} ({reason})" for reason, parts in self._by_reason()),
            ]
        if not self.hurts:
            found += ["", "no problems found"]
        return found

    def _by_reason(self) -> list[tuple[str, str]]:
        reasons: dict[str, list[str]] = {}
        for part, reason in self.unknown:
            reasons.setdefault(reason, []).append(part)
        return [(reason, ", ".join(parts)) for reason, parts in reasons.items()]

    def as_data(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "seen": list(self.seen),
            "findings": [
                {**finding._asdict(), "severity": finding.severity.value}
                for finding in self.findings
            ],
            "unknown": [{"part": part, "reason": reason} for part, reason in self.unknown],
            "hurts": self.hurts,
        }


def examine(facts: Facts) -> Examination:
    """Looks at everything that is known."""
    checks = (*software.CHECKS, *cards.CHECKS, *room.CHECKS)
    found = [finding for check in checks for finding in check(facts)]
    found.sort(key=lambda finding: _ORDER.index(finding.severity))
    return Examination(tuple(_seen(facts)), tuple(found), tuple(_unknown(facts)))


def _seen(facts: Facts) -> Iterator[str]:
    """What is there: the card with its driver, ComfyUI with torch, memory and models."""
    pairs = list(facts.cards())
    for card, now in pairs:
        free = ""
        if card["memory_bytes"] and now["used_bytes"] is not None:
            free = f", {gib(card['memory_bytes'] - now['used_bytes'])} of {gib(card['memory_bytes'])} free"
        driver = facts.part("driver").get("version")
        warm = f", {now['temperature_c']} °C" if now["temperature_c"] is not None else ""
        yield f"{card['name']}{free}{warm}" + (f", driver {driver}" if driver else "")
    if not pairs:
        for device in facts.data["devices"] or ():
            size = f", {gib(device['memory_bytes'])}" if device["memory_bytes"] else ""
            yield f"{device['name']}{size}"
    yield from _software(facts)
    yield from _room(facts)


def _software(facts: Facts) -> Iterator[str]:
    parts = []
    version, torch = facts.part("comfyui").get("version"), facts.part("python").get("torch")
    if version:
        parts.append(f"ComfyUI {version}" + (f" at {facts.server}" if facts.answers else ""))
    if torch:
        parts.append(f"torch {torch}")
    started = facts.part("started")
    if started.get("attention"):
        parts.append(f"{started['attention']} attention")
    if started.get("dynamic_vram"):
        parts.append("DynamicVRAM")
    if parts:
        yield ", ".join(parts)


def _room(facts: Facts) -> Iterator[str]:
    computer = facts.part("computer")
    total = computer.get("memory_limit_bytes") or computer.get("memory_bytes")
    parts = [f"{gib(total)} of memory"] if total else []
    if total and computer.get("swap_bytes") is not None:
        swap = computer["swap_bytes"]
        parts.append(f"{gib(swap)} of swap" if swap else "no swap")
    if facts.models is not None:
        parts.append(f"{facts.models.experts} diffusion models of Wan")
    free = facts.part("idle").get("models_free_bytes")
    if free is not None:
        parts.append(f"{gib(free)} free for models")
    if parts:
        need = (
            f"; two experts in fp8 need {gib(facts.need_bytes)}"
            if total and facts.need_bytes
            else ""
        )
        yield ", ".join(parts) + need


#: Parts whose absence keeps checks from being made.
_CHECKED = (
    "cards",
    "driver",
    "started",
    "python",
    "python.packages",
    "models",
    "environment",
    "computer",
)


def _unknown(facts: Facts) -> Iterator[tuple[str, str]]:
    missing = facts.snapshot.missing
    for part in _CHECKED:
        is_found = part == "started" and not facts.answers  # that no server answers is a finding
        if part in missing and not is_found:
            yield part, missing[part]
