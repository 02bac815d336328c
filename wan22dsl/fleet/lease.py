"""The right of one driver to a server for a while, seen by all drivers wherever they run.

It is a file on the server itself, `wan22dsl/lease-8188-000007.json` among those of its user; servers of one
machine may share these files, so it has the server's own port in its name. The highest number holds. Its
holder writes a counter into it again and again. Whoever waits watches: a counter that has not
changed for `STALE_S` of its own clock, while the server answered, is that of a driver that is gone, and the
next number may be taken. No clocks are compared. Taking a number is moving a file of our own to a name that
must be free, which only one of two can do.

A lease is never deleted by its holder, but given back, so that numbers only grow.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan22dsl import disk, user_folders
from wan22dsl.errors import ServerError, UnreadableFile
from wan22dsl.fleet.user_files import NoUserFiles, UserFiles
from wan22dsl.run.stats import system_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from wan22dsl.run.client import Client

#: How long a counter may stand still, and how often it is written.
STALE_S, RENEW_S = 60.0, 15.0

#: Between two looks, no more than this counts as time in which the holder could have written.
_MOST_BETWEEN_S = 10.0

FOLDER = "wan22dsl"

_LEASE = re.compile(r"lease-(\d{1,5})-(\d{6,9})\.json")
_CLAIM = re.compile(r"claim-[0-9a-f]{32}\.json")

#: So often a lease is tried for that changes hands while it is looked at.
_TRIES = 3


class Holder(NamedTuple):
    """Who holds a lease: a start of a driver, and its batch."""

    driver: str
    batch: str


class HeldBy(NamedTuple):
    """Another driver has the server. `unchanged_s` is for how long it has been seen to do nothing.

    What is not known of it is empty.
    """

    holder: Holder
    unchanged_s: float = 0.0
    reason: str = ""

    @property
    def words(self) -> str:
        """For people."""
        who = f"batch {self.holder.batch}" if self.holder.batch else "another driver"
        return f"held by {who}{f': {self.reason}' if self.reason else ''}"


class _Seen(NamedTuple):
    """A lease as it was read. `content` is without what is not known."""

    number: int
    holder: Holder
    renewals: int
    nonce: str
    is_released: bool


class Lease:
    """A lease that was taken. `note` says what it does not keep out; empty: it keeps out all drivers."""

    def __init__(
        self,
        files: UserFiles | None,
        holder: Holder,
        port: int = 0,
        number: int = 0,
        nonce: str = "",
        *,
        stack: ExitStack | None = None,
        note: str = "",
    ) -> None:
        self.holder, self.number, self.note = holder, number, note
        self._files, self._nonce, self._port = files, nonce, port
        self._stack = stack or ExitStack()
        self._count = 0
        self._is_over = False
        self._lock = threading.Lock()

    def is_mine(self) -> bool:
        """Whether the server says that it is ours. Raises ServerError."""
        if self._is_over:
            return False
        if self._files is None:
            return True
        try:
            numbers = _numbers(self._files.names(), self._port)
        except NoUserFiles:
            return False
        self._is_over = not numbers or max(numbers) != self.number
        return not self._is_over

    def renew(self) -> bool:
        """Shows the others that its holder is there; False where it is not ours any more.

        Raises ServerError where the server does not answer: then it is still ours, for now.
        """
        with self._lock:
            if not self.is_mine():
                return False
            if self._files is not None:
                self._count += 1
                with suppress(NoUserFiles):  # a full disk: whoever waits cannot write either
                    self._files.write(_name(self._port, self.number), self._content())
            return True

    def release(self) -> None:
        """Gives it back. Where the server does not answer, the others find it stale."""
        with self._lock:
            if not self._is_over and self._files is not None:
                with suppress(ServerError, NoUserFiles):
                    if self.is_mine():
                        content = {**self._content(), "released": True}
                        self._files.write(_name(self._port, self.number), content)
            self._is_over = True
            self._stack.close()

    @contextmanager
    def kept(self, every_s: float = RENEW_S) -> Iterator[None]:
        """Renews it in a thread of its own for as long as the context lasts."""
        stop = threading.Event()

        def renew() -> None:
            while not stop.wait(every_s):
                try:
                    if not self.renew():
                        return
                except ServerError:
                    continue

        thread = threading.Thread(target=renew, name="wan-lease", daemon=True)
        if self._files is not None:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            if thread.is_alive():
                thread.join(timeout=30)

    def _content(self) -> dict[str, Any]:
        return _content(self.holder, self._nonce, self._count)


class Claim:
    """A driver that wants a server. `take` is asked until it gives a lease; it waits for nothing.

    `gone` are drivers that are known to be gone: the earlier ones of the same batch, whose store is ours now.
    """

    def __init__(
        self,
        client: Client,
        holder: Holder,
        gone: Collection[str] = (),
        *,
        stale_s: float = STALE_S,
        now_s: Callable[[], float] = monotonic,
    ) -> None:
        self._files = UserFiles(client.address, FOLDER)
        self._client, self._gone = client, gone
        self._port: int | None = None
        self._holder, self._stale_s, self._now_s = holder, stale_s, now_s
        self._seen: tuple[int, int, str] | None = None
        self._looked_s = self._unchanged_s = 0.0

    def take(self) -> Lease | HeldBy:
        """The lease, or who has it now. Raises ServerError where the server does not answer."""
        if self._port is None:
            self._port = _port_of(self._client.system_stats())
        for _ in range(_TRIES):
            found = self._try(self._port)
            if found is not None:
                return found
        return HeldBy(Holder("", ""), 0.0, "several drivers try to take it")

    def _try(self, port: int) -> Lease | HeldBy | None:
        """One attempt; None where it has changed hands meanwhile."""
        try:
            names = self._files.names()
        except NoUserFiles as error:
            return self._here(str(error))
        number = max(_numbers(names, port), default=0)
        seen = None
        if number:
            seen = self._read(port, number)
            if seen is None:
                return None
            if not seen.is_released:
                if seen.holder.driver == self._holder.driver:
                    return Lease(self._files, self._holder, port, number, seen.nonce)
                self._watch(seen)
                if seen.holder.driver not in self._gone and self._unchanged_s < self._stale_s:
                    return HeldBy(seen.holder, self._unchanged_s)
        return self._claim(port, number + 1, seen, names)

    def _claim(
        self, port: int, number: int, seen: _Seen | None, names: tuple[str, ...]
    ) -> Lease | HeldBy | None:
        """Takes a number that is free."""
        nonce = uuid4().hex
        own, lease = f"claim-{nonce}.json", _name(port, number)
        try:
            self._files.write(own, _content(self._holder, nonce, 0))
            with suppress(ServerError):  # it may have been done all the same
                self._files.move(own, lease)
            got = self._read(port, number)
            is_highest = max(_numbers(self._files.names(), port), default=0) == number
        except NoUserFiles as error:
            if seen is None or seen.is_released:
                return self._here(str(error))
            return HeldBy(seen.holder, self._unchanged_s, f"it cannot be written ({error})")
        if got is None or got.nonce != nonce or not is_highest:
            with suppress(ServerError, NoUserFiles):
                self._files.delete(own if got is None or got.nonce != nonce else lease)
            return None
        # What is left of others: lower numbers, and claims of before of which nothing became.
        for name in names:
            if _numbers((name,), port) or _CLAIM.fullmatch(name):
                with suppress(ServerError, NoUserFiles):
                    self._files.delete(name)
        return Lease(self._files, self._holder, port, number, nonce)

    def _read(self, port: int, number: int) -> _Seen | None:
        """A lease; None where it is gone."""
        return _read(self._files, port, number)

    def _watch(self, seen: _Seen) -> None:
        """Counts for how long a lease has not changed, while the server answered."""
        now_s, what = self._now_s(), (seen.number, seen.renewals, seen.nonce)
        if self._seen != what:
            self._seen, self._unchanged_s = what, 0.0
        else:
            self._unchanged_s += min(now_s - self._looked_s, _MOST_BETWEEN_S)
        self._looked_s = now_s

    def _here(self, reason: str) -> Lease | HeldBy:
        """A lock on this machine, where the server keeps no files."""
        note = (
            f"{self._client.shown} keeps no files for its users ({reason}): a driver on another machine may "
            "use it at the same time"
        )
        cache = user_folders.cache_folder()
        if cache is None:
            return Lease(None, self._holder, note=f"{note}, and so may one on this machine")
        folder = Path(cache) / "leases"
        name = hashlib.sha256(self._client.address.base.encode()).hexdigest()[:32]
        stack = ExitStack()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(disk.draft(str(folder / f"{name}.lock")))
        except disk.InUse:
            return HeldBy(Holder("", ""), 0.0, "on this machine")
        except (OSError, UnreadableFile):
            return Lease(None, self._holder, note=f"{note}, and so may one on this machine")
        with suppress(OSError):
            file.truncate(0)
            file.write(json.dumps(_content(self._holder, "", 0)).encode() + b"\n")
        return Lease(None, self._holder, stack=stack, note=note)


def take(client: Client, holder: Holder, gone: Collection[str] = ()) -> Lease | HeldBy:
    """The lease of a server, or who has it. Who wants to find out that a holder is gone uses `Claim`."""
    return Claim(client, holder, gone).take()


def holder_of(client: Client, stats: Mapping[str, Any]) -> Holder | None:
    """Whose the lease of a server is, which may be a driver that is gone; None where it is nobody's, or the
    server keeps no files. `stats` is what the server says of itself. Raises ServerError.
    """
    files, port = UserFiles(client.address, FOLDER), _port_of(stats)
    try:
        number = max(_numbers(files.names(), port), default=0)
        seen = _read(files, port, number) if number else None
    except NoUserFiles:
        return None
    return None if seen is None or seen.is_released else seen.holder


def _read(files: UserFiles, port: int, number: int) -> _Seen | None:
    """A lease; None where it is gone. One that cannot be understood is somebody's."""
    found = files.read(_name(port, number))
    if found is None:
        return None
    count = found.get("count")
    return _Seen(
        number,
        Holder(_text(found.get("driver")), _text(found.get("batch"))),
        count if type(count) is int else -1,
        _text(found.get("nonce")),
        found.get("released") is True,
    )


def _port_of(stats: Mapping[str, Any]) -> int:
    """The port that a server was told to listen on, which need not be the one that we see; 0: not known."""
    words = system_of(stats).get("argv")
    text = " ".join(map(str, words)) if isinstance(words, list) else ""
    found = re.search(r"--port(?: |=)(\d{1,5})(?= |$)", text)
    return int(found[1]) if found else 0


def _numbers(names: tuple[str, ...], port: int) -> list[int]:
    """The numbers of the leases of a server."""
    found = map(_LEASE.fullmatch, names)
    return [int(each[2]) for each in found if each is not None and int(each[1]) == port]


def _name(port: int, number: int) -> str:
    return f"lease-{port}-{number:06}.json"


def _content(holder: Holder, nonce: str, count: int) -> dict[str, Any]:
    return {
        "driver": holder.driver,
        "batch": holder.batch,
        "nonce": nonce,
        "count": count,
        "released": False,
    }


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""
