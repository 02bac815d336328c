"""A record of a run as rows of the index: what is asked for most, flat.

The record is read as plain JSON, which takes a tenth of the time that its shape takes. What has another type
than in the shape makes it no row: `run.store` then says what is wrong with it.
"""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.digest import of
from wan22dsl.fleet.asking import known_card
from wan22dsl.run.comparing import card_name
from wan22dsl.run.record import VERSION
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The columns of `runs`, with their types and what they hold.
RUNS: Mapping[str, tuple[str, str]] = {
    "id": ("TEXT", "Id of the run."),
    "path": ("TEXT", "File of the record, from the folder that is indexed."),
    "started": ("TEXT", "Start time, in UTC, ISO 8601."),
    "result": ("TEXT", "`success`, `error`, `interrupted`, `stopped` or `unfinished`."),
    "simulated": ("INTEGER", "1: no model was run; times are estimates."),
    "file": ("TEXT", "The `.wan` file."),
    "pipeline": ("TEXT", "The pipeline."),
    "source": ("TEXT", "SHA-256 of the text of the file."),
    "prompt": ("TEXT", "SHA-256 of the prompt."),
    "recipe": (
        "TEXT",
        "Digest of what costs time: the prompt without seeds, texts and file names.",
    ),
    "card": ("TEXT", "The card, as in `wan lint --card list`, else as the server names it."),
    "server": ("TEXT", "Address of the server."),
    "comfyui": ("TEXT", "Version of ComfyUI."),
    "pytorch": ("TEXT", "Version of PyTorch."),
    "seconds": ("REAL", "Time of the whole run, without the queue."),
    "load_s": ("REAL", "Time of loading models, of all passes."),
    "sampling_s": ("REAL", "Time of sampling, of all passes."),
    "queue_s": ("REAL", "Time in the queue."),
    "warm": ("INTEGER", "1: no pass had to read its model; 0: one had; null: not known."),
    "counts": ("INTEGER", "1: a success whose times can be compared: nothing cached, all as set."),
    "peak_bytes": ("INTEGER", "Peak memory of the card."),
    "throttled": ("TEXT", "Reasons for throttling, with commas between."),
    "snapshot": ("TEXT", "Digest of the machine."),
    "batch": ("TEXT", "Id of the batch."),
    "job": ("TEXT", "Id of the job in it."),
    "attempt": ("INTEGER", "Number of the attempt at it."),
    "bench": ("TEXT", "Id of the bench."),
    "cell": ("TEXT", "Id of the cell in it."),
    "role": ("TEXT", "`warmup`, `cold` or `measured`."),
    "target": ("TEXT", "Catalogue that checked the prompt."),
}

#: The columns of the other tables.
PARAMETERS = {
    "path": ("TEXT", "As in `runs`."),
    "name": ("TEXT", "Name of a parameter that was set from outside."),
    "value": ("TEXT", "Its value: a string as it is, all else as JSON."),
}
PASSES = {
    "path": ("TEXT", "As in `runs`."),
    "number": ("INTEGER", "From 1, in the order of the run."),
    "name": ("TEXT", "Name of the pass."),
    "seconds": ("REAL", "Time of the pass."),
    "load_s": ("REAL", "Loading."),
    "sampling_s": ("REAL", "Sampling."),
    "step_s": ("REAL", "Median of its steps."),
    "steps": ("INTEGER", "Number of steps."),
    "cold": ("INTEGER", "1: its model was read in this run."),
    "cached": ("INTEGER", "1: the sampler did not run."),
    "peak_bytes": ("INTEGER", "Peak memory of the card."),
}
TABLES = {"runs": RUNS, "parameters": PARAMETERS, "passes": PASSES}

Row = tuple[Any, ...]


class Rows(NamedTuple):
    """The rows of a record: one of `runs`, those of `parameters` and of `passes`."""

    run: Row
    parameters: tuple[Row, ...]
    passes: tuple[Row, ...]


class NoRecord(Exception):
    """What was read has not the shape of a record."""


def rows_of(data: bytes, path: str) -> Rows:
    """The rows of the text of a record. Raises NoRecord."""
    try:
        found = json.loads(data)
        if type(found["record"]) is not int or found["record"] != VERSION:
            raise NoRecord
        return _rows(found, path)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NoRecord from error


def _rows(found: dict[str, Any], path: str) -> Rows:
    source, server, timing = found["source"], found["server"], found["timing"]
    batch, bench = found.get("batch") or {}, found.get("bench") or {}
    times = timing or {}
    passes = [*times.get("passes", ())]
    memory = found["memory"]
    device = server["devices"][0]["name"] if server["devices"] else ""
    run = {
        "id": _text(found["id"]),
        "path": path,
        "started": _text(found["started"]),
        "result": _text(found["result"]),
        "simulated": int(bool(found["simulated"])),
        "file": _text(source["file"]),
        "pipeline": _text(source["pipeline"]),
        "source": _text(source["sha256"]),
        "prompt": _text(found["prompt"]["sha256"]),
        "recipe": recipe_of(found["prompt"]["json"]),
        "card": _card(_text(device)),
        "server": _text(server["address"]),
        "comfyui": _text(server["comfyui"]),
        "pytorch": _text(server["pytorch"]),
        "seconds": _number(times.get("total_s")),
        "load_s": _sum(passes, "load_s"),
        "sampling_s": _sum(passes, "sampling_s"),
        "queue_s": _number(times.get("queue_s")),
        "warm": _warm(passes),
        "counts": int(_counts(found, times, passes)),
        "peak_bytes": _number(memory.get("peak_bytes")),
        "throttled": ", ".join(map(_text, memory.get("throttled") or ())),
        "snapshot": found.get("snapshot"),
        "batch": batch.get("id"),
        "job": batch.get("job"),
        "attempt": batch.get("attempt"),
        "bench": bench.get("id"),
        "cell": bench.get("cell"),
        "role": bench.get("role"),
        "target": _text(found["target"]),
    }
    for key, value in run.items():
        if not isinstance(value, str | int | float | None):
            raise NoRecord(key)
    return Rows(
        tuple(run[key] for key in RUNS),
        tuple((path, name, _value(value)) for name, value in found["parameters"].items()),
        tuple(_pass(path, number, each) for number, each in enumerate(passes, 1)),
    )


def _pass(path: str, number: int, each: dict[str, Any]) -> Row:
    steps = [float(step) for step in each["steps_s"]]
    memory = each.get("memory") or {}
    return (
        *(path, number, _text(each["name"]), _number(each["total_s"])),
        *(_number(each["load_s"]), _number(each["sampling_s"])),
        *(median(steps) if steps else None, len(steps)),
        *(int(bool(each["cold"])), int(bool(each["cached"]))),
        _number(memory.get("peak_bytes")),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NoRecord
    # Half characters, which JSON may have, cannot be stored as UTF-8.
    return value.encode("utf-8", "replace").decode()


def _number(value: Any) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoRecord
    return value if -(2**63) <= value < 2**63 else None


def _sum(passes: list[dict[str, Any]], name: str) -> float | None:
    return float(sum(each[name] for each in passes)) if passes else None


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


def _card(device: str) -> str:
    named = card_name(device)
    if named not in _CARDS:
        _CARDS[named] = known_card(named) or named
    return _CARDS[named]


#: The card of the table for a name of a device; a fleet has few.
_CARDS: dict[str, str] = {}


def _warm(passes: list[dict[str, Any]]) -> int | None:
    if not passes or any(each["cached"] for each in passes):
        return None
    return int(not any(each["cold"] for each in passes))


def _counts(found: dict[str, Any], times: Mapping[str, Any], passes: list[dict[str, Any]]) -> bool:
    """Whether the time of a run says how fast its server is."""
    return bool(
        found["result"] == "success"
        and times
        and not times["all_cached"]
        and not any(each["cached"] for each in passes)
        and not found.get("not_counted")
        and not found.get("not_as_set")
    )


# --- the recipe ---

#: Inputs that change no time: seeds, and names of files of jobs.
_NO_COST = frozenset(("seed", "noise_seed", "image", "filename_prefix"))


def recipe_of(prompt: Mapping[str, Any]) -> str:
    """The digest of what costs time in a prompt: all of it but seeds, texts, titles and names of files."""
    kept = {id: _costs(node) for id, node in sorted(prompt.items())}
    return of(json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=True))


def _costs(node: Any) -> Any:
    """What costs time of a node. Of a prompt that is none, all of it."""
    if not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
        return node
    free = _free(str(node.get("class_type")))
    inputs = node["inputs"].items()
    return (
        node.get("class_type"),
        {name: value for name, value in inputs if isinstance(value, list) or name not in free},
    )


def _free(class_name: str) -> frozenset[str]:
    """The inputs of a class that cost nothing."""
    if class_name not in _FREE:
        record = record_of(class_name)
        texts = {"text"} if record.work == "encode_text" else set()
        _FREE[class_name] = _NO_COST | frozenset(record.texts) | texts
    return _FREE[class_name]


_FREE: dict[str, frozenset[str]] = {}
