"""The JSON Schemas of what a batch writes, made of their shapes."""

from __future__ import annotations

_PLAN = (
    "`batch.json`, the plan of a batch, in its folder. `batch.jsonl` next to it has a line for each thing "
    "that happened, by batch_line.schema.json, and `run-ID.json` the record of each attempt. Names end in "
    "the unit: `_s` seconds. Later versions may add properties; those listed here stay."
)
_LINE = (
    "One JSON object per line, appended as it happens and never changed. What was written when the "
    "command was killed may be half a line: readers drop it. An attempt that is `placed` and has no line "
    "`ended`, or ended as `lost` or `stopped` without `is_settled`, may still be on its server; a later "
    "line for the same attempt replaces an earlier one. "
    "The first success of a job counts, or that it was set aside, whichever is first. "
    "Later versions may add kinds of lines and properties; those listed here stay."
)
_STATUS = (
    "What `wan fleet status --json` writes. Names end in the unit: `_bytes` bytes. What a server did not "
    "say is null. Later versions may add properties; those listed here stay."
)
_NOW = (
    "`now.json` in the folder of a batch that runs: what only its driver knows. It is replaced every few "
    "seconds, and nothing depends on it. Later versions may add properties; those listed here stay."
)
_PAGE = (
    "`/data.json` of `wan fleet ui`. Names end in the unit: `_s` seconds. Lists are bounded. What is not "
    "known is null or empty. Later versions may add properties; those listed here stay."
)


def schemas() -> dict[str, str]:
    """The text of each schema, by its name."""
    from wan22dsl.fleet.models import Line, Plan
    from wan22dsl.fleet.models_page import Now, PageData
    from wan22dsl.fleet.models_status import FleetStatus
    from wan22dsl.shapes import schema_of

    return {
        "batch_line": schema_of("batch_line", "A line of `batch.jsonl`", _LINE, Line),
        "batch_now": schema_of("batch_now", "What a driver knows now, `now.json`", _NOW, Now),
        "batch_plan": schema_of("batch_plan", "The plan of a batch, `batch.json`", _PLAN, Plan),
        "fleet_page": schema_of("fleet_page", "`/data.json` of `wan fleet ui`", _PAGE, PageData),
        "fleet_status": schema_of(
            "fleet_status", "The output of `wan fleet status --json`", _STATUS, FleetStatus
        ),
    }
