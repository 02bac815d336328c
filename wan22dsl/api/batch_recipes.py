"""The recipes of a batch's jobs: compiled once for all jobs that differ only in what costs no time.

A text without limits, a seed, and a picture of the same size change nothing that a server is chosen by. That
is not taken for granted: a second compile with another value has to give the same recipe. All other values
are compiled, each combination once. A job is compiled again for its server when its turn comes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.api import compiler
from wan22dsl.errors import WanError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from wan22dsl.api.batch_files import BatchFile
    from wan22dsl.comfyui.catalogue.schema import Catalogue
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.fleet.expected import CostModel
    from wan22dsl.fleet.models import Job, Value

#: A number with a comma where the language has a point.
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")

#: Seeds and other whole numbers that no rule has anything to say of.
_PLAIN = re.compile(r"[0-9]{1,15}")

#: What stands for a picture that another job will give: nothing has this name.
STAND_IN = "of-another-job.png"


class Broken(NamedTuple):
    """Jobs that do not compile, for the same reason; `name` is the value that it is about, if known."""

    jobs: tuple[str, ...]
    name: str
    text: str


class Recipes(NamedTuple):
    """The recipe of each job.

    `broken` are the jobs that do not compile, `found` what else is to be said of the files.
    """

    of: Mapping[str, str]
    broken: tuple[Broken, ...] = ()
    found: tuple[Diagnostic, ...] = ()
    compiled: int = 0


def recipes_of(
    jobs: Sequence[Job],
    files: Sequence[BatchFile],
    target: Catalogue | str,
    costs: CostModel,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Recipes:
    """The recipes of jobs, which are added to the cost model.

    `told` is called with the number of compiles done and to do.
    """
    return _Recipes(files, target, costs, told).of(jobs)


def values_of(values: Iterable[Value], handed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The values of a job by name; those of other jobs are the names in `handed`."""
    return {
        value.name: (handed or {}).get(value.name, STAND_IN) if value.of else value.value
        for value in values
    }


class _Recipes:
    def __init__(
        self,
        files: Sequence[BatchFile],
        target: Catalogue | str,
        costs: CostModel,
        told: Callable[[int, int], None],
    ) -> None:
        self._files, self._target, self._costs, self._told = files, target, costs, told
        self._costly: set[tuple[int, str, str]] = set()
        self._sure: set[tuple[int, str, str]] = set()
        self._found: dict[tuple[str, str], Diagnostic] = {}
        self._compiled = 0

    def of(self, jobs: Sequence[Job]) -> Recipes:
        self._look_at_free(jobs)
        groups: dict[tuple[Any, ...], list[Job]] = {}
        for job in jobs:
            groups.setdefault(self._key(job), []).append(job)
        recipes: dict[str, str] = {}
        broken: dict[tuple[str, str], list[str]] = {}
        for done, group in enumerate(groups.values()):
            self._told(done, len(groups))
            recipe, wrong = self._compile(group[0])
            if recipe is None:
                for name, text in wrong:
                    broken.setdefault((name, text), []).extend(job.id for job in group)
            else:
                recipes |= {job.id: recipe for job in group}
        self._told(len(groups), len(groups))
        return Recipes(
            recipes,
            tuple(Broken(tuple(ids), name, text) for (name, text), ids in broken.items()),
            tuple(self._found.values()),
            self._compiled,
        )

    # What costs no time.

    def _key(self, job: Job) -> tuple[Any, ...]:
        """Equal for jobs with the same recipe, as far as that is known without compiling."""
        parts: list[Any] = [job.source, job.pipeline]
        for value in job.values:
            free = self._free(job, value)
            parts.append((value.name, repr(value.value) if free is None else free))
        return tuple(parts)

    def _free(self, job: Job, value: Value) -> str | None:
        """What of a value counts, where its text does not; None where all of it does."""
        if (job.source, job.pipeline, value.name) in self._costly:
            return None
        return self._candidate(job, value)

    def _candidate(self, job: Job, value: Value) -> str | None:
        file = self._files[job.source]
        kind = file.kind(value.name)
        if value.of:
            return f"of another job: {value.take}"
        if kind == "text" and isinstance(value.value, str) and value.value[:1] != '"':
            return "text"
        if kind == "int" and type(value.value) in (int, str) and _PLAIN.fullmatch(str(value.value)):
            return "number"
        if kind == "file" and isinstance(value.value, str):
            return _size_of(file, value.value)
        return None

    def _look_at_free(self, jobs: Sequence[Job]) -> None:
        """Tries for each name whether another value gives the same recipe."""
        for job in jobs:
            for value in job.values:
                key = (job.source, job.pipeline, value.name)
                if value.of or key in self._sure or key in self._costly:
                    continue
                if self._candidate(job, value) is None:
                    continue
                own = self._compile(job)[0]
                if own is None:
                    continue  # a later job may compile; this one says why it does not
                same = self._compile(_with(job, value, self._other(job, value)))[0] == own
                (self._sure if same else self._costly).add(key)

    def _other(self, job: Job, value: Value) -> Any:
        kind = self._files[job.source].kind(value.name)
        if kind == "int":
            return int(value.value) + 1
        return value.value if kind == "file" else f"{value.value} and more"

    # Compiling.

    def _compile(self, job: Job) -> tuple[str | None, list[tuple[str, str]]]:
        """The recipe of a job; without one, what is wrong: the value, if it is known, and why."""
        file = self._files[job.source]
        self._compiled += 1
        try:
            made = compiler.compile(
                file.source,
                pipeline=job.pipeline,
                values=values_of(job.values),
                target=self._target,
                workspace=file.workspace,
            )
        except WanError as error:
            text = str(error).replace("\n", " ")
            return None, [(_name_in(text, job), text)]
        errors = [finding for finding in made.diagnostics if finding.is_error]
        if errors or made.prompt is None or made.graph is None:
            return None, _why(errors, job)
        for finding in made.diagnostics:
            self._found.setdefault((finding.code, finding.message), finding)
        return self._costs.add(made.graph.graph).recipe, []


def _with(job: Job, value: Value, other: Any) -> Job:
    changed = value.model_copy(update={"value": other})
    values = tuple(changed if each is value else each for each in job.values)
    return job.model_copy(update={"values": values})


def _size_of(file: BatchFile, written: str) -> str | None:
    """What a picture costs by; None for a file that has to be compiled to know it."""
    from wan22dsl.comfyui.nodes import pictures

    found = input_file(file, written)
    if found is None:
        return "on the server"
    size = pictures.size_of(found)
    return f"{size[0]}x{size[1]}" if size is not None else None


def input_file(file: BatchFile, written: str) -> Path | None:
    """The file that is named beside a `.wan` file; None where it is on the servers, if anywhere."""
    own = file.source.file
    return file.workspace.input_file(own.parent, written) if own is not None else None


def _why(errors: Sequence[Diagnostic], job: Job) -> list[tuple[str, str]]:
    """What is wrong, each value with its first error; of what no value is known for, the first."""
    found: dict[str, str] = {}
    for error in errors:
        text = f"{error.message.rstrip('.')}. {error.help}".rstrip()
        place = error.span.source.path if error.span is not None else ""
        if place.startswith("--set "):
            name = place.removeprefix("--set ")
        else:
            name = _name_in(error.message, job)
            if not name and error.span is not None:
                text = f"{place}:{error.span.first[0]}: {text}"
        found.setdefault(name, f"{text}{_of_comma(name, job)}")
    return list(found.items()) or [("", "it has errors")]


def _of_comma(name: str, job: Job) -> str:
    """What to write for a number such as `1,5`, as spreadsheets write it in many countries."""
    written = next((each.value for each in job.values if each.name == name), None)
    if not isinstance(written, str) or not _DECIMAL_COMMA.fullmatch(written.strip()):
        return ""
    return f" A decimal has a point: `{written.strip().replace(',', '.')}`."


def _name_in(text: str, job: Job) -> str:
    """The value of the job that a message names."""
    return next((value.name for value in job.values if f"`{value.name}`" in text), "")
