"""LoRAs with a file for each expert: which of the two a pass takes, and what is wrong where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph import messages
from wan22dsl.graph.build import assets
from wan22dsl.program import kinds
from wan22dsl.program.values import BROKEN, Constant, Nothing

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.running import PassRun
    from wan22dsl.graph.build.values import Declared, Value
    from wan22dsl.source import Span


def of(run: PassRun, lora: Declared, span: Span) -> tuple[Value, str | None]:
    """The file of a LoRA for a pass, and the expert that it is for, where the LoRA has one for each."""
    b = run.b
    if contradicts(b, lora):
        return BROKEN, None
    if not has_two(lora):
        file = assets.setting(b, lora, "file", run.own)
        if isinstance(file, Nothing):
            assets.say_no_file(b, lora)
            return BROKEN, None
        return file, None
    noise = None if run.model is None else assets.text(b, run.model, "noise", run.own)
    if noise not in kinds.EXPERTS:
        if not b.abstract or run.model is not None:
            _say_expert_unknown(run, lora, span)
        return BROKEN, None
    file = assets.setting(b, lora, noise, run.own)
    if not isinstance(file, Nothing):
        return file, noise
    other = next(one for one in kinds.EXPERTS if one != noise)
    b.say(
        messages.NO_FILE_FOR_EXPERT,
        span,
        problem=f"`{lora.name}` has no `{noise}` file, which `{run.block.name}` needs",
        mend=f'Give it one, `{noise} = "….safetensors"`, or add it to the {other}-noise pass alone.',
    )
    return BROKEN, None


def has_two(lora: Declared) -> bool:
    """Whether a LoRA has files by expert."""
    return lora.kind == "lora" and any(one in lora.settings for one in kinds.EXPERTS)


def contradicts(b: Builder, lora: Declared) -> bool:
    """Whether a LoRA has files by expert and also what only one with a single file has; reports that."""
    if not has_two(lora):
        return False
    if "file" in lora.settings:
        problem = f"`{lora.name}` has a `file` and also files for the experts"
        mend = "Keep one of the two; a copy takes the other away with `file = none`, or with "
        mend += "`high = none, low = none`."
    elif "noise" in lora.settings:
        problem = f"`{lora.name}` has a `noise` and also a file for each noise level"
        mend = "Remove `noise`: `high` and `low` say it."
    else:
        return False
    b.say(messages.LORA_FILES, lora.span, problem=problem, mend=mend)
    return True


def say_no_expert(b: Builder, lora: Declared, span: Span) -> None:
    """Reports that the file of a LoRA is wanted where no pass says for which expert."""
    b.say(
        messages.NO_FILE_FOR_EXPERT,
        span,
        problem=f"`{lora.name}` has a file for each expert, and nothing here says which",
        mend=f"Read `{lora.name}.high` or `{lora.name}.low`, or add it in a pass or a pipeline: "
        f"`add_loras = [{lora.name}]`.",
    )


def _say_expert_unknown(run: PassRun, lora: Declared, span: Span) -> None:
    b, model = run.b, run.model
    family = assets.family(b, model, run.own)
    boundary = None if family is None else assets.setting(b, family, "boundary", run.own)
    beside = f"`{lora.name}` has a file for each expert, and"
    if model is None:
        problem = f"{beside} the model of `{run.block.name}` is not declared"
        mend = 'Declare its model with `noise`: `model m { load = …, noise = "high" }`.'
    elif family is not None and not isinstance(boundary, Constant):
        problem = f"{beside} `{model.name}` is a single model"
        mend = "Use a LoRA for this model, with one `file`."
    else:
        problem = (
            f"`{lora.name}` has a file for each expert, and `{model.name}` does not say which it is"
        )
        mend = f'Write `noise = "high"` or `noise = "low"` in the model `{model.name}`.'
    b.say(messages.NO_FILE_FOR_EXPERT, span, problem=problem, mend=mend)
