"""What a server's history says of a prompt.

It is judged by its messages: of a cycle through an unknown input, ComfyUI says `success` and
`completed: true`, and its last message is `execution_error`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wan22dsl.run.events import Fault
from wan22dsl.run.protocol import fault_of, stamp_of
from wan22dsl.run.wire import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wan22dsl.run.client import RemoteFile
    from wan22dsl.run.events import How

_ENDINGS: dict[str, How] = {
    "execution_success": "success",
    "execution_error": "error",
    "execution_interrupted": "interrupted",
}


class Verdict(NamedTuple):
    """How it ended, what it gave, and when by the server's clock."""

    how: How
    outputs: Mapping[str, dict[str, Any]]
    fault: Fault | None
    started_ms: int | None
    ended_ms: int | None
    cached: tuple[str, ...] = ()


def verdict(history: dict[str, Any]) -> Verdict | None:
    """The verdict; None where the history does not have an end yet."""
    given = history.get("outputs")
    outputs = (
        {node: one for node, one in given.items() if isinstance(one, dict)}
        if isinstance(given, dict)
        else {}
    )
    status = history.get("status")
    if not isinstance(status, dict):
        # Servers of before 2024 kept no status: what has outputs has run.
        return Verdict("success", outputs, None, None, None) if outputs else None
    started_ms = None
    cached: tuple[str, ...] = ()
    for kind, data in _messages(status.get("messages")):
        at_ms = stamp_of(data)
        if kind == "execution_start":
            started_ms = at_ms
        elif kind == "execution_cached":
            cached = texts(data.get("nodes"))
        elif kind in _ENDINGS:
            how = _ENDINGS[kind]
            fault = fault_of(data) if how == "error" else None
            return Verdict(how, outputs, fault, started_ms, at_ms, cached)
    if status.get("status_str") == "success":
        return Verdict("success", outputs, None, started_ms, None)
    if status.get("status_str") == "error":
        silent = Fault("", "", "", "the server's history says that it failed, and not why")
        return Verdict("error", outputs, silent, started_ms, None)
    return None


def _messages(messages: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in messages if isinstance(messages, list) else ():
        if isinstance(one, list) and len(one) == 2 and isinstance(one[1], dict):
            yield str(one[0]), one[1]


def files(outputs: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, RemoteFile]]:
    """The files that nodes say they have written, each once, with the node; previews are left out."""
    from wan22dsl.run.client import RemoteFile

    seen: set[RemoteFile] = set()
    for node, output in outputs.items():
        for listed in output.values():
            for one in listed if isinstance(listed, list) else ():
                if not isinstance(one, dict):
                    continue
                name, folder = one.get("filename"), one.get("subfolder") or ""
                kind = one.get("type") or "output"
                if isinstance(name, str) and name and isinstance(folder, str) and kind == "output":
                    file = RemoteFile(name, folder, "output")
                    if file not in seen:
                        seen.add(file)
                        yield node, file
