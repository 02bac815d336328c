"""What has to be true of a batch when it is over, whatever has happened to it.

It is read from the folder as files, and asked of the servers over HTTP; nothing is asked of the code.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.fleet_processes import Place

#: How long a server that is alive may take to answer on a machine that has much to do, and how often it is
#: asked.
_PATIENCE_S, _TRIES = 60.0, 40

#: What the reason of a job that is set aside may not be: a full disk is waited for.
_DISK = ("File too large", "No space left", "full disk")

#: What outputs are called, by their ends.
_OUTPUTS = (".mp4", ".png", ".webp", ".latent")


class Found:
    """What a folder says of a batch. `broken` are the laws that do not hold, in words."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken: list[str] = []
        self.plan: dict[str, Any] = json.loads((folder / "batch.json").read_bytes())
        self.lines = self._lines()
        self.records = self._records()
        self.ends = [line for line in self.lines if line["line"] == "ended"]
        self.jobs = [job["id"] for job in self.plan["jobs"]]
        self.done = {line["job"]: line for line in self.ends if line["how"] == "success"}
        self.aside = {line["job"]: line for line in self.lines if line["line"] == "set aside"}

    def _lines(self) -> list[dict[str, Any]]:
        """All lines. A kill may tear one: what follows it begins on a line of its own."""
        found = []
        torn = 0
        for text in (self.folder / "batch.jsonl").read_bytes().splitlines():
            try:
                found.append(json.loads(text))
            except ValueError:
                torn += 1
        drivers = sum(line["line"] == "driver" for line in found)
        if torn > drivers:
            self.broken.append(f"{torn} lines are torn by {drivers} drivers")
        return found

    def _records(self) -> dict[str, dict[str, Any]]:
        found = {}
        for file in self.folder.glob("run-*.json"):
            try:
                record = json.loads(file.read_bytes())
            except ValueError:
                self.broken.append(f"{file.name} cannot be read")
                continue
            if file.name != f"run-{record['id']}.json":
                self.broken.append(f"{file.name} has the id {record['id']}")
            found[record["id"]] = record
        return found

    def check(self, exit_code: int) -> None:
        """Notes the laws that the folder breaks."""
        self._every_job_has_one_end()
        self._successes_are_whole()
        self._records_claim_nothing()
        self._outputs_have_owners()
        self._expect(exit_code == (1 if self.aside else 0), f"the exit code is {exit_code}")
        last = self.lines[-1] if self.lines else {}
        self._expect(
            (last.get("line"), last.get("how")) == ("batch ended", "complete"),
            f"the last line is {last}",
        )

    def _expect(self, holds: bool, words: str) -> None:
        if not holds:
            self.broken.append(words)

    def _every_job_has_one_end(self) -> None:
        successes = Counter(line["job"] for line in self.ends if line["how"] == "success")
        aside = Counter(line["job"] for line in self.lines if line["line"] == "set aside")
        for job in self.jobs:
            ends = successes[job] + aside[job]
            self._expect(ends == 1, f"job {job} has {ends} ends")
        self._expect(
            set(successes) | set(aside) <= set(self.jobs), "a job ended that the plan does not have"
        )
        for job, line in self.aside.items():
            self._expect(bool(line["reason"].strip()), f"job {job} is set aside without a reason")
            by_disk = any(words in line["reason"] for words in _DISK)
            self._expect(not by_disk, f"job {job} is set aside as the disk was full")
        attempts = Counter(
            (line["job"], line["attempt"]) for line in self.lines if line["line"] == "placed"
        )
        for (job, attempt), count in attempts.items():
            self._expect(count == 1, f"attempt {attempt} at job {job} is placed {count} times")
        for line in self.ends:
            key = (line["job"], line["attempt"])
            self._expect(key in attempts, f"an attempt ended that was not placed: {key}")

    def _successes_are_whole(self) -> None:
        for job, line in self.done.items():
            record = self.records.get(line["record"] or "")
            if record is None:
                self.broken.append(f"job {job}: the record {line['record']} is not there")
                continue
            self._expect(record["result"] == "success", f"job {job}: record {record['result']}")
            self._expect(not record["not_fetched"], f"job {job}: {record['not_fetched']}")
            self._expect(record["batch"]["job"] == job, f"job {job}: record of {record['batch']}")
            self._expect(bool(record["outputs"]), f"job {job} has no outputs")
            for output in record["outputs"]:
                file = self.folder / output["path"].rpartition("/")[2]
                if not file.is_file():
                    self.broken.append(f"job {job}: {file.name} is not there")
                elif sha256(file.read_bytes()).hexdigest() != output["sha256"]:
                    self.broken.append(f"job {job}: {file.name} is not what the record says")

    def _records_claim_nothing(self) -> None:
        counted = {line["record"] for line in self.ends if line["how"] == "success"}
        settled = {line["record"] for line in self.ends if line["how"] != "lost"}
        for id, record in self.records.items():
            if record["result"] == "success":
                self._expect(id in counted, f"record {id} claims a success that no line has")
            if record["result"] == "unfinished":
                self._expect(id not in settled, f"record {id} is unfinished, and its attempt over")

    def _outputs_have_owners(self) -> None:
        named = Counter(
            output["path"].rpartition("/")[2]
            for record in self.records.values()
            for output in record["outputs"]
        )
        for name, count in named.items():
            self._expect(count == 1, f"{count} records name {name}")
        for file in self.folder.iterdir():
            if file.suffix in _OUTPUTS and not file.name.startswith("."):
                mine = file.name in named or file.stem.endswith("-last")
                self._expect(mine, f"{file.name} is of no record")

    def check_servers(self, places: Iterable[Place]) -> int:
        """Notes what is left on the servers; the number of prompts that they know to have made."""
        made = 0
        for place in places:
            queue = _get(place, "/queue")
            left = [entry[1] for entry in (*queue["queue_running"], *queue["queue_pending"])]
            self._expect(not left, f"{place.name} still has prompts: {left}")
            history = _get(place, "/history")
            ends = [entry["status"] or {} for entry in history.values()]
            made += sum(end.get("status_str") == "success" for end in ends)
            for name in _leases(place):
                lease = _get(place, f"/userdata/{quote(f'wan22dsl/{name}', safe='')}")
                self._expect(bool(lease.get("released")), f"{place.name} has a lease: {lease}")
        return made

    @property
    def unsettled(self) -> list[str]:
        """Attempts of which nobody has said what became of them."""
        over = {
            (line["job"], line["attempt"])
            for line in self.ends
            if line["how"] != "lost" or line["is_settled"]
        }
        return [
            f"attempt {line['attempt']} at {line['job']} on {line['server']}"
            for line in self.lines
            if line["line"] == "placed" and (line["job"], line["attempt"]) not in over
        ]


def _leases(place: Place) -> list[str]:
    """The newest lease of a server, if it has one: the others are what is left of before."""
    names = _get(place, "/userdata?dir=wan22dsl") or []
    own = sorted(name for name in names if name.startswith(f"lease-{place.port}-"))
    return own[-1:]


def _get(place: Place, path: str) -> Any:
    """What a server says; None where it has nothing of that name. Its own faults may still come."""
    for turn in range(_TRIES):
        try:
            with urlopen(f"{place.url}{path}", timeout=_PATIENCE_S) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                if error.code == HTTPStatus.NOT_FOUND:
                    return None
                if turn + 1 == _TRIES:
                    raise
        except (ValueError, OSError, HTTPException):
            if turn + 1 == _TRIES:
                raise
    raise AssertionError("it returns or raises")
