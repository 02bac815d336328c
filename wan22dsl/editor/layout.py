"""The canonical layout of a file, of a part of it, and of a line that is being typed, as edits.

The layout is that of `wan fmt`: what an editor says about the width of tabs changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit
from wan22dsl.editor import scanning
from wan22dsl.errors import WanError
from wan22dsl.language.syntax import parse, print_file
from wan22dsl.source import Source, Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wan22dsl.editor.view import View

_STEP = 4


class CannotFormat(WanError):
    """Why a text stays as it is."""


class _Lines(NamedTuple):
    """Lines of a text, counted from 0, `last` not among them, and what they become."""

    first: int
    last: int
    new: tuple[str, ...]


def whole(view: View) -> tuple[Edit, ...]:
    """The edits of the lines that `wan fmt` would change. Raises CannotFormat for a broken text."""
    return tuple(_edit(view.source, lines) for lines in _changed(view))


def part(view: View, start: int, end: int) -> tuple[Edit, ...]:
    """The same within a stretch, and where a declaration cannot be split, in all of it."""
    changed = _changed(view)
    first, last = view.source.position(start).line - 1, view.source.position(end).line
    if end > start and view.source.position(end).column == 1:
        last -= 1  # the selection ends before the line
    wanted = [lines for lines in changed if _meets(lines, first, last)]
    if not wanted:
        return ()
    if not _is_as_good(view, wanted):
        stretches = [*_declarations(view)]
        wanted = [
            lines
            for lines in changed
            if any(
                _meets(lines, *stretch) and max(first, stretch[0]) < min(last, stretch[1])
                for stretch in stretches
            )
            or _meets(lines, first, last)
        ]
        if not _is_as_good(view, wanted):
            wanted = changed
    return tuple(_edit(view.source, lines) for lines in wanted)


def _meets(lines: _Lines, first: int, last: int) -> bool:
    """Whether a change is in a stretch of lines; one that only adds lines, also right above or below it."""
    if lines.first == lines.last:
        return first <= lines.first <= last
    return lines.first < last and first < lines.last


def _is_as_good(view: View, changed: Sequence[_Lines]) -> bool:
    """Whether a text can be read as before when only these lines have changed."""
    text = view.source.text.split("\n")
    for lines in reversed(changed):
        text[lines.first : lines.last] = lines.new
    file, found = parse(Source("\n".join(text), view.source.path))
    if any(finding.is_error for finding in found):
        return False
    assert view.tree is not None
    return print_file(file) == print_file(view.tree)


def _declarations(view: View) -> Iterator[tuple[int, int]]:
    """The lines of each declaration with the comments above it."""
    source, end = view.source, 0
    for declaration in view.tree.declarations if view.tree is not None else ():
        last = source.position(declaration.end).line
        yield end, last
        end = last


def _changed(view: View) -> list[_Lines]:
    """The lines that the layout changes, in order."""
    if view.tree is None:
        raise CannotFormat("only .wan files are formatted")
    errors = [finding for finding in parse(view.source)[1] if finding.is_error]
    if errors:
        first = errors[0]
        place = f"line {first.span.first.line}: " if first.span is not None else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise CannotFormat(
            f"not formatted, because of a syntax error: {place}{first.message}{more}"
        )
    return [*_differences(view.source.text, print_file(view.tree))]


def _differences(before: str, after: str) -> Iterator[_Lines]:
    """The lines that differ, in as small pieces as can be told apart."""
    if before == after:
        return
    from difflib import SequenceMatcher

    old, new = before.split("\n"), after.split("\n")
    for kind, first, last, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            continue
        # Of neighbours, those that differ in blanks only are a piece each.
        within = SequenceMatcher(
            None,
            ["".join(line.split()) for line in old[first:last]],
            ["".join(line.split()) for line in new[start:end]],
            autojunk=False,
        )
        for what, a, b, c, d in within.get_opcodes():
            if what != "equal":
                yield _Lines(first + a, first + b, tuple(new[start + c : start + d]))
                continue
            for at in range(b - a):
                if old[first + a + at] != new[start + c + at]:
                    line = first + a + at
                    yield _Lines(line, line + 1, (new[start + c + at],))


def _edit(source: Source, lines: _Lines) -> Edit:
    """A change of whole lines. The last line has no end, so what is behind it begins before it."""
    count = source.line_count
    if lines.last < count:
        start = source.bounds(lines.first + 1)[0]
        end = source.bounds(lines.last + 1)[0]
        return Edit(Span(source, start, end), "".join(f"{line}\n" for line in lines.new))
    end = len(source.text)
    if lines.first == 0:
        return Edit(Span(source, 0, end), "\n".join(lines.new))
    start = source.bounds(lines.first)[1]  # behind the line above
    return Edit(Span(source, start, end), "".join(f"\n{line}" for line in lines.new))


# --- while typing ---


def typed(view: View, offset: int, sign: str) -> tuple[Edit, ...]:
    """The indentation of the line where a line end, or a closing bracket, has just been typed.

    `offset` is behind what was typed. Works in a broken text.
    """
    source, text = view.source, view.source.text
    if view.tree is None:
        return ()
    found = scanning.tokens(text)
    line = source.position(offset).line
    start, end = source.bounds(line)
    first = start + len(source.line(line)) - len(source.line(line).lstrip(" \t"))
    token = scanning.token_at(found, start)
    if token is not None and token.kind == "text" and token.start < start < token.end:
        return ()
    if sign != "\n" and not text.startswith(sign, first):
        return ()
    indent = _indent(source, found, line, first, is_new=sign == "\n")
    if indent is None or text[start:first] == " " * indent or end < first:
        return ()
    return (Edit(Span(source, start, first), " " * indent),)


def _indent(
    source: Source, found: Sequence[scanning.Token], line: int, first: int, *, is_new: bool
) -> int | None:
    """How far a line is indented; None where it may be anything."""
    text = source.text
    before = [token for token in found if token.start < source.bounds(line)[0]]
    opened = _open(text, before)
    base = _indentation(source, opened.start) + _STEP if opened is not None else 0
    if text[first : first + 1] in ("}", ")", "]"):
        return base - _STEP if opened is not None else None
    if text.startswith("->", first):
        return base + _STEP
    last = next((token for token in reversed(before) if token.kind != "comment"), None)
    if last is not None and text[last.start : last.end] == "->":
        return base + _STEP
    above = line - 1
    if is_new and first == source.bounds(line)[1] and above and _goes_on(source, above):
        return None  # the flow may go on, or be at its end
    return base


def _goes_on(source: Source, line: int) -> bool:
    return source.line(line).lstrip(" \t").startswith("->")


def _open(text: str, before: Iterable[scanning.Token]) -> scanning.Token | None:
    """The innermost bracket that is open."""
    waiting: list[scanning.Token] = []
    for token in before:
        if token.kind == "open":
            waiting.append(token)
        elif token.kind == "close" and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


def _indentation(source: Source, offset: int) -> int:
    """The indentation of the line of a place; a tab goes to the next multiple of four."""
    text = source.line(source.position(offset).line).expandtabs(_STEP)
    return len(text) - len(text.lstrip(" "))
