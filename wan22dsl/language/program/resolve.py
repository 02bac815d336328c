"""Checks what a file declares before anything is evaluated: kinds, names, settings, circles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.escapes import one_line
from wan22dsl.language.program import bodies, headers, kinds, messages
from wan22dsl.language.program.expressions import Scope, Walker
from wan22dsl.language.program.module import Declaration
from wan22dsl.language.syntax.tree import (
    Attribute,
    Bad,
    Block,
    Call,
    Derived,
    Header,
    Name,
    NodeDeclaration,
    Number,
    Param,
    Record,
    Sampler,
    Stage,
    Text,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.program.module import Module
    from wan22dsl.language.syntax.tree import Expression


def resolve(module: Module) -> list[Diagnostic]:
    """Fills `module.names` and says what is wrong with the declarations of the file."""
    walker = Walker(module)
    headers.check(module, walker)
    module.names = _declared(module, walker)
    for declaration in module.file.declarations:
        if not isinstance(declaration, (Header, NodeDeclaration)):
            walker.begin(declaration.name.text, declaration.word.text)
            _check(declaration, walker)
    walker.diagnostics += _find_circles(module, _places(module))
    return walker.diagnostics


def _places(module: Module) -> dict[str, _Places]:
    """For each declaration those of the same file that it names, each with the first place."""
    found: dict[str, _Places] = {
        declaration.name.text: {}
        for declaration in module.file.declarations
        if not isinstance(declaration, (Header, NodeDeclaration))
    }
    for occurrence in module.references:
        name = occurrence.declaration.name
        if name in module.names and module.declarations[name] == occurrence.declaration:
            found[occurrence.owner].setdefault(name, (occurrence.start, occurrence.end))
    return found


def _declared(module: Module, walker: Walker) -> dict[str, Param | Block | Derived | Stage]:
    """The declarations of a file by name; of two with the same name the first."""
    names = {}
    for declaration in module.file.declarations:
        if isinstance(declaration, NodeDeclaration):
            _declare_node(module, declaration, walker)
            continue
        if isinstance(declaration, Header):
            continue
        name, word = declaration.name, declaration.word.text
        if word != "node":
            bodies.reserved(name, walker)
        earlier = walker.declared.get(name.text)
        if earlier is not None:
            label = Label(module.span(earlier.start, earlier.end), "first declared here")
            walker.say(messages.DUPLICATE, name, name=name.text, related=(label,))
            continue
        walker.declared[name.text] = name
        names[name.text] = declaration
        module.declarations[name.text] = Declaration(word, name.text, module, name.start, name.end)
    return names


def _declare_node(module: Module, declaration: NodeDeclaration, walker: Walker) -> None:
    from wan22dsl.language.program import node_declarations

    node = node_declarations.read(declaration, walker)
    earlier = module.nodes.setdefault(node.name, node)
    if earlier is not node:
        label = Label(module.span(*earlier.place), "first declared here")
        shown = one_line(node.name)
        walker.say(messages.DUPLICATE, declaration.name, name=shown, related=(label,))


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
        from wan22dsl.language.program import notations

        if notations.reported("", declaration.value, walker):
            return
        walker.copied = word if word in kinds.COPIED else ""
        walker.expression(declaration.value, scope)
        walker.copied = ""
        if word not in kinds.COPIED or any(
            isinstance(item, Bad) for item in walk(declaration.value)
        ):
            return
        if not isinstance(declaration.value, (Call, Name)):
            name = declaration.name.text
            fix = _with_braces(declaration, walker)
            walker.say(
                messages.NOT_A_COPY,
                declaration.value,
                kind=word,
                a=kinds.a(word),
                help=kinds.write_block(word, name),
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
        return Fix("remove `=`", (Edit(span(name.end, value.start), " "),))
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
    "node": "node MyClass(images: IMAGE) -> IMAGE { … }",
    "wan": "wan 1",
    "use": "use wan22",
}


def _is_pipeline(declaration: Param | Block | Derived | Stage) -> bool:
    """Whether `function portrait() { … }` has the settings of a pipeline."""
    return (
        isinstance(declaration, Stage)
        and not declaration.parameters
        and any(
            isinstance(expression, Attribute) and expression.key.text == "flow"
            for expression in declaration.items
        )
    )


def _literal_type(value: Expression) -> str:
    """The type of a literal; empty for anything else."""
    from wan22dsl.language.program.values import read_number

    if isinstance(value, Number):
        found = read_number(value.text)
        return found.type if found is not None else ""
    if isinstance(value, Name) and value.text in ("true", "false"):
        return "bool"
    if isinstance(value, Text):
        return "text"
    return "sampler" if isinstance(value, Sampler) else ""


def _without_parentheses(
    declaration: Stage, meant: str, walker: Walker, *, safe: bool = True
) -> Fix | None:
    """Another head for `function portrait() { … }`."""
    head = re.compile(r"[^{]*?\)(?=[ \t\n]*\{)").match(walker.module.source.text, declaration.start)
    if head is None:
        return None
    span = walker.module.span(declaration.start, head.end())
    return Fix(f"write `{meant}`", (Edit(span, meant),), safe)


def _node_of_ours(declaration: Stage, walker: Walker) -> None:
    """`node my_vfi(…) { … }`: the name of a class has a capital, or stands in backticks."""
    name = declaration.name
    span, written = walker.module.span(name.start, name.end), f"`{name.text}`"
    fix = Fix("write it in backticks", (Edit(span, written),), safe=False)
    problem = f"`{name.text}` is written like a name of yours, not of ComfyUI"
    help = f"Write the name as ComfyUI has it, in backticks: `` {written} ``."
    walker.say(messages.BAD_NODE, name, problem=problem, help=help, fix=fix)
    walker.module.circular.add(name.text)


def _unknown_word(declaration: Param | Block | Derived | Stage, walker: Walker) -> None:
    word = declaration.word.text
    if word == "node" and isinstance(declaration, Stage):
        _node_of_ours(declaration, walker)
        return
    fix = None
    if word in kinds.WORDS or word in _HEADS:
        shape = _HEADS.get(word, f"{word} name {{ … }}")
        help = f"The syntax of a `{word}` is `{shape}`."
        if isinstance(declaration, Stage) and word in kinds.COPIED and not declaration.parameters:
            meant = f"{word} {declaration.name.text}"
            help, fix = (
                f"Write `{meant} {{ … }}`.",
                _without_parentheses(declaration, meant, walker),
            )
        kind = _literal_type(declaration.value) if isinstance(declaration, Derived) else ""
        if word == "param" and kind:
            behind = walker.module.span(declaration.name.end, declaration.name.end)
            help = f"Write its type: `param {declaration.name.text}: {kind} = …`."
            fix = Fix(f"write `: {kind}`", (Edit(behind, f": {kind}"),), safe=False)
    else:
        from wan22dsl.language.program.synonyms import KINDS

        shapes = _SHAPES[type(declaration)]
        guess = KINDS.get(word) or nearest(word, shapes) or nearest(word, kinds.WORDS)
        help = f"Did you mean `{guess}`?" if guess else "Start with `pass`, `pipeline`, `lora`, …"
        if _is_pipeline(declaration):
            assert isinstance(declaration, Stage)
            meant = f"pipeline {declaration.name.text}"
            help = f"Write `{meant} {{ … }}`."
            fix = _without_parentheses(declaration, meant, walker, safe=False)
        elif guess in shapes and not isinstance(getattr(declaration, "value", None), Bad):
            span = walker.module.span(declaration.word.start, declaration.word.end)
            fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False)
    walker.say(messages.UNKNOWN_DECLARATION, declaration.word, word=word, help=help, fix=fix)
    walker.module.circular.add(declaration.name.text)


# --- circles ---


_Places = dict[str, tuple[int, int]]


_LONGEST = 40  # characters in front of a name, to see what is called with it


def _find_circles(module: Module, references: Mapping[str, _Places]) -> list[Diagnostic]:
    """One finding for each circle; all that is on one is marked in `module.circular`.

    `references` gives for each declaration those that it names, with the place. Circles cannot lead
    through other files, since files do not use each other in circles.
    """
    diagnostics: list[Diagnostic] = []
    done: set[str] = set()
    for start in references:
        if start not in done:
            for circle in _walk(start, references, done):
                if not module.circular.issuperset(circle):
                    diagnostics.append(_tell(module, circle, references))
                module.circular.update(circle)
    return diagnostics


def _walk(start: str, references: Mapping[str, _Places], done: set[str]) -> list[list[str]]:
    """A depth-first search without recursion; gives the circles that it closes."""
    circles: list[list[str]] = []
    path: list[str] = [start]
    place = {start: 0}
    pending = [iter(references[start])]
    while path:
        following = next(pending[-1], None)
        if following is None:
            pending.pop()
            name = path.pop()
            del place[name]
            done.add(name)
        elif following in place:
            circles.append(path[place[following] :])
        elif following not in done and following in references:
            place[following] = len(path)
            path.append(following)
            pending.append(iter(references[following]))
    return circles


def _tell(module: Module, circle: list[str], references: Mapping[str, _Places]) -> Diagnostic:
    steps = list(zip(circle, [*circle[1:], circle[0]]))
    labels = [
        Label(module.span(*references[item][other]), f"`{item}` needs `{other}` here")
        for item, other in steps
    ]
    path = " → ".join([*circle, circle[0]])
    first = module.names[circle[0]].name
    span = module.span(first.start, first.end)
    help, fix = "Break the cycle at one of these places.", None
    aliases = [item for item, used in sorted(module.uses.items()) if circle[0] in used.names]
    if len(circle) == 1 and aliases:
        meant = f"{aliases[0]}.{circle[0]}"
        place = module.span(*references[circle[0]][circle[0]])
        help, fix = (
            f"Did you mean `{meant}`?",
            Fix(f"write `{meant}`", (Edit(place, meant),), safe=False),
        )
    elif len(circle) == 1:
        place = module.span(*references[circle[0]][circle[0]])
        before = module.source.text[max(place.start - _LONGEST, 0) : place.start]
        if re.search(r"\b(?:save\w*|combine)\((?:name *= *)?\Z", before):
            meant = f'"{circle[0]}"'
            help = f"Write `{meant}`: a file name is a string."
            fix = Fix(f"write `{meant}`", (Edit(place, meant),), safe=False)
    return messages.CYCLE.at(span, name=circle[0], path=path, related=labels, help=help, fix=fix)
