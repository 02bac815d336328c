"""The model of a pass: its loader, its LoRAs, patches and shift; and what is wrong with the LoRAs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import read_name
from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import assets, messages
from wan22dsl.graph.build.assets import lora_file, model_of
from wan22dsl.graph.build.settings import Schedule, choice
from wan22dsl.graph.build.values import Declared, Thunk, Wire
from wan22dsl.graph.passes.model_chain import model_taken
from wan22dsl.graph.passes.sigmas import shift_at
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.syntax.tree import List
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import PassRun, Settings
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span


_LORAS = kinds.PASS_SETTINGS["loras"]


def _say_distilled_replaced(
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
    if read_name(model).distilled or any(
        _distilled_to(run, declared) is not None for declared in loras
    ):
        return ()
    lost = [
        declared
        for declared in _loras_before(run, setting.before)
        if (steps := _distilled_to(run, declared)) is not None and schedule.total <= 2 * steps
    ]
    if not lost:
        return ()
    names = tuple(dict.fromkeys(declared.name for declared in lost))
    help, fix = _add_loras_help(run, setting)
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


def _loras_before(run: PassRun, before: Setting | None) -> list[Declared]:
    """The LoRAs of the original, or of the original of that, and so on."""
    while before is not None:
        found = run.b.evaluate(before.value, before.env, run.own, want=_LORAS)
        items = found.data if isinstance(found, Constant) and found.type == "list" else ()
        loras = [item for item in items if isinstance(item, Declared) and item.kind == "lora"]
        if any(_distilled_to(run, declared) is not None for declared in loras):
            return loras
        before = before.before
    return []


def _distilled_to(run: PassRun, lora: Declared) -> int | None:
    """To how many steps a LoRA was distilled, by its declaration or else by its file; None: it was not."""
    declared = assets.setting(run.b, lora, "distilled", run.own)
    if isinstance(declared, Constant) and declared.data:
        return int(declared.data)
    for name in ("file", *kinds.EXPERTS):
        said = read_name(assets.text(run.b, lora, name, run.own) or "")
        if said.distilled:
            return said.steps or 4
    return None


def _add_loras_help(run: PassRun, setting: Setting) -> tuple[str, Fix | None]:
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
        from wan22dsl.graph.build.type_errors import recover_family

        recover_family(run, model, asset if isinstance(asset, Declared) else None)


def loaded_model(run: PassRun, found: Value) -> Value:
    """The model by itself."""
    node, env = run.written("model")
    at = f"{run.name}.model"
    with run.b.about(f"the model of `{run.block.name}`"):
        return run.b.fit(found, MODEL, node, env, run.own, at)


def model_chain(
    run: PassRun, wire: Value, schedule: Schedule | Unknown | None, cfg: Value
) -> Value:
    """The link that goes into the sampler, from that of the model by itself."""
    patches, shift = (run.own.get(name) for name in ("patches", "shift"))
    unpatched = _with_loras(run, wire, schedule, cfg)
    wire = _patched(run, unpatched, patches)
    if isinstance(shift, Nothing) or _shifted_by_patches(run, unpatched, wire):
        return wire
    return _shifted(run, wire, shift)


def _with_loras(
    run: PassRun, wire: Value, schedule: Schedule | Unknown | None, cfg: Value
) -> Value:
    """The model with the LoRAs of the pass, then with those that are added to them."""
    own = run.own.get("loras")
    setting = run.own.written("loras")
    lists: list[tuple[Value, Setting]] = [] if setting is None else [(own, setting[0])]
    lists += run.own.every("add_loras")
    placed = [
        (lora, run.origin_of(where))
        for found, where in lists
        for lora in (found.data if isinstance(found, Constant) else ())
        if isinstance(lora, Declared)
    ]
    placed = _without_merged(run, placed, own)
    on = [lora for lora, _ in placed if assets.is_on(run.b, lora, run.own)]
    instead_of = _say_distilled_replaced(run, on, schedule, cfg)
    may_be_some = placed or any(not _is_empty_list(where) for _, where in lists)
    if may_be_some and _in_rows(run) and placed:
        wire = _with_rows(run, wire, placed, instead_of)
        placed = []
    for index, (lora, span) in enumerate(placed, 1):
        file, expert = lora_file(run, lora, span)
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


def _is_empty_list(setting: Setting) -> bool:
    """Whether no list is written in a setting but an empty one, so that nobody can fill it by a parameter."""
    return isinstance(setting.value, List) and not setting.value.items


def _without_merged(
    run: PassRun, placed: list[tuple[Declared, Span]], own: Value
) -> list[tuple[Declared, Span]]:
    """The LoRAs without the distilled ones that a pass takes over, where its model has one merged in."""
    written_there = run.own.written("loras")
    if run.model is None or written_there is None or not written_there[0].of_other_model:
        return placed
    merged = assets.setting(run.b, run.model, "distilled", run.own)
    if not isinstance(merged, Constant) or not merged.data:
        return placed
    taken_over = own.data if isinstance(own, Constant) else ()
    return [
        (lora, span)
        for lora, span in placed
        if lora not in taken_over or _distilled_to(run, lora) is None
    ]


def _in_rows(run: PassRun) -> bool:
    """Whether one node loads all LoRAs of the pass, each in a row."""
    found = run.own.get("loras_by")
    if not isinstance(found, Constant):
        return False
    node, env = run.written("loras_by")
    classes = (written.LORA, written.LORA_ROWS)
    chosen = choice(run.b, found, classes, "loras_by", node, env)
    return isinstance(chosen, Constant) and chosen.data == written.LORA_ROWS


def _with_rows(
    run: PassRun, wire: Value, placed: list[tuple[Declared, Span]], instead_of: tuple[str, ...]
) -> Value:
    """The model behind one node that loads all LoRAs, those that are off among them."""
    b, inputs, facts = run.b, {"model": wire}, {}
    for index, (lora, span) in enumerate(placed, 1):
        file, expert = lora_file(run, lora, span)
        on = Constant("bool", assets.is_on(b, lora, run.own))
        strength = assets.setting(b, lora, "strength", run.own)
        row = (("on", on), ("lora", file), ("strength", strength))
        wrong = next((part for _, part in row if not isinstance(part, Constant)), None)
        name = f"lora_{index}"
        inputs[name] = Constant("record", row) if wrong is None else wrong
        told = assets.facts(b, lora, run.own, expert=expert)
        facts[name] = told._replace(instead_of=instead_of)
    made = b.node(
        written.LORA_ROWS,
        inputs,
        id=f"{run.name}.loras",
        span=run.span_of("loras_by") or run.place,
        stage=run.block.name,
    )
    b.nodes[made].assets = facts
    return b.wire(made, 0)


def _patched(run: PassRun, wire: Value, patches: Value) -> Value:
    """The model behind the patches."""
    if isinstance(patches, Nothing):
        return wire
    if isinstance(patches, Broken):
        return BROKEN
    node, env = run.written("patches")
    brought = Unknown(MODEL) if isinstance(wire, Broken) else wire
    result = run.b.into(patches, node, brought, env, run.own)
    if isinstance(wire, Broken) or isinstance(result, (Broken, Unknown)):
        return BROKEN if isinstance(wire, Broken) else result
    if isinstance(result, Wire) and run.b.fits(result.type, "MODEL"):
        return result
    run.b.say(messages.NOT_A_PATCH, env.span(node), name=run.block.name)
    return BROKEN


def _shifted_by_patches(run: PassRun, before: Value, wire: Value) -> bool:
    """Whether patches set the shift which otherwise only a recipe of the library sets."""
    setting = run.own.written("shift")
    if setting is None or not setting[0].env.module.is_library:
        return False
    while isinstance(wire, Wire) and wire != before:
        node = run.b.nodes[wire.link.node]
        if record_of(node.class_name).sets_shift:
            return True
        link = model_taken(node.links(), run.b.catalogue.get(node.class_name))
        if link is None:
            return False
        wire = run.b.wire(link.node, link.slot)
    return False


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


# --- the shift of `boundary` ---


#: The stage of the library for the shift that puts a noise level where the experts change; its parameters.
BOUNDARY = "boundary"
_OF_BOUNDARY = ("level", "steps", "sampler")


def at_boundary(
    b: Builder, bound: Env, settings: Settings, node: Nested, env: Env
) -> Constant | Unknown | Broken:
    """The shift for the parameters of `boundary(0.875)`; BROKEN, with a finding, where there is none.

    The idea is WanMoEScheduler's (cmeka/ComfyUI-WanMoEScheduler, nodes.py): of all shifts by hundredths the
    smallest at which the noise at that step is at the level or above. For the scheduler `simple` it is near
    `level * (1 - x) / (x * (1 - level))`, where `x` is the share of the steps behind.
    """
    found = {name: b.force(value, settings) if isinstance(value, Thunk) else value
             for name, value in ((name, bound.local[name]) for name in _OF_BOUNDARY)}  # fmt: skip
    if any(isinstance(value, Broken) for value in found.values()):
        return BROKEN
    if any(isinstance(value, Unknown) for value in found.values()):
        return Unknown(Type("float"))
    problem, help = "", ""
    for name, value in found.items():
        if isinstance(value, Nothing):
            problem = f"there are no `{name}` here"
            if name == "level":
                problem = "the family of the model has no `boundary`"
            help = "Write the noise level, `boundary(0.9)`, and use it as the `shift` of a pass."
        elif not isinstance(value, Constant):
            problem = f"its `{name}` is known only when it runs"
            help = "Write a number, such as `boundary(0.9)`."
    level, steps, sampler = (found[name] for name in _OF_BOUNDARY)
    if not problem and isinstance(level, Constant):
        step = _step_of_change(b, steps, settings)
        if step is None:
            problem = "the pass samples the whole schedule, so no expert follows"
            help = "Sample a part of a schedule, such as `0..10 of 20`, or write the shift."
        elif isinstance(steps, Constant) and isinstance(sampler, Constant):
            shift = shift_at(sampler.data[1], step, steps.data[2], level.data, sampler.data[0])
            if shift is not None:
                return Constant("float", shift)
            problem = f"no shift puts sigma {level.data:g} after step {step} of {steps.data[2]}"
            problem += f" with the scheduler `{sampler.data[1]}`"
            help = "Write the shift as a number, or use another scheduler, such as `simple`."
            if not 0 < level.data < 1:
                help = "Write a noise level between 0 and 1, such as `boundary(0.9)`."
    b.say(messages.NO_SHIFT_AT_BOUNDARY, env.span(node), problem=problem, help=help)
    return BROKEN


def _step_of_change(b: Builder, steps: Value, settings: Settings) -> int | None:
    """The step at which the experts change: the end of the high-noise one, the start of the other."""
    if not isinstance(steps, Constant) or steps.data[2] is None:
        return None
    start, end, total = steps.data
    if start == 0 or end >= total:
        return (start or None) if end >= total else int(end)
    model = assets.model_of(b, settings.look("model"), settings)
    noise = assets.text(b, model, "noise", settings) if isinstance(model, Declared) else None
    return int(start if noise == "low" else end)
