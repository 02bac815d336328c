"""Downloads a model file: resumed, verified, and then put in its place: whole, or not there.

The bytes go into a draft next to the file, hidden and with an ending that ComfyUI does not list. After a
break it is resumed, by the next attempt or the next run. Only when size, sha256 and header are right does the
draft get the name of the file. The bytes come through `network/`, as everything does (docs/decisions.md).
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

from wan22dsl import disk
from wan22dsl.errors import (
    CommandError,
    ServerAnswered,
    ServerSilent,
    ServerTooLarge,
    ServerUnreachable,
    UnreadableFile,
)
from wan22dsl.model_files import header
from wan22dsl.network import download
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Attempts without a new byte before a download is given up, and the wait before each.
_WAITS_S = (1.0, 3.0, 10.0)

#: The longest wait that a server may ask for: the Hub counts requests in windows of five minutes.
_LONGEST_WAIT_S = 300.0

#: Answers after which another attempt may end in another way.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})

#: What a file may not be: unpickling one runs what its author wrote.
PICKLES = (".pth", ".pt", ".ckpt", ".bin", ".pkl", ".pt2")

#: Files whose header is looked at before they get their name.
_WITH_HEADER = (".safetensors", ".sft", ".gguf")

_CHUNK_BYTES = 8 * 1024**2

#: What the system says when there is no more room, or none for so large a file.
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Wanted(NamedTuple):
    """A file to download: from which address to which path, and what is known of it beforehand."""

    url: str
    target: str
    size_bytes: int | None = None
    sha256: str | None = None


class Fetched(NamedTuple):
    """A file that was downloaded. `verified_by` is "sha256", or "size" where no sha256 is known."""

    path: str
    size_bytes: int
    sha256: str
    verified_by: str


class FetchError(CommandError):
    """A file that could not be downloaded. Nothing is at its place that was not there before."""


class _Broken(Exception):
    """What came is not what it should be."""


def fetch(
    wanted: Wanted,
    token: str = "",
    progress: Callable[[int, int | None], None] | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Fetched:
    """Downloads a file. Raises FetchError; ServerUnreachable where nothing answers at the address.

    `progress` gets the bytes that are there, and how many there will be (None: not known).
    """
    name = os.path.basename(wanted.target)
    try:
        os.makedirs(os.path.dirname(wanted.target), exist_ok=True)
        return _fetched(wanted, token, progress, wait)
    except _Broken as error:
        raise FetchError(f"{name}: {error}") from None
    except OSError as error:
        if error.errno in _FULL:
            raise FetchError(
                f"{name}: the disk has no room for it; nothing of it was kept"
            ) from error
        raise FetchError(f"{name}: {disk.reason(error)}") from error


def _fetched(
    wanted: Wanted,
    token: str,
    progress: Callable[[int, int | None], None] | None,
    wait: Callable[[float], object],
) -> Fetched:
    is_useless = False
    try:
        with _draft(wanted.target) as draft:
            work = _Download(wanted, draft, token, progress, wait)
            try:
                return work.run()
            finally:
                is_useless = work.is_useless or not work.has_bytes
    finally:
        if is_useless:  # after it was closed: on Windows an open file cannot be removed
            with suppress(OSError):
                os.unlink(draft_of(wanted.target))


def draft_of(target: str) -> str:
    """Where a file is while it is downloaded."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{name[:200]}.part")


@contextmanager
def _draft(target: str) -> Iterator[BinaryIO]:
    """The draft, for this process alone."""
    try:
        with disk.draft(draft_of(target)) as file:
            yield file
    except disk.InUse:
        raise _Broken("another process is downloading it") from None
    except UnreadableFile as error:
        raise _Broken(f"{draft_of(target)} {error.reason}, which is in the way") from None


class _Download:
    """One file on its way. `is_useless` tells that what is in the draft must not be resumed."""

    def __init__(
        self,
        wanted: Wanted,
        draft: BinaryIO,
        token: str,
        progress: Callable[[int, int | None], None] | None,
        wait: Callable[[float], object],
    ) -> None:
        self._wanted, self._draft, self._token = wanted, draft, token
        self._progress, self._wait = progress, wait
        self._size_bytes = wanted.size_bytes
        self._sha256 = None if wanted.sha256 is None else wanted.sha256.lower()
        self._digest = sha256()
        self._restarts = 0
        self._version: str | None = None  # of the bytes that are there; None: not known
        self.is_useless = False

    @property
    def has_bytes(self) -> bool:
        """Whether there is anything in the draft, or it has its place already."""
        return self._draft.closed or os.fstat(self._draft.fileno()).st_size > 0

    def run(self) -> Fetched:
        done = os.fstat(self._draft.fileno()).st_size
        resumed = done > 0
        if self._size_bytes is not None and done > self._size_bytes:
            done, resumed = self._from_start(), False
        self._hash_what_is_there(done)
        done = self._all(done)
        try:
            self._verify(done)
        except _Broken:
            if not resumed:
                raise
            # What was there before may have been of another version: once more, from the start.
            done = self._all(self._from_start())
            self._verify(done)
        return self._put_in_place(done)

    def _from_start(self) -> int:
        self._draft.truncate(0)
        self._draft.seek(0)
        self._digest = sha256()
        return 0

    def _hash_what_is_there(self, done: int) -> None:
        self._draft.seek(0)
        left = done
        while left > 0:
            chunk = self._draft.read(min(_CHUNK_BYTES, left))
            if not chunk:
                break
            self._digest.update(chunk)
            left -= len(chunk)

    def _all(self, done: int) -> int:
        """Takes in what is missing, in several attempts, and gives how many bytes there are then."""
        failures = 0
        while self._size_bytes is None or done < self._size_bytes:
            before = done
            try:
                done = self._some(done)
                if self._size_bytes is None or done >= self._size_bytes:
                    return done
                reason: Exception = _Broken(
                    f"{self._host()} closed the connection in the middle of the file"
                )
            except ServerAnswered as error:
                if error.status == 416 and done:  # the file is shorter there than it said
                    self._from_start()
                    self._restarts += 1
                    if self._restarts > 1:
                        self.is_useless = True
                        raise _Broken(f"{error.server} does not send what it promises") from None
                elif error.status not in _PASSING:
                    raise _Broken(_told(error)) from None
                reason = error
            except ServerTooLarge as error:
                raise _Broken(str(error)) from None
            except ServerSilent as error:
                if isinstance(error, ServerUnreachable) and not done and not failures:
                    raise
                reason = error
            done = os.fstat(self._draft.fileno()).st_size
            failures = 0 if done > before else failures + 1
            asked_s = reason.retry_after_s if isinstance(reason, ServerAnswered) else None
            if asked_s is not None and asked_s > _LONGEST_WAIT_S:
                raise _Broken(f"{reason}, and wants to be left alone for {asked_s:,.0f} seconds")
            if failures > len(_WAITS_S):
                kept = f"; {done:,} bytes are kept, and the next run resumes there" if done else ""
                raise _Broken(f"{reason}{kept}")
            self._wait(max(_WAITS_S[max(0, failures - 1)], asked_s or 0.0))
        return done

    def _host(self) -> str:
        from wan22dsl.network import address

        return address.read(self._wanted.url).base.partition("/resolve/")[0]

    def _some(self, done: int) -> int:
        """One attempt: what comes from a byte on."""
        with download.opened(self._wanted.url, done, self._token) as stream:
            if stream.start != done:
                done = self._from_start()
            self._agree(stream.total_bytes, stream.sha256)
            if not done or self._goes_on(stream):
                self._version = stream.version
                return self._taken_in(stream, done)
        return self._some(self._from_start())

    def _goes_on(self, stream: download.Stream) -> bool:
        """Whether what comes belongs to what is there: without a sha256 nothing would find it out later."""
        return self._sha256 is not None or self._version == stream.version

    def _taken_in(self, stream: download.Stream, done: int) -> int:
        self._make_room(done)
        self._draft.seek(done)
        while chunk := stream.read():
            if self._size_bytes is not None and done + len(chunk) > self._size_bytes:
                self.is_useless = True
                raise _Broken(f"the server sends more than {self._size_bytes:,} bytes")
            self._write(chunk)
            done += len(chunk)
            if self._progress is not None:
                self._progress(done, self._size_bytes)
        return done

    def _agree(self, total_bytes: int | None, sha: str | None) -> None:
        """What the server says of the file has to be what is known of it."""
        if total_bytes is not None:
            if self._size_bytes is None:
                self._size_bytes = total_bytes
            elif total_bytes != self._size_bytes:
                self.is_useless = True
                raise _Broken(
                    f"the server has a file of {total_bytes:,} bytes, not of {self._size_bytes:,}"
                )
        if sha is not None:
            if self._sha256 is None:
                self._sha256 = sha
            elif sha != self._sha256:
                self.is_useless = True
                raise _Broken("the server has a file with another sha256")

    def _make_room(self, done: int) -> None:
        if self._size_bytes is None:
            return
        free = shutil.disk_usage(os.path.dirname(self._wanted.target)).free
        missing = self._size_bytes - done
        if missing > free:
            raise _Broken(f"the disk has {free:,} bytes free, and {missing:,} are missing")

    def _write(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        try:
            while view:
                count = self._draft.write(view)
                self._digest.update(view[:count])
                view = view[count:]
        except OSError as error:
            self.is_useless = error.errno in _FULL
            raise

    def _verify(self, done: int) -> None:
        if self._size_bytes is not None and done != self._size_bytes:
            raise _Broken(f"has {done:,} bytes instead of {self._size_bytes:,}")
        found = self._digest.hexdigest()
        if self._sha256 is not None and found != self._sha256:
            self.is_useless = True
            raise _Broken(f"what came has the sha256 {found}, not {self._sha256}")
        self.is_useless = False

    def _put_in_place(self, done: int) -> Fetched:
        draft = draft_of(self._wanted.target)
        if self._wanted.target.lower().endswith(_WITH_HEADER):
            try:
                header.read(draft)
            except UnreadableFile as error:
                self.is_useless = True
                raise _Broken(f"what came {error.reason}") from None
        os.fsync(self._draft.fileno())
        if os.name == "nt":
            self._draft.close()  # a file that is open cannot be renamed there
        os.replace(draft, self._wanted.target)
        by = "sha256" if self._sha256 is not None else "size"
        return Fetched(self._wanted.target, done, self._digest.hexdigest(), by)


def _told(error: ServerSilent | ServerAnswered) -> str:
    """An answer of the Hub, with what to do."""
    if isinstance(error, ServerAnswered) and error.status in (401, 403):
        return (
            f"{error.server} wants a login (HTTP {error.status}): set HF_TOKEN, or run `hf auth login`; "
            "a gated repository also needs your consent on its page"
        )
    if isinstance(error, ServerAnswered) and error.status == 404:
        return f"{error.server} does not have it (HTTP 404)"
    return str(error)
