"""Checks the bodies of declarations: settings of blocks, nodes of graphs, heads and bodies of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.language.program import kinds, messages
from wan22dsl.language.program.expressions import Scope
from wan22dsl.language.program.module import Declaration
from wan22dsl.language.syntax import spelling
from wan22dsl.language.syntax.tree import Attribute, Bad, Call, Chain, Let, Name

if TYPE_CHECKING:
    from wan22dsl.language.program.expressions import Walker
    from wan22dsl.language.syntax.tree import Block, Item, Stage

_LONGEST = 40  # characters of a value that a message shows


def block(declaration: Block, walker: Walker) -> None:
    """An asset, a family, a pass or a pipeline: settings, and in the last two `let`s."""
    kind = declaration.word.text
    scope = Scope(None)
    seen: set[str] = set()
    passed = 0  # items that are a part of the setting before them
    for at, item in enumerate(declaration.items):
        if isinstance(item, Attribute):
            walker.key(item.key, seen)
            passed = walker.goes_on(item, declaration.items[at + 1 :], scope)
            if not passed:
                walker.setting(item, scope)
            known = kinds.FIXED_SETTINGS.get(kind)
            if known is not None:
                fixed_setting(kind, item, walker, declaration)
        elif isinstance(item, Let) and kind in ("pipeline", "pass"):
            let(item, scope, walker)
        elif not isinstance(item, Bad):
            if passed:
                passed -= 1
                continue
            if appended(item, walker):
                continue
            _misplaced(declaration, item, walker)
            if not isinstance(item, Let):
                walker.expression(item, scope)


def appended(item: Item, walker: Walker) -> bool:
    """Reports `loras.append(anna)`."""
    if not isinstance(item, Call):
        return False
    from wan22dsl.language.program import commas

    return commas.appended(item, walker)


def fixed_setting(
    kind: str, item: Attribute, walker: Walker, declaration: Block | None = None
) -> None:
    """A setting of a kind whose settings are all known."""
    known = kinds.FIXED_SETTINGS[kind]
    name = spelling.plain(item.key.text)
    if name in known:
        return
    from wan22dsl.language.program.synonyms import ASSET_SETTINGS

    guess = nearest(name, known)
    if ASSET_SETTINGS.get(name) in known:
        guess = ASSET_SETTINGS[name]
    help = (
        f"Did you mean `{guess}`?"
        if guess
        else f"{kinds.a(kind).capitalize()} has " + ", ".join(known) + "."
    )
    fix = None
    others = declaration.items if declaration is not None else ()
    is_set = any(isinstance(other, Attribute) and other.key.text == guess for other in others)
    if guess and not is_set:
        span = walker.module.span(item.key.start, item.key.end)
        fix = Fix(f"write `{guess}`", (Edit(span, guess),), safe=False)
    walker.say(
        messages.UNKNOWN_SETTING, item.key, kind=kinds.a(kind), name=name, help=help, fix=fix
    )


def _misplaced(declaration: Block, item: Item, walker: Walker) -> None:
    kind = declaration.word.text
    what = "a `let`" if isinstance(item, Let) else "a value without a name"
    why = f"{kinds.a(kind).capitalize()} consists of settings."
    help, fix = "Write `setting = value`.", None
    if kind == "pipeline" and not isinstance(item, Let):
        help, fix = _as_flow(declaration, item, walker)
    where = f"in {kinds.a(kind)}"
    walker.say(messages.MISPLACED_ITEM, item, what=what, where=where, why=why, help=help, fix=fix)


def _as_flow(declaration: Block, item: Item, walker: Walker) -> tuple[str, Fix | None]:
    """What is in a pipeline without a name: its flow, or a stage that belongs at the end of that."""
    keys = {each.key.text for each in declaration.items if isinstance(each, Attribute)}
    is_flow = isinstance(item, Chain) and "->" in item.operators
    if "flow" in keys:
        text = walker.module.span(item.start, item.end).text
        shown = text if len(text) <= _LONGEST and "\n" not in text else "…"
        if isinstance(item, Call):
            return f"Write it at the end of the flow: `flow = … -> {shown}`.", None
        return "The work of a pipeline is its `flow = …`.", None
    if not is_flow:
        return "The work of a pipeline is its `flow = …`.", None
    walker.module.circular.add(declaration.name.text)  # that it has no flow is not said again
    before = Edit(walker.module.span(item.start, item.start), "flow = ")
    return "Write `flow = …`.", Fix("write `flow =`", (before,))


def let(item: Let, scope: Scope, walker: Walker) -> None:
    """A named value inside a block: visible below it."""
    walker.expression(item.value, scope)
    declared = local("let", item.name, scope, walker)
    if not scope.in_graph:
        walker.module.locals.append(declared)


def reserved(name: Name, walker: Walker) -> bool:
    """Says when a name cannot be one."""
    dotted = "." in name.text
    if not dotted and name.text not in kinds.NOT_NAMES:
        return False
    problem = "contains a dot" if dotted else "is a reserved word"
    other = name.text.replace(".", "_") if dotted else f"{name.text}_1"
    walker.say(messages.RESERVED_NAME, name, name=name.text, problem=problem, other=other)
    return True


def local(kind: str, name: Name, scope: Scope, walker: Walker) -> Declaration:
    """Makes a name known in a block; says when it is taken or hides another one."""
    if reserved(name, walker):
        pass
    elif name.text in scope.local:
        walker.say(messages.DUPLICATE, name, name=name.text)
    else:
        outer = walker.module.names.get(name.text)
        if outer is not None:
            span = walker.module.span(outer.name.start, outer.name.end)
            label = Label(span, "the name that is hidden")
            hidden = outer.word.text
            walker.say(messages.HIDES, name, name=name.text, kind=hidden, related=(label,))
    declared = Declaration(kind, name.text, walker.module, name.start, name.end)
    return scope.local.setdefault(name.text, declared)


def graph(declaration: Block, walker: Walker) -> None:
    """Nodes only: named by `let`, or standing alone where nothing takes their outputs."""
    scope = Scope(None, in_graph=True)
    for item in declaration.items:
        if isinstance(item, Let):
            let(item, scope, walker)
        elif isinstance(item, Attribute):
            why = "A graph has no settings."
            help = f"Name a node with `let {item.key.text} = …`."
            where = "in a graph"
            walker.say(
                messages.MISPLACED_ITEM, item.key, what="a setting", where=where, why=why, help=help
            )
            walker.expression(item.value, scope)
        else:
            walker.expression(item, scope)


def stage(declaration: Stage, walker: Walker) -> None:
    """The head of a stage, and that its body sets what the head promises."""
    scope = Scope(None)
    for index, parameter in enumerate(declaration.parameters):
        walker.type(parameter.type)
        for value in (parameter.default, parameter.accepts):
            if value is not None:
                walker.expression(value, scope)
        local("parameter", parameter.name, scope, walker)
        if parameter.brought:
            _brought(index, parameter, walker)
    for output in declaration.outputs:
        walker.type(output.type)
    seen: set[str] = set()
    promised = {output.name.text for output in declaration.outputs}
    body = Scope(scope)
    for item in declaration.items:
        if isinstance(item, Let):
            let(item, body, walker)
        elif isinstance(item, Attribute):
            walker.key(item.key, seen)
            walker.expression(item.value, body)
            _output(item, promised, walker)
        else:
            walker.expression(item, body)
    if not any(isinstance(item, Bad) for item in declaration.items):
        misspelt = {nearest(name, promised) for name in seen - promised}
        for output in declaration.outputs:
            if output.name.text not in seen | misspelt:
                _unset(output, declaration, walker)


def _brought(index: int, parameter: Parameter, walker: Walker) -> None:
    if index > 0:
        problem = f"`in {parameter.name.text}` is not the first parameter"
        help = "Put it first; a stage has at most one."
    elif parameter.default is not None and not _is_none(parameter.default):
        problem = f"`in {parameter.name.text}` has a default other than `none`"
        help = "Remove the default. If the stage may also begin a flow, write `= none`."
    else:
        return
    walker.say(messages.STAGE_PARAMETERS, parameter, problem=problem, help=help)


def _is_none(value: object) -> bool:
    return isinstance(value, Name) and value.text == "none"


def _output(item: Attribute, promised: set[str], walker: Walker) -> None:
    name = spelling.plain(item.key.text)
    if name in promised:
        return
    guess = nearest(name, promised)
    problem, fix = f"this stage declares no output `{name}`", None
    if guess:
        help = f"Did you mean `{guess}`?"
        span, text = walker.module.span(item.key.start, item.key.end), spelling.key(guess)
        fix = Fix(f"write `{text}`", (Edit(span, text),), safe=False)
    elif promised == {"out"}:
        help = "Its only output is called `out`."
    else:
        help = f"Write `let {name} = …` for a local value, or declare the output."
    walker.say(messages.STAGE_OUTPUTS, item.key, problem=problem, help=help, fix=fix)


def _unset(output: Output, declaration: Stage, walker: Walker) -> None:
    name = output.name.text
    problem = f"the stage `{declaration.name.text}` never sets its output `{name}`"
    help = f"Set it in the body: `{name} = …`."
    place = output.type if not declaration.named else output
    walker.say(messages.STAGE_OUTPUTS, place, problem=problem, help=help)


if TYPE_CHECKING:
    from wan22dsl.language.syntax.tree import Output, Parameter
