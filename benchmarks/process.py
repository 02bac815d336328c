"""Whole commands against a bare interpreter of the same environment, in turn, as ratios."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

PORTRAIT = str(Path(__file__).parent.parent / "examples" / "portrait.wan")
ROUNDS = 15


def main() -> None:
    """Prints the ratio of each command's time to that of `python -c pass`, round by round."""
    wan = [sys.executable, "-m", "wan22dsl"]
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "wan compile": [*wan, "compile", PORTRAIT, "-o", str(Path(folder, "portrait.json"))],
            "wan lint": [*wan, "lint", PORTRAIT],
            "wan fmt --check": [*wan, "fmt", "--check", PORTRAIT],
            "wan --help": [*wan, "--help"],
        }
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "cache"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        ratios: dict[str, list[float]] = {name: [] for name in commands}
        bare_s = []
        for command in commands.values():
            _time(command, environment)
        for _ in range(ROUNDS):
            bare = _time([sys.executable, "-c", "pass"], environment)
            bare_s.append(bare)
            for name, command in commands.items():
                ratios[name].append(_time(command, environment) / bare)
    print(f"bare interpreter: median {median(bare_s) * 1000:.0f} ms")
    for name, found in ratios.items():
        print(f"{name:16} {median(found):5.1f} times, from {min(found):.1f} to {max(found):.1f}")


def _time(command: list[str], environment: dict[str, str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return perf_counter() - start


if __name__ == "__main__":
    main()
