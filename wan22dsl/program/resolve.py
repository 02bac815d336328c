"""Checks what a file declares before anything is evaluated: kinds, names, settings, heads of stages.

Every declaration is looked at once, whether a pipeline needs it or not, so that all mistakes of a file
are told in one go. What only a value can show (types, units, facts) is left to the evaluation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Label, nearest
from wan22dsl.program import bodies, kinds, messages
from wan22dsl.program.circles import find_circles
from wan22dsl.program.expressions import Scope, Walker
from wan22dsl.syntax.tree import (
    Bad,
    Block,
    Call,
    Derived,
    Header,
    Name,
    Number,
    Param,
    Stage,
    Text,
)

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.program.modules import Module


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
        walker.say(messages.NO_HEADER, at)
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
            guess = nearest(word, (*kinds.WORDS, "use", "wan"))
            mend = f"Did you mean `{guess}`?" if guess else "Begin with `use`, `param`, `pass`, …"
            walker.say(messages.UNKNOWN_DECLARATION, declaration.word, word=word, mend=mend)


def _version(header: Header, index: int, walker: Walker) -> None:
    value = header.value
    if index > 0:
        problem, mend = "stands once, at the very beginning", "Remove it here."
        walker.say(messages.MISPLACED_HEADER, header, word="wan", problem=problem, mend=mend)
    elif isinstance(value, Bad):
        return  # what cannot be read: syntax has said so
    elif not isinstance(value, Number) or value.text != "1":
        walker.say(messages.WRONG_VERSION, value, version=value.text)


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
        walker.say(messages.MISPLACED_HEADER, header, word="use", problem=problem, mend=mend)
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
        walker.expression(declaration.value, scope)
        if word in kinds.COPIED and not isinstance(declaration.value, (Call, Name)):
            name = declaration.name.text
            walker.say(
                messages.NOT_A_COPY, declaration.value, kind=word, a=kinds.a(word), name=name
            )
    elif word == "graph":
        bodies.graph(declaration, walker)
    else:
        bodies.block(declaration, walker)


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


def _unknown_word(declaration: Param | Block | Derived | Stage, walker: Walker) -> None:
    word = declaration.word.text
    if word in kinds.WORDS or word in _HEADS:
        shape = _HEADS.get(word, f"{word} name {{ … }}")
        mend = f"A `{word}` is declared like this: `{shape}`."
    else:
        guess = nearest(word, _SHAPES[type(declaration)]) or nearest(word, kinds.WORDS)
        mend = f"Did you mean `{guess}`?" if guess else "There are " + ", ".join(kinds.WORDS) + "."
    walker.say(messages.UNKNOWN_DECLARATION, declaration.word, word=word, mend=mend)
    walker.module.circular.add(declaration.name.text)
