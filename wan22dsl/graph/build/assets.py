"""Assets and files: their settings, one loader for each, and what a setting is without making a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.filenames import is_video
from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.graph.build import declared, messages
from wan22dsl.graph.build.settings import Settings, choice
from wan22dsl.graph.build.values import Declared, Env, Flow, Flows, Thunk, Wire
from wan22dsl.graph.model import AssetFacts
from wan22dsl.language.program import kinds, names
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Call, Chain, Derived, Group, List, Name, Number, Text
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import PassRun
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span


def setting(b: Builder, block: Declared, name: str, settings: Settings) -> Value:
    """A setting of an asset or a family, of its own type; Nothing when it is not there."""
    found = block.settings.get(name)
    value: Value = Nothing() if found is None else _written(b, block, name, found, settings)
    default = kinds.ASSET_DEFAULTS.get((block.kind, name))
    if isinstance(value, Nothing) and default is not None:
        return Constant(kinds.FIXED_SETTINGS[block.kind][name].name, default)
    return value


def _written(b: Builder, block: Declared, name: str, found: Setting, settings: Settings) -> Value:
    key = (id(found), name)
    kept = b.asset_settings.get(key) or found.env.module.kept.get(key)
    if kept is not None:
        return kept[1]
    want = kinds.FIXED_SETTINGS[block.kind].get(name)
    if want is None:  # resolving the file has said so, or the copy that wrote it will
        return b.told()
    with b.within("", ""), b.about(f"`{name}` of `{block.name}`"):
        value = b.evaluate(found.value, found.env, settings, want=want, at=block.name)
        value = b.fit(value, want, found.value, found.env, settings, at=block.name)
    if name in kinds.CHOICES and isinstance(value, Constant):
        value = choice(b, value, kinds.CHOICES[name], name, found.value, found.env)
    b.asset_settings[key] = (found, value)
    if found.env.module.is_library and _is_fixed(found, value):
        found.env.module.kept[key] = (found, value)
    return value


def _is_fixed(found: Setting, value: Value) -> bool:
    """Whether a setting of the library comes to the same in every build."""
    if isinstance(found.value, Text):
        return "{" not in found.value.text
    return isinstance(found.value, Number) or isinstance(value, Declared)


#: What else an asset may be loaded from.
_OTHER_FILES = {"lora": ", nor `high` and `low`"}


def say_no_file(b: Builder, block: Declared) -> None:
    """Reports an asset that has nothing to load; a misspelt setting of it has been told by itself."""
    if any(name not in kinds.FIXED_SETTINGS[block.kind] for name in block.settings):
        b.incomplete = True
        return
    b.say(
        name_messages.EMPTY_ASSET,
        block.span,
        kind=block.kind,
        name=block.name,
        loads=_OTHER_FILES.get(block.kind, " nor a `load`"),
        help='Set `file = "name.safetensors"`.',
    )


def text(b: Builder, block: Declared, name: str, settings: Settings) -> str | None:
    """A text setting, or None."""
    value = setting(b, block, name, settings)
    return value.data if isinstance(value, Constant) and isinstance(value.data, str) else None


def family(b: Builder, block: Declared | None, settings: Settings) -> Declared | None:
    """The family that a model or a LoRA belongs to."""
    if block is None or block.kind not in ("model", "lora"):
        return None
    value = setting(b, block, "family", settings)
    return value if isinstance(value, Declared) else None


def facts(
    b: Builder, block: Declared, settings: Settings, *, expert: str | None = None
) -> AssetFacts:
    """What the declaration says of a model or a LoRA, for the rules; of one with two files, for an expert."""
    of_family = family(b, block, settings)
    boundary = setting(b, of_family, "boundary", settings) if of_family is not None else None
    distilled = setting(b, block, "distilled", settings)
    if block.kind == "lora":
        b.loras[id(block)] = block
    return AssetFacts(
        kind=block.kind,
        name=block.name,
        file=text(b, block, expert or "file", settings) or "",
        noise=expert or text(b, block, "noise", settings),
        family=of_family.name if of_family is not None else None,
        distilled=distilled.data if isinstance(distilled, Constant) else None,
        boundary=boundary.data if isinstance(boundary, Constant) else None,
        span=block.span,
        source=_of_file(b, block, "source", settings, expert),
        sha256=_of_file(b, block, "sha256", settings, expert),
    )


def _of_file(b: Builder, block: Declared, name: str, settings: Settings, expert: str | None) -> str:
    """What is stated of an asset's file; a copy with another file does not take that over."""
    is_inherited = "file" in block.own and name not in block.own
    if expert is not None or is_inherited or name not in block.settings:
        return ""
    return text(b, block, name, settings) or ""


def load(b: Builder, block: Declared, node: Nested, env: Env, settings: Settings) -> Value:
    """The loader of an asset that has one, once for each file."""
    kept = b.loaded.get(id(block))
    if kept is not None:
        return kept[1]
    loaded = setting(b, block, "load", settings)
    if isinstance(loaded, (Broken, Unknown)):
        return loaded
    if isinstance(loaded, Wire):
        if block.kind == "model":
            b.nodes[loaded.link.node].asset = facts(b, block, settings)
        return loaded
    file = setting(b, block, "file", settings)
    if isinstance(file, Nothing):
        say_no_file(b, block)
        return BROKEN
    asset, loader = kinds.ASSETS[block.kind], written.LOADERS[block.kind]
    inputs: dict[str, Value] = {_file_input(loader): file}
    for name, input_name, default in asset.inputs:
        value = setting(b, block, name, settings)
        if not isinstance(value, Nothing):
            inputs[input_name] = value
        elif default is not None:
            inputs[input_name] = Constant("text", default)
    place = b.place(env.span(node)) if block.module.is_library else block.span
    made = b.node(loader, inputs, id=block.name, span=place, stage="")
    if block.kind == "model":
        b.nodes[made].asset = facts(b, block, settings)
    _spans(b, made, block, asset)
    wire = b.wire(made, 0)
    b.loaded[id(block)] = (block, wire)
    return wire


def _file_input(loader: str) -> str:
    file = record_of(loader).file
    assert file is not None
    return file.input


def _spans(b: Builder, made: str, block: Declared, asset: kinds.Asset) -> None:
    names = [
        ("file", _file_input(written.LOADERS[block.kind])),
        *((name, at) for name, at, _ in asset.inputs),
    ]
    for name, input_name in names:
        own = block.settings.get(name)
        if own is not None and not own.env.module.is_library:
            span = own.env.span(own.value)
            b.nodes[made].spans.setdefault(input_name, span)


def with_lora(
    b: Builder,
    model: Value,
    lora: Declared,
    settings: Settings,
    *,
    file: Value,
    expert: str | None,
    id: str,
    span: Span,
    stage: str,
    instead_of: tuple[str, ...] = (),
) -> Value:
    """A LoRA behind a model; `expert` is the one that its file is for, where it has one for each."""
    strength = setting(b, lora, "strength", settings)
    file_input = _file_input(written.LORA)
    inputs: dict[str, Value] = {"model": model, file_input: file, "strength_model": strength}
    mode = "active" if is_on(b, lora, settings) else "bypass"
    made = b.node(written.LORA, inputs, id=id, span=span, stage=stage, mode=mode)
    told = facts(b, lora, settings, expert=expert)
    b.nodes[made].asset = told._replace(instead_of=instead_of)
    for name, input_name in ((expert or "file", file_input), ("strength", "strength_model")):
        own = lora.settings.get(name)
        if own is not None and not own.env.module.is_library:
            b.nodes[made].spans.setdefault(input_name, own.env.span(own.value))
    return b.wire(made, 0)


def is_on(b: Builder, lora: Declared, settings: Settings) -> bool:
    """Whether a LoRA is switched on."""
    found = setting(b, lora, "on", settings)
    return not isinstance(found, Constant) or bool(found.data)


def load_file(
    b: Builder, value: Constant, socket: str, span: Span, settings: Settings, at: str
) -> Value:
    """A file of the user's as a link: an image, a video or a sound. A video as IMAGE gives its frames."""
    id = at or f"{b.base}{socket.lower()}"
    file = Constant("text", value.data)
    if socket == "VIDEO" or (socket == "IMAGE" and is_video(value.data)):
        video = b.node(written.VIDEO_LOADER, {"file": file}, id=id, span=span, stage=b.stage)
        b.nodes[video].spans.setdefault("file", span)
        if socket == "VIDEO":
            return b.wire(video, 0)
        parts = b.node(
            written.VIDEO_FRAMES,
            {"video": b.wire(video, 0)},
            id=f"{id}.frames",
            span=span,
            stage=b.stage,
        )
        return b.wire(parts, 0)
    loader = written.SOUND_LOADER if socket == "AUDIO" else written.PICTURE_LOADER
    input_name = _file_input(loader)
    made = b.node(loader, {input_name: file}, id=id, span=span, stage=b.stage)
    b.nodes[made].spans.setdefault(input_name, span)
    return b.wire(made, 0)


# --- what it is without making a node ---


def looked_at(b: Builder, setting: Setting, settings: Settings) -> Value | None:
    """What a setting stands for, if it can be known without making a node."""
    return _looked_at(b, setting.value, setting.env, settings)


def passes_of(b: Builder, flow: Setting, settings: Settings) -> list[Declared]:
    """The passes that a flow names itself, in order."""
    found: list[Declared] = []
    left: list[Value | None] = [looked_at(b, flow, settings)]
    for _ in range(1000):  # a flow that comes back to itself is reported elsewhere
        if not left:
            break
        value = left.pop(0)
        if isinstance(value, Declared) and value.kind == "pass":
            found.append(value)
        elif isinstance(value, (Flow, Flows)):
            elements = value.elements if isinstance(value, Flow) else value.items
            left = [
                *(_looked_at(b, expression, value.env, settings) for expression in elements),
                *left,
            ]
    return found


def model_of(b: Builder, model: Value | None, settings: Settings) -> Value | None:
    """A model, or the one that a flow begins with, as in `my_high -> sage()`."""
    while isinstance(model, Flow):
        model = _looked_at(b, model.elements[0], model.env, settings)
    return model


def _first_pass(
    b: Builder, value: Value | None, settings: Settings, seen: set[tuple[bool, Module, int]]
) -> Declared | None:
    """The first pass that a flow runs. What gave no pass is not looked at again."""
    if isinstance(value, Declared):
        return value if value.kind == "pass" else None
    if not isinstance(value, (Flow, Flows)):
        return None
    elements = value.elements if isinstance(value, Flow) else value.items
    place = (isinstance(value, Flow), value.env.module, elements[0].start if elements else 0)
    if place in seen:
        return None
    seen.add(place)
    for element in elements:
        first = _first_pass(b, _looked_at(b, element, value.env, settings), settings, seen)
        if first is not None:
            return first
    return None


def _looked_at(b: Builder, element: Nested, env: Env, settings: Settings) -> Value | None:
    """What an expression stands for, if it can be told without making a node."""
    while isinstance(element, Group):
        element = element.inner
    if isinstance(element, Name):
        return _named(b, element, env, settings)
    if isinstance(element, Call) and isinstance(element.callee, Name):
        callee = _named(b, element.callee, env, settings)
        return b.evaluate(element, env, settings) if isinstance(callee, Declared) else None
    if isinstance(element, (Chain, List)):
        return b.evaluate(element, env, settings, want=kinds.FLOW)
    return None


def _named(b: Builder, name: Name, env: Env, settings: Settings) -> Value | None:
    head, *rest = spelling.name_parts(name.text)
    local = env.find(head)
    if isinstance(local, Thunk):
        return None if rest else _looked_at(b, local.expression, local.env, settings)
    if head in ("pipeline", "_") or local is not None:
        return None
    meant, rest = names.declared(env.module, head, rest)
    if meant is None or rest:
        return None
    module, found = meant
    if isinstance(found, Derived) and found.word.text == "let":
        circular = found.name.text in module.circular
        return None if circular else _looked_at(b, found.value, Env(module), settings)
    return declared.value(b, module, found, settings)


# --- LoRAs with a file for each expert ---


def lora_file(run: PassRun, lora: Declared, span: Span) -> tuple[Value, str | None]:
    """The file of a LoRA for a pass, and the expert that it is for, where the LoRA has one for each."""
    b = run.b
    if contradicts(b, lora):
        return BROKEN, None
    if not has_two(lora):
        file = setting(b, lora, "file", run.own)
        if isinstance(file, Nothing):
            say_no_file(b, lora)
            return BROKEN, None
        return file, None
    noise = None if run.model is None else text(b, run.model, "noise", run.own)
    if noise not in kinds.EXPERTS:
        if not b.abstract or run.model is not None:
            _say_expert_unknown(run, lora, span)
        return BROKEN, None
    file = setting(b, lora, noise, run.own)
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
    of_family = family(b, model, run.own)
    boundary = None if of_family is None else setting(b, of_family, "boundary", run.own)
    beside = f"`{lora.name}` has a file for each expert, and"
    if model is None:
        problem = f"{beside} the model of `{run.block.name}` is not declared"
        help = 'Declare its model with `noise`: `model m { load = …, noise = "high" }`.'
    elif of_family is not None and not isinstance(boundary, Constant):
        problem = f"{beside} `{model.name}` is a single model"
        help = "Use a LoRA for this model, with one `file`."
    else:
        problem = (
            f"`{lora.name}` has a file for each expert, and `{model.name}` does not state "
            "its expert"
        )
        help = f'Set `noise = "high"` or `noise = "low"` in the model `{model.name}`.'
    b.say(messages.NO_FILE_FOR_EXPERT, span, problem=problem, help=help)


def family_of(b: Builder, block: Declared, settings: Settings) -> Declared | None:
    """The family of a pipeline: the one that is set, else that of the first pass in its flow."""
    if "family" in block.settings:
        found = settings.get("family", Type("family"))
        if not isinstance(found, Nothing):
            return found if isinstance(found, Declared) else None
    flow = block.settings.get("flow")
    if flow is None:
        return None
    first = _first_pass(b, _looked_at(b, flow.value, flow.env, settings), settings, set())
    if first is None:
        return None
    model = first.settings.get("model") or block.settings.get("model")
    if model is None:
        return None
    asset = model_of(b, _looked_at(b, model.value, model.env, settings), settings)
    return family(b, asset, settings) if isinstance(asset, Declared) else None
