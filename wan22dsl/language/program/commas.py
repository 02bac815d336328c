"""Commas in a value, and calls that add to a list: `cfg = 3,5`, `flow = high, low`, `loras.append(x)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.program import kinds, messages
from wan22dsl.language.program.notations import LORAS, say, short, text_of
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Bad, Call, Let, Name, Number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.language.program.notations import Walker
    from wan22dsl.language.syntax.tree import Expression, Item


def with_commas(last: Attribute, rest: Sequence[Item], walker: Walker) -> int:
    """Reports a value with commas in it: `cfg = 3,5`, `size = 832, 480`, `flow = high, low, save("x")`.

    Gives how many of the items behind it belong to it.
    """
    first, span = rest[0], walker.module.span
    between = span(last.value.end, first.start).text
    key = spelling.plain(last.key.text)
    if "\n" in between or "," not in between:
        return 0
    found = _numbers(key, last.value, first, between)
    if found is None:
        found = _in_a_row(key, last.value, rest, walker)
    if found is None:
        return 0
    meant, safe, why, count = found
    stretch = span(last.value.start, rest[count - 1].end)
    fix = Fix(f"write `{short(meant)}`", (Edit(stretch, meant),), safe=safe) if meant else None
    for expression in (last.value, *rest[:count]):
        walker.module.unread.add((expression.start, expression.end))
    walker.say(
        messages.MISPLACED_ITEM,
        first,
        what="a value without a name",
        where="after a comma",
        why=why,
        help=f"Write `{meant}`." if meant else f"Write one value: `{key} = …`.",
        fix=fix,
    )
    return count


def _numbers(
    key: str, value: Expression, first: Item, between: str
) -> tuple[str, bool, str, int] | None:
    if not isinstance(value, Number) or not isinstance(first, Number):
        return None
    why = "A comma separates settings; numbers use a decimal point, and sizes an `x`."
    whole, part = value.text, first.text
    if key == "size" and whole.isdigit() and part.isdigit():
        return f"{whole}x{part}", False, why, 1
    if between != "," or not whole.isdigit() or not re.fullmatch(r"\d+[a-z]*", part):
        return None
    want = kinds.PASS_SETTINGS.get(key)
    name = want.name if want is not None else "float"
    unit = part.lstrip("0123456789")
    takes = {"float": "", "frames": "s", "fps": "fps"}.get(name)
    if name == "steps" and not unit:
        return f"{whole}..{part}", True, "A comma separates settings; steps are a range.", 1
    if takes == unit:
        return f"{whole}.{part}", True, why, 1
    if takes and not unit:
        return f"{whole}.{part}{takes}", False, why, 1
    if name == "int" and len(part) == 3 and part.isdigit():
        return f"{whole}{part}", True, "Numbers have no thousands separators.", 1
    return "", False, why, 1


def _in_a_row(
    key: str, value: Expression, rest: Sequence[Item], walker: Walker
) -> tuple[str, bool, str, int] | None:
    """Several values where one is taken: a flow, a sampler with its scheduler, LoRAs."""
    parts: list[Any] = [value]
    for item in rest:
        if isinstance(item, (Attribute, Let, Bad)):
            break
        parts.append(item)
    if len(parts) == 1:
        return None
    texts = [text_of(walker, part) for part in parts]
    if key == "flow":
        why = "A comma separates settings; a flow uses `->`."
        texts = [text.removeprefix("->").lstrip() for text in texts]  # `high, -> low`
        return " -> ".join(texts), False, why, len(parts) - 1
    if key == "sampler" and len(parts) == 2 and all(isinstance(part, Name) for part in parts):
        why = "A comma separates settings; a sampler and its scheduler are one value."
        return "/".join(texts), True, why, 1
    if kinds.PASS_SETTINGS.get(key) == kinds.TEXT and all(isinstance(part, Name) for part in parts):
        return f'"{", ".join(texts)}"', False, "Strings use double quotes.", len(parts) - 1
    if key in LORAS and all(isinstance(part, (Name, Call)) for part in parts):
        why = "A comma separates settings; several LoRAs are a list."
        return f"[{', '.join(texts)}]", True, why, len(parts) - 1
    return None


def without_name(item: Expression, where: str, walker: Walker) -> None:
    """Reports a value that has to have a name."""
    node = where == "the inputs of a node"
    why = "The inputs of a node have no order." if node else "Name each argument."
    if where == "the arguments of a call":
        why = "One argument may have no name: the first one that the arrow does not supply."
    if isinstance(item, Name) and item.text == "_" and node:
        help = "Name the input: `images = _`."
    else:
        help = "Write `name = value`."
    what = "a value without a name"
    walker.say(messages.MISPLACED_ITEM, item, what=what, where=f"in {where}", why=why, help=help)


def appended(item: Expression, walker: Walker) -> bool:
    """Reports `loras.append(anna)` in a block."""
    if not isinstance(item, Call) or not isinstance(item.callee, Name):
        return False
    call = re.fullmatch(
        r"(?:\w+\.)*(?:add_)?loras\.(?:append|add|extend|insert|push)", item.callee.text
    )
    if call is None or len(item.arguments) != 1 or isinstance(item.arguments[0], Attribute):
        return False
    added = text_of(walker, item.arguments[0])
    added = added if added.startswith("[") else f"[{added}]"
    why = "`add_loras` adds to the LoRAs of the passes."
    say(walker, item, f"add_loras = {added}", why, safe=True)
    return True
