"""WAN602: a LoRA that was made for the other expert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import half_of_pair
from wan22dsl.diagnostics import Label, Message, Severity
from wan22dsl.lint.rules.example import portrait
from wan22dsl.lint.rules.experts.fixes import exchange, file_span, other_file
from wan22dsl.lint.rules.experts.roles import told_by_role
from wan22dsl.lint.rules.experts.wording import called, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.passes.model_chain import LoadedLora
    from wan22dsl.graph.passes.recognition import Pass
    from wan22dsl.lint.rules.view import View
    from wan22dsl.source import Span

MESSAGE = Message(
    code="WAN602",
    name="lora-of-other-expert",
    severity=Severity.WARNING,
    summary="A LoRA for one expert is on the other expert",
    text="{lora} is a LoRA for the {noise}-noise expert, and {who} {what}.",
    why=(
        "The two experts are two models. A LoRA for one has the right shapes for the other, so "
        "ComfyUI loads it silently, but it was trained for other noise. Two names that differ "
        "only in the word high or low count as the two halves of one LoRA."
    ),
    help="{help}",
    bad=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(loras = [wan22.lightx2v_high])"
    ),
    good=portrait(
        'wan22.high -> low -> save("demo")', "pass low = wan22.low(loras = [wan22.lightx2v_low])"
    ),
    source="ModelTC/Wan2.2-Lightning: one LoRA for each expert",
)


def check(view: View) -> Iterator[Diagnostic]:
    """Every LoRA whose level is known, on a model whose level is known; a swapped pair once."""
    told = told_by_role(view)
    for passes in view.schedules:
        wrong = [
            (pass_, lora)
            for pass_ in passes
            for lora in pass_.loras
            if lora.noise is not None and not lora.in_doubt and lora.strength != 0
            if pass_.noise is not None and lora.noise not in {pass_.noise, told.get(pass_.id)}
        ]
        if len(wrong) == 2 and {lora.noise for _, lora in wrong} == {"high", "low"}:
            yield _swapped(wrong[0], wrong[1])
        else:
            yield from (_finding(pass_, lora, _is_shared(view, lora)) for pass_, lora in wrong)
        yield from _swapped_by_name(passes, told)


def _swapped_by_name(passes: list[Pass], told: dict[str, str]) -> Iterator[Diagnostic]:
    """Two LoRAs whose names differ only in `high` and `low`, each on the other one's expert."""
    halves: dict[tuple[str, ...], dict[str, tuple[Pass, LoadedLora]]] = {}
    for pass_ in passes:
        for lora in pass_.loras:
            half = half_of_pair(lora.file)
            if half is None or not _is_open(lora) or pass_.noise is None:
                continue
            level, rest = half
            here = halves.setdefault(rest, {})
            if level in {pass_.noise, told.get(pass_.id)}:
                here["right"] = pass_, lora  # one half on both experts, or a pair in its place
            else:
                here.setdefault(level, (pass_, lora))
    for found in halves.values():
        if found.keys() == {"high", "low"}:
            first, second = found["low"], found["high"]
            yield _swapped(first, second, noise=("low", "high"))


def _is_open(lora: LoadedLora) -> bool:
    """Whether a LoRA is in use, and neither its name nor its declaration has decided where it belongs."""
    asset = lora.node.asset
    declared = asset.noise if asset is not None and asset.kind == "lora" else None
    return lora.named_noise is None and lora.strength != 0 and declared != "any"


def _is_shared(view: View, lora: LoadedLora) -> bool:
    """Whether the file is written where several passes take it: another one would be wrong for the others."""
    at = file_span(lora)
    passes = (pass_ for schedule in view.schedules for pass_ in schedule)
    return sum(file_span(other) == at for pass_ in passes for other in pass_.loras) > 1


def _finding(pass_: Pass, lora: LoadedLora, is_shared: bool) -> Diagnostic:
    noise, related = pass_.noise, []
    if pass_.model is not None and pass_.model.node.span is not None:
        related.append(Label(pass_.model.node.span, f"this is the {noise}-noise expert"))
    asset = lora.node.asset
    is_declared = asset is not None and asset.kind == "lora" and asset.noise is not None
    return MESSAGE.at(
        place(lora.node, lora.input),
        related=related,
        fix=None if is_shared or is_declared else other_file(lora),
        lora=f'"{lora.file}"',
        noise=lora.noise,
        who=called(pass_),
        what=f"runs the {noise}-noise expert",
        help=f"Use the LoRA's {noise}-noise half.",
    )


def _swapped(
    value: tuple[Pass, LoadedLora],
    other: tuple[Pass, LoadedLora],
    noise: tuple[str, str] | None = None,
) -> Diagnostic:
    """Each expert has the other one's LoRA. `noise` is that of both where only the pair of names tells it."""
    find = _span if noise is None else file_span
    spans = (find(value[1]), find(other[1]))
    label = [] if spans[1] is None else [Label(spans[1], "this one belongs there")]
    return MESSAGE.at(
        place(value[1].node, value[1].input),
        related=label,
        fix=exchange("Swap the two LoRAs", [spans], safe=noise is None),
        lora=f'"{value[1].file}"',
        noise=value[1].noise if noise is None else noise[0],
        who=called(value[0]),
        what=f"runs the other expert; {called(other[0])} has the one for this pass",
        help="Swap the two LoRAs.",
    )


def _span(lora: LoadedLora) -> Span | None:
    """Where a LoRA is named: its file, or in the language its name, alone in a list."""
    span, asset = lora.node.span, lora.node.asset
    if asset is not None and span is not None:
        name = span.text.removeprefix("[").removesuffix("]")
        if name.rpartition(".")[2] == asset.name:
            return span
    return file_span(lora)
