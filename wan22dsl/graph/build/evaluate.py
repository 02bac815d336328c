"""Evaluates expressions: literals, names, members and arithmetic. Calls and flows have rooms of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build import calls, declared, members
from wan22dsl.graph.build.values import (
    Env,
    Flow,
    Flows,
    Open,
    StageName,
    Thunk,
    Wire,
    describe,
)
from wan22dsl.program import arithmetic, names
from wan22dsl.program import messages as name_messages
from wan22dsl.program.modules import Module
from wan22dsl.program.values import (
    BROKEN,
    NOTHING,
    Broken,
    Constant,
    Nothing,
    Type,
    Unknown,
    read_number,
    spell,
)
from wan22dsl.syntax import spelling
from wan22dsl.syntax.operators import Arrow, Binary, nest
from wan22dsl.syntax.tree import (
    Attribute,
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
)

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.settings import Settings
    from wan22dsl.graph.build.values import Value
    from wan22dsl.source import Span
    from wan22dsl.syntax.operators import Nested


FLOW = Type("flow")

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
    if isinstance(expression, Binary):
        return _arithmetic(b, expression, env, settings)
    if isinstance(expression, Number):
        return _number(b, expression, env)
    if isinstance(expression, Text):
        return _text(b, expression, env, settings)
    if isinstance(expression, Name):
        return name(b, expression, env, settings, want=want)
    if isinstance(expression, Call):
        return calls.call(b, expression, env, settings, want=want, at=at)
    if isinstance(expression, Chain):
        nested = nest(expression)
        if isinstance(nested, Arrow):
            return Flow(nested.elements, env)
        return _arithmetic(b, nested, env, settings)
    if isinstance(expression, List):
        return _list(b, expression, env, settings, want, at)
    if isinstance(expression, Sampler):
        sampler, _, scheduler = expression.text.partition("/")
        return Constant("sampler", (spelling.plain(sampler), spelling.plain(scheduler)))
    if isinstance(expression, (Member, Index)):
        target = value(b, expression.target, env, settings, at=at)
        if isinstance(expression, Member):
            return members.member(b, target, expression.name, expression, env, settings)
        return members.indexed(b, target, expression, env, settings)
    if isinstance(expression, Record):
        return _record(b, expression, env, settings)
    return BROKEN


def _number(b: Builder, number: Number, env: Env) -> Value:
    constant = read_number(number.text)
    if constant is not None:
        return constant
    mend, fix = "Write it as one of these.", None
    digits = number.text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
    unit = number.text[len(digits) :]
    guess = nearest(unit, ("s", "f", "fps", "GiB", "MiB")) if unit else None
    words = {"sec": "s", "secs": "s", "seconds": "s", "frames": "f", "frame": "f", "gb": "GiB"}
    guess = words.get(unit.lower(), guess)
    if guess and read_number(digits + guess) is not None:
        mend = f"Did you mean `{digits}{guess}`?"
        fix = Fix(f"write `{digits}{guess}`", (Edit(env.span(number), digits + guess),))
    b.say(messages.BAD_NUMBER, env.span(number), text=number.text, mend=mend, fix=fix)
    return BROKEN


def _text(b: Builder, text: Text, env: Env, settings: Settings) -> Value:
    parts: list[str] = []
    unknown = False
    for part in spelling.text_parts(text.text):
        if isinstance(part, str):
            parts.append(part)
            continue
        node = Name(part.name, text.start + part.start, text.start + part.end)
        found = name(b, node, env, settings)
        if isinstance(found, Broken):
            return found
        if isinstance(found, Unknown):
            unknown = True
        elif isinstance(found, Constant):
            parts.append(found.data if isinstance(found.data, str) else spell(found))
        else:
            mend = "Only what is known when compiling can stand in a text; for braces write `\\{`."
            b.say(
                messages.WRONG_TYPE,
                env.span(node),
                what=f"`{part.name}` in a text",
                wanted="a value that is known when compiling",
                found=describe(found),
                mend=mend,
            )
            return BROKEN
    return Unknown(Type("text")) if unknown else Constant("text", "".join(parts))


def name(
    b: Builder, node: Name, env: Env, settings: Settings, *, want: Type | None = None
) -> Value:
    """What a name stands for, with its members read."""
    head, *rest = spelling.name_parts(node.text)
    if head == "pipeline" and rest:
        at_member = want if len(rest) == 1 else None
        found = settings.get(rest[0], at_member)
        rest = rest[1:]
    elif head in _WORDS:
        found = _WORDS[head]
    elif head == "_":
        brought = env.underscore()
        if brought is None:
            mend = "Put the value itself here, or an arrow in front: `frames -> Node(images = _)`."
            where = "here: no arrow brings a value"
            b.say(name_messages.UNKNOWN_NAME, env.span(node), name="_", where=where, mend=mend)
            return BROKEN
        found = brought
    else:
        local = env.find(head)
        if isinstance(local, Thunk):
            found = force(b, local, settings)
        elif local is not None:
            found = local
        else:
            found, rest = _of_file(b, head, rest, node, env, settings)
    for part in rest:
        found = members.member(b, found, part, node, env, settings)
    return found


def _of_file(
    b: Builder, head: str, rest: list[str], node: Name, env: Env, settings: Settings
) -> tuple[Value, list[str]]:
    meant = names.find(env.module, head)
    if isinstance(meant, Module):
        if not rest:
            return BROKEN, rest
        inner = meant.names.get(rest[0])
        if inner is None:
            return BROKEN, []
        return declared.value(b, meant, inner, settings), rest[1:]
    if meant is None:
        return BROKEN, []  # the resolver has said so
    return declared.value(b, *meant, settings), rest


def origin(expression: Nested, env: Env, settings: Settings) -> Span:
    """Where the value of an expression was written: behind a parameter, its argument; else itself."""
    while isinstance(expression, Group):
        expression = expression.inner
    if isinstance(expression, Name):
        head, *rest = spelling.name_parts(expression.text)
        if head == "pipeline" and rest:
            written = settings.written(rest[0])
            if written is not None:
                return written[0].env.span(written[0].value)
        found = env.origin(head)
        if found is not None:
            return found
    return env.span(expression)


def force(b: Builder, thunk: Thunk, settings: Settings) -> Value:
    """The value of a `let`, evaluated once for each pipeline that it stands in."""
    home = thunk.settings if thunk.settings is not None else settings.pipeline
    kept = home.lets.get(id(thunk))
    if kept is not None:
        return kept[1]
    base = thunk.base if thunk.settings is not None else home.prefix
    stage = thunk.stage if thunk.settings is not None else ""
    with b.within(base, stage):
        at = thunk.at or base + thunk.name
        found = value(b, thunk.expression, thunk.env, home, at=at)
    home.lets[id(thunk)] = (thunk, found)
    return found


def _list(
    b: Builder, node: List, env: Env, settings: Settings, want: Type | None, at: str
) -> Value:
    if want == FLOW:
        return Flows(node.items, env)
    item_type = want.item if want is not None else None
    items = [value(b, item, env, settings, want=item_type, at=at) for item in node.items]
    if any(isinstance(item, Broken) for item in items):
        return BROKEN
    if want is None and any(isinstance(item, (Flow, Open, StageName, Flows)) for item in items):
        return Flows(node.items, env)
    return Constant("list", tuple(items))


def _record(b: Builder, node: Record, env: Env, settings: Settings) -> Value:
    entries = []
    for item in node.items:
        if not isinstance(item, Attribute):
            return BROKEN
        found = value(b, item.value, env, settings)
        if isinstance(found, (Broken, Unknown)):
            return found
        if isinstance(found, Nothing):
            continue
        if not isinstance(found, Constant):
            b.say(
                messages.WRONG_TYPE,
                env.span(item.value),
                what="an entry of a record",
                wanted="a value that is known when compiling",
                found=describe(found),
                mend="A link cannot stand in a record.",
            )
            return BROKEN
        entries.append((spelling.plain(item.key.text), found))
    return Constant("record", tuple(entries))


def _arithmetic(b: Builder, node: Nested, env: Env, settings: Settings) -> Value:
    spine: list[Binary] = []
    while isinstance(node, Binary):  # left-deep, and perhaps very long
        spine.append(node)
        node = node.left
    result = _operand(b, node, env, settings)
    for binary in reversed(spine):
        right = binary.right
        other = (
            _arithmetic(b, right, env, settings)
            if isinstance(right, Binary)
            else _operand(b, right, env, settings)
        )
        result = _combined(b, binary, result, other, env)
        if isinstance(result, Broken):
            return result
    return result


def _operand(b: Builder, node: Nested, env: Env, settings: Settings) -> Value:
    found = value(b, node, env, settings)
    if isinstance(found, Nothing):
        b.say_missing(found, env.span(node), settings)
        return BROKEN
    return found


def _combined(b: Builder, binary: Binary, left: Value, right: Value, env: Env) -> Value:
    if isinstance(left, Broken) or isinstance(right, Broken):
        return BROKEN
    if isinstance(left, (Constant, Unknown)) and isinstance(right, (Constant, Unknown)):
        if isinstance(left, Constant) and isinstance(right, Constant):
            result = arithmetic.combine(binary.operator, left, right)
            if result is not None:
                return result
        elif "*" in (_type_name(left), _type_name(right)):
            return Unknown(Type("*"))
        else:
            kind = arithmetic.result_type(binary.operator, left, right)
            if kind is not None:
                return Unknown(Type(kind))
    mend = "Give both sides the same unit, or a plain number to `*`."
    if isinstance(left, Constant) and isinstance(right, Constant) and binary.operator in "+-":
        if {left.type, right.type} == {"frames", "int"}:
            mend = "Write the number as frames too, such as `1f`."
        elif {left.type, right.type} == {"seconds", "frames"}:
            mend = "Write both as frames: 5 seconds at 16 fps are 81f."
    elif isinstance(left, Wire) or isinstance(right, Wire):
        mend = "Compute with its facts instead: `frames.length`, `frames.fps`, `frames.size`."
    b.say(
        messages.BAD_ARITHMETIC,
        env.module.span(binary.start, binary.end),
        operator=binary.operator,
        left=describe(left),
        right=describe(right),
        mend=mend,
    )
    return BROKEN


def _type_name(one: Constant | Unknown) -> str:
    return one.type if isinstance(one, Constant) else one.type.name


def choice(
    b: Builder, found: Constant, choices: tuple[str, ...], what: str, node: Nested, env: Env
) -> Value:
    """A text that has to be one of a few."""
    if found.data in choices:
        return found
    guess = nearest(str(found.data), choices)
    mend = f'Did you mean `"{guess}"`?' if guess else "Use one of them."
    fix = None
    if guess and isinstance(node, Text):
        fix = Fix(f'write `"{guess}"`', (Edit(env.span(node), f'"{guess}"'),), safe=False)
    listed = ", ".join(f'"{one}"' for one in choices)
    b.say(
        messages.NOT_A_CHOICE,
        env.span(node),
        what=f"`{what}`",
        found=str(found),
        choices=listed,
        mend=mend,
        fix=fix,
    )
    return BROKEN
