"""What changes in a file, as a patch that `git apply` and `patch` take."""

from __future__ import annotations

from wan22dsl.escapes import one_line


def diff(before: str, after: str, path: str, path_after: str | None = None) -> str:
    """The patch; empty when nothing changes. Line ends stay as they are in the texts.

    `path_after` is the name of the text after it, where that is another one.
    """
    if before == after:
        return ""
    from difflib import unified_diff  # takes longer to import than a file to lint

    names = one_line(path), one_line(path_after or path)
    lines = unified_diff(_lines(before), _lines(after), *names)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Lines as a patch counts them: by `\\n` alone, each with its end."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + parts[-1:] * bool(parts[-1])
