"""Reads a text with mistakes: the tables at work on tokens, with a way on from every mistake.

A token that does not fit is given to the fixes (fixes.py). Where none of them knows what was meant, it is
said to be unreadable, and reading goes on as recovery.py says.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import Edit, Fix
from wan22dsl.language.syntax.builders import new
from wan22dsl.language.syntax.machine import machine
from wan22dsl.language.syntax.messages import UNCLOSED_BACKTICK, UNCLOSED_TEXT
from wan22dsl.language.syntax.recovery.block_heads import with_braces
from wan22dsl.language.syntax.recovery.brackets import Brackets
from wan22dsl.language.syntax.recovery.lexer import Lexer
from wan22dsl.language.syntax.recovery.outline import CLOSING, OPENING, looks_like_declaration
from wan22dsl.language.syntax.tree import Bad
from wan22dsl.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.diagnostics import Diagnostic, Label, Message
    from wan22dsl.language.syntax.machine import State
    from wan22dsl.language.syntax.recovery.tokens import Slip, Token
    from wan22dsl.source import Source

_QUOTES = (UNCLOSED_TEXT, UNCLOSED_BACKTICK)
_LOOK_AHEAD = 50  # tokens


class Reader:
    """One text, as far as it has been read."""

    def __init__(self, source: Source, symbol: str) -> None:
        lexer = Lexer(source)
        lexer.run()
        tokens, without_braces = with_braces(source, lexer.tokens)
        brackets = Brackets(source, tokens)
        brackets.run()
        self.source = source
        self.tokens = brackets.tokens
        self.surplus = [at for at, token in enumerate(brackets.tokens) if token.kind == "SURPLUS"]
        self.comments = lexer.comments
        self.unclosed = brackets.unclosed
        self.diagnostics: list[Diagnostic] = (
            brackets.diagnostics + lexer.diagnostics + without_braces
        )
        self.at = 0  # the token to be read next
        self.last = 0  # where the last token that was read ends
        self.last_kind = ""  # and what it is
        engine = machine()
        self.number = {name: at for at, name in enumerate(engine.symbols)}
        self._leaves = engine.leaves
        # States, the value of each but the first, and the open brackets: which, and how high the
        # stack was when it had been read.
        self.stack: list[State] = [engine.starts[symbol]]
        self.values: list[Any] = []
        self.open: list[tuple[str, int]] = []
        self.lost: list[int] = []  # places in the heads of stages where something is not known

    # --- tokens ---

    def token(self, offset: int = 0) -> Token:
        """A token, counted from the one to be read next."""
        return self.tokens[min(max(self.at + offset, 0), len(self.tokens) - 1)]

    def put(self, token: Token) -> None:
        """Takes another token in place of the one that is to be read next."""
        self.tokens[self.at] = token

    @property
    def is_inside(self) -> bool:
        """Whether a bracket is open."""
        return bool(self.open)

    @property
    def bracket(self) -> str:
        """The innermost open bracket, or nothing."""
        return self.open[-1][0] if self.open else ""

    @cached_property
    def capital_names(self) -> frozenset[str]:
        """Names with a capital letter that the file declares, which is said where it does."""
        return frozenset(
            second.text
            for at, second in enumerate(self.tokens[1:])
            if second.kind == "CLASS"
            and self.tokens[at].kind != "NODE"
            and looks_like_declaration(self.tokens, at)
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """The texts of all tokens."""
        return frozenset(token.text for token in self.tokens)

    @cached_property
    def classes(self) -> dict[str, list[Token]]:
        """The tokens that look like names of classes, by their texts."""
        found: dict[str, list[Token]] = {}
        for token in self.tokens:
            if token.kind == "CLASS":
                found.setdefault(token.text, []).append(token)
        return found

    def open_quotes(self) -> Slip | None:
        """What is wrong with the quotes on the rest of the line: the cause of most else there."""
        for token in self.tokens[self.at : self.at + _LOOK_AHEAD]:
            if token.kind == "_NL":
                break
            if token.slip is not None and token.slip.message in _QUOTES:
                return token.slip
        return None

    # --- the tables at work ---

    def can(self, *kinds: str) -> bool:
        """Whether these tokens could be read now, one after the other."""
        above: list[State] = []  # what would stand on the first `kept` states
        kept = len(self.stack)
        for kind in kinds:
            symbol = self.number.get(kind, 0)
            step = (above[-1] if above else self.stack[kept - 1])[symbol]
            while step.__class__ is tuple:
                count, left, _ = step
                taken = min(count, len(above))
                del above[len(above) - taken :]
                kept -= count - taken
                above.append((above[-1] if above else self.stack[kept - 1])[left])
                step = above[-1][symbol]
            if step is None:
                return False
            above.append(step)
        return True

    def can_instead(self, *kinds: str) -> bool:
        """Whether these tokens could be read in place of the last one."""
        state = self.stack.pop()
        could = self.can(*kinds)
        self.stack.append(state)
        return could

    def feed(self, kind: str, text: str, start: int, end: int, value: Any = None) -> None:
        """Reads a token, if it fits. `value` takes the place of what it would leave in the tree."""
        symbol = self.number[kind]
        state = self._reduce(symbol)
        if state is None:
            return
        self.stack.append(state)
        self.last_kind = kind
        leaf = self._leaves[symbol]
        if value is None and isinstance(leaf, type):
            value = text if leaf is str else new(leaf, (text, start, end))
        self.values.append(start if value is None else value)
        self.last = end
        if kind in CLOSING:
            self.open.append((kind, len(self.stack)))
        elif kind in OPENING and self.open:
            self.open.pop()

    def _reduce(self, symbol: int) -> Any:
        """Does what is to be done before a symbol is read; gives the state that follows it."""
        step = self.stack[-1][symbol]
        while step.__class__ is tuple:
            count, left, make = step
            if make is None:
                self.stack.pop()
            else:
                bottom = len(self.values) - count
                taken = self.values[bottom:]
                del self.values[bottom:], self.stack[bottom + 1 :]
                self.values.append(make(taken, self.last))
            self.stack.append(self.stack[-1][left])
            step = self.stack[-1][symbol]
        return step

    def settle(self) -> None:
        """Completes what has been read completely: a call, or a declaration, behind its last bracket."""
        if self.can("ARROW"):
            self._reduce(self.number["ARROW"])
        elif self.last_kind == "RBRACE" and self.can("_NL"):
            self._reduce(self.number["_NL"])

    def feed_bad(self, start: int, end: int) -> None:
        """Reads a value that cannot be read."""
        self.feed("NUMBER", "", start, end, new(Bad, (start, end)))

    def take_back(self) -> None:
        """Unreads the last token."""
        self.stack.pop()
        self.values.pop()
        if self.last_kind in CLOSING:
            self.open.pop()

    # --- messages ---

    def say(
        self,
        message: Message,
        start: int,
        end: int,
        fix: Fix | None = None,
        related: Iterable[Label] = (),
        **fields: Any,
    ) -> None:
        """Says what is wrong."""
        span = Span(self.source, start, end)
        self.diagnostics.append(message.at(span, related=related, fix=fix, **fields))

    def fix(self, title: str, *edits: tuple[int, int, str]) -> Fix:
        """A fix that does what was meant."""
        return Fix(title, tuple(self._edit(*edit) for edit in edits))

    def _edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(Span(self.source, start, end), text)
