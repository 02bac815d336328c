"""Writes the parts of docs/ that are made from the code.

python docs/generate.py            writes them anew
python docs/generate.py --check    only says whether they are up to date; exit status 1: they are not
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

if TYPE_CHECKING:
    from collections.abc import Iterator


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file, with the text that it should have."""
    from docs.pages import (
        addresses,
        cards,
        cli,
        grammars,
        library,
        nodes,
        optimizing,
        picture,
        rules,
        schemas,
    )

    yield HERE / "cards.md", cards.page()
    yield HERE / "cli.md", cli.page()
    yield HERE / "library.md", library.page()
    yield HERE / "nodes.md", nodes.page()
    yield HERE / "optimizing.md", optimizing.page()
    yield HERE / "images" / "lint.svg", picture.image()
    for name, text in rules.pages():
        yield HERE / "rules" / name, text
    for name, text in schemas.schemas():
        yield HERE.parent / "schemas" / name, text
    for name, text in grammars.files():
        yield HERE.parent / "editors" / name, text
    generated = {
        HERE / name for name in ("cards.md", "cli.md", "library.md", "nodes.md", "optimizing.md")
    }
    for file, text in addresses.pages(HERE.parent):
        if file not in generated:
            yield file, text


def main(words: list[str]) -> int:
    """Writes or checks; the exit status is 1 if something was to be checked and is not up to date."""
    whole = dict(pages())
    stale = [(file, text) for file, text in whole.items() if not _is(file, text)]
    left = [file for file in sorted((HERE / "rules").glob("*")) if file not in whole]
    for file, text in [*stale, *((file, None) for file in left)]:
        shown = file.relative_to(HERE.parent).as_posix()
        if "--check" in words:
            print(f"{shown} is not up to date: make generate")
        elif text is None:
            file.unlink()
            print(f"removed {shown}, which is no longer generated")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
            print(f"wrote {shown}")
    return 1 if (stale or left) and "--check" in words else 0


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_bytes() == text.encode("utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
