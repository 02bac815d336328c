"""What can be wrong with the syntax of a file.

Most of these mistakes are read as what was meant, and the mend is one that changes nothing else.
"""

from __future__ import annotations

from wan22dsl.syntax.messages.letters import (
    HALF_NUMBER,
    INVISIBLE,
    LOOKALIKE,
    UNCLOSED_BACKTICK,
    UNCLOSED_TEXT,
    UNKNOWN_CHARACTER,
    UNKNOWN_ESCAPE,
    WINDOWS_PATH,
    WRONG_QUOTES,
)
from wan22dsl.syntax.messages.names import (
    BARE_CLASS,
    CAPITAL_NAME,
    CAPITAL_WORD,
    DECLARATION_INSIDE,
    MISSING_NAME,
    MISSING_TYPE,
    MISSING_VALUE,
    NAME_WITH_SPACE,
    NOT_A_DECLARATION,
    TEXT_AS_KEY,
)
from wan22dsl.syntax.messages.signs import (
    LINE_END,
    MISSING_BRACKET,
    MISSING_COMMA,
    MISSING_EQUALS,
    MISSING_LINE_END,
    NEEDLESS_SIGN,
    NO_DIVISION,
    SURPLUS_BRACKET,
    TOO_DEEP,
    UNCLOSED_BRACKET,
    UNREADABLE,
    WRONG_ARROW,
    WRONG_BRACKET,
    WRONG_COMMENT,
    WRONG_EQUALS,
)

__all__ = [
    "BARE_CLASS",
    "CAPITAL_NAME",
    "CAPITAL_WORD",
    "DECLARATION_INSIDE",
    "HALF_NUMBER",
    "INVISIBLE",
    "LINE_END",
    "LOOKALIKE",
    "MISSING_BRACKET",
    "MISSING_COMMA",
    "MISSING_EQUALS",
    "MISSING_LINE_END",
    "MISSING_NAME",
    "MISSING_TYPE",
    "MISSING_VALUE",
    "NAME_WITH_SPACE",
    "NEEDLESS_SIGN",
    "NOT_A_DECLARATION",
    "NO_DIVISION",
    "SURPLUS_BRACKET",
    "TEXT_AS_KEY",
    "TOO_DEEP",
    "UNCLOSED_BACKTICK",
    "UNCLOSED_BRACKET",
    "UNCLOSED_TEXT",
    "UNKNOWN_CHARACTER",
    "UNKNOWN_ESCAPE",
    "UNREADABLE",
    "WINDOWS_PATH",
    "WRONG_ARROW",
    "WRONG_BRACKET",
    "WRONG_COMMENT",
    "WRONG_EQUALS",
    "WRONG_QUOTES",
]
