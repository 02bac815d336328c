"""Settings of a pipeline that its passes do not take: they have their own, or the flow decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.graph.build import messages, moved_settings
from wan22dsl.graph.build.values import Declared, Wire
from wan22dsl.language.program import kinds
from wan22dsl.language.program.values import Broken, Constant, Nothing, Unknown, spell
from wan22dsl.language.syntax.tree import Call, Name
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings, Use
    from wan22dsl.graph.build.values import Value
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


def say(b: Builder) -> None:
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
        help, fix = moved_settings.into_passes(b, block, settings, name, uses)
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
    passes = tuple(moved_settings.called(use.site, block.module) for use in others)
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
    example = moved_settings.example(uses, name, written, block.module)
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
        name = f"`{moved_settings.called(use.site, here)}`"
        if name in also:
            span = use.site.env.span(use.site.node)
            short = len(span.text) <= _LONGEST_CALL and "\n" not in span.text
            name = f"`{span.text}`" if short else f"{name} on line {span.first[0]}"
        names.append(name)
    return list(dict.fromkeys(names))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
