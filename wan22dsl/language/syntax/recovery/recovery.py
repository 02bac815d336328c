"""From any text, however broken, to a tree and to what is wrong with it."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax import messages
from wan22dsl.language.syntax.builders import new
from wan22dsl.language.syntax.recovery import describe
from wan22dsl.language.syntax.recovery.lexer import LINE_ENDS
from wan22dsl.language.syntax.recovery.outline import CLOSING, OPENING, looks_like_declaration
from wan22dsl.language.syntax.recovery.reader import Reader
from wan22dsl.language.syntax.recovery.tokens import MOST
from wan22dsl.language.syntax.tree import Bad, Derived, Name

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.language.syntax.recovery.tokens import Token
    from wan22dsl.source import Source

    Help = Callable[["Recovery", Token], bool]

_TRIES = 5  # to read on at one token; nothing that can be understood needs more
_LOOKING_AHEAD = ("_NL", "ARROW")
_PARTS_OF_HEADS = ("parameter", "output", "input", "given")
_AFTER_NAME = frozenset("LBRACE EQUAL LPAR COLON ARROW".split())


class Recovery(Reader):
    """A reader that goes on."""

    def __init__(self, source: Source, symbol: str) -> None:
        super().__init__(source, symbol)
        self._is_file = symbol == "start"
        self.stray: set[int] = set()  # brackets that are left out, and so what would close them
        steps = ((token.kind in CLOSING) - (token.kind in OPENING) for token in self.tokens)
        self._depths = [0, *accumulate(steps)]  # how many brackets are open before a token

    def run(self, help: Help, looks_ahead: Help) -> Any:
        """The value of the start symbol; for a file, the declarations that could be read.

        `help` reads what was meant by a token that does not fit, `looks_ahead` by one that fits, but not
        with what follows it. Both say whether they did.
        """
        here, tries, unreadable = -1, 0, -1
        while len(self.diagnostics) <= MOST and self.at < len(self.tokens):
            token = self.tokens[self.at]
            here, tries = self.at, tries + 1 if here == self.at else 0
            if token.indent == 0 and self.open and self._begins_declaration():
                self._abandon()
            if tries > _TRIES or token.opened in self.stray or self._needs_no_line_end(token):
                self.at += 1
            elif self.can(token.kind):
                if token.kind in _LOOKING_AHEAD and looks_ahead(self, token):
                    continue
                if token.slip is not None:
                    self.diagnostics.append(token.slip.at(self.source))
                self.feed(token.kind, token.text, token.start, token.end)
                self.at += 1
                if token.kind == "$END":
                    return self.values[-2]
            elif token.kind in ("UNREAD", "SURPLUS"):
                self._pass_by(token)
            elif not help(self, token):
                if unreadable == self.at:
                    self.at += 1
                    continue
                unreadable = self.at
                self._unreadable(token)
                self.leave_out()
        return self._so_far()

    def _pass_by(self, token: Token) -> None:
        """Leaves out a token that has been, or is, said to be wrong."""
        if token.slip is not None:
            self.diagnostics.append(token.slip.at(self.source))
        elif self.can("NUMBER"):
            self.feed_bad(token.start, token.end)
        self.at += 1

    def _needs_no_line_end(self, token: Token) -> bool:
        """Whether a line end stands behind another one: what stood between them has been left out."""
        return token.kind == "_NL" and self.last_kind in LINE_ENDS

    def words_of_declaration(self) -> int | None:
        """How many symbols of a declaration have been read; None in a value by itself."""
        return len(self.stack) - 1 - self._statement() if self._is_file else None

    def lose(self, place: int) -> None:
        """Notes that something in the head of a stage is not known."""
        self.lost.append(place)

    def leave_out(self) -> None:
        """Goes on at the next separator of the same bracket; a `Bad` stands for what is left out."""
        self.settle()
        while self.open:
            height = self.open[-1][1] - 1
            if self._bad_value(height) or self._without_parameter(height):
                return
            self._out_of_bracket(height)
        statement = self._statement() if self._is_file else 0
        if not self._bad_value(statement) and not self._rest_of_declaration(statement):
            self._bad_declaration(statement)

    # --- inside brackets ---

    def _bad_value(self, height: int) -> bool:
        """Reads on as if a value had stood here, where one could."""
        operand = self.number["_operand"]
        for at in range(len(self.stack) - 1, height - 1, -1):
            if self.stack[at][operand] is not None:
                start = self._drop(at)
                self.feed_bad(start, max(start, self._skip()))
                while (
                    self.bracket == "LPAR" and not self.can("_COMMA") and self._passes_separator()
                ):
                    self._skip()  # parentheses hold only one value
                return True
        return False

    def _passes_separator(self) -> bool:
        kind = self.token().kind
        if kind not in ("_NL", "_COMMA"):
            return False
        self.last_kind = kind
        self.at += 1
        return True

    def _without_parameter(self, height: int) -> bool:
        """Reads on without a parameter, an input or an output."""
        for at in range(len(self.stack) - 1, height - 1, -1):
            state = self.stack[at]
            if any(state[self.number[part]] for part in _PARTS_OF_HEADS):
                self.lose(self._drop(at))
                self._skip()
                self._passes_separator()
                return True
        return False

    def _out_of_bracket(self, height: int) -> None:
        """Leaves a bracket that cannot be read, as if it had never been opened."""
        self._drop(height - 1)
        self.open.pop()
        while True:
            self._skip()
            if self.token().kind in OPENING:
                self.at += 1
                return
            if self.token().kind == "$END":
                return
            self.at += 1

    # --- between declarations ---

    def _begins_declaration(self) -> bool:
        """Whether a declaration begins here by all that can be seen, although a bracket seems open."""
        return self._depths[self.at] == 0 and looks_like_declaration(self.tokens, self.at)

    def _abandon(self) -> None:
        """Ends a declaration that has not been understood, before the next one."""
        self.open.clear()
        if self._without_rest(self._statement(), self.last):
            self.feed("_NL", "", self.last, self.last)

    def _statement(self) -> int:
        """How high the stack was before the declaration."""
        symbol = self.number["_stmt"]
        at = len(self.stack) - 1
        while at and self.stack[at][symbol] is None:
            at -= 1
        return at

    def _rest_of_declaration(self, statement: int) -> bool:
        """Goes on with what a declaration must have, or ends it, if it has all of that."""
        count = len(self.stack) - 1 - statement
        word = getattr(self.values[statement], "text", "") if count else ""
        is_stage, is_header = word in ("stage", "node"), word in ("wan", "use")
        if count == 0 or (count == 2 and not is_header and self.token(1).kind == "_NL"):
            return False
        if self.can("_NL") and (count != 2 or is_header):
            self._skip()
            return True
        for at in range(self.at, len(self.tokens)):
            token = self.tokens[at]
            if token.indent >= 0 and at > self.at:
                return False
            if token.kind in _AFTER_NAME and (token.kind != "LPAR" or is_stage):
                if not self.can(token.kind):
                    return False
                self.at = at
                return True
        return False

    def _bad_declaration(self, statement: int) -> None:
        """Leaves a declaration out; if its name is known, it is a name whose value cannot be read."""
        if not self._without_rest(statement, self._skip()):
            self._passes_separator()

    def _without_rest(self, statement: int, end: int) -> bool:
        """Puts a name without a value in place of a declaration, if as much as that is known."""
        names = self.values[statement : statement + 2]
        start = self._drop(statement)
        if len(names) != 2 or not all(isinstance(name, Name) for name in names):
            return False
        self.last = max(start, end)
        bad = new(Bad, (start, self.last))
        self.values.append(new(Derived, (*names, bad, start, self.last)))
        self.stack.append(self.stack[-1][self.number["_stmt"]])
        return True

    # --- tools ---

    def drop_to(self, height: int) -> None:
        """Unreads everything above so many values."""
        self._drop(height)
        while self.open and self.open[-1][1] - 1 > height:
            self.open.pop()

    def _drop(self, height: int) -> int:
        """Takes the stack down; gives the place where what is dropped begins."""
        dropped = self.values[height:]
        del self.stack[height + 1 :], self.values[height:]
        first = dropped[0] if dropped else self.token().start
        if isinstance(first, int):
            return first
        return int(first[-2]) if isinstance(first, tuple) else self.token().start

    def _skip(self) -> int:
        """Passes by everything up to a separator, or the end, of the same bracket. Gives where it ends."""
        depth, end = 0, self.last
        while True:
            token = self.tokens[self.at]
            if token.kind == "$END" or (depth == 0 and self._may_go_on(token)):
                return end
            depth += (token.kind in CLOSING) - (token.kind in OPENING)
            end = token.end
            self.at += 1

    def _may_go_on(self, token: Token) -> bool:
        if self.open:
            return token.kind in OPENING or token.kind in ("_NL", "_COMMA")
        if token.kind != "_NL" or not self._is_file:
            return False
        follows = self.token(1)
        return follows.indent <= 0 or looks_like_declaration(self.tokens, self.at + 1)

    def _unreadable(self, token: Token) -> None:
        """Says that a token does not fit, or that the quotes on its line do not: that is the cause then.

        Nothing is said of what follows something of which it has been said already.
        """
        last = self.token(-1)
        said = (finding.span for finding in self.diagnostics[-3:])
        if self.at and any(span is not None and span.end == last.end > span.start for span in said):
            return
        quotes = self.open_quotes()
        if quotes is not None:
            self.diagnostics.append(quotes.at(self.source))
            return
        self.say(
            messages.UNREADABLE,
            token.start,
            token.end,
            found=describe.unexpected(token),
            where=describe.where(self),
            help=describe.expected(self),
        )

    def _so_far(self) -> Any:
        """What has been read when there is no way on."""
        if not self._is_file:
            return new(Bad, (0, len(self.source.text)))
        found: list[Any] = []
        for value in self.values:
            found += value if isinstance(value, list) else [value]
        return [item for item in found if hasattr(item, "word")]
