"""The jobs of a batch: files × rows × values that vary × repeats.

made, wrong = jobs_of(JobOptions(files=("clip.wan",), each="prompts.csv"))

What is wrong is said of every cell at once; the values themselves are judged by `batch_recipes`.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl.api import batch_columns as columns
from wan22dsl.api import batch_files, batch_rows
from wan22dsl.api.batch_columns import Other, Unfit
from wan22dsl.api.batch_rows import Row, Wrong
from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.api.batch_files import BatchFile
    from wan22dsl.fleet.models import Job
    from wan22dsl.source import Source

#: More jobs are another batch: the plan of so many has 40 MB.
MOST_JOBS = 100_000

#: A label shows so much of a value, and so many values.
_LONGEST, _MOST_NAMED = 48, 4


class JobOptions(NamedTuple):
    """What the jobs are made of; as the options of `wan batch`."""

    files: Sequence[Source | Path | str]
    each: str | None = None
    each_data: bytes | None = None
    values: Mapping[str, Any] = {}
    vary: Sequence[str] = ()
    repeat: int = 1
    pipeline: str | None = None
    bench: str | None = None


class Made(NamedTuple):
    """The jobs, and the files that they are runs of. `places` say where the row of a job is."""

    files: tuple[BatchFile, ...]
    jobs: tuple[Job, ...]
    places: Mapping[str, str] = {}
    rows_file: str = ""


def jobs_of(options: JobOptions) -> tuple[Made, list[Wrong]]:
    """The jobs that the options ask for, and what is wrong in rows; then only those of the others.

    Raises CommandError for options that are wrong, UnreadableFile.
    """
    return _Maker(options).made()


class _Variant(NamedTuple):
    """What a row is combined with: a file, values, and how often."""

    file: int
    values: dict[str, str]
    repeat: int


class _Draft(NamedTuple):
    """A job before the ids of others are known to be there."""

    row: Row
    id: str
    base: str
    suffix: str
    variant: _Variant
    values: dict[str, Any]
    after: tuple[str, ...]
    own: Mapping[str, Any]


class _Maker:
    def __init__(self, options: JobOptions) -> None:
        self._options = options
        self._files: list[BatchFile] = []
        self._by_path: dict[str, int] = {}
        self._wrong: list[Wrong] = []
        self._told: set[tuple[str, int]] = set()
        self._unknown: set[tuple[str, int]] = set()
        self._each = Path(options.each).as_posix() if options.each is not None else ""
        self._drawers: dict[tuple[int, str], Any] = {}

    def made(self) -> tuple[Made, list[Wrong]]:
        options = self._options
        for file in options.files:
            self._opened(file)
        rows = self._rows()
        varied = _varied(options.vary)
        has_files = any("file" in row.cells for row in rows)
        if has_files and len(options.files) > 1:
            raise CommandError("the rows have a column `file`: name one FILE, for rows without one")
        variants = self._variants(varied)
        if len(rows) * len(variants) > MOST_JOBS:
            count = len(rows) * len(variants)
            raise CommandError(f"that is {count:,} jobs; a batch has at most {MOST_JOBS:,}")
        self._look_at_names(varied)
        drafts = [
            draft for at, row in enumerate(rows) for draft in self._of_row(at, row, rows, variants)
        ]
        self._look_at_ids(drafts)
        jobs = self._sound(drafts, varied)
        places = {draft.id: draft.row.place for draft in drafts}
        return Made(tuple(self._files), jobs, places, self._each), self._wrong

    def _sound(
        self, drafts: Sequence[_Draft], varied: Sequence[tuple[str, tuple[str, ...]]]
    ) -> tuple[Job, ...]:
        """The jobs of the rows in which nothing is wrong so far, so that their values can be judged too.

        Where a file does not know a column, they are judged without it.
        """
        made = [(draft, self._job(self._without_unknown(draft), varied)) for draft in drafts]
        wrong = {each.place for each in self._wrong if each.place}
        return tuple(job for draft, job in made if draft.row.place not in wrong)

    def _without_unknown(self, draft: _Draft) -> _Draft:
        unknown = {name for name, file in self._unknown if file == draft.variant.file}
        if not unknown:
            return draft
        values = {name: value for name, value in draft.values.items() if name not in unknown}
        return draft._replace(values=values)

    # What is combined.

    def _opened(self, file: Source | Path | str) -> int:
        found = batch_files.opened(file)
        key = (
            str(found.source.file.resolve()) if found.source.file is not None else found.source.path
        )
        if key not in self._by_path:
            self._by_path[key] = len(self._files)
            self._files.append(found)
        return self._by_path[key]

    def _rows(self) -> list[Row]:
        options = self._options
        if options.each is None:
            return [Row("", {})]
        rows, wrong = batch_rows.read(options.each, options.each_data)
        self._wrong += wrong
        return rows

    def _variants(self, varied: Sequence[tuple[str, tuple[str, ...]]]) -> list[_Variant]:
        names = [name for name, _ in varied]
        combinations = [
            dict(zip(names, values))
            for values in itertools.product(*(values for _, values in varied))
        ]
        found = []
        for file in range(len(self._files)):
            for own in self._cases(self._files[file]):
                found += [
                    _Variant(file, {**own, **values}, number)
                    for values in combinations
                    for number in range(self._options.repeat)
                ]
        return found

    def _cases(self, file: BatchFile) -> list[dict[str, str]]:
        """The values of the cells of a bench; a bench says how a server is started too, which no job can."""
        if self._options.bench is None:
            return [{}]
        from wan22dsl.api.benches import find_bench

        found = find_bench(file.source, self._options.bench)
        errors = [finding.message for finding in found.findings if finding.is_error]
        if errors:
            raise CommandError(f"{file.source.path}: the bench cannot be run: {errors[0]}")
        if found.bench.profiles:
            raise CommandError(
                f"the bench `{found.bench.name}` starts servers in profiles, which a batch does not",
                f"Measure it: wan bench {file.source.path} {found.bench.name}",
            )
        if self._options.pipeline is None:
            self._options = self._options._replace(pipeline=found.bench.pipeline)
        return [dict(case.values) for case in found.bench.cases]

    def _look_at_names(self, varied: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        """Raises CommandError for a name of --set or --vary that no file knows."""
        for name in [*self._options.values, *(name for name, _ in varied)]:
            reasons = [file.why_not(name) for file in self._files]
            if reasons and all(reasons):
                raise CommandError(reasons[0])

    # Rows.

    def _of_row(
        self, at: int, row: Row, rows: Sequence[Row], variants: Sequence[_Variant]
    ) -> Iterator[_Draft]:
        own = dict(self._own(row))
        if "file" in own:
            number = self._file_of_row(row, own["file"])
            if number is None:
                return
            variants = [
                each._replace(file=number) for each in variants if each.file == variants[0].file
            ]
        width = max(4, len(str(len(rows))))
        base = own.get("id", f"{at + 1:0{width}}")
        for number, variant in enumerate(variants, start=1):
            suffix = f"-{number}" if len(variants) > 1 else ""
            file = self._files[variant.file]
            self._look_at_columns(row, variant.file)
            values = self._values(row, variant, file)
            after = tuple(f"{each}{suffix}" for each in own.get("after", ()))
            yield _Draft(row, f"{base}{suffix}", base, suffix, variant, values, after, own)

    def _own(self, row: Row) -> Iterator[tuple[str, Any]]:
        readers: dict[str, Any] = {
            "id": columns.id_of,
            "after": columns.ids_of,
            "priority": columns.priority_of,
            "due": columns.due_of,
            "tags": columns.tags_of,
            "file": columns.name_of("file"),
            "pipeline": columns.name_of("pipeline"),
        }
        for name, read in readers.items():
            if name in row.cells:
                try:
                    yield name, read(row.cells[name])
                except Unfit as error:
                    self._say(row, name, str(error))

    def _file_of_row(self, row: Row, written: str) -> int | None:
        path = os.path.join(os.path.dirname(self._each), written)
        try:
            return self._opened(Path(path).as_posix())
        except (UnreadableFile, CommandError) as error:
            self._say(row, "file", str(error).replace("\n", " "))
            return None

    def _look_at_columns(self, row: Row, number: int) -> None:
        """Says once of each file which columns it does not know; of CSV, not as the fault of a row."""
        place = "" if row.place.startswith("row ") else row.place
        for column in row.cells:
            if (column, number) in self._told:
                continue
            self._told.add((column, number))
            said = columns.why_not(column, self._files[number])
            if said:
                self._unknown.add((columns.setting_of(column) or column, number))
                self._say(row._replace(place=place), column, said)
            elif column in columns.OWN and self._files[number].has_parameter(column):
                # Both could be meant, so neither is taken without being asked.
                text = f"is the batch's own column, and a parameter: write `param:{column}` for the parameter"
                if f"param:{column}" not in row.cells:
                    self._say(row._replace(place=place), column, text)

    def _values(self, row: Row, variant: _Variant, file: BatchFile) -> dict[str, Any]:
        """The values of a job; what a row says goes before --set, and may not be varied too."""
        known = {
            name for name in self._options.values if len(self._files) == 1 or not file.why_not(name)
        }
        found: dict[str, Any] = {
            name: value for name, value in self._options.values.items() if name in known
        }
        found |= variant.values
        for column, value in row.cells.items():
            name = columns.setting_of(column)
            if name is None:
                continue
            if name in variant.values:
                self._say(
                    row, column, f"`{name}` is varied for all rows: leave out --vary {name}=…"
                )
            try:
                other = columns.other_of(name, value, file)
            except Unfit as error:
                self._say(row, column, str(error))
                continue
            found[name] = value if other is None else other
        for name, value in found.items():
            if batch_files.is_random(value):
                found[name] = self._drawn(variant.file, name, value)
        return found

    def _drawn(self, file: int, name: str, value: Any) -> Any:
        key = (file, name)
        if key not in self._drawers:
            self._drawers[key] = self._files[file].drawer(name)
        draw = self._drawers[key]
        return value if draw is None else draw()

    # Ids.

    def _look_at_ids(self, drafts: Sequence[_Draft]) -> None:
        seen: dict[str, Row] = {}
        for draft in drafts:
            first = seen.setdefault(draft.id, draft.row)
            if first is not draft.row:
                self._say(draft.row, "id", f"`{draft.base}` is the id of {first.place} too")
        after = {}
        for draft in drafts:
            needed = [*draft.after]
            for name, value in draft.values.items():
                if isinstance(value, Other):
                    needed.append(f"{value.job}{draft.suffix}")
                    self._look_for(draft, name, value.job, seen)
            for each in draft.after:
                self._look_for(draft, "after", each.removesuffix(draft.suffix), seen)
            after[draft.id] = tuple(dict.fromkeys(needed))
        if self._wrong:
            return
        from wan22dsl.fleet.chains import chains

        for job, reason in chains(after).never.items():
            self._say(seen[job], "after", reason)

    def _look_for(self, draft: _Draft, column: str, wanted: str, seen: Mapping[str, Row]) -> None:
        if f"{wanted}{draft.suffix}" in seen:
            return
        known = [id.removesuffix(draft.suffix) for id in seen if id.endswith(draft.suffix)]
        close = nearest(wanted, known)
        hint = f" Did you mean `{close}`?" if close else ""
        self._say(draft.row, column, f"there is no job `{wanted}`.{hint}")

    def _say(self, row: Row, column: str, text: str) -> None:
        wrong = Wrong(self._each, row.place, column, text)
        if wrong not in self._wrong[-20:]:
            self._wrong.append(wrong)

    # Jobs.

    def _job(self, draft: _Draft, varied: Sequence[tuple[str, tuple[str, ...]]]) -> Job:
        from wan22dsl.fleet.models import Job, Value

        file = self._files[draft.variant.file]
        values, after = [], list(draft.after)
        for name, value in draft.values.items():
            if isinstance(value, Other):
                other = f"{value.job}{draft.suffix}"
                after.append(other)
                values.append(Value(name=name, of=other, take=value.take))
            else:
                values.append(Value(name=name, value=value))
        pipeline = self._pipeline(draft, file)
        return Job(
            id=draft.id,
            label=self._label(draft, pipeline),
            source=draft.variant.file,
            pipeline=pipeline,
            values=tuple(values),
            seed_shift=draft.variant.repeat,
            after=tuple(dict.fromkeys(after)),
            priority=draft.own.get("priority", 0),
            due=draft.own.get("due"),
            tags=draft.own.get("tags", ()),
        )

    def _pipeline(self, draft: _Draft, file: BatchFile) -> str:
        wanted = draft.own.get("pipeline", self._options.pipeline)
        try:
            return file.pipeline(wanted)
        except CommandError as error:
            if "pipeline" not in draft.own:
                raise CommandError(f"{file.source.path}: {error}") from None
            self._say(draft.row, "pipeline", str(error))
            return ""

    def _label(self, draft: _Draft, pipeline: str) -> str:
        """What makes a job different from the others, in a line."""
        names = [
            name
            for name in (*map(columns.setting_of, draft.row.cells), *draft.variant.values)
            if name is not None and name in draft.values
        ]
        parts = [_shown(name, draft.values[name], alone=len(names) == 1) for name in names]
        more = f" and {len(parts) - _MOST_NAMED} more" if len(parts) > _MOST_NAMED else ""
        text = ", ".join(parts[:_MOST_NAMED]) + more
        if len(self._files) > 1:
            text = f"{Path(self._files[draft.variant.file].source.path).stem}: {text}".rstrip(": ")
        if self._options.repeat > 1:
            text = f"{text}, run {draft.variant.repeat + 1}".lstrip(", ")
        return text or pipeline


def _shown(name: str, value: Any, *, alone: bool) -> str:
    if isinstance(value, Other):
        value = f"{value.take} of {value.job}"
    text = " ".join(str(value).split())
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return text if alone and name == "prompt" else f"{name} {text}"


def _varied(settings: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The names and values of `--vary cfg=1,3.5`. Raises CommandError."""
    found: dict[str, tuple[str, ...]] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        name = name.strip()
        values = _values(text)
        if not equals or not name or not all(values):
            raise CommandError(f"--vary {setting}: write `--vary name=value,value`")
        if name in found:
            raise CommandError(
                f"--vary {setting}: `{name}` is varied twice; write all values at once"
            )
        if len(set(values)) < len(values):
            raise CommandError(f"--vary {setting}: has a value twice")
        found[name] = values
    return list(found.items())


def _values(text: str) -> tuple[str, ...]:
    """Values with commas between them; a comma in quotes or brackets is part of one."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == '"' and text[at - 1 : at] != "\\":
            quoted = not quoted
        elif not quoted and letter in "([{":
            depth += 1
        elif not quoted and letter in ")]}":
            depth -= 1
        elif letter == "," and not quoted and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
    return tuple(part.strip() for part in (*parts, text[begin:]))
