"""What the columns of a row mean: the batch's own, parameters and settings, and what other jobs give."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from wan22dsl.diagnostics import nearest
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from wan22dsl.api.batch_files import BatchFile

#: Columns that are the batch's own, with what they accept. A parameter with such a name is `param:NAME`.
OWN = {
    "id": "letters, digits, `.`, `_` and `-`, at most 64, each id once",
    "after": "ids of other rows, with spaces between them",
    "priority": "a whole number, such as 10; higher goes first",
    "due": "a date and a time, such as 2026-12-02 04:00, or with a zone: 2026-12-02T04:00Z",
    "tags": "tags that the server must have, with spaces between them",
    "file": "a .wan file, by its path from this file",
    "pipeline": "a pipeline of the file",
}

#: A column of this beginning is a parameter, whatever its name.
PARAM = "param:"

#: What a value may take of another job.
TAKES = ("last frame", "video", "latent")

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_OTHER = re.compile(rf"({'|'.join(TAKES)}) of (\S+)", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")


class Other(NamedTuple):
    """A value that is made of what another job gives."""

    job: str
    take: Any


class Unfit(Exception):
    """A cell that cannot be what its column says; the text says what is allowed."""


def setting_of(column: str) -> str | None:
    """The parameter or setting that a column sets; None for one of the batch's own."""
    if column.startswith(PARAM):
        return column[len(PARAM) :].strip()
    return None if column in OWN else column


def why_not(column: str, file: BatchFile) -> str:
    """Why a column can be nothing in this file; empty where it can."""
    name = setting_of(column)
    if name is None:
        return ""
    said = file.why_not(name) if name else "the name behind `param:` is missing"
    if not said or column.startswith(PARAM):
        return said
    close = nearest(column, [*OWN])
    if close is not None and ("Did you mean" not in said or _is_close(column, close)):
        return f"unknown column. Did you mean `{close}`?"
    return (
        said if "Did you mean" in said else f"{said} Columns of the batch itself: {', '.join(OWN)}."
    )


def _is_close(column: str, own: str) -> bool:
    """Whether a name is closer to a column of the batch than any parameter is likely to be."""
    from difflib import SequenceMatcher  # only where something is wrong

    return SequenceMatcher(None, column.lower(), own).ratio() > 0.8


def other_of(name: str, value: Any, file: BatchFile) -> Other | None:
    """The other job that a value comes from; None for a plain value. Raises Unfit.

    In a table only what takes a file can be `last frame of 0001`: a text may say such words and mean them.
    """
    if isinstance(value, dict):
        take = value.get("take", "last frame")
        if (
            not isinstance(value.get("of"), str)
            or take not in TAKES
            or value.keys() - {"of", "take"}
        ):
            raise Unfit(
                f'write {{"of": "0001", "take": "last frame"}}; `take` is one of {_listed(TAKES)}'
            )
        return Other(value["of"], take)
    if not isinstance(value, str) or file.kind(name) != "file":
        return None
    found = _OTHER.fullmatch(value.strip())
    return Other(found[2], found[1].lower()) if found else None


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# --- the batch's own ---


def id_of(value: Any) -> str:
    """An id. Raises Unfit."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise Unfit(f"`{_short(value)}` is no id: {OWN['id']}")
    return text


def ids_of(value: Any) -> tuple[str, ...]:
    """Ids of other rows. Raises Unfit."""
    return tuple(dict.fromkeys(id_of(each) for each in _words(value, "after")))


def tags_of(value: Any) -> tuple[str, ...]:
    """Tags. Raises Unfit."""
    return tuple(dict.fromkeys(_words(value, "tags")))


def _words(value: Any, column: str) -> list[str]:
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return [str(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    if not isinstance(value, str):
        raise Unfit(f"`{_short(value)}` is not {OWN[column]}")
    return [word for word in re.split(r"[\s,;]+", value) if word]


def priority_of(value: Any) -> int:
    """A priority. Raises Unfit."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    raise Unfit(f"`{_short(value)}` is not {OWN['priority']}")


def due_of(value: Any) -> str:
    """A time in UTC, in ISO 8601; one without a zone is in this machine's. Raises Unfit."""
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith(("Z", "z")):  # Python 3.10 does not know it
        text = f"{text[:-1]}+00:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) < len("2026-12-02T04"):
        raise Unfit(f"`{_short(value)}` is not {OWN['due']}")
    try:
        return found.astimezone(timezone.utc).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        raise Unfit(f"`{_short(value)}` is too far away") from None


def name_of(column: str) -> Callable[[Any], str]:
    """What reads the name of a file or a pipeline. It raises Unfit."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Unfit(f"`{_short(value)}` is not {OWN[column]}")
        return value

    return read


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
