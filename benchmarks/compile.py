"""The portrait example compiled in memory, warm: what an editor or a fleet pays for each compile."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter

from wan22dsl.api import compiler
from wan22dsl.comfyui.catalogue.open import open_catalogue
from wan22dsl.formats.prompt import dump
from wan22dsl.source import Source

PORTRAIT = Path(__file__).parent.parent / "examples" / "portrait.wan"
ROUNDS = 200


def main() -> None:
    """Prints milliseconds: the whole, from text to the text of the JSON, and each phase."""
    source = Source.read(PORTRAIT)
    catalogue = open_catalogue("0.33.0")
    compiler.compile(source, target=catalogue)
    times: list[float] = []
    phases: dict[str, list[float]] = {}
    nodes = 0
    for _ in range(ROUNDS):
        fresh = Source(source.text, source.path, source.file)
        start = perf_counter()
        compiled = compiler.compile(fresh, target=catalogue)
        assert compiled.prompt is not None
        dump(compiled.prompt)
        times.append(perf_counter() - start)
        nodes = len(compiled.prompt)
        for name, spent in compiled.seconds.items():
            phases.setdefault(name, []).append(spent)
    print(f"portrait.wan to JSON text, warm: median {median(times) * 1000:.2f} ms")
    print(f"  fastest {min(times) * 1000:.2f} ms, {nodes} nodes")
    for name, seconds in phases.items():
        print(f"  {name:10} {median(seconds) * 1000:6.2f} ms")


if __name__ == "__main__":
    main()
