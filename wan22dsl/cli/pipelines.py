"""Which pipeline or graph of a file is meant by `--pipeline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable


def unknown(wanted: str, names: Iterable[str]) -> CommandError:
    """What to say when there is none of that name; `names` are those that there are."""
    known = list(names)
    close = nearest(wanted, known)
    listed = f"there are: {', '.join(known)}." if known else "there is none in the file."
    hint = f"did you mean `{close}`?" if close else listed
    return CommandError(f"there is no pipeline or graph `{wanted}` in the file; {hint}")
