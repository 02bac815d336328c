"""What is wrong with values: of another type, none where one is needed, a declaration that is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph.build import assets, messages, setting_fixes
from wan22dsl.graph.build.assets import looked_at, model_of, passes_of
from wan22dsl.graph.build.values import BY_HEIGHT, Declared, Ended, Wire, describe, in_words
from wan22dsl.language.program import kinds, suggestions
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Unknown, read_number, spell
from wan22dsl.language.syntax.tree import Attribute, Block, Derived, Text, walk
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import PassRun, Settings
    from wan22dsl.graph.build.values import Env, Setting, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.values import Nothing
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.language.types import Type
    from wan22dsl.source import Span

#: A number without a unit up to which a length is in seconds: no one makes a video of so few frames.
_MOST_SECONDS = 16

#: Samplers as people call them, and as ComfyUI does.
_SAMPLERS = {
    "euler a": "euler_ancestral",
    "euler ancestral": "euler_ancestral",
    "dpm++ 2m": "dpmpp_2m",
    "dpm++ sde": "dpmpp_sde",
    "unipc": "uni_pc",
}


def refuse(
    b: Builder,
    value: Value,
    want: Type,
    node: Nested,
    env: Env,
    settings: Settings | None = None,
) -> Broken:
    """Reports that a value is not what is wanted here; `settings` are those that it was written for."""
    if isinstance(value, Ended):
        b.say(messages.GIVES_NOTHING, env.span(node), what="this flow")
        return BROKEN
    if want.name == "frames" and isinstance(value, Constant) and value.type == "seconds":
        b.say(messages.NO_RATE, env.span(node), what=b.what or "this", seconds=spell(value))
        return BROKEN

    file = _meant_file(value, want, node, env, settings)
    help, fix = file or _help(value, want, node, env)
    if _is_of_a_pack(b.what, value, want):
        help, fix = _ONE_LIBRARY, None
    if fix is not None and _is_no_choice(b.what, fix):
        fix = None
    b.say(
        messages.WRONG_TYPE,
        env.span(node),
        what=b.what or "this",
        wanted=in_words(want).partition(" such as ")[0].rstrip(","),
        found=describe(value),
        help=help,
        fix=fix,
    )
    return BROKEN


_ONE_LIBRARY = (
    "Use passes of one library in a pipeline: those of ComfyUI's own nodes and those of a pack such as "
    "ComfyUI-WanVideoWrapper need files of their own."
)


def _is_of_a_pack(what: str, value: Value, want: Type) -> bool:
    """Whether a pass reads a setting of the pipeline that is there for passes of another library."""
    own = kinds.PASS_SETTINGS.get(what.removeprefix("the setting ").strip("`"))
    if own is None or not own.is_socket or not want.is_socket:
        return False
    if own.name not in want.name.split(","):
        return isinstance(value, Declared)
    ours = {kind.name for kind in kinds.PASS_SETTINGS.values() if kind.is_socket}
    return isinstance(value, Wire) and value.type not in ours


def _help(value: Value, want: Type, node: Nested, env: Env) -> tuple[str, Fix | None]:
    span = env.span(node)
    if want.name == "size" and isinstance(value, Wire):
        link = f"`{span.text}.size`" if value.type == "IMAGE" else "a node with both sides"
        return f"Write a size, {link}, or `{{ width = …, height = … }}`.", None
    if span.text != span.text.strip():
        return f"Write {in_words(want)}.", None
    text, safe = _meant(value, want, span.text)
    if text:
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),), safe=safe)
    if isinstance(value, Unknown):
        return f"Write {in_words(want)}.", None
    if want.name == "int" and isinstance(value, Constant) and value.type == "float":
        return "Write a whole number.", None
    if want.name == "flow" and isinstance(value, Constant) and value.type == "text":
        return "Write the name of a stage or a pass without quotes.", None
    making = suggestions.making(env.module, want.name) if want.is_socket else None
    if making is not None:
        return _by_stage(value, want, making, span)
    return f"Write {in_words(want)}.", None


def _by_stage(
    value: Value, want: Type, making: suggestions.Making, span: Span
) -> tuple[str, Fix | None]:
    """The stage of a module that makes what is wanted, with the file where only its name is there."""
    if making.takes_file and isinstance(value, Constant) and value.type == "text":
        text = f"{making.name}({span.text})"
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),), safe=False)
    call = f"{making.name}(…)" if making.takes_file else making.name
    return f"Write {in_words(want)}, such as `{call}`.", None


def _is_no_choice(what: str, fix: Fix) -> bool:
    """Whether a fix writes a text that the setting does not take, which takes one of a few."""
    name = next((word for word in what.replace("`", "").split() if word in kinds.CHOICES), "")
    return bool(name) and fix.edits[0].text.strip('"') not in kinds.CHOICES[name]


def _unquoted(said: str, want: Type) -> str:
    """A number in quotes, where it is one of the type that is wanted."""
    if want.name == "fps" and re.fullmatch(r"\d+(?:\.\d+)?", said):
        return f"{said}fps"
    spaced = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)", said)
    if spaced is not None and want.name in ("frames", "seconds", "fps"):
        from wan22dsl.language.syntax.recovery.numbers import in_unit

        said = in_unit(spaced[1], spaced[2]) or said
    if want.name == "steps":
        return said if re.fullmatch(r"\d+ *\.\. *\d+( +of +\d+)?|\d+", said) else ""
    found = read_number(said) if re.fullmatch(r"-?[\w.]+", said) else None
    if found is None:
        return ""
    fits = found.type == want.name or (want.name, found.type) in (
        ("float", "int"),
        ("frames", "seconds"),
    )
    return said if fits else ""


def _length(digits: str) -> str:
    """A length without a unit: a few are seconds, many are frames."""
    return f"{digits}s" if int(digits) <= _MOST_SECONDS else f"{digits}f"


def _meant(value: Value, want: Type, written: str) -> tuple[str, bool]:
    """What was probably meant, and whether it is sure; empty where nobody can know."""
    if isinstance(value, Declared) and want.name in ("COMBO", "STRING"):
        file = value.settings.get("file")
        text = file.env.span(file.value).text if file is not None else ""
        return (text, False) if re.fullmatch('"[^"{]+"', text) else ("", False)
    if isinstance(value, Declared) and want.name == "text":
        return f'"{written}"', re.fullmatch(r"[\w.]+", written) is not None
    if isinstance(value, Declared) and want.item is not None and value.kind == want.item.name:
        return f"[{written}]", True
    if not isinstance(value, Constant):
        return "", False
    from wan22dsl.language.program.synonyms import BOOLEANS

    number = value.type in ("int", "float")
    if value.type == "text" and want.name in (
        "int",
        "float",
        "frames",
        "seconds",
        "fps",
        "size",
        "steps",
    ):
        said = _unquoted(value.data.strip(), want)
        if said:
            return said, True
        if want.name == "frames" and re.fullmatch(r"\d+", value.data.strip()):
            return _length(value.data.strip()), False
    if want.name == "steps" and value.type == "float" and value.data == int(value.data):
        return str(int(value.data)), True
    if want.name == "steps" and value.type == "range":
        part = re.fullmatch(r"(\d+) *\.\. *(\d+) */ *(\d+)", written)
        return (f"{part[1]}..{part[2]} of {part[3]}", True) if part else ("", False)
    if want.name == "steps" and value.type == "list" and len(value.data) == 2:
        ends = [
            item.data for item in value.data if isinstance(item, Constant) and item.type == "int"
        ]
        return (f"{ends[0]}..{ends[1]}", True) if len(ends) == 2 else ("", False)
    if value.type == "list" and len(value.data) == 1:
        (only,) = value.data
        if isinstance(only, Constant) and only.type == want.name:
            return spell(only), True
    if number and want.name == "int" and value.data == int(value.data) and abs(value.data) < 2**53:
        return str(int(value.data)), True
    if number and want.name == "frames" and "*" in written and value.type == "int":
        return f"{value.data}f", True
    if want.name == "size" and value.type == "list":
        sides = [
            item.data for item in value.data if isinstance(item, Constant) and item.type == "int"
        ]
        return (
            (f"{sides[0]}x{sides[1]}", True) if len(sides) == len(value.data) == 2 else ("", False)
        )
    if want.name == "bool" and value.type == "text" and value.data.lower() in BOOLEANS:
        return BOOLEANS[value.data.lower()], True
    if want.name == "bool" and value.type == "int" and value.data in (0, 1):
        return ("true" if value.data else "false"), True
    if number and re.fullmatch(r"-?[0-9.]+", written):
        if want.name == "frames" and value.type == "int":
            return _length(written), False  # 5 may be frames too
        unit = {"frames": "s", "fps": "fps", "seconds": "s"}.get(want.name)
        if unit:
            return f"{written}{unit}", True  # frames are whole
        if want.name == "bytes":
            return f"{written}GiB", False
    if number and want.name == "text" and re.fullmatch(r"[\w.+*-]+", written):
        return f'"{written}"', True
    if number and want.name == "size" and re.fullmatch(r"\d+ *\* *\d+", written):
        return "x".join(part.strip() for part in written.split("*")), True
    if want.name == "bool" and value.type == "text" and value.data.lower() in ("true", "false"):
        return value.data.lower(), True
    if want.name == "size" and value.type == "text" and value.data.lower().strip() in BY_HEIGHT:
        return BY_HEIGHT[value.data.lower().strip()], False
    if want.name == "size" and value.type == "text":
        size = re.fullmatch(r"(\d+) *[x*×:] *(\d+)", value.data)
        return (f"{size[1]}x{size[2]}", ":" not in value.data) if size else ("", False)
    if want.name == "sampler" and value.type == "text":
        said, _, scheduler = re.sub(r"\s*[/,]\s*", "/", value.data.strip().lower()).partition("/")
        name = _SAMPLERS.get(said, said)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or not re.fullmatch(r"[a-z0-9_]*", scheduler):
            return "", False
        return f"{name}/{scheduler or 'simple'}", bool(scheduler)
    return "", False


# --- values that are missing ---


def say_missing(b: Builder, missing: Nothing, span: Span, settings: Settings) -> None:
    """Reports that a value is `none` where one is needed."""
    name = missing.setting
    block = settings.pipeline.blocks[0] if settings.pipeline.blocks else None
    if name and block is not None:
        help, fix = _misspelt(b, block, name)
        b.say(
            messages.MISSING_SETTING,
            block.span,
            kind=block.kind,
            name=block.name,
            setting=name,
            needed=", which is needed here",
            why="A value is needed here, and none is set.",
            help=help or _write(name, settings.lacking),
            related=(Label(b.place(span), f"`{name}` is read here"),),
            fix=fix,
        )
        return
    what = f"`{span.text}`"
    b.say(
        messages.WRONG_TYPE,
        span,
        what=what,
        wanted="a value",
        found="none",
        help="Give it a value.",
    )


def _misspelt(b: Builder, block: Declared, name: str) -> tuple[str, Fix | None]:
    """The setting of a block that was probably meant to be the missing one."""
    known = setting_fixes.meant(block, name)
    if known is not None:
        b.meant.update(known[2])
        return known[0], known[1]
    others = [item for item in block.own if item not in kinds.PASS_SETTINGS and item != "flow"]
    guess = nearest(name, others)
    if guess is None:
        return "", None
    setting = block.settings[guess]
    span = setting.env.span(setting.key.key)
    b.meant.add(span)
    fix = Fix(f"write `{name}`", (Edit(span, name),), safe=False)
    return f"Did you mean `{guess}`?", fix


def _write(name: str, lacking: str) -> str:
    """What to do about a setting that is missing; `lacking` says how the video would give it."""
    if lacking and name in ("size", "length", "fps"):
        return f"The video determines it: {lacking}. Or write `{name} = …` in it."
    return f"Write `{name} = …` in it."


# --- declarations that are missing ---


def recover_family(run: PassRun, model: Value, asset: Declared | None) -> None:
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


def _likely_name(own: Settings, here: Module) -> str:
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


_ENDING = r"(?i)\.(safetensors|sft|gguf|pth|pt|ckpt|bin|onnx)$"


#: What loads a GGUF file (ComfyUI-GGUF, nodes.py), by the kind of the asset.
_GGUF_LOADERS = {
    "model": "UnetLoaderGGUF(unet_name = {file})",
    "text_encoder": 'CLIPLoaderGGUF(clip_name = {file}, type = "wan")',
}


#: Words in the names of LoRAs that make few steps enough, which take the place of those of a pass.
_DISTILLED = r"(?i)lightx2v|lightning|distil|[48][ _-]?steps?|turbo|causvid"


class _Meant(NamedTuple):
    """A declaration of a file. `text` is empty where the file has one already; `sure` without a gap."""

    name: str
    text: str
    sure: bool


def _meant_file(
    value: Value, want: Type, node: Nested, env: Env, settings: Settings | None
) -> tuple[str, Fix | None] | None:
    """The help and the fix for a file name in the place of an asset; None where it is none."""
    kind = next(
        (kind for kind, asset in kinds.ASSETS.items() if want.name in (kind, asset.socket)), None
    )
    if kind is None or not isinstance(value, Constant) or value.type != "text":
        return None
    if not re.search(_ENDING, value.data) or re.search(r'["\\{}\n]', value.data):
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
        family = _likely_name(settings, module) if settings is not None else ""
        body += f", family = {family or '…'}"
    name = _free_name(kind, file, module)
    return _Meant(name, f"{kind} {name} {{ {body} }}", sure=kind != "model" or bool(family))


def _loads(block: Block, file: str) -> bool:
    values = (expression.value for expression in block.items if isinstance(expression, Attribute))
    texts = (item for value in values for item in walk(value) if isinstance(item, Text))
    return any(text.text.strip('"') == file for text in texts)


def _free_name(kind: str, file: str, module: Module) -> str:
    """A name for a file that nothing has yet: `4x-UltraSharp.pth` → `upscaler_4x_ultrasharp`."""
    stem = re.sub(_ENDING, "", re.split(r"[/\\]", file)[-1])
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
    if "add_loras" in settings.blocks[0].settings or re.search(_DISTILLED, file):
        return None
    return found[1]
