"""One server: its settings, and everything that it remembers while it runs."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from wan22dsl.graph.cost.cards import GIB
from wan22dsl.server import log_lines
from wan22dsl.server.clock import CardClock
from wan22dsl.server.dialect import Dialect
from wan22dsl.server.execution import Execution
from wan22dsl.server.folders import Folders
from wan22dsl.server.jobs import Jobs
from wan22dsl.server.media.drawing import Clip
from wan22dsl.server.media.pictures import png
from wan22dsl.server.memory import Log, Memory
from wan22dsl.server.object_info import Describer
from wan22dsl.server.sockets import Sockets
from wan22dsl.server.user_store import UserData
from wan22dsl.server.validate import Rules
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wan22dsl.graph.cost.cards import Card
    from wan22dsl.server.disturbances import Disturbances
    from wan22dsl.server.faults import Faults
    from wan22dsl.server.models import WithStandIns

#: The simulated machine has so much memory of its own.
RAM_BYTES = 64 * GIB

#: How long a server that was killed is away, by the real clock.
_AWAY_S = 0.3


class Settings(NamedTuple):
    """What a server is started with. `speed` is how much faster than a real card time passes.

    `front_end` is the folder of ComfyUI's page, if there is one to serve. `benchmark`: a prompt that asks for
    it gets what the server measured. Without `disturbances` runs take exactly what the cost model says.
    """

    catalogue: WithStandIns
    card: Card
    place: Path
    files: dict[str, tuple[str, ...]]
    speed: float = 60.0
    previews: bool = False
    front_end: Path | None = None
    benchmark: bool = False
    disturbances: Disturbances | None = None


class State:
    """What the handlers share. It is made within the event loop that serves it."""

    def __init__(self, settings: Settings, faults: Faults) -> None:
        self.settings = settings
        self.faults = faults
        self._log_readers: set[str] = set()
        self.log = Log(self._logged)
        self.folders = Folders(settings.place)
        self.dialect = Dialect(settings.catalogue.target)
        self.memory = Memory(settings.card, self.log, self.dialect)
        self.describer = Describer(self.dialect, settings.files)
        self.clock = CardClock(settings.speed, lambda: self.memory.used_bytes)
        self.sockets = Sockets(faults, self.clock, self._greeting)
        self.jobs = Jobs(self._queue_changed, self.clock)
        self.user_data = UserData()
        self.execution = Execution()
        self.down_s = 0.0
        self.is_down = False
        self.prompts_run = 0
        self._url = ""
        self._log_start()

    def _log_start(self) -> None:
        """The lines of ComfyUI's start."""
        settings = self.settings
        self.log.add(f"{settings.catalogue.target}, simulated: {settings.card.name}")
        for line in log_lines.started(settings.card, self.dialect, RAM_BYTES):
            self.log.add(line)

    def listens(self, url: str) -> None:
        """It has started, and is to be found at this address."""
        self._url = url
        for line in log_lines.listening(url):
            self.log.add(line)

    def rules(self) -> Rules:
        """What prompts are judged by."""
        settings = self.settings
        return Rules(
            settings.catalogue,
            self.dialect,
            self.describer,
            settings.files,
            lambda name: self.folders.find(name) is not None,
        )

    def queue_status(self) -> dict[str, Any]:
        """What `status` messages tell."""
        return {"exec_info": {"queue_remaining": self.jobs.remaining}}

    def _greeting(self, client_id: str) -> list[tuple[str, dict[str, Any]]]:
        """What a client gets that connects."""
        status = ("status", {"status": self.queue_status(), "sid": client_id})
        # Someone comes back in the middle of a run: only the node is sent, and not of which prompt.
        node = self.execution.node if self.execution.client_id == client_id else None
        return [status] if node is None else [status, ("executing", {"node": node})]

    def read_log(self, client_id: str, *, enabled: bool) -> None:
        """Sends a client the lines of the log as they come, or no longer. It must be connected."""
        self._log_readers.discard(client_id)
        if enabled and self.sockets.is_connected(client_id):
            self._log_readers.add(client_id)

    def _logged(self, entry: dict[str, str]) -> None:
        for client_id in list(self._log_readers):
            if self.sockets.is_connected(client_id):
                self.sockets.send("logs", {"entries": [entry], "size": None}, client_id)
            else:
                self._log_readers.discard(client_id)

    def _queue_changed(self) -> None:
        self.sockets.send("status", {"status": self.queue_status()})

    def folders_content(self, node: Mapping[str, Any]) -> str | None:
        """What stands for the files that a node reads: other bytes under one name are other work."""
        node_class = self.settings.catalogue.get(node["class_type"])
        found = []
        for input_ in node_class.inputs if node_class is not None else ():
            name = node["inputs"].get(input_.name)
            if input_.files in ("input", "output") and isinstance(name, str):
                path = self.folders.find(name, input_.files)
                found.append(hashlib.sha256(path.read_bytes()).hexdigest() if path else "")
        return " ".join(found) or None

    def preview(self) -> bytes:
        """A small picture, as previews are."""
        return png(Clip(256, 256, 1, 16.0, ""), 0, {})

    async def restart(self) -> None:
        """The server is killed and comes back: all connections are cut, and all is forgotten."""
        self.is_down = True
        self.sockets.drop_all()
        self.jobs.forget_all()
        self.execution.kill()
        self.clock.end()
        self.memory = Memory(self.settings.card, self.log, self.dialect)
        self.log.entries.clear()
        await asyncio.sleep(self.down_s or _AWAY_S)
        self.is_down = False
        self._log_start()
        self.listens(self._url)
