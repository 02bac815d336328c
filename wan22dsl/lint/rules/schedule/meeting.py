"""Fixes that let two passes of a split meet. All of them change the video, so none is a safe one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.passes.handoffs import expected_split
from wan22dsl.lint.rules.experts.fixes import fix_of, replace, steps, written

if TYPE_CHECKING:
    from wan22dsl.graph.passes.handoffs import Handoff
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.source import Span


def meeting(handoff: Handoff) -> Fix | None:
    """Both at one step: the one of the two that is where the experts change, else the end of the first."""
    end, start = handoff.before.settings.end, handoff.after.settings.start
    if end is None or start is None:
        return None
    total, split = handoff.after.settings.steps, expected_split(handoff.before)
    if start == 0 and end == total and split is not None and 0 < split < end:
        return fix_of(
            f"Split them at step {split}",
            _all(steps(handoff.before, end=split), steps(handoff.after, start=split)),
        )
    if start < end == handoff.after.settings.end and total is not None and end < total:
        both = steps(handoff.after, start=end, end=total)
        return fix_of(f"Let the second pass go from step {end} to {total}", both)
    if start == expected_split(handoff.before) and end != start:
        return fix_of(f"End the first pass at step {start}", steps(handoff.before, end=start))
    last = handoff.after.settings.end
    if last is not None and last <= end:
        return None  # the second pass would have no step
    return fix_of(f"Start the second pass at step {end}", steps(handoff.after, start=end))


def _all(*parts: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits of all parts; none where one has none."""
    return tuple(edit for part in parts for edit in part) if all(parts) else ()


def same_total(handoff: Handoff) -> Fix | None:
    """The total of the first pass for the second, where the text has it as a number of its own."""
    total, other = handoff.before.settings.steps, handoff.after.settings.steps
    span = written(handoff.after, "steps")
    if total is None or other is None or handoff.before.settings.end is None:
        return None
    begins = handoff.before.settings.end
    if begins >= total:
        return None  # the second pass would have no step
    if span is not None and span.text.endswith(f" of {other}"):
        text = f"{begins}..{total} of {total}"
        return Fix(f"Write {text}", (Edit(span, text),), safe=False)
    found = replace(span, str(other), str(total), f"Write {total} steps")
    return found if handoff.after.settings.start == begins else None


def same_sampler(handoff: Handoff) -> Fix | None:
    """The sampler or scheduler of the first pass for the second."""
    first = handoff.before.settings
    if handoff.cause == "sampler":
        return sampled([handoff.after], sampler=first.sampler)
    return sampled([handoff.after], scheduler=first.scheduler)


def sampled(
    passes: list[Pass], *, sampler: str | None = None, scheduler: str | None = None
) -> Fix | None:
    """Another sampler or scheduler for all of these passes, as it is written: `"simple"`, `euler/simple`."""
    edits: dict[Span, str] = {}
    for pass_ in passes:
        settings = pass_.settings
        name, old, new = (
            ("sampler", settings.sampler, sampler)
            if sampler is not None
            else ("scheduler", settings.scheduler, scheduler)
        )
        span = written(pass_, name)
        whole = f"{settings.sampler}/{settings.scheduler}"
        if span is None or new is None:
            return None
        if span.text == whole:
            edits[span] = f"{sampler or settings.sampler}/{scheduler or settings.scheduler}"
        elif span.text == f'"{old}"':
            edits[span] = f'"{new}"'
        else:
            return None
    made = tuple(Edit(span, text) for span, text in edits.items())
    return fix_of(f"Write {sampler or scheduler}", made)


def switched(span: Span | None, *, on: bool, who: str) -> Fix | None:
    """A switch the other way round, as it is written: `"enable"`, `true`."""
    title = f"Let {who}"
    for off_text, on_text in (('"disable"', '"enable"'), ("false", "true")):
        old, new = (off_text, on_text) if on else (on_text, off_text)
        found = replace(span, old, new, title)
        if found is not None:
            return found
    return None
