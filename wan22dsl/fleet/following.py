"""A batch that another process writes, read again and again: only what is new is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl import disk
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.fleet import store
from wan22dsl.fleet.jobs import Jobs
from wan22dsl.run.lines import line_of

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import TypeAdapter

    from wan22dsl.fleet.jobs import AnyLine
    from wan22dsl.fleet.models import Plan
    from wan22dsl.fleet.store import Stored

#: What is compared to see that a file has only grown: its last bytes of before.
_TAIL_BYTES = 200

_MOST_BYTES = 256 * 1024**2


class Following:
    """The batch of a folder. `read` gives it as it is now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._plan: Plan | None = None
        self._adapter: TypeAdapter[AnyLine] | None = None
        self._begin()

    def _begin(self) -> None:
        self._at, self._number, self._tail = 0, 0, b""
        self._lines: list[AnyLine] = []
        self._problems: list[str] = []
        self._jobs: Jobs | None = None

    def read(self) -> Stored:
        """The batch, without a look at the records. Raises CommandError where there is none."""
        from pydantic import TypeAdapter

        from wan22dsl.fleet.models import Line

        if self._plan is None:
            self._plan = store.load_plan(self._folder)
        new = self._new()
        jobs = self._jobs = self._jobs or Jobs(self._plan)
        adapter: TypeAdapter[AnyLine] = self._adapter or TypeAdapter(Line)
        self._adapter = adapter

        def wrong(line: AnyLine) -> str:
            return store.wrong_in(line, jobs.states)

        shown = (self._folder / store.LINES).as_posix()
        for text in new:
            self._number += 1
            line, problem = line_of(adapter, f"{shown}: line {self._number}", text, wrong)
            if line is not None:
                self._lines.append(line)
                jobs.take(line)
            elif problem:
                self._problems.append(problem)
        problems = (*self._problems, *jobs.problems)
        return store.Stored(
            self._folder, self._plan, tuple(self._lines), dict(jobs.states), problems
        )

    def _new(self) -> list[bytes]:
        """The whole lines that came since. A file that did not only grow is read from its begin."""
        file = self._folder / store.LINES
        if not file.exists():
            self._begin()
            return []
        try:
            with disk.opened(str(file), file.as_posix()) as data:
                data.seek(self._at - len(self._tail))
                if data.read(len(self._tail)) != self._tail:
                    self._begin()
                    data.seek(0)
                found = data.read(_MOST_BYTES)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        whole = found[: found.rfind(b"\n") + 1]
        self._at += len(whole)
        self._tail = (self._tail + whole)[-_TAIL_BYTES:]
        return whole.split(b"\n")[:-1]
