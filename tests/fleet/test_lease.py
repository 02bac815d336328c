"""The lease of a server: one driver has it, whoever is gone loses it, and nobody's clock counts."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.serving import Client as Plain
from wan22dsl.errors import ServerError
from wan22dsl.fleet import lease
from wan22dsl.fleet.lease import Claim, HeldBy, Holder, Lease
from wan22dsl.fleet.user_files import UserFiles
from wan22dsl.network import address
from wan22dsl.run.client import Client
from wan22dsl.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE, TWO, THREE = (Holder(f"driver-{n}", f"batch-{n}") for n in (1, 2, 3))


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(speed=5000) as found:
        yield found


def client(server: EmbeddedServer) -> Client:
    return Client(address.read(server.url))


def claim(server: EmbeddedServer, holder: Holder, now_s: Any = None) -> Claim:
    return Claim(client(server), holder, now_s=now_s or Clock())


def names(server: EmbeddedServer) -> list[str]:
    return sorted(Plain(server).get("/userdata?dir=wan22dsl").json())


def test_one_of_two_has_it_until_it_is_given_back(server):
    first = claim(server, ONE).take()
    assert isinstance(first, Lease) and first.is_mine() and not first.note
    held = claim(server, TWO).take()
    assert held == HeldBy(ONE) and held.words == "held by batch batch-1"
    assert first.renew()
    first.release()
    assert not first.is_mine()
    second = claim(server, TWO).take()
    assert isinstance(second, Lease) and second.number == first.number + 1
    assert names(server) == ["lease-0-000002.json"]


def test_a_holder_that_renews_keeps_it_and_one_that_does_not_is_taken_for_gone(server):
    clock = Clock()
    first, waiting = claim(server, ONE).take(), claim(server, TWO, clock)
    for _ in range(30):
        clock.now_s += 9.0
        assert first.renew()
        assert isinstance(waiting.take(), HeldBy)
    for _ in range(6):
        clock.now_s += 9.0
        held = waiting.take()
    assert isinstance(held, HeldBy) and held.unchanged_s == 54.0
    clock.now_s += 9.0
    second = waiting.take()
    assert isinstance(second, Lease)
    assert not first.is_mine() and not first.renew()
    first.release()  # what is not its own it does not give back
    assert second.is_mine() and second.renew()
    assert isinstance(claim(server, ONE).take(), HeldBy)


def test_time_in_which_the_server_was_not_asked_does_not_count(server):
    clock = Clock()
    first, waiting = claim(server, ONE).take(), claim(server, TWO, clock)
    assert isinstance(waiting.take(), HeldBy)
    clock.now_s += 3600.0  # the server was away, or this machine slept
    held = waiting.take()
    assert isinstance(held, HeldBy) and held.unchanged_s < lease.STALE_S
    assert first.is_mine()


def test_the_clocks_of_the_holder_and_of_the_server_do_not_matter(server):
    assert isinstance(claim(server, ONE).take(), Lease)
    content = json.loads(Plain(server).get("/userdata/wan22dsl%2Flease-0-000001.json").body)
    assert set(content) == {"driver", "batch", "nonce", "count", "released"}


def test_a_driver_that_resumes_a_batch_has_its_servers_at_once(server):
    first = claim(server, ONE).take()
    again = ONE._replace(driver="another")
    # The folder may have been copied: only a driver of before of this very folder is known to be gone.
    assert isinstance(claim(server, again).take(), HeldBy)
    resumed = Claim(client(server), again, [ONE.driver]).take()
    assert isinstance(resumed, Lease) and not first.is_mine()


def test_a_driver_that_asks_again_gets_what_it_has(server):
    first = claim(server, ONE).take()
    again = claim(server, ONE).take()
    assert isinstance(again, Lease) and again.number == first.number
    assert again.renew() and first.is_mine()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"count": "x"}', b"\xff" * 900])
def test_a_lease_that_cannot_be_read_is_somebodys_until_it_is_stale(server, damage):
    Plain(server).call("POST", "/userdata/wan22dsl%2Flease-0-000004.json", damage)
    clock = Clock()
    waiting = claim(server, ONE, clock)
    assert isinstance(waiting.take(), HeldBy)
    for _ in range(7):
        clock.now_s += 9.0
        found = waiting.take()
    assert isinstance(found, Lease) and found.number == 5
    assert names(server) == ["lease-0-000005.json"]


def test_of_many_drivers_at_once_exactly_one_has_it(server):
    for round in range(5):
        taken = race(server, [Holder(f"{round}-{n}", f"{round}-{n}") for n in range(8)])
        assert len(taken) == 1 and taken[0].is_mine()
        taken[0].release()
    assert len([name for name in names(server) if name.startswith("lease")]) == 1


def race(server: EmbeddedServer, holders: list[Holder]) -> list[Lease]:
    """What drivers get that begin at the same moment."""
    barrier = threading.Barrier(len(holders))
    found: list[Lease | HeldBy] = []

    def run(holder: Holder) -> None:
        own = claim(server, holder)
        barrier.wait()
        found.append(own.take())

    threads = [threading.Thread(target=run, args=(holder,)) for holder in holders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(holders)
    return [each for each in found if isinstance(each, Lease)]


class Interleaved(UserFiles):
    """Lets another driver act before each request."""

    before: Any = None

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name in ("names", "read", "write", "move", "delete"):
            act, Interleaved.before = Interleaved.before, None
            if act is not None:
                Interleaved.before = act(name)
        return found


def test_whatever_another_driver_does_between_two_requests_at_most_one_has_it(server, monkeypatch):
    """Another driver takes it, or takes it and gives it back, before the n-th request."""
    for gives_back in (False, True):
        for number in range(9):
            mine, other = Holder(f"m{number}", f"m{number}"), Holder(f"o{number}", f"o{number}")
            got: list[Lease | HeldBy] = []

            def act(name, left=number, other=other, gives_back=gives_back, got=got):
                if left:
                    return lambda name: act(name, left - 1)
                got.append(claim(server, other).take())
                if gives_back and isinstance(got[0], Lease):
                    got[0].release()
                return None

            own = claim(server, mine)
            own._files.__class__ = Interleaved
            Interleaved.before = act
            found = own.take()
            Interleaved.before = None
            holding = [each for each in (found, *got) if isinstance(each, Lease) and each.is_mine()]
            assert len(holding) <= 1
            assert holding or gives_back
            for each in holding:
                each.release()


def test_what_killed_drivers_have_left_of_claims_is_removed(server):
    Plain(server).call("POST", f"/userdata/wan22dsl%2Fclaim-{'a' * 32}.json", b"{}")
    Plain(server).call("POST", "/userdata/wan22dsl%2Fnotes.json", b"{}")
    assert isinstance(claim(server, ONE).take(), Lease)
    assert names(server) == ["lease-0-000001.json", "notes.json"]


def test_a_move_whose_answer_is_lost_is_found_out_by_reading(server, monkeypatch):
    real = UserFiles.move

    def move(self, *given):
        real(self, *given)
        raise ServerError("the server", "closed the connection in the middle of an answer")

    monkeypatch.setattr(UserFiles, "move", move)
    found = claim(server, ONE).take()
    assert isinstance(found, Lease) and found.is_mine()


@pytest.mark.parametrize("status", [404, 403, 405, 500, 507])
def test_a_server_that_keeps_no_files_is_locked_on_this_machine_and_that_is_said(
    status, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with EmbeddedServer(speed=5000, faults=[f"fail /userdata with {status} always"]) as server:
        first = claim(server, ONE).take()
        assert isinstance(first, Lease) and "keeps no files for its users" in first.note
        assert first.renew()
        held = claim(server, TWO).take()
        assert isinstance(held, HeldBy) and "on this machine" in held.words
        first.release()
        second = claim(server, TWO).take()
        assert isinstance(second, Lease)
        second.release()


def test_a_disk_that_is_full_does_not_take_a_server_from_its_holder(server, monkeypatch):
    first = claim(server, ONE).take()
    clock = Clock()
    waiting = claim(server, TWO, clock)
    monkeypatch.setattr("wan22dsl.server.user_store.MOST_TOTAL_BYTES", 0)
    for _ in range(9):
        held = waiting.take()
        assert isinstance(held, HeldBy)
        clock.now_s += 9.0
    assert "cannot be written" in held.words
    assert first.renew() and first.is_mine()


def test_a_server_that_does_not_answer_is_an_error_and_not_a_lease(server):
    first = claim(server, ONE).take()
    own = claim(server, TWO)
    server.stop()
    with pytest.raises(ServerError):
        own.take()
    with pytest.raises(ServerError):
        first.renew()
    first.release()


def test_it_is_renewed_as_long_as_the_context_lasts(server):
    first = claim(server, ONE).take()
    read = UserFiles(address.read(server.url), "wan22dsl").read
    with first.kept(every_s=0.02):
        count = 0
        while count < 3:
            count = read("lease-0-000001.json")["count"]
    assert not [each for each in threading.enumerate() if each.name == "wan-lease"]
    first.release()
    assert read("lease-0-000001.json")["released"] is True


def test_servers_that_share_their_files_have_leases_of_their_own(server, monkeypatch):
    stats = Client.system_stats

    def on(port):
        def told(self):
            found = stats(self)
            return {**found, "system": {**found["system"], "argv": ["main.py", "--port", port]}}

        monkeypatch.setattr(Client, "system_stats", told)

    on("8188")
    first = claim(server, ONE).take()
    assert isinstance(claim(server, TWO).take(), HeldBy)
    on("8189")
    second = claim(server, TWO).take()
    assert isinstance(second, Lease) and first.renew() and second.renew()
    assert names(server) == ["lease-8188-000001.json", "lease-8189-000001.json"]
