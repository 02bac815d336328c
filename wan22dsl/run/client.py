"""What a ComfyUI server can be asked. This client and its stream own all sockets of a run."""

from __future__ import annotations

from io import SEEK_END
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlencode
from uuid import uuid4

from wan22dsl.errors import ServerAnswered, ServerSilent, ServerTooLarge, UnreadableFile
from wan22dsl.network import limits
from wan22dsl.network.http import NOT_COMFYUI, Transport
from wan22dsl.run.stream import Stream
from wan22dsl.run.wire import number
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.network.address import Address
    from wan22dsl.network.limits import Limit

_CHUNK_BYTES = 1024 * 1024

#: How often the rate of a download is judged.
_WITHIN_S = 60.0


#: How a prompt of ours is known in the queue of a server.
_WE = "wan22dsl"


class Queue(NamedTuple):
    """The ids of the prompts that a server has, in their order."""

    running: tuple[str, ...]
    pending: tuple[str, ...]

    def holds(self, prompt_id: str) -> bool:
        """Whether a prompt runs or waits."""
        return prompt_id in self.running or prompt_id in self.pending


class Queued(NamedTuple):
    """How many prompts a server has: those that wan22dsl has sent, from wherever, and others."""

    ours: int
    others: int


class RemoteFile(NamedTuple):
    """A file as a server names it. Nothing of it is believed."""

    filename: str
    subfolder: str
    type: str

    @property
    def path(self) -> str:
        """Its name with its folder, for people, and for a node that reads it."""
        return f"{self.subfolder}/{self.filename}".lstrip("/")


class Client:
    """A server and the id under which it knows us. Every method raises ServerSilent, ServerAnswered."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.client_id = uuid4().hex
        self._http = Transport(address)

    @property
    def shown(self) -> str:
        """The address, for people."""
        return self.address.shown

    def stream(self) -> Stream:
        """The socket over which the server tells this client what happens."""
        return Stream(self.address, self.client_id)

    def system_stats(self) -> dict[str, Any]:
        """Versions, memory and devices."""
        return self._object("/system_stats", limits.SYSTEM_STATS)

    def object_info(self, class_name: str) -> dict[str, Any]:
        """What the server says of one class; empty where it does not have it."""
        answer = self._object("/object_info/" + quote(class_name, safe=""), limits.NODE_CLASS)
        if answer and class_name not in answer:
            raise ServerSilent(self.shown, NOT_COMFYUI)
        return answer

    def submit(
        self, prompt: dict[str, Any], prompt_id: str, extra: dict[str, Any]
    ) -> dict[str, Any]:
        """Hands a prompt over, under an id of our own."""
        body = {
            "prompt": prompt,
            "client_id": self.client_id,
            "prompt_id": prompt_id,
            # A server that can measures the prompt by itself (`benchmark.py`); others do not look at it.
            "extra_data": {"extra_pnginfo": extra, "benchmark": {"id": _WE}},
        }
        answer = self._http.json("POST", "/prompt", limits.PROMPT, body)
        if not isinstance(answer, dict):
            raise ServerSilent(self.shown, "accepted a prompt, but its answer is not ComfyUI's")
        return answer

    def history(self, prompt_id: str) -> dict[str, Any] | None:
        """What the server remembers of a prompt that is over; None when there is nothing."""
        answer = self._object("/history/" + quote(prompt_id, safe=""), limits.HISTORY)
        found = answer.get(prompt_id)
        return found if isinstance(found, dict) else None

    def queue(self) -> Queue:
        """Which prompts it has."""
        answer = self._object("/queue", limits.QUEUE)
        running, pending = answer.get("queue_running"), answer.get("queue_pending")
        if not isinstance(running, list) or not isinstance(pending, list):
            # Taken for an empty one, it would mean that our prompt is lost.
            raise ServerSilent(self.shown, "answers, but not like ComfyUI")
        return Queue(_ids(running), _ids(pending))

    def queued(self) -> Queued:
        """How many prompts it has, and who has sent them."""
        answer = self._object("/queue", limits.QUEUE)
        running, pending = answer.get("queue_running"), answer.get("queue_pending")
        if not isinstance(running, list) or not isinstance(pending, list):
            raise ServerSilent(self.shown, NOT_COMFYUI)
        ours = sum(map(_is_ours, running + pending))
        return Queued(ours, len(running) + len(pending) - ours)

    def latest(self) -> dict[str, Any] | None:
        """What the server remembers of the prompt that ended last; None where it remembers none."""
        answer = self._object("/history?max_items=1", limits.HISTORY)
        found = next(reversed(answer.values()), None) if answer else None
        return found if isinstance(found, dict) else None

    def interrupt(self, prompt_id: str) -> None:
        """Stops this prompt if it runs. Old servers stop whatever runs: ask for the queue first."""
        self._http.json("POST", "/interrupt", limits.ORDER, {"prompt_id": prompt_id})

    def delete(self, prompt_id: str) -> None:
        """Takes a prompt that waits out of the queue."""
        self._http.json("POST", "/queue", limits.ORDER, {"delete": [prompt_id]})

    def free(self) -> None:
        """Models out of memory and kept results thrown away, as soon as nothing runs."""
        self._http.json("POST", "/free", limits.ORDER, {"unload_models": True, "free_memory": True})

    def logs(self) -> list[tuple[str, str]]:
        """The server's last lines of log with their times; empty where it does not give them."""
        try:
            answer = self._object("/internal/logs/raw", limits.LOGS)
        except (ServerAnswered, ServerSilent):
            return []
        entries = answer.get("entries")
        found = (
            [entry for entry in entries if isinstance(entry, dict)]
            if isinstance(entries, list)
            else []
        )
        return [(str(item.get("t", "")), str(item.get("m", ""))) for item in found]

    def upload(self, name: str, file: BinaryIO) -> str:
        """Puts a file into the server's input folder; gives the name that it has there.

        The file is read piece by piece from where it is. Raises UnreadableFile where it got shorter.
        """
        boundary = uuid4().hex
        field = name.replace('"', "%22").replace("\r", "").replace("\n", "")
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{field}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        size = file.seek(0, SEEK_END)
        file.seek(0)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + size + len(tail)),
        }
        body = chain([head], _pieces(file, size, name), [tail])
        answer = self._http.json(
            "POST", "/upload/image", limits.upload(size), raw=body, headers=headers
        )
        if not isinstance(answer, dict) or not isinstance(answer.get("name"), str):
            raise ServerSilent(self.shown, "accepted a file, but did not report its name")
        folder = answer.get("subfolder")
        return (
            f"{folder}/{answer['name']}" if isinstance(folder, str) and folder else answer["name"]
        )

    def has_input(self, name: str) -> bool:
        """Whether a file is in the server's input folder."""
        folder, _, file = name.replace("\\", "/").rpartition("/")
        try:
            with self._http.open("HEAD", _view(RemoteFile(file, folder, "input")), limits.HEAD):
                return True
        except ServerAnswered as error:
            if error.status in {400, 403, 404}:
                return False
            raise

    def download(self, file: RemoteFile, most_bytes: int = limits.OUTPUTS_BYTES) -> Iterator[bytes]:
        """The bytes of a file. Raises ServerSilent when other bytes come than were announced.

        It may take as long as it goes on at `LEAST_BYTES_PER_S`, judged every minute.
        """
        limit = limits.FILE._replace(most_bytes=most_bytes)
        with self._http.open("GET", _view(file), limit) as answer:
            expected = answer.stated_bytes
            if expected is not None and expected > most_bytes:
                raise ServerTooLarge(self.shown, f"announced a file of {expected} bytes")
            got = looked_bytes = 0
            answer.budget.renew(_WITHIN_S)
            while chunk := answer.read(_CHUNK_BYTES):
                got += len(chunk)
                if got > most_bytes:
                    raise ServerTooLarge(self.shown, f"sent more than {most_bytes} bytes")
                if got - looked_bytes >= _WITHIN_S * limits.LEAST_BYTES_PER_S:
                    answer.budget.renew(_WITHIN_S)
                    looked_bytes = got
                yield chunk
            if expected is not None and got != expected:
                raise ServerSilent(self.shown, f"sent {got} of {expected} bytes of a file")

    def _object(self, path: str, limit: Limit) -> dict[str, Any]:
        answer = self._http.json("GET", path, limit)
        if not isinstance(answer, dict):
            raise ServerSilent(self.shown, NOT_COMFYUI)
        return answer


def _pieces(file: BinaryIO, size: int, name: str) -> Iterator[bytes]:
    while size:
        piece = file.read(min(_CHUNK_BYTES, size))
        if not piece:
            raise UnreadableFile(name, "it was changed while it was uploaded")
        size -= len(piece)
        yield piece


def _view(file: RemoteFile) -> str:
    return "/view?" + urlencode(file._asdict())


def _ids(entries: list[Any]) -> tuple[str, ...]:
    """The ids of a queue's entries, `[number, id, prompt, …]` each."""
    return tuple(
        item[1]
        for item in sorted(
            (entry for entry in entries if isinstance(entry, list) and len(entry) > 1), key=_number
        )
        if isinstance(item[1], str)
    )


def _is_ours(entry: Any) -> bool:
    """Whether wan22dsl has sent the prompt of an entry, `[number, id, prompt, extra_data, …]`."""
    extra = entry[3] if isinstance(entry, list) and len(entry) > 3 else None
    benchmark = extra.get("benchmark") if isinstance(extra, dict) else None
    return isinstance(benchmark, dict) and benchmark.get("id") == _WE


def _number(entry: list[Any]) -> float:
    return float(number(entry[0]) or 0)
