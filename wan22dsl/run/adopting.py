"""Takes over a run that an earlier process began: waits for its prompts, fetches what is missing, and
completes its record with what can be known.

Nothing is sent while the server has a prompt of the run. What follows after that is what the earlier process
would have done: the next part of a staged run, or the retry after running out of memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.errors import CommandError
from wan22dsl.run import execute, fetching, store
from wan22dsl.run.download import Fetched
from wan22dsl.run.earlier import earlier_of
from wan22dsl.run.events import Downloaded
from wan22dsl.run.record import model_of
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.run.client import Client
    from wan22dsl.run.clocks import Timeline
    from wan22dsl.run.earlier import Remains
    from wan22dsl.run.events import Event
    from wan22dsl.run.job import Job, Options
    from wan22dsl.run.machine import MachineOfRun
    from wan22dsl.run.models.record import QualityOfOutput, RunRecord
    from wan22dsl.run.record import Host


class Adoption(NamedTuple):
    """The result, as `execute.Done`, with the record as it is in its file."""

    record: RunRecord
    file: Path | None
    note: str = ""
    is_written: bool = True

    @property
    def ok(self) -> bool:
        """Whether the video is there."""
        return self.record.result == "success"


class Adopted:
    """A run that is taken over. `remains` is what its server has of it, and is not "unknown".

    `job` is what the run was of, with the id of the run.
    """

    def __init__(
        self,
        client: Client,
        host: Host,
        job: Job,
        options: Options,
        tell: Callable[[Event], None],
        remains: Remains,
        timeline: Timeline | None = None,
        machine: MachineOfRun | None = None,
        each: Callable[[], None] = lambda: None,
    ) -> None:
        assert job.id == remains.run, "the job of another run"
        self._client, self._host, self._job, self._options = client, host, job, options
        self._say, self._remains = tell, remains
        self._timeline = timeline or execute.timeline_of(host)
        self._machine = machine
        self._each = each

    def run(self) -> Adoption:
        """Brings it to an end and leaves its record. Raises ServerError, and CommandError where the folder
        cannot be written to or the server says that there is nothing to be had.
        """
        record = self._remains.record
        if record is not None and self._remains.is_fetched_only:
            return self._fetched(record)
        done = execute.Run(
            self._client,
            self._host,
            self._job,
            self._options,
            self._say,
            self._timeline,
            self._machine,
            earlier_of(self._remains),
            self._each,
        ).run()
        found = model_of(done.record)
        if record is None or done.file is None:
            return Adoption(found, done.file, done.note, done.is_written)
        # What was sent is what the record says, also where this version would compile it otherwise.
        same = ("wan22dsl", "source", "parameters", "seed_shift", "target", "prompt", "not_counted")
        sent = found.model_copy(update={field: getattr(record, field) for field in same})
        file = store.write(sent, self._options.folder) if sent != found else done.file
        return Adoption(sent, file, done.note, done.is_written)

    def _fetched(self, record: RunRecord) -> Adoption:
        """All prompts were seen to their end: what was measured of them stays."""
        folder = self._options.folder
        store.prepare(folder)
        got = fetching.fetch(self._client, record, folder)
        for output in got.came:
            self._say(Downloaded(self._timeline.now(), output.path, output.size_bytes))
        found, note = got.record, "\n".join(got.problems)
        changes: dict[str, Any] = {}
        if found.result == "unfinished":
            changes["result"] = "error"
        if self._options.quality and found.outputs and found.quality is None:
            changes["quality"] = self._measured(found)
        found = found.model_copy(update=changes)
        try:
            return Adoption(found, store.write(found, folder), note, got.is_written)
        except CommandError as error:
            note = f"{note}\nThe record could not be saved: {error}".strip()
            return Adoption(found, None, note, is_written=False)

    def _measured(self, record: RunRecord) -> tuple[QualityOfOutput, ...]:
        """Its videos, measured."""
        from wan22dsl.run import measured

        outputs = [
            Fetched(Path(each.path), each.size_bytes, each.sha256, each.remote, each.node)
            for each in record.outputs
        ]
        return measured.outputs(outputs, self._job.graph, simulated=self._host.simulated)
