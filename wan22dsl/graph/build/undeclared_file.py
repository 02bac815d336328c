"""The name of a file where a declared asset is wanted: the declaration to write, and how to use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.graph.build import no_family
from wan22dsl.program import kinds, suggestions
from wan22dsl.program.values import Constant
from wan22dsl.syntax.tree import Attribute, Block, Text
from wan22dsl.syntax.walk import walk

if TYPE_CHECKING:
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.program.modules import Module
    from wan22dsl.program.values import Type
    from wan22dsl.syntax.operators import Nested

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
        (kind for kind, one in kinds.ASSETS.items() if want.name in (kind, one.socket)), None
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
    why = ", which keeps the LoRAs that the pass has" if replaced is not None else ""
    first = f"Declare it above: `{declared.text}`. Then write" if declared.text else "Write"
    mend = f"{first} `{use}`{why}."
    at = suggestions.above(env.module, node.start)
    if not declared.sure or not isinstance(node, Text) or env.module.is_library or at is None:
        return mend, None
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
    return mend, Fix(title, tuple(edits), safe=False)


def _declaration(kind: str, file: str, module: Module, settings: Settings | None) -> _Meant:
    for name, found in module.names.items():
        if isinstance(found, Block) and found.word.text == kind and _loads(found, file):
            return _Meant(name, "", sure=True)
    quoted, family = f'"{file}"', ""
    load = _GGUF_LOADERS.get(kind) if file.lower().endswith(".gguf") else None
    body = f"file = {quoted}" if load is None else f"load = {load.format(file=quoted)}"
    if kind == "model":
        family = no_family.likely_name(settings, module) if settings is not None else ""
        body += f", family = {family or '…'}"
    name = _free_name(kind, file, module)
    return _Meant(name, f"{kind} {name} {{ {body} }}", sure=kind != "model" or bool(family))


def _loads(block: Block, file: str) -> bool:
    values = (one.value for one in block.items if isinstance(one, Attribute))
    texts = (one for value in values for one in walk(value) if isinstance(one, Text))
    return any(one.text.strip('"') == file for one in texts)


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
    """How the declared name is written where the file stood."""
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
