"""Writes down what is known of a run, in the shape of `models.record`, which is that of the schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wan22dsl.run.record import digest
from wan22dsl.run.wire import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.download import Fetched
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.models.record import RunRecord
    from wan22dsl.run.record import Host, Record, Subject
    from wan22dsl.run.timing import Times

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
            "outputs": tuple(_output(one) for one in record.outputs),
            "findings": tuple(_finding(one) for one in record.found),
            "left_on_server": tuple(record.left_on_server),
            "not_fetched": tuple(
                {"node": node, **file._asdict()} for node, file in record.not_fetched
            ),
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
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
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
    arguments = system.get("argv")
    return {
        "address": host.shown,
        "comfyui": _short(system.get("comfyui_version")),
        "pytorch": _short(system.get("pytorch_version")),
        "python": _short(system.get("python_version")),
        "os": _short(system.get("os")),
        "arguments": _safe(map(str, arguments)) if isinstance(arguments, list) else (),
        "devices": tuple(
            {
                "name": _short(one.get("name")),
                "type": _short(one.get("type")),
                "memory_bytes": number(one.get("vram_total")),
            }
            for one in (devices if isinstance(devices, list) else ())
            if isinstance(one, dict)
        ),
    }


def _short(value: Any) -> str:
    return str(value)[:_LONGEST] if value is not None else ""


def _safe(arguments: Iterable[str]) -> tuple[str, ...]:
    """Flags of the server that tell of speed and memory; no paths, names, keys or addresses."""
    flags = [one.partition("=")[0] for one in arguments if one.startswith("--")]
    words = "vram mem attention fp bf16 cpu cache fast gpu cuda preview".split()
    return tuple(one[:_LONGEST] for one in flags if any(word in one for word in words))


def _timing(times: Times, memory: Mapping[str, Usage]) -> dict[str, Any]:
    passes = [{**one._asdict(), "total_s": one.total_s} for one in times.passes]
    for one in passes:
        one["memory"] = _usage(memory.get(one["name"]))
    return {**times._asdict(), "passes": tuple(passes)}


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    every = max(1, -(-len(usage.curve) // _POINTS))
    return {**usage._asdict(), "curve": usage.curve[::every]}


def _output(one: Fetched) -> dict[str, Any]:
    return {**one._asdict(), "path": one.path.as_posix()}


def _finding(one: Diagnostic) -> dict[str, Any]:
    place = None
    if one.span is not None:
        line, column = one.span.first
        place = {"path": one.span.source.path, "line": line, "column": column}
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity.value,
        "message": one.message,
        "place": place,
    }
