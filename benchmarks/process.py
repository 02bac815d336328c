"""Whole commands against a bare interpreter of the same environment, in pairs, as ratios."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import whole

PORTRAIT = str(Path(__file__).parent.parent / "examples" / "portrait.wan")
ROUNDS = 15


def main() -> None:
    """Prints the ratio of each command's time to that of `python -c pass`."""
    wan = [sys.executable, "-m", "wan22dsl"]
    with tempfile.TemporaryDirectory() as folder:
        prompt = str(Path(folder, "portrait.json"))
        commands = {
            "wan compile": [*wan, "compile", PORTRAIT, "-o", prompt],
            "wan lint": [*wan, "lint", "--no-cache", PORTRAIT],
            "wan lint, prompt JSON": [*wan, "lint", "--no-cache", prompt],
            "wan lint, by typer": [*wan, "lint", "--no-cache", "--", PORTRAIT],
            "wan fmt --check": [*wan, "fmt", "--check", PORTRAIT],
            "wan describe": [*wan, "describe", PORTRAIT],
            "wan --help": [*wan, "--help"],
            "wan lint --help": [*wan, "lint", "--help"],
            "import wan22dsl": [sys.executable, "-c", "import wan22dsl"],
            "import typer": [sys.executable, "-c", "import typer"],
        }
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "cache"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        whole.ratios(commands, environment, ROUNDS)


if __name__ == "__main__":
    main()
