"""Loads assets and files: one loader for each, and what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.graph.build.settings import choice
from wan22dsl.graph.build.type_errors import refuse
from wan22dsl.graph.build.values import Declared, Wire
from wan22dsl.graph.model import AssetFacts
from wan22dsl.language.program import kinds
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown
from wan22dsl.language.syntax.tree import Number, Text

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.language.types import Type
    from wan22dsl.source import Span


_VIDEO_FILES = (".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v")


def setting(b: Builder, block: Declared, name: str, settings: Settings) -> Value:
    """A setting of an asset or a family, of its own type; Nothing when it is not there."""
    found = block.settings.get(name)
    value: Value = Nothing() if found is None else _written(b, block, name, found, settings)
    default = kinds.ASSET_DEFAULTS.get((block.kind, name))
    if isinstance(value, Nothing) and default is not None:
        return Constant("float", default)
    return value


def _written(b: Builder, block: Declared, name: str, found: Setting, settings: Settings) -> Value:
    key = (id(found), name)
    kept = b.asset_settings.get(key) or found.env.module.kept.get(key)
    if kept is not None:
        return kept[1]
    want = kinds.FIXED_SETTINGS[block.kind].get(name)
    if want is None:  # resolving the file has said so, or the copy that wrote it will
        return b.told()
    with b.within("", ""), b.about(f"the {name} of `{block.name}`"):
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
    distilled = None
    if block.kind == "lora":
        distilled = setting(b, block, "distilled", settings)
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
    )


def load(
    b: Builder, block: Declared, want: Type, node: Nested, env: Env, settings: Settings
) -> Value:
    """The loader of an asset, once for each file."""
    asset = kinds.ASSETS.get(block.kind)
    if asset is None or not asset.socket or not b.fits(asset.socket, want.name):
        return refuse(b, block, want, node, env)
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
    loader = written.LOADERS[block.kind]
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
    made = b.node(written.LORA, inputs, id=id, span=span, stage=stage)
    told = facts(b, lora, settings, expert=expert)
    b.nodes[made].asset = told._replace(instead_of=instead_of)
    for name, input_name in ((expert or "file", file_input), ("strength", "strength_model")):
        own = lora.settings.get(name)
        if own is not None and not own.env.module.is_library:
            b.nodes[made].spans.setdefault(input_name, own.env.span(own.value))
    return b.wire(made, 0)


def load_file(
    b: Builder, value: Constant, socket: str, span: Span, settings: Settings, at: str
) -> Value:
    """A file of the user's as a link: an image, a video or a sound. A video as IMAGE gives its frames."""
    id = at or f"{b.base}{socket.lower()}"
    file = Constant("text", value.data)
    is_video = value.data.lower().endswith(_VIDEO_FILES)
    if socket == "VIDEO" or (socket == "IMAGE" and is_video):
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
