"""What the passes of a graph cost on a card, and the work around them: seconds, bytes, how sure that is.

Calibrated on whole jobs that were published for an RTX 5090 (fishmongr/ComfyUI, benchmarks/), which it
meets within a quarter; tests hold it to that.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Literal

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.graph.cost import formulas
from wan22dsl.graph.cost.formulas import Shape
from wan22dsl.graph.cost.uncounted import Uncounted, of_loops, of_nodes, of_pass
from wan22dsl.graph.cost.weights import on_card_bytes
from wan22dsl.graph.cost.work import Work, cold_s, work_of
from wan22dsl.graph.facts import FactTable
from wan22dsl.graph.loops import times_by_node
from wan22dsl.graph.modes import active
from wan22dsl.graph.passes.recognition import recognise
from wan22dsl.graph.passes.sigmas import DEFAULT_SHIFT, sigmas
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.graph.model import Facts, Graph
    from wan22dsl.graph.passes.recognition import Pass

#: Whether everything is on the card at once, weights are sent to it in every step, or it cannot run.
Fit = Literal["fits", "streams", "fails"]

#: How far off seconds may be, as a share: of streaming, and of everything that is not sampling.
_STREAMING_OFF, _AROUND_OFF = 0.3, 0.5
#: The least that a forward may be off where something is put on the model that is not known here, or
#: where nothing tells how large its weights are.
_PATCHED_OFF = 0.4


class PassCost(NamedTuple):
    """One pass on a card. `weights_bytes` and what follows from it are None where no name tells them.

    `forwards` is how often the model runs in its `steps`, `flop` the work of them all. `seconds` is the
    whole pass, warm; the truth is expected within `plus_minus_s`. `working_bytes` is what ComfyUI wants
    beside the weights, `streamed_bytes` what of the weights has no room and is sent again for every forward.
    """

    pass_: Pass
    shape: Shape
    steps: int
    forwards: int
    flop: float
    forward_s: float
    seconds: float
    plus_minus_s: float
    working_bytes: int
    weights_bytes: int | None
    streamed_bytes: int
    fit: Fit

    @property
    def name(self) -> str:
        """How people call the pass."""
        return self.pass_.name

    @property
    def card_bytes(self) -> int:
        """What of the card it takes."""
        return self.working_bytes + (self.weights_bytes or 0) - self.streamed_bytes


class Estimate(NamedTuple):
    """A whole graph on a card, warm. `cold_s` comes on top when its files are read for the first time; None
    where the size of a file is not known.

    Totals are None where a part is not known (`uncounted`), and those of time where a pass does not fit.
    `times` has how often a node runs that is in a loop; passes and work are those of one time.
    """

    card: Card
    passes: tuple[PassCost, ...]
    work: tuple[Work, ...]
    cold_s: float | None
    uncounted: tuple[Uncounted, ...] = ()
    times: Mapping[str, int] = {}

    @property
    def seconds(self) -> float | None:
        """From the start to the last file."""
        if self.uncounted or not self._fits:
            return None
        passes = [
            pass_cost.seconds * self.times.get(pass_cost.pass_.node.id, 1)
            for pass_cost in self.passes
        ]
        return fsum([*passes, *self._around])

    @property
    def plus_minus_s(self) -> float | None:
        """How far off that may be."""
        if self.uncounted or not self._fits:
            return None
        passes = [
            pass_cost.plus_minus_s * self.times.get(pass_cost.pass_.node.id, 1)
            for pass_cost in self.passes
        ]
        return fsum(passes) + fsum(self._around) * _AROUND_OFF

    @property
    def peak_bytes(self) -> int | None:
        """The most that anything takes of the card; None too where a file does not tell its weights."""
        if self.uncounted or any(pass_cost.weights_bytes is None for pass_cost in self.passes):
            return None
        return max(
            [pass_cost.card_bytes for pass_cost in self.passes]
            + [work.working_bytes for work in self.work],
            default=0,
        )

    @property
    def _around(self) -> list[float]:
        return [work.seconds * self.times.get(work.node.id, 1) for work in self.work]

    @property
    def _fits(self) -> bool:
        return all(pass_cost.fit != "fails" for pass_cost in self.passes)


def estimate(graph: Graph, card: Card) -> Estimate:
    """The cost of a graph, with what could not be counted."""
    graph = active(graph)
    facts = FactTable(graph)
    return estimate_of(graph, facts, recognise(graph, facts), card)


def estimate_of(graph: Graph, facts: FactTable, passes: list[Pass], card: Card) -> Estimate:
    """The same where the facts and the passes of a graph are there already."""
    sampling = {pass_.node.id for pass_ in passes}
    times = times_by_node(graph, facts)
    return Estimate(
        card,
        tuple(pass_costs(passes, facts, card)),
        tuple(work_of(graph, facts, card)),
        cold_s(graph, facts, card),
        (
            *_uncounted(passes, facts),
            *of_nodes(graph, facts, sampling),
            *of_loops([pass_ for pass_ in passes if times.get(pass_.node.id, 1) is None]),
        ),
        {id: many for id, many in times.items() if many is not None},
    )


def pass_costs(passes: list[Pass], facts: FactTable, card: Card) -> list[PassCost]:
    """The cost of each pass of which enough is known."""
    found = (_cost(pass_, facts, card) for pass_ in passes)
    return [pass_cost for pass_cost in found if pass_cost is not None]


def _uncounted(passes: list[Pass], facts: FactTable) -> list[Uncounted]:
    found = (_why_not(pass_, _shape(pass_, facts), _steps(pass_)) for pass_ in passes)
    return [uncounted for uncounted in found if uncounted is not None]


def _why_not(pass_: Pass, shape: Shape | None, steps: int | None) -> Uncounted | None:
    has_steps = steps is not None and steps > 0
    return of_pass(pass_, has_shape=shape is not None, has_steps=has_steps)


def _cost(pass_: Pass, facts: FactTable, card: Card) -> PassCost | None:
    shape, steps = _shape(pass_, facts), _steps(pass_)
    if _why_not(pass_, shape, steps) is not None:
        return None
    assert shape is not None and steps is not None and pass_.model is not None
    family = pass_.model.family
    assert family is not None
    small = family.endswith("_5b")  # its VAE makes a pixel of 16, so all is half as wide and high
    cut = shape._replace(width_px=shape.width_px // 2, height_px=shape.height_px // 2)
    shaped = cut if small else shape
    share = formulas.SHARE_5B if small else 1.0
    forward_s = formulas.forward_s(shaped, card, share)
    forward_s /= formulas.SAGE_SPEEDUP if _by_sage(pass_, facts) else 1.0
    working = formulas.activation_bytes(shaped)
    weights = _weights(pass_, facts)
    streamed = 0 if weights is None else max(weights - card.room_bytes(working), 0)
    forwards = _forwards(pass_, steps)
    streaming_s = forwards * streamed / card.streamed_bytes_per_s
    ready_s = formulas.ready_s(weights or 0, card)
    off = max(card.uncertainty, _PATCHED_OFF if weights is None or _patched(pass_) else 0.0)
    return PassCost(
        pass_=pass_,
        shape=shape,
        steps=steps,
        forwards=forwards,
        flop=forwards * formulas.forward_flop(shaped) * share,
        forward_s=forward_s + streamed / card.streamed_bytes_per_s,
        seconds=forwards * forward_s + streaming_s + ready_s,
        plus_minus_s=forwards * forward_s * off
        + streaming_s * _STREAMING_OFF
        + ready_s * _AROUND_OFF,
        working_bytes=working,
        weights_bytes=weights,
        streamed_bytes=streamed,
        fit="fails" if working > card.limit_bytes else "streams" if streamed else "fits",
    )


def _shape(pass_: Pass, facts: FactTable) -> Shape | None:
    latent: Facts = pass_.latent
    if latent.width is None or latent.height is None or latent.frames is None:
        return None
    batch = 1
    if pass_.conditioning is not None:
        value = facts.constant(pass_.conditioning, "batch_size")
        batch = value if type(value) is int and value > 0 else 1
    return Shape(latent.width, latent.height, latent.frames, batch)


def _steps(pass_: Pass) -> int | None:
    """How many steps it runs; those of a sampler that changes experts by itself are counted by sigma."""
    settings = pass_.settings
    if settings.start is not None and settings.end is not None:
        return settings.end - settings.start
    if not settings.part or settings.steps is None or settings.scheduler is None:
        return None
    shift = DEFAULT_SHIFT if pass_.shift is None else pass_.shift
    table = sigmas(settings.scheduler, settings.steps, shift, settings.sampler or "euler")
    if table is None or pass_.boundary is None:
        return None
    high = sum(1 for sigma in table[:-1] if sigma >= pass_.boundary - 1e-6)
    return high if settings.part == ":high" else settings.steps - high


def _forwards(pass_: Pass, steps: int) -> int:
    """How often the model runs: in a step twice for guidance, and twice for samplers of second order."""
    settings = pass_.settings
    cfgs = settings.cfgs[:steps] or (settings.cfg,)
    each = [*cfgs, *[cfgs[-1]] * (steps - len(cfgs))]
    calls = sum(1 if cfg == 1.0 else 2 for cfg in each)
    return calls * (2 if settings.sampler in formulas.TWO_CALLS else 1)


def _weights(pass_: Pass, facts: FactTable) -> int | None:
    if pass_.model is None or not pass_.model.file:
        return None
    dtype = facts.constant(pass_.model.node, "weight_dtype")
    return on_card_bytes(pass_.model.file, dtype if isinstance(dtype, str) else None)


def _by_sage(pass_: Pass, facts: FactTable) -> bool:
    named = [(patch, record_of(patch.class_name).sage_input) for patch in pass_.patches]
    return any(
        facts.constant(patch, name) not in ("disabled", None)
        for patch, name in named
        if name is not None
    )


def _patched(pass_: Pass) -> bool:
    return any(not record_of(patch.class_name).leaves_speed for patch in pass_.patches)
