"""What became of a batch, in one sentence and in its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.report.results import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.fleet.overview import Overview
    from wan22dsl.report.results.batch import Batch
    from wan22dsl.report.results.contents import Tone

#: The reasons that a sentence has room for.
_MOST_REASONS = 2


def verdict(seen: Overview) -> str:
    """The batch in one sentence; code is between backticks."""
    counts, total = seen.counts, len(seen.plan.jobs)
    if not seen.drives:
        return f"None of {jobs(total)} was begun: the batch is only planned."
    used = len([server for server in seen.servers if server.attempts]) or len(seen.servers)
    time = shown.duration(seen.driven_s)
    verb = "is" if counts.done == 1 else "are"
    done = (
        f"All {jobs(total)} are"
        if counts.done == total > 1
        else f"{counts.done:,} of {jobs(total)} {verb}"
    )
    begin = f"{done} done {'in' if seen.is_complete else 'after'} {time} on {shown.count(used, 'server')}"
    parts = [part for part in (_left(seen), _set_aside(seen)) if part]
    return "; ".join([begin, *parts]) + "."


def jobs(number: int) -> str:
    """`1 job`, `1,000 jobs`."""
    return f"{number:,} job{'' if number == 1 else 's'}"


def _left(seen: Overview) -> str:
    counts = seen.counts
    waiting = counts.waiting + counts.blocked
    words = {
        "running": counts.running,
        "waiting": waiting,
        "not known to have ended": counts.unknown,
    }
    parts = [f"{number:,} {word}" for word, number in words.items() if number]
    if not parts:
        return ""
    verb = "is" if counts.left == 1 else "are"
    rest = ""
    if seen.has_driver and seen.left_s is not None:
        rest = f", about {shown.duration(seen.left_s)} at the rate of the last half hour"
    first, _, others = shown.listed(parts).partition(" ")
    return f"{first} {verb} {others}{rest}"


def _set_aside(seen: Overview) -> str:
    number = seen.counts.set_aside
    if not number:
        return ""
    verb = "was" if number == 1 else "were"
    texts = [_cause(reason.text) for reason in seen.set_aside[:_MOST_REASONS]]
    if len(seen.set_aside) == 1:
        return f"{number:,} {verb} set aside: {texts[0]}"
    each = [f"{reason.times:,} by {text}" for reason, text in zip(seen.set_aside, texts)]
    more = sum(reason.times for reason in seen.set_aside[_MOST_REASONS:])
    each += [f"{more:,} for other reasons"] if more else []
    return f"{number:,} {verb} set aside: {'; '.join(each)}"


def _cause(text: str) -> str:
    """A reason without how often it happened, and where."""
    before, found, last = text.partition("the last time: ")
    return shown.sentence(last if found and before else text, 160).rstrip(".")


def tone(seen: Overview) -> Tone:
    """What the verdict is: bad where jobs were set aside, a warning where some are left."""
    if seen.counts.set_aside:
        return "bad"
    return "good" if seen.is_complete and seen.counts.done else "warn"


def facts(batch: Batch) -> Iterator[tuple[str, str]]:
    """What a reader asks first."""
    seen, plan = batch.seen, batch.seen.plan
    yield "servers", shown.listed(batch.cards(), 4) or "none"
    if plan.fleet:
        yield "fleet", shown.name(plan.fleet)
    kinds = list(dict.fromkeys(shown.name(kind.label, 80) for kind in batch.pace.kinds))
    kinds = kinds or list(dict.fromkeys(shown.name(job.pipeline) for job in plan.jobs))
    yield "what is made", shown.listed(kinds, 3) or "nothing"
    if seen.drives:
        yield "began", f"{batch.time(0)} UTC"
        yield ("ended" if seen.is_complete else "as of"), f"{batch.time(seen.last_s)} UTC"
    if seen.driven_s > 0 and seen.counts.done:
        yield "throughput", f"{seen.counts.done / seen.driven_s * 3600:,.1f} jobs per hour"
    versions = {
        attempt.facts.comfyui
        for server in seen.servers
        for attempt in server.attempts
        if attempt.facts is not None and attempt.facts.comfyui
    }
    yield "ComfyUI", shown.listed(sorted(map(shown.name, versions)), 3) or "not known"
    yield "batch", shown.name(plan.id)
