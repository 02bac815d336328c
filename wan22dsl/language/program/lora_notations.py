"""LoRAs with a strength as other programs have them: `{ anna = 0.8 }`, `[anna, 0.8]`, `"anna:0.8"`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.language.program import names
from wan22dsl.language.syntax.tree import Attribute, Call, Chain, List, Name, Number, Record, Text

if TYPE_CHECKING:
    from wan22dsl.language.program.expressions import Walker
    from wan22dsl.language.syntax.tree import Expression

LORAS = ("loras", "add_loras")
_STRENGTH = r"-?\d+(?:\.\d+)?"


def text_of(walker: Walker, value: Expression) -> str:
    """An expression as it is written."""
    return walker.module.span(value.start, value.end).text


def meant(value: Expression, walker: Walker) -> list[str] | None:
    """The items of the list that was meant; None where nothing has to be changed, or it is not known how."""
    if not isinstance(value, List):
        return _lora(value, walker)
    items: list[str] = []
    changed = False
    rest = list(value.items)
    while rest:
        item = rest.pop(0)
        name = _name(item, walker)
        if name and rest and isinstance(rest[0], Number) and re.fullmatch(_STRENGTH, rest[0].text):
            items.append(f"{name}(strength = {rest.pop(0).text})")
            changed = True
            continue
        meant = _lora(item, walker)
        changed = changed or meant is not None
        items += [text_of(walker, item)] if meant is None else meant
    return items if changed else None


def _lora(item: Expression, walker: Walker) -> list[str] | None:
    """What was meant by one item: `anna * 0.8`, `{ anna = 0.8 }`, `[anna, 0.8]`, `anna(0.8)`, `"anna"`."""
    pair: tuple[Expression, Expression] | None = None
    if isinstance(item, Chain) and item.operators == ("*",):
        pair = (item.operands[0], item.operands[1])
    elif isinstance(item, List) and len(item.items) == 2:
        pair = (item.items[0], item.items[1])
    elif isinstance(item, Call) and len(item.arguments) == 1 and isinstance(item.callee, Name):
        argument = item.arguments[0]
        pair = None if isinstance(argument, Attribute) else (item.callee, argument)
    elif isinstance(item, Record):
        return _record(item, walker)
    elif isinstance(item, Text):
        return _quoted(item, walker)
    if pair is None:
        return None
    if isinstance(pair[0], Number):
        pair = (pair[1], pair[0])
    name, strength = _name(pair[0], walker), pair[1]
    if not name or not isinstance(strength, Number) or not re.fullmatch(_STRENGTH, strength.text):
        return None
    return [f"{name}(strength = {strength.text})"]


def _name(item: Expression, walker: Walker) -> str:
    """The name of a declared LoRA; empty where it is none."""
    if isinstance(item, Text):
        written = item.text.strip('"')
    elif isinstance(item, Name):
        written = item.text
    else:
        return ""
    return written if kind_of(written, walker) == "lora" else ""


def kind_of(written: str, walker: Walker) -> str:
    """The kind of the declaration that a name means; empty where it means none."""
    head, *rest = written.split(".")
    declared, rest = names.declared(walker.module, head, rest)
    return declared[1].word.text if declared is not None and not rest else ""


def _record(item: Record, walker: Walker) -> list[str] | None:
    entries = [attribute for attribute in item.items if isinstance(attribute, Attribute)]
    if len(entries) != len(item.items) or not entries:
        return None
    keys = {attribute.key.text: attribute.value for attribute in entries}
    named = next((keys[key] for key in ("lora", "name", "file") if key in keys), None)
    strength = next((keys[key] for key in ("strength", "weight", "scale") if key in keys), None)
    if named is not None and len(keys) == 1 + (strength is not None):
        name = _name(named, walker)
        if not name or strength is None:
            return [name] if name else None
        return [f"{name}(strength = {text_of(walker, strength)})"]
    found = []
    for entry in entries:
        name = _name(Name(entry.key.text, entry.start, entry.end), walker)
        if not name or not isinstance(entry.value, Number):
            return None
        found.append(f"{name}(strength = {entry.value.text})")
    return found


def _quoted(item: Text, walker: Walker) -> list[str] | None:
    """`"anna"`, `"anna:0.8"` and `"<lora:anna:0.8>"`, where the file declares `anna`."""
    written = re.fullmatch(r'"(?:<lora:)?([\w.]+)(?::(-?\d+(?:\.\d+)?))?>?"', item.text)
    name = _name(Name(written[1], item.start, item.end), walker) if written else ""
    if not written or not name:
        return None
    return [f"{name}(strength = {written[2]})" if written[2] else name]
