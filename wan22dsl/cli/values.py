"""Values from the command line: `--set NAME=VALUE` and `--params FILE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.api import values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wan22dsl.language.outside import Values
    from wan22dsl.source import Source


def gather(settings: Iterable[str], params: str | None) -> Values:
    """The parameters by name; `--set` overrides the file. Raises CommandError, UnreadableFile."""
    return values.gather(values.by_name(settings), params)


def gather_for(
    source: Source, settings: Iterable[str], params: str | None, *, quiet: bool = False
) -> Values:
    """As `gather`, with a number in place of every `random`, which is shown on standard error."""
    given, drawn = values.draw(source, gather(settings, params))
    if drawn and not quiet:
        from wan22dsl.cli import streams

        streams.tell("".join(f"{name} = {number} (random)\n" for name, number in drawn.items()))
    return given
