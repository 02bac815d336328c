"""Settings without effect: the passes have their own, the flow decides them, or nothing reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build import messages, setting_fixes
from wan22dsl.graph.build.values import Declared, Wire
from wan22dsl.language.program import kinds, names
from wan22dsl.language.program.values import Broken, Constant, Nothing, Unknown, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Call, List, Name, Number, Text
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings, Use
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.language.program.module import Module
    from wan22dsl.source import Span

#: What puts a clip into the shape that a setting says, in front of the pass that takes it up.
_IN_THE_FLOW = {
    "size": "Put `resize({value})` before the pass, or remove it here.",
    "length": "Cut the clip in the flow, `take({value})`, or remove it here.",
    "image": "Remove it: the pass starts from the value of the arrow.",
    "batch": "Set it in the first pass of the flow, or remove it here.",
    "handoff": (
        "Remove it, or put a pass before this one: `handoff` sets what it takes from that pass."
    ),
    "fps": "The rate of the video is used. Remove it, or load the video at another rate.",
}


#: Longer calls and values are not shown as they are written.
_LONGEST_CALL = 50


def say_hidden(b: Builder) -> None:
    """Reports what the pipelines and passes of this build wrote themselves and no pass takes.

    Where a flow is not known, or something in it is wrong, a pass may be missing that would take it.
    """
    for block, settings in b.pipelines:
        if not block.module.is_library:
            for name in sorted(settings.uses):
                _of_pipeline(b, block, settings, name)
            if "family" in block.own:
                _of_family(b, block, settings)
    for own in b.pass_runs:
        _of_pass(b, own)


def _of_pipeline(b: Builder, block: Declared, settings: Settings, name: str) -> None:
    uses = list(settings.uses[name].values())
    if b.program.changes and _is_changed(b, settings, name, uses):
        return  # not by what is written: a change without effect is reported by itself
    taken = [use for use in uses if use.how == "pipeline"]
    if (name in settings.read_by_stages and not taken) or _any_unknown(uses):
        return
    value = _value(settings, block, name, uses)
    others = [use for use in uses if use.how != "pipeline" and not _same(name, use.value, value)]
    if not others or isinstance(value, Broken):
        return
    if len(others) + len(taken) < len(uses) and not taken:
        taken = [use for use in uses if use not in others]
    if taken:
        if name in block.own and all(use.how == "pass" for use in others):
            _say_partly(b, block, name, taken, others)
    elif name in block.own:
        _say_hidden(b, block, settings, name, others)
    elif all(use.how == "pass" for use in others):
        _say_inherited(b, block, name, others)


def _is_changed(b: Builder, settings: Settings, name: str, uses: list[Use]) -> bool:
    """Whether a value from outside takes the place of a setting of the pipeline, or of its passes."""
    names = [f"{use.site.block.name}.{name}" for use in uses]
    if not settings.prefix:
        names.append(name)
    return any(each in b.program.changes for each in names)


def _of_family(b: Builder, block: Declared, settings: Settings) -> None:
    """A family that is of no use, since the models of all passes have another one.

    It is of use where something outside of the passes takes from it what theirs has not.
    """
    runs = [run for run in b.pass_runs if run.outer is settings]
    mine, others = settings.family, [run.family for run in runs]
    if mine is None or not runs or any(declared is None or declared is mine for declared in others):
        return
    for name in settings.family_reads:
        if any(
            mine.settings.get(name) is not declared.settings.get(name)
            for declared in others
            if declared
        ):
            return
    names = _listed(list(dict.fromkeys(f"`{declared.name}`" for declared in others if declared)))
    setting = block.settings["family"]
    problem = f"no pass uses `family` of `{block.name}`: their models are of {names}"
    help = "Remove it, or use passes with models of that family."
    b.say(messages.HIDDEN_SETTING, setting.env.span(setting.key), problem=problem, help=help)


def _any_unknown(uses: Iterable[Use]) -> bool:
    return any(isinstance(use.value, (Unknown, Broken)) for use in uses)


def _value(settings: Settings, block: Declared, name: str, uses: list[Use]) -> Value | None:
    """What the pipeline says, where that can be known without making a node; else None."""
    setting = block.settings[name]
    kind = kinds.PASS_SETTINGS.get(name)
    if kind is None:
        known = next((use.value for use in uses if isinstance(use.value, Constant)), None)
        kind = None if known is None or known.type == "list" else Type(known.type)
    if kind is None or (kind.is_socket and not isinstance(setting.value, Name)):
        return None
    return settings.evaluated(name, kind, setting)


def _same(name: str, value: Value, other: Value | None) -> bool:
    """Whether a pass has what the pipeline says, though not from there."""
    if name == "steps" and isinstance(value, Constant) and isinstance(other, Constant):
        return bool(value.data[2] == other.data[2])
    return value == other


def _say_hidden(
    b: Builder, block: Declared, settings: Settings, name: str, uses: list[Use]
) -> None:
    setting = block.settings[name]
    span = setting.env.span(setting.key)
    if all(use.how == "flow" for use in uses):
        written = setting.env.span(setting.value).text
        help = _IN_THE_FLOW.get(name, "Remove it.").format(value=written)
        fix = None
    else:
        help, fix = setting_fixes.into_passes(b, block, settings, name, uses)
    problem = f"no pass uses `{name}` of `{block.name}`: {setters(uses, block.module, name)}"
    b.say(messages.HIDDEN_SETTING, span, problem=problem, help=help, fix=fix)


def _say_partly(
    b: Builder, block: Declared, name: str, taken: list[Use], others: list[Use]
) -> None:
    setting = block.settings[name]
    names = _names(taken, block.module)
    who, use = _listed(names), "use" if len(names) > 1 else "uses"
    problem = (
        f"{who} {use} `{name}` of `{block.name}`, but {setters(others, block.module, name, taken)}"
    )
    help = _if_not_meant(block, name, others)
    span = setting.env.span(setting.key)
    passes = tuple(setting_fixes.called(use.site, block.module) for use in others)
    b.say(
        messages.PARTLY_HIDDEN_SETTING,
        span,
        problem=problem,
        help=help,
        setting=name,
        passes=passes,
    )


def _if_not_meant(block: Declared, name: str, uses: list[Use]) -> str:
    setting = block.settings[name]
    written = setting.env.span(setting.value).text
    example = setting_fixes.example(uses, name, written, block.module)
    if not example or name in ("steps", "loras", "model"):
        return "Keep it if it is intended."
    return f"Keep it if it is intended; otherwise write {example}."


def _say_inherited(b: Builder, block: Declared, name: str, uses: list[Use]) -> None:
    """A copy with another flow: what it took over may have been for the flow before."""
    problem = (
        f"no pass uses `{name}`, which `{block.name}` inherits: {setters(uses, block.module, name)}"
    )
    help = _if_not_meant(block, name, uses)
    b.say(messages.PARTLY_HIDDEN_SETTING, _place(block), problem=problem, help=help)


def _place(block: Declared) -> Span:
    flow = block.settings.get("flow")
    if flow is not None and "flow" in block.own:
        return flow.env.span(flow.key.key)
    return block.span


def _of_pass(b: Builder, own: Settings) -> None:
    """A pass whose own setting gives way to what the arrow brings.

    One that is declared by name may be in front in another flow, where it takes it: there it is a note.
    """
    block, site = own.blocks[0], own.site
    for name, value in own.brought.items():
        setting = block.settings[name]
        if site is None or name not in block.own or block.module.is_library:
            continue
        if name not in own.read:
            continue  # nothing would read it elsewhere either, which is reported by itself
        kind = kinds.PASS_SETTINGS[name]
        if isinstance(value, (Unknown, Broken)) or (
            not kind.is_socket and own.evaluated(name, kind, setting) == value
        ):
            continue
        in_place = isinstance(site.node, Call)
        message = messages.HIDDEN_SETTING if in_place else messages.PARTLY_HIDDEN_SETTING
        written = setting.env.span(setting.value).text
        problem = f"`{block.name}` does not use its `{name}`: {_brought(name, value)}"
        help = _IN_THE_FLOW.get(name, "Remove it.").format(value=written)
        b.say(message, setting.env.span(setting.key), problem=problem, help=help)


def setters(uses: list[Use], here: Module, name: str, others: Iterable[Use] = ()) -> str:
    """Which passes have which values, and from where: "`high` and `low` set it to 1.0".

    A pass that is named among `others` as well is shown as it is called.
    """
    groups: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        groups.setdefault((use.how, _given(use, name)), []).append(use)
    also = set(_names(list(others), here))
    told = []
    for (how, value), group in groups.items():
        names = _names(group, here, also)
        plural = len(names) > 1
        if how == "flow":
            verb = "take" if plural else "takes"
            told.append(f"{_listed(names)} {verb} {value} from the flow")
        else:
            verb = "set it" if plural else "sets it"
            told.append(f"{_listed(names)} {verb} to {value}")
    return ", ".join(told)


def _brought(name: str, value: Value) -> str:
    if name == "handoff":
        return "there is no pass before it"
    if isinstance(value, Nothing):
        return "the value of the arrow has its own"
    return (
        f"the value of the arrow has {shown(value)}"
        if name != "image"
        else "the arrow supplies one"
    )


def shown(value: Value) -> str:
    """A value in few words."""
    if isinstance(value, Constant) and value.type == "list":
        return "[" + ", ".join(_item(item) for item in value.data) + "]"
    if isinstance(value, Constant):
        text = spell(value)
        if value.type == "steps" and value.data[0] == 0 and value.data[1] == value.data[2]:
            text = str(value.data[1])
        return text if len(text) <= 40 else f"{text[:39]}…"
    if isinstance(value, Declared):
        return f"`{value.name}`"
    return "another link" if isinstance(value, Wire) else "another value"


def _given(use: Use, name: str) -> str:
    """The value that a pass has: a link as it is written where that is short."""
    setting = use.site.block.settings.get(name)
    if isinstance(use.value, Wire) and use.how == "pass" and setting is not None:
        written = setting.env.span(setting.value).text
        if len(written) <= _LONGEST_CALL and "\n" not in written:
            return written if written.startswith('"') else f"`{written}`"
        return "something else"
    return shown(use.value)


def _item(value: Value) -> str:
    return value.name if isinstance(value, Declared) else shown(value)


def _names(uses: list[Use], here: Module, also: Collection[str] = ()) -> list[str]:
    """The passes as the flow calls them; those of `also` with what they are called with, or their line."""
    names = []
    for use in uses:
        name = f"`{setting_fixes.called(use.site, here)}`"
        if name in also:
            span = use.site.env.span(use.site.node)
            short = len(span.text) <= _LONGEST_CALL and "\n" not in span.text
            name = f"`{span.text}`" if short else f"{name} on line {span.first[0]}"
        names.append(name)
    return list(dict.fromkeys(names))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- nothing reads it ---


#: What every pipeline reads of itself.
_OWN = frozenset(("flow", "family"))

#: Settings that the stages which read them need for sampling, so as the engine of a pass.
_OF_ENGINES = frozenset(("cfg", "denoise", "sampler", "schedule_model", "steps"))


#: Where a setting of passes counts that is easily written where it does not.
WHERE_READ = {
    "denoise": (
        "Remove it, or give the pass a whole schedule, such as `steps = 4`: a part has no "
        "`denoise`."
    ),
    "handoff": (
        "Remove it, or let two passes follow each other: it sets what the second takes over."
    ),
    "loras_by": "Remove it, or give the pass LoRAs: it sets which class loads them.",
    "seed": "Remove it, or let a pass add noise: without noise a seed has no effect.",
}


def say_unread(b: Builder) -> None:
    """Reports the settings that a block of this build wrote itself and that nothing reads.

    Where something is wrong, much is not read that will be; then only what nothing can read is told.
    """
    incomplete = b.incomplete
    pipelines = ((block, settings.read) for block, settings in b.pipelines)
    for block, read in (*b.passes.values(), *pipelines):
        known = read | _OWN if block.kind == "pipeline" else read
        for name in _unread(block, known):
            if not incomplete or (name not in kinds.PASS_SETTINGS and not _readers(block, name)):
                _say_one(b, block, name, known)


def say_misspelt(b: Builder, block: Declared) -> None:
    """Reports the settings of a block by itself that look like others, misspelt."""
    known = {*kinds.PASS_SETTINGS, *_OWN, *_read_in_reach(block)}
    for name in _unread(block, known):
        if nearest(name, known):
            _say_one(b, block, name, known)


def _unread(block: Declared, read: Collection[str]) -> list[str]:
    return [] if block.module.is_library else sorted(block.own.difference(read))


def _say_one(b: Builder, block: Declared, name: str, read: Collection[str]) -> None:
    setting = block.settings[name]
    span = setting.env.span(setting.key.key)
    if span in b.meant:
        return  # another finding says what was meant by it
    fix = None
    readers = _readers(block, name)
    if not readers and _say_synonym(b, block, name):
        return
    candidates = {*read, *kinds.PASS_SETTINGS} if b.incomplete else read
    guess = None if name in kinds.PASS_SETTINGS else nearest(name, candidates)
    if guess and not _may_take(guess, setting.value, block):
        guess = None
    others = _that_sample(b, block, name)
    if others:
        help = f"Move it to the pipeline whose passes use it, {others}, or remove it."
    elif name == "image" and (passes := _of_text(b, block)):
        help = f"Use {passes}, which start from an image, or remove it."
    elif readers:
        shown = " or ".join(f"`{reader}`" for reader in readers[:3])
        place = "engine" if name in _OF_ENGINES else "conditioning"
        help = f"It is read by {shown}: use that, for example as the `{place}`, or remove it."
    elif guess:
        help = f"Did you mean `{guess}`?"
        if guess not in block.settings and not is_set_twice(block, name):
            fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False)
    else:
        help = WHERE_READ.get(name, "Remove it, or use something that reads it.")
    b.say(messages.UNREAD_SETTING, span, block=block.name, name=name, help=help, fix=fix)


def is_set_twice(block: Declared, name: str) -> bool:
    """Whether a block sets a setting twice: nobody knows which of the two is to be changed."""
    return (block.name, name) in block.module.set_twice


def _may_take(name: str, value: object, block: Declared) -> bool:
    """Whether a setting may have a value, as far as a literal, or the name of a declaration, shows."""
    want = kinds.PASS_SETTINGS.get(name)
    if want is None:
        return True
    if isinstance(value, Text):
        return want.name in ("text", "IMAGE", "*")
    if isinstance(value, Name):
        declared = names.declared(block.module, *_parts(value))[0]
        from wan22dsl.language.program import suggestions

        fits = suggestions.kinds_for(name, in_flow=False)
        return declared is None or not fits or declared[1].word.text in fits
    if isinstance(value, Number) and "." in value.text:
        return want.name in ("float", "*")
    if isinstance(value, Number):
        return want.name not in ("text", "IMAGE", "list", "flow", "bool", "MODEL", "VAE", "CLIP")
    return not isinstance(value, List) or want.item is not None


def _parts(value: Name) -> tuple[str, list[str]]:
    head, *rest = spelling.name_parts(value.text)
    return head, rest


def _that_sample(b: Builder, block: Declared, name: str) -> str:
    """The pipelines that a pipeline without passes is made of, called with a setting that passes take."""
    if block.kind != "pipeline" or name not in kinds.PASS_SETTINGS:
        return ""
    if any(
        settings.outer is not None and block in settings.outer.blocks for settings in b.pass_runs
    ):
        return ""
    names = [declared.name for declared, _ in b.results.values() if declared is not block]
    return " or ".join(f"`{fromkey}({name} = …)`" for fromkey in dict.fromkeys(names[:3]))


def _of_text(b: Builder, block: Declared) -> str:
    """The passes that begin with an image, for those of a flow that make a video of text alone.

    In the library they are named alike: `text_high` and `high`, `base_text_low` and `base_low`.
    """
    found = []
    for settings in b.pass_runs:
        if settings.outer is None or block not in settings.outer.blocks or settings.site is None:
            continue
        called = setting_fixes.called(settings.site, block.module)
        alias, _, own = called.rpartition(".")
        used = block.module.uses.get(alias)
        instead = own.replace("text_", "")
        if used is not None and used.is_library and instead != own and instead in used.names:
            found.append(f"`{alias}.{instead}`")
    return " and ".join(dict.fromkeys(found))


def _say_synonym(b: Builder, block: Declared, name: str) -> bool:
    """Reports a setting of another program's by what it is here."""
    from wan22dsl.language.program.synonyms import ELSEWHERE, SETTINGS

    setting = block.settings[name]
    fix = None
    if name in ELSEWHERE:
        help = ELSEWHERE[name]
        if name == "scheduler":
            fix = _with_scheduler(block, setting)
    elif name in ("width", "height"):
        help = "Write both as one `size`, such as `size = 832x480`."
    elif name in SETTINGS:
        meant = SETTINGS[name]
        if meant == "loras" and block.kind == "pipeline":
            meant = "add_loras"  # the passes have their own
        help = f"Write `{meant}`."
        passes = [declared for declared, _ in b.passes.values()] if block.kind == "pipeline" else []
        if meant in block.own:
            help = f"Remove it: `{meant}` is already set."
        elif (
            meant != "add_loras"
            and passes
            and all(meant in declared.settings for declared in passes)
        ):
            value = setting.env.span(setting.value).text
            help = (
                f"Each pass sets its `{meant}`: write `{passes[0].name}({meant} = {value})` in "
                "the flow."
            )
        elif not is_set_twice(block, name):
            fix = setting_fixes.renamed(setting, meant)
    else:
        return False
    span = setting.env.span(setting.key.key)
    b.say(messages.UNREAD_SETTING, span, block=block.name, name=name, help=help, fix=fix)
    return True


def _with_scheduler(block: Declared, setting: Setting) -> Fix | None:
    """`sampler = euler` and `scheduler = simple` as `sampler = euler/simple`."""
    sampler = block.settings.get("sampler")
    if sampler is None or "sampler" not in block.own:
        return None
    names = [each.env.span(each.value) for each in (sampler, setting)]
    value = names[0]
    whole = re.fullmatch(r"([a-z]\w*)/([a-z]\w*)", names[0].text)
    if whole is not None:
        names[0] = names[0]._replace(end=names[0].start + len(whole[1]))
    words = [re.fullmatch(r"\"?([a-z][a-z0-9_]*)\"?", span.text) for span in names]
    if words[0] is None or words[1] is None or names[0].source is not names[1].source:
        return None
    both = f"{words[0][1]}/{words[1][1]}"
    keys = [each.env.span(each.key.key) for each in (sampler, setting)]
    gone = setting_fixes.whole_item((keys[0], value), (keys[1], names[1]))
    return Fix(f"write `sampler = {both}`", (Edit(value, both), Edit(gone, "")))


def _readers(block: Declared, name: str) -> list[str]:
    """The stages in reach that read a setting as `pipeline.name`."""
    return sorted(set(_read_in_reach(block).get(name, ())))


def _read_in_reach(block: Declared) -> dict[str, list[str]]:
    """What is read as `pipeline.name` in the file, in those that it uses and in the standard stages."""
    module = block.module
    found: dict[str, list[str]] = {}
    reads = [("", module.reads)]
    reads += [(f"{alias}.", used.reads) for alias, used in sorted(module.uses.items())]
    standard = module.standard
    reads += [("", standard.reads)] if standard is not None else []
    for prefix, by_name in reads:
        for name, readers in by_name.items():
            found.setdefault(name, []).extend(prefix + reader for reader in readers)
    return found
