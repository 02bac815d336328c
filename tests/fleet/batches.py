"""Batches by hand: plans, and lines for what happened."""

from __future__ import annotations

from typing import Any

from wan22dsl.fleet.models import (
    VERSION,
    BatchEnded,
    DriverStarted,
    Job,
    JobEnded,
    Options,
    Placed,
    Plan,
    ServerOfBatch,
    SetAside,
    Source,
)

STAMP = "2026-12-01T12:00:00.000+00:00"
SOURCE = "pipeline portrait {}\n"


def plan(jobs: int = 3, servers: int = 2, **changes: Any) -> Plan:
    """A plan of so many jobs: `0001`, `0002`, …"""
    made = Plan(
        batch=VERSION,
        id="20261201T120000-portrait-3f2a",
        name="portrait",
        wan22dsl="0.1",
        made=STAMP,
        fleet="",
        simulated=True,
        servers=tuple(
            ServerOfBatch(name=f"gpu-{n}", address=f"http://127.0.0.1:{n}", card="RTX 4090")
            for n in range(1, servers + 1)
        ),
        sources=(Source(file="portrait.wan", text=SOURCE, uses={}),),
        jobs=tuple(
            Job(id=f"{n:04}", label=f"seed {n}", source=0, pipeline="portrait", seed_shift=n)
            for n in range(1, jobs + 1)
        ),
        options=Options(),
    )
    return made.model_copy(update=changes)


def started(driver: str = "one") -> DriverStarted:
    return DriverStarted(at=STAMP, driver=driver, wan22dsl="0.1")


def placed(job: str, attempt: int = 1, server: str = "gpu-1") -> Placed:
    return Placed(at=STAMP, job=job, attempt=attempt, server=server, record=f"{job}-{attempt}")


def ended(
    job: str, attempt: int = 1, how: Any = "success", server: str = "gpu-1", **more: Any
) -> JobEnded:
    fields: dict[str, Any] = {"record": f"{job}-{attempt}", **more}
    return JobEnded(at=STAMP, job=job, attempt=attempt, server=server, how=how, **fields)


def set_aside(job: str, reason: str = "three servers failed") -> SetAside:
    return SetAside(at=STAMP, job=job, reason=reason)


def over(how: Any = "complete", driver: str = "one") -> BatchEnded:
    return BatchEnded(at=STAMP, driver=driver, how=how)
