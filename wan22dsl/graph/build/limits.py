"""The limits of a target: a range, which is good, or a record with a range for each grade."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.graph import messages
from wan22dsl.graph.build.values import describe
from wan22dsl.graph.targets import Limit
from wan22dsl.program import kinds
from wan22dsl.program.values import Constant, Unknown, spell
from wan22dsl.syntax import spelling
from wan22dsl.syntax.tree import Attribute, Record

if TYPE_CHECKING:
    from wan22dsl.graph.build.builder import Builder
    from wan22dsl.graph.build.values import Setting, Value
    from wan22dsl.graph.targets import Range
    from wan22dsl.syntax.operators import Nested
    from wan22dsl.syntax.tree import ClassName, Expression

_EXAMPLES = {"seconds": "0s..85s", "bytes": "0GiB..30GiB"}
_WORDS = {"seconds": "seconds", "bytes": "memory"}
_UNITS = {"seconds": "s", "bytes": "GiB"}


def read(b: Builder, found: Value, setting: Setting, kind: str) -> Limit | None:
    """A limit in seconds or bytes; None, with a finding, when it is none."""
    if not (isinstance(found, Constant) and found.type == "record"):
        good = _range(b, found, setting.value, setting, kind)
        return None if good is None else Limit(None, good)
    grades: dict[str, Range] = {}
    for key, value in found.data:
        item = _entry(setting.value, key)
        if key not in kinds.GRADES:
            _unknown_grade(b, key, setting.value if item is None else item.key, setting)
            return None
        place = setting.value if item is None else item.value
        one = _range(b, value, place, setting, kind)
        if one is None:
            return None
        grades[key] = one
    if not grades:
        _refuse(b, found, setting.value, setting, kind)
        return None
    limit = Limit(*(grades.get(grade) for grade in kinds.GRADES))
    return limit if _in_order(b, limit, found, setting) else None


def _entry(node: Nested, key: str) -> Attribute | None:
    """An entry, where the record is written out."""
    for item in node.items if isinstance(node, Record) else ():
        if isinstance(item, Attribute) and spelling.plain(item.key.text) == key:
            return item
    return None


def _range(b: Builder, found: Value, node: Nested, setting: Setting, kind: str) -> Range | None:
    if isinstance(found, Unknown):
        return None
    ends: tuple[Constant, ...] = ()
    if isinstance(found, Constant) and found.type == "range":
        ends = found.data
    if [one.type for one in ends] != [kind, kind]:
        _refuse(b, found, node, setting, kind)
        return None
    low, high = ends
    if low.data > high.data:
        turned = f"{spell(high)}..{spell(low)}"
        problem = f"{b.what} ends before it begins: {spell(found)}"
        _upside_down(b, problem, f"Write `{turned}`.", node, setting, turned)
        return None
    return float(low.data), float(high.data)


def _in_order(b: Builder, limit: Limit, found: Constant, setting: Setting) -> bool:
    if limit.excellent is None or limit.good is None or limit.excellent[1] <= limit.good[1]:
        return True
    ends = {key: spell(one.data[1]) for key, one in found.data}
    problem = f"{b.what} is excellent up to {ends['excellent']}, but good only up to {ends['good']}"
    _upside_down(b, problem, "`excellent` is the tighter of the two.", setting.value, setting)
    return False


def _upside_down(
    b: Builder, problem: str, mend: str, node: Nested, setting: Setting, turned: str = ""
) -> None:
    span = setting.env.span(node)
    plain = turned and re.fullmatch(r"[\w.]+", span.text)
    fix = Fix(f"write `{turned}`", (Edit(span, turned),), safe=False) if plain else None
    b.say(messages.UPSIDE_DOWN, span, problem=problem, mend=mend, fix=fix)


def _unknown_grade(b: Builder, key: str, place: Expression | ClassName, setting: Setting) -> None:
    guess = nearest(key, kinds.GRADES)
    span = setting.env.span(place)
    b.say(
        messages.NOT_A_CHOICE,
        span,
        what=f"a grade of {b.what}",
        found=f"`{key}`",
        choices=" and ".join(f"`{grade}`" for grade in kinds.GRADES),
        mend=f"Did you mean `{guess}`?" if guess else "What is neither has missed the target.",
        fix=Fix(f"write `{guess}`", (Edit(span, guess),), safe=False) if guess else None,
    )


def _refuse(b: Builder, found: Value, node: Nested, setting: Setting, kind: str) -> None:
    """Says that a value is no range of the right kind, and what was probably meant."""
    span, example = setting.env.span(node), _EXAMPLES[kind]
    meant = _meant(found, kind) if re.fullmatch(r"[\w. ]+", span.text) else ""
    b.say(
        messages.WRONG_TYPE,
        span,
        what=b.what,
        wanted=f"a range of {_WORDS[kind]}, such as {example}",
        found=describe(found),
        mend=f"Write `{meant}`." if meant else f"Write it as a range, such as `{example}`.",
        fix=Fix(f"write `{meant}`", (Edit(span, meant),), safe=False) if meant else None,
    )


def _meant(found: Value, kind: str) -> str:
    """`85s` is up to 85 seconds, and `0..85` or `85` where seconds are wanted as well."""
    if not isinstance(found, Constant):
        return ""
    if found.type == "range":
        ends = [_with_unit(one, kind) for one in found.data]
        return "..".join(ends) if all(ends) else ""
    high = _with_unit(found, kind)
    return f"0{_UNITS[kind]}..{high}" if high else ""


def _with_unit(one: Constant, kind: str) -> str:
    if one.type == kind:
        return spell(one)
    return f"{spell(one)}{_UNITS[kind]}" if one.type in ("int", "float") else ""
