"""Reads what is behind a dot: settings of blocks, outputs of calls, facts of links, sides of sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.comfyui.nodes import record_of, written
from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph import tracing
from wan22dsl.graph.build import assets, messages
from wan22dsl.graph.build.values import (
    Chosen,
    Declared,
    Flow,
    Flows,
    Open,
    Outputs,
    Several,
    StageName,
    Wire,
    describe,
)
from wan22dsl.language.program import kinds
from wan22dsl.language.program.own_node import of_experts
from wan22dsl.language.program.values import BROKEN, Broken, Constant, Nothing, Unknown, read_number
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.spelling import FILE_ENDINGS
from wan22dsl.language.syntax.tree import Attribute
from wan22dsl.language.types import Type
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.graph.model import Facts, Link, Node
    from wan22dsl.language.syntax.tree import Index, Nested, Stage

#: The facts of a link, by the name that reads them, with their types.
FACTS = kinds.FACTS

#: The sockets that have facts; of a node with several outputs the first of these is asked.
_WITH_FACTS = kinds.WITH_FACTS


#: Wanted of a call whose outputs a dot chooses from.
SEVERAL = Type("several outputs")


def alternative(stage: Stage, settings: Settings) -> str:
    """The output that a stage stands for in an engine, where its outputs are called as what a pass does.

    A missing one is that of the whole schedule, or else the first.
    """
    if settings.part is None or not stage.named:
        return ""
    names = [output.name.text for output in stage.outputs]
    for known, meant in (
        (kinds.PARTS, settings.part),
        (kinds.NOISES, kinds.NOISES[not settings.noisy]),
    ):
        if all(name in known for name in names):
            return meant if meant in names else names[0]
    return ""


def member(
    b: Builder, found: Value, text: str, node: Nested, env: Env, settings: Settings
) -> Value:
    """`found.text`; BROKEN, with a finding, when there is no such thing."""
    name = spelling.plain(text)
    if isinstance(found, Broken):
        return found
    if isinstance(found, Nothing):
        b.say_missing(found, env.span(node), settings)
        return BROKEN
    if isinstance(found, Unknown):
        return _unknown(b, found, name, node, env)
    if isinstance(found, Constant) and found.type in kinds.MEMBERS:
        return _part(b, found, name, node, env)
    if isinstance(found, Declared) and not _gives(found, name):
        return _setting(b, found, name, node, env, settings)
    if isinstance(found, (Open, StageName)) and _waits(found):
        outputs = _named_outputs(found)
        if name in outputs:
            return Chosen(found, name)
        if outputs and not _may_begin(found):
            return _none(b, f"`{_target(node, env)}`", name, outputs, node, env)
    if isinstance(found, (Flow, Flows, Open, StageName, Declared)):
        found = b.give(found, node, env, settings)
        if isinstance(found, Broken):
            return found
        if isinstance(found, Unknown):
            return _unknown(b, found, name, node, env)
    if isinstance(found, Several):
        if name in found.values:
            return found.values[name]
        if name in FACTS and "out" in found.values:
            return member(b, found.values["out"], name, node, env, settings)
        return _none(b, f"`{_target(node, env)}`", name, found.values, node, env)
    if isinstance(found, Outputs):
        return _output(b, found, name, node, env)
    if isinstance(found, Wire):
        return _fact(b, found, name, node, env)
    return _none(b, describe(found), name, (), node, env)


def _part(b: Builder, found: Constant, name: str, node: Nested, env: Env) -> Value:
    """`size.width`, `steps.end`, `sampler.name`."""
    parts: dict[str, object]
    if found.type == "size":
        parts = dict(zip(("width", "height"), found.data))
    elif found.type == "sampler":
        parts = dict(zip(("name", "scheduler"), found.data))
    else:
        start, end, total = found.data
        parts = {"start": start, "end": end, "count": end - start}
        if total is not None:
            parts.update(total=total, left=max(total - end, 0))
    if name not in parts:
        return _none(b, describe(found), name, parts, node, env)
    return Constant(kinds.MEMBERS[found.type][name].name, parts[name])


def _stage_of(found: Open | StageName) -> Stage:
    return found.target.stage if isinstance(found, Open) else found.stage


def _waits(found: Open | StageName) -> bool:
    """Whether a stage waits for what an arrow brings, so that a dot chooses one of its outputs."""
    stage = _stage_of(found)
    brought = stage.parameters[0] if stage.parameters else None
    if brought is None or not brought.brought:
        return False
    given = found.call.arguments if isinstance(found, Open) else ()
    keys = {spelling.plain(item.key.text) for item in given if isinstance(item, Attribute)}
    return brought.name.text not in keys


def _may_begin(found: Open | StageName) -> bool:
    """Whether a stage that waits may also begin a flow, where a dot reads a fact of what it gives."""
    return _stage_of(found).parameters[0].default is not None


def _named_outputs(found: Open | StageName) -> list[str]:
    stage = _stage_of(found)
    return [output.name.text for output in stage.outputs] if stage.named else []


def _gives(block: Declared, name: str) -> bool:
    """Whether a dot behind a pass or a pipeline asks for a fact of what it gives, not for a setting."""
    runs = block.kind in ("pass", "pipeline")
    return runs and name in FACTS and name not in block.settings


def _none(b: Builder, what: str, name: str, known: Iterable[str], node: Nested, env: Env) -> Broken:
    names = list(known)
    guess, fix = nearest(name, names), None
    if guess:
        help = f"Did you mean `.{guess}`?"
        fix = _renamed(env.span(node), name, guess)
    elif names:
        help = "It has " + ", ".join(f"`{member}`" for member in names) + "."
    else:
        help = "It has no members."
    b.say(messages.NO_MEMBER, env.span(node), what=what, name=name, help=help, fix=fix)
    return BROKEN


def _renamed(span: Span, name: str, meant: str) -> Fix | None:
    """Another member behind the dot, where the text has that member once."""
    written, text = f".{spelling.member(name)}", f".{spelling.member(meant)}"
    whole = span.text
    at = len(whole) - len(written) if whole.endswith(written) else whole.find(f"{written}.")
    if at < 0 or whole.count(written) > 1:
        return None
    place = Span(span.source, span.start + at, span.start + at + len(written))
    return Fix(f"write `{text}`", (Edit(place, text),), safe=False)


def _unknown(b: Builder, found: Unknown, name: str, node: Nested, env: Env) -> Value:
    kind = found.type.name
    if kind in kinds.MEMBERS:
        if name in kinds.MEMBERS[kind]:
            return Unknown(kinds.MEMBERS[kind][name])
        return _none(b, describe(found), name, kinds.MEMBERS[kind], node, env)
    if kind in kinds.FIXED_SETTINGS:
        want = kinds.FIXED_SETTINGS[kind].get(name)
        if want is not None:
            return Unknown(want)
        return _none(b, f"a {kind}", name, kinds.FIXED_SETTINGS[kind], node, env)
    if kind in ("*", "flow"):
        return Unknown(Type("*"))
    if found.type.is_socket:
        if name in FACTS:
            return Unknown(Type(FACTS[name]))
        return _none(b, describe(found), name, FACTS, node, env)
    return _none(b, describe(found), name, (), node, env)


def _setting(
    b: Builder, block: Declared, name: str, node: Nested, env: Env, settings: Settings
) -> Value:
    if block.kind in kinds.FIXED_SETTINGS:
        known = kinds.FIXED_SETTINGS[block.kind]
        if name not in known:
            return _none(b, describe(block), name, known, node, env)
        if name == "file" and assets.has_two(block) and name not in block.settings:
            assets.say_no_expert(b, block, env.span(node))
            return BROKEN
        return assets.setting(b, block, name, settings)
    written = block.settings.get(name)
    if written is None:
        own = sorted(block.settings)
        if name in kinds.PASS_SETTINGS:
            help = f"It is not set in the {block.kind} itself; read it as `pipeline.{name}`."
            if name in ("loras", "add_loras"):
                help = (
                    f"The {block.kind} has none: write `add_loras = […]`, which needs no "
                    "existing list."
                )
            what = describe(block)
            b.say(messages.NO_MEMBER, env.span(node), what=what, name=name, help=help)
            return BROKEN
        if name.lower() in FILE_ENDINGS:
            return b.told()  # a file name without quotes, which is reported
        return _none(b, describe(block), name, own, node, env)
    key = (id(written), id(settings))
    kept = b.settings_read.get(key)
    if kept is not None:
        return kept[2]
    kind = kinds.PASS_SETTINGS.get(name)
    with b.about(f"the setting `{name}`"):
        found = b.evaluate(written.value, written.env, settings, want=kind)
        if kind is not None and not kind.is_socket:
            found = b.fit(found, kind, written.value, written.env, settings)
    b.settings_read[key] = (written, settings, found)
    return found


def _target(node: Nested, env: Env) -> str:
    """What is in front of the dot, on one line."""
    written = env.span(node).text.rpartition(".")[0]
    return written if written and len(written) < 40 and "\n" not in written else "this"


def _output(b: Builder, found: Outputs, name: str, node: Nested, env: Env) -> Value:
    class_name = b.nodes[found.node].class_name
    own = [] if found.like is None else [output.name for output in found.like.outputs]
    if found.schema is None:
        if name in own:
            return b.wire(found.node, own.index(name))
        return _unknown_class(b, class_name, node, env)
    outputs = [output.name for output in found.schema.outputs]
    if name not in outputs and name in own:
        name = next((each for each in of_experts(name, "high") if each in outputs), name)
    if name in outputs:
        return b.wire(found.node, outputs.index(name))
    lowered = [output_name.lower() for output_name in outputs]
    if lowered.count(name.lower()) == 1:
        return b.wire(found.node, lowered.index(name.lower()))
    if name in FACTS and outputs:
        kinds_of = [output.type in _WITH_FACTS for output in found.schema.outputs]
        slot = kinds_of.index(True) if True in kinds_of else 0
        return _fact(b, b.wire(found.node, slot), name, node, env)
    return _none(b, f"`{class_name}`", name, outputs, node, env)


def _fact(b: Builder, wire: Wire, name: str, node: Nested, env: Env) -> Value:
    made = b.nodes[wire.link.node]
    if name not in FACTS:
        schema = b.catalogue.get(made.class_name)
        outputs = [output.name for output in schema.outputs] if schema is not None else []
        if len(outputs) == 1 and outputs[0].lower() == name.lower():
            return wire
        return _none(b, f"`{made.id}`", name, (*outputs, *FACTS), node, env)
    found = read_fact(b, b.facts(wire.link), name)
    if found is not None:
        return found
    if b.abstract or b.incomplete or b.stating:
        return Unknown(Type(FACTS[name]))
    if b.measures and wire.type == "IMAGE" and name in _MEASURED:
        return _measured(b, wire, name, env.span(node))
    help = f"Annotate the node, `{{ {name} = … }}`, or write the value itself."
    if env.module.is_library and b.what:
        help = f"Set {b.what} explicitly: `{name} = …`."
    lacking = why_unknown(b, wire.link, name) if name != "vae" else ""
    if lacking:
        help = f"{lacking[0].upper()}{lacking[1:]}. Or: {help[0].lower()}{help[1:]}"
    b.say(messages.UNKNOWN_FACT, env.span(node), name=name, what=f"`{made.id}`", help=help)
    return BROKEN


#: The outputs of the node that measures frames, for what a dot asks for.
_MEASURED = {"size": (0, 1), "width": (0,), "height": (1,), "length": (2,)}


def _measured(b: Builder, wire: Wire, name: str, span: Span) -> Value:
    """A size or a length that is not known before it runs, as links from the node that measures it."""
    made = b.node(
        written.MEASURER, {"image": wire}, id=f"{wire.link.node}.size", span=span, stage=b.stage
    )
    found = [b.wire(made, slot) for slot in _MEASURED[name]]
    return found[0] if len(found) == 1 else Several(dict(zip(("width", "height"), found)))


def read_fact(b: Builder, facts: Facts, name: str) -> Value | None:
    """A fact as a value of the language; None when it is not known."""
    if name == "vae":
        return b.wire(*facts.vae) if facts.vae is not None else None
    if name == "size":
        if facts.width is None or facts.height is None:
            return None
        return Constant("size", (facts.width, facts.height))
    number = {
        "fps": facts.fps,
        "length": facts.frames,
        "width": facts.width,
        "height": facts.height,
    }[name]
    return Constant(FACTS[name], number) if number is not None else None


def indexed(b: Builder, found: Value, node: Index, env: Env, settings: Settings) -> Value:
    """`call(…)[0]`: an output by its number, counted from 0."""
    if isinstance(found, Broken):
        return found
    constant = read_number(node.number.text)
    number = constant.data if constant is not None and constant.type == "int" else -1
    if isinstance(found, (Flow, Flows, Open, StageName, Declared)):
        found = b.give(found, node, env, settings)
        if isinstance(found, Broken):
            return found
    if isinstance(found, Unknown):
        return Unknown(Type("*"))
    if isinstance(found, Wire):
        found = Outputs(found.link.node, b.catalogue.get(b.nodes[found.link.node].class_name))
    if isinstance(found, Outputs):
        schema = found.schema
        count = number + 1
        if schema is not None and schema.pack is None:
            count = len(schema.outputs)
        if 0 <= number < count:
            return b.wire(found.node, number)
        help = f"Its outputs are numbered from 0 to {count - 1}." if count else "It has no outputs."
        what = f"`{b.nodes[found.node].class_name}`"
        b.say(
            messages.NO_MEMBER, env.span(node), what=what, name=f"[{node.number.text}]", help=help
        )
        return BROKEN
    if isinstance(found, Constant) and found.type == "list" and 0 <= number < len(found.data):
        item: Value = found.data[number]
        return item
    return _none(b, describe(found), f"[{node.number.text}]", (), node, env)


def _unknown_class(b: Builder, class_name: str, node: Nested, env: Env) -> Broken:
    """An output of a class that the catalogue does not know can be chosen by number only."""
    from wan22dsl.comfyui.catalogue.nearby import meant_class

    meant, elsewhere = meant_class(class_name, b.catalogue)
    if meant:
        help = f"Did you mean `{meant}`?"
    elif elsewhere:
        help = f"Compile for {elsewhere}, which has it, or use another class."
    else:
        from wan22dsl.comfyui.catalogue.packs import pack_of

        pack = pack_of(class_name)
        whose = f"It is of {pack.name}" if pack is not None else "If its pack is installed"
        help = (
            f"{whose}: choose the output by its number, `…(…)[0]`, or get its schema with "
            "`wan nodes pull URL -o FILE`, for `--target FILE`."
        )
    target = b.catalogue.target
    b.say(messages.UNKNOWN_OUTPUTS, env.span(node), target=target, name=class_name, help=help)
    return BROKEN


def one_output(
    b: Builder, found: Outputs | Several, node: Nested, env: Env, what: str = ""
) -> Broken:
    """Reports that none of several outputs is chosen."""
    if isinstance(found, Several):
        written = env.span(node).text
        short = len(written) < 40 and "\n" not in written
        what = what or (f"`{written}`" if short else "this")
        choices = [f".{name}" for name in found.values]
    else:
        class_name = b.nodes[found.node].class_name
        what = f"`{class_name}`"
        if found.schema is None:
            return _unknown_class(b, class_name, node, env)
        if not found.schema.outputs:
            b.say(messages.GIVES_NOTHING, env.span(node), what=what)
            return BROKEN
        choices = [f".{output.name}" for output in found.schema.outputs]
    help = "Choose one: " + ", ".join(f"`{choice}`" for choice in choices) + "."
    b.say(messages.CHOOSE_OUTPUT, env.span(node), what=what, help=help)
    return BROKEN


def loader_behind(b: Builder, link: Link) -> Node | None:
    """The node that loads the video which frames or a latent come from; None where they are made."""
    return tracing.loader_behind(
        b.nodes, lambda source: b.wire(*source).type, link, known=b.videos_behind
    )


def why_unknown(b: Builder, link: Link, fact: str = "") -> str:
    """How a fact of the frames of a video would be known; empty where nothing can be done, or is no video."""
    loader = loader_behind(b, link)
    if loader is None:
        return "" if fact == "fps" else _of_latent(b, link)
    loads = record_of(loader.class_name).file
    name = "" if loads is None else loads.input
    written = loader.inputs.get(name)
    own = loader.own_files.get(name)
    if own is None:
        return f"put `{written}` next to the .wan file" if isinstance(written, str) else ""
    from wan22dsl.comfyui.nodes.media import INSTALL, is_readable, look_into

    if not is_readable(own.file):
        return f"install what reads `{own.written}`: `{INSTALL}`"
    problem = look_into(own.file).problem
    return f"replace `{own.written}`, which is not a readable video: {problem}" if problem else ""


def _of_latent(b: Builder, link: Link) -> str:
    """The same for a latent that was saved before, whose file has no rate."""
    waiting, seen = [link.node], set[str]()
    while waiting:
        node = b.nodes.get(waiting.pop())
        if node is None or node.id in seen:
            continue
        seen.add(node.id)
        loaded = record_of(node.class_name).file
        name = "" if loaded is None or loaded.kind != "latent" else loaded.input
        written = node.inputs.get(name)
        if isinstance(written, str):
            return "" if name in node.own_files else f"put `{written}` next to the .wan file"
        links = [source for _, source in node.links()]
        waiting += [source.node for source in links if b.wire(*source).type in ("LATENT", "IMAGE")]
    return ""
