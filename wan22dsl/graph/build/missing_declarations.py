"""Declarations that are missing: an asset named by its file only, a model without a `family`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import assets, messages
from wan22dsl.graph.build.pipelines import looked_at, model_of, passes_of
from wan22dsl.graph.build.values import Declared
from wan22dsl.language.program import kinds, suggestions
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Unknown
from wan22dsl.language.syntax.tree import Attribute, Block, Derived, Text, walk
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.build.settings import PassRun, Settings
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.language.types import Type


def recover(run: PassRun, model: Value, asset: Declared | None) -> None:
    """Reports a model without the family that its pass needs, once, and goes on with the likely one.

    With none that is likely, what a family would give counts as broken, so that nothing else is
    reported that only follows from this.
    """
    pipeline = run.own.pipeline
    if not pipeline.blocks or run.own.family is not None or isinstance(model, Unknown):
        return
    if asset is not None and "family" in asset.settings:
        _go_on(run, None)  # it is wrong, which is reported where it is written
        return
    if not isinstance(model, Broken):
        if run.own.written("conditioning") is not None:
            return
        if "fps" in pipeline.overrides:  # another pass of the pipeline has reported it
            _go_on(run, None)
            return
    likely = _likely(run.own)
    if not isinstance(model, Broken):
        _say(run, asset, likely)
    _go_on(run, likely)


def likely_name(own: Settings, here: Module) -> str:
    """The family that the model of a pass probably has, as a file names it; empty where nobody knows."""
    return _named(_likely(own), here) if own.pipeline.blocks else ""


def _go_on(run: PassRun, likely: Declared | None) -> None:
    if likely is not None:
        run.own.family = run.own.pipeline.family = likely
        return
    run.own.overrides.update(conditioning=BROKEN, fps=BROKEN)
    run.own.pipeline.overrides["fps"] = BROKEN


def _likely(own: Settings) -> Declared | None:
    return _of_replaced(own) or _of_others(own)


def _of_replaced(own: Settings) -> Declared | None:
    """The family of the model that a copy of a pass replaces."""
    setting = own.blocks[0].settings.get("model")
    while setting is not None and setting.before is not None:
        setting = setting.before
        found = model_of(own.builder, looked_at(own.builder, setting, own), own)
        family = assets.family(own.builder, found, own) if isinstance(found, Declared) else None
        if family is not None:
            return family
    return None


def _of_others(own: Settings) -> Declared | None:
    """The family that all the other passes of the pipeline have whose models have one."""
    b, pipeline = own.builder, own.pipeline
    flow = pipeline.blocks[0].settings.get("flow")
    found: list[Declared] = []
    for declared in passes_of(b, flow, pipeline) if flow is not None else ():
        setting = declared.settings.get("model")
        model = None if setting is None else looked_at(b, setting, pipeline)
        asset = model_of(b, model, pipeline)
        family = assets.family(b, asset, pipeline) if isinstance(asset, Declared) else None
        if family is not None and family not in found:
            found.append(family)
    return found[0] if len(found) == 1 else None


def _named(family: Declared | None, here: Module) -> str:
    """A family as a file names it; empty where it cannot."""
    if family is None or family.name not in family.module.names:
        return ""
    if family.module is here:
        return family.name
    alias = next((name for name, used in here.uses.items() if used is family.module), None)
    return "" if alias is None else f"{alias}.{family.name}"


def _say(run: PassRun, asset: Declared | None, likely: Declared | None) -> None:
    block = run.own.pipeline.blocks[0] if asset is None else asset
    line = f"family = {_named(likely, block.module) or '…'}"
    where = "its declaration" if asset is not None else f"the pipeline `{block.name}`"
    example = "" if likely is not None else ", such as `family = wan22.i2v_14b`"
    help = f"Write `{line}` in {where}{example}."
    run.b.say(
        messages.NO_FAMILY,
        run.span_of("model") or run.place if asset is None else asset.span,
        model=f"the model `{asset.name}`" if asset is not None else "the model",
        name=run.block.name,
        help=help,
        fix=_fix(block, line) if likely is not None and "…" not in line else None,
    )


def _fix(block: Declared, line: str) -> Fix | None:
    """Writes a setting behind the last one of a declared block, or into the call that declares a copy."""
    declared = block.module.names.get(block.name)
    if block.module.is_library or not isinstance(declared, (Block, Derived)):
        return None
    text = block.module.source.text
    if isinstance(declared, Block):
        items = [expression for expression in declared.items if isinstance(expression, Attribute)]
    else:
        items = [
            item for item in getattr(declared.value, "arguments", ()) if isinstance(item, Attribute)
        ]
    if not items:
        return None
    last = items[-1]
    indent = text[text.rfind("\n", 0, last.start) + 1 : last.start]
    alone = isinstance(declared, Block) and not indent.strip()
    if isinstance(declared, Block) and last.key.text == "flow" and alone:
        edit = Edit(block.module.span(last.start, last.start), f"{line}\n{indent}")
    else:
        place = block.module.span(last.end, last.end)
        edit = Edit(place, f"\n{indent}{line}" if alone else f", {line}")
    return Fix(f"write `{line}`", (edit,), safe=False)


_ENDING = re.compile(r"\.(safetensors|sft|gguf|pth|pt|ckpt|bin|onnx)$", re.IGNORECASE)

#: What loads a GGUF file (ComfyUI-GGUF, nodes.py), by the kind of the asset.
_GGUF_LOADERS = {
    "model": "UnetLoaderGGUF(unet_name = {file})",
    "text_encoder": 'CLIPLoaderGGUF(clip_name = {file}, type = "wan")',
}

#: Words in the names of LoRAs that make few steps enough, which take the place of those of a pass.
_DISTILLED = re.compile(r"lightx2v|lightning|distil|[48][ _-]?steps?|turbo|causvid", re.IGNORECASE)


class _Meant(NamedTuple):
    """A declaration of a file. `text` is empty where the file has one already; `sure` without a gap."""

    name: str
    text: str
    sure: bool


def meant(
    value: Value, want: Type, node: Nested, env: Env, settings: Settings | None
) -> tuple[str, Fix | None] | None:
    """The help and the fix for a file name in the place of an asset; None where it is none."""
    kind = next(
        (kind for kind, asset in kinds.ASSETS.items() if want.name in (kind, asset.socket)), None
    )
    if kind is None or not isinstance(value, Constant) or value.type != "text":
        return None
    if not _ENDING.search(value.data) or re.search(r'["\\{}\n]', value.data):
        return None
    declared = _declaration(kind, value.data, env.module, settings)
    replaced = _replaced_loras(value.data, node, env, settings) if kind == "lora" else None
    use = declared.name
    if isinstance(node, Text) and settings is not None:
        use = _use(declared.name, kind, node, env, settings, added=replaced is not None)
    why = ", which keeps the LoRAs of the pass" if replaced is not None else ""
    first = f"Declare it above: `{declared.text}`. Then write" if declared.text else "Write"
    help = f"{first} `{use}`{why}."
    at = suggestions.above(env.module, node.start)
    if not declared.sure or not isinstance(node, Text) or env.module.is_library or at is None:
        return help, None
    edits = [Edit(env.span(node), declared.name)]
    if declared.text:
        edits.insert(0, Edit(env.module.span(at, at), f"{declared.text}\n\n"))
    if replaced is not None:
        edits.append(Edit(env.span(replaced.key.key), "add_loras"))
    title = (
        f"declare the {kind.replace('_', ' ')} `{declared.name}`"
        if declared.text
        else f"write `{use}`"
    )
    return help, Fix(title, tuple(edits), safe=False)


def _declaration(kind: str, file: str, module: Module, settings: Settings | None) -> _Meant:
    for name, found in module.names.items():
        if isinstance(found, Block) and found.word.text == kind and _loads(found, file):
            return _Meant(name, "", sure=True)
    quoted, family = f'"{file}"', ""
    load = _GGUF_LOADERS.get(kind) if file.lower().endswith(".gguf") else None
    body = f"file = {quoted}" if load is None else f"load = {load.format(file=quoted)}"
    if kind == "model":
        family = likely_name(settings, module) if settings is not None else ""
        body += f", family = {family or '…'}"
    name = _free_name(kind, file, module)
    return _Meant(name, f"{kind} {name} {{ {body} }}", sure=kind != "model" or bool(family))


def _loads(block: Block, file: str) -> bool:
    values = (expression.value for expression in block.items if isinstance(expression, Attribute))
    texts = (item for value in values for item in walk(value) if isinstance(item, Text))
    return any(text.text.strip('"') == file for text in texts)


def _free_name(kind: str, file: str, module: Module) -> str:
    """A name for a file that nothing has yet: `4x-UltraSharp.pth` → `upscaler_4x_ultrasharp`."""
    stem = _ENDING.sub("", re.split(r"[/\\]", file)[-1])
    name = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    if not name[:1].isalpha():
        name = f"{kind}_{name}".rstrip("_")
    taken = {*module.names, *module.uses, *kinds.NOT_NAMES, *kinds.WORDS}
    free = name
    for count in range(2, len(taken) + 3):
        if free not in taken:
            break
        free = f"{name}_{count}"
    return free


def _around(node: Nested, env: Env, settings: Settings) -> tuple[str, Setting] | None:
    """The setting of the innermost block that a value is written in."""
    for name, setting in settings.blocks[0].settings.items() if settings.blocks else ():
        inside = setting.value.start <= node.start and node.end <= setting.value.end
        if inside and setting.env.module is env.module:
            return name, setting
    return None


def _use(name: str, kind: str, node: Nested, env: Env, settings: Settings, *, added: bool) -> str:
    """How the declared name is written where the file was."""
    found = _around(node, env, settings)
    if (
        found is None
        or found[0] not in kinds.PASS_SETTINGS
        or found[0] in ("patches", "conditioning")
    ):
        return name
    if kind == "lora":
        return f"{'add_loras' if added else found[0]} = [{name}]"
    return f"{found[0]} = {name}"


def _replaced_loras(file: str, node: Nested, env: Env, settings: Settings | None) -> Setting | None:
    """The `loras` of a copy that would replace those of the original, where it was to add to them."""
    found = _around(node, env, settings) if settings is not None else None
    if found is None or found[0] != "loras" or found[1].before is None or settings is None:
        return None
    if "add_loras" in settings.blocks[0].settings or _DISTILLED.search(file):
        return None
    return found[1]
