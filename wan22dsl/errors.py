"""Faults that are not the user's text. What is wrong in a text is a Diagnostic, never an exception."""

from __future__ import annotations


class WanError(Exception):
    """The root of all exceptions that wan22dsl raises on purpose. Its text is written for people."""


class UnreadableFile(WanError):
    """A file that was named cannot be read: missing, no permission, a folder, not UTF-8."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class CommandError(WanError):
    """The command line asks for something that cannot be: an unknown pipeline, a bad `--set`, …"""


class CatalogueError(WanError):
    """A catalogue cannot be had: an unknown target, a file of another shape, a server that is silent."""
