"""Checks what a file declares before anything is evaluated: kinds, names, settings, heads of stages.

Every declaration is looked at once, whether a pipeline needs it or not, so that all mistakes of a file
are told in one go. What only a value can show (types, units, facts) is left to the evaluation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.program import bodies, kinds, messages
from wan22dsl.program.circles import find_circles
from wan22dsl.program.expressions import Scope, Walker
from wan22dsl.syntax.tree import (
    Attribute,
    Bad,
    Block,
    Call,
    Derived,
    Header,
    Name,
    Number,
    Param,
    Record,
    Sampler,
    Stage,
    Text,
)
from wan22dsl.syntax.walk import walk

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.program.modules import Module
    from wan22dsl.syntax.tree import Expression


def resolve(module: Module) -> list[Diagnostic]:
    """Fills `module.names` and says what is wrong with the declarations of the file."""
    walker = Walker(module)
    _headers(module, walker)
    for declaration in module.file.declarations:
        if not isinstance(declaration, Header):
            _declare(module, declaration, walker)
    for declaration in module.file.declarations:
        if not isinstance(declaration, Header):
            walker.begin(declaration.name.text)
            _check(declaration, walker)
    for owner, mentioned in walker.references.items():
        module.asked.update(name for name in mentioned if name != owner)
        declared = module.names.get(owner)
        if declared is None or declared.word.text != "target":  # a target only speaks of pipelines
            module.mentioned.update(name for name in mentioned if name != owner)
    walker.diagnostics += find_circles(module, walker.references)
    return walker.diagnostics


def _headers(module: Module, walker: Walker) -> None:
    declarations = module.file.declarations
    first = declarations[0] if declarations else None
    if not (isinstance(first, Header) and first.word.text == "wan"):
        end = min(1, len(module.source.text))
        at = module.span(first.start, first.start + 1) if first else module.span(0, end)
        fix = None
        if first is not None:
            place = module.span(first.start, first.start)
            fix = Fix("write `wan 1`", (Edit(place, "wan 1\n" if _is_use(first) else "wan 1\n\n"),))
        walker.say(messages.NO_HEADER, at, fix=fix)
    body_began = False
    for index, declaration in enumerate(declarations):
        if not isinstance(declaration, Header):
            body_began = True
            continue
        word = declaration.word.text
        if word == "wan":
            _version(declaration, index, walker)
        elif word == "use":
            _use(module, declaration, body_began, walker)
        else:
            _unknown_header(module, declaration, walker)


def _is_use(declaration: object) -> bool:
    return isinstance(declaration, Header) and declaration.word.text == "use"


def _unknown_header(module: Module, header: Header, walker: Walker) -> None:
    from wan22dsl.program.modules import library_names
    from wan22dsl.program.synonyms import KINDS

    word, value = header.word.text, header.value
    guess = KINDS.get(word) or nearest(word, (*kinds.WORDS, "use", "wan"))
    mend = f"Did you mean `{guess}`?" if guess else "Begin with `use`, `param`, `pass`, …"
    fix = None
    if guess == "use" and isinstance(value, (Name, Text)):
        name = value.text.strip('"')
        module.broken_uses.add(name)
        if name in library_names():
            mend = f"Write `use {name}`."
            span = module.span(header.start, header.end)
            fix = Fix(f"write `use {name}`", (Edit(span, f"use {name}"),))
    walker.say(messages.UNKNOWN_DECLARATION, header.word, word=word, mend=mend, fix=fix)


def _version(header: Header, index: int, walker: Walker) -> None:
    value = header.value
    if index > 0:
        problem, mend = "stands once, at the very beginning", "Remove it here."
        walker.say(messages.MISPLACED_HEADER, header, word="wan", problem=problem, mend=mend)
    elif isinstance(value, Bad):
        return  # what cannot be read: syntax has said so
    elif not isinstance(value, Number) or value.text != "1":
        span = walker.module.span(value.start, value.end)
        fix = Fix(
            "write `wan 1`", (Edit(span, "1"),), safe=value.text in ("1.0", '"1"', "v1", "1.0.0")
        )
        walker.say(messages.WRONG_VERSION, value, version=value.text, fix=fix)


def _use(module: Module, header: Header, body_began: bool, walker: Walker) -> None:
    if body_began:
        problem = "stands above the declarations of a file"
        mend = "Move it up, below `wan 1`."
        walker.say(messages.MISPLACED_HEADER, header, word="use", problem=problem, mend=mend)
    if isinstance(header.value, Number):
        mend = 'Write `use wan22`, or `use "path.wan" as name`.'
        walker.say(
            messages.NO_MODULE,
            header.value,
            name=header.value.text,
            reason="that is a number",
            mend=mend,
        )
        return
    alias = header.alias
    if isinstance(header.value, Text) and alias is None:
        problem = "of a file needs a name for it"
        mend = f"Write `use {header.value.text} as name`."
        from wan22dsl.program.modules import library_names

        inside, fix = header.value.text.strip('"'), None
        if inside in library_names():
            mend = f"Write `use {inside}`."
            span = module.span(header.value.start, header.value.end)
            fix = Fix(f"write `use {inside}`", (Edit(span, inside),))
        module.broken_uses.add(inside.rpartition("/")[2].removesuffix(".wan"))
        walker.say(
            messages.MISPLACED_HEADER, header, word="use", problem=problem, mend=mend, fix=fix
        )
        return
    name = alias if alias is not None else header.value
    if not isinstance(name, Name):
        return
    earlier = walker.declared.get(name.text)
    if earlier is not None:
        label = Label(module.span(earlier.start, earlier.end), "the other one")
        walker.say(messages.DUPLICATE, name, name=name.text, related=(label,))
    walker.declared.setdefault(name.text, name)


def _declare(module: Module, declaration: Param | Block | Derived | Stage, walker: Walker) -> None:
    name = declaration.name
    bodies.reserved(name, walker)
    earlier = walker.declared.get(name.text)
    if earlier is not None:
        label = Label(module.span(earlier.start, earlier.end), "it was declared here first")
        walker.say(messages.DUPLICATE, name, name=name.text, related=(label,))
        return
    walker.declared[name.text] = name
    module.names[name.text] = declaration


def _check(declaration: Param | Block | Derived | Stage, walker: Walker) -> None:
    word = declaration.word.text
    if word not in kinds.WORDS or not _shape_fits(declaration):
        _unknown_word(declaration, walker)
        return
    if word in kinds.RESERVED:
        return
    scope = Scope(None)
    if isinstance(declaration, Param):
        walker.type(declaration.type)
        for value in (declaration.default, declaration.accepts):
            if value is not None:
                walker.expression(value, scope)
    elif isinstance(declaration, Stage):
        bodies.stage(declaration, walker)
    elif isinstance(declaration, Derived):
        from wan22dsl.program import notations

        if notations.reported("", declaration.value, walker):
            return
        walker.expression(declaration.value, scope)
        if word not in kinds.COPIED or any(isinstance(one, Bad) for one in walk(declaration.value)):
            return
        if not isinstance(declaration.value, (Call, Name)):
            name = declaration.name.text
            fix = _with_braces(declaration, walker)
            walker.say(
                messages.NOT_A_COPY,
                declaration.value,
                kind=word,
                a=kinds.a(word),
                name=name,
                fix=fix,
            )
    elif word == "graph":
        bodies.graph(declaration, walker)
    else:
        bodies.block(declaration, walker)


def _with_braces(declaration: Derived, walker: Walker) -> Fix | None:
    """`lora anna = "anna.safetensors"` and `lora anna = { … }` in braces."""
    name, value = declaration.name, declaration.value
    span = walker.module.span
    if isinstance(value, Record):
        return Fix("take `=` out", (Edit(span(name.end, value.start), " "),))
    if isinstance(value, Text) and declaration.word.text in kinds.ASSETS:
        text = f"{{ file = {value.text} }}"
        return Fix(f"write `{text}`", (Edit(span(name.end, value.end), f" {text}"),))
    return None


def _shape_fits(declaration: Param | Block | Derived | Stage) -> bool:
    word = declaration.word.text
    if isinstance(declaration, Param):
        return word == "param"
    if isinstance(declaration, Stage):
        return word == "stage"
    if isinstance(declaration, Derived):
        return word in (*kinds.COPIED, "let", *kinds.RESERVED)
    return word in (*kinds.COPIED, "graph", *kinds.RESERVED)


_SHAPES = {
    Param: ("param",),
    Stage: ("stage",),
    Derived: ("let", *kinds.COPIED),
    Block: (*kinds.COPIED, "graph", *kinds.RESERVED),
}

_HEADS = {
    "param": "param name: type = value",
    "let": "let name = value",
    "stage": "stage name(in frames: IMAGE) -> IMAGE { … }",
    "graph": "graph name { … }",
    "wan": "wan 1",
    "use": "use wan22",
}


def _is_pipeline(declaration: Param | Block | Derived | Stage) -> bool:
    """Whether `function portrait() { … }` has the settings of a pipeline."""
    return (
        isinstance(declaration, Stage)
        and not declaration.parameters
        and any(isinstance(one, Attribute) and one.key.text == "flow" for one in declaration.items)
    )


def _literal_type(value: Expression) -> str:
    """The type of a literal; empty for anything else."""
    from wan22dsl.program.values import read_number

    if isinstance(value, Number):
        found = read_number(value.text)
        return found.type if found is not None else ""
    if isinstance(value, Name) and value.text in ("true", "false"):
        return "bool"
    if isinstance(value, Text):
        return "text"
    return "sampler" if isinstance(value, Sampler) else ""


def _unknown_word(declaration: Param | Block | Derived | Stage, walker: Walker) -> None:
    word = declaration.word.text
    fix = None
    if word in kinds.WORDS or word in _HEADS:
        shape = _HEADS.get(word, f"{word} name {{ … }}")
        mend = f"A `{word}` is declared like this: `{shape}`."
        kind = _literal_type(declaration.value) if isinstance(declaration, Derived) else ""
        if word == "param" and kind:
            behind = walker.module.span(declaration.name.end, declaration.name.end)
            mend = f"Write its type: `param {declaration.name.text}: {kind} = …`."
            fix = Fix(f"write `: {kind}`", (Edit(behind, f": {kind}"),), safe=False)
    else:
        from wan22dsl.program.synonyms import KINDS

        shapes = _SHAPES[type(declaration)]
        guess = KINDS.get(word) or nearest(word, shapes) or nearest(word, kinds.WORDS)
        mend = f"Did you mean `{guess}`?" if guess else "Begin with `pass`, `pipeline`, `lora`, …"
        if _is_pipeline(declaration):
            assert isinstance(declaration, Stage)
            meant = f"pipeline {declaration.name.text}"
            head = re.compile(r"[^{]*?\)").match(walker.module.source.text, declaration.start)
            end = head.end() if head is not None else declaration.name.end
            span = walker.module.span(declaration.start, end)
            mend = f"Write `{meant} {{ … }}`."
            fix = Fix(f"write `{meant}`", (Edit(span, meant),), safe=False)
        elif guess in shapes and not isinstance(getattr(declaration, "value", None), Bad):
            span = walker.module.span(declaration.word.start, declaration.word.end)
            fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False)
    walker.say(messages.UNKNOWN_DECLARATION, declaration.word, word=word, mend=mend, fix=fix)
    walker.module.circular.add(declaration.name.text)
