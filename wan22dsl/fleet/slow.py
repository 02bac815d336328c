"""Which server is slower than its equals: others with the same card, by warm runs of the same recipes.

Times are compared by their ratio to the median of the equals, recipe by recipe, so that what a server was
given does not matter. Medians and deviations are robust, and nothing is said of too few runs: unknown is an
answer. `docs/fleet.md` has what it finds and how often it is wrong, measured on made records.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from math import exp, fsum, log, sqrt
from statistics import median
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.fleet.index import Index

#: A server, and each of its equals, is judged by at least so many runs, and has at least so many equals.
LEAST_RUNS, LEAST_EQUALS = 5, 2

#: An equal counts for a recipe of which it has made so many runs.
_LEAST_OF_RECIPE = 2

#: By so many equals it is measured how much equals differ, where that is more than is assumed.
_ENOUGH_EQUALS = 5

#: A moment of change is looked for at so many places.
_PLACES = 40

#: What differs by less is not said: it is within what equal cards differ by.
LEAST_PERCENT = 5.0

#: So many of the newest runs of a server count.
_NEWEST = 200

#: Standard deviations that are assumed at least, relative: of runs, and between equal servers. They are
#: those of benches (`bench.statistics`, docs/benches.md).
_WITHIN, _BETWEEN = 0.01, 0.015

#: So many standard errors are no chance; a moment of change is looked for at many places, and needs more.
_SIGNIFICANT, _CHANGED = 3.5, 5.0

#: A deviation of normal values, by the median of their distances from the median; and the standard error of a
#: median of n values, by their deviation and the root of n.
_OF_MAD, _OF_MEDIAN = 1.4826, 1.2533


class Run(NamedTuple):
    """A warm run whose time counts. `started` is in UTC, ISO 8601; `folder` has its snapshot."""

    server: str
    card: str
    recipe: str
    started: str
    seconds: float
    snapshot: str = ""
    throttled: str = ""
    folder: str = ""


class Finding(NamedTuple):
    """A server is slower than its equals by so many percent of their time.

    `since` is the start of the first run that was slower; empty: all that are known. `runs` are its slow
    ones, `before` those before, `others` those of its equals in the same time.
    """

    server: str
    card: str
    percent: float
    equals: tuple[str, ...]
    since: str
    runs: tuple[Run, ...]
    before: tuple[Run, ...]
    others: tuple[Run, ...]


def runs_of(index: Index, names: Mapping[str, str] | None = None) -> list[Run]:
    """The warm runs that count in an index; servers are called by `names`, by their address, or not at all.

    With `names` only those servers count.
    """
    found = index.connection.execute(
        "SELECT server, card, recipe, simulated, started, seconds, snapshot, throttled, path FROM runs "
        "WHERE counts = 1 AND warm = 1 AND seconds > 0 AND card <> '' ORDER BY started, id"
    )
    runs = []
    for server, card, recipe, simulated, started, seconds, snapshot, throttled, path in found:
        name = server if names is None else names.get(server)
        if name is not None:
            folder = (index.root / path).parent.as_posix()
            kind = f"{card} (simulated)" if simulated else card
            runs.append(
                Run(name, kind, recipe, started, seconds, snapshot or "", throttled, folder)
            )
    return runs


def slow(runs: Iterable[Run]) -> list[Finding]:
    """The servers that are slower than their equals, the slowest first. The runs may be in any order."""
    by_card: dict[str, dict[str, list[Run]]] = {}
    for run in sorted(runs, key=lambda run: (run.started, run.server, run.recipe)):
        by_card.setdefault(run.card, {}).setdefault(run.server, []).append(run)
    found = [
        finding
        for servers in by_card.values()
        for server in servers
        if (finding := _judged(server, servers)) is not None
    ]
    return sorted(found, key=lambda finding: (-finding.percent, finding.server))


class _Ratio(NamedTuple):
    """A run with the logarithm of its time by that of the equals."""

    run: Run
    value: float


def _judged(server: str, servers: Mapping[str, Sequence[Run]]) -> Finding | None:
    """What is found of a server; None: it is not slower, or nothing can be said."""
    own = servers[server][-_NEWEST:]
    others = {name: runs[-_NEWEST:] for name, runs in servers.items() if name != server}
    ratios = _ratios(own, others)
    if len(ratios) < LEAST_RUNS:
        return None
    at = _change(ratios)
    if at:
        # Since then the equals may have changed too: only what they did in that time counts.
        since = ratios[at].run.started
        later: dict[str, Sequence[Run]] = {
            name: [run for run in runs if run.started >= since] for name, runs in others.items()
        }
        ratios = [each for each in _ratios(own, later) if each.run.started >= since]
        others = later
        if len(ratios) < LEAST_RUNS:
            return None
    return _finding(server, own, ratios, others, is_since=bool(at))


def _ratios(own: Sequence[Run], others: Mapping[str, Sequence[Run]]) -> list[_Ratio]:
    """The runs of recipes that enough equals have run, each by the median of their medians."""
    references: dict[str, float | None] = {}
    for recipe in {run.recipe for run in own}:
        middles = []
        for runs in others.values():
            times = [log(run.seconds) for run in runs if run.recipe == recipe]
            if len(times) >= _LEAST_OF_RECIPE:
                middles.append(median(times))
        references[recipe] = median(middles) if len(middles) >= LEAST_EQUALS else None
    return [
        _Ratio(run, log(run.seconds) - reference)
        for run in own
        if (reference := references[run.recipe]) is not None
    ]


def _change(ratios: Sequence[_Ratio]) -> int:
    """Where the server became another one: the first run after it; 0: nowhere.

    It is where the distances of the runs from the medians before and after are least in sum.
    """
    values = [each.value for each in ratios]
    last = len(values) - LEAST_RUNS
    step = max(1, len(values) // _PLACES)
    places = range(LEAST_RUNS, last + 1, step)
    if not places:
        return 0
    near = min(places, key=lambda at: _cost(values, at))
    around = range(max(LEAST_RUNS, near - step + 1), min(last, near + step - 1) + 1)
    place = min(around, key=lambda at: _cost(values, at))
    before, after = values[:place], values[place:]
    apart = abs(median(after) - median(before))
    error = _deviation(before, after) * _OF_MEDIAN * sqrt(1 / len(before) + 1 / len(after))
    return place if apart > max(log(1 + LEAST_PERCENT / 100), _CHANGED * error) else 0


def _cost(values: Sequence[float], at: int) -> float:
    return fsum(
        abs(value - middle)
        for part in (values[:at], values[at:])
        for middle in (median(part),)
        for value in part
    )


def _deviation(*groups: Sequence[float]) -> float:
    """The deviation within groups: robust, and never below what is assumed."""
    distances = [abs(value - median(values)) for values in groups for value in values]
    return max(_WITHIN, _OF_MAD * median(distances)) if distances else _WITHIN


def _finding(
    server: str,
    own: Sequence[Run],
    ratios: Sequence[_Ratio],
    others: Mapping[str, Sequence[Run]],
    *,
    is_since: bool,
) -> Finding | None:
    recipes = {each.run.recipe for each in ratios}
    equals: dict[str, list[float]] = {}
    for name, runs in others.items():
        rest = {other: found for other, found in others.items() if other != name}
        # An equal is measured by the other equals; of two, by the one that is left.
        found = _by(runs, rest, recipes)
        if len([run for run in runs if run.recipe in recipes]) >= LEAST_RUNS:
            equals[name] = found
    if len(equals) < LEAST_EQUALS:
        return None
    values = [each.value for each in ratios]
    offset = median(values)
    within = _deviation(values)
    offsets = [median(found) for found in equals.values() if found]
    # Of fewer equals nothing can be said of how much they differ.
    between = max(_BETWEEN, _deviation(offsets) if len(offsets) >= _ENOUGH_EQUALS else _BETWEEN)
    error = sqrt(
        (within * _OF_MEDIAN) ** 2 / len(values) + between**2 * (1 + _OF_MEDIAN**2 / len(equals))
    )
    percent = 100 * (exp(offset) - 1)
    if percent < LEAST_PERCENT or offset < _SIGNIFICANT * error:
        return None
    slow_runs = tuple(each.run for each in ratios)
    first = slow_runs[0].started
    return Finding(
        server,
        slow_runs[0].card,
        percent,
        tuple(sorted(equals)),
        first if is_since else "",
        slow_runs,
        tuple(run for run in own if run.started < first) if is_since else (),
        tuple(run for name in equals for run in others[name]),
    )


def _by(runs: Sequence[Run], others: Mapping[str, Sequence[Run]], recipes: set[str]) -> list[float]:
    """The logarithms of times by the median of the others, of some recipes."""
    found = []
    for recipe in recipes:
        middles = [
            median(times)
            for theirs in others.values()
            if (times := [log(run.seconds) for run in theirs if run.recipe == recipe])
        ]
        if middles:
            found += [log(run.seconds) - median(middles) for run in runs if run.recipe == recipe]
    return found


# --- in words ---

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(finding: Finding, because: Sequence[str], now: datetime) -> str:
    """`gpu-07 is 22 % slower than its three equals since Tuesday: power limit 350 W against 450 W`."""
    count = len(finding.equals)
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    since = f" since {_day(finding.since, now)}" if finding.since else ""
    reasons = (
        f": {'; '.join(because)}" if because else ", and no difference is known that explains it"
    )
    return f"{finding.server} is {finding.percent:.0f} % slower than its {number} equals{since}{reasons}"


def _day(moment: str, now: datetime) -> str:
    """A day of the last six by its name, else by its date."""
    try:
        then = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        return moment[:10]
    then = then.replace(tzinfo=then.tzinfo or timezone.utc).astimezone(timezone.utc)
    now = now.astimezone(timezone.utc)
    if then.date() == now.date():
        return "today"
    if timedelta(0) < now - then < timedelta(days=6):
        return _DAYS[then.weekday()]
    return then.date().isoformat()
