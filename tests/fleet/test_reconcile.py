"""After a loss: the server is asked before anything is sent again, whatever was lost."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fleet import batches
from tests.fleet.driving import Driver, Points
from tests.fleet.test_kills import IS_LONG, addresses, check, histories, idle
from wan22dsl.fleet import reconcile, store
from wan22dsl.network import address
from wan22dsl.run import store as records
from wan22dsl.run.client import Client
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fleet.zygote import Zygote

RUNS = ("event.Step", 1)
WAITS = ("prompt.after", 1)
KEPT = ("line.before", 3)


@pytest.fixture
def servers(tmp_path_factory) -> Iterator[dict[str, EmbeddedServer]]:
    """Two servers whose disks outlive them."""
    places = [tmp_path_factory.mktemp("place") for _ in range(2)]
    with (
        EmbeddedServer(speed=5000, place=places[0]) as one,
        EmbeddedServer(speed=5000, place=places[1]) as two,
    ):
        yield {"gpu-1": one, "gpu-2": two}


def client(server: EmbeddedServer) -> Client:
    return Client(address.read(server.url))


def lose(drivers: Zygote, folder: Path, servers, kill=RUNS, **how) -> None:
    """A driver dies with its job on `gpu-1`."""
    found = drivers.drive(folder, addresses(servers), 1, kill, **how)
    assert found.left is None


def resumed(folder: Path):
    return store.load(folder, with_records=False).jobs["0001"]


def test_a_server_that_was_restarted_has_nothing_and_the_job_is_sent_again(
    drivers, servers, tmp_path
):
    lose(drivers, tmp_path, servers)
    servers["gpu-1"].restart()
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    found = check(tmp_path, servers).jobs["0001"]
    first = found.ended[0]
    assert (first.how, first.is_settled) == ("lost", True)
    assert found.attempts == 2 and found.success.attempt == 2
    record = store.load(tmp_path).record(found.records[0])
    assert record.result == "error" and record.attempts[-1].how == "lost"


def test_as_long_as_a_server_does_not_answer_its_job_is_sent_nowhere(drivers, servers, tmp_path):
    lose(drivers, tmp_path, servers)
    url, place = servers["gpu-1"].url, servers["gpu-1"].place
    servers["gpu-1"].stop()
    for _ in range(2):
        assert drivers.drive(tmp_path, {"gpu-1": url, "gpu-2": servers["gpu-2"].url}, 1).left == 1
    assert not histories({"gpu-2": servers["gpu-2"]}) and idle(servers["gpu-2"])
    assert resumed(tmp_path).attempts == 1
    port = int(url.rpartition(":")[2])
    with EmbeddedServer(speed=5000, place=place, port=port) as again:
        servers["gpu-1"] = again
        assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
        check(tmp_path, servers)


def test_what_was_given_up_is_cancelled_when_its_server_is_back(drivers, tmp_path):
    # Slow enough that it still runs when it is found again.
    with EmbeddedServer(speed=2) as slow, EmbeddedServer(speed=5000) as quick:
        servers = {"gpu-1": slow, "gpu-2": quick}
        lose(drivers, tmp_path, servers, WAITS)
        with store.resume(tmp_path) as open_store:
            ((_, placed),) = open_store.unsettled("gpu-1")
            reconcile.give_up(open_store, placed, "gpu-1 has not answered for 30 minutes")
            assert open_store.jobs["0001"].state == "waiting"
            assert open_store.unsettled("gpu-1")
            # It is sent elsewhere, and then `gpu-1` is back.
            open_store.add(batches.placed("0001", 2, "gpu-2"))
            open_store.add(batches.ended("0001", 2, server="gpu-2"))
            assert not idle(slow)
            found = reconcile.reconcile(open_store, client(slow), "gpu-1", confirm_s=0.0)
            assert not found.adopt and not found.unknown
            (line,) = found.lines
            assert (line.attempt, line.how) == (1, "stopped") and "has ended" in line.reason
            assert idle(slow) and not open_store.unsettled("gpu-1")
            assert open_store.jobs["0001"].success.attempt == 2
            assert store.load(tmp_path).record(placed.record).result == "stopped"


def test_what_was_given_up_and_sent_nowhere_else_yet_is_taken_over(drivers, servers, tmp_path):
    lose(drivers, tmp_path, servers)
    with store.resume(tmp_path) as open_store:
        ((_, placed),) = open_store.unsettled("gpu-1")
        reconcile.give_up(open_store, placed, "gpu-1 has not answered for 30 minutes")
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    found = check(tmp_path, servers).jobs["0001"]
    assert found.success.attempt == 1 and found.success.adopted
    assert len(histories(servers)) == 1


def test_what_could_not_be_stopped_and_has_ended_well_since_is_taken(drivers, servers, tmp_path):
    lose(drivers, tmp_path, servers)
    ((_, placed),) = store.load(tmp_path).unsettled
    record = store.load(tmp_path).record(placed.record)
    last = record.attempts[-1].model_copy(update={"how": "stopped"})
    stopped = {"result": "stopped", "attempts": (last,)}
    records.write(record.model_copy(update=stopped), tmp_path)
    with store.resume(tmp_path) as open_store:
        open_store.add(batches.ended("0001", how="stopped", record=placed.record))
        assert open_store.unsettled("gpu-1")
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    assert check(tmp_path, servers).jobs["0001"].attempts == 1
    assert len(histories(servers)) == 1


def test_a_success_whose_line_is_missing_needs_no_server(drivers, servers, tmp_path):
    lose(drivers, tmp_path, servers, KEPT)
    servers["gpu-1"].stop()
    servers["gpu-2"].stop()
    with store.resume(tmp_path) as open_store:
        gone = Client(address.read("http://127.0.0.1:9"))
        found = reconcile.reconcile(open_store, gone, "gpu-1", confirm_s=0.0)
        assert [line.how for line in found.lines] == ["success"]
    servers.clear()
    check(tmp_path, servers)


def test_a_staged_run_whose_server_was_restarted_goes_on_with_the_pass_that_was_sampled(
    drivers, servers, tmp_path
):
    lose(drivers, tmp_path, servers, ("prompt.after", 2), staged=True)  # the second pass
    servers["gpu-1"].restart()
    assert drivers.drive(tmp_path, addresses(servers), 1, staged=True).left == 0
    found = check(tmp_path, servers).jobs["0001"]
    assert found.attempts == 1 and found.success.adopted
    assert len(histories(servers)) == 2  # the second pass and the rest, and not the first one
    record = store.load(tmp_path).record(found.success.record)
    assert [attempt.how for attempt in record.attempts] == ["lost", "success"]
    assert len({id for attempt in record.attempts for id in attempt.prompt_ids}) == 4


def test_a_run_without_a_record_is_found_by_the_ids_of_its_prompts(drivers, servers, tmp_path):
    lose(drivers, tmp_path, servers)
    for file in tmp_path.glob("run-*.json"):
        file.unlink()
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    check(tmp_path, servers)
    assert len(histories(servers)) == 1


def test_outputs_that_are_fetched_only_keep_what_was_measured(drivers, servers, tmp_path):
    lose(drivers, tmp_path, servers, ("view.before", 1))
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    found = check(tmp_path, servers).jobs["0001"]
    record = store.load(tmp_path).record(found.success.record)
    assert record.timing is not None and record.timing.passes[0].steps_s


def test_the_prompts_of_others_are_left_alone(drivers, tmp_path):
    with EmbeddedServer(speed=2, faults=["busy with 2 prompts"]) as server:
        lose(drivers, tmp_path, {"gpu-1": server}, WAITS)
        with store.resume(tmp_path) as open_store:
            open_store.add(batches.set_aside("0001"))
            assert [line.how for line in _settled(open_store, server)] == ["stopped"]
        queue = client(server).queue()
        assert len(queue.running) + len(queue.pending) == 2


def _settled(open_store, server):
    return reconcile.reconcile(open_store, client(server), "gpu-1", confirm_s=0.0).lines


def test_a_prompt_that_arrives_after_everybody_has_looked_is_swept(drivers, tmp_path):
    with EmbeddedServer(speed=2) as server:
        lose(drivers, tmp_path, {"gpu-1": server}, WAITS)
        (placed,) = (placed for _, placed in store.load(tmp_path).unsettled)
        assert not reconcile.sweep(client(server), ["another"])
        assert not idle(server)
        assert len(reconcile.sweep(client(server), [placed.record])) == 1
        assert idle(server)


def test_outputs_for_which_the_disk_had_no_room_are_fetched_when_it_has(drivers, servers, tmp_path):
    full = drivers.drive(tmp_path, addresses(servers), 1, disk_is_full=True)
    assert full.left == 1
    (record,) = (
        store.load(tmp_path).record(placed.record) for _, placed in store.load(tmp_path).unsettled
    )
    assert record.result == "error" and record.not_fetched
    assert drivers.drive(tmp_path, addresses(servers), 1, disk_is_full=True).left == 1
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    found = check(tmp_path, servers).jobs["0001"]
    assert found.attempts == 1 and len(histories(servers)) == 1


def test_outputs_that_were_not_fetched_are_there_after_a_restart_too(drivers, servers, tmp_path):
    drivers.drive(tmp_path, addresses(servers), 1, disk_is_full=True)
    servers["gpu-1"].restart()
    assert drivers.drive(tmp_path, addresses(servers), 1).left == 0
    assert check(tmp_path, servers).jobs["0001"].attempts == 1
    assert not histories(servers)


def attempts(folder, job):
    record = store.load(folder).record(job.success.record)
    return [(each.after, each.how) for each in record.attempts]


def test_a_run_that_ran_out_of_memory_while_nobody_looked_is_tried_as_it_would_have_been(
    drivers, tmp_path
):
    with EmbeddedServer(speed=5000, faults=["oom at low.sampler"]) as server:
        lose(drivers, tmp_path, {"gpu-1": server}, WAITS)
        assert drivers.drive(tmp_path, {"gpu-1": server.url}, 1).left == 0
        found = check(tmp_path, {"gpu-1": server}).jobs["0001"]
        assert attempts(tmp_path, found) == [("", "error"), ("free", "success")]
        assert found.attempts == 1


def test_a_driver_that_dies_in_a_retry_leaves_the_retry_to_be_taken_over(drivers, tmp_path):
    with EmbeddedServer(speed=5000, faults=["oom at low.sampler"]) as server:
        lose(drivers, tmp_path, {"gpu-1": server}, ("prompt.after", 2))
        assert drivers.drive(tmp_path, {"gpu-1": server.url}, 1).left == 0
        found = check(tmp_path, {"gpu-1": server}).jobs["0001"]
        assert attempts(tmp_path, found) == [("", "error"), ("free", "success")]
        assert len(histories({"gpu-1": server})) == 2


def test_a_run_of_which_an_output_was_refused_is_no_success_when_it_is_taken_over(
    drivers, servers, tmp_path
):
    lose(drivers, tmp_path, servers)
    ((state, placed),) = store.load(tmp_path).unsettled
    with store.resume(tmp_path) as open_store:
        driver = Driver(tmp_path, addresses(servers), Points())
        job = driver._job(placed)
        # The server was given two outputs, and took one of them.
        prompt = {
            **job.prompt,
            "second": {"class_type": "SaveVideo", "inputs": {"filename_prefix": "x"}},
        }
        driver._job = lambda _: job._replace(prompt=prompt)
        remains = reconcile.look(client(servers["gpu-1"]), placed.record, tmp_path)
        waiting = reconcile.Waiting(state, placed, remains)
        driver._adopt(open_store, client(servers["gpu-1"]), waiting)
        assert open_store.jobs["0001"].ended[-1].how == "error"


_LOSSES = st.lists(
    st.one_of(
        st.tuples(
            st.just("kill"),
            st.sampled_from(
                """line.before line.torn line.after record.before record.after prompt.before prompt.after
                event.Submitted event.Step event.Ended view.before view.after place.before place.after
                lease.before lease.after""".split()
            ),
            st.integers(1, 6),
        ),
        st.tuples(st.just("restart"), st.sampled_from(["gpu-1", "gpu-2"])),
        st.just(("no record",)),
        st.just(("full disk",)),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=200 if IS_LONG else 3, deadline=None)
@given(losses=_LOSSES, staged=st.booleans())
def test_after_any_losses_in_any_order_every_job_succeeds_once(drivers, losses, staged):
    with (
        TemporaryDirectory() as name,
        EmbeddedServer(speed=5000) as one,
        EmbeddedServer(speed=5000) as two,
    ):
        servers, folder = {"gpu-1": one, "gpu-2": two}, Path(name)
        for loss, *how in losses:
            if loss == "kill":
                drivers.drive(folder, addresses(servers), 2, (how[0], how[1]), staged=staged)
            elif loss == "restart":
                servers[how[0]].restart()
            elif loss == "no record":
                # Only of runs that have no end: nobody deletes what is done, and expects it to be made again.
                for _, placed in (
                    store.load(folder).unsettled if (folder / store.PLAN).exists() else ()
                ):
                    store.record_file(folder, placed.record).unlink(missing_ok=True)
            else:
                drivers.drive(folder, addresses(servers), 2, staged=staged, disk_is_full=True)
        for _ in range(4):
            if drivers.drive(folder, addresses(servers), 2, staged=staged).left == 0:
                break
        check(folder, servers)
