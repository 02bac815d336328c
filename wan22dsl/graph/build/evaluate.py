"""Evaluates expressions: literals, texts, lists, records, names, `let`s and arithmetic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph.build import calls, declared, members, messages
from wan22dsl.graph.build.values import (
    BY_HEIGHT,
    Declared,
    Flow,
    Flows,
    Open,
    Several,
    StageName,
    Thunk,
    Wire,
    describe,
)
from wan22dsl.language.program import kinds, names, values
from wan22dsl.language.program import messages as name_messages
from wan22dsl.language.program.values import (
    BROKEN,
    LONGEST,
    NOTHING,
    Broken,
    Constant,
    Nothing,
    Unknown,
    is_too_large,
    read_number,
    spell,
)
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Arrow,
    Attribute,
    Binary,
    Call,
    Chain,
    Group,
    Index,
    List,
    Member,
    Name,
    Number,
    Record,
    Sampler,
    Text,
    nest,
)
from wan22dsl.language.types import Type

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Env, Value
    from wan22dsl.language.syntax.tree import Nested
    from wan22dsl.source import Span

_WORDS: dict[str, Value] = {
    "true": Constant("bool", True),
    "false": Constant("bool", False),
    "none": NOTHING,
    "null": Constant("null", None),
}


def value(
    b: Builder,
    expression: Nested,
    env: Env,
    settings: Settings,
    *,
    want: Type | None = None,
    at: str = "",
) -> Value:
    """What an expression stands for. `want` only helps to read it; `at` is the id of what it makes."""
    while isinstance(expression, Group):
        expression = expression.inner
    if env.module.unread and (expression.start, expression.end) in env.module.unread:
        return b.told()
    if isinstance(expression, Number):
        return _number(b, expression, env, want)
    if isinstance(expression, Sampler):
        return Constant("sampler", spelling.sampler_parts(expression.text))
    return b.nesting.deeper(lambda: _compound(b, expression, env, settings, want, at))


def _compound(
    b: Builder, expression: Nested, env: Env, settings: Settings, want: Type | None, at: str
) -> Value:
    """The value of what other values may be part of."""
    if isinstance(expression, Name):
        return named(b, expression, env, settings, want=want)
    if isinstance(expression, Text):
        return _text(b, expression, env, settings)
    if isinstance(expression, Call):
        return calls.call(b, expression, env, settings, want=want, at=at)
    if isinstance(expression, Chain):
        nested = nest(expression)
        if isinstance(nested, Arrow):
            return Flow(nested.elements, env)
        return _operated(b, nested, env, settings)
    if isinstance(expression, (Member, Index)):
        target = value(b, expression.target, env, settings, want=members.SEVERAL, at=at)
        if isinstance(expression, Member):
            return members.member(b, target, expression.name, expression, env, settings)
        return members.indexed(b, target, expression, env, settings)
    if isinstance(expression, List):
        return _list(b, expression, env, settings, want, at)
    if isinstance(expression, Record):
        if want is not None and want.name == "size":
            return _size(b, expression, env, settings)
        return _record(b, expression, env, settings)
    if isinstance(expression, Binary):
        return _operated(b, expression, env, settings)
    return b.told()  # what is no value: syntax has said so


# --- literals ---


def _number(b: Builder, number: Number, env: Env, want: Type | None = None) -> Value:
    constant = read_number(number.text)
    if constant is not None:
        return constant
    kind = want.name if want is not None else ""
    help, fix = _UNIT_HELP.get(kind, "Write it with one of these units, or without one."), None
    size = BY_HEIGHT.get(number.text.lower()) if kind in ("", "size") else None
    if size is not None:
        help = f"Write the size in pixels, such as `{size}`."
        if kind == "size":
            fix = Fix(f"write `{size}`", (Edit(env.span(number), size),), safe=False)
        b.say(messages.BAD_NUMBER, env.span(number), text=number.text, help=help, fix=fix)
        return BROKEN
    sure = _in_words(number.text)
    if sure is not None and not _fits_number(sure, kind):
        sure = None
    if sure is not None:
        fix = Fix(f"write `{sure}`", (Edit(env.span(number), sure),))
        b.say(
            messages.BAD_NUMBER,
            env.span(number),
            text=number.text,
            help=f"Write `{sure}`.",
            fix=fix,
        )
        return BROKEN
    digits = number.text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
    unit = number.text[len(digits) :]
    guess = _UNITS.get(unit.lower()) or (nearest(unit, _UNITS.values()) if unit else None)
    if guess and read_number(digits + guess) is not None and _fits_number(digits + guess, kind):
        help = f"Did you mean `{digits}{guess}`?"
        edit = Edit(env.span(number), digits + guess)
        is_same = unit.lower() == guess.lower() or guess in ("s", "f")  # 24GB are not quite 24GiB
        fix = Fix(f"write `{digits}{guess}`", (edit,), safe=is_same and unit.lower() in _UNITS)
    b.say(messages.BAD_NUMBER, env.span(number), text=number.text, help=help, fix=fix)
    return BROKEN


_UNIT_HELP = {
    "size": "Write the size in pixels, width first, such as `832x480`.",
    "frames": "Write seconds or frames, such as `5s` or `81f`.",
    "int": "Write a whole number without a unit.",
    "float": "Write a number without a unit, such as `1.0`.",
}


def _fits_number(text: str, kind: str) -> bool:
    """Whether a number, as it was meant, is of the type that is wanted."""
    found = read_number(text)
    if found is None or kind in ("", "*") or kind.isupper():
        return True
    also = {"frames": ("seconds",), "float": ("int",), "steps": ("int",)}.get(kind, ())
    return found.type == kind or found.type in also


def _in_words(text: str) -> str | None:
    """A number whose spelling has one meaning: `832X480`, `5000ms`, `1min`, `1_000_000`, `0x2A`."""
    size = re.fullmatch(r"(\d+)(?:\.0+)?(?:px)?[xX](\d+)(?:\.0+)?(?:px|p)?", text)
    if size:
        return f"{size[1]}x{size[2]}"
    if re.fullmatch(r"\d+(_\d{3})+", text):
        return text.replace("_", "")
    if re.fullmatch(r"0x[0-9A-Fa-f]{1,13}", text):
        return str(int(text, 16))
    time = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|msec|mins?|minutes?)", text)
    if time:
        return f"{float(time[1]) * (0.001 if time[2][:2] == 'ms' else 60):.6g}s"
    times = re.fullmatch(r"(\d+)x", text)
    return times[1] if times else None


#: Units as people also write them, and what they are here.
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("f", "frame", "frames"), "f"),
    "fps": "fps",
    **dict.fromkeys(("gib", "gb", "g"), "GiB"),
    **dict.fromkeys(("mib", "mb", "m"), "MiB"),
}


def _text(b: Builder, text: Text, env: Env, settings: Settings) -> Value:
    parts: list[str] = []
    length = 0
    unknown = wrong = False
    for part in spelling.text_parts(text.text):
        if isinstance(part, str):
            parts.append(part)
            continue
        node = Name(part.name, text.start + part.start, text.start + part.end)
        outer, b.in_text = b.in_text, True
        try:
            found = named(b, node, env, settings)
        finally:
            b.in_text = outer
        if isinstance(found, Constant):
            parts.append(found.data if isinstance(found.data, str) else spell(found))
            length += len(parts[-1])
        elif isinstance(found, Unknown) and not found.type.is_socket:
            unknown = True
        else:
            wrong = True
            if not isinstance(found, Broken):
                _not_for_text(b, part.name, found, node, env, settings)
    if wrong:
        return BROKEN
    if unknown:
        return Unknown(Type("text"))
    if length > LONGEST:
        return _too_large(b, "text", env.span(text))
    return Constant("text", "".join(parts))


def _not_for_text(
    b: Builder, name: str, found: Value, node: Name, env: Env, settings: Settings
) -> None:
    if isinstance(found, Nothing):
        b.say_missing(found, env.span(node), settings)
        return
    b.say(
        messages.WRONG_TYPE,
        env.span(node),
        what=f"`{name}` in a string",
        wanted="a value that is known at compile time",
        found=describe(found),
        help="Strings can contain only such values; for literal braces write `\\{`.",
    )


def _list(
    b: Builder, node: List, env: Env, settings: Settings, want: Type | None, at: str
) -> Value:
    if want == kinds.FLOW:
        return Flows(node.items, env)
    item_type = want.item if want is not None else None
    items = [value(b, item, env, settings, want=item_type, at=at) for item in node.items]
    if any(isinstance(item, Broken) for item in items):
        return BROKEN
    if item_type is not None and item_type.item is None and any(map(_is_list, items)):
        return _list_in_list(b, node, items, env)
    if want is None and any(isinstance(item, (Flow, Open, StageName, Flows)) for item in items):
        return Flows(node.items, env)
    return _held(b, Constant("list", tuple(items)), env.span(node))


def _is_list(value: Value) -> bool:
    return isinstance(value, Constant) and value.type == "list"


def _list_in_list(b: Builder, node: List, items: list[Value], env: Env) -> Value:
    """Reports `[wan22.high.loras, grain]`: lists are joined by `+`."""
    parts: list[str] = []
    for written, item in zip(node.items, items):
        text = env.span(written).text
        if _is_list(item):
            parts.append(text)
        elif parts and parts[-1].startswith("["):
            parts[-1] = f"{parts[-1][:-1]}, {text}]"
        else:
            parts.append(f"[{text}]")
    meant = " + ".join(parts)
    inner = next(written for written, item in zip(node.items, items) if _is_list(item))
    b.say(
        messages.WRONG_TYPE,
        env.span(inner),
        what=f"an item of {b.what}" if b.what else "an item",
        wanted="one value",
        found="a list",
        help=f"Write `{meant}`: lists are joined with `+`.",
        fix=Fix(f"write `{meant}`", (Edit(env.span(node), meant),)),
    )
    return BROKEN


def _size(b: Builder, node: Record, env: Env, settings: Settings) -> Value:
    """`{ width = …, height = … }`: a size whose sides may come by links of different nodes."""
    sides: dict[str, Value] = {}
    for item in node.items:
        if isinstance(item, Attribute) and item.key.text in ("width", "height"):
            found = value(b, item.value, env, settings, want=Type("INT"))
            with b.about(f"the {item.key.text} of a size"):
                sides[item.key.text] = b.fit(found, Type("INT"), item.value, env, settings)
    if len(sides) != 2 or len(node.items) != 2:
        return _record(b, node, env, settings)
    wrong = next((side for side in sides.values() if isinstance(side, (Broken, Unknown))), None)
    if wrong is not None:
        return BROKEN if isinstance(wrong, Broken) else Unknown(Type("size"))
    return Several(sides)


def _record(b: Builder, node: Record, env: Env, settings: Settings) -> Value:
    entries = []
    left: Value | None = None
    for item in node.items:
        if not isinstance(item, Attribute):
            return BROKEN
        found = value(b, item.value, env, settings)
        if isinstance(found, (Broken, Unknown)):
            left = BROKEN if isinstance(left, Broken) else found
        elif isinstance(found, Constant):
            entries.append((spelling.plain(item.key.text), found))
        elif not isinstance(found, Nothing):
            left = BROKEN
            b.say(
                messages.WRONG_TYPE,
                env.span(item.value),
                what="an entry of a record",
                wanted="a value that is known at compile time",
                found=describe(found),
                help="A record cannot contain a link.",
            )
    if left is not None:
        return left
    return _held(b, Constant("record", tuple(entries)), env.span(node))


# --- names ---


def named(
    b: Builder, node: Name, env: Env, settings: Settings, *, want: Type | None = None
) -> Value:
    """What a name stands for, with its members read."""
    head, *rest = spelling.name_parts(node.text)
    if head == "pipeline" and env.in_graph:
        return b.told()  # the resolver has said so
    if head == "pipeline" and rest:
        found = settings.get(rest[0], want if len(rest) == 1 else None)
        rest = rest[1:]
    elif head in _WORDS:
        found = _WORDS[head]
    elif head == "_":
        brought = env.underscore()
        if brought is None:
            help = "Write the value itself, or add an arrow: `frames -> Node(images = _)`."
            problem = "`_` has no value here: there is no arrow before it"
            b.say(name_messages.UNKNOWN_NAME, env.span(node), problem=problem, help=help)
            return BROKEN
        found = brought
    else:
        local = env.find(head)
        if isinstance(local, Thunk):
            found = force(b, local, settings)
        elif local is not None:
            found = local
        else:
            meant, rest = names.declared(env.module, head, rest)
            if meant is None:
                return b.told()  # the resolver has said so
            found = declared.value(b, *meant, settings)
            if env.in_graph:
                found = _in_graph(b, found, meant[1], node, env)
    for part in rest:
        found = members.member(b, found, part, node, env, settings)
    return found


def _in_graph(b: Builder, found: Value, meant: names.Named, node: Name, env: Env) -> Value:
    """In a graph every node is written, so nothing that stands for nodes has a place there."""
    if not isinstance(found, (Declared, StageName, Flow, Flows, Open)):
        return found
    if meant.word.text in ("let", "param"):  # of all others the resolver has said so
        b.say(name_messages.NOT_IN_GRAPH, env.span(node), what=describe(found))
    return b.told()


def force(b: Builder, thunk: Thunk, settings: Settings) -> Value:
    """The value of a `let`, evaluated once for each pipeline that it is in."""
    home, base, stage = thunk.run or (settings.pipeline, settings.pipeline.prefix, "")
    kept = home.lets.get(id(thunk))
    if kept is not None:
        return kept[1]
    home.lets[id(thunk)] = (thunk, BROKEN)  # until it is known: nesting may turn out to be too deep
    with b.within(base, stage):
        at = thunk.at or base + thunk.name
        found = value(b, thunk.expression, thunk.env, home, at=at)
    home.lets[id(thunk)] = (thunk, found)
    return found


# --- arithmetic ---


def _operated(b: Builder, node: Nested, env: Env, settings: Settings) -> Value:
    """What an operation gives. Both sides are looked at, so that each mistake is told."""
    spine: list[Binary] = []
    while isinstance(node, Binary):  # left-deep, and perhaps very long
        spine.append(node)
        node = node.left
    found = _operand(b, node, env, settings)
    for binary in reversed(spine):
        right = binary.right
        if isinstance(right, Binary):
            other = _operated(b, right, env, settings)
        else:
            other = _operand(b, right, env, settings)
        found = _combined(b, binary, found, other, env)
    return found


_PROBLEMS = {
    "+": "cannot add {left} and {right}",
    "-": "cannot subtract {right} from {left}",
    "*": "cannot multiply {left} by {right}",
    "/": "cannot divide {left} by {right}",
    "..": "{left} and {right} are not a range",
    "of": "{left} of {right} are not steps",
}


def _operand(b: Builder, node: Nested, env: Env, settings: Settings) -> Value:
    found = b.evaluate(node, env, settings)
    if isinstance(found, Nothing) and b.stating:
        return Unknown(Type("*"))
    if isinstance(found, Nothing):
        b.say_missing(found, env.span(node), settings)
        return BROKEN
    return found


def _combined(b: Builder, binary: Binary, left: Value, right: Value, env: Env) -> Value:
    if isinstance(left, Broken) or isinstance(right, Broken):
        return BROKEN
    if isinstance(left, (Constant, Unknown)) and isinstance(right, (Constant, Unknown)):
        if isinstance(left, Constant) and isinstance(right, Constant):
            found = values.combine(binary.operator, left, right)
            if found is not None:
                if found.type == "record":
                    found = _without(found, binary.right)
                return _held(b, found, env.module.span(binary.start, binary.end))
        elif "*" in (_type_name(left), _type_name(right)):
            return Unknown(Type("*"))
        else:
            kind = values.result_type(binary.operator, left, right)
            if kind is not None:
                return Unknown(kind)
    help, fix = _help(binary, left, right, env)
    if binary.operator == "of" and not b.what.startswith(_OF_PASS):
        fix = None  # here nothing takes steps
    b.say(
        messages.BAD_ARITHMETIC,
        env.module.span(binary.start, binary.end),
        problem=_PROBLEMS[binary.operator].format(left=describe(left), right=describe(right)),
        help=help,
        fix=fix,
    )
    return BROKEN


def _without(record: Constant, right: Nested) -> Constant:
    """A sum of records; what the right one sets to `none` is taken away."""
    taken = {
        spelling.plain(item.key.text)
        for item in (right.items if isinstance(right, Record) else ())
        if isinstance(item, Attribute)
        and isinstance(item.value, Name)
        and item.value.text == "none"
    }
    entries = tuple(entry for entry in record.data if entry[0] not in taken)
    return Constant("record", entries) if taken else record


def _type_name(value: Constant | Unknown) -> str:
    return value.type if isinstance(value, Constant) else value.type.name


def _together(binary: Binary, left: Value, right: Value, env: Env) -> str:
    """`loras + anna` as `loras + [anna]`, `"a" + "b"` as `"ab"`, `anna * 0.8` as a strength; or nothing."""
    sides = [
        env.module.span(expression.start, expression.end).text
        for expression in (binary.left, binary.right)
    ]
    lists = [
        isinstance(item, (Constant, Unknown)) and _type_name(item) == "list"
        for item in (left, right)
    ]
    names = [isinstance(item, Declared) and item.kind == "lora" for item in (left, right)]
    if binary.operator == "+" and lists[0] and names[1]:
        return f"{sides[0]} + [{sides[1]}]"
    if binary.operator == "+" and lists[1] and names[0]:
        return f"[{sides[0]}] + {sides[1]}"
    if binary.operator == "*" and names[0] and re.fullmatch(r"[\d.]+", sides[1]):
        return f"{sides[0]}(strength = {sides[1]})"
    quoted = all(re.fullmatch(r'"(?:[^"\\]|\\.)*"', side) for side in sides)
    if binary.operator == "+" and quoted:
        return sides[0][:-1] + sides[1][1:]
    return ""


#: How the setting is called that takes steps.
_OF_PASS = "the setting `steps`"


def _help(binary: Binary, left: Value, right: Value, env: Env) -> tuple[str, Fix | None]:
    span = env.module.span(binary.start, binary.end)
    range_of = re.fullmatch(r"(\d+) *- *(\d+) +of +(\d+)", span.text)
    if range_of:
        text = f"{range_of[1]}..{range_of[2]} of {range_of[3]}"
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),))
    together = _together(binary, left, right, env)
    if together:
        how = "Put values together in a string" if together.startswith('"') else "Write it as"
        return f"{how}: `{together}`.", Fix(f"write `{together}`", (Edit(span, together),))
    if isinstance(left, Wire) or isinstance(right, Wire):
        return "Compute with its facts instead: `frames.length`, `frames.fps`, `frames.size`.", None
    if binary.operator == "/":
        return _about_division(left, right), None
    uneven = _uneven(left, right) if binary.operator == "of" else ""
    if uneven:
        return f"{uneven} is not a whole number: choose a total that divides evenly.", None
    if binary.operator == "of":
        return "Write steps as `0..2 of 4`, with whole numbers.", None
    half = re.fullmatch(r"([\d.]+?) *\.\. *([\d.]+)(s|f|fps|GiB|MiB)", span.text)
    if half:
        text = f"{half[1]}{half[3]}..{half[2]}{half[3]}"
        return f"Write `{text}`.", Fix(f"write `{text}`", (Edit(span, text),))
    if binary.operator == "..":
        return "Both ends must have the same unit, such as `0..2` or `0.0..1.0`.", None
    found = {_type_name(item) for item in (left, right) if isinstance(item, (Constant, Unknown))}
    if binary.operator in "+-":
        if found == {"frames", "int"}:
            return "Write the number in frames too, such as `1f`.", None
        if found == {"seconds", "frames"}:
            return "Write both in frames: 5 seconds at 16 fps are 81f.", None
        if "text" in found:
            return 'Combine values in a string: `"{name}_{number}"`.', None
        return "Give both sides the same unit.", None
    if found == {"frames", "float"} or found == {"bytes", "float"}:
        return "Multiply by a number that gives a whole result.", None
    return "Multiply by a plain number, such as `2` or `0.5`.", None


def _about_division(left: Value, right: Value) -> str:
    if isinstance(right, Constant) and right.type in ("int", "float") and not right.data:
        return "Divide by a number other than 0."
    if isinstance(left, Constant) and left.type in ("frames", "bytes"):
        return "Divide by a number that gives a whole result."
    return "Divide by a plain number, such as `2`."


def _uneven(left: Value, right: Value) -> str:
    """The number of some steps that is not whole, as a division makes it; nothing where there is none."""
    ends = left.data if isinstance(left, Constant) and left.type == "range" else ()
    for number in (*ends, right):
        if isinstance(number, Constant) and number.type == "float":
            return spell(number)
    return ""


def _held(b: Builder, made: Constant, span: Span) -> Value:
    """A value that was made of others; BROKEN, with a finding, when it is beyond all use."""
    if not is_too_large(made):
        return made
    return _too_large(b, made.type if made.type in ("list", "record") else "number", span)


def _too_large(b: Builder, what: str, span: Span) -> Broken:
    """Reports a value that is beyond all use."""
    b.say(messages.TOO_LARGE, span, what=what)
    return BROKEN
