"""Files for the editors in `editors/` that are made from the tables of the language: grammars and snippets.

textmate   VS Code, and all that takes TextMate grammars    sublime   Sublime Text, bat
vim        Vim and Neovim                                    snippets  for VS Code
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def files() -> Iterator[tuple[str, str]]:
    """The path of each file below `editors/`, with its text."""
    from docs.pages.grammars import snippets, sublime, textmate, vim

    yield "vscode/syntaxes/wan.tmLanguage.json", textmate.grammar()
    yield "vscode/snippets/wan.json", snippets.file()
    yield "sublime/wan.sublime-syntax", sublime.syntax()
    yield "vim/syntax/wan.vim", vim.syntax()
