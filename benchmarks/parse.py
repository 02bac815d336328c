"""Characters a second from text to tree, with positions; and what lark's own parser needs in the same run."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from wan22dsl.language.syntax import parse, print_file
from wan22dsl.resources import grammar
from wan22dsl.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
ROUNDS = 7
TIMES = 12  # each file, in one long text


def text() -> str:
    """The library and the examples, several times over."""
    files = [*(ROOT / "wan22dsl" / "library").glob("*.wan"), *(ROOT / "examples").rglob("*.wan")]
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(files) * TIMES)


def characters_a_second(read: Callable[[str], object], what: str) -> float:
    """The best of several rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = perf_counter()
        read(what)
        seconds.append(perf_counter() - start)
    return len(what) / min(seconds)


def main() -> None:
    """Prints the speeds, and their ratios to lark's."""
    from lark import Lark

    what = text()
    file, diagnostics = parse(Source(what))
    assert not diagnostics
    larks = Lark(
        grammar(),
        parser="lalr",
        lexer="contextual",
        start=["start", "value"],
        maybe_placeholders=False,
        propagate_positions=True,
    )
    base = characters_a_second(lambda given: larks.parse(given, start="start"), what)
    ours = characters_a_second(lambda given: parse(Source(given)), what)
    careful = characters_a_second(lambda given: parse(Source(given + "\nlet =\n")), what)
    printing = characters_a_second(lambda given: print_file(file), what)
    print(f"{len(what):,} characters, {len(file.declarations):,} declarations, with positions")
    for name, speed in (
        ("to the tree", ours),
        ("to the tree, with a mistake", careful),
        ("from the tree to canonical text", printing),
        ("lark's own parser", base),
    ):
        print(f"  {name:32} {speed / 1e6:6.2f} M characters/s   {speed / base:5.1f} x lark")


if __name__ == "__main__":
    main()
