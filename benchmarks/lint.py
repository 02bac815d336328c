"""Whole-process `wan lint` over a bare interpreter: one file, and a thousand of each kind; cold and cached.

`WAN_PEER` may hold the command of another validator, such as "comfy --skip-prompt validate --input FILE
--workflow" with an answer of /object_info, to which the file of prompt JSON is added; without it the peer is
left out.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.resources import folder

EXAMPLES = folder("grammar").parent / "examples"
ROUNDS = 11
MANY, MANY_ROUNDS = 1_000, 3

#: What a thousand files are; a third of each where they are mixed.
KINDS = ("wan", "prompts", "workflows", "mixed")


def main() -> None:
    """Prints ratios to `python -c pass`, round by round, and seconds for a thousand files."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        _prepare(place)
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(place / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(EXAMPLES.parent), *sys.path]))
        _single(place, environment)
        for kind in KINDS:
            _many(kind, place, environment)


def _prepare(place: Path) -> None:
    """Single files, and a thousand of each kind that differ, in a repository of their own."""
    (place / ".git").mkdir()
    source = EXAMPLES / "portrait.wan"
    (place / "portrait.wan").write_bytes(source.read_bytes())
    compiled = compiler.compile(source)
    assert compiled.prompt is not None
    (place / "portrait.json").write_text(dump(compiled.prompt), encoding="utf-8")
    kinds = _kinds()
    for kind in KINDS:
        (place / kind).mkdir()
        for number in range(MANY):
            ending, texts = kinds[KINDS[number % 3] if kind == "mixed" else kind]
            text = texts[number % len(texts)].replace("NUMBER", str(number))
            (place / kind / f"{number:04}{ending}").write_text(text, encoding="utf-8")


def _kinds() -> dict[str, tuple[str, list[str]]]:
    """The examples as each kind of file, with a place for a number, so that no two files are the same."""
    wan, prompts, workflows = [], [], []
    for file in sorted(EXAMPLES.glob("*.wan")):
        wan.append("# NUMBER\n" + file.read_text(encoding="utf-8"))
        for name in compiler.check(file).graphs:
            prompt = compiler.compile(file, pipeline=name).prompt
            assert prompt is not None
            next(iter(prompt.values()))["_meta"]["title"] = "number NUMBER"
            prompts.append(dump(prompt))
            workflow, _ = compiler.workflow(file, pipeline=name)
            assert workflow is not None
            workflow["nodes"][0]["title"] = "number NUMBER"
            workflows.append(json.dumps(workflow, indent=2))
    return {"wan": (".wan", wan), "prompts": (".json", prompts), "workflows": (".json", workflows)}


def _single(place: Path, environment: dict[str, str]) -> None:
    lint = [sys.executable, "-m", "wan22dsl", "lint"]
    commands = {
        "portrait.wan, cold": [*lint, "--no-cache", "portrait.wan"],
        "portrait.wan, cached": [*lint, "portrait.wan"],
        "portrait.json, cold": [*lint, "--no-cache", "portrait.json"],
        "portrait.json, cached": [*lint, "portrait.json"],
    }
    peer = shlex.split(os.environ.get("WAN_PEER", ""))
    if peer:
        commands[f"{Path(peer[0]).name} on portrait.json"] = [*peer, "portrait.json"]
    ratios: dict[str, list[float]] = {name: [] for name in commands}
    bare_s = []
    for command in commands.values():
        _time(command, place, environment)
    for _ in range(ROUNDS):
        bare = _time([sys.executable, "-c", "pass"], place, environment)
        bare_s.append(bare)
        for name, command in commands.items():
            ratios[name].append(_time(command, place, environment) / bare)
    print(f"bare interpreter: median {median(bare_s) * 1000:.0f} ms")
    for name, found in ratios.items():
        print(f"{name:24} {median(found):5.1f} times, from {min(found):.1f} to {max(found):.1f}")


def _many(kind: str, place: Path, environment: dict[str, str]) -> None:
    lint = [sys.executable, "-m", "wan22dsl", "lint", kind]
    cold = min(_time([*lint, "--no-cache"], place, environment) for _ in range(MANY_ROUNDS))
    number = _time([*lint, "--no-cache", "--jobs", "1"], place, environment)
    _time(lint, place, environment)
    cached = min(_time(lint, place, environment) for _ in range(MANY_ROUNDS))
    first = min((place / kind).iterdir())
    first.write_text("wan 1\n" if kind == "wan" else "{}\n", encoding="utf-8")
    changed = _time(lint, place, environment)
    print(
        f"{MANY} {kind:9}: cold {cold:.2f} s (in one process {number:.2f} s), "
        f"cached {cached:.2f} s, one of them changed {changed:.2f} s"
    )


def _time(command: list[str], place: Path, environment: dict[str, str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=False, capture_output=True, cwd=place, env=environment)
    return perf_counter() - start


if __name__ == "__main__":
    main()
