"""What a real ComfyUI did: schedules, answers to faulty requests, transcripts of runs, prompts of the editor.

A small set is in this folder. `WAN_FACTS` names a folder with more, which the same tests then use as well.
"""

from __future__ import annotations

import copy
import json
import os
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
MORE = os.environ.get("WAN_FACTS", "")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


class Schedule(NamedTuple):
    """The noise levels that a scheduler of ComfyUI computed."""

    scheduler: str
    steps: int
    shift: float
    sigmas: list[float]


def schedules() -> list[Schedule]:
    """All schedules, each once."""
    found = [Schedule(*entry) for entry in _read(FOLDER / "sigmas.json")["schedules"]]
    if MORE:
        for steps, shifts in _read(Path(MORE, "sigma_tables.json")).items():
            for shift, schedulers in shifts.items():
                for scheduler, entry in schedulers.items():
                    found.append(Schedule(scheduler, int(steps), float(shift), entry["sigmas"]))
    return list({schedule[:3]: schedule for schedule in found}.values())


class ErrorCase(NamedTuple):
    """A request to a server, and what came of it."""

    name: str
    #: The body of the request: a JSON value, or a string where it is none.
    request: Any
    status: int
    #: The type of the error as a whole, and the types of each node's errors.
    error: str | None
    node_errors: dict[str, list[str]]
    #: How a prompt that was taken ended: a message's type, "<exception> at <node>", or "silence".
    end: str | None


def error_types(answer: Any) -> tuple[str | None, dict[str, list[str]]]:
    """The type of the error in an answer, and the types of each node's errors."""
    if not isinstance(answer, dict):
        return None, {}
    return (answer.get("error") or {}).get("type"), {
        node: sorted(error["type"] for error in entry["errors"])
        for node, entry in (answer.get("node_errors") or {}).items()
    }


def end_of(messages: list[Any]) -> str:
    """How a prompt ended."""
    for message in messages:
        if message["type"] == "execution_error":
            return f"{message['data']['exception_type']} at {message['data']['node_id']}"
        if message["type"] in ("execution_success", "execution_interrupted"):
            return str(message["type"])
    return "silence"


@cache
def _recorded_errors() -> dict[str, Any]:
    found: dict[str, Any] = _read(FOLDER / "errors.json")
    return found


def changed(value: Any, changes: list[list[Any]]) -> Any:
    """A JSON value with `[[key, …], new value]` put in, and `[[key, …]]` taken out."""
    value = copy.deepcopy(value)
    for keys, *new in changes:
        place = value
        for key in keys[:-1]:
            place = place[key]
        if new:
            place[keys[-1]] = new[0]
        else:
            del place[keys[-1]]
    return value


def two_passes() -> dict[str, Any]:
    """The prompt with two passes of which the cases are changes."""
    prompt: dict[str, Any] = copy.deepcopy(_recorded_errors()["request"]["prompt"])
    return prompt


def error_names() -> list[str]:
    """The names of all cases."""
    more = (path.stem for path in Path(MORE, "errors").glob("*.json")) if MORE else ()
    return sorted({*_recorded_errors()["cases"], *more})


def error_case(name: str) -> ErrorCase:
    """A case by its name."""
    case = _recorded_errors()["cases"].get(name)
    if case is None:
        case = _read(Path(MORE, "errors", f"{name}.json"))
        error, node_errors = error_types(case["response"])
        end = end_of(case["runtime"]["messages"]) if case["http_status"] == 200 else None
        return ErrorCase(name, case["request"], case["http_status"], error, node_errors, end)
    request = case["request"] if "request" in case else _recorded_errors()["request"]
    request = changed(request, case.get("changes", []))
    error, node_errors = case.get("error"), case.get("node_errors", {})
    return ErrorCase(name, request, case["status"], error, node_errors, case.get("end"))


def transcripts() -> dict[str, Path]:
    """The transcripts of runs, by name: each a file with a JSON object a line."""
    folders = [Path(MORE, "transcripts")] if MORE else []
    files = [
        file for folder in [*folders, FOLDER / "transcripts"] for file in folder.glob("*.jsonl")
    ]
    return {file.stem: file for file in sorted(files, key=lambda file: file.stem)}


def lines_of(transcript: Path) -> list[dict[str, Any]]:
    """The lines of a transcript."""
    return [json.loads(line) for line in transcript.read_text(encoding="utf-8").splitlines()]


def prompts() -> list[Path]:
    """Prompts that ran."""
    return [*_files("prompts", "*.json"), *(FOLDER / "editor").glob("*.prompt.json")]


def workflows() -> list[Path]:
    """Workflows that the editor saved, and prompts that it made of them."""
    return [*_files("workflows", "*.json"), *sorted((FOLDER / "editor").glob("*.json"))]


class Saved(NamedTuple):
    """A workflow that the editor saved, and the prompt that it sends for it."""

    workflow: Path
    prompt: Path
    #: The version of ComfyUI whose editor it was.
    comfyui: str = "0.3.64"


def saved_by_the_editor() -> list[Saved]:
    """All pairs."""
    own = sorted((FOLDER / "editor").glob("*.workflow.json"))
    more = _files("workflows", "*.workflow.json")
    return [
        *(of_the_editor(_name(file)) for file in own),
        *(Saved(file, file.with_name(f"{_name(file)}.roundtrip_api.json")) for file in more),
    ]


def of_the_editor(name: str) -> Saved:
    """The pair of that name in this folder."""
    folder = FOLDER / "editor"
    comfyui = "0.33.0" if name == "muted_group" else "0.3.64"
    return Saved(folder / f"{name}.workflow.json", folder / f"{name}.prompt.json", comfyui)


def _name(workflow: Path) -> str:
    return workflow.name.removesuffix(".workflow.json")


def _files(folder: str, pattern: str) -> list[Path]:
    return sorted(Path(MORE, folder).glob(pattern)) if MORE else []
