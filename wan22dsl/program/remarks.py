"""What is said of a file that has no mistake: names that nothing uses, files that are declared twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Label, Severity
from wan22dsl.program import kinds, messages
from wan22dsl.syntax.tree import Attribute, Block, Call, Derived, Header, Name, Param, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.program.modules import Module
    from wan22dsl.program.program import Program

#: The declarations that are there for others; pipelines and graphs are what a file is for.
_JUDGED = frozenset({"let", "param", "stage", "pass", "family", *kinds.ASSETS})


def remarks(program: Program) -> list[Diagnostic]:
    """All of it, for the main file. What is used may be used by others too, so nothing is said of it."""
    main = program.main
    found = list(_twice(main))
    if any(one.word.text == "pipeline" for one in program.pipelines()):
        found += only_in_strings(main)
    if not program.given and any(True for _ in program.pipelines()):
        found += _unused(main)
    return found


def only_in_strings(module: Module) -> Iterator[Diagnostic]:
    """Parameters that have the name and the type of a setting, and that no setting takes.

    A warning where a pipeline sets that setting to a value of its own: it is hardly meant. Else a note.
    """
    for name, declared in module.names.items():
        setting = kinds.PASS_SETTINGS.get(name)
        if not isinstance(declared, Param) or setting is None:
            continue
        if name not in module.mentioned or name in module.asked_as_values:
            continue
        if declared.type.text not in (setting.name, *_ALSO.get(setting.name, ())):
            continue
        own = _own_settings(module, name)
        labels = [Label(module.span(one.start, one.end), "this is what holds") for _, one in own]
        names = list(dict.fromkeys(f"`{block}`" for block, _ in own))
        yield messages.NAMED_LIKE_A_SETTING.at(
            module.span(declared.name.start, declared.name.end),
            related=labels[:1],
            severity=Severity.WARNING if own else None,
            name=name,
            taken=f"of {' and '.join(names)} has a value of its own" if own else "does not take it",
            mend=f"Write `{name} = {name}` in {' and '.join(names) or 'the pipeline'}; "
            "or give the parameter another name.",
        )


#: Types that fit a type, besides itself.
_ALSO = {"float": ("int",), "frames": ("seconds",)}


def _own_settings(module: Module, name: str) -> list[tuple[str, Attribute]]:
    """The blocks that have a setting in their braces, or in the call that they are a copy by."""
    found: list[tuple[str, Attribute]] = []
    for block in module.names.values():
        items: tuple[Any, ...] = ()
        if block.word.text == "pipeline" and isinstance(block, Block):
            items = block.items
        elif isinstance(block, Derived) and isinstance(block.value, Call):
            items = block.value.arguments if block.word.text == "pipeline" else ()
        for item in items:
            if isinstance(item, Attribute) and item.key.text == name:
                found.append((block.name.text, item))
    return found


def _unused(module: Module) -> Iterator[Diagnostic]:
    for name, declared in module.names.items():
        kind = declared.word.text
        if kind in _JUDGED and name not in module.asked:
            yield _never(module, declared.name, f"the {kind}", "")
    for declaration in module.file.declarations:
        if isinstance(declaration, Header) and declaration.word.text == "use":
            alias = declaration.alias or declaration.value
            if isinstance(alias, Name) and alias.text in module.uses.keys() - module.asked:
                yield _never(module, alias, "the used file", "")
    for local, taken in module.lets:
        if local.text not in taken:
            yield _never(module, local, "the value", ", so nothing of it is made")


def _never(module: Module, name: Name, what: str, effect: str) -> Diagnostic:
    span = module.span(name.start, name.end)
    return messages.NEVER_USED.at(span, what=what, name=name.text, effect=effect)


def _twice(module: Module) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Block] = {}
    for declared in module.names.values():
        if not isinstance(declared, Block) or declared.word.text not in kinds.ASSETS:
            continue
        file = _file(declared)
        if file is None:
            continue
        earlier = first.setdefault((declared.word.text, file), declared)
        if earlier is not declared:
            at = module.span(declared.name.start, declared.name.end)
            label = Label(module.span(earlier.name.start, earlier.name.end), "the other one")
            yield messages.DECLARED_TWICE.at(
                at,
                related=[label],
                name=declared.name.text,
                other=earlier.name.text,
                kind=declared.word.text.replace("_", " "),
            )


def _file(declared: Block) -> str | None:
    """The file of an asset as it is written; None where it has none, or one with a name in it."""
    for item in declared.items:
        if isinstance(item, Attribute) and item.key.text == "file" and isinstance(item.value, Text):
            return None if "{" in item.value.text else item.value.text
    return None
