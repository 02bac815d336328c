"""Values written as other languages have them: readable, but never what a setting takes.

Each is reported with what was meant, and is noted in `module.unread`: nothing more is said of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.program import names
from wan22dsl.language.program.module import Module
from wan22dsl.language.syntax import parse_expression, spelling
from wan22dsl.language.syntax.messages import NOTATION
from wan22dsl.language.syntax.tree import (
    Attribute,
    Call,
    Chain,
    ClassName,
    Group,
    List,
    Name,
    Number,
    Record,
    Sampler,
    Text,
)
from wan22dsl.source import Source
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from typing import Any, Protocol

    from wan22dsl.diagnostics import Message
    from wan22dsl.language.syntax.tree import Expression

    class Walker(Protocol):
        """What goes through the values of a file, and reports: `expressions.Walker`."""

        module: Module

        def say(self, message: Message, place: Any, **fields: Any) -> None: ...


_LONGEST = 40  # characters of a value that a message shows


class _Meant(NamedTuple):
    """What was meant by a value. `start` and `end` are what is to be replaced."""

    text: str
    safe: bool
    why: str
    start: int
    end: int


def reported(setting: str, value: Expression, walker: Walker) -> bool:
    """Whether a value is such a one; then it is reported."""
    while isinstance(value, Group) and setting != "size":
        value = value.inner
    found = _of_module(value, walker)
    if found is None:
        found = _wrapped(setting, value, walker)
    if found is None:
        found = _by_setting(setting, value, walker)
    if found is None:
        return False
    say(walker, value, found.text, found.why, safe=found.safe, stretch=(found.start, found.end))
    return True


def say(
    walker: Walker,
    value: Expression,
    meant: str,
    why: str,
    *,
    safe: bool,
    stretch: tuple[int, int] | None = None,
) -> None:
    """Reports a value, of which nothing more is said."""
    span = walker.module.span(*(stretch or (value.start, value.end)))
    title = f"write `{short(meant)}`"
    fix = Fix(title, (Edit(span, meant),), safe=safe)
    walker.say(NOTATION, span, found=short(span.text), meant=short(meant), why=why, fix=fix)
    walker.module.unread.add((value.start, value.end))


def short(text: str) -> str:
    """Words as a message shows them."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _by_setting(setting: str, value: Expression, walker: Walker) -> _Meant | None:
    if setting in LORAS:
        items = _meant_loras(value, walker)
        why = "A list of LoRAs contains names, or calls that change their strength."
        if items is None:
            return None
        return _Meant(f"[{', '.join(items)}]", True, why, value.start, value.end)
    if setting == "sampler":
        return _sampler(value)
    if setting == "flow":
        return _flow(value, walker)
    if setting == "size":
        return _size(value, walker)
    if setting == "steps":
        return _steps(value)
    return None


#: Calls that other languages put around a value, and settings that take a file by its name.
_CASTS = frozenset("int float str string text bool number seconds frames".split())
_LOADING = frozenset(
    "LoadImage load_image load_video load_audio Image image file open read imread path Path".split()
)
_FILES = frozenset(
    "image end_image mask video audio control_video reference_image start_video file".split()
)


def _wrapped(setting: str, value: Expression, walker: Walker) -> _Meant | None:
    """`int(42)`, and `LoadImage("portrait.png")` where the name of a file is enough."""
    if not isinstance(value, Call) or len(value.arguments) != 1 or value.about is not None:
        return None
    argument, called = value.arguments[0], value.callee.text
    if isinstance(value.callee, Name) and names.find(walker.module, called) is not None:
        return None
    if called in _CASTS and setting and isinstance(argument, (Number, Text)):
        why = "A value is written as it is; nothing converts it."
    elif called in _LOADING and setting in _FILES and isinstance(argument, Text):
        why = "A file name is loaded by itself."
    else:
        return None
    return _Meant(text_of(walker, argument), True, why, value.start, value.end)


def _steps(value: Expression) -> _Meant | None:
    """`0-2` and `range(0, 2)`."""
    parts: tuple[object, ...] = ()
    if isinstance(value, Chain) and value.operators == ("-",):
        parts = value.operands
    elif isinstance(value, Call) and value.callee.text == "range":
        parts = tuple(value.arguments)
    texts = [part.text for part in parts if isinstance(part, Number) and part.text.isdigit()]
    if len(texts) != 2 or len(parts) != 2 or int(texts[0]) >= int(texts[1]):
        return None
    why = "Steps are a range that excludes its end."
    return _Meant("..".join(texts), True, why, value.start, value.end)


# --- modules ---


def _of_module(value: Expression, walker: Walker) -> _Meant | None:
    """`wan22/high` and `wan22->high`."""
    why = "A dot reads a member of an imported file."
    uses = walker.module.uses
    first = value.operands[0] if isinstance(value, Chain) else value
    if isinstance(first, Sampler):
        alias, member = spelling.sampler_parts(first.text)
        if alias in uses and member in uses[alias].names:
            return _Meant(f"{alias}.{member}", True, why, first.start, first.end)
    if not isinstance(value, Chain) or value.operators[0] != "->" or not isinstance(first, Name):
        return None
    second = value.operands[1]
    name = second.callee if isinstance(second, Call) else second
    if first.text not in uses or not isinstance(name, Name):
        return None
    if name.text not in uses[first.text].names:
        return None
    return _Meant(f"{first.text}.{name.text}", True, why, first.start, name.end)


# --- samplers, flows, sizes ---


def _sampler(value: Expression) -> _Meant | None:
    """`"euler"`, `euler-simple`, `[euler, simple]`."""
    why = "A sampler and its scheduler are one value."
    if isinstance(value, Chain) and value.operators == ("-",):
        both = value.operands
    elif isinstance(value, List):
        both = value.items
    else:
        return None
    words = [item.text.strip('"') for item in both if isinstance(item, (Name, Text))]
    if (
        len(words) != 2
        or len(both) != 2
        or not all(re.fullmatch(r"[a-z]\w*", word) for word in words)
    ):
        return None
    return _Meant("/".join(words), True, why, value.start, value.end)


def _flow(value: Expression, walker: Walker) -> _Meant | None:
    """`"high -> low"`, `high + low`, `["high", "low"]`, and `[high, low]` of passes."""
    why = "A flow passes its value on with `->`."
    if isinstance(value, Chain) and set(value.operators) == {"->"}:
        return _quoted_passes(value, walker)
    if isinstance(value, Call):
        nested = _nested(value, walker)
        if len(nested) < 2:
            return None
        return _Meant(" -> ".join(nested), False, why, value.start, value.end)
    if isinstance(value, Text) and "->" in value.text and '\\"' not in value.text:
        inside = value.text.strip('"').strip()
        if parse_expression(Source(inside))[1]:
            return None
        return _Meant(inside, True, why, value.start, value.end)
    if isinstance(value, Chain) and set(value.operators) <= {"+", "-", "*", "/"}:
        elements = value.operands
    elif isinstance(value, List) and len(value.items) > 1:
        elements = value.items
    else:
        return None
    if not _is_pass(elements[0], walker) or not _is_pass(elements[1], walker):
        return None
    if any(isinstance(element, (Number, Chain, List)) for element in elements):
        return None
    texts = [text_of(walker, element) for element in elements]
    parts = [
        text.strip('"') if isinstance(item, Text) else text for item, text in zip(elements, texts)
    ]
    return _Meant(" -> ".join(parts), False, why, value.start, value.end)


def _nested(value: Expression, walker: Walker) -> list[str]:
    """`save(low(high), "portrait")` as the elements of a flow; none where it is not such a call."""
    if not isinstance(value, Call) or not isinstance(value.callee, Name):
        return [text_of(walker, value)] if _is_pass(value, walker) else []
    kind = kind_of(value.callee.text, walker)
    arguments = value.arguments
    if kind not in ("pass", "stage") or value.about is not None:
        return []
    first = arguments[0] if arguments else None
    if isinstance(first, Name) and first.text in ("image", "start_image", "latent"):
        before: list[str] = []  # what the passes read by themselves
    elif isinstance(first, (Call, Name)):
        before = _nested(first, walker)
        if not before:
            return [text_of(walker, value)] if kind == "pass" and first is None else []
    else:
        return [text_of(walker, value)] if kind == "pass" else []
    rest = ", ".join(text_of(walker, item) for item in arguments[1:])
    return [*before, f"{value.callee.text}({rest})" if rest else value.callee.text]


def _quoted_passes(value: Chain, walker: Walker) -> _Meant | None:
    """`"high" -> "low"`."""
    quoted = [item for item in value.operands if isinstance(item, Text) and _is_pass(item, walker)]
    if not quoted:
        return None
    meant, at = "", value.start
    for item in quoted:
        meant += walker.module.span(at, item.start).text + item.text.strip('"')
        at = item.end
    meant += walker.module.span(at, value.end).text
    return _Meant(meant, True, "Names have no quotes.", value.start, value.end)


def _is_pass(value: Expression, walker: Walker) -> bool:
    name = value.callee if isinstance(value, Call) else value
    if not isinstance(name, (Name, Text)):
        return False
    return kind_of(name.text.strip('"'), walker) == "pass"


def _size(value: Expression, walker: Walker) -> _Meant | None:
    """`{ width = 832, height = 480 }` and `size(832, 480)`."""
    why = "A size is one value, width first."
    values: list[Expression] = []
    if isinstance(value, Record):
        keys = {item.key.text: item.value for item in value.items if isinstance(item, Attribute)}
        if keys.keys() == {"width", "height"}:
            values = [keys["width"], keys["height"]]
    elif isinstance(value, Call) and isinstance(value.callee, (Name, ClassName)):
        if value.callee.text.lower() in ("size", "resolution", "dimensions"):
            values = [
                argument.value if isinstance(argument, Attribute) else argument
                for argument in value.arguments
            ]
    numbers = [
        expression.text
        for expression in values
        if isinstance(expression, Number) and expression.text.isdigit()
    ]
    if len(numbers) != 2 or len(values) != 2:
        return None
    return _Meant("x".join(numbers), True, why, value.start, value.end)


# --- statements and calls ---


def stage_in_capitals(call: Call, walker: Walker) -> bool:
    """Reports `Save("x")` and `RIFE(2)`: a standard stage, which no node class is called like."""
    written = call.callee.text
    meant = written.lower()
    if written.startswith("`") or meant == written or not _takes_no_inputs(call):
        return False
    found = names.find(walker.module, meant)
    if not isinstance(found, tuple) or isinstance(found, Module) or found[1].word.text != "stage":
        return False
    why = "Capitalized names belong to ComfyUI; stages start with a lowercase letter."
    stretch = (call.callee.start, call.callee.end)
    say(walker, call, meant, why, safe=True, stretch=stretch)
    return True


def _takes_no_inputs(call: Call) -> bool:
    """Whether a call has an argument without a name, which no node takes."""
    return any(not isinstance(argument, Attribute) for argument in call.arguments)


# --- lists of LoRAs ---


LORAS = ("loras", "add_loras")


_STRENGTH = r"-?\d+(?:\.\d+)?"


def text_of(walker: Walker, value: Expression) -> str:
    """An expression as it is written."""
    return walker.module.span(value.start, value.end).text


def _meant_loras(value: Expression, walker: Walker) -> list[str] | None:
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
