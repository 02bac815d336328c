"""The JSON Schemas of records and events, made of their shapes."""

from __future__ import annotations

from wan22dsl.run.models.events import Line
from wan22dsl.run.models.record import RunRecord
from wan22dsl.shapes import schema_of

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
        "run_event": schema_of("run_event", "A line of `wan run --json`", _EVENT, Line),
        "run_record": schema_of(
            "run_record", "The record of a run of `wan run`", _RECORD, RunRecord
        ),
    }
