"""The JSON Schemas of records and events, made of their shapes."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from wan22dsl.run.models.events import Line
from wan22dsl.run.models.record import RunRecord

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

_RECORD = (
    "One file for each run, next to its outputs: `run-ID.json`. Names end in the unit: `_s` "
    "seconds, `_bytes` bytes, `_mhz`, `_w`, `_c` (Celsius), `_percent`. It contains no "
    "password, token or path of the server's machine. Later versions may add properties; "
    "those listed here stay."
)
_EVENT = (
    "One JSON object per line. `at_s` is seconds from the first event of the command; nodes "
    "are named by their ids. The last line of each run is `record`. Later versions may add "
    "events and properties; those listed here stay."
)


def schemas() -> dict[str, str]:
    """The text of each schema, by its name."""
    return {
        "run_event": _text("run_event", "A line of `wan run --json`", _EVENT, Line),
        "run_record": _text("run_record", "The record of a run of `wan run`", _RECORD, RunRecord),
    }


def _text(name: str, title: str, description: str, shape: Any) -> str:
    made = _plain(TypeAdapter(shape).json_schema())
    head = {"$schema": _DRAFT, "$id": f"wan22dsl/{name}.schema.json"}
    found = {**head, "title": title, "description": description}
    found |= {key: value for key, value in made.items() if key not in found}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any, *, names: bool = False) -> Any:
    """A schema without what pydantic writes in one version and not in another.

    `names`: the keys are names of properties or definitions, and stay as they are.
    """
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if not isinstance(value, dict):
        return value
    dropped = set() if names else {"title", *(["enum"] if "const" in value else [])}
    if not names and value.get("additionalProperties") is True:
        dropped.add("additionalProperties")  # is what a schema means that does not say it
    return {
        key: _plain(part, names=not names and key in {"properties", "$defs", "mapping"})
        for key, part in sorted(value.items(), key=lambda item: _ORDER.get(item[0], 9))
        if key not in dropped
    }


#: What comes first in a schema, whatever the version.
_ORDER = {"$ref": 0, "description": 1, "type": 2, "const": 3, "enum": 3, "default": 4}
