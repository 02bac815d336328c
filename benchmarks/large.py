"""Graphs of up to 100,000 nodes: whether time grows with the size and no faster, and the memory it takes."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

SIZES = (12_500, 25_000, 50_000, 100_000)

_CHILD = """
import resource, sys
from benchmarks.large import compiled_in
seconds, count = compiled_in(int(sys.argv[1]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, count, peak)
"""


def text(nodes: int) -> str:
    """A plain graph of so many nodes: chains of image nodes, joined two by two, each saved."""
    lines = ["wan 1", "", "graph large {", '    let start = LoadImage(image = "start.png")']
    count, chain = 1, 0
    while count < nodes:
        chain += 1
        before = "start.IMAGE"
        for step in range(min(8, nodes - count - 1)):
            name = f"n{chain}_{step}"
            lines.append(
                f'    let {name} = ImageScaleBy(image = {before}, upscale_method = "lanczos", '
                f"scale_by = 1.{step + 1})"
            )
            before = name
            count += 1
        lines.append(f'    SaveImage(images = {before}, filename_prefix = "large/{chain}")')
        count += 1
    return "\n".join([*lines, "}", ""])


def compiled_in(nodes: int) -> tuple[float, int]:
    """Seconds to compile such a graph in memory, and how many nodes came out."""
    from wan22dsl.api import compiler
    from wan22dsl.source import Source

    source = Source(text(nodes), "large.wan")
    compiler.compile(Source(text(50), "warm.wan"))
    start = perf_counter()
    compiled = compiler.compile(source)
    seconds = perf_counter() - start
    assert compiled.prompt is not None, [finding.message for finding in compiled.diagnostics][:3]
    return seconds, len(compiled.prompt)


def main() -> None:
    """Prints seconds, microseconds a node, and the peak memory of the process, for each size."""
    for size in SIZES:
        if sys.platform == "win32":  # there is no `resource`
            seconds, count = compiled_in(size)
            memory = ""
        else:
            child = subprocess.run(
                [sys.executable, "-c", _CHILD, str(size)],
                check=True,
                capture_output=True,
                text=True,
            )
            first, second, peak = child.stdout.split()
            seconds, count = float(first), int(second)
            unit = 1 if sys.platform == "darwin" else 1024
            memory = f", peak {int(peak) * unit / 2**20:.0f} MiB"
        each = seconds / count * 1e6
        print(f"{count:7} nodes: {seconds:6.2f} s, {each:5.1f} µs a node{memory}")


if __name__ == "__main__":
    main()
