"""Settings that are changed from outside: `high.cfg` of every pass `high`, `length` of the pipeline itself.

A changed block takes the place of the declared one where it is run, so whatever reads its settings reads the
new values. What a change did is known after the build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import nearest
from wan22dsl.graph.build import messages
from wan22dsl.graph.build.unused_settings import WHERE_READ, setters
from wan22dsl.graph.build.values import Declared, Env, Setting
from wan22dsl.language.program import changes, kinds
from wan22dsl.language.syntax.tree import Attribute, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.language.program.program import Given, Program


def changed(b: Builder, block: Declared, owner: str) -> Declared:
    """A pass or a pipeline with the settings that are changed from outside; `owner` is empty for the
    pipeline that is built.
    """
    if not b.program.changes or b.abstract:
        return block
    kept = b.changed.get(id(block))
    if kept is None:
        kept = b.changed[id(block)] = (block, _changed(b, block, owner))
    return kept[1]


def _changed(b: Builder, block: Declared, owner: str) -> Declared:
    own = {
        setting: given
        for name, given in b.program.changes.items()
        for head, setting in [changes.parts(name)]
        if head == owner
    }
    if not own:
        return block
    settings = dict(block.settings)
    for name, given in own.items():
        before = settings.get(name)
        env = Env(given.module)
        settings[name] = Setting(given.expression, env, _key(name, given), before)
    if "model" in own and "loras" not in own and "loras" in settings:
        settings["loras"] = settings["loras"]._replace(of_other_model=True)
    return Declared(
        block.kind, block.name, settings, block.own, block.env, block.module, block.span
    )


def _key(name: str, given: Given) -> Attribute:
    """The setting as if it were written in the block; a value of the command line has no key of its own."""
    if given.key is not None:
        return given.key
    start, end = given.expression.start, given.expression.end
    return Attribute(Name(name, start, end), given.expression, start, end)


def without_effect(b: Builder) -> dict[str, Diagnostic]:
    """The changes that this build would have been the same without, each with what is wrong with it."""
    found = {}
    for name, given in b.program.changes.items():
        problem = _problem(b, name)
        if problem is not None:
            key = given.key.key if given.key is not None else given.expression
            span = given.module.span(key.start, key.end)
            what, help = problem
            found[name] = messages.CHANGES_NOTHING.at(span, name=name, problem=what, help=help)
    return found


def judged(program: Program, builds: list[Mapping[str, Diagnostic] | None]) -> list[Diagnostic]:
    """The findings on changes that do nothing in any of the pipelines of a file, or in the one that is built.

    A file of parameters may be for several pipelines, so what only such a file says is not judged.
    """
    found = []
    for name, given in program.changes.items():
        idle = [each[name] for each in builds if each is not None and name in each]
        if idle and len(idle) == len(builds) and not given.is_shared:
            found.append(idle[0])
    return found


def _problem(b: Builder, name: str) -> tuple[str, str] | None:
    owner, setting = changes.parts(name)
    sites = _sites(b, owner)
    if not sites:
        return _nobody(b, name)
    if any(_took(own, setting) for own in sites):
        return None
    for own in sites:
        if setting in own.brought:
            return f"`{owner}` takes its `{setting}` from the arrow", _of_others(b, setting, name)
    uses = [use for own in sites for use in own.uses.get(setting, {}).values()]
    if uses:
        here = b.program.main
        passes = dict.fromkeys(use.site.block.name for use in uses if use.how == "pass")
        keys = " and ".join(f"`{each}.{setting}`" for each in passes)
        told = setters(uses, here, setting)
        return f"no pass takes it from the pipeline: {told}", (
            f"Set {keys} instead." if keys else "Remove it."
        )
    read = {each for own in sites for each in own.read}
    guess = None if setting in kinds.PASS_SETTINGS else nearest(setting, read)
    prefix = f"{owner}." if owner else ""
    help = f"Did you mean `{prefix}{guess}`?" if guess else WHERE_READ.get(setting, "")
    help = help or _of_others(b, setting, name)
    who = f"nothing in `{owner}`" if owner else "nothing in the pipeline"
    return f"{who} reads `{setting}`", help


def _sites(b: Builder, owner: str) -> list[Settings]:
    """What a change is for: passes by their name, pipelines inside this one by theirs, or this one."""
    if not owner:
        return [settings for _, settings in b.pipelines if not settings.prefix]
    inner = [settings for block, settings in b.pipelines if settings.prefix and block.name == owner]
    return [own for own in b.pass_runs if own.blocks[0].name == owner] + inner


def _took(own: Settings, setting: str) -> bool:
    """Whether the value of a block was used: by the pass itself, or by anything in the pipeline."""
    if own.outer is not None:
        return setting in own.read and setting not in own.brought
    if setting in changes.OF_PIPELINES:
        return True
    uses = own.uses.get(setting)
    if setting in own.read_by_stages or setting in own.read_in_texts:
        return True
    if uses:
        return any(use.how == "pipeline" for use in uses.values())
    return setting in own.read


def _nobody(b: Builder, name: str) -> tuple[str, str]:
    owner, setting = changes.parts(name)
    passes = list(dict.fromkeys(own.blocks[0].name for own in b.pass_runs if own.blocks))
    guess = nearest(owner, passes)
    if guess:
        help = f"Did you mean `{guess}.{setting}`?"
    elif passes:
        help = "Its passes: " + ", ".join(f"`{each}`" for each in passes) + "."
    else:
        help = "It has no pass."
    return f"the pipeline has no pass `{owner}`", help


def _of_others(b: Builder, setting: str, name: str) -> str:
    """What has such a setting instead."""
    owner, _ = changes.parts(name)
    readers = dict.fromkeys(
        own.blocks[0].name for own in b.pass_runs if own.blocks and _took(own, setting)
    )
    shown = [f"`{each}.{setting}`" for each in readers if each != owner]
    return f"Set {' or '.join(shown)} instead, or remove it." if shown else "Remove it."
