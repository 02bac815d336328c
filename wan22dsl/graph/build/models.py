"""The model of a pass: its loader, its LoRAs, patches and shift; and what is wrong with the LoRAs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.comfyui.nodes import written
from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import assets, flows, messages
from wan22dsl.graph.build.pipelines import model_of
from wan22dsl.graph.build.settings import Schedule
from wan22dsl.graph.build.values import Declared, Wire
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import PassRun
    from wan22dsl.graph.build.values import Setting, Value
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
    other = next(expert for expert in kinds.EXPERTS if expert != noise)
    b.say(
        messages.NO_FILE_FOR_EXPERT,
        span,
        problem=f"`{lora.name}` has no `{noise}` file, which `{run.block.name}` needs",
        help=(
            f'Add one, `{noise} = "….safetensors"`, or add the LoRA to the {other}-noise pass only.'
        ),
    )
    return BROKEN, None


def has_two(lora: Declared) -> bool:
    """Whether a LoRA has files by expert."""
    return lora.kind == "lora" and any(expert in lora.settings for expert in kinds.EXPERTS)


def contradicts(b: Builder, lora: Declared) -> bool:
    """Whether a LoRA has files by expert and also what only one with a single file has; reports that."""
    if not has_two(lora):
        return False
    if "file" in lora.settings:
        problem = f"`{lora.name}` has a `file` and also files for the experts"
        help = "Keep one of the two; in a copy, remove the other with `file = none`, or with "
        help += "`high = none, low = none`."
    elif "noise" in lora.settings:
        problem = f"`{lora.name}` has a `noise` and also a file for each noise level"
        help = "Remove `noise`: `high` and `low` already state it."
    else:
        return False
    b.say(messages.LORA_FILES, lora.span, problem=problem, help=help)
    return True


def say_no_expert(b: Builder, lora: Declared, span: Span) -> None:
    """Reports that the file of a LoRA is wanted where no pass says for which expert."""
    b.say(
        messages.NO_FILE_FOR_EXPERT,
        span,
        problem=f"`{lora.name}` has a file for each expert, and the expert is ambiguous here",
        help=f"Read `{lora.name}.high` or `{lora.name}.low`, or add it in a pass or a pipeline: "
        f"`add_loras = [{lora.name}]`.",
    )


def _say_expert_unknown(run: PassRun, lora: Declared, span: Span) -> None:
    b, model = run.b, run.model
    family = assets.family(b, model, run.own)
    boundary = None if family is None else assets.setting(b, family, "boundary", run.own)
    beside = f"`{lora.name}` has a file for each expert, and"
    if model is None:
        problem = f"{beside} the model of `{run.block.name}` is not declared"
        help = 'Declare its model with `noise`: `model m { load = …, noise = "high" }`.'
    elif family is not None and not isinstance(boundary, Constant):
        problem = f"{beside} `{model.name}` is a single model"
        help = "Use a LoRA for this model, with one `file`."
    else:
        problem = (
            f"`{lora.name}` has a file for each expert, and `{model.name}` does not state "
            "its expert"
        )
        help = f'Set `noise = "high"` or `noise = "low"` in the model `{model.name}`.'
    b.say(messages.NO_FILE_FOR_EXPERT, span, problem=problem, help=help)


_LORAS = kinds.PASS_SETTINGS["loras"]


def say(
    run: PassRun, loras: list[Declared], schedule: Schedule | Unknown | None, cfg: Value
) -> tuple[str, ...]:
    """Reports that distilled LoRAs were replaced, where few steps at cfg 1 need them; gives their names.

    An empty list takes them away on purpose: then the rule for few steps says what that means. With
    guidance a pass without them is a recipe.
    """
    setting = run.block.settings.get("loras")
    if setting is None or setting.before is None or setting.env.module.is_library or not loras:
        return ()
    if not isinstance(schedule, Schedule) or not isinstance(cfg, Constant) or cfg.data != 1.0:
        return ()
    model = "" if run.model is None else assets.text(run.b, run.model, "file", run.own) or ""
    if read_name(model).distilled or any(_steps(run, declared) is not None for declared in loras):
        return ()
    lost = [
        declared
        for declared in _before(run, setting.before)
        if (steps := _steps(run, declared)) is not None and schedule.total <= 2 * steps
    ]
    if not lost:
        return ()
    names = tuple(dict.fromkeys(declared.name for declared in lost))
    help, fix = _help(run, setting)
    run.b.say(
        messages.DISTILLED_REPLACED,
        setting.env.span(setting.key),
        name=run.block.name,
        lost=" and ".join(f"`{name}`" for name in names),
        steps=schedule.total,
        help=help,
        fix=fix,
    )
    return names


def _before(run: PassRun, before: Setting | None) -> list[Declared]:
    """The LoRAs of the original, or of the original of that, and so on."""
    while before is not None:
        found = run.b.evaluate(before.value, before.env, run.own, want=_LORAS)
        items = found.data if isinstance(found, Constant) and found.type == "list" else ()
        loras = [item for item in items if isinstance(item, Declared) and item.kind == "lora"]
        if any(_steps(run, declared) is not None for declared in loras):
            return loras
        before = before.before
    return []


def _steps(run: PassRun, lora: Declared) -> int | None:
    """To how many steps a LoRA was distilled, by its declaration or else by its file; None: it was not."""
    declared = assets.setting(run.b, lora, "distilled", run.own)
    if isinstance(declared, Constant) and declared.data:
        return int(declared.data)
    for name in ("file", *kinds.EXPERTS):
        said = read_name(assets.text(run.b, lora, name, run.own) or "")
        if said.distilled:
            return said.steps or 4
    return None


def _help(run: PassRun, setting: Setting) -> tuple[str, Fix | None]:
    span = setting.env.span(setting.value)
    short = len(span.text) <= 60 and "\n" not in span.text
    shown = span.text if short else "[…]"
    if "add_loras" not in run.block.settings:
        edit = Edit(setting.env.span(setting.key.key), "add_loras")
        fix = Fix("write `add_loras`", (edit,), safe=False)
        return f"Add to its LoRAs: `add_loras = {shown}`.", fix
    joined = f"{setting.original}.loras + {span.text}"
    fix = Fix(f"write `{setting.original}.loras + …`", (Edit(span, joined),), safe=False)
    return f"Add to its LoRAs: `loras = {setting.original}.loras + {shown}`.", fix


MODEL = Type("MODEL")


def find_family(run: PassRun, model: Value) -> None:
    """The family of the model is where settings are looked up that nobody wrote."""
    asset = model_of(run.b, model, run.own)
    if isinstance(asset, Declared):
        run.model = asset
        family = assets.family(run.b, asset, run.own)
        if family is not None:
            run.own.family = family
            return
    if run.own.family is None and run.own.pipeline.blocks:
        from wan22dsl.graph.build import missing_declarations

        missing_declarations.recover(run, model, asset if isinstance(asset, Declared) else None)


def loaded(run: PassRun, found: Value) -> Value:
    """The model by itself."""
    node, env = run.written("model")
    at = f"{run.name}.model"
    with run.b.about(f"the model of `{run.block.name}`"):
        return run.b.fit(found, MODEL, node, env, run.own, at)


def chain(run: PassRun, wire: Value, schedule: Schedule | Unknown | None, cfg: Value) -> Value:
    """The link that goes into the sampler, from that of the model by itself."""
    patches, shift = (run.own.get(name) for name in ("patches", "shift"))
    wire = _with_loras(run, wire, schedule, cfg)
    wire = _patched(run, wire, patches)
    return wire if isinstance(shift, Nothing) else _shifted(run, wire, shift)


def _with_loras(
    run: PassRun, wire: Value, schedule: Schedule | Unknown | None, cfg: Value
) -> Value:
    """The model with the LoRAs of the pass, then with those that are added to them."""
    own = run.own.get("loras")
    setting = run.own.written("loras")
    lists = [] if setting is None else [(own, setting[0])]
    lists += run.own.every("add_loras")
    placed = [
        (lora, run.origin_of(where))
        for found, where in lists
        for lora in (found.data if isinstance(found, Constant) else ())
        if isinstance(lora, Declared)
    ]
    instead_of = say(run, [lora for lora, _ in placed], schedule, cfg)
    for index, (lora, span) in enumerate(placed, 1):
        file, expert = of(run, lora, span)
        wire = assets.with_lora(
            run.b,
            wire,
            lora,
            run.own,
            file=file,
            expert=expert,
            id=f"{run.name}.lora.{index}",
            span=span,
            stage=run.block.name,
            instead_of=instead_of,
        )
    if any(isinstance(found, Broken) for found, _ in lists):
        return BROKEN
    return Unknown(MODEL) if any(isinstance(found, Unknown) for found, _ in lists) else wire


def _patched(run: PassRun, wire: Value, patches: Value) -> Value:
    """The model behind the patches."""
    if isinstance(patches, Nothing):
        return wire
    if isinstance(patches, Broken):
        return BROKEN
    node, env = run.written("patches")
    brought = Unknown(MODEL) if isinstance(wire, Broken) else wire
    result = flows.into(run.b, patches, node, brought, env, run.own)
    if isinstance(wire, Broken) or isinstance(result, (Broken, Unknown)):
        return BROKEN if isinstance(wire, Broken) else result
    if isinstance(result, Wire) and run.b.fits(result.type, "MODEL"):
        return result
    run.b.say(messages.NOT_A_PATCH, env.span(node), name=run.block.name)
    return BROKEN


def _shifted(run: PassRun, wire: Value, shift: Value) -> Value:
    made = run.b.node(
        written.SHIFT,
        {"model": wire, "shift": shift},
        id=f"{run.name}.shift",
        span=run.span_of("shift"),
        stage=run.block.name,
        spans=run.spans(shift="shift"),
    )
    return run.b.wire(made, 0)
