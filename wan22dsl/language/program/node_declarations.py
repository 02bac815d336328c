"""Reads `node` declarations, with what is wrong in their inputs, outputs and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.escapes import one_line
from wan22dsl.language.program import kinds, messages
from wan22dsl.language.program.declared_nodes import DeclaredInput, DeclaredNode, DeclaredOutput
from wan22dsl.language.program.node_facts import Facts
from wan22dsl.language.program.values import Constant, read_number, spell
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import (
    Attribute,
    Bad,
    Binary,
    Chain,
    Group,
    List,
    Name,
    Number,
    Record,
    Text,
    nest,
)

if TYPE_CHECKING:
    from wan22dsl.language.program.expressions import Walker
    from wan22dsl.language.syntax.tree import (
        ClassName,
        Expression,
        NodeDeclaration,
        NodeInput,
        NodeOutput,
        TypeName,
    )

#: A choice, and the type of one whose values are not known.
CHOICE, UNKNOWN_CHOICE = "text", "COMBO"

#: Types of ours and of other languages, and ComfyUI's for the same.
_MEANT = {
    **dict.fromkeys(("int", "integer", "frames", "long"), "INT"),
    **dict.fromkeys(("float", "fps", "seconds", "double", "number"), "FLOAT"),
    **dict.fromkeys(("bool", "boolean"), "BOOLEAN"),
    **dict.fromkeys(("str", "string"), "STRING"),
    **dict.fromkeys(("combo", "choice", "enum"), "COMBO"),
    **dict.fromkeys(("text_encoder", "clip"), "CLIP"),
    **{
        word: word.upper()
        for word in "image video audio model vae latent mask conditioning clip_vision".split()
    },
}


def read(declaration: NodeDeclaration, walker: Walker) -> DeclaredNode:
    """What a declaration says; what is wrong in it is reported, and left out."""
    reader = _Reader(declaration, walker)
    name = reader.name(declaration.name)
    inputs = [reader.input(written) for written in declaration.inputs]
    outputs = [reader.output(written) for written in declaration.outputs]
    found = DeclaredNode(
        name,
        tuple(input_ for input_ in inputs if input_ is not None),
        tuple(outputs),
        (),
        "",
        not outputs,
        declaration.name[-2:],
    )
    return reader.settings(found)


class _Reader:
    """Reads one declaration."""

    def __init__(self, declaration: NodeDeclaration, walker: Walker) -> None:
        self._items = declaration.items
        self._named = declaration.named
        self._walker = walker
        self._say = walker.say
        self._names: dict[str, NodeInput] = {}

    def name(self, written: ClassName | Name) -> str:
        """The name of a class, an input or an output."""
        plain = spelling.plain(written.text)
        shown = one_line(plain)
        if shown != plain:
            problem = f"the name `{shown}` contains a character that cannot be seen"
            help = "Write the name as ComfyUI shows it, without that character."
            self._say(messages.BAD_NODE, written, problem=problem, help=help)
        return plain

    # --- inputs and outputs ---

    def input(self, written: NodeInput) -> DeclaredInput | None:
        """An input; None where its name is taken."""
        name = self.name(written.name)
        earlier = self._names.setdefault(name, written)
        if earlier is not written:
            self._twice(name, written.name, earlier.name)
            return None
        kind = self._type(written.type, is_choice=written.accepts is not None)
        found = DeclaredInput(name, kind, written.default is None, written.name[-2:])
        if not written.type.text:
            return found  # reading the file has said that it is missing
        if written.accepts is not None:
            found = self._accepting(found, written)
        if written.default is not None:
            found = self._with_default(found, written)
        return found

    def output(self, written: NodeOutput) -> DeclaredOutput:
        """An output."""
        name = self.name(written.name) if self._named else spelling.plain(written.type.text)
        kind = self._type(written.type, is_choice=True)
        return DeclaredOutput(name, kind, written.name[-2:])

    def _twice(self, name: str, place: Any, earlier: Any) -> None:
        label = Label(self._walker.module.span(earlier.start, earlier.end), "the first one")
        problem = f"the input `{one_line(name)}` is declared twice"
        help = "Remove one of them, or write the name that ComfyUI has for it."
        self._say(messages.BAD_NODE, place, problem=problem, help=help, related=(label,))

    def _type(self, written: TypeName, *, is_choice: bool) -> str:
        """ComfyUI's name of a type; `*` for one that is wrong."""
        if written.item is not None:
            problem = f"`{written.text}` is a list, and ComfyUI has no lists of a type"
            help = f"Write `{written.item.text}`."
            self._say(messages.BAD_NODE, written, problem=problem, help=help)
            return "*"
        name = spelling.plain(written.text)
        if not name or written.text.startswith("`") or not name[0].islower():
            return name or "*"
        if name == CHOICE:
            if is_choice:
                return UNKNOWN_CHOICE
            problem = "the choice has no values"
            help = 'Write the values, as in `text in ["a", "b"]`, or `STRING` for any text.'
            behind = self._walker.module.span(written.start, written.end)
            fix = Fix("write `STRING`", (Edit(behind, "STRING"),), safe=False)
            self._say(messages.BAD_NODE, written, problem=problem, help=help, fix=fix)
            return "STRING"
        return self._type_meant(written, name)

    def _type_meant(self, written: TypeName, name: str) -> str:
        meant = _MEANT.get(name)
        guess = meant or _MEANT.get(nearest(name, _MEANT) or "")
        problem = f"`{name}` is not a type of ComfyUI"
        help = (
            f"Write `{guess}`." if guess else f"Write its own name, in backticks: `` `{name}` ``."
        )
        fix = None
        if guess:
            span = self._walker.module.span(written.start, written.end)
            fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=meant is not None)
        self._say(messages.BAD_NODE, written, problem=problem, help=help, fix=fix)
        return guess or "*"

    # --- defaults and accepted values ---

    def _accepting(self, input_: DeclaredInput, written: NodeInput) -> DeclaredInput:
        """The input with its range or its choices."""
        accepts = written.accepts
        assert accepts is not None
        if isinstance(accepts, List):
            values = [self._constant(item) for item in accepts.items]
            plain = [value.data for value in values if value is not None and _is_plain(value)]
            if len(plain) == len(values) and plain:
                return input_._replace(type=UNKNOWN_CHOICE, options=tuple(dict.fromkeys(plain)))
        elif input_.type in ("INT", "FLOAT"):
            ends = self._range(accepts)
            if ends is not None and (input_.type == "FLOAT" or all(map(_is_whole, ends))):
                return self._between(input_, written, *ends)
        if isinstance(accepts, Bad):
            return input_
        if input_.type in ("INT", "FLOAT"):
            example = "1..8" if input_.type == "INT" else "0.0..1.0"
            help = f"Write a range such as `{example}`, or a list of values."
        else:
            help = 'Write a list of values, such as `["fast", "good"]`.'
        problem = f"the accepted values of `{one_line(input_.name)}` are not {_wanted(input_.type)}"
        self._say(messages.BAD_NODE_DEFAULT, accepts, problem=problem, help=help)
        return input_

    def _between(
        self, input_: DeclaredInput, written: NodeInput, low: float, high: float
    ) -> DeclaredInput:
        if low <= high:
            return input_._replace(minimum=low, maximum=high)
        place = written.accepts
        assert place is not None
        span = self._walker.module.span(place.start, place.end)
        text = "..".join(reversed([part.strip() for part in span.text.split("..")]))
        fix = Fix(f"write `{text}`", (Edit(span, text),), safe=False)
        problem = f"the range of `{one_line(input_.name)}` ends before it starts"
        help = f"Write `{text}`."
        self._say(messages.BAD_NODE_DEFAULT, place, problem=problem, help=help, fix=fix)
        return input_

    def _range(self, written: Expression) -> tuple[float, float] | None:
        found = nest(written) if isinstance(written, Chain) else None
        if not isinstance(found, Binary) or found.operator != "..":
            return None
        ends = [self._constant(side) for side in (found.left, found.right)]
        numbers = [end.data for end in ends if end is not None and end.type in ("int", "float")]
        return (numbers[0], numbers[1]) if len(numbers) == 2 else None

    def _with_default(self, input_: DeclaredInput, written: NodeInput) -> DeclaredInput:
        """The input with its default: `none` for one that may be left out."""
        default = written.default
        if isinstance(default, Bad) or (isinstance(default, Name) and default.text == "none"):
            return input_
        found = self._constant(default)
        problem = ""
        if input_.type not in (*kinds.WIDGETS, UNKNOWN_CHOICE):
            problem, help = (
                "takes a link, so it has no value",
                "Write `= none` if it may be left out.",
            )
        elif found is None or not _is_of(found, input_.type):
            wanted = _WANTED[input_.type]
            problem, help = f"is not {wanted}", f"Write {wanted}, or `none`."
        elif input_.options is not None and found.data not in input_.options:
            shown = spell(found)
            guess = nearest(str(found.data), map(str, input_.options))
            problem = f"is {shown}, which is not one of its values"
            help = f'Did you mean `"{guess}"`?' if guess else "Use one of its values, or add it."
        elif input_.minimum is not None and input_.maximum is not None:
            if not input_.minimum <= found.data <= input_.maximum:
                problem, help = f"is {spell(found)}, out of its range", "Change one of the two."
        if problem:
            problem = f"the default of `{one_line(input_.name)}` {problem}"
            self._say(messages.BAD_NODE_DEFAULT, default, problem=problem, help=help)
            return input_
        assert found is not None
        data = float(found.data) if input_.type == "FLOAT" else found.data
        return input_._replace(default=data)

    def _constant(self, written: Any) -> Constant | None:
        """A number, a text or a truth value as it is written; None for anything else."""
        while isinstance(written, Group):
            written = written.inner
        if isinstance(written, Number):
            return read_number(written.text)
        if isinstance(written, Text):
            parts = spelling.text_parts(written.text)
            if all(isinstance(part, str) for part in parts):
                return Constant("text", "".join(map(str, parts)))
        if isinstance(written, Name) and written.text in ("true", "false"):
            return Constant("bool", written.text == "true")
        return None

    # --- what is said in the braces ---

    def settings(self, node: DeclaredNode) -> DeclaredNode:
        """The class with its settings and its facts."""
        facts = Facts(node, self._walker)
        seen: set[str] = set()
        for item in self._items:
            if isinstance(item, Bad):
                continue
            if not isinstance(item, Attribute):
                why, help = "A node has settings and facts.", "Write `setting = value`."
                what, where = "a value without a name", "in a `node`"
                self._say(messages.MISPLACED_ITEM, item, what=what, where=where, why=why, help=help)
                continue
            self._walker.key(item.key, seen)
            name = spelling.plain(item.key.text)
            if isinstance(item.value, Record):
                facts.of_output(name, item.key, item.value)
            elif name in kinds.NODE_SETTINGS:
                node = self._setting(node, name, item)
            elif name in kinds.FACTS or name == "value":
                facts.of_all(name, item)
            elif not isinstance(item.value, Bad):
                self._unknown(node, name, item)
        return node._replace(facts=tuple(facts.found))

    def _setting(self, node: DeclaredNode, name: str, item: Attribute) -> DeclaredNode:
        found = self._constant(item.value)
        if name == "pack" and found is not None and found.type == "text":
            return node._replace(pack=found.data)
        if name == "output_node" and found is not None and found.type == "bool":
            return node._replace(is_output=found.data)
        if name == "links" and isinstance(item.value, List):
            return self._only_links(node, item.value)
        if not isinstance(item.value, Bad):
            problem = f"`{name}` is not {_SETTING_WANTED[name]}"
            help = f"Write `{name} = {_SETTING_EXAMPLES[name]}`."
            self._say(messages.BAD_NODE, item.value, problem=problem, help=help)
        return node

    def _only_links(self, node: DeclaredNode, written: List) -> DeclaredNode:
        """The class whose inputs of these names take nothing but links."""
        names = set()
        for item in written.items:
            found = self._constant(item)
            name = found.data if found is not None and found.type == "text" else None
            if name in self._names:
                names.add(name)
            else:
                guess = nearest(str(name or ""), self._names)
                shown = one_line(self._walker.module.span(item.start, item.end).text)
                problem = f"{shown} is not an input of the class"
                help = (
                    f'Did you mean `"{guess}"`?'
                    if guess
                    else "Write the names of inputs in quotes."
                )
                self._say(messages.BAD_NODE, item, problem=problem, help=help)
        inputs = (input_._replace(only_link=input_.name in names) for input_ in node.inputs)
        return node._replace(inputs=tuple(inputs))

    def _unknown(self, node: DeclaredNode, name: str, item: Attribute) -> None:
        known = (*kinds.NODE_SETTINGS, *kinds.FACTS, "value")
        from wan22dsl.language.program.synonyms import SETTINGS

        guess = nearest(name, known) or (
            SETTINGS.get(name) if SETTINGS.get(name) in known else None
        )
        help = f"Did you mean `{guess}`?" if guess else "A node has " + ", ".join(known) + "."
        if any(output.name == name for output in node.outputs):
            help = f"Write the facts of that output in braces: `{name} = {{ length = … }}`."
            guess = None
        fix = None
        if guess:
            span = self._walker.module.span(item.key.start, item.key.end)
            fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False)
        kind = kinds.a("node")
        self._say(messages.UNKNOWN_SETTING, item.key, kind=kind, name=name, help=help, fix=fix)


_SETTING_WANTED = {
    "pack": "a text",
    "output_node": "`true` or `false`",
    "links": "a list of names",
}
_SETTING_EXAMPLES = {
    "pack": '"someone/comfyui-my-pack"',
    "output_node": "true",
    "links": '["text"]',
}
_WANTED = {
    "INT": "a whole number such as `2`",
    "FLOAT": "a number such as `0.5`",
    "STRING": 'a text such as `"x"`',
    "BOOLEAN": "`true` or `false`",
    "COMBO": "a value in quotes or a number",
}


def _is_of(value: Constant, kind: str) -> bool:
    """Whether a value fits an input of a type."""
    if kind == "FLOAT":
        return value.type in ("int", "float")
    if kind == UNKNOWN_CHOICE:
        return _is_plain(value)
    return value.type == kinds.WIDGETS[kind]


def _is_plain(value: Constant) -> bool:
    return value.type in ("int", "float", "text", "bool")


def _is_whole(number: float) -> bool:
    return isinstance(number, int)


def _wanted(kind: str) -> str:
    return "a range or a list of values" if kind in ("INT", "FLOAT") else "a list of values"
