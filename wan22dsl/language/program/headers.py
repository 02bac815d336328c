"""The lines that begin a file: `wan 1`, and `use` for each file that it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix, Label, nearest
from wan22dsl.language.program import kinds, messages
from wan22dsl.language.program.module import Declaration, library_names
from wan22dsl.language.syntax.tree import Bad, Header, Name, Number, Text

if TYPE_CHECKING:
    from wan22dsl.language.program.expressions import Walker
    from wan22dsl.language.program.module import Module
    from wan22dsl.source import Span


def check(module: Module, walker: Walker) -> None:
    """Says what is wrong with the first lines of a file, and declares the files that it uses."""
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
    from wan22dsl.language.program.synonyms import KINDS

    word, value = header.word.text, header.value
    guess = KINDS.get(word) or nearest(word, (*kinds.WORDS, "use", "wan"))
    help = f"Did you mean `{guess}`?" if guess else "Start with `use`, `param`, `pass`, …"
    fix = None
    if word in kinds.ASSETS and isinstance(value, Text):
        name = header.alias.text if header.alias is not None else "name"
        meant = f"{word} {name} {{ file = {value.text} }}"
        help = f"Write `{meant}`."
        if header.alias is not None:
            span = module.span(header.start, header.end)
            fix = Fix(f"write `{meant}`", (Edit(span, meant),))
            module.broken_uses.add(name)
    elif guess == word:
        help = f"Write its name and its body: `{word} name {{ … }}`."
    if guess == "use" and isinstance(value, (Name, Text)):
        name = value.text.strip('"')
        module.broken_uses.add(name)
        if name in library_names():
            help, fix = _as_use(module, header, name)
    walker.say(messages.UNKNOWN_DECLARATION, header.word, word=word, help=help, fix=fix)


def _as_use(module: Module, header: Header, name: str) -> tuple[str, Fix]:
    """The help and the fix for a line that means `use name`: there, or up where such lines are, or once."""
    uses = [
        item
        for item in module.file.declarations
        if isinstance(item, Header) and item is not header and item.word.text == "use"
    ]
    if any(isinstance(item.value, Name) and item.value.text == name for item in uses):
        return f"Remove it: `use {name}` is already there.", _without_line(module, header)
    help = f"Write `use {name}`."
    if not _is_below_declaration(module, header):
        span = module.span(header.start, header.end)
        return help, Fix(f"write `use {name}`", (Edit(span, f"use {name}"),))
    return help, _moved_up(module, header, f"use {name}")


def _is_repeated(module: Module, header: Header) -> bool:
    """Whether a line above imports the same file under the same name."""
    text = module.span(header.start, header.end).text
    return any(
        isinstance(item, Header)
        and item.start < header.start
        and module.span(item.start, item.end).text == text
        for item in module.file.declarations
    )


def _is_below_declaration(module: Module, header: Header) -> bool:
    return any(
        not isinstance(item, Header) and item.start < header.start
        for item in module.file.declarations
    )


def _without_line(module: Module, header: Header) -> Fix:
    return Fix("remove it", (Edit(_line(module, header), ""),))


def _moved_up(module: Module, header: Header, text: str) -> Fix:
    """The line below the last of those that begin the file."""
    first = next(item for item in module.file.declarations if not isinstance(item, Header))
    above = [item for item in module.file.declarations if item.start < first.start]
    gone = Edit(_line(module, header), "")
    if above:
        place = module.span(above[-1].end, above[-1].end)
        return Fix(f"move `{text}` up", (Edit(place, f"\n{text}"), gone))
    place = module.span(first.start, first.start)
    return Fix(f"move `{text}` up", (Edit(place, f"{text}\n\n"), gone))


def _line(module: Module, header: Header) -> Span:
    """The whole line of a header that has one for itself; else the header."""
    text = module.source.text
    start = text.rfind("\n", 0, header.start) + 1
    end = text.find("\n", header.end)
    end = len(text) if end < 0 else end
    if text[start : header.start].strip() or text[header.end : end].strip():
        return module.span(header.start, header.end)
    if end < len(text):
        return module.span(start, end + 1)
    return module.span(max(start - 1, 0), end)


def _version(header: Header, index: int, walker: Walker) -> None:
    value = header.value
    if index > 0:
        problem, help = "appears only once, on the first line", "Remove it here."
        walker.say(messages.MISPLACED_HEADER, header, word="wan", problem=problem, help=help)
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
        problem = "precedes the declarations of a file"
        help = "Move it up, below `wan 1`."
        written = module.span(header.start, header.end).text
        fix = None if "\n" in written else _moved_up(module, header, written)
        walker.say(
            messages.MISPLACED_HEADER, header, word="use", problem=problem, help=help, fix=fix
        )
    if isinstance(header.value, Number):
        help = 'Write `use wan22`, or `use "path.wan" as name`.'
        walker.say(
            messages.NO_MODULE,
            header.value,
            name=header.value.text,
            reason="it is a number",
            help=help,
        )
        return
    alias = header.alias
    if isinstance(header.value, Text) and alias is None:
        problem = "of a file needs an alias"
        help = f"Write `use {header.value.text} as name`."

        inside, fix = header.value.text.strip('"'), None
        if inside in library_names():
            help = f"Write `use {inside}`."
            span = module.span(header.value.start, header.value.end)
            fix = Fix(f"write `use {inside}`", (Edit(span, inside),))
        module.broken_uses.add(inside.rpartition("/")[2].removesuffix(".wan"))
        walker.say(
            messages.MISPLACED_HEADER, header, word="use", problem=problem, help=help, fix=fix
        )
        return
    name = alias if alias is not None else header.value
    if not isinstance(name, Name):
        return
    earlier = walker.declared.get(name.text)
    if earlier is not None:
        label = Label(module.span(earlier.start, earlier.end), "the other one")
        fix = _without_line(module, header) if _is_repeated(module, header) else None
        walker.say(messages.DUPLICATE, name, name=name.text, related=(label,), fix=fix)
    walker.declared.setdefault(name.text, name)
    declared = Declaration("use", name.text, module, name.start, name.end)
    module.declarations.setdefault(name.text, declared)
