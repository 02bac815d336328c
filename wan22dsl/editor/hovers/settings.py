"""Settings: what they do, their type, their value here, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.editor import resolved, uses
from wan22dsl.editor.hovers import lengths
from wan22dsl.editor.hovers.markdown import code, paragraphs, prose
from wan22dsl.formats.description import words
from wan22dsl.graph.build.values import Declared
from wan22dsl.language.program import denoting, kinds, meanings
from wan22dsl.language.program.values import Constant, read_number, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Block, Call, Derived, Number
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.editor.view import View
    from wan22dsl.language.program.module import Module

_LONGEST = 160


def told(view: View, word: str, name: str, attribute: Any, owner: Any) -> str:
    """A setting that is written in a declaration whose word is `word`, in the block or call `owner`."""
    head = _head(word, name)
    value = _value(view, name, owner)
    parts = [head, prose(meanings.of_setting(word, name) or _further(word))]
    shown = _shown(view, name, attribute, value)
    return paragraphs(*parts, shown, _default(word, name))


def read(view: View, name: str) -> str:
    """A setting that is read as `pipeline.name`."""
    about = meanings.of_setting("pipeline", name)
    return paragraphs(_head("pipeline", name), prose(about or _further("pipeline")))


def _head(word: str, name: str) -> str:
    kind = type_of(word, name)
    shown = f", {code(_spelled(kind))}" if kind is not None and kind.name != "*" else ""
    return f"**{code(name)}**: setting{shown}"


def _further(word: str) -> str:
    """What is said of a setting that the language does not have."""
    if word not in ("pass", "pipeline"):
        return ""
    return "A setting of the conditioning, or of a stage that reads it."


def type_of(word: str, name: str) -> Type | None:
    """The type of a setting of a declaration; None where the language has none of that name."""
    if word in ("pass", "pipeline"):
        own = {"flow": kinds.FLOW, "family": Type("family")} if word == "pipeline" else {}
        return own.get(name) or kinds.PASS_SETTINGS.get(name)
    if word == "node":
        return kinds.NODE_SETTINGS.get(name)
    return kinds.FIXED_SETTINGS.get(word, {}).get(name)


def _spelled(kind: Type) -> str:
    return f"[{_spelled(kind.item)}]" if kind.item is not None else kind.name


def _default(word: str, name: str) -> str:
    if word in ("pass", "pipeline") and name in kinds.DEFAULTS:
        default = kinds.DEFAULTS[name]
        shown = spelling.quote(default) if isinstance(default, str) else str(default)
        return f"Default: {code(shown)}"
    if (word, name) in kinds.ASSET_DEFAULTS:
        return f"Default: {code(str(kinds.ASSET_DEFAULTS[word, name]).lower())}"
    left = meanings.LEFT_TO.get(name, "") if word in ("pass", "pipeline") else ""
    if left:
        return f"Default: {prose(left)}"
    choices = kinds.CHOICES.get(name)
    if choices and word in ("pass", "model", "lora", "pipeline"):
        return f"One of {words.several((code(spelling.quote(each)) for each in choices), 'or')}."
    return ""


def _shown(view: View, name: str, attribute: Any, value: Any) -> str:
    """What a setting comes to here, where that is not what is written anyway."""
    if attribute is None:
        return ""
    written = view.source.text[attribute.value.start : attribute.value.end]
    given = uses.inputs_at(view, view.source.path, attribute.value.start, attribute.value.end)
    if name == "length":
        found = list(lengths.lengths(view, given))
        made = {(each.made or each.asked, each.fps) for each in found}
        if len(made) == 1:
            frames, fps = made.pop()
            return f"Here: **{words.clip_of_frames(frames, fps)}**"
    if isinstance(value, Constant):
        shown = spell(value)
        is_literal = isinstance(attribute.value, Number) and read_number(written) == value
        if "…" not in shown and shown != " ".join(written.split()) and not is_literal:
            return f"Here: {code(shown, _LONGEST)}"
    if isinstance(value, Declared) and value.name != written:
        return f"Here: {value.kind.replace('_', ' ')} {code(value.name)}"
    return ""


def _value(view: View, name: str, owner: Any) -> Any:
    """The value of a setting of a declared block; None where it cannot be told."""
    resolver, module = resolved.of(view), view.module
    if resolver is None or module is None or not isinstance(owner, (Block, Derived)):
        return None
    declaration = module.declarations.get(owner.name.text)
    if declaration is None or declaration.start != owner.name.start:
        return None
    block = resolver.block(declaration)
    return resolver.setting(block, name) if block is not None else None


def word_of(module: Module, way: tuple[Any, ...]) -> tuple[str, Any]:
    """The word of the declaration whose setting an attribute is, and the block or call that it is in."""
    for at in range(len(way) - 1, 0, -1):
        node = way[at - 1] if at else None
        if isinstance(node, Block):
            return node.word.text, node
        if isinstance(node, Call):
            found = denoting.denoted(module, node)
            if isinstance(found, denoting.Settings):
                block = found.block
                owner = way[at - 2] if at >= 2 and isinstance(way[at - 2], Derived) else node
                return _kind(module, block, owner), owner
    return "", None


def _kind(module: Module, block: Any, owner: Any) -> str:
    """The kind of a block, or of what a call copies."""
    if isinstance(owner, Derived) and owner.word.text != "let":
        return str(owner.word.text)
    seen = 0
    home = module
    while isinstance(block, (Call, Derived)) and seen < 50:
        if isinstance(block, Derived):
            return str(block.word.text)
        found = denoting.denoted(home, block.callee)
        if not isinstance(found, denoting.Settings):
            return ""
        home, block = found
        seen += 1
    return str(block.word.text) if isinstance(block, Block) else ""
