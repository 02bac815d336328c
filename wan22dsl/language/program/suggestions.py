"""What was probably meant by a name that does not exist, or by one inside a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.language.program import kinds, names
from wan22dsl.language.program.synonyms import BOOLEANS, RANDOM, TYPES
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Block, Call, Derived, Name, Stage, walk
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.language.program.module import Module
    from wan22dsl.language.program.names import Named


class Making(NamedTuple):
    """A stage that makes something: its name, and whether the name of a file is all that it asks for."""

    name: str
    takes_file: bool


#: Sockets that so many things give that no stage is worth a mention.
_COMMON = frozenset(
    (
        *(asset.socket for asset in kinds.ASSETS.values()),
        *(*kinds.WITH_FACTS, *kinds.WIDGETS, "AUDIO", "CONDITIONING", "COMBO", "*"),
    )
)


def making(module: Module, socket: str) -> Making | None:
    """The first stage of a used file that gives this socket, and needs nothing in front of it."""
    if socket in _COMMON:
        return None
    for prefix, used in module.uses.items():
        for name in names.public(used):
            stage = used.names[name]
            if isinstance(stage, Stage) and _makes(stage, socket):
                needed = [each.name.text for each in stage.parameters if each.default is None]
                if needed in ([], ["file"]):
                    return Making(f"{prefix}.{name}", bool(needed))
    return None


def _makes(stage: Stage, socket: str) -> bool:
    return any(
        output.name.text == "out" and spelling.plain(output.type.text) == socket
        for output in stage.outputs
    )


#: How many copies of copies are followed to find a setting of a pass.
_COPIES = 50


def meant(module: Module, owner: str, written: str, local: Iterable[str]) -> tuple[str, str, bool]:
    """The help, the name to write in a string (or nothing), and whether that is sure.

    `owner` is the declaration that the string is in, `local` are names that only the place sees.
    """
    block = module.names.get(owner)
    word = block.word.text if block is not None else ""
    if written in kinds.PASS_SETTINGS and word in ("pipeline", "pass", "stage"):
        read = f"pipeline.{written}"
        if isinstance(block, Block) and word == "pipeline" and written not in kinds.DEFAULTS:
            if not _has(block, written):
                passes = _passes(module, block, written)
                if len(passes) == 1:
                    return (
                        f"Write `{{{passes[0]}.{written}}}`, the setting of that pass.",
                        (f"{passes[0]}.{written}"),
                        False,
                    )
                more = "" if not passes else f", or of one pass `{{{passes[0]}.{written}}}`"
                help = f"Write `{written} = …` in the pipeline, and `{{{read}}}` here{more}."
                return help, "", False
        return f"Write `{{{read}}}`.", read, word == "pipeline"
    if written not in kinds.PASS_SETTINGS:
        guess = name(module, written, local, "", frozenset(("let", "param")), owner)
        if guess:
            return f"Did you mean `{{{guess}}}`?", guess, False
    return f"Declare it, or write `\\{{{written}}}` for literal braces.", "", False


def _has(block: Block, setting: str) -> bool:
    return any(
        isinstance(expression, Attribute) and spelling.plain(expression.key.text) == setting
        for expression in block.items
    )


def _passes(module: Module, block: Block, setting: str) -> list[str]:
    """The passes that a pipeline names and that have a setting; none where it changes one in place."""
    found = []
    for value in walk(block):
        if isinstance(value, Call) and any(
            isinstance(item, Attribute) and spelling.plain(item.key.text) == setting
            for item in value.arguments
        ):
            return []
        if isinstance(value, Name):
            head, *rest = spelling.name_parts(value.text)
            declared, rest = names.declared(module, head, rest)
            if declared is not None and not rest and _gives(*declared, setting):
                found.append(value.text)
    return list(dict.fromkeys(found))


def _gives(module: Module, declared: Named, setting: str) -> bool:
    """Whether a pass has a setting, itself or from the one that it is a copy of."""
    for _ in range(_COPIES):
        if declared.word.text != "pass":
            return False
        if isinstance(declared, Block):
            return _has(declared, setting)
        call = declared.value if isinstance(declared, Derived) else None
        if not isinstance(call, Call) or not isinstance(call.callee, Name):
            return False
        for item in call.arguments:
            if isinstance(item, Attribute) and spelling.plain(item.key.text) == setting:
                return True
        head, *rest = spelling.name_parts(call.callee.text)
        found, rest = names.declared(module, head, rest)
        if found is None or rest:
            return False
        module, declared = found
    return False


_VALUES = frozenset(("let", "param"))
_FLOWS = _VALUES | {"pass", "pipeline", "stage"}

#: The settings whose values are constants, and those that take blocks of one kind.
_CONSTANT = frozenset("text int float bool size frames fps steps sampler".split())


def kinds_for(setting: str, *, in_flow: bool) -> frozenset[str]:
    """The kinds of declarations that fit the value of a setting, or a place in a flow; none: any may."""
    if in_flow or setting in ("flow", "patches"):
        return _FLOWS
    if setting in ("loras", "add_loras"):
        return _VALUES | {"lora"}
    want = kinds.PASS_SETTINGS.get(setting)
    if want is None:
        return frozenset()
    if want.name in _CONSTANT:
        return _VALUES
    return _VALUES | {setting} if setting in kinds.ASSETS else frozenset()


def word(module: Module, setting: str, written: str, rest: str = "") -> tuple[str, str, bool]:
    """What a bare word means in a setting: the help, what to write (or nothing), and whether that is sure.

    `rest` is what it reads behind a dot.
    """
    if rest:
        meant = _of_module(module, written, rest)
        return (f"Did you mean `{meant}`?", meant, False) if meant else ("", "", False)
    want = kinds.PASS_SETTINGS.get(setting)
    kind = want.name if want is not None else ""
    if re.fullmatch(r"x\d+", written):
        return f"Write `{written[1:]}`.", written[1:], True  # `rife(x2)`
    if setting == "flow" and written in kinds.PASS_SETTINGS:
        help = f"Remove it: the passes read the setting `{written}` by themselves."
        return help, "", False
    if setting == "seed" and written.lower() in RANDOM:
        help = "Use a parameter (`param seed: int = 0`, `seed = seed`), and `--set seed=random`."
        return help, "", False
    if written in kinds.CHOICES.get(setting, ()):
        return f'Write `"{written}"`.', f'"{written}"', True
    if kind == "bool" and written.lower() in BOOLEANS:
        meant = BOOLEANS[written.lower()]
        return f"Write `{meant}`.", meant, True
    if kind == "sampler":
        meant = f"{written}/simple"
        return f"Write the scheduler too, such as `{meant}`.", meant, False
    return "", "", False


def name(
    module: Module,
    written: str,
    local: Iterable[str],
    setting: str,
    fits: frozenset[str],
    owner: str = "",
) -> str | None:
    """The visible name that was probably meant, perhaps one of a used file: `wan22_high` for `wan22.high`.

    None that needs the `owner`, the declaration that the name is in: that would be a circle.
    """
    for alias, used in sorted(module.uses.items()):
        rest = written[len(alias) :].lstrip("_-")
        if written.startswith(alias) and rest:
            found = member(rest, used, fits)
            if found is not None:
                return f"{alias}.{found}"
    inner = [
        alias for alias, used in sorted(module.uses.items()) if _has_setting(used, written, fits)
    ]
    if len(inner) == 1:
        return f"{inner[0]}.{written}"
    words = set() if fits & {"lora", "stage"} else {"true", "false", "none", "null"}
    if fits and kinds.PASS_SETTINGS.get(setting, kinds.INT).name != "bool":
        words = set()
    visible = {item for item in names.visible(module) if _fits(module, item, fits)}
    guess = nearest(written, {*local, *visible, *words}) or _beginning(written, visible)
    while guess is not None and guess in visible and _needs(module, guess, owner):
        visible.discard(guess)
        guess = nearest(written, {*local, *visible, *words})
    if guess is None and fits:
        members = ((alias, member(written, used, fits)) for alias, used in module.uses.items())
        guess = next((f"{alias}.{found}" for alias, found in members if found), None)
    return guess


def _of_module(module: Module, head: str, rest: str) -> str:
    """The member of a used file that was meant by one of a file with a similar name: `wan.high`."""
    alias = nearest(head, module.uses)
    is_there = alias is not None and rest[1:] in module.uses[alias].names
    return f"{alias}{rest}" if is_there else ""


def _beginning(written: str, candidates: Iterable[str]) -> str | None:
    """The longest of the names that a word begins with: `low` of `low_noise`."""
    parts = [item for item in candidates if len(item) > 2 and written.startswith(f"{item}_")]
    return max(parts, key=len) if parts else None


def _needs(module: Module, name: str, owner: str) -> bool:
    """Whether a declaration is another one of its file, or names it, itself or by those that it names."""
    waiting, seen = [name], {name}
    while waiting:
        at = waiting.pop()
        if at == owner:
            return True
        declared = module.names.get(at)
        if declared is None:
            continue
        heads = {
            spelling.name_parts(item.text)[0] for item in walk(declared) if isinstance(item, Name)
        }
        waiting += heads - seen
        seen |= heads
    return False


def member(written: str, module: Module, fits: frozenset[str]) -> str | None:
    """The member of a used file that was probably meant."""
    public = [item for item in names.public(module) if _has_setting(module, item, fits)]
    return nearest(written, public) or _beginning(written, public)


def _fits(module: Module, name: str, fits: frozenset[str]) -> bool:
    meant = names.find(module, name)
    return not fits or (isinstance(meant, tuple) and meant[1].word.text in fits)


def _has_setting(module: Module, name: str, fits: frozenset[str]) -> bool:
    declared = module.names.get(name)
    return declared is not None and (not fits or declared.word.text in fits)


def seed_parameter(module: Module, at: int) -> int | None:
    """Where a parameter `seed` can be declared; None where something has that name already."""
    return None if names.find(module, "seed") is not None else above(module, at)


def above(module: Module, at: int) -> int | None:
    """The place above the declaration around a place, and above the comments of that declaration."""
    text = module.source.text
    start = text.rfind("\n", 0, at) + 1
    while start and not (text[start].isalpha() and text[start].islower()):
        start = text.rfind("\n", 0, start - 1) + 1
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text.startswith("#", above):
            is_inside = any(item.start < start < item.end for item in module.file.declarations)
            return None if is_inside else start
        start = above
    return None


def random_seed(module: Module, name: Name) -> Fix | None:
    """A parameter for the seed, above the declaration that has it, in place of a name or a call."""
    call = re.compile(r"\s*\([^()]*\)").match(module.source.text, name.end)
    end = call.end() if call is not None else name.end
    here = Edit(module.span(name.start, end), "seed")
    if names.find(module, "seed") is not None:
        return Fix("write `seed`", (here,), safe=False)
    start = above(module, name.start)
    if start is None:
        return None
    edits = (Edit(module.span(start, start), "param seed: int = 0\n\n"), here)
    return Fix("write `param seed: int = 0`, and `seed` here", edits, safe=False)


def type_meant(written: str) -> tuple[str, str, bool]:
    """What an unknown type means: the help, what to write (or nothing), and whether that is sure."""
    if written in TYPES:
        return f"Write `{TYPES[written]}`.", TYPES[written], True
    upper = written.upper()
    known = upper if upper in ("LATENT", "MASK", "CONDITIONING", "CLIP") else None
    guess = known or nearest(written, kinds.TYPES)
    if guess is None:
        return "See `docs/language.md` for the types.", "", False
    return f"Did you mean `{guess}`?", guess, False


def brought(module: Module, name: str) -> Fix | None:
    """The line that imports a file of the library, below `wan 1`; None where that line is missing."""
    first = next(iter(module.file.declarations), None)
    if first is None or first.word.text != "wan":
        return None
    below = Edit(module.span(first.end, first.end), f"\nuse {name}")
    return Fix(f"write `use {name}`", (below,))
