"""`wan explain`: what a code means."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wan22dsl.api import codes
from wan22dsl.cli import show
from wan22dsl.cli.declare import Argument, Command
from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError
from wan22dsl.report.explanation import explanation, summary
from wan22dsl.report.lines import Piece, line

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Message
    from wan22dsl.report.lines import Line

CODE = Argument(
    "code", "CODE", "Code or name of a finding; without it, all are listed", required=False
)


def run(code: str | None) -> int:
    """Explain a code such as WAN201."""
    if code is None:
        messages = list(codes.all_messages().values())
        width = max(len(this_message.name) for this_message in messages)
        show.lines([_row(this_message, width) for this_message in messages], sys.stdout)
        return 0
    message = codes.find(code)
    if message is None:
        raise CommandError(_unknown(code))
    from wan22dsl.api.codes import answer

    show.lines(explanation(message, answer(message)), sys.stdout)
    return 0


def _row(message: Message, width: int) -> Line:
    level = message.severity.value
    words = f"{message.name:<{width}}  {summary(message)}"
    return line(f"{message.code}  ", Piece(f"{level:<8}", level), words)


def _unknown(code: str) -> str:
    messages = codes.all_messages()
    close = nearest(code, [*messages, *(message.name for message in messages.values())])
    hint = f"did you mean `{close}`?" if close else "`wan explain` lists all"
    return f"unknown code `{code}`; {hint}"


COMMAND = Command(run, (CODE,))
