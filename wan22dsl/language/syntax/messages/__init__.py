"""What can be wrong with the syntax of a file.

Most of these mistakes are read as what was meant, and the fix is one that changes nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.lazy import offered

if TYPE_CHECKING:
    from wan22dsl.language.syntax.messages.habits import (
        BLOCK_HEAD,
        FOREIGN_WORD,
        LORA_STRENGTH,
        MERGE_CONFLICT,
        MISSING_CALL,
        MISSING_QUOTES,
        NEEDLESS_MARK,
        NOT_A_NAME,
        NOT_WAN,
        NOTATION,
        OUTSIDE,
        QUOTES_INSIDE,
        SPELLED_NUMBER,
        STRING_OVER_LINES,
    )
    from wan22dsl.language.syntax.messages.letters import (
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
    from wan22dsl.language.syntax.messages.names import (
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
    from wan22dsl.language.syntax.messages.signs import (
        LINE_END,
        MISSING_BRACKET,
        MISSING_COMMA,
        MISSING_EQUALS,
        MISSING_LINE_END,
        NEEDLESS_SIGN,
        SLASH_WITHOUT_SPACES,
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
    "BLOCK_HEAD",
    "CAPITAL_NAME",
    "CAPITAL_WORD",
    "DECLARATION_INSIDE",
    "FOREIGN_WORD",
    "HALF_NUMBER",
    "INVISIBLE",
    "LINE_END",
    "LOOKALIKE",
    "LORA_STRENGTH",
    "MERGE_CONFLICT",
    "MISSING_BRACKET",
    "MISSING_CALL",
    "MISSING_COMMA",
    "MISSING_EQUALS",
    "MISSING_LINE_END",
    "MISSING_NAME",
    "MISSING_QUOTES",
    "MISSING_TYPE",
    "MISSING_VALUE",
    "NAME_WITH_SPACE",
    "NEEDLESS_MARK",
    "NEEDLESS_SIGN",
    "NOTATION",
    "NOT_A_DECLARATION",
    "NOT_A_NAME",
    "NOT_WAN",
    "OUTSIDE",
    "QUOTES_INSIDE",
    "SLASH_WITHOUT_SPACES",
    "SPELLED_NUMBER",
    "STRING_OVER_LINES",
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

#: Module → the messages that it has; a file without mistakes needs none of them.
_HOMES = {
    "habits": "BLOCK_HEAD FOREIGN_WORD LORA_STRENGTH MERGE_CONFLICT MISSING_CALL MISSING_QUOTES "
    "NEEDLESS_MARK NOTATION NOT_A_NAME NOT_WAN OUTSIDE QUOTES_INSIDE SPELLED_NUMBER "
    "STRING_OVER_LINES",
    "letters": "HALF_NUMBER INVISIBLE LOOKALIKE UNCLOSED_BACKTICK UNCLOSED_TEXT UNKNOWN_CHARACTER "
    "UNKNOWN_ESCAPE WINDOWS_PATH WRONG_QUOTES",
    "names": "BARE_CLASS CAPITAL_NAME CAPITAL_WORD DECLARATION_INSIDE MISSING_NAME MISSING_TYPE "
    "MISSING_VALUE NAME_WITH_SPACE NOT_A_DECLARATION TEXT_AS_KEY",
    "signs": "LINE_END MISSING_BRACKET MISSING_COMMA MISSING_EQUALS MISSING_LINE_END NEEDLESS_SIGN "
    "SLASH_WITHOUT_SPACES SURPLUS_BRACKET TOO_DEEP UNCLOSED_BRACKET UNREADABLE WRONG_ARROW "
    "WRONG_BRACKET WRONG_COMMENT WRONG_EQUALS",
}


def __getattr__(name: str) -> Any:
    """Imports a message when it is first used."""
    return offered(__name__, _HOMES, name)
