"""What a job needs where neither its files nor the folder of its batch are, and what comes back from there.

sent = packed(order)                       # with the bytes of its input files
value = unpacked(answer, batch, folder)    # record and outputs are in the folder of the batch
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan22dsl import disk
from wan22dsl.api.batch_tasks import LookFor, Order, Outcome
from wan22dsl.errors import CommandError, UnreadableFile
from wan22dsl.run import store as records
from wan22dsl.run.record import dump
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wan22dsl.run.earlier import Remains
    from wan22dsl.run.models.record import Output, RunRecord

#: So much is sent with a job, and brought back from it: a scheduler holds all of it in memory.
MOST_BYTES = 512 * 1024**2


class Parcel(NamedTuple):
    """A task with what it needs. `inputs` are files by their paths from the folder of the `.wan` file,
    `handed` those that other jobs have given, by their names.
    """

    task: Any
    inputs: tuple[tuple[str, bytes], ...] = ()
    handed: tuple[tuple[str, bytes], ...] = ()


class Made(NamedTuple):
    """What a run has made: its record as it is in its file, and the files that it names."""

    run: str
    record: bytes
    files: tuple[tuple[str, bytes], ...] = ()


class Answer(NamedTuple):
    """What a task returned, with the results of runs."""

    value: Any
    made: tuple[Made, ...] = ()


# --- there ---


def packed(task: Any) -> Parcel:
    """A task with the files that it needs. Raises CommandError, UnreadableFile."""
    if not isinstance(task, Order):
        return Parcel(task)
    room = _Room()
    handed = tuple(
        (Path(path).name, room.read(Path(path), "comes from another job"))
        for _, path in task.handed
    )
    return Parcel(task, tuple(_inputs(task, room)), handed)


class _Room:
    """How much may still be sent."""

    def __init__(self) -> None:
        self._left_bytes = MOST_BYTES

    def read(self, file: Path, what: str) -> bytes:
        """The bytes of a file. Raises CommandError, UnreadableFile."""
        from wan22dsl.run import uploads

        with uploads.content(file) as data:
            found: bytes = data.read(self._left_bytes + 1)
        self._left_bytes -= len(found)
        if self._left_bytes < 0:
            raise CommandError(
                f"{file.as_posix()} {what}, and the files of a job for a worker may have "
                f"{MOST_BYTES // 1024**2} MiB in all",
                "Put it into the server's input folder, and name it as the server does.",
            )
        return found


def _inputs(order: Order, room: _Room) -> list[tuple[str, bytes]]:
    """The files beside the `.wan` file that the job gives to nodes, as `wan run` would upload them."""
    from wan22dsl.api import batch_files, batch_recipes, compiler
    from wan22dsl.run import uploads

    file = batch_files.of_plan(order.source)
    main = file.source.file
    if main is None:
        return []
    handed = {name: Path(path).name for name, path in order.handed}
    compiled = compiler.compile(
        file.source,
        pipeline=order.job.pipeline,
        values=batch_recipes.values_of(order.job.values, handed),
        workspace=file.workspace,
    )
    if compiled.graph is None:
        return []
    folder, rules = main.parent.resolve(), uploads.Rules(main.parent)
    found: dict[str, bytes] = {}
    for node in compiled.graph.graph.nodes.values():
        for name, own in node.own_files.items():
            reason = uploads.reason_against(
                own.file, own.written, f"{node.class_name}.{name}", rules
            )
            if reason is not None:
                raise CommandError(f"{own.written} is not sent: {reason}")
            inside = own.file.relative_to(folder).as_posix()
            if inside not in found:
                found[inside] = room.read(own.file, "is an input")
    return list(found.items())


# --- and back ---


def made(folder: Path, run: str) -> Made:
    """What a run has made in a folder. Raises CommandError where that is too much, or cannot be read."""
    from wan22dsl.fleet.store import record_file
    from wan22dsl.run import here, snapshots

    record = records.load(record_file(folder, run))
    files: list[tuple[str, bytes]] = []
    left_bytes = MOST_BYTES
    places = [here.place_of(output, folder) for output in record.outputs]
    if record.snapshot is not None:
        places.append(snapshots.file_of(folder, record.snapshot))
    for file in places:
        if file is None or not file.is_file():
            continue
        left_bytes -= file.stat().st_size
        if left_bytes < 0:
            raise CommandError(
                f"the outputs of {run} have more than the {MOST_BYTES // 1024**2} MiB that a worker sends; "
                f"they are in {folder.as_posix()} on its machine"
            )
        files.append((file.name, disk.read(str(file), file.as_posix(), MOST_BYTES)))
    return Made(run, dump(record), tuple(files))


def unpacked(answer: Answer, folder: Path) -> Any:
    """What the task returned; what runs have made is in the folder of the batch as if it was made here."""
    value, problem = answer.value, ""
    kept: dict[str, RunRecord] = {}
    for each in answer.made:
        try:
            kept[each.run] = _kept(each, folder)
        except (CommandError, UnreadableFile, OSError, ValueError) as error:
            problem = str(error)
    if isinstance(value, Outcome):
        if problem:
            return value._replace(reason=problem[:600], is_written=False)
        if value.record in kept:
            files = tuple(output.path for output in kept[value.record].outputs)
            return value._replace(files=files)
        return value
    if isinstance(value, tuple) and answer.made:
        return tuple(_with_record(each, kept, problem) for each in value)
    return value


def _with_record(remains: Remains, kept: dict[str, RunRecord], problem: str) -> Remains:
    if remains.run in kept:
        return remains._replace(record=kept[remains.run])
    if problem:  # it is asked for again
        return remains._replace(state="unknown", reason=problem)
    return remains


def _kept(made: Made, folder: Path) -> RunRecord:
    """Writes what a run has made; the outputs before the record that names them. Raises CommandError."""
    from wan22dsl.run.download import plain
    from wan22dsl.run.models.record import RunRecord

    record = RunRecord.model_validate_json(made.record)
    if record.id != made.run or plain(record.id) != record.id:
        raise CommandError(f"a worker has sent the record of another run than {made.run}")
    files = dict(made.files)
    outputs = [_output(output, files, record, folder) for output in record.outputs]
    for name, data in files.items():
        if name.startswith("snapshot-") and plain(name) == name and not (folder / name).exists():
            records.put(folder, name, data)
    record = record.model_copy(update={"outputs": tuple(outputs)})
    records.write(record, folder)
    return record


def _output(output: Output, files: dict[str, bytes], record: RunRecord, folder: Path) -> Output:
    """An output in the folder, with the bytes that the record says. Raises CommandError."""
    from wan22dsl.run.download import plain

    name = output.path.replace("\\", "/").rpartition("/")[2]
    data = files.get(name)
    if data is None or plain(name) != name or name.startswith("."):
        raise CommandError(f"a worker has not sent {plain(name)} of {record.id}")
    if hashlib.sha256(data).hexdigest() != output.sha256:
        raise CommandError(f"{name} came from its worker with other bytes than it had there")
    file = folder / name
    if file.exists() and _digest(file) != output.sha256:
        file = file.with_name(f"{file.stem}-{record.id[-4:]}{file.suffix}")
    if not file.exists():
        records.put(folder, file.name, data)
    return output.model_copy(update={"path": file.as_posix()})


def _digest(file: Path) -> str:
    return hashlib.sha256(disk.read(str(file), file.as_posix(), MOST_BYTES)).hexdigest()


def arriving(
    batch: str, folder: Callable[[], Path | None], tidy: Callable[[str, str], None]
) -> Callable[[Any, str], Any]:
    """What is done with each answer of a worker. `tidy` says to it what need not be kept there any more."""

    def arrived(answer: Any, server: str) -> Any:
        at = folder()
        if not isinstance(answer, Answer):
            return answer
        if at is None:
            return answer.value
        value = unpacked(answer, at)
        if isinstance(value, Outcome) and value.how == "success" and value.is_written:
            tidy(server, f"{batch}/{value.record}")
        return value

    return arrived


def of_batch(task: Any, batch: str) -> Any:
    """The task as a worker needs it: runs are looked for in what it has of this batch."""
    return task._replace(batch=batch) if isinstance(task, LookFor) else task


def names(files: Sequence[tuple[str, bytes]]) -> str:
    """A digest of files: the same files are in the same folder there."""
    digest = hashlib.sha256()
    for name, data in files:
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:16]
