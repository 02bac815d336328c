"""Settings that a pass or a pipeline has and that nothing reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build import messages, moved_settings
from wan22dsl.language.program import kinds, names, suggestions
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import List, Name, Number, Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Declared, Setting

#: What every pipeline reads of itself.
_OWN = frozenset(("flow", "family"))

#: Where a setting of passes counts that is easily written where it does not.
_WHERE_READ = {
    "denoise": (
        "Remove it, or give the pass a whole schedule, such as `steps = 4`: a part has no "
        "`denoise`."
    ),
    "handoff": (
        "Remove it, or let two passes follow each other: it sets what the second takes over."
    ),
    "seed": "Remove it, or let a pass add noise: without noise a seed has no effect.",
}


def say(b: Builder) -> None:
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
        help = f"It is read by {shown}: use that, for example as the `conditioning`, or remove it."
    elif guess:
        help = f"Did you mean `{guess}`?"
        if guess not in block.settings and not is_set_twice(block, name):
            fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False)
    else:
        help = _WHERE_READ.get(name, "Remove it, or use something that reads it.")
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
        called = moved_settings.called(settings.site, block.module)
        alias, _, own = called.rpartition(".")
        used = block.module.uses.get(alias)
        instead = own.replace("text_", "")
        if used is not None and used.is_library and instead != own and instead in used.names:
            found.append(f"`{alias}.{instead}`")
    return " and ".join(dict.fromkeys(found))


def _say_synonym(b: Builder, block: Declared, name: str) -> bool:
    """Reports a setting of another program's by what it is here."""
    from wan22dsl.graph.build import synonyms
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
            fix = synonyms.renamed(setting, meant)
    else:
        return False
    span = setting.env.span(setting.key.key)
    b.say(messages.UNREAD_SETTING, span, block=block.name, name=name, help=help, fix=fix)
    return True


def _with_scheduler(block: Declared, setting: Setting) -> Fix | None:
    """`sampler = euler` and `scheduler = simple` as `sampler = euler/simple`."""
    from wan22dsl.graph.build import synonyms

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
    gone = synonyms.whole_item((keys[0], value), (keys[1], names[1]))
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
