"""Colours of `.wan` files where no server says what a word is.

words   the words of the language and its library      rules   what a stretch of a text is, by patterns
lexer   a lexer for Pygments: MkDocs, Sphinx, rich, pygmentize

`docs/pages/grammars/` writes the same rules for VS Code, Sublime Text and Vim.
"""
