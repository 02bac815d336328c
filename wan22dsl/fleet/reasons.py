"""What failed and why, grouped: reasons that differ only in numbers and in names of servers are one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.fleet.attempts import Attempt
    from wan22dsl.fleet.jobs import JobState

_NUMBER = re.compile(r"0x[0-9a-f]+|\d+(?:[.,]\d+)*", re.IGNORECASE)
_NEEDED = re.compile(r"needs `[^`]*`,")
_NOTHING_SAID = "no reason was given"


class Reason(NamedTuple):
    """A reason with what it happened to. `text` is that of the first; `jobs` and `servers` are each once."""

    how: str
    text: str
    times: int
    jobs: tuple[str, ...]
    servers: tuple[str, ...] = ()


def of_attempts(attempts: Iterable[Attempt], servers: Sequence[str]) -> tuple[Reason, ...]:
    """Why attempts failed, the most frequent first."""
    return _grouped(
        ((each.how, each.reason, each.job, each.server) for each in attempts if each.is_failure),
        servers,
    )


def of_set_aside(jobs: Iterable[JobState], servers: Sequence[str]) -> tuple[Reason, ...]:
    """Why jobs were set aside, the most frequent first."""
    return _grouped(_set_aside(jobs), servers)


def _set_aside(jobs: Iterable[JobState]) -> Iterator[tuple[str, str, str, str]]:
    for state in jobs:
        if state.state == "set aside":
            found = dict.fromkeys(end.server for end in state.failures)
            for server in found or [""]:
                yield "set aside", state.reason, state.job.id, server


def _grouped(
    found: Iterable[tuple[str, str, str, str]], servers: Sequence[str]
) -> tuple[Reason, ...]:
    names = _names(servers)
    groups: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for how, text, job, server in found:
        text = text.strip() or _NOTHING_SAID
        groups.setdefault((how, _shape(text, names, job)), []).append((text, job, server))
    made = []
    for (how, _), each in groups.items():
        jobs = tuple(dict.fromkeys(job for _, job, _ in each))
        known = tuple(dict.fromkeys(server for _, _, server in each if server))
        times = len(jobs) if how == "set aside" else len(each)
        made.append(Reason(how, each[0][0], times, jobs, known))
    made.sort(key=lambda reason: -reason.times)
    return tuple(made)


def _names(servers: Sequence[str]) -> re.Pattern[str] | None:
    words = sorted((re.escape(name) for name in servers if name), key=len, reverse=True)
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(words)})(?![\w-])") if words else None


def _shape(text: str, names: re.Pattern[str] | None, job: str) -> str:
    """The text without what differs from one server or job to the other."""
    text = _NEEDED.sub("needs `…`,", text.replace(f"`{job}`", "`…`"))
    if names is not None:
        text = names.sub("…", text)
        text = re.sub(r"…(?:(?:, | and )…)+", "…", text)
    return _NUMBER.sub("N", text)
