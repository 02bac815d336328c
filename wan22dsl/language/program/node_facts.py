"""The facts that a `node` declaration states: read into formulas, with what is wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix, nearest
from wan22dsl.escapes import one_line
from wan22dsl.language.program import kinds, messages
from wan22dsl.language.program.declared_nodes import DeclaredFact
from wan22dsl.language.program.formulas import MOST_OPERATIONS, OfInput, Operation, type_of
from wan22dsl.language.program.values import Constant, read_number
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Bad,
    Binary,
    Chain,
    Group,
    Name,
    Number,
    Text,
    nest,
)

if TYPE_CHECKING:
    from wan22dsl.language.program.declared_nodes import DeclaredInput, DeclaredNode
    from wan22dsl.language.program.expressions import Walker
    from wan22dsl.language.program.formulas import Formula
    from wan22dsl.language.syntax.tree import ClassName, Record

#: Types of outputs that have a `value`, and what it is here.
_VALUES = {**kinds.WIDGETS, "COMBO": "*", "*": "*"}

#: In words, for messages.
_IN_WORDS = {
    "frames": "frames, as in `images.length * 2`",
    "fps": "frames per second, as in `images.fps * 2`",
    "size": "a size, as in `images.size * 2`",
    "int": "a whole number, as in `images.width * 2`",
    "VAE": "that of an input, as in `samples.vae`",
}


class Facts:
    """The facts of one declaration, as far as they have been read."""

    def __init__(self, node: DeclaredNode, walker: Walker) -> None:
        self._node = node
        self._walker = walker
        self._inputs = {input_.name: input_ for input_ in node.inputs}
        self.found: list[DeclaredFact] = []

    def of_all(self, name: str, item: Attribute) -> None:
        """A fact of every output that can have it."""
        outputs = [
            at for at, output in enumerate(self._node.outputs) if _can_have(name, output.type)
        ]
        if not outputs:
            listed = ", ".join(f"`{one_line(output.type)}`" for output in self._node.outputs)
            gives = f"its outputs are {listed}" if listed else "it has no outputs"
            self._refuse(item.key, f"no output of the class has a `{name}`", f"Remove it: {gives}.")
            return
        self._state(outputs, name, item)

    def of_output(self, output: str, key: Name | ClassName, written: Record) -> None:
        """The facts in the braces of one output."""
        names = [known.name for known in self._node.outputs]
        if output not in names:
            guess = nearest(output, names)
            fix = self._written(key, spelling.key(guess)) if guess else None
            help = f"Did you mean `{guess}`?" if guess else "Declare it: `-> (name: IMAGE)`."
            self._refuse(key, f"the class has no output `{one_line(output)}`", help, fix)
            return
        at, seen = names.index(output), set[str]()
        kind = self._node.outputs[at].type
        for item in written.items:
            if isinstance(item, Bad):
                continue
            if not isinstance(item, Attribute):
                self._refuse(item, "a value without a name is no fact", "Write `length = …`.")
                continue
            self._walker.key(item.key, seen)
            name = spelling.plain(item.key.text)
            if name not in kinds.FACTS and name != "value":
                guess = nearest(name, (*kinds.FACTS, "value"))
                help = (
                    f"Did you mean `{guess}`?" if guess else "Use " + ", ".join(kinds.FACTS) + "."
                )
                fix = self._written(item.key, guess) if guess else None
                self._refuse(item.key, f"`{one_line(name)}` is not a fact", help, fix)
            elif not _can_have(name, kind):
                problem = f"the output `{one_line(output)}` is {kind}, which has no `{name}`"
                self._refuse(item.key, problem, "Remove it.")
            else:
                self._state([at], name, item)

    def _state(self, outputs: list[int], name: str, item: Attribute) -> None:
        written = item.value
        if isinstance(written, Bad):
            return
        before = len(self._walker.diagnostics)
        formula = self._formula(written)
        if formula is None:
            if len(self._walker.diagnostics) == before:
                problem = f"the fact `{name}` is not a formula of inputs and numbers"
                help = "Use numbers, inputs, and their facts, such as `images.length`."
                self._refuse(written, problem, help)
            return
        if _operations(formula) > MOST_OPERATIONS:
            problem = f"the fact `{name}` has more than {MOST_OPERATIONS} operations"
            self._refuse(written, problem, "Shorten it.")
            return
        kind = type_of(formula)
        if kind is None:
            help = "Give both sides the same unit, such as `1f` for a frame."
            self._refuse(written, f"the parts of the fact `{name}` do not fit together", help)
        elif name == "value" or kind in ("*", kinds.FACTS[name]):
            self.found += [DeclaredFact(at, name, formula) for at in outputs]
        else:
            self._wrong_unit(name, kind, written)

    def _wrong_unit(self, name: str, kind: str, written: Any) -> None:
        want = kinds.FACTS[name]
        unit = {"frames": "1f", "fps": "1fps"}.get(want)
        span = self._walker.module.span(written.start, written.end)
        help = f"Write {_IN_WORDS[want]}."
        if unit and kind in ("int", "float") and "\n" not in span.text:
            inner = f"({span.text})" if isinstance(written, Chain) else span.text
            number = read_number(span.text) if isinstance(written, Number) else None
            text = f"{span.text}{unit[1:]}" if number is not None else f"{unit} * {inner}"
            fix = Fix(f"write `{text}`", (Edit(span, text),), safe=False)
            self._refuse(written, f"the fact `{name}` is a bare number", f"Write `{text}`.", fix)
            return
        self._refuse(written, f"the fact `{name}` is not in its unit", help)

    # --- formulas ---

    def _formula(self, written: Any) -> Formula | None:
        """A formula; None, mostly with a finding, where it is none. A chain has its operands in a row."""
        while isinstance(written, Group):
            written = written.inner
        if isinstance(written, Chain):
            if len(written.operands) > MOST_OPERATIONS:
                problem = f"a fact with more than {MOST_OPERATIONS} operations is not computed"
                self._refuse(written, problem, "Shorten it.")
                return None
            written = nest(written)
        if isinstance(written, Binary):
            left, right = self._formula(written.left), self._formula(written.right)
            if left is None or right is None or written.operator not in ("+", "-", "*", "/"):
                return None
            return Operation(written.operator, left, right)
        if isinstance(written, Number):
            return read_number(written.text)
        if isinstance(written, Text):
            parts = spelling.text_parts(written.text)
            plain = all(isinstance(part, str) for part in parts)
            return Constant("text", "".join(map(str, parts))) if plain else None
        return self._name(written) if isinstance(written, Name) else None

    def _name(self, written: Name) -> Formula | None:
        head, *members = spelling.name_parts(written.text)
        if head in ("true", "false") and not members:
            return Constant("bool", head == "true")
        input_ = self._inputs.get(head)
        dotted = ".".join((head, *members[:-1]))
        if input_ is None and head == "input" and members:
            input_, members = self._inputs.get(members[0]), members[1:]
        elif dotted in self._inputs and members[:-1]:  # an input may have dots in its name
            input_, members = self._inputs[dotted], members[-1:]
        elif ".".join((head, *members)) in self._inputs:
            input_, members = self._inputs[".".join((head, *members))], []
        if input_ is None:
            self._unknown(written, head, members)
            return None
        if not members:
            return self._value(input_, written)
        name = members[0]
        if len(members) > 1 or name not in kinds.FACTS:
            guess = nearest(name, kinds.FACTS)
            help = (
                f"Did you mean `.{guess}`?"
                if guess
                else "Facts are " + ", ".join(kinds.FACTS) + "."
            )
            problem = f"`{one_line(name)}` is not a fact of `{one_line(input_.name)}`"
            self._refuse(written, problem, help)
            return None
        if not _is_one_of(input_.type, kinds.WITH_FACTS):
            problem = f"the input `{one_line(input_.name)}` is {input_.type}, which has no `{name}`"
            self._refuse(written, problem, "Use an input of type IMAGE, VIDEO, LATENT or MASK.")
            return None
        return OfInput(input_.name, name, kinds.FACTS[name])

    def _value(self, input_: DeclaredInput, written: Name) -> Formula | None:
        if input_.type == "VAE":
            return OfInput(input_.name, "link", "VAE")
        kind = _value_type(input_)
        if kind is not None:
            return OfInput(input_.name, "", kind)
        has_facts = _is_one_of(input_.type, kinds.WITH_FACTS)
        shown = one_line(input_.name)
        help = (
            f"Use one of its facts, such as `{shown}.length`."
            if has_facts
            else "Use another input."
        )
        self._refuse(written, f"the input `{shown}` is a link, not a number", help)
        return None

    def _unknown(self, written: Name, head: str, members: list[str]) -> None:
        """Reports a name that is no input; a bare fact mostly means that of the frames."""
        span, fix = self._walker.module.span(written.start, written.end), None
        frames = [
            name
            for name, input_ in self._inputs.items()
            if _is_one_of(input_.type, kinds.WITH_FACTS)
        ]
        guess = nearest(head, self._inputs)
        text = ""
        if (
            head in kinds.FACTS
            and not members
            and len(frames) == 1
            and spelling.is_own_name(frames[0])
        ):
            text = f"{frames[0]}.{head}"
        elif guess and spelling.is_own_name(guess):
            text = ".".join((guess, *members))
        if text:
            fix = Fix(f"write `{text}`", (Edit(span, text),), safe=False)
            help = f"Did you mean `{text}`?"
        elif any(output.name == head for output in self._node.outputs):
            help = "Facts are computed from inputs: write it by those."
        elif self._inputs:
            help = "Inputs are " + ", ".join(f"`{one_line(name)}`" for name in self._inputs) + "."
        else:
            help = "The class has no inputs: write a number."
        self._refuse(written, f"the class has no input `{one_line(head)}`", help, fix)

    def _written(self, place: Any, text: str) -> Fix:
        span = self._walker.module.span(place.start, place.end)
        return Fix(f"write `{text}`", (Edit(span, text),), safe=False)

    def _refuse(self, place: Any, problem: str, help: str, fix: Fix | None = None) -> None:
        self._walker.say(messages.BAD_NODE_FACT, place, problem=problem, help=help, fix=fix)


def _can_have(fact: str, kind: str) -> bool:
    if fact == "value":
        return kind in _VALUES
    if fact == "vae":
        return kind in ("LATENT", "*")
    return _is_one_of(kind, kinds.WITH_FACTS)


def _is_one_of(kind: str, types: frozenset[str]) -> bool:
    """Whether a type, or one of a union, is among these; `*` may be any."""
    return kind == "*" or not types.isdisjoint(part.strip() for part in kind.split(","))


def _value_type(input_: DeclaredInput) -> str | None:
    """What the value of an input is here; None for a link."""
    if input_.type in kinds.WIDGETS:
        return kinds.WIDGETS[input_.type]
    if input_.type == "*":
        return "*"
    if input_.type != "COMBO":
        return None
    found = {type(option) for option in input_.options or ()}
    if found == {int}:
        return "int"
    if found and found <= {int, float}:
        return "float"
    return "text" if found == {str} else "*"


def _operations(formula: Formula) -> int:
    count, waiting = 0, [formula]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Operation):
            count += 1
            waiting += (found.left, found.right)
    return count
