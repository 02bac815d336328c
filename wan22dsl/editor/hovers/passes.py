"""A pass: its expert, model, LoRAs, steps and sigmas, the hand-off, in each pipeline where it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor import uses
from wan22dsl.editor.hovers.markdown import code, items, paragraphs, plain
from wan22dsl.formats.description import passes, words
from wan22dsl.graph.passes.handoffs import level, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wan22dsl.editor.uses import Run
    from wan22dsl.editor.view import View
    from wan22dsl.graph.analysis.model import HandOver, PassFacts
    from wan22dsl.language.program.module import Declaration


def told(view: View, declaration: Declaration) -> tuple[str, str]:
    """What a pass is, in a few words, and what it does in each pipeline, those alike together."""
    runs, more = uses.runs_of(view, declaration)
    if not runs:
        return "", ""
    together: dict[tuple[str, ...], list[str]] = {}
    for run in runs:
        together.setdefault(tuple(lines_of(run)), []).append(run.pipeline)
    parts = []
    for lines, pipelines in together.items():
        names = [*dict.fromkeys(pipelines)]
        head = f"In {words.several(map(code, names))}:" if len(together) > 1 or more else ""
        parts.append(paragraphs(head, items(lines)))
    if more:
        parts.append(f"And in {words.counted(more, 'more pipeline')}.")
    return what(runs), paragraphs(*parts)


def what(runs: Sequence[Run]) -> str:
    """`high-noise expert of Wan 2.2 I2V 14B`, where it is that in every pipeline."""
    found = {_what(run) for run in runs}
    return found.pop() if len(found) == 1 else ""


def _what(run: Run) -> str:
    noise, family = run.facts.noise, run.clip.family
    model = words.family(run.clip) if family is not None else ""
    expert = f"{noise}-noise expert" if noise in ("high", "low") else ""
    return " of ".join(part for part in (expert, model) if part)


def lines_of(run: Run) -> Iterator[str]:
    """What there is to know of a pass in one pipeline."""
    facts = run.facts
    model, *on_it = passes.models_of(facts)
    yield f"model {code(model)}" if facts.model else "an unknown model"
    for line in on_it:
        yield _on_model(line)
    yield " · ".join(_settings(facts))
    if facts.sigmas and len(facts.sigmas) > 1:
        yield f"sigmas {sigmas_of(facts)}"
    yield from handoff_lines(run)
    frames = words.clip_of_frames(facts.frames, run.fps)
    size = words.size(facts)
    if frames or size:
        yield ", ".join(part for part in (size, frames) if part)
    cost = cost_line(run)
    if cost:
        yield cost


def sigmas_of(facts: PassFacts) -> str:
    """The noise before each step, and at the end: `1, 0.938 → 0.833`."""
    return passes.numbers(facts.sigmas or ()).replace("  ", ", ")


def _on_model(line: str) -> str:
    """`+ LoRA file at 1 (4-step)`, with the file as code."""
    head, found, rest = line.removeprefix("+ ").partition(" at ")
    word, _, name = head.partition(" ")
    if word == "LoRA" and found:
        return f"LoRA {code(name)} at {plain(rest)}"
    return f"patch {code(line.removeprefix('+ '), 160)}"


def _settings(facts: PassFacts) -> Iterator[str]:
    steps = passes.steps_of(facts)
    if steps != words.NONE:
        yield f"steps {steps}"
    if facts.sampler is not None:
        yield f"{facts.sampler}/{facts.scheduler}" if facts.scheduler else facts.sampler
    if facts.cfg is not None:
        yield f"cfg {words.number(facts.cfg)}"
    if facts.shift is not None:
        default = " (Wan's default)" if facts.shift_is_default else ""
        yield f"shift {words.number(facts.shift)}{default}"
    if facts.denoise not in (None, 1.0):
        yield f"denoise {words.number(facts.denoise)}"
    if facts.seed is not None and facts.adds_noise is not False:
        yield f"seed {facts.seed}"
    if facts.times != 1:
        yield "in a loop" if facts.times is None else f"{facts.times} times"


def handoff_lines(run: Run) -> Iterator[str]:
    """What it hands off and takes up: the noise, and whether the experts change where they should."""
    names = {facts.id: facts.name for facts in run.clip.passes}
    for each in run.schedule.hand_overs:
        if each.before == run.facts.id:
            yield _given(each, names[each.after])
            boundary = run.schedule.boundary
            if each.boundary_step is not None and boundary is not None:
                yield _boundary(each, boundary)
        elif each.after == run.facts.id:
            yield _taken(each, names[each.before])
    if run.facts.handoff == "frames" and run.facts.before is not None:
        before = words.pass_names(run.analysis).get(run.facts.before, run.facts.before)
        yield f"takes the frames of {code(before)} as its image"


def _given(each: HandOver, after: str) -> str:
    where = "" if each.end_step is None else f" after step {each.end_step} of {each.of_steps}"
    if each.end_sigma is None:
        return f"hands off to {code(after)}{where}"
    head = f"hands off to {code(after)}{where} at sigma **{level(each.end_sigma)}**"
    return f"{head}{_fits(each, code(after))}"


def _fits(each: HandOver, after: str) -> str:
    if each.cause is None and each.renewed:
        return f"; {after} adds noise of its own"
    if each.start_sigma is None:
        return ""
    expected = f"; {after} expects {level(each.start_sigma)}"
    if each.cause is None and each.factor is not None:
        return f"{expected}: exact"
    return f"{expected}: {share(each.factor)}" if each.factor is not None else expected


def _boundary(each: HandOver, boundary: float) -> str:
    head = f"the experts change at sigma {level(boundary)}, after step {each.boundary_step}"
    if each.end_step is None:
        return head
    off = each.end_step - (each.boundary_step or 0)
    if off == 0:
        return f"{head}: fits"
    side = "later" if off > 0 else "earlier"
    return f"{head}: the hand-off is {words.counted(abs(off), 'step')} {side}"


def _taken(each: HandOver, before: str) -> str:
    head = f"takes the latent of {code(before)}"
    if each.start_sigma is None or each.end_sigma is None:
        return head
    if each.renewed and each.cause is None:
        return f"{head} and adds noise of its own, from sigma {level(each.start_sigma)}"
    head += f" at sigma **{level(each.end_sigma)}**"
    if each.cause is None and each.factor is not None:
        return f"{head}, as expected"
    off = f": {share(each.factor)}" if each.factor is not None else ""
    return f"{head}, expects {level(each.start_sigma)}{off}"


def cost_line(run: Run) -> str:
    """The time of a pass on the configured card; empty where that is not known."""
    cost = run.analysis.cost
    for need in cost.passes:
        if need.pass_id == run.facts.id and need.seconds is not None:
            if need.fit == "fails":
                return f"{cost.card}: out of memory"
            time = words.seconds(need.seconds, need.plus_minus_s)
            step = f", {words.seconds(need.step_s)} a step" if need.step_s is not None else ""
            streams = (
                f", streams {words.gib(need.streamed_bytes)} of weights in each step"
                if need.fit == "streams"
                else ""
            )
            return f"{cost.card}: {time}{step}{streams}"
    return ""
