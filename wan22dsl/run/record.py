"""What a record holds: all that is known of a run when it is over, in the shape of `models.record`."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from wan22dsl.run import log_read
from wan22dsl.run.stats import device_of, system_of
from wan22dsl.run.wire import number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wan22dsl.comfyui.log.loading import Read
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.machine.command_line import KeptFlag
    from wan22dsl.run.benchmark import Benchmark
    from wan22dsl.run.client import RemoteFile
    from wan22dsl.run.download import Fetched
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.models.record import QualityOfOutput, RunRecord
    from wan22dsl.run.ratings import Rating
    from wan22dsl.run.timing import Times


#: A simulation that says to be faster than this is not believed.
_FASTEST = 1e9


class Attempt(NamedTuple):
    """One attempt. `after` is the retry that led to it, `how` is how it ended."""

    number: int
    after: str
    staged: bool
    tiled: bool
    how: str
    reason: str
    seconds: float
    prompt_ids: tuple[str, ...]


class Subject(NamedTuple):
    """What was run: text, parameters and what they were compiled to; `version` is that of wan22dsl.

    `not_counted` says what of it a simulation does not count. `uses` are the texts of the files that it
    uses, by their path from it.
    """

    file: str
    text: str
    pipeline: str
    parameters: Mapping[str, Any]
    target: str
    prompt: Mapping[str, Any]
    version: str = ""
    not_counted: tuple[str, ...] = ()
    uses: Mapping[str, str] = {}


class Host(NamedTuple):
    """Where it ran. `stats` is what the server says of itself."""

    shown: str
    simulated: bool
    stats: Mapping[str, Any]

    @property
    def speed(self) -> float | None:
        """How much faster than its card a simulated server lets time pass; 1 where it is real.

        None: as fast as the machine can.
        """
        if not self.simulated or "speed" not in self._about:
            return 1.0
        speed = self._about["speed"]
        if speed is None:
            return None
        is_number = isinstance(speed, int | float) and not isinstance(speed, bool)
        return float(speed) if is_number and 0 < speed < _FASTEST else 1.0

    @property
    def tells_time(self) -> bool:
        """Whether a simulated server says with each message how much time of its card has passed."""
        return self.simulated and self._about.get("tells_time") is True

    @property
    def scale(self) -> float:
        """By what the times that were measured are to be multiplied."""
        return 1.0 if self.tells_time else self.speed or 1.0

    @property
    def card_bytes(self) -> int | None:
        """The memory of its first card."""
        return number(device_of(self.stats).get("vram_total"))

    @property
    def _about(self) -> Mapping[str, Any]:
        """What a simulated server says of its simulation."""
        about = system_of(self.stats).get("simulated")
        return about if isinstance(about, dict) else {}


class OfBench(NamedTuple):
    """What a run is in a bench: `number` is within its cell, session and role."""

    id: str
    cell: str
    role: str
    session: int
    number: int


class OfBatch(NamedTuple):
    """What a run is in a batch: an attempt at one of its jobs."""

    id: str
    job: str
    attempt: int


class Record(NamedTuple):
    """All of it. `started` is the time of day in UTC, in ISO 8601."""

    id: str
    started: str
    result: str
    seed_shift: int
    subject: Subject
    host: Host
    times: Times | None
    passes_memory: Mapping[str, Usage]
    memory: Usage | None
    memory_note: str
    ratings: Sequence[Rating]
    attempts: Sequence[Attempt]
    outputs: Sequence[Fetched]
    found: Sequence[Diagnostic]
    left_on_server: Sequence[str]
    not_fetched: Sequence[tuple[str, RemoteFile]] = ()
    snapshot: str | None = None
    log: Read | None = None
    benchmarks: Sequence[Benchmark] = ()
    quality: Sequence[QualityOfOutput] | None = None
    bench: OfBench | None = None
    batch: OfBatch | None = None


def digest(value: Any) -> str:
    """The hash of a text, or of JSON in one agreed form."""
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


VERSION = 1

#: A curve is kept with at most this many points; the peak is kept by itself.
_POINTS = 240

#: A server says what it is in fewer characters than this; more are not kept.
_LONGEST = 200


def model_of(record: Record) -> RunRecord:
    """The record in the shape in which it is written."""
    from wan22dsl.run.models.record import RunRecord

    subject = record.subject
    return RunRecord.model_validate(
        {
            "record": VERSION,
            "id": record.id,
            "wan22dsl": subject.version,
            "started": record.started,
            "result": record.result,
            "simulated": record.host.simulated,
            "speed": record.host.speed,
            "source": _source(subject),
            "parameters": plain(dict(sorted(subject.parameters.items()))),
            "seed_shift": record.seed_shift,
            "target": subject.target,
            "not_counted": subject.not_counted,
            "prompt": {"json": plain(subject.prompt), "sha256": digest(subject.prompt)},
            "server": _server(record.host),
            "timing": _timing(record.times, record.passes_memory) if record.times else None,
            "memory": {**(_usage(record.memory) or {}), "note": record.memory_note},
            "ratings": tuple(record.ratings),
            "attempts": tuple(record.attempts),
            "outputs": tuple(_output(fetched) for fetched in record.outputs),
            "findings": tuple(_finding(finding) for finding in record.found),
            "snapshot": record.snapshot,
            "left_on_server": tuple(record.left_on_server),
            "not_fetched": tuple(
                {"node": node, **file._asdict()} for node, file in record.not_fetched
            ),
            "log": log_read.as_kept(record.log) if record.log is not None else None,
            "benchmarks": tuple(plain(benchmark.about) for benchmark in record.benchmarks),
            "not_as_set": log_read.not_as_set(record.log) if record.log is not None else (),
            "quality": tuple(record.quality) if record.quality is not None else None,
            "bench": record.bench,
            "batch": record.batch,
        }
    )


def dump(model: RunRecord) -> bytes:
    """A record as a file has it."""
    text = json.dumps(model.as_json(), indent=2, ensure_ascii=False) + "\n"
    # A half character becomes `\\udcff`, which is how JSON writes it.
    return text.encode("utf-8", "backslashreplace")


def plain(value: Any) -> Any:
    """A value as JSON can hold it; what it cannot hold becomes a text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _source(subject: Subject) -> dict[str, Any]:
    return {
        "file": subject.file,
        "pipeline": subject.pipeline,
        "text": subject.text,
        "sha256": digest(subject.text),
        "uses": dict(sorted(subject.uses.items())),
    }


def _server(host: Host) -> dict[str, Any]:
    system = host.stats.get("system")
    system = system if isinstance(system, dict) else {}
    devices = host.stats.get("devices")
    flags = _flags(system)
    return {
        "address": host.shown,
        "comfyui": _short(system.get("comfyui_version")),
        "pytorch": _short(system.get("pytorch_version")),
        "python": _short(system.get("python_version")),
        "os": _short(system.get("os")),
        "arguments": tuple(flag.name for flag in flags or ()),
        "flags": flags,
        "devices": tuple(
            {
                "name": _short(item.get("name")),
                "type": _short(item.get("type")),
                "memory_bytes": number(item.get("vram_total")),
            }
            for item in (devices if isinstance(devices, list) else ())
            if isinstance(item, dict)
        ),
    }


def _short(value: Any) -> str:
    return str(value)[:_LONGEST] if value is not None else ""


def _flags(system: Mapping[str, Any]) -> tuple[KeptFlag, ...] | None:
    """The flags of the server with their values; no paths, names, keys or addresses."""
    from wan22dsl.machine import command_line

    arguments = system.get("argv")
    if not isinstance(arguments, list):
        return None
    return command_line.kept(arguments, _short(system.get("comfyui_version")))


def _timing(times: Times, memory: Mapping[str, Usage]) -> dict[str, Any]:
    passes = [{**pass_time._asdict(), "total_s": pass_time.total_s} for pass_time in times.passes]
    for pass_ in passes:
        pass_["memory"] = _usage(memory.get(pass_["name"]))
    return {**times._asdict(), "passes": tuple(passes)}


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    every = max(1, -(-len(usage.curve) // _POINTS))
    return {**usage._asdict(), "curve": usage.curve[::every]}


def _output(fetched: Fetched) -> dict[str, Any]:
    return {**fetched._asdict(), "path": fetched.path.as_posix()}


def _finding(finding: Diagnostic) -> dict[str, Any]:
    place = None
    if finding.span is not None:
        line, column = finding.span.first
        place = {"path": finding.span.source.path, "line": line, "column": column}
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "place": place,
    }
