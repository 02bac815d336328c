"""`wan lsp`: the language server for editors."""

from __future__ import annotations

from wan22dsl.cli import streams
from wan22dsl.cli.declare import Command, Option
from wan22dsl.errors import CommandError

#: Editors name the way to talk; there is one.
STDIO = Option(
    "stdio", ("--stdio",), "Has no effect: `wan lsp` always uses standard input and output"
)


def run(stdio: bool) -> int:
    """Serve editors: findings as you type, completion, hover, renaming and the rest.

    An editor starts it and talks to it at standard input and output; `docs/editors.md` has what to put into
    the settings of each. It needs the extra `lsp`: pip install "wan22dsl[lsp]".
    """
    try:
        from wan22dsl.editor.lsp.serving import new_server
        from wan22dsl.editor.lsp.stdio import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        raise CommandError(
            'the language server needs the extra `lsp`: pip install "wan22dsl[lsp]"'
        ) from error
    return serve(new_server(), *streams.of_bytes())


COMMAND = Command(run, (STDIO,))
