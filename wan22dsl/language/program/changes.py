"""What can be changed from outside besides parameters: a setting of a pipeline (`length`) or of one of its
passes (`high.cfg`).

Which passes a pipeline has is known only once it is built (`graph/build/changes.py`). Here is what a file
shows: a name that can be neither is a mistake on the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import nearest
from wan22dsl.language.program import kinds
from wan22dsl.language.syntax.tree import Attribute, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.language.program.module import Module

#: Settings of a pipeline that no pass reads.
OF_PIPELINES = ("flow", "family")

#: What has settings that are changed by the name: a pass, or a pipeline inside another.
_WITH_SETTINGS = ("pass", "pipeline")


def parts(name: str) -> tuple[str, str]:
    """What is changed, empty for the pipeline itself, and its setting: `high` and `cfg` of `high.cfg`."""
    owner, _, setting = name.rpartition(".")
    return owner, setting


def is_change(name: str, main: Module) -> bool:
    """Whether a name may be a setting of a pipeline of the file, or of something in one.

    What begins with the name of a used file is a parameter of that file.
    """
    owner, setting = parts(name)
    if setting not in settings(main):
        return False
    return not owner or (owner not in main.uses and owner in owners(main))


def settings(main: Module) -> set[str]:
    """The settings that a pipeline or a pass may have: the known ones, what is read, and what is written."""
    found = {*kinds.PASS_SETTINGS, *OF_PIPELINES}
    for module in _reachable(main):
        found.update(module.reads)
    for declared in main.names.values():
        if isinstance(declared, Block) and declared.word.text in _WITH_SETTINGS:
            found.update(item.key.text for item in declared.items if isinstance(item, Attribute))
    return found


def owners(main: Module) -> set[str]:
    """The passes and pipelines that a file can name, in its own words or in those of the files it uses."""
    return {
        name
        for module in _reachable(main)
        for name, declaration in module.declarations.items()
        if declaration.kind in _WITH_SETTINGS
    }


def close_setting(name: str, main: Module) -> str | None:
    """The setting that a name without an owner was probably meant to be; of so many, only a close one."""
    from difflib import SequenceMatcher  # only where something is wrong

    guess = nearest(name, settings(main))
    if guess is None or SequenceMatcher(None, name, guess).ratio() <= _CLOSE:
        return None
    return guess


#: How much like a name a setting has to be.
_CLOSE = 0.75


def has_pipeline(main: Module) -> bool:
    """Whether there is anything in a file whose settings can be changed."""
    return any(each.kind == "pipeline" for each in main.declarations.values())


def _reachable(main: Module) -> Iterator[Module]:
    """A file, all that it uses, and the standard stages, each once."""
    waiting, seen = [main], set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        yield module
        waiting += module.uses.values()
        waiting += [module.standard] if module.standard is not None else []
