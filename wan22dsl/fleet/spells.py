"""What was so over a time: drivers that were there, and servers that were ready, busy, held or away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import ServerState


class Drive(NamedTuple):
    """The time of a driver. `how` it ended; "gone" where it never said so, empty for the last one that
    has not ended yet, as far as the lines say.
    """

    driver: str
    from_s: float
    to_s: float
    how: Literal["", "gone", "complete", "stopped", "no servers"]
    wan22dsl: str = ""


class Spell(NamedTuple):
    """What was known of a server for a while."""

    from_s: float
    to_s: float
    state: ServerState
    reason: str = ""


def drives(lines: Iterable[AnyLine], at: Sequence[float], now_s: float) -> Iterator[Drive]:
    """The drivers in order. One that was killed has its time up to its last line."""
    current: Drive | None = None
    last_s = 0.0
    for line, at_s in zip(lines, at):
        if line.line == "driver":
            if current is not None:
                yield current._replace(to_s=last_s, how="gone")
            current = Drive(line.driver, at_s, at_s, "", line.wan22dsl)
        elif line.line == "batch ended" and current is not None:
            yield current._replace(to_s=at_s, how=line.how)
            current = None
        last_s = at_s
    if current is not None:
        yield current._replace(to_s=now_s)


def of_servers(
    lines: Iterable[AnyLine], at: Sequence[float], now_s: float
) -> dict[str, list[Spell]]:
    """What was known of each server, without what is said twice."""
    found: dict[str, list[Spell]] = {}
    for line, at_s in zip(lines, at):
        if line.line != "server":
            continue
        own = found.setdefault(line.server, [])
        if own and (own[-1].state, own[-1].reason) == (line.state, line.reason):
            continue
        if own:
            own[-1] = own[-1]._replace(to_s=at_s)
        own.append(Spell(at_s, now_s, line.state, line.reason))
    return found


def covered_s(stretches: Sequence[tuple[float, float]], within: Iterable[Drive]) -> float:
    """How many seconds of the drivers' times stretches cover together."""
    total_s = 0.0
    for drive in within:
        end_s = drive.from_s
        for from_s, to_s in sorted(stretches):
            begin, end = max(from_s, end_s), min(to_s, drive.to_s)
            if end > begin:
                total_s += end - begin
                end_s = end
    return total_s
