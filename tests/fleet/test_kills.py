"""Laws of a batch whose driver is killed, anywhere in its protocol, and resumed: every job succeeds exactly
once, outputs and records agree, and no prompt of ours is left on any server.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.server.serving import Client
from wan22dsl.fleet import store
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fleet.zygote import Zygote

IS_LONG = settings.default is not None and settings.default.max_examples > 1000

#: Where a driver is killed in every `make test`; each stands for a state of server, lines and record that
#: no other one leaves.
TELLING = [
    ("line.torn", 2),  # nothing was sent, and half a line says that it will be
    ("line.after", 2),  # placed; no record
    ("prompt.before", 1),  # a record, and nothing was sent
    ("prompt.after", 1),  # sent; nobody has read the answer
    ("event.Step", 1),  # it runs
    ("view.after", 1),  # it has ended; half the output is here
    ("place.after", 1),  # the output is here, and no record names it
    ("line.before", 3),  # all is here, and no line says so
]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, EmbeddedServer]]:
    with EmbeddedServer(speed=5000) as one, EmbeddedServer(speed=5000) as two:
        yield {"gpu-1": one, "gpu-2": two}


def addresses(servers: dict[str, EmbeddedServer]) -> dict[str, str]:
    return {name: server.url for name, server in servers.items()}


def idle(server: EmbeddedServer) -> bool:
    queue = Client(server).get("/queue").json()
    return not queue["queue_running"] and not queue["queue_pending"]


def histories(servers: dict[str, EmbeddedServer]) -> set[str]:
    return {id for server in servers.values() for id in Client(server).get("/history").json()}


def check(folder: Path, servers: dict[str, EmbeddedServer]) -> store.Stored:
    """The laws. What they are about is on the disk and on the servers; nothing is asked of the code."""
    found = store.load(folder)
    assert not found.problems
    lines = [json.loads(line) for line in (folder / store.LINES).read_bytes().splitlines()]
    successes = Counter(line["job"] for line in lines if line.get("how") == "success")
    assert successes == Counter({job.id: 1 for job in found.plan.jobs})
    assert not [state for state in found.jobs.values() if state.unsettled]
    records = {file: json.loads(file.read_bytes()) for file in folder.glob("run-*.json")}
    assert not [file for file, record in records.items() if record["result"] == "unfinished"]
    named = []
    for line in lines:
        if line.get("how") == "success":
            record = records[folder / f"run-{line['record']}.json"]
            assert (record["result"], record["not_fetched"]) == ("success", [])
            assert record["batch"]["job"] == line["job"] and record["outputs"]
            for output in record["outputs"]:
                file = folder / output["path"].rpartition("/")[2]
                assert sha256(file.read_bytes()).hexdigest() == output["sha256"]
                named.append(file.name)
    assert sorted(named) == sorted(file.name for file in folder.glob("[!.]*.mp4"))
    assert all(idle(server) for server in servers.values())
    return found


def recover(
    drivers: Zygote, folder: Path, servers: dict[str, EmbeddedServer], jobs: int, **how
) -> None:
    """Drives a batch on until it is complete."""
    for _ in range(4):
        if drivers.drive(folder, addresses(servers), jobs, **how).left == 0:
            return
    raise AssertionError("it does not come to an end")


@pytest.mark.parametrize("kill", TELLING, ids=lambda kill: f"{kill[0]}-{kill[1]}")
def test_a_driver_that_is_killed_is_resumed_and_no_server_does_anything_twice(
    kill, drivers, servers, tmp_path
):
    before = histories(servers)
    killed = drivers.drive(tmp_path, addresses(servers), 1, kill)
    assert killed.left is None, "it was not killed: the point does not exist any more"
    recover(drivers, tmp_path, servers, 1)
    check(tmp_path, servers)
    assert len(histories(servers) - before) == 1


@pytest.mark.parametrize("staged", [False, True], ids=["whole", "staged"])
def test_wherever_a_driver_is_killed(staged, drivers, servers, tmp_path):
    """Every place of the protocol, with two jobs, one after another; some of them in the quick profile."""
    clean = drivers.drive(tmp_path / "clean", addresses(servers), 2, staged=staged)
    kills = [
        (name, number)
        for name, count in clean.points.items()
        for number in range(1, min(count, 12) + 1)
        if name not in ("event.Health", "event.QueueChanged")
    ]
    assert len(kills) > 60
    for number, kill in enumerate(kills if IS_LONG else kills[7::45]):
        before = histories(servers)
        folder = tmp_path / f"{number}"
        if drivers.drive(folder, addresses(servers), 2, kill, staged=staged).left is None:
            recover(drivers, folder, servers, 2, staged=staged)
        check(folder, servers)
        assert len(histories(servers) - before) == (6 if staged else 2), kill
