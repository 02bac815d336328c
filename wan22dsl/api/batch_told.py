"""What a driver tells those who look on: `now.json`, and a file of metrics where one is named."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from time import monotonic
from typing import TYPE_CHECKING

from wan22dsl.api.batch_options import BatchWatcher

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wan22dsl.api.batch_options import BatchResult, Preview
    from wan22dsl.api.batch_rows import Wrong
    from wan22dsl.api.batch_tasks import Progress, Seen
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet.board import Counts
    from wan22dsl.fleet.forecast import Forecast
    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import Plan

#: `now.json` is replaced so often at most, metrics so often: Prometheus looks every 15 to 60 s.
_NOW_S, _METRICS_S = 2.0, 15.0


class Telling(BatchWatcher):
    """Passes everything on to another watcher, and keeps the files up to date.

    What is told is best effort: a disk that is full stops no batch.
    """

    def __init__(self, to: BatchWatcher, metrics: Path | None = None) -> None:
        self._to, self._metrics = to, metrics
        self._folder: Path | None = None
        self._plan: Plan | None = None
        self._progress: dict[str, Progress] = {}
        self._end: datetime | None = None
        self._late = 0
        self._clock: tuple[float, float] | None = None
        self._now_s = self._metrics_s = float("-inf")
        self._is_failure_said = False

    # --- what is kept ---

    def planned(self, plan: Plan, preview: Preview) -> None:
        """The plan, before anything is sent."""
        self._plan = plan
        self._to.planned(plan, preview)

    def folder(self, folder: Path, is_resumed: bool) -> None:
        """Where everything goes."""
        self._folder = folder
        self._to.folder(folder, is_resumed)

    def progress(self, server: str, progress: Progress) -> None:
        """A run goes on."""
        self._progress[server] = progress
        self._tell()
        self._to.progress(server, progress)

    def counts(self, counts: Counts, forecast: Forecast | None, now_s: float) -> None:
        """How many jobs are where, and when all will be done."""
        present_s = monotonic()
        self._clock = self._clock or (now_s, present_s)
        if forecast is not None:
            self._late = len(forecast.late)
            left_s = None if forecast.end_s is None else forecast.end_s - now_s
            rate = self._rate(now_s, present_s)
            self._end = None
            if left_s is not None and rate is not None:
                self._end = datetime.now(timezone.utc) + timedelta(seconds=max(0.0, left_s) / rate)
        self._tell()
        self._to.counts(counts, forecast, now_s)

    def line(self, line: AnyLine) -> None:
        """Something has happened."""
        if line.line == "ended":
            self._progress.pop(line.server, None)
        self._tell()
        self._to.line(line)

    def ends(self, result: BatchResult) -> None:
        """The batch is over."""
        self._progress.clear()
        self._end, self._late = None, 0
        self._now_s = self._metrics_s = float("-inf")
        self._tell()
        self._to.ends(result)

    # --- what is only passed on ---

    def found(self, findings: Sequence[Diagnostic]) -> None:
        """What was found in the files."""
        self._to.found(findings)

    def wrong(self, wrong: Sequence[Wrong]) -> None:
        """What is wrong in the rows."""
        self._to.wrong(wrong)

    def working(self, text: str, done: int, of: int) -> None:
        """Something before the start takes a while."""
        self._to.working(text, done, of)

    def server(self, name: str, seen: Seen) -> None:
        """A server was looked at."""
        self._to.server(name, seen)

    def said(self, text: str) -> None:
        """Something that people should know."""
        self._to.said(text)

    # --- the files ---

    def _rate(self, now_s: float, present_s: float) -> float | None:
        """How much faster than this machine's the clock of the batch runs; None: not known yet."""
        assert self._clock is not None
        began_s, first_s = self._clock
        if self._plan is not None and not self._plan.simulated:
            return 1.0
        if present_s - first_s < 1.0 or now_s <= began_s:
            return None
        return (now_s - began_s) / (present_s - first_s)

    def _tell(self) -> None:
        if self._folder is None or self._plan is None:
            return
        present_s = monotonic()
        if present_s - self._now_s >= _NOW_S:
            self._now_s = present_s
            self._write_now(self._folder, self._plan)
        if self._metrics is not None and present_s - self._metrics_s >= _METRICS_S:
            self._metrics_s = present_s
            self._write_metrics(self._folder, self._metrics)

    def _write_now(self, folder: Path, plan: Plan) -> None:
        from wan22dsl.fleet import now
        from wan22dsl.fleet.models_page import Now
        from wan22dsl.fleet.models_page import Progress as Told
        from wan22dsl.run import store as records

        running = tuple(
            Told(
                server=server,
                job=each.job,
                at=each.at,
                doing=each.doing,
                step=each.step,
                steps=each.steps,
            )
            for server, each in self._progress.items()
        )
        told = Now(
            now=1,
            batch=plan.id,
            at=records.now(),
            running=running,
            expected_end=self._end.isoformat(timespec="seconds") if self._end is not None else None,
            late=self._late,
        )
        now.write(folder, told)

    def _write_metrics(self, folder: Path, file: Path) -> None:
        from wan22dsl import disk
        from wan22dsl.errors import CommandError
        from wan22dsl.fleet import store
        from wan22dsl.fleet.overview import overview
        from wan22dsl.monitor import metrics

        began_s = monotonic()
        try:
            stored = store.load(folder, with_records=False)
            disk.write(str(file), metrics.of_stored(stored, overview(stored)))
        except CommandError as error:
            if not self._is_failure_said:
                self._is_failure_said = True
                self._to.said(f"metrics are not written: {error}")
        # Of a large batch it takes a second: it must not take a tenth of the time.
        self._metrics_s = monotonic() + 10 * (monotonic() - began_s)
