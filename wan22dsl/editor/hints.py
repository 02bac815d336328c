"""Hints within the text: frames of a length, the sigma of a hand-off, seconds of a pass, what a stage gives.

Only what is known, and the same in every pipeline, is shown; nothing is shown twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.editor import uses
from wan22dsl.editor.configuration import Hints
from wan22dsl.editor.hovers import lengths, passes
from wan22dsl.editor.hovers.markdown import code, items, paragraphs
from wan22dsl.formats.description import words
from wan22dsl.graph.passes.handoffs import level, share
from wan22dsl.language.program import occurrences
from wan22dsl.language.program.values import read_number
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Block,
    Derived,
    Header,
    Number,
    Param,
    walk,
)
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wan22dsl.editor.uses import Run
    from wan22dsl.editor.view import View
    from wan22dsl.graph.analysis.model import Output, Step
    from wan22dsl.language.program.module import Module


class Hint(NamedTuple):
    """A few words behind an offset; `tooltip` explains them, as Markdown."""

    offset: int
    label: str
    tooltip: str
    kind: str


ALL = Hints()

#: With more pipelines only those in sight are looked at, and only what is written in themselves.
_MOST = 6

#: An output of a call, by name or number.
_CHOSEN = re.compile(r"(\.\w+|\[\d+\])*")


def of(view: View, start: int, end: int, shown: Hints = ALL) -> list[Hint]:
    """The hints between two offsets, in their order. `shown` are the kinds that are shown."""
    module = view.module
    if module is None:
        return []
    found: list[Hint] = []
    for item in module.file.declarations:
        if item.end < start or item.start > end:
            continue
        if shown.frames:
            found += _frames(view, module, item)
        if shown.handoff and isinstance(item, (Block, Derived, Param)):
            found += _handoffs(view, module, item)
        if shown.seconds and isinstance(item, (Block, Derived)) and item.word.text == "pass":
            found += _seconds(view, module, item)
    if shown.seconds or shown.size:
        found += _flows(view, module, start, end, shown)
    inside = [hint for hint in found if start <= hint.offset <= end]
    return sorted(dict.fromkeys(inside), key=lambda hint: hint.offset)


# --- frames of a length ---


def _frames(view: View, module: Module, item: Any) -> Iterator[Hint]:
    """Behind seconds, and behind a number of frames of which others are made."""
    for node in walk(item):
        if not isinstance(node, Number):
            continue
        constant = read_number(node.text)
        if constant is None or constant.type not in ("seconds", "frames"):
            continue
        found = list(lengths.lengths(view, _given(view, module, item, node)))
        made = {each.made if each.made is not None else each.asked for each in found}
        if len(made) != 1:
            continue
        frames = made.pop()
        if constant.type == "frames" and frames == constant.data:
            continue
        label = words.counted(frames, "frame")
        yield Hint(
            node.end, label, lengths.told(view, node, _given(view, module, item, node)), "frames"
        )


def _given(view: View, module: Module, item: Any, number: Number) -> Iterable[uses.Given]:
    """The inputs that a number gives, also by the name of the parameter whose default it is."""
    given = uses.inputs_at(view, module.source.path, number.start, number.end)
    value = item.default if isinstance(item, Param) else getattr(item, "value", None)
    if given or value is not number:
        return given
    declaration = module.declarations.get(item.name.text)
    return uses.inputs_of(view, declaration) if declaration is not None else ()


# --- the noise at a hand-off ---


def _handoffs(view: View, module: Module, item: Any) -> Iterator[Hint]:
    """Behind the steps of a pass."""
    for node in walk(item):
        if not isinstance(node, Attribute) or spelling.plain(node.key.text) != "steps":
            continue
        runs = _runs_at(view, module, node.value.start, node.value.end)
        declaration = module.declarations.get(item.name.text)
        if not runs and item.word.text == "pass" and declaration is not None:
            runs, _ = uses.runs_of(view, declaration)  # by an engine
        labels = {tuple(_handoff_labels(run)) for run in runs}
        if len(labels) == 1:
            (label,) = labels
            if label:
                lines = dict.fromkeys(line for run in runs for line in _handoff_lines(run))
                yield Hint(node.value.end, ", ".join(label), items(lines), "handoff")


def _runs_at(view: View, module: Module, start: int, end: int) -> list[Run]:
    """The passes whose steps are written at a place."""
    nodes: dict[tuple[str, str], Any] = {}
    for given in uses.inputs_at(view, module.source.path, start, end):
        if len(nodes) < uses.MOST:
            nodes.setdefault((given.pipeline, given.node.id), given.node)
    return [run for (name, _), node in nodes.items() for run in uses.runs_by(view, name, node)]


def _handoff_labels(run: Run) -> Iterator[str]:
    """`→ σ 0.833` where it hands off, `σ 0.833 →` where it takes up; with what is wrong between the two."""
    for each in run.schedule.hand_overs:
        off = f" ({share(each.factor)})" if each.cause and each.factor is not None else ""
        if each.before == run.facts.id and each.end_sigma is not None:
            yield f"→ σ {level(each.end_sigma)}"
        elif each.after == run.facts.id and each.start_sigma is not None:
            yield f"σ {level(each.start_sigma)} →{off}"


def _handoff_lines(run: Run) -> Iterator[str]:
    if run.facts.sigmas and len(run.facts.sigmas) > 1:
        yield f"sigmas {passes.sigmas_of(run.facts)}"
    yield from passes.handoff_lines(run)


# --- seconds of a pass ---


def _seconds(view: View, module: Module, item: Any) -> Iterator[Hint]:
    """Behind the first line of a pass that is declared here."""
    declaration = module.declarations.get(item.name.text)
    if view.card is None or declaration is None or declaration.start != item.name.start:
        return
    runs, more = uses.runs_of(view, declaration)
    if more:
        return
    hint = _time(runs, _line_end(view, item))
    if hint is not None:
        yield hint


def _line_end(view: View, item: Any) -> int:
    """Behind the `{` of a block, or behind a copy."""
    if isinstance(item, Derived):
        return int(item.end)
    brace = view.source.text.find("{", item.name.end, item.end)
    return brace + 1 if brace >= 0 else int(item.end)


def _time(runs: list[Run], offset: int) -> Hint | None:
    """The time of a pass, where it is the same in all pipelines."""
    labels = {_time_of(run) for run in runs}
    if len(labels) != 1 or not (label := labels.pop()):
        return None
    lines = dict.fromkeys(passes.cost_line(run) for run in runs)
    about = "Expected for a warm run; `wan describe` shows what else takes time."
    return Hint(offset, label, paragraphs(items(lines), about), "seconds")


def _time_of(run: Run) -> str:
    for need in run.analysis.cost.passes:
        if need.pass_id == run.facts.id and need.seconds is not None:
            if need.fit == "fails":
                return "out of memory"
            return words.seconds(need.seconds)
    return ""


# --- what comes out of each stage ---


def _flows(view: View, module: Module, start: int, end: int, shown: Hints) -> Iterator[Hint]:
    """Behind the elements of flows: the time of passes from elsewhere, and what changes.

    What several pipelines are made of is shown where it is the same in all of them.
    """
    places = {
        item.name.text: (item.start, item.end)
        for item in module.file.declarations
        if not isinstance(item, Header)
    }
    in_sight = [
        name
        for name in view.graphs
        if name in places and places[name][0] <= end and places[name][1] >= start
    ]
    are_all = len(view.graphs) <= _MOST
    found: dict[tuple[int, str], dict[Hint, None]] = {}
    for name in view.graphs if are_all else in_sight:
        first, last = places.get(name, (0, 0))
        for hint in _flow(view, module, name, shown):
            if are_all or first <= hint.offset <= last:
                found.setdefault((hint.offset, hint.kind), {})[hint] = None
    for together in found.values():
        if len({hint.label for hint in together}) == 1:
            yield next(iter(together))


def _flow(view: View, module: Module, name: str, shown: Hints) -> Iterator[Hint]:
    if shown.seconds and view.card is not None:
        yield from _times_in(view, module, name)
    if shown.size:
        for output in view.analyses_of_all[name].outputs:
            yield from _changes(view, module, name, output)


def _times_in(view: View, module: Module, name: str) -> Iterator[Hint]:
    for node in view.graphs[name].nodes.values():
        span = node.span
        if span is None or not node.stage or not uses.is_sampler(node):
            continue
        if span.source.path != module.source.path:
            continue
        own = node.stage.rpartition(".")[2]
        named = occurrences.within(module, span.start, span.end)
        kinds = ("pass", "stage")
        declared = next(
            (
                each.declaration
                for each in named
                if each.declaration.kind in kinds and each.declaration.name == own
            ),
            None,
        )
        if declared is not None and declared.module is not module:
            hint = _time(list(uses.runs_by(view, name, node)), span.end)
            if hint is not None:
                yield hint


def _changes(view: View, module: Module, name: str, output: Output) -> Iterator[Hint]:
    """What an element of a flow gives, where that differs from what it got."""
    graph = view.graphs[name]
    before: Step | None = None
    last: Step | None = None
    place: tuple[int, int] | None = None
    for step in output.steps:
        node = graph.nodes.get(step.node)
        span = node.span if node is not None else None
        here = None
        if span is not None and span.source.path == module.source.path:
            here = None if _is_in_pass(module, span.start) else (span.start, span.end)
        if here != place:
            if place is not None and last is not None:
                yield from _change(_behind(module, place[1]), before, last)
            before, place = last, here
        last = step
    if place is not None and last is not None:
        yield from _change(_behind(module, place[1]), before, last)


def _is_in_pass(module: Module, offset: int) -> bool:
    """Whether a place is in the declaration of a pass, as an engine is: that is no element of a flow."""
    return any(
        item.start <= offset < item.end and item.word.text == "pass"
        for item in module.file.declarations
    )


def _behind(module: Module, offset: int) -> int:
    """Behind the output that is chosen of a call."""
    found = _CHOSEN.match(module.source.text, offset)
    return found.end() if found is not None else offset


def _change(offset: int, before: Step | None, step: Step) -> Iterator[Hint]:
    parts = []
    if before is None or words.size(step) != words.size(before):
        parts.append(words.size(step))
    if step.frames and (before is None or (step.frames, step.fps) != (before.frames, before.fps)):
        parts.append(words.clip_of_frames(step.frames, step.fps))
    label = ", ".join(part for part in parts if part)
    if label:
        state = ", ".join(
            part for part in (words.size(step), words.clip_of_frames(step.frames, step.fps)) if part
        )
        lasting = f", {step.frames / step.fps:.2f} s" if step.frames and step.fps else ""
        yield Hint(offset, label, f"What comes out of {code(step.name)}: {state}{lasting}", "size")
