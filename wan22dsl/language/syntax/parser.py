"""A file, or a single value, read with all its mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.language.syntax import checks, machine
from wan22dsl.language.syntax.tree import File

if TYPE_CHECKING:
    from wan22dsl.diagnostics import Diagnostic
    from wan22dsl.language.syntax.tree import Expression
    from wan22dsl.source import Source


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of a file, and all its mistakes of syntax in the order of the text.

    What cannot be read is a `Bad` in the tree, or is left out; a declaration of which no more than the
    name is known is a `Derived` whose value is `Bad`. Each of them has a diagnostic already.
    """
    file, diagnostics = _read(source)
    if any(finding.fix is not None for finding in diagnostics):
        from wan22dsl.language.syntax.recovery.offers import with_helpful_fixes

        diagnostics = with_helpful_fixes(source, diagnostics, lambda other: _read(other)[1])
    return file, diagnostics


def _read(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of a file and its mistakes, each with a fix that may not help."""
    found = _without_mistakes(source, "start")
    if found is None:
        from wan22dsl.language.syntax.foreign import not_ours
        from wan22dsl.language.syntax.recovery import recover_file

        other = not_ours(source)
        if other is not None:
            return File(source, (), ()), [other]
        found, comments, diagnostics = recover_file(source)
    else:
        comments = checks.comments_of(source.text)
        diagnostics = checks.wrong_escapes(source, checks.escaped_in(source.text))
    if checks.is_suspicious(source.text):
        found = [_limited(source, item, diagnostics) for item in found]
    return File(source, tuple(found), tuple(comments)), _in_order(diagnostics)


def parse_expression(source: Source) -> tuple[Expression, list[Diagnostic]]:
    """The tree of a single value, such as `low -> high` or `720x1280`, as given on a command line."""
    found = _without_mistakes(source, "value")
    if found is None:
        from wan22dsl.language.syntax.recovery import recover_value

        found, diagnostics = recover_value(source)
    else:
        diagnostics = checks.wrong_escapes(source, checks.escaped_in(source.text))
    if checks.is_suspicious(source.text):
        found = _limited(source, found, diagnostics)
    return found, _in_order(diagnostics)


def parse_part(source: Source, start: int, end: int | None = None) -> list[Any]:
    """The declarations in a stretch of a file that has no mistakes. Raises `machine.Stop` where it has."""
    found: list[Any] = machine.run(source.text, "start", start, end)
    return found


def _without_mistakes(source: Source, symbol: str) -> Any:
    """The declarations of a file, or a value, by the fast path; None where it has to stop."""
    try:
        return machine.run(source.text, symbol)
    except machine.Stop:
        return None


def _limited(source: Source, node: Any, diagnostics: list[Diagnostic]) -> Any:
    node, too_deep = checks.limited(source, node)
    diagnostics += too_deep
    return node


def _in_order(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    if not diagnostics:
        return diagnostics
    from wan22dsl.diagnostics import in_order

    return in_order(diagnostics)
