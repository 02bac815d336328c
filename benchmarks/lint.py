"""Whole-process `wan lint` over a bare interpreter: one file, and a thousand of each kind; cold and cached.

`WAN_PEER` may hold the command of another validator, such as "comfy --skip-prompt validate --input FILE
--workflow" with an answer of /object_info, to which the file of prompt JSON is added; without it the peer is
left out.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import whole
from wan22dsl.api import compiler
from wan22dsl.formats.prompt import dump
from wan22dsl.resources import folder

EXAMPLES = folder("grammar").parent / "examples"
ROUNDS = 11
MANY, MANY_ROUNDS = 1_000, 3

#: What a thousand files are, by the name of their folder: of each kind as many.
FOLDERS = {
    "wan": ("wan",),
    "prompts": ("prompts",),
    "workflows": ("workflows",),
    "mixed": ("wan", "prompts"),
}


def main() -> None:
    """Prints ratios to `python -c pass`, round by round, and seconds for a thousand files."""
    with tempfile.TemporaryDirectory() as top:
        place = Path(top)
        _prepare(place)
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(place / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["XDG_CACHE_HOME"] = str(place / "user")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(EXAMPLES.parent), *sys.path]))
        _single(place, environment)
        for name in FOLDERS:
            _many(name, place, environment)


def _prepare(place: Path) -> None:
    """Single files, and a thousand of each kind that differ, in a repository of their own."""
    (place / ".git").mkdir()
    source = EXAMPLES / "portrait.wan"
    (place / "portrait.wan").write_bytes(source.read_bytes())
    compiled = compiler.compile(source)
    assert compiled.prompt is not None
    (place / "portrait.json").write_text(dump(compiled.prompt), encoding="utf-8")
    kinds = _kinds()
    for name, parts in FOLDERS.items():
        (place / name).mkdir()
        for number in range(MANY):
            ending, texts = kinds[parts[number % len(parts)]]
            text = texts[number // len(parts) % len(texts)].replace("NUMBER", str(number))
            (place / name / f"{number:04}{ending}").write_text(text, encoding="utf-8")


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
    whole.ratios(commands, environment, ROUNDS, str(place))
    first = {"portrait.wan, first time": commands["portrait.wan, cached"]}
    results = Path(environment["XDG_CACHE_HOME"])
    whole.ratios(
        first, environment, ROUNDS, str(place), lambda: shutil.rmtree(results, ignore_errors=True)
    )


def _many(name: str, place: Path, environment: dict[str, str]) -> None:
    lint = [sys.executable, "-m", "wan22dsl", "lint", name]

    def run(*words: str) -> whole.Took:
        return whole.run([*lint, *words], environment, str(place))

    cold = min((run("--no-cache") for _ in range(MANY_ROUNDS)), key=lambda took: took.clock_s)
    in_one = run("--no-cache", "--jobs", "1")
    run()
    cached = min(run().clock_s for _ in range(MANY_ROUNDS))
    first = min((place / name).iterdir())
    first.write_text("wan 1\n" if first.suffix == ".wan" else "{}\n", encoding="utf-8")
    changed = run().clock_s
    cpu = "" if cold.cpu_s is None else f", {cold.cpu_s:.2f} s of the processors"
    print(
        f"{MANY} {name:9}: cold {cold.clock_s:.2f} s{cpu} (in one process {in_one.clock_s:.2f} s), "
        f"cached {cached:.2f} s, one of them changed {changed:.2f} s"
    )


if __name__ == "__main__":
    main()
