"""The report of one run, from its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.report.results import environment, qualities, sheets, shown, timelines
from wan22dsl.report.results.contents import (
    Column,
    Item,
    Items,
    Prose,
    Result,
    Section,
    Source,
    Table,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wan22dsl.report.results.contents import Block, Tone
    from wan22dsl.run.models.record import Rating, RunRecord
    from wan22dsl.run.models.timing import Pass, Timing

#: What a word means, as a tone.
TONES: dict[str, Tone] = {
    "excellent": "good",
    "good": "good",
    "slow": "bad",
    "too much": "bad",
    "error": "bad",
    "warning": "warn",
    "note": "",
}

_HOW = {
    "error": "ended with an error",
    "interrupted": "was interrupted on the server",
    "stopped": "was stopped",
    "unfinished": "was not finished when its record was written",
}


def result(record: RunRecord, folder: Path, id: str) -> Result:
    """The report of a run whose record is in that folder."""
    warning = simulated(record)
    chart = timelines.chart(record, f"{id}-timeline", "What the card did, second by second")
    sections = [
        Section(f"{id}-gaps", "What could not be measured", gaps(record)),
        Section(f"{id}-passes", "Passes", tuple(_passes(id, record))),
        Section(f"{id}-time", "Timeline", (chart,) if chart is not None else ()),
        Section(f"{id}-pictures", "Pictures", sheets.of_run(record, folder)),
        Section(f"{id}-quality", "Quality of the videos", qualities.of_run(id, record)),
        Section(f"{id}-ratings", "Against the targets", tuple(_ratings(id, record))),
        Section(f"{id}-findings", "Findings", _findings(record)),
        Section(f"{id}-environment", "Environment", environment.blocks(id, record, folder)),
        Section(f"{id}-how", "How it was measured", tuple(_how(record))),
    ]
    return Result(
        id,
        f"{shown.name(record.source.pipeline)}, one run",
        tuple(_facts(record)),
        verdict(record),
        tone(record),
        warning,
        tuple(section for section in sections if section.blocks),
        data(record),
    )


def simulated(record: RunRecord) -> str:
    """What is said where no model was run; empty for a real run."""
    if not record.simulated:
        return ""
    card = environment.card_of(record) or "a card"
    return f"Simulated: no model was run. Times and memory are estimates for the {card}, not measurements."


def verdict(record: RunRecord) -> str:
    """The run in one sentence."""
    name = shown.name(record.source.pipeline)
    card = environment.card_of(record)
    where = f" on the {card}" if card else ""
    timing = record.timing
    if record.result != "success":
        after = f" after {timing.total_s:.1f} s" if timing is not None else ""
        errors = [finding for finding in record.findings if finding.severity == "error"]
        why = f": {shown.sentence(errors[0].message).rstrip('.')}" if errors else ""
        return f"{name}{where} {_HOW[record.result]}{after}{why}."
    if timing is None:
        return f"{name} succeeded{where}, and nothing of it was timed."
    if timing.all_cached:
        return f"{name} was not run: the server had every result in its cache."
    if record.not_counted:
        return f"{name} has no total{where}: a part of it has no estimate."
    took = f"{name} took {timing.total_s:.1f} s{where}"
    return f"{took}{_graded(record)}."


def _graded(record: RunRecord) -> str:
    """How good that was: by the rating of the whole, else by the worst of them."""
    rated = [rating for rating in record.ratings if rating.verdict != "not rated"]
    worst = [rating for rating in rated if rating.verdict in ("slow", "too much")]
    if worst:
        rating = worst[0]
        return f"; {shown.name(rating.what)} {_is(rating)} (target {shown.name(rating.target)})"
    whole = [rating for rating in rated if rating.what.startswith("the whole run")]
    for rating in whole or rated[:1]:
        what = "" if whole else f"{shown.name(rating.what)}: "
        return f", {what}{rating.verdict} against its target of {shown.name(rating.target)}"
    return ""


def _is(rating: Rating) -> str:
    return "was slow" if rating.verdict == "slow" else "took too much memory"


def tone(record: RunRecord) -> Tone:
    """What the verdict is: bad where it failed or is above a target."""
    if record.result != "success":
        return "bad"
    if record.not_as_set or record.timing is None or record.timing.all_cached:
        return "warn"
    verdicts = {rating.verdict for rating in record.ratings}
    if verdicts & {"slow", "too much"}:
        return "bad"
    return "good" if verdicts & {"good", "excellent"} else ""


def _facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    yield "card", environment.card_of(record) or "not known"
    yield "ComfyUI", shown.name(record.server.comfyui) or "not known"
    yield "started", shown.name(record.started.partition(".")[0].replace("T", " ") + " UTC")
    yield "run", shown.name(record.id)
    yield "file", file_of(record)


def file_of(record: RunRecord) -> str:
    """The name of the file that was run, without its folder, which is nobody else's business."""
    return shown.name(record.source.file.replace("\\", "/").rpartition("/")[2])


def gaps(record: RunRecord) -> tuple[Block, ...]:
    """What no figure is there for, or whose figures count nothing; each with the reason."""
    items = [Item(shown.sentence(text), "not as set", "warn") for text in record.not_as_set]
    timing = record.timing
    if timing is None:
        items.append(Item("Nothing was run, so there are no times.", "times", "warn"))
    else:
        items += _gaps_of(timing)
    for part in record.not_counted:
        items.append(
            Item(f"The simulation has no estimate: {shown.sentence(part)}.", "total", "warn")
        )
    if record.memory.usage is None:
        items.append(Item(shown.sentence(record.memory.note) or "Not known.", "memory"))
    if record.log is None:
        items.append(Item("The server gives no log: nothing is known of fallbacks.", "log"))
    elif not record.log.whole:
        items.append(Item("The server no longer had the first lines of the run.", "log"))
    for rating in record.ratings:
        if rating.verdict == "not rated":
            items.append(
                Item(f"{shown.name(rating.what)}: {shown.sentence(rating.note)}", "not rated")
            )
    return (Items(tuple(items)),) if items else (Prose("Everything was measured.", "muted"),)


def _gaps_of(timing: Timing) -> Iterator[Item]:
    if timing.all_cached:
        yield Item("All results came from the server's cache.", "times", "warn")
    elif not timing.complete:
        yield Item(
            "The connection broke: times of single nodes are not exact, the total is.",
            "times",
            "warn",
        )
    for pass_ in timing.passes:
        if pass_.cached and not timing.all_cached:
            yield Item(
                f"{shown.name(pass_.name)} came from the cache: its times are no measure.",
                "times",
                "warn",
            )


def _passes(id: str, record: RunRecord) -> Iterator[Block]:
    timing = record.timing
    if timing is None:
        return
    numbers = (
        "load, s",
        "sampling, s",
        "steps",
        "a step, s",
        "decode, s",
        "rest, s",
        "total, s",
        "peak, GiB",
    )
    columns = (Column("part"), *(Column(each, is_number=True) for each in numbers), Column("state"))
    rows = [_pass_row(pass_) for pass_ in timing.passes]
    for stage in timing.stages:
        state = Value("from the cache", tone="warn") if stage.cached else Value("")
        empty = [shown.NO_VALUE] * 6
        rows.append(
            (
                Value(shown.name(stage.name)),
                *empty,
                shown.seconds(stage.seconds),
                shown.NO_VALUE,
                state,
            )
        )
    others_s = timing.server_s + timing.between_s
    if others_s >= 0.05:
        rows.append(
            (
                Value("the server itself"),
                *[shown.NO_VALUE] * 6,
                shown.seconds(others_s),
                shown.NO_VALUE,
                Value(""),
            )
        )
    usage = record.memory.usage
    whole = shown.NO_VALUE if record.not_counted else shown.seconds(timing.total_s)
    peak = shown.gib(usage.peak_bytes) if usage is not None else shown.NO_VALUE
    rows.append((Value("whole run"), *[shown.NO_VALUE] * 6, whole, peak, Value("")))
    notes = (
        "A step is the median of the steps but the first. Rest is text, image and conditioning.",
        "Cold: the model file was read in this run.",
    )
    yield Table(
        f"{id}-passes-table", "Seconds and peak memory of each part", columns, tuple(rows), notes
    )


def _pass_row(pass_: Pass) -> tuple[Value, ...]:
    steps = sorted(pass_.steps_s[1:] or pass_.steps_s)
    middle = len(steps) // 2
    step_s = (steps[middle] + steps[-middle - 1]) / 2 if steps else None
    was_run = bool(pass_.total_s) and not pass_.cached
    figures = (
        shown.seconds(pass_.load_s if was_run else None),
        shown.seconds(pass_.sampling_s if was_run else None),
        Value(str(len(pass_.steps_s)), len(pass_.steps_s)) if pass_.steps_s else shown.NO_VALUE,
        shown.seconds(step_s if was_run else None, 2),
        shown.seconds(pass_.decode_s if was_run else None),
        shown.seconds(pass_.rest_s if was_run else None),
        shown.seconds(pass_.total_s if was_run else None),
        shown.gib(pass_.memory.peak_bytes if pass_.memory is not None else None),
    )
    return (Value(shown.name(pass_.name)), *figures, _state(pass_))


def _state(pass_: Pass) -> Value:
    if pass_.cached:
        return Value("from the cache", tone="warn")
    if not pass_.total_s:
        return Value("not run", tone="warn")
    words = ["cold" if pass_.cold else "warm"]
    if pass_.finished is False:
        words.append(f"ended after {shown.count(len(pass_.steps_s), 'step')}")
    elif not pass_.complete:
        words.append("partly observed")
    return Value(", ".join(words), tone="warn" if words[1:] else "")


def _ratings(id: str, record: RunRecord) -> Iterator[Block]:
    if not record.ratings:
        return
    columns = (
        Column("what"),
        Column("measured", is_number=True),
        Column("verdict"),
        Column("target"),
        Column("note"),
    )
    rows = []
    for rating in record.ratings:
        measured = shown.NO_VALUE
        if rating.seconds is not None:
            measured = Value(f"{rating.seconds:.1f} s", rating.seconds)
        elif rating.peak_bytes is not None:
            measured = Value(shown.size(rating.peak_bytes), float(rating.peak_bytes))
        grade = Value(rating.verdict, tone=TONES.get(rating.verdict, "warn"))
        what, target, note = map(shown.sentence, (rating.what, rating.target, rating.note))
        rows.append((Value(what), measured, grade, Value(target), Value(note, tone="muted")))
    yield Table(f"{id}-ratings-table", "Times and memory against the targets", columns, tuple(rows))


def _findings(record: RunRecord) -> tuple[Block, ...]:
    items = []
    for finding in record.findings:
        place = finding.place
        where = (
            f" ({shown.name(place.path)}:{place.line}:{place.column})" if place is not None else ""
        )
        label = f"{finding.severity} {finding.code}"
        items.append(
            Item(f"{shown.sentence(finding.message)}{where}", label, TONES[finding.severity])
        )
    return (Items(tuple(items)),) if items else (Prose("None.", "muted"),)


def _how(record: RunRecord) -> Iterator[Block]:
    clock = {
        "simulation": "Times are those of the simulation.",
        "server": "Times of nodes and steps are from the server's own benchmark.",
        "messages": (
            "The total is from the server's timestamps, without the queue; times of nodes and steps are from "
            "the arrival of its messages."
        ),
    }
    if record.timing is not None:
        yield Prose(clock[record.timing.source])
    yield Prose(
        "This is one run: it cannot tell how much runs differ from each other. To compare configurations, "
        "use `wan bench`, which repeats runs and restarts ComfyUI."
    )
    if len(record.attempts) > 1:
        tries = [
            Item(
                f"{shown.name(each.how)} {shown.sentence(each.reason)}".strip(),
                f"attempt {each.number}{f', {each.after}' if each.after else ''}",
            )
            for each in record.attempts
        ]
        yield Items(tuple(tries))
    yield Source(f"{file_of(record)}, as it was run", shown.text(record.source.text))


def data(record: RunRecord) -> dict[str, Any]:
    """The record without the prompt JSON, which is long and in the record's own file."""
    found = record.as_json()
    found["source"]["file"] = file_of(record)
    found["prompt"] = {key: value for key, value in found["prompt"].items() if key != "json"}
    return found
