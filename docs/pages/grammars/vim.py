"""editors/vim/syntax/wan.vim: colours for Vim and Neovim, whose patterns are a language of their own."""

from __future__ import annotations

from pathlib import Path

from wan22dsl.editor.colours import words

#: The file, where `@KINDS@` and the like stand for words.
_TEMPLATE = Path(__file__).parent / "wan.vim"


def syntax() -> str:
    """The text of the file."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    for mark, found in (
        ("@STAGES@", words.stages()),
        ("@CONSTANTS@", words.CONSTANTS),
        ("@TYPES@", words.types()),
        ("@KINDS@", words.kinds()),
    ):
        text = text.replace(mark, r"\|".join(found))
    return text
