"""Which argument of a call goes to which parameter of a stage, and what is wrong with that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.graph import messages
from wan22dsl.program import messages as name_messages
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Let

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, StageName
    from wan22dsl.program.values import Nothing
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import Item, Parameter, Stage


def arguments(
    b: Builder, stage: Stage, items: tuple[Item, ...], brought: bool, env: Env
) -> tuple[dict[str, Nested], bool]:
    """The arguments by parameter, and whether each of them fits one.

    One may stand without its name: it goes to the first parameter that is not `in`.
    """
    names = [parameter.name.text for parameter in stage.parameters]
    takes = [parameter.name.text for parameter in stage.parameters if not parameter.brought]
    given: dict[str, Nested] = {}
    complete = True
    for item in items:
        if isinstance(item, Attribute):
            name = spelling.plain(item.key.text)
            if name in takes or (name in names and not brought):
                if name in given and not _repeated(items, name):
                    b.say(name_messages.SET_TWICE, env.span(item.key), name=name)
                given.setdefault(name, item.value)
            else:
                _unknown(b, stage, item, name, takes, brought and name in names, env)
                complete = False
        elif not isinstance(item, Let):
            if not takes:
                _unknown(b, stage, item, "", takes, False, env)
                complete = False
            elif takes[0] not in given:
                given[takes[0]] = item
            elif any(isinstance(one, Attribute) for one in items):
                b.say(name_messages.SET_TWICE, env.span(item), name=takes[0])
    return given, complete


def _repeated(items: tuple[Item, ...], name: str) -> bool:
    """Whether a name stands twice as a key; reading the file has said so."""
    keys = [spelling.plain(item.key.text) for item in items if isinstance(item, Attribute)]
    return keys.count(name) > 1


def _unknown(
    b: Builder, stage: Stage, item: Item, name: str, takes: list[str], is_brought: bool, env: Env
) -> None:
    from wan22dsl.program.synonyms import PARAMETERS

    fix = None
    guess = nearest(name, takes) if name and not is_brought else None
    if PARAMETERS.get(name) in takes and not is_brought:
        guess = PARAMETERS[name]
    if is_brought:
        mend = "The arrow in front brings it already: leave one of the two away."
    elif guess and isinstance(item, Attribute):
        mend = f"Did you mean `{guess}`?"
        fix = Fix(f"write `{guess}`", (Edit(env.span(item.key), guess),), safe=False)
    elif takes:
        mend = "It takes " + ", ".join(f"`{one}`" for one in takes) + "."
    else:
        mend = "It takes nothing but what the arrow brings."
    place = item.key if isinstance(item, Attribute) else item
    b.say(
        messages.UNKNOWN_ARGUMENT,
        env.span(place),
        what=f"the stage `{stage.name.text}`",
        word="parameter" if not is_brought else "other place for",
        name=name or env.span(item).text,
        mend=mend,
        fix=fix,
    )


def missing(b: Builder, target: StageName, parameter: Parameter, node: Nested, env: Env) -> None:
    """Reports a parameter that has no default and was not given."""
    stage, name = target.stage.name.text, parameter.name.text
    fix = None
    if parameter.brought:
        mend = f"Put what it works on in front: `frames -> {stage}`."
    else:
        mend = f"Write `{stage}({name} = …)`."
        if parameter.type.text == "text":
            written = re.fullmatch(rf"{stage}(\(\s*\))?", env.span(node).text)
            text = f'{stage}("{_pipeline_around(env, node)}")'
            mend = f"Write `{text}`, or another {name}."
            if written is not None:
                fix = Fix(f"write `{text}`", (Edit(env.span(node), text),), safe=False)
    span = target.module.span(parameter.start, parameter.end)
    label = Label(span, "the parameter is declared here")
    b.say(
        messages.MISSING_ARGUMENT,
        env.span(node),
        stage=stage,
        name=name,
        mend=mend,
        related=(label,),
        fix=fix,
    )


def _pipeline_around(env: Env, node: Nested) -> str:
    """The name of the pipeline in which something is written; `clip` outside of all."""
    for name, one in env.module.names.items():
        if one.word.text == "pipeline" and one.start <= node.start < one.end:
            return name
    return "clip"


def none_given(
    b: Builder,
    target: StageName,
    parameter: Parameter,
    found: Nothing,
    place: Nested,
    env: Env,
    settings: Settings,
) -> None:
    """Reports that a parameter without a default was given `none`."""
    if found.setting:
        b.say_missing(found, env.span(place), settings)
    else:
        missing(b, target, parameter, place, env)
