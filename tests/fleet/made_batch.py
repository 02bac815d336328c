"""Batches that never were, with faults that are known: lines as a driver writes them, and records."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.fleet.batches import plan as plain_plan
from tests.report.results import made as made_runs
from wan22dsl.fleet import store as batches
from wan22dsl.fleet.models import Job, JobEnded, Placed, ServerChanged, ServerOfBatch, SetAside
from wan22dsl.run import store as records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.fleet.models import Plan
    from wan22dsl.fleet.store import Stored

ZERO = datetime(2026, 12, 1, 18, 0, tzinfo=timezone.utc)

#: Seconds of a job by card; the first job of a server takes so much longer.
SECONDS = {"RTX 4090": 150.0, "RTX 5090": 110.0, "RTX 3090": 260.0, "L40S": 180.0}
LOAD_S = 40.0


class Faults(NamedTuple):
    """What goes wrong. `broken` jobs fail everywhere, `full` on cards with this name, `away` are servers
    with the hours in which they are gone, `slow` those with a factor. `killed_s`: the driver dies then.
    """

    broken: tuple[str, ...] = ()
    full: Mapping[str, str] = {}
    away: Mapping[str, tuple[float, float]] = {}
    slow: Mapping[str, float] = {}
    killed_s: float | None = None
    text: str = "KeyError in `high.sampler`: 'latent' is not there (job {job}, attempt {attempt})"


def stamp(seconds: float) -> str:
    return (ZERO + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def plan(jobs: int, servers: int, **changes: Any) -> Plan:
    cards = list(SECONDS)
    workloads = "832x1216, 81 frames", "480x832, 49 frames"
    return plain_plan(jobs, servers).model_copy(
        update={
            "simulated": False,
            "fleet": "studio",
            "made": stamp(0),
            "servers": tuple(
                ServerOfBatch(
                    name=f"gpu-{n:02}",
                    address=f"http://10.0.0.{n}:8188",
                    card=cards[n % len(cards)],
                )
                for n in range(1, servers + 1)
            ),
            "jobs": tuple(
                Job(
                    id=f"{n:04}",
                    label=f"a fox in the snow, take {n}",
                    source=0,
                    pipeline="portrait",
                    recipe=f"{n % 2:064}",
                    workload=workloads[n % 2],
                )
                for n in range(1, jobs + 1)
            ),
        }
        | changes
    )


class Made:
    """A batch that is driven by hand; `until_s` is where it is cut, as by pulling the plug."""

    def __init__(self, of: Plan, faults: Faults, until_s: float = 1e9) -> None:
        self.plan, self.faults = of, faults
        self.lines: list[tuple[float, Any]] = []
        self.runs: list[Any] = []
        self._tried: dict[str, list[str]] = {}
        self._drive(min(until_s, faults.killed_s or 1e9))
        self.lines.sort(key=lambda each: each[0])

    def _drive(self, until_s: float) -> None:
        self.lines.append((0.0, {"line": "driver", "driver": "one", "wan22dsl": "0.1"}))
        free = {}
        for server in self.plan.servers:
            self._server(server.name, 0.0, "ready")
            free[server.name] = 0.5
        waiting = [job.id for job in self.plan.jobs]
        while waiting:
            name = min(free, key=lambda each: (free[each], each))
            begin_s = free[name]
            if begin_s >= until_s:
                return
            from_s, to_s = (hour * 3600 for hour in self.faults.away.get(name, (1e6, 1e6)))
            if from_s <= begin_s < to_s:
                self._server(name, begin_s, "away", "does not answer: connection refused")
                self._server(name, to_s, "ready")
                free[name] = to_s
                continue
            job = next((id for id in waiting if name not in self._tried.get(id, ())), None)
            if job is None:
                del free[name]
                if not free:
                    return
                continue
            waiting.remove(job)
            free[name] = self._run(job, name, begin_s, until_s, waiting)
        end_s = max(free.values(), default=0.0)
        if end_s < until_s:
            self.lines.append((end_s, {"line": "batch ended", "driver": "one", "how": "complete"}))

    def _run(
        self, job: str, name: str, begin_s: float, until_s: float, waiting: list[str]
    ) -> float:
        card = next(server.card for server in self.plan.servers if server.name == name)
        attempt = len(self._tried.setdefault(job, [])) + 1
        is_first = not any(name in tried for tried in self._tried.values())
        self._tried[job].append(name)
        took_s = SECONDS[card] * self.faults.slow.get(name, 1.0) + (LOAD_S if is_first else 0.0)
        id = f"{job}-{attempt}"
        self._add(
            begin_s,
            Placed(
                at="", job=job, attempt=attempt, server=name, record=id, expected_s=SECONDS[card],
                basis="measured", is_warm=not is_first, why="the earliest expected end",
            ),
        )  # fmt: skip
        how, reason = "success", ""
        if job in self.faults.broken:
            how, reason = "error", _said(self.faults.text, job, attempt)
            took_s = 20.0
        elif self.faults.full.get(job) == card:
            how, reason = (
                "out of memory",
                f"out of memory in `low.decode` ({21.3 + attempt:.1f} GiB)",
            )
            took_s = 60.0
        end_s = begin_s + took_s
        if end_s >= until_s:
            return end_s
        self._add(
            end_s,
            JobEnded(
                at="", job=job, attempt=attempt, server=name, record=id, how=how, reason=reason,
                seconds=took_s - 1.0, load_s=LOAD_S if is_first else 0.0,
            ),
        )  # fmt: skip
        self.runs.append((id, how, card, is_first, took_s, begin_s))
        if how != "success":
            if len(self._tried[job]) >= self.plan.options.most_attempts:
                names = ", ".join(sorted(self._tried[job]))
                text = f"failed on 3 servers ({names}); the last time: {reason}"
                self._add(end_s, SetAside(at="", job=job, reason=text))
            else:
                waiting.insert(0, job)
        return end_s

    def _server(self, name: str, at_s: float, state: Any, reason: str = "") -> None:
        self._add(at_s, ServerChanged(at="", server=name, state=state, reason=reason))

    def _add(self, at_s: float, line: Any) -> None:
        self.lines.append((at_s, line.as_json()))

    def put(self, folder: Path, *, with_records: bool = True) -> Path:
        """Writes it."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.plan.as_json())
        (folder / batches.PLAN).write_text(text, encoding="utf-8", newline="\n")
        lines = [json.dumps(line | {"at": stamp(at_s)}) for at_s, line in self.lines]
        text = "".join(f"{line}\n" for line in lines)
        (folder / batches.LINES).write_text(text, encoding="utf-8", newline="\n")
        for run in self.runs if with_records else ():
            records.write(_record(*run), folder)
        return folder

    def stored(self, folder: Path, *, with_records: bool = True) -> Stored:
        """Writes and reads it."""
        return batches.load(self.put(folder, with_records=with_records), with_records=False)


def _said(text: str, job: str, attempt: int) -> str:
    return text.replace("{job}", job).replace("{attempt}", str(attempt))


def made(jobs: int, servers: int, until_s: float = 1e9, **faults: Any) -> Made:
    return Made(plan(jobs, servers), Faults(**faults), until_s)


def _record(id: str, how: str, card: str, is_first: bool, took_s: float, begin_s: float) -> Any:
    load_s = LOAD_S / 2 if is_first else 0.0
    passes = [
        made_runs.pass_(
            name, (took_s - 2 * load_s) / 4, load_s=load_s, cold=is_first, decode_s=0.0, rest_s=0.0
        )
        for name in ("high", "low")
    ]  # fmt: skip
    server = made_runs.record().server.model_dump()
    server["devices"] = [
        {"name": f"cuda:0 NVIDIA {card}", "type": "cuda", "memory_bytes": 24 * 1024**3}
    ]
    return made_runs.record(
        id, started=stamp(begin_s), timing=made_runs.timing(*passes, stages=()), server=server,
        result="success" if how == "success" else "error",
    )  # fmt: skip
