"""What a check finds."""

from __future__ import annotations

from wan22dsl.diagnostics import Severity
from wan22dsl.tuples import NamedTuple


class Finding(NamedTuple):
    """Something about the machine. An error keeps ComfyUI from working, a warning hurts, a note informs."""

    name: str
    severity: Severity
    message: str
    why: str
    help: str

    @property
    def hurts(self) -> bool:
        """Whether it is more than information."""
        return self.severity is not Severity.NOTE


def error(name: str, message: str, why: str, help: str) -> Finding:
    """A finding that keeps ComfyUI from working."""
    return Finding(name, Severity.ERROR, message, why, help)


def warning(name: str, message: str, why: str, help: str) -> Finding:
    """A finding that makes it slower, or that may end a run."""
    return Finding(name, Severity.WARNING, message, why, help)


def note(name: str, message: str, why: str, help: str) -> Finding:
    """A finding that is worth knowing."""
    return Finding(name, Severity.NOTE, message, why, help)
