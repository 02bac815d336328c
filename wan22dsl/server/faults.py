"""What should go wrong, in words: `oom at low.sampler`, `drop socket after 12 messages`.

A fault is a sentence. NODE is a node's id, title or class, with `*` for any letters; PATH is a path of
the protocol such as `/history`. A fault happens once unless it says otherwise.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.diagnostics import nearest
from wan22dsl.errors import CommandError
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal[
    "oom", "error", "sage", "die", "restart", "drop", "slow", "fail", "truncate", "reject", "busy"
]
Until = Literal["", "until freed", "unless tiled", "unless staged"]


class Fault(NamedTuple):
    """One fault. `target` is a node, a path or a type of message; `after` counts messages.

    `times` is how often it happens, None for always. `seconds` are of the real clock.
    """

    kind: Kind
    target: str = ""
    times: int | None = 1
    until: Until = ""
    after: int = 0
    seconds: float = 0.0
    status: int = 500
    at_bytes: int | None = None
    quietly: bool = False
    text: str = ""


_TIMES = r"(?: (?P<times>once|twice|always|\d+ times))?"
_SECONDS = r"(?P<seconds>\d+(?:\.\d+)?)(?P<unit>ms|s)"
_AT = r" at (?P<target>\S+|`[^`]+`)"

#: Form for people → what it must match. The named parts are fields of Fault.
_FORMS: dict[str, str] = {
    "oom at NODE [once | twice | N times | always | until freed | unless tiled | unless staged]": (
        rf"(?P<kind>oom){_AT}(?: (?P<until>until freed|unless tiled|unless staged))?{_TIMES}"
    ),
    "error at NODE [always]": rf"(?P<kind>error){_AT}{_TIMES}",
    "sage fails at NODE [always]": rf"(?P<kind>sage) fails{_AT}{_TIMES}",
    "die at NODE": rf"(?P<kind>die){_AT}",
    "restart at NODE [for 2s]": rf"(?P<kind>restart){_AT}(?: for {_SECONDS})?",
    "drop socket after N messages [N times | always]": (
        rf"(?P<kind>drop) socket after (?P<after>\d+)(?: messages?)?{_TIMES}"
    ),
    "drop socket at TYPE [N times | always]": rf"(?P<kind>drop) socket{_AT}{_TIMES}",
    "slow PATH by 2s [N times]": rf"(?P<kind>slow) (?P<target>/\S*) by {_SECONDS}{_TIMES}",
    "fail PATH [with 503] [N times | always]": (
        rf"(?P<kind>fail) (?P<target>/\S*)(?: with (?P<status>[45]\d\d))?{_TIMES}"
    ),
    "truncate PATH [at N bytes] [quietly] [N times | always]": (
        r"(?P<kind>truncate) (?P<target>/\S*)(?: at (?P<at_bytes>\d+)(?: bytes)?)?"
        rf"(?P<quietly> quietly)?{_TIMES}"
    ),
    "reject NODE": r"(?P<kind>reject) (?P<target>\S+|`[^`]+`)",
    "busy with N prompts": r"(?P<kind>busy) with (?P<after>\d+)(?: prompts?)?",
}


def parse(text: str) -> Fault:
    """The fault that a sentence describes. Raises CommandError, which shows all forms there are."""
    words = " ".join(text.split())
    for form in _FORMS.values():
        if found := re.fullmatch(form, words):
            return _checked(_fault(found.groupdict(), words))
    begins = [form for form in _FORMS if words and form.split()[0] == words.split()[0].lower()]
    forms = [f"  {form}" for form in begins or _FORMS]
    raise CommandError(f"unknown fault `{text}`; write:", *forms)


#: What paths and messages there are: the first parts of those that `app` serves, and what `sockets` sends.
PATHS = (
    "prompt", "queue", "history", "interrupt", "free", "upload", "view", "system_stats", "object_info",
    "models", "features", "internal", "jobs", "userdata", "ws",
)  # fmt: skip
MESSAGES = (
    "status", "execution_start", "execution_cached", "executing", "progress", "progress_state",
    "executed", "execution_success", "execution_error", "execution_interrupted", "feature_flags",
)  # fmt: skip


def _checked(fault: Fault) -> Fault:
    """The fault. Raises CommandError where its path or message is none that there is."""
    if fault.kind in ("slow", "fail", "truncate"):
        first = fault.target.lstrip("/").partition("/")[0]
        if fault.target != "/" and not any(fnmatchcase(path, first) for path in PATHS):
            raise _unknown(fault, "path", first, PATHS)
    if fault.kind == "drop" and fault.target:
        if not any(fnmatchcase(message, fault.target) for message in MESSAGES):
            raise _unknown(fault, "message", fault.target, MESSAGES)
    return fault


def _unknown(fault: Fault, what: str, name: str, known: Iterable[str]) -> CommandError:
    close = nearest(name, list(known))
    hint = f" Did you mean `{close}`?" if close else ""
    return CommandError(
        f"the fault `{fault.text}` names no {what} of the server.{hint}",
        f"Known: {', '.join(known)}",
    )


def forms() -> tuple[str, ...]:
    """All forms of a fault, for help."""
    return tuple(_FORMS)


def _fault(parts: Mapping[str, Any], words: str) -> Fault:
    given = {key: value for key, value in parts.items() if value is not None}
    unit = given.pop("unit", "s")
    if "seconds" in given:
        given["seconds"] = float(given["seconds"]) / (1000 if unit == "ms" else 1)
    for key in ("after", "status", "at_bytes"):
        if key in given:
            given[key] = int(given[key])
    if "target" in given:
        given["target"] = given["target"].strip("`")
    given["quietly"] = "quietly" in given
    lasting = given.get("until") or given["kind"] == "slow"
    given["times"] = _times(given["times"]) if "times" in given else (None if lasting else 1)
    return Fault(text=words, **given)


def _times(word: str) -> int | None:
    if word == "always":
        return None
    return {"once": 1, "twice": 2}.get(word) or int(word.split()[0])


class Node(NamedTuple):
    """What a fault looks at in a node that is about to run."""

    id: str
    class_type: str
    title: str
    samplers: int


class Faults:
    """The faults of one server, and how often each has happened."""

    def __init__(self, faults: Iterable[str | Fault] = ()) -> None:
        self._faults: list[Fault] = []
        self._done: list[int] = []
        self._messages: list[int] = []
        self.happened: list[str] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: str | Fault) -> None:
        """Adds a fault; its messages are counted from here. Raises CommandError."""
        self._faults.append(parse(fault) if isinstance(fault, str) else fault)
        self._done.append(0)
        self._messages.append(0)

    def without_target(self, nodes: Iterable[Node]) -> list[Fault]:
        """The faults at a node that none of these is."""
        there = list(nodes)
        at_nodes = ("oom", "error", "sage", "die", "restart", "reject")
        return [
            fault
            for fault in self._faults
            if fault.kind in at_nodes and not any(_is_meant(fault.target, node) for node in there)
        ]

    @property
    def never(self) -> list[Fault]:
        """The faults that have not happened, not even once."""
        return [fault for fault, done in zip(self._faults, self._done) if not done]

    def freed(self) -> None:
        """Memory was freed on request: what lasts until then is over."""
        for number, fault in enumerate(self._faults):
            if fault.until == "until freed" and self._done[number]:
                self._faults[number] = fault._replace(times=0)

    def at_node(self, node: Node) -> Fault | None:
        """The fault that happens now that a node begins."""
        for number, fault in self._open("oom", "error", "sage", "die", "restart"):
            if _is_meant(fault.target, node) and not _spared(fault, node):
                return self._happens(number)
        return None

    def at_request(self, path: str) -> list[Fault]:
        """The faults that happen to a request, each kind at most once."""
        found: dict[str, Fault] = {}
        for number, fault in self._open("slow", "fail", "truncate"):
            if fault.kind not in found and _is_path(fault.target, path):
                found[fault.kind] = self._happens(number)
        return list(found.values())

    def at_message(self, kind: str) -> bool:
        """Whether the socket is dropped after a message of that type."""
        dropped = False
        for number, fault in self._open("drop"):
            self._messages[number] += 1
            due = fault.after and self._messages[number] % fault.after == 0
            if due or (fault.target and fnmatchcase(kind, fault.target)):
                self._happens(number)
                dropped = True
        return dropped

    def rejects(self, node: Node) -> bool:
        """Whether an output is refused when the prompt is submitted."""
        for number, fault in self._open("reject"):
            if _is_meant(fault.target, node):
                self._happens(number)
                return True
        return False

    def others_waiting(self) -> int:
        """How many prompts of others are put into the queue before this one."""
        return sum(self._happens(number).after for number, _ in self._open("busy"))

    def _open(self, *kinds: str) -> list[tuple[int, Fault]]:
        return [
            (number, fault)
            for number, fault in enumerate(self._faults)
            if fault.kind in kinds and (fault.times is None or self._done[number] < fault.times)
        ]

    def _happens(self, number: int) -> Fault:
        self._done[number] += 1
        fault = self._faults[number]
        self.happened.append(fault.text or fault.kind)
        return fault


def _is_meant(pattern: str, node: Node) -> bool:
    return any(fnmatchcase(item, pattern) for item in (node.id, node.title, node.class_type))


def _spared(fault: Fault, node: Node) -> bool:
    if fault.until == "unless tiled":
        return record_of(node.class_type).work in {"decode_tiled", "encode_tiled"}
    return fault.until == "unless staged" and node.samplers <= 1


def _is_path(pattern: str, path: str) -> bool:
    return (
        path == pattern or path.startswith(f"{pattern.rstrip('/')}/") or fnmatchcase(path, pattern)
    )
