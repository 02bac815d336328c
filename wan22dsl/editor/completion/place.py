"""What is being written at an offset: the word, the brackets around it, and what is in them already.

Made of the tokens of one declaration, so that it is the same in a sound text and in a broken one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion.tokens import OPERANDS, Token, bounds, tokens_of
from wan22dsl.language.syntax import spelling
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = frozenset(("name", "class", "quoted", "number", "string", "sampler", "member", "comment"))
_CLOSING = {")": "(", "]": "[", "}": "{"}


class Frame(NamedTuple):
    """An open bracket around the place, or the declaration itself (`kind` is `file`).

    `kind` is what the bracket is: `call`, `group`, `list`, `index`, `record`, `block` (the body of a
    declaration), `about` (the braces behind a call), `parameters` and `outputs` of a head. `head` is what is
    called. `item` are the tokens of the item that is being written, up to the place, with closed brackets
    as one token; `key` is its key, where it has one already. `entries` are the other keys in the bracket,
    before and behind the place, each with its value as it is written; `lets` are those of `let`s. `plain`
    is how many items before the place have no key.
    """

    kind: str
    head: str
    start: int
    item: tuple[Token, ...]
    key: str
    entries: Mapping[str, str]
    lets: Mapping[str, str]
    plain: int

    @property
    def last(self) -> Token | None:
        """The token before the word."""
        return self.item[-1] if self.item else None

    @property
    def is_let(self) -> bool:
        """Whether the item is a `let`."""
        return bool(self.item) and self.item[0].text == "let" and self.kind in ("block", "about")

    @property
    def value(self) -> tuple[Token, ...]:
        """The tokens of the value before the place: those behind the `=`, where there is one."""
        for at, token in enumerate(self.item):
            if token.text == "=" and token.kind == "sign":
                return self.item[at + 1 :]
        return self.item

    @property
    def has_equals(self) -> bool:
        """Whether the place is behind the `=` of its item."""
        return any(token.kind == "sign" and token.text == "=" for token in self.item)


class Place(NamedTuple):
    """What is being written.

    `word` is the token at the offset (of kind `none` where there is none), of which `written` is what is
    before the offset. `frames` are the brackets around it, the outermost first. `declared` is the word of the
    declaration (`pass`), `name` its name. `behind` is what follows the word on its line, without blanks. From
    `start` to `end` is the declaration.
    """

    text: str
    offset: int
    word: Token
    written: str
    frames: tuple[Frame, ...]
    declared: str
    name: str
    behind: str
    start: int
    end: int

    @property
    def frame(self) -> Frame:
        """The innermost bracket."""
        return self.frames[-1]


class _Open:
    """A bracket while it is read."""

    def __init__(self, kind: str, head: str, start: int) -> None:
        self.kind, self.head, self.start = kind, head, start
        self.item: list[Token] = []
        self.entries: dict[str, str] = {}
        self.lets: dict[str, str] = {}
        self.plain = 0

    def end_item(self, text: str) -> None:
        """The item is complete: notes its key and its value."""
        item = self.item
        if not item:
            return
        value = _value_of(item, text)
        if item[0].text == "let" and len(item) > 1 and self.kind != "call":
            self.lets.setdefault(item[1].text, value)
        elif len(item) > 1 and item[1].text == "=":
            self.entries.setdefault(spelling.plain(item[0].text), value)
        elif len(item) > 1 and item[1].text == ":" and self.kind in ("parameters", "outputs"):
            self.entries.setdefault(item[0].text, text[item[1].end : item[-1].end].strip())
        elif len(item) > 2 and item[0].text == "in" and self.kind == "parameters":
            self.entries.setdefault(item[1].text, text[item[2].end : item[-1].end].strip())
        else:
            self.plain += 1
        self.item = []

    def frozen(self) -> Frame:
        """The bracket as it is at the place."""
        item = self.item
        key = ""
        if len(item) > 1 and item[1].kind == "sign" and item[0].kind in ("name", "class", "quoted"):
            key = spelling.plain(item[0].text)
        return Frame(
            self.kind,
            self.head,
            self.start,
            tuple(item),
            key,
            dict(self.entries),
            dict(self.lets),
            self.plain,
        )


def _value_of(item: list[Token], text: str) -> str:
    for at, token in enumerate(item):
        if token.kind == "sign" and token.text == "=":
            return text[item[at + 1].start : item[-1].end] if len(item) > at + 1 else ""
    return text[item[0].start : item[-1].end]


class _Reader:
    """Goes through the tokens of a declaration; `stack` are the open brackets."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.stack = [_Open("file", "", start)]

    def read(self, token: Token, following: str) -> None:
        """One token more. `following` is the kind of the next one that is no line end and no comment."""
        top = self.stack[-1]
        if token.kind == "comment":
            return
        if token.kind == "line":
            if len(self.stack) > 1 and following != "arrow" and not _waits(top):
                top.end_item(self.text)
            return
        if token.text == "," and token.kind == "sign":
            top.end_item(self.text)
        elif token.kind == "open":
            self.stack.append(_Open(*self._bracket(token), token.end))
        elif token.kind == "close":
            self._close(token)
        elif token.kind == "member" and top.item and top.item[-1].kind in OPERANDS:
            last = top.item[-1]
            top.item[-1] = Token("call", self.text[last.start : token.end], last.start, token.end)
        else:
            top.item.append(token)

    def _bracket(self, token: Token) -> tuple[str, str]:
        """The kind of a bracket that opens, and what is called."""
        top = self.stack[-1]
        last = top.item[-1] if top.item else None
        follows = last is not None and not self.text[last.end : token.start].strip()
        if top.kind == "file" and not any(item.text == "=" for item in top.item):
            if token.text == "(":
                after_arrow = last is not None and last.kind == "arrow"
                return ("outputs" if after_arrow else "parameters"), ""
            if token.text == "{":
                return "block", ""
        if token.text == "(":
            if follows and last is not None and last.kind in ("name", "class", "quoted"):
                return "call", last.text
            return "group", ""
        if token.text == "[":
            adjacent = last is not None and last.end == token.start
            return ("index" if adjacent and last and last.kind in OPERANDS else "list"), ""
        if last is not None and follows and last.kind == "call" and last.text.endswith(")"):
            return "about", last.text.partition("(")[0]
        return "record", ""

    def _close(self, token: Token) -> None:
        opening = _CLOSING[token.text]
        at = len(self.stack) - 1
        while at > 0 and self.text[self.stack[at].start - 1] != opening:
            at -= 1
        if at == 0:
            return
        for each in self.stack[at:]:
            each.end_item(self.text)
        closed = self.stack[at]
        del self.stack[at:]
        item = self.stack[-1].item
        start = closed.start - 1
        kind = "group"
        if closed.kind in ("call", "index", "about") and item:
            kind, start = "call", item.pop().start
        item.append(Token(kind, self.text[start : token.end], start, token.end))


def _waits(top: _Open) -> bool:
    """Whether an item goes on in the next line: behind an arrow."""
    return bool(top.item) and top.item[-1].kind == "arrow"


def place_at(text: str, offset: int) -> Place:
    """What is being written at an offset of a text."""
    start, end = bounds(text, offset)
    found = list(tokens_of(text, start, end))
    at = _index_of_word(found, offset)
    word = found[at] if at is not None else Token("none", "", offset, offset)
    before = found[:at] if at is not None else [each for each in found if each.end <= offset]
    after = found[len(before) + (at is not None) :]
    line = text.rfind("\n", 0, word.start) + 1
    if line == word.start and _is_top(text, before, after, word):
        before, start = [], word.start
    elif _is_behind(before):
        before, start = _last_line(before), word.start
    reader = _Reader(text, start)
    for token, following in zip(before, _following(found)):
        reader.read(token, following)
    frames = [each.frozen() for each in reader.stack]
    _behind(reader, after, frames)
    head = frames[0].item
    words = [token for token in head if token.kind in ("name", "class", "quoted")]
    return Place(
        text,
        offset,
        word,
        text[word.start : offset],
        tuple(frames),
        words[0].text if words else "",
        spelling.plain(words[1].text) if len(words) > 1 else "",
        _rest_of_line(text, word.end if at is not None else offset),
        start,
        end,
    )


def _index_of_word(found: list[Token], offset: int) -> int | None:
    for at, token in enumerate(found):
        if token.start >= offset:
            return None
        if offset <= token.end and token.kind in _WORDS:
            closed = token.kind in ("string", "quoted") and offset == token.end
            if closed and _is_closed(token):
                return None
            return at
    return None


def _is_closed(token: Token) -> bool:
    quotes = '"""' if token.text.startswith('"""') else token.text[0]
    return len(token.text) >= 2 * len(quotes) and token.text.endswith(quotes)


def _following(found: list[Token]) -> list[str]:
    """For each token the kind of the next that is no line end and no comment; empty where none is."""
    kinds = [""] * len(found)
    behind = ""
    for at in range(len(found) - 1, -1, -1):
        kinds[at] = behind
        if found[at].kind not in ("line", "comment"):
            behind = found[at].kind
    return kinds


def _is_top(text: str, before: list[Token], after: list[Token], word: Token) -> bool:
    """Whether a word in the first column begins a declaration: no bracket around it is closed below it."""
    if word.kind not in ("name", "none", "class"):
        return False
    depth = sum({"open": 1, "close": -1}.get(token.kind, 0) for token in before)
    if depth <= 0:
        return True
    for token in after:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth <= 0:
            return False
    return True


def _is_behind(before: list[Token]) -> bool:
    """Whether the declaration has ended above: all brackets are closed, and a line has ended."""
    depth = 0
    ended = False
    for token in before:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "line":
            ended = ended or depth <= 0
        elif token.kind == "arrow" or token.kind == "open":
            ended = False
        elif token.kind == "comment":
            continue
    last = next(
        (token for token in reversed(before) if token.kind not in ("line", "comment")), None
    )
    return ended and depth <= 0 and (last is None or last.kind != "arrow")


def _last_line(before: list[Token]) -> list[Token]:
    """What is before the word on its own line."""
    for at in range(len(before) - 1, -1, -1):
        if before[at].kind == "line":
            return before[at + 1 :]
    return before


def _behind(reader: _Reader, after: list[Token], frames: list[Frame]) -> None:
    """Adds the keys behind the place to the brackets around it, from the inside to the outside."""
    known = list(reader.stack)
    for each in known:
        each.item = []  # the item that is being written counts as nothing
    for token, following in zip(after, _following(after)):
        if token.kind == "close" and len(reader.stack) == 1:
            break
        reader.read(token, following)
    for at, each in enumerate(known):
        each.end_item(reader.text)
        frames[at] = frames[at]._replace(entries=dict(each.entries), lets=dict(each.lets))


def _rest_of_line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at : end if end >= 0 else len(text)].strip(" \t")
