"""Snapshots next to records: once each, whole, whoever writes them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.machine.nvml import RTX_4090, Nvml
from tests.machine.serving import START
from tests.machine.test_difference import of_server
from wan22dsl.machine.snapshot import take
from wan22dsl.run import snapshots

if TYPE_CHECKING:
    from wan22dsl.machine.snapshot import Snapshot


def snapshot() -> Snapshot:
    return take(nvml=Nvml(RTX_4090))


def test_one_snapshot_is_written_once(tmp_path):
    first, second = snapshot(), snapshot()
    file = snapshots.keep(first, tmp_path)
    written = file.stat()
    assert snapshots.keep(second, tmp_path) == file
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (written.st_mtime_ns, written.st_ino)
    assert [path.name for path in tmp_path.iterdir()] == [f"snapshot-{first.digest[:16]}.json"]


def test_many_at_once_leave_one_whole_file(tmp_path):
    found = snapshot()
    threads = [threading.Thread(target=snapshots.keep, args=(found, tmp_path)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.iterdir())) == 1
    kept = snapshots.find(tmp_path, found.digest)
    assert kept is not None and kept.data == found.data


def test_a_damaged_file_is_written_anew(tmp_path):
    found = snapshot()
    file = snapshots.file_of(tmp_path, found.digest)
    file.write_text("{")
    assert snapshots.find(tmp_path, found.digest) is None
    snapshots.keep(found, tmp_path)
    assert snapshots.find(tmp_path, found.digest) is not None


def test_one_with_the_lines_of_the_start_replaces_one_without_and_not_the_other_way(tmp_path):
    late, early = of_server("got prompt"), of_server(*START)
    for found in (late, early, late):
        snapshots.keep(found, tmp_path)
    kept = snapshots.find(tmp_path, early.digest)
    assert kept is not None and kept.data["started"]["attention"] == "sage"
