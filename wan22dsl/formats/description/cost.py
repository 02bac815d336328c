"""The cost in words: seconds and memory on a card, or the work and the need of memory on any."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from wan22dsl.formats.description import words
from wan22dsl.formats.description.layout import Lines, Section, Table

if TYPE_CHECKING:
    from wan22dsl.graph.analysis.model import Analysis
    from wan22dsl.graph.analysis.needs import Cost, PassNeed, WorkNeed

#: Columns for passes in a table of cards, and names in a sentence.
_MOST_PASSES, _MOST_NAMES = 4, 5


def cost_section(analysis: Analysis) -> Section:
    """What the passes and the work around them cost."""
    passes = {own.id: own.name for clip in analysis.clips for own in clip.passes}
    cost = analysis.cost
    if analysis.cards:
        return _side_by_side(analysis.cards, passes)
    alike = _alike(cost, passes)
    lines = _unknown(cost, passes)
    if cost.card is None:
        rows = tuple(_anywhere(*each) for each in alike)
        table = Table(("", "model runs", "PFLOP", "weights", "working"), rows)
        parts = (table, Lines((*_need(cost), *lines))) if rows else (Lines(tuple(lines)),)
        return Section("Cost", 2, parts)
    rows = tuple(_on_card(*each) for each in alike) + tuple(_work(cost.work))
    table = Table(("", "time", "a step", "weights", "working", ""), rows)
    title = f"Cost on {cost.card} with {words.gib(cost.vram_bytes)}"
    below = Lines((*_total(cost), *lines))
    return Section(title, 2, (table, below) if rows else (below,))


def _side_by_side(costs: tuple[Cost, ...], passes: dict[str, str]) -> Section:
    """One row for each card: the passes, what is around them, and the totals, where these are known."""
    first = costs[0]
    names = list(dict.fromkeys(passes[pass_need.pass_id] for pass_need in first.passes))[
        :_MOST_PASSES
    ]
    head = ("", *names, "around", "in all", "files", "peak memory")
    rows = []
    for cost in costs:
        each = [
            [pass_need for pass_need in cost.passes if passes[pass_need.pass_id] == name]
            for name in names
        ]
        rows.append(
            (
                cost.card or "",
                *(_of_one_name(own) for own in each),
                words.seconds(fsum(work_need.seconds or 0.0 for work_need in cost.work)),
                words.seconds(cost.seconds, cost.plus_minus_s),
                words.seconds(cost.cold_s),
                f"{words.gib(cost.peak_bytes).removesuffix(' GiB')} of {words.gib(cost.vram_bytes)}",
            )
        )
    told = ["`files`: additional time, when the model files are read for the first time."]
    told += [f"{cost.card} {fit}." for cost in costs if (fit := _fit_of(cost))]
    return Section(
        f"Cost on {len(costs)} cards",
        2,
        (Table(head, tuple(rows)), Lines((*told, *_unknown(first, passes)))),
    )


def _of_one_name(passes: list[PassNeed]) -> str:
    if any(pass_need.fit == "fails" for pass_need in passes):
        return words.NONE
    off = fsum(pass_need.plus_minus_s or 0.0 for pass_need in passes)
    return words.seconds(fsum(pass_need.seconds or 0.0 for pass_need in passes), off)


def _fit_of(cost: Cost) -> str:
    """How what does not fit on a card is run there all the same; empty where everything fits."""
    if any(pass_need.fit == "fails" for pass_need in cost.passes):
        return "has too little memory"
    streamed = max((pass_need.streamed_bytes or 0 for pass_need in cost.passes), default=0)
    if streamed:
        return f"streams {words.gib(streamed)} of weights in every step"
    return "decodes in tiles" if any(work_need.in_tiles for work_need in cost.work) else ""


def _alike(cost: Cost, passes: dict[str, str]) -> list[tuple[str, PassNeed, int]]:
    """The passes with their names, those of one name and the same need together, and how many these are."""
    found: dict[tuple[str, PassNeed], int] = {}
    for pass_need in cost.passes:
        key = (passes[pass_need.pass_id], pass_need._replace(pass_id=""))
        found[key] = found.get(key, 0) + 1
    return [(_times(name, count), pass_need, count) for (name, pass_need), count in found.items()]


def _times(name: str, count: int) -> str:
    return f"{name} ({count} times)" if count > 1 else name


def _anywhere(name: str, pass_need: PassNeed, count: int) -> tuple[str, ...]:
    return (
        name,
        str(count * pass_need.forwards),
        f"{count * pass_need.flop / 1e15:.3g}",
        words.gib(pass_need.weights_bytes),
        words.gib(pass_need.working_bytes),
    )


def _on_card(name: str, pass_need: PassNeed, count: int) -> tuple[str, ...]:
    streamed = f"streams {words.gib(pass_need.streamed_bytes)}"
    fit = {"fits": "fits", "streams": streamed, "fails": "does not fit: out of memory"}
    return (
        name,
        *(_times_of(pass_need, count) if pass_need.fit != "fails" else (words.NONE, words.NONE)),
        words.gib(pass_need.weights_bytes),
        words.gib(pass_need.working_bytes),
        fit.get(pass_need.fit or "", ""),
    )


def _times_of(pass_need: PassNeed, count: int) -> tuple[str, str]:
    whole = count * (pass_need.seconds or 0.0), count * (pass_need.plus_minus_s or 0.0)
    return words.seconds(*whole), words.seconds(pass_need.step_s)


def _work(work: tuple[WorkNeed, ...]) -> list[tuple[str, ...]]:
    """The work around the passes, that of one kind together."""
    found: dict[str, list[WorkNeed]] = {}
    for work_need in sorted(
        work, key=lambda work_need: not work_need.what.startswith("encode")
    ):  # comes first
        found.setdefault(work_need.what, []).append(work_need)
    rows: list[tuple[str, ...]] = []
    for what, together in found.items():
        most = max(work_need.working_bytes for work_need in together)
        rows.append(
            (
                _times(what, len(together)),
                words.seconds(fsum(work_need.seconds or 0.0 for work_need in together)),
                words.NONE,
                words.NONE,
                words.gib(most) if most else words.NONE,
                "in tiles" if any(work_need.in_tiles for work_need in together) else "",
            )
        )
    return rows


def _need(cost: Cost) -> list[str]:
    if cost.flop is None or cost.resident_bytes is None or cost.least_bytes is None:
        return []
    total = f"Total {cost.flop / 1000000000000000.0:.3g} PFLOP."
    streamed = cost.least_bytes < cost.resident_bytes
    less = (
        f"; with down to {words.gib(cost.least_bytes)} weights are streamed to the card in "
        "every step, which takes longer"
    )
    whole = f"A card with {words.gib(cost.resident_bytes)} to spare fits all of it"
    return [
        f"{total} {whole}{less if streamed else ''}.",
        '`--card "RTX 4090"` shows how long it takes on that card.',
    ]


def _total(cost: Cost) -> list[str]:
    if any(pass_need.fit == "fails" for pass_need in cost.passes):
        return ["It does not run on this card: a pass needs more memory than the card has."]
    if cost.seconds is None:
        return []
    total = words.seconds(cost.seconds, cost.plus_minus_s)
    cold = f", plus {words.seconds(cost.cold_s)} when the files are read first"
    peak = f" Peak {words.gib(cost.peak_bytes)}." if cost.peak_bytes is not None else ""
    return [f"Total {total}{cold if cost.cold_s else ''}.{peak}", *_not_said(cost)]


def _not_said(cost: Cost) -> list[str]:
    """What of the totals is not known although all passes are."""
    found = []
    if cost.cold_s is None:
        found.append("No time for reading the files: their names do not show all sizes.")
    if cost.peak_bytes is None:
        found.append("No peak: the name of a model file does not show its precision.")
    return found


def _unknown(cost: Cost, passes: dict[str, str]) -> list[str]:
    """Why there is no total: what was not counted, those of one reason together, and what helps."""
    together: dict[tuple[str, str], list[str]] = {}
    for uncounted in cost.uncounted:
        name = passes.get(uncounted.id, uncounted.name)
        together.setdefault((uncounted.reason, uncounted.help), []).append(name)
    if not together:
        return []
    found = ["No total, because a part has no estimate:"]
    for (reason, help), names in together.items():
        shown = [*dict.fromkeys(names)]
        more = f" and {len(shown) - _MOST_NAMES} more" if len(shown) > _MOST_NAMES else ""
        listed = words.several(shown) if not more else ", ".join(shown[:_MOST_NAMES]) + more
        found.append(f"{listed}: {reason}. {help}")
    return found
