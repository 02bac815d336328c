"""Why a run was slow, and what the whole run came to."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wan22dsl.comfyui.log import loading
from wan22dsl.run import memory, messages, ratings
from wan22dsl.run.log_read import ATTENTION, without_paths
from wan22dsl.run.timing import of_run, scaled
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wan22dsl.comfyui.log.loading import Read
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.model import Graph
    from wan22dsl.graph.passes.plan import Plan
    from wan22dsl.run.attempt import Tried
    from wan22dsl.run.events import Health
    from wan22dsl.run.memory import Usage
    from wan22dsl.run.ratings import Rating
    from wan22dsl.run.timing import Times
    from wan22dsl.source import Span


_OTHERS_BYTES = 512 * 1024**2


def seen(
    log: Read, usage: Usage | None, graph: Graph, card_bytes: int | None = None
) -> Iterator[Diagnostic]:
    """What log and card say that is worth knowing whatever the time was."""
    yield from _attention(log, graph)
    if log.tiled_decode:
        yield messages.DECODED_IN_TILES.at(graph.span)
    if log.lora_keys:
        example = f"`{log.lora_keys[0][:80]}`"
        count = _count(len(log.lora_keys), log)
        yield messages.LORA_WITHOUT_EFFECT.at(graph.span, count=count, example=example)
    if log.lora_errors:
        example = f"`{log.lora_errors[0][:80]}`"
        count = _count(len(log.lora_errors), log)
        yield messages.LORA_OF_OTHER_SHAPE.at(graph.span, count=count, example=example)
    streamed = [load for load in log.loads if loading.is_streamed(load, card_bytes)]
    if streamed:
        yield messages.STREAMED.at(graph.span, line=streamed[0].line[:100])
    if usage is not None and usage.throttled:
        yield messages.THROTTLED.at(None, reasons=", ".join(usage.throttled))
    if usage is not None and (usage.others_bytes or 0) > _OTHERS_BYTES:
        size = f"{(usage.others_bytes or 0) / 1024**3:.1f} GiB"
        yield messages.OTHER_PROCESSES.at(None, size=size)


def _attention(log: Read, graph: Graph) -> Iterator[Diagnostic]:
    for fallback in log.fallbacks:
        yield messages.ATTENTION_FAILED.at(
            graph.span,
            attention=ATTENTION[fallback.attention],
            used=ATTENTION[fallback.used],
            reason=without_paths(fallback.reason)[:160] or "no reason given",
            count=_count(fallback.times, log),
        )


def _count(count: int, log: Read) -> str:
    return str(count) if log.whole else f"at least {count}"


#: Why a target was missed and what to do, where no cause was found: on a server, and in a simulation.
_UNEXPLAINED = (
    "No cause was found.",
    "Check the card's clocks, and compare with `wan runs compare`.",
)
_ESTIMATED = (
    "This matches the estimate for this card.",
    "Use fewer frames or a smaller size, or set the target for this card in a `target` block.",
)


def slow(
    ratings: Sequence[Rating],
    times: Times,
    plan: Plan,
    graph: Graph,
    found: Sequence[Diagnostic],
    *,
    simulated: bool = False,
) -> Iterator[Diagnostic]:
    """For each target that was missed, what to check, most likely first.

    Times of a `simulated` run are the estimate for a card, so nothing is wrong with that card.
    """
    unexplained, what_to_do = _ESTIMATED if simulated else _UNEXPLAINED
    for rating in ratings:
        if rating.is_too_much:
            size = f"{(rating.peak_bytes or 0) / 1024**3:.1f} GiB"
            yield messages.TOO_MUCH_MEMORY.at(graph.span, size=size, target=rating.target)
        if not rating.is_slow or rating.seconds is None:
            continue
        why = _reasons(rating, rating.seconds, times, plan, {other.code for other in found})
        yield messages.SLOW.at(
            _span(rating, plan, graph),
            what=f"`{rating.what}`"
            if rating.what in {own.name for own in plan.passes}
            else rating.what,
            seconds=f"{rating.seconds:.0f} s",
            target=rating.target,
            why=" ".join(why[:1]) or unexplained,
            help=" ".join(why[1:]) or what_to_do,
        )


def _reasons(
    rating: Rating, seconds: float, times: Times, plan: Plan, codes: set[str]
) -> list[str]:
    found = []
    parts = {own.name for own in times.passes} | {own.name for own in times.stages}
    about = [own for own in plan.passes if rating.what == own.name or rating.what not in parts]
    twice = [own for own in about if own.cfg is not None and own.cfg != 1.0]
    if twice:
        named = ", ".join(f"`{own.name}` (cfg {own.cfg:g})" for own in twice)
        found.append(f"With a cfg other than 1 every step runs the model twice: {named}.")
    cold = [own for own in times.passes if own.cold and own.name in {each.name for each in about}]
    load_s = sum(own.load_s for own in cold)
    if cold and load_s > 0.15 * seconds:
        found.append(f"It was cold: loading took {load_s:.0f} s; run again for a warm time.")
    for code, text in (
        (messages.ATTENTION_FAILED.code, "Another attention was used than was set (see above)."),
        (messages.DECODED_IN_TILES.code, "The VAE decoded in tiles (see above)."),
        (messages.STREAMED.code, "Weights were streamed to the card in every step (see above)."),
        (messages.THROTTLED.code, "The card throttled (see above)."),
        (messages.OTHER_PROCESSES.code, "Other programs were on the card (see above)."),
        (messages.LORA_WITHOUT_EFFECT.code, "A LoRA did not match the model (see above)."),
    ):
        if code in codes:
            found.append(text)
    return found


def _span(rating: Rating, plan: Plan, graph: Graph) -> Span | None:
    for own in plan.passes:
        if own.name == rating.what:
            return plan.spans.get(own.node)
    return graph.span


class Account(NamedTuple):
    """What a run came to. Without a try that ended, there are no times."""

    times: Times | None
    passes_memory: Mapping[str, Usage]
    memory: Usage | None
    ratings: Sequence[Rating]
    found: Sequence[Diagnostic]


def account(
    tried: Tried | None,
    samples: Sequence[Health],
    log: Read,
    plan: Plan,
    graph: Graph,
    scale: float,
    *,
    is_rated: bool,
    is_whole: bool = True,
    simulated: bool = False,
    card_bytes: int | None = None,
    target_s: float | None,
) -> Account:
    """The account of a run. `log` is what the server logged, `scale` what measured times are times.

    `is_whole` is false where a simulation does not count all of the run.
    """
    if tried is None or not tried.prompts:
        return Account(None, {}, None, (), tuple(seen(log, None, graph, card_bytes)))
    throttled = any(benchmark.throttled for benchmark in tried.benchmarks)
    times = scaled(of_run(tried.prompts, plan, tried.between_s), scale)
    began = [node_time.start_s for prompt in tried.prompts for node_time in prompt.nodes]
    whole = memory.usage(samples, [(0.0, inf)], min(began, default=0.0))
    if throttled and whole is not None and not whole.throttled:
        whole = whole._replace(throttled=("by the server's own benchmark",))
    found = [*seen(log, whole, graph, card_bytes)]
    rated: list[Rating] = []
    if is_rated:
        if times.all_cached:
            found.append(messages.ALL_CACHED.at(graph.span))
        rated = ratings.rate(graph, plan, times, whole, target_s)
        if not is_whole:
            rated = [ratings.without_whole(rating) for rating in rated]
        found += slow(rated, times, plan, graph, found, simulated=simulated)
    return Account(times, _by_pass(tried, samples, plan), whole, rated, tuple(found))


def _by_pass(tried: Tried, samples: Sequence[Health], plan: Plan) -> dict[str, Usage]:
    found = {}
    nodes = [node_time for prompt in tried.prompts for node_time in prompt.nodes]
    for own in plan.passes:
        ids = {id for id, part in plan.parts.items() if part.owner == own.name}
        used = memory.usage(samples, memory.stretches(nodes, ids))
        if used is not None:
            found[own.name] = used
    return found
