"""Downloads from a server that breaks off, lies and runs the disk full: a file is whole, or not there."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.model_files import making
from wan22dsl.errors import ServerUnreachable
from wan22dsl.model_files.fetch import FetchError, Wanted, draft_of, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator


class Hub:
    """A server with one file. What it does wrong is set by a test."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.breaks_at: list[
            int
        ] = []  # absolute places at which it closes the connection, once each
        self.ignores_range = False
        self.says_size: int | None = None
        self.statuses: list[int] = []  # answers before the file
        self.retry_after = ""
        self.etags: list[str] = []  # of each answer with bytes
        self.coding = ""
        self.says_range = ""
        self.redirects_to = ""
        self.linked_sha256 = ""
        self.asked: list[dict[str, str]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return (
            f"http://127.0.0.1:{self._server.server_address[1]}/own/repo/resolve/main/a.safetensors"
        )

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append({**dict(request.headers.items()), "path": request.path})
        if self.statuses:
            status = self.statuses.pop(0)
            if not self.retry_after:
                request.send_error(status)
                return
            request.send_response(status)
            request.send_header("Retry-After", self.retry_after)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if self.redirects_to and not request.path.startswith("/cdn"):
            request.send_response(302)
            request.send_header("Location", self.redirects_to)
            if self.linked_sha256:
                request.send_header("X-Linked-Etag", f'"{self.linked_sha256}"')
                request.send_header("X-Linked-Size", str(len(self.data)))
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        start = 0
        match = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if match and not self.ignores_range:
            start = int(match[1])
        if start and start >= len(self.data):
            request.send_error(416)
            return
        size = len(self.data) if self.says_size is None else self.says_size
        request.send_response(206 if start else 200)
        if start:
            said = self.says_range or f"bytes {start}-{size - 1}/{size}"
            request.send_header("Content-Range", said)
        if self.etags:
            request.send_header("ETag", self.etags.pop(0))
        if self.coding:
            request.send_header("Content-Encoding", self.coding)
        request.send_header("Content-Length", str(size - start))
        request.end_headers()
        end = len(self.data)
        stops = [at for at in self.breaks_at if at >= start]
        if stops:
            end = stops[0]
            self.breaks_at.remove(end)
        try:
            request.wfile.write(self.data[start:end])
            request.wfile.flush()
        except OSError:
            pass
        request.close_connection = True


def model_bytes(tmp_path: Path, pad: int = 3_000_000) -> bytes:
    """A small model file whose weights are not all alike."""
    header, weights = making.document({"a.weight": ("U8", (pad,))})
    import struct

    body = (bytes(range(251)) * (weights // 251 + 1))[:weights]
    return struct.pack("<Q", len(header)) + header + body


@pytest.fixture
def hub(tmp_path) -> Iterator[Hub]:
    server = Hub(model_bytes(tmp_path))
    yield server
    server.stop()


def wanted(hub: Hub, tmp_path: Path, **others: Any) -> Wanted:
    known = {"size_bytes": len(hub.data), "sha256": hashlib.sha256(hub.data).hexdigest(), **others}
    return Wanted(hub.url, str(tmp_path / "loras" / "a.safetensors"), **known)


def is_whole(hub: Hub, tmp_path: Path) -> bool:
    folder = tmp_path / "loras"
    return [each.name for each in folder.iterdir()] == ["a.safetensors"] and (
        (folder / "a.safetensors").read_bytes() == hub.data
    )


def is_not_there(tmp_path: Path, *, draft_bytes: int | None = None) -> bool:
    """No file under its name; and what is kept for resuming has so many bytes."""
    folder = tmp_path / "loras"
    draft = folder / ".a.safetensors.part"
    left = {each.name for each in folder.iterdir()} if folder.exists() else set()
    if draft_bytes is None:
        return not left
    return left == {draft.name} and draft.stat().st_size == draft_bytes


def no_wait(seconds: float) -> None:
    """Time does not pass in tests."""


def test_a_file_is_downloaded_and_verified(hub, tmp_path):
    seen = []
    got = fetch(wanted(hub, tmp_path), progress=lambda done, size: seen.append((done, size)))
    assert is_whole(hub, tmp_path)
    assert (got.verified_by, got.size_bytes) == ("sha256", len(hub.data))
    assert seen[-1] == (len(hub.data), len(hub.data))
    assert len(hub.asked) == 1


def test_a_broken_connection_is_resumed_at_the_byte_where_it_broke(hub, tmp_path):
    hub.breaks_at = [1_000_000, 2_000_000]
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)
    ranges = [each.get("Range") for each in hub.asked]
    assert ranges == [None, "bytes=1000000-", "bytes=2000000-"]


def test_a_download_that_never_moves_on_ends_and_keeps_what_came(hub, tmp_path):
    hub.breaks_at = [1_000_000] * 9
    with pytest.raises(FetchError, match="1,000,000 bytes are kept"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path, draft_bytes=1_000_000)
    hub.breaks_at = []
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)
    assert hub.asked[-1]["Range"] == "bytes=1000000-"


def test_a_server_that_cannot_resume_sends_all_of_it_again(hub, tmp_path):
    hub.ignores_range = True
    hub.breaks_at = [1_000_000]
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)


def test_a_wrong_hash_leaves_nothing(hub, tmp_path):
    with pytest.raises(FetchError, match="sha256"):
        fetch(wanted(hub, tmp_path, sha256="0" * 64), wait=no_wait)
    assert is_not_there(tmp_path)


def test_a_draft_of_another_version_is_downloaded_anew(hub, tmp_path):
    draft = tmp_path / "loras" / ".a.safetensors.part"
    draft.parent.mkdir()
    draft.write_bytes(b"x" * 500_000)
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)
    assert [each.get("Range") for each in hub.asked] == ["bytes=500000-", None]


def test_a_draft_that_is_longer_than_the_file_is_downloaded_anew(hub, tmp_path):
    draft = tmp_path / "loras" / ".a.safetensors.part"
    draft.parent.mkdir()
    draft.write_bytes(b"x" * (len(hub.data) + 1))
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)


@pytest.mark.parametrize("lie", [-1, 1, 10**10])
def test_a_server_that_states_another_size_is_not_believed(lie, hub, tmp_path):
    hub.says_size = len(hub.data) + lie
    with pytest.raises(FetchError, match="the server has a file of"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path)


def test_a_server_that_promises_more_than_it_sends_is_found_out_without_a_known_size(hub, tmp_path):
    hub.says_size = len(hub.data) + 1000
    with pytest.raises(FetchError):
        fetch(wanted(hub, tmp_path, size_bytes=None, sha256=None), wait=no_wait)
    assert not (tmp_path / "loras" / "a.safetensors").exists()


def test_a_file_of_which_nothing_is_known_is_verified_by_its_size_and_header(hub, tmp_path):
    got = fetch(wanted(hub, tmp_path, size_bytes=None, sha256=None), wait=no_wait)
    assert got.verified_by == "size"
    assert is_whole(hub, tmp_path)
    hub.data = b"<!DOCTYPE html><html>Sign in</html>"
    (tmp_path / "loras" / "a.safetensors").unlink()
    with pytest.raises(FetchError, match="web page"):
        fetch(wanted(hub, tmp_path, size_bytes=None, sha256=None), wait=no_wait)
    assert is_not_there(tmp_path)


def test_the_sha256_that_the_hub_states_counts_where_none_is_known(hub, tmp_path):
    hub.redirects_to = "/cdn/a?Signature=a%2Bb~c&Key=1"
    hub.linked_sha256 = "0" * 64
    with pytest.raises(FetchError, match="sha256"):
        fetch(wanted(hub, tmp_path, size_bytes=None, sha256=None), wait=no_wait)
    assert is_not_there(tmp_path)
    hub.linked_sha256 = hashlib.sha256(hub.data).hexdigest()
    got = fetch(wanted(hub, tmp_path, size_bytes=None, sha256=None), wait=no_wait)
    assert got.verified_by == "sha256"
    assert hub.asked[-1]["path"] == hub.redirects_to
    with pytest.raises(FetchError, match="another sha256"):
        fetch(wanted(hub, tmp_path, sha256="1" * 64), wait=no_wait)


def test_a_token_goes_to_the_host_that_was_asked_and_no_other(hub, tmp_path):
    other = Hub(hub.data)
    try:
        hub.redirects_to = other.url.replace("/own/repo/resolve/main/", "/cdn/")
        fetch(wanted(hub, tmp_path), token="hf_secret", wait=no_wait)
        assert hub.asked[0]["Authorization"] == "Bearer hf_secret"
        assert all("Authorization" not in each for each in other.asked)
        assert is_whole(hub, tmp_path)
    finally:
        other.stop()


def test_endless_redirects_end(hub, tmp_path):
    hub.redirects_to = "/again"
    with pytest.raises(FetchError, match="redirects again and again"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    hub.redirects_to = "file:///etc/passwd"
    with pytest.raises(FetchError, match="not an address"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path)


@pytest.mark.parametrize(
    ("status", "words"), [(401, "HF_TOKEN"), (403, "HF_TOKEN"), (404, "does not have it")]
)
def test_what_the_hub_refuses_is_told_with_what_to_do(status, words, hub, tmp_path):
    hub.statuses = [status]
    with pytest.raises(FetchError, match=words):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path)


def test_a_passing_fault_is_waited_out(hub, tmp_path):
    hub.statuses = [503, 429]
    waited: list[float] = []
    fetch(wanted(hub, tmp_path), wait=waited.append)
    assert waited == [1.0, 3.0]
    assert is_whole(hub, tmp_path)


def test_a_server_that_asks_for_a_longer_wait_gets_it(hub, tmp_path):
    hub.statuses, hub.retry_after = [429], "120"
    waited: list[float] = []
    fetch(wanted(hub, tmp_path), wait=waited.append)
    assert waited == [120.0]
    assert is_whole(hub, tmp_path)


@pytest.mark.parametrize("value", ["3601", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_a_wait_that_is_too_long_is_told_and_not_waited(value, hub, tmp_path):
    hub.statuses, hub.retry_after = [429], value
    with pytest.raises(FetchError, match="wants to be left alone for"):
        fetch(wanted(hub, tmp_path), wait=pytest.fail)
    assert is_not_there(tmp_path)


@pytest.mark.parametrize("value", ["soon", "-1", "Wed, 21 Oct 2015 07:28:00 GMT", "1e9"])
def test_a_wait_that_is_none_changes_nothing(value, hub, tmp_path):
    hub.statuses, hub.retry_after = [503], value
    waited: list[float] = []
    fetch(wanted(hub, tmp_path), wait=waited.append)
    assert waited == [1.0]


@pytest.mark.parametrize("etags", [['"one"', '"two"', '"two"'], ['"one"', "", ""]])
def test_parts_of_two_versions_are_not_put_together(etags, hub, tmp_path):
    """Without a known sha256 nothing else would find it out."""
    hub.breaks_at, hub.etags = [1_000_000], list(etags)
    first = hub.data
    answer = hub.answer

    def changing(request: BaseHTTPRequestHandler) -> None:
        answer(request)
        hub.data = first[:-1_500_000] + first[-1_500_000:][::-1]

    hub.answer = changing  # type: ignore[method-assign]
    fetch(wanted(hub, tmp_path, sha256=None), wait=no_wait)
    assert is_whole(hub, tmp_path)
    assert [each.get("Range") for each in hub.asked] == [None, "bytes=1000000-", None]


def test_parts_of_one_version_are_put_together_without_a_sha256(hub, tmp_path):
    hub.breaks_at, hub.etags = [1_000_000], ['"one"', '"one"']
    fetch(wanted(hub, tmp_path, sha256=None), wait=no_wait)
    assert is_whole(hub, tmp_path)
    assert [each.get("Range") for each in hub.asked] == [None, "bytes=1000000-"]


def test_a_draft_of_an_earlier_run_is_not_trusted_where_no_sha256_is_known(hub, tmp_path):
    target = tmp_path / "loras" / "a.safetensors"
    target.parent.mkdir()
    Path(draft_of(str(target))).write_bytes(hub.data[:500_000] + b"other version")
    fetch(wanted(hub, tmp_path, sha256=None), wait=no_wait)
    assert is_whole(hub, tmp_path)


def test_a_server_that_resumes_at_another_byte_sends_all_of_it_again(hub, tmp_path):
    hub.breaks_at, hub.says_range = [1_000_000], "bytes 5-9/10"
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)


def test_a_compressed_answer_is_told(hub, tmp_path):
    hub.coding = "gzip"
    with pytest.raises(FetchError, match="compresses the file"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path)


def test_nobody_at_the_address_is_told_at_once(hub, tmp_path):
    hub.stop()
    with pytest.raises(ServerUnreachable):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path)
    hub.stop = lambda: None  # type: ignore[method-assign]


def test_the_old_file_stays_until_the_new_one_is_whole(hub, tmp_path):
    target = tmp_path / "loras" / "a.safetensors"
    target.parent.mkdir()
    target.write_bytes(b"old")
    with pytest.raises(FetchError):
        fetch(wanted(hub, tmp_path, sha256="0" * 64), wait=no_wait)
    assert target.read_bytes() == b"old"
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind there")
def test_a_full_disk_leaves_nothing_under_the_name_and_no_draft(hub, tmp_path):
    code = f"""
import resource, signal
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
from wan22dsl.model_files.fetch import FetchError, Wanted, fetch
try:
    fetch(Wanted({hub.url!r}, {str(tmp_path / "loras" / "a.safetensors")!r}, {len(hub.data)}))
except FetchError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "the disk has no room" in done.stdout
    assert is_not_there(tmp_path)


def test_a_file_that_does_not_fit_the_disk_is_refused_before_a_byte_is_written(
    hub, tmp_path, monkeypatch
):
    import shutil
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1000))
    with pytest.raises(FetchError, match="1,000 bytes free"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_not_there(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no links without rights there")
def test_a_link_in_the_place_of_the_draft_is_not_followed(hub, tmp_path):
    (tmp_path / "loras").mkdir()
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    Path(draft_of(str(tmp_path / "loras" / "a.safetensors"))).symlink_to(victim)
    with pytest.raises(FetchError, match="link"):
        fetch(wanted(hub, tmp_path), wait=no_wait)
    assert victim.read_bytes() == b"precious"


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl")
def test_two_downloads_of_one_file_do_not_mix(hub, tmp_path):
    import fcntl

    draft = tmp_path / "loras" / ".a.safetensors.part"
    draft.parent.mkdir()
    with draft.open("wb") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        with pytest.raises(FetchError, match="another process"):
            fetch(wanted(hub, tmp_path), wait=no_wait)


def test_ctrl_c_keeps_what_came_for_the_next_run(hub, tmp_path):
    def stop(done: int, size: int | None) -> None:
        if done > 1_500_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(wanted(hub, tmp_path), progress=stop, wait=no_wait)
    assert not (tmp_path / "loras" / "a.safetensors").exists()
    fetch(wanted(hub, tmp_path), wait=no_wait)
    assert is_whole(hub, tmp_path)
    assert "Range" in hub.asked[-1]
