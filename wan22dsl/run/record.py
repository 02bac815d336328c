"""The record of a run, in the shape of `schemas/run_record.schema.json`. Made once, never changed."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.run.download import Fetched
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.ratings import Rating
    from wan22dsl.run.timing import PassTime, Times

VERSION = 1

#: A curve is kept with at most this many points; the peak is kept by itself.
_POINTS = 240


class Attempt(NamedTuple):
    """One try. `after` is the rung that led to it; `how` how it ended."""

    number: int
    after: str
    staged: bool
    tiled: bool
    how: str
    reason: str
    seconds: float
    prompt_ids: tuple[str, ...]


class Subject(NamedTuple):
    """What was run: text, parameters and what they were compiled to; `version` is that of wan22dsl."""

    file: str
    text: str
    pipeline: str
    parameters: Mapping[str, Any]
    target: str
    prompt: Mapping[str, Any]
    version: str = ""


class Host(NamedTuple):
    """Where it ran. `stats` is what the server says of itself."""

    shown: str
    simulated: bool
    stats: Mapping[str, Any]

    @property
    def speed(self) -> float:
        """How much faster than its card a simulated server lets time pass; 1 where it is real."""
        system = self.stats.get("system")
        about = system.get("simulated") if isinstance(system, dict) else None
        speed = about.get("speed") if isinstance(about, dict) else None
        return float(speed) if self.simulated and isinstance(speed, int | float) else 1.0


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


def digest(value: Any) -> str:
    """The hash of a text, or of JSON in one agreed form."""
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(value.encode("utf-8")).hexdigest()


def as_json(record: Record) -> dict[str, Any]:
    """The record as the schema has it."""
    subject, host = record.subject, record.host
    return {
        "record": VERSION,
        "id": record.id,
        "wan22dsl": subject.version,
        "started": record.started,
        "result": record.result,
        "simulated": host.simulated,
        "speed": host.speed,
        "source": {
            "file": subject.file,
            "pipeline": subject.pipeline,
            "text": subject.text,
            "sha256": digest(subject.text),
        },
        "parameters": {name: _plain(value) for name, value in sorted(subject.parameters.items())},
        "seed_shift": record.seed_shift,
        "target": subject.target,
        "prompt": {"json": subject.prompt, "sha256": digest(subject.prompt)},
        "server": _server(host),
        "timing": _timing(record.times, record.passes_memory) if record.times else None,
        "memory": {"note": record.memory_note, **(_usage(record.memory) or {})},
        "ratings": [one._asdict() for one in record.ratings],
        "attempts": [
            {**one._asdict(), "prompt_ids": list(one.prompt_ids)} for one in record.attempts
        ],
        "outputs": [
            {
                "path": one.path.as_posix(),
                "size_bytes": one.size_bytes,
                "sha256": one.sha256,
                "remote": one.remote,
                "node": one.node,
            }
            for one in record.outputs
        ],
        "findings": [_finding(one) for one in record.found],
        "left_on_server": list(record.left_on_server),
    }


def dump(record: Record) -> str:
    """The record as the text of a file."""
    return json.dumps(as_json(record), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | None) else str(value)


def _server(host: Host) -> dict[str, Any]:
    system = host.stats.get("system")
    system = system if isinstance(system, dict) else {}
    devices = host.stats.get("devices")
    return {
        "address": host.shown,
        "comfyui": str(system.get("comfyui_version", "")),
        "pytorch": str(system.get("pytorch_version", "")),
        "python": str(system.get("python_version", "")),
        "os": str(system.get("os", "")),
        "arguments": _safe([str(one) for one in system.get("argv") or ()]),
        "devices": [
            {
                "name": str(one.get("name", "")),
                "type": str(one.get("type", "")),
                "memory_bytes": one.get("vram_total")
                if isinstance(one.get("vram_total"), int)
                else None,
            }
            for one in (devices if isinstance(devices, list) else ())
            if isinstance(one, dict)
        ],
    }


def _safe(arguments: Iterable[str]) -> list[str]:
    """Flags of the server that tell of speed and memory; no paths, names, keys or addresses."""
    flags = [one.partition("=")[0] for one in arguments if one.startswith("--")]
    words = (
        "vram",
        "mem",
        "attention",
        "fp",
        "bf16",
        "cpu",
        "cache",
        "fast",
        "gpu",
        "cuda",
        "preview",
    )
    return [one for one in flags if any(word in one for word in words)]


def _timing(times: Times, memory: Mapping[str, Usage]) -> dict[str, Any]:
    return {
        "total_s": _s(times.total_s),
        "queue_s": _s(times.queue_s),
        "server_s": _s(times.server_s),
        "between_s": _s(times.between_s),
        "drift_s": _s(times.drift_s),
        "complete": times.complete,
        "all_cached": times.all_cached,
        "passes": [_pass(one, memory.get(one.name)) for one in times.passes],
        "stages": [
            {"name": one.name, "seconds": _s(one.seconds), "cached": one.cached}
            for one in times.stages
        ],
    }


def _pass(one: PassTime, memory: Usage | None) -> dict[str, Any]:
    return {
        "name": one.name,
        "total_s": _s(one.total_s),
        "load_s": _s(one.load_s),
        "patching_s": _s(one.patching_s),
        "sampling_s": _s(one.sampling_s),
        "steps_s": [_s(step) for step in one.steps_s],
        "decode_s": _s(one.decode_s),
        "rest_s": _s(one.rest_s),
        "cached": one.cached,
        "cached_nodes": one.cached_nodes,
        "cold": one.cold,
        "complete": one.complete,
        "memory": _usage(memory),
    }


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    every = max(1, -(-len(usage.curve) // _POINTS))
    return {
        **usage._asdict(),
        "throttled": list(usage.throttled),
        "curve": [list(one) for one in usage.curve[::every]],
    }


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


def _s(seconds: float) -> float:
    return round(seconds, 4)
