"""Suppressions: `# wan: allow(name) reason` in a `.wan` file, and the same in the notes of a workflow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.lint.policy import messages, selectors
from wan22dsl.source import Span
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.source import Source


_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|"(?:[^"\\\n]|\\[^\n])*"?|`[^`\n]*`?|(?P<comment>#[^\n]*)'
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<line>\n)|(?P<space>[ \t\r]+)|[^\s\"`#()\[\]{}]+",
    re.DOTALL,
)
_SPEAKS = re.compile(r"#+\s*wan:\s*")


class Comment(NamedTuple):
    """What is behind `# wan:`, where the comment is, and the lines that it is about."""

    text: str
    span: Span
    first: int
    last: int


def comments(source: Source) -> Iterator[Comment]:
    """The comments that speak to the linter, in order."""
    if "wan:" not in source.text:
        return
    tokens = list(_TOKEN.finditer(source.text))
    for number, token in enumerate(tokens):
        said = _SPEAKS.match(token[0]) if token.lastgroup == "comment" else None
        if said is None:
            continue
        span = Span(source, token.start(), token.start() + len(token[0].rstrip()))
        line = span.first.line
        first, last = line, line
        if _is_alone(source, token.start()):
            first, last = _statement(source, tokens[number + 1 :]) or (line, line)
        yield Comment(token[0][said.end() :].strip(), span, first, last)


def _is_alone(source: Source, start: int) -> bool:
    """Whether nothing is before the comment on its line."""
    return not source.text[source.text.rfind("\n", 0, start) + 1 : start].strip()


def _statement(source: Source, tokens: list[re.Match[str]]) -> tuple[int, int] | None:
    """The lines of the statement that begins with the tokens; None at the end of a block."""
    depth = 0
    start: int | None = None
    before = ""
    for number, token in enumerate(tokens):
        if token.lastgroup in ("comment", "space"):
            continue
        if token.lastgroup == "line":
            if start is not None and depth == 0 and not _goes_on(before, tokens[number:]):
                break
            continue
        if token.lastgroup == "close" and depth == 0:
            break
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        start = token.start() if start is None else start
        before, end = token[0], token.end()
    if start is None:
        return None
    return source.position(start).line, source.position(end).line


def _goes_on(before: str, behind: list[re.Match[str]]) -> bool:
    """Whether a line end does not end the statement: an arrow is before or behind it."""
    if before.endswith(("->", "=")):
        return True
    rest = (item[0] for item in behind if item.lastgroup not in ("comment", "space", "line"))
    return next(rest, "").startswith("->")


_CALL = re.compile(r"(?P<word>[A-Za-z_-]+)\s*\((?P<names>[^()]*)\)\s*(?P<reason>.*)", re.DOTALL)
_IN_JSON = re.compile(
    r'wan:\s*(?P<word>allow(?:-file)?)\s*\((?P<names>[^()"\\]*)\)\s*(?P<reason>[^"\\]*)'
)

LINE, FILE = "allow", "allow-file"

#: A text that cannot be read is judged in part only, so there is nothing to allow.
_SYNTAX = "WAN1"


class Suppression(NamedTuple):
    """One name that is allowed, in some lines of a source; `last` is None for the whole of it."""

    name: str
    word: str
    span: Span
    first: int
    last: int | None

    def covers(self, finding: Diagnostic) -> bool:
        """Whether it allows a finding, which is in its source."""
        if finding.code.startswith(_SYNTAX) or not selectors.matches(
            (self.name,), finding.code, finding.name
        ):
            return False
        if self.last is None:
            return True
        return finding.span is not None and self.first <= finding.span.first.line <= self.last


def read(
    source: Source, known_names: Callable[[], Mapping[str, str]]
) -> tuple[list[Suppression], list[Diagnostic]]:
    """The suppressions of a source, and what is wrong with them; `known_names` gives all names by code."""
    found: list[Suppression] = []
    told: list[Diagnostic] = []
    close: dict[str, str | None] = {}  # finding a near name takes long, and names come again
    for said, span, lines in _said(source):
        call = _CALL.fullmatch(said)
        if call is None or call["word"] not in (LINE, FILE):
            hint, fix = _hint(call), _with_word(call, span)
            told.append(messages.UNREADABLE_SUPPRESSION.at(span, hint=hint, fix=fix))
            continue
        names = selectors.split([call["names"]])
        if not names:
            told.append(
                messages.UNREADABLE_SUPPRESSION.at(span, hint=("Name the rules to suppress."))
            )
        known = known_names()
        for name in names:
            if selectors.is_known(name, known):
                last = None if call["word"] == FILE else lines[1]
                found.append(Suppression(name, call["word"], span, lines[0], last))
            else:
                if name not in close:
                    close[name] = selectors.close(name, known)
                told.append(_unknown(_name(span, name), name, close[name]))
        known_all = all(selectors.is_known(name, known) for name in names)
        if names and known_all and not call["reason"].strip(" \t-–—:#"):
            listed = ", ".join(names)
            told.append(
                messages.SUPPRESSION_WITHOUT_REASON.at(span, word=call["word"], names=listed)
            )
    return found, told


def _unknown(place: Span, name: str, close: str | None) -> Diagnostic:
    """What to say of a name that no rule has. Which one is meant, is a guess."""
    fix = None
    if close is not None and place.text == name:
        fix = Fix(f"Write `{close}`", (Edit(place, close),), safe=False)
    return messages.UNKNOWN_SUPPRESSION.at(place, name=name, hint=selectors.hint(close), fix=fix)


def unused(suppression: Suppression) -> Diagnostic:
    """What to say of a suppression that allows nothing."""
    place = _name(suppression.span, suppression.name)
    return messages.UNUSED_SUPPRESSION.at(
        place, word=suppression.word, name=suppression.name, fix=_removed(suppression)
    )


def _removed(suppression: Suppression) -> Fix | None:
    """The comment taken away; only where it names nothing else."""
    source, start, end = suppression.span
    call = _CALL.search(suppression.span.text)
    if call is None or len(selectors.split([call["names"]])) > 1 or source.text[start] != "#":
        return None
    line = source.text.rfind("\n", 0, start) + 1
    if not source.text[line:start].strip():
        start, end = line, min(end + 1, len(source.text))
    else:
        start = line + len(source.text[line:start].rstrip())
    return Fix("Remove the comment", (Edit(Span(source, start, end), ""),))


def _said(source: Source) -> Iterator[tuple[str, Span, tuple[int, int]]]:
    """What is said to the linter, where, and of which lines."""
    if source.text.lstrip().startswith("{"):
        for span in _in_notes(source):
            said = span.text.partition(":")[2].strip()
            yield f"{FILE}{said[said.index('(') :]}", span, (1, 1)
        return
    for comment in comments(source):
        yield comment.text, comment.span, (comment.first, comment.last)


def _in_notes(source: Source) -> Iterator[Span]:
    """Where a note of a workflow allows something; the note speaks of the whole file."""
    if "allow" not in source.text:
        return
    import json

    try:
        notes = "\n".join(_notes(json.loads(source.text)))
    except (ValueError, RecursionError):
        return  # whoever reads the file tells what is wrong with it
    for item in _IN_JSON.finditer(source.text):
        if item[0].rstrip() in notes:
            yield Span(source, item.start(), item.start() + len(item[0].rstrip()))


def _notes(value: object) -> Iterator[str]:
    from wan22dsl.comfyui.nodes.editor import NOTES

    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if item.get("type") in NOTES:
                texts = item.get("widgets_values")
                if isinstance(texts, list):
                    yield from (text for text in texts if isinstance(text, str))
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def _name(span: Span, name: str) -> Span:
    """Where a name is in the comment."""
    at = span.text.find(name, span.text.find("("))
    return span if at < 0 else Span(span.source, span.start + at, span.start + at + len(name))


def _with_word(call: re.Match[str] | None, span: Span) -> Fix | None:
    """The word that a comment was probably meant to begin with."""
    close = _close(call)
    at = -1 if call is None else span.text.find(f"{call['word']}")
    if call is None or close is None or at < 0:
        return None
    place = Span(span.source, span.start + at, span.start + at + len(call["word"]))
    return Fix(f"Write `{close}`", (Edit(place, close),), safe=False)


def _close(call: re.Match[str] | None) -> str | None:
    from wan22dsl.diagnostics import nearest

    return None if call is None else nearest(call["word"], (LINE, FILE))


def _hint(call: re.Match[str] | None) -> str:
    close = _close(call)
    if call is not None and close is not None:
        return f"Did you mean `{close}({call['names']})`?"
    return (
        "Write `# wan: allow(name) reason`, or `# wan: allow-file(name) reason` for the whole file."
    )
