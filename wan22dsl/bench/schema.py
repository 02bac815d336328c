"""The JSON Schemas of what a bench writes, made of their shapes."""

from __future__ import annotations

_PLAN = (
    "`bench.json`, the plan of a bench, in its folder. `bench.jsonl` next to it has a line for each thing "
    "that happened, by bench_line.schema.json, and `run-ID.json` the record of each run. Names end in the "
    "unit: `_s` seconds, `_bytes` bytes. Later versions may add properties; those listed here stay."
)
_LINE = (
    "One JSON object per line, appended as it happens and never changed. What was written when the "
    "command was killed may be half a line: readers drop it. Later versions may add kinds of lines and "
    "properties; those listed here stay."
)
_BASELINE = (
    "A baseline that `wan bench accept` writes, for `wan bench gate`. Sizes are bytes, names that end with "
    "`_s` or `.seconds` are seconds. It contains neither prompts nor addresses. Later versions may add "
    "properties; those listed here stay."
)
_GATE = (
    "The verdict, each cell with its state, and why. Later versions may add properties; those listed here "
    "stay."
)


_PRINTED = (
    "The first and the last line that `wan bench FILE --json` prints. The lines between them are by "
    "bench_line.schema.json. Later versions may add properties; those listed here stay."
)
_SHOWN = (
    "One bench, or the history of several. Names of figures end in the unit: `_s` and `.seconds` seconds, "
    "`_bytes` bytes. Later versions may add properties; those listed here stay."
)
_COMPARISON = (
    "Two benches, cell by cell. Later versions may add properties; those listed here stay."
)


def schemas() -> dict[str, str]:
    """The text of each schema, by its name."""
    from wan22dsl.bench.models import Line, Plan
    from wan22dsl.bench.models_gate import Baseline, GateReport
    from wan22dsl.bench.models_shown import ComparisonOfBenches, PlanOrResult, Shown
    from wan22dsl.shapes import schema_of

    return {
        "bench_baseline": schema_of(
            "bench_baseline", "The baseline of a bench", _BASELINE, Baseline
        ),
        "bench_comparison": schema_of(
            "bench_comparison",
            "What `wan bench compare --json` prints",
            _COMPARISON,
            ComparisonOfBenches,
        ),
        "bench_gate": schema_of(
            "bench_gate", "What `wan bench gate --format json` prints", _GATE, GateReport
        ),
        "bench_line": schema_of("bench_line", "A line of `bench.jsonl`", _LINE, Line),
        "bench_plan": schema_of("bench_plan", "The plan of a bench, `bench.json`", _PLAN, Plan),
        "bench_printed": schema_of(
            "bench_printed", "What `wan bench FILE --json` prints", _PRINTED, PlanOrResult
        ),
        "bench_shown": schema_of(
            "bench_shown", "What `wan bench show --json` prints", _SHOWN, Shown
        ),
    }
