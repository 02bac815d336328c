"""Words that choose rules: a code (`WAN605`), a name (`split-off-boundary`), a prefix (`WAN7`), or `all`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALL = "all"


def split(words: Iterable[str]) -> tuple[str, ...]:
    """The words of an option that may be given several times, and each time with commas."""
    parts = (part.strip() for word in words for part in word.split(","))
    return tuple(part for part in parts if part)


def matches(words: Iterable[str], code: str, name: str) -> bool:
    """Whether one of the words means the rule."""
    return any(_means(word, code, name) for word in words)


def _means(word: str, code: str, name: str) -> bool:
    if word.lower() in (ALL, name):
        return True
    upper = word.upper()
    return len(upper) > 3 and upper.startswith("WAN") and code.startswith(upper)


def is_known(word: str, known: Mapping[str, str]) -> bool:
    """Whether a word means any rule; `known` has the names of all rules by their codes."""
    return word.lower() == ALL or any(_means(word, code, name) for code, name in known.items())


def close(word: str, known: Mapping[str, str]) -> str | None:
    """The code or the name that a word was probably meant to be; None where none is close."""
    from wan22dsl.diagnostics import nearest

    return nearest(word, [*known, *known.values()])


def hint(meant: str | None) -> str:
    """What to do about a word that is not known, with the one that was probably meant."""
    return f"Did you mean `{meant}`?" if meant else "`wan explain` lists all codes and names."


def demand(words: Iterable[str], known: Mapping[str, str], where: str) -> None:
    """Raises CommandError for the first word that means no rule; `where` says who wrote it."""
    for word in words:
        if not is_known(word, known):
            raise CommandError(f"{where}: there is no rule `{word}`. {hint(close(word, known))}")
